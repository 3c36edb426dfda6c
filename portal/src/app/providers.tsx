import { DirectionProvider, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'

import { ApiError, whenLoggedOut } from '@/lib/api'
import { Client } from '@/lib/client'
import { useCommon } from '@/lib/common'
import { forget } from '@/lib/me'

import { cssVariablesResolver, themeFor } from './theme'

const RETRIES = 3

export function createClient(): QueryClient {
  const client = new Client({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, error) => count < RETRIES && error instanceof ApiError && error.passing,
      },
    },
  })
  whenLoggedOut(() => forget(client))
  return client
}

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  const say = useCommon()
  const [dismiss, close] = [say('dismiss'), say('close')]
  const theme = useMemo(() => themeFor(dismiss, close), [dismiss, close])
  return (
    <DirectionProvider>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <Notifications position="bottom-left" containerWidth={336} />
          {children}
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  )
}
