import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import { expect, test } from 'vitest'

import { features } from './features'

const SRC = resolve(__dirname, '..')
const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g

/** What a folder below src may import of the others. */
const MAY: Record<string, string[]> = {
  schema: [],
  texts: [],
  lib: ['schema', 'texts'],
  components: ['lib', 'schema'],
  features: ['components', 'lib', 'schema'],
  app: ['components', 'features', 'lib', 'schema', 'texts'],
}

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.tsx?$/.test(name))
}

function imported(name: string): string[] {
  const text = readFileSync(join(SRC, name), 'utf8')
  return [...text.matchAll(IMPORT)].flatMap(([, what = '']) => {
    if (what.startsWith('@/')) return [what.slice(2)]
    return what.startsWith('.') ? [relative(SRC, resolve(SRC, dirname(name), what))] : []
  })
}

test('folders import only what lies below them, and features never each other', () => {
  const all = sources()
  expect(all.length).toBeGreaterThan(20)
  const wrong = all.flatMap((name) => {
    const [folder = '', feature] = name.split('/')
    const may = MAY[folder]
    if (!may) return [] // main.tsx and testing.ts join everything
    return imported(name)
      .filter((what) => {
        const [other = '', its] = what.split('/')
        return other === folder ? folder === 'features' && its !== feature : !may.includes(other)
      })
      .map((what) => `${name} imports ${what}`)
  })
  expect(wrong).toEqual([])
})

test('features have names, paths and keys of their own', () => {
  for (const values of [
    features.map((one) => one.name),
    features.flatMap((one) => one.routes.map((route) => route.path)),
    features.flatMap((one) => (one.menu ?? []).map((entry) => entry.key).filter(Boolean)),
  ])
    expect(new Set(values).size).toBe(values.length)
})

test('every language has the same placeholders as English', async () => {
  const catalogues = [
    ...features.map((one) => one.texts),
    { en: (await import('@/texts/en')).default, de: () => import('@/texts/de') },
  ]
  const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort()
  for (const { en, de } of catalogues) {
    const texts: Record<string, string> = (await de()).default
    const english: Record<string, string> = typeof en === 'function' ? (await en()).default : en
    for (const [key, text] of Object.entries(english)) {
      const [own, other] = [holes(text), holes(texts[key] ?? '')]
      expect(key.endsWith('_one') ? [] : other, key).toEqual(key.endsWith('_one') ? [] : own)
      expect(texts[key], key).toBeTruthy()
    }
  }
})
