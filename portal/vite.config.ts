import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vitest/config'

const RUNTIME = process.env.BATON_URL ?? 'http://127.0.0.1:8080'
const WORTH_IT = /\.(js|css|html|svg|json)$/

/** What most pages need of the libraries is one file: a hundred small ones compress worse. */
const SHARED = { name: 'shared', test: /node_modules/, minShareCount: 5 }
/** The same of our own: what is there of each feature before its pages are, and what they all stand on. */
const FRAME = {
  name: 'frame',
  test: /portal\/src\/(lib\/(?!lookUp|languages)|features\/[^/]*\/(texts\/index|feature|live))/,
}

/** The runtime sends X.br or X.gz for X by itself, if it lies beside it. */
function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    async closeBundle() {
      const entries = await readdir(folder, { recursive: true })
      await Promise.all(
        entries
          .filter((name) => WORTH_IT.test(name))
          .map(async (name) => {
            const path = join(folder, name)
            const bytes = await readFile(path)
            await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes))
            await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
          }),
      )
    },
  }
}

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    rolldownOptions: { output: { codeSplitting: { groups: [SHARED, FRAME] } } },
  },
  server: {
    proxy: { '/api': { target: RUNTIME, ws: true } },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/testing.ts'] },
})
