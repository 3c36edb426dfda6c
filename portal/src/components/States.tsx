import { Button, Center, Loader, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCloudOff, IconMoodEmpty } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import { useCommon } from '@/lib/common'
import { sentence } from '@/lib/toast'

interface Empty {
  title: string
  text?: string
  icon?: ReactNode
  /** It is the whole page: its title is the page's. */
  page?: boolean
  children?: ReactNode
}

/** Nothing is here, and that is no fault. */
export function EmptyState({ title, text, icon, page, children }: Empty) {
  return (
    <Center p="xl" h="100%">
      <Stack align="center" gap="xs" maw={420} ta="center">
        <ThemeIcon size={56} radius="xl" variant="light" color="gray" aria-hidden>
          {icon ?? <IconMoodEmpty size={28} stroke={1.5} />}
        </ThemeIcon>
        <Title order={page ? 1 : 2} size="h4">
          {title}
        </Title>
        {text && <Text c="dimmed">{text}</Text>}
        {children}
      </Stack>
    </Center>
  )
}

/** It could not be had; `retry` asks again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const say = useCommon()
  return (
    <Center p="xl" h="100%" role="alert">
      <Stack align="center" gap="xs" maw={420} ta="center">
        <ThemeIcon size={56} radius="xl" variant="light" color="red" aria-hidden>
          <IconCloudOff size={28} stroke={1.5} />
        </ThemeIcon>
        <Title order={2} size="h4">
          {say('errorTitle')}
        </Title>
        <Text c="dimmed">{sentence(error)}</Text>
        {retry && (
          <Button variant="default" onClick={retry}>
            {say('retry')}
          </Button>
        )}
      </Stack>
    </Center>
  )
}

/** It is on its way. */
export function LoadingState() {
  const say = useCommon()
  return (
    <Center p="xl" h="100%" role="status" aria-label={say('loading')}>
      <Loader type="dots" aria-hidden />
    </Center>
  )
}

/** Lines of a list that is on its way. */
export function LoadingLines({ count = 6, height = 56 }: { count?: number; height?: number }) {
  const say = useCommon()
  return (
    <Stack gap="sm" p="md" role="status" aria-label={say('loading')}>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={height} />
      ))}
    </Stack>
  )
}
