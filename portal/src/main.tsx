import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './app/page.css'

import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { features } from './app/features'
import { createClient, Providers } from './app/providers'
import { router } from './app/router'
import { COMMON, commonTexts } from './lib/common'
import { SAID, saidTexts } from './lib/said'
import { startTexts } from './lib/texts'

const catalogues = Object.fromEntries(features.map((one) => [one.name, one.texts]))
await startTexts({ ...catalogues, [COMMON]: commonTexts, [SAID]: saidTexts })

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')
createRoot(root).render(
  <StrictMode>
    <Providers client={createClient()}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
)
