import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'

import { useCommon } from '@/lib/common'

const Editor = lazy(() => import('./richtext/Editor'))

export interface RichTextGiven {
  /** Its accessible name. */
  label: string
  /** HTML; empty where nothing is written. */
  value: string
  onChange: (html: string) => void
  disabled?: boolean
  autoFocus?: boolean
  /** Ctrl or Command with Enter. */
  onSubmit?: () => void
}

/** Words with headings, lists and links, as mails have them. The editor is loaded when it is first shown. */
export function RichText(given: RichTextGiven) {
  const say = useCommon()
  return (
    <Suspense fallback={<Skeleton height={180} role="status" aria-label={say('loading')} />}>
      <Editor {...given} />
    </Suspense>
  )
}
