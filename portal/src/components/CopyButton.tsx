import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

import { useCommon } from '@/lib/common'

const SHOWN_MS = 2000

/** Copies `text`; `label` says what that is. */
export function CopyButton({ text, label, size = 36 }: { text: string; label: string; size?: number }) {
  const say = useCommon()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <>
      <Tooltip label={copied ? say('copied') : label} events={{ hover: true, focus: true, touch: true }}>
        <ActionIcon variant="default" size={size} aria-label={label} onClick={() => void copy(text).then(setCopied)}>
          {copied ? <IconCheck size={size * 0.5} aria-hidden /> : <IconCopy size={size * 0.5} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden role="status">{copied && say('copied')}</VisuallyHidden>
    </>
  )
}

/** Whether it worked. Without https browsers have no clipboard but the selection's. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Not allowed: as below.
    }
  }
  const field = Object.assign(document.createElement('textarea'), { value: text, readOnly: true })
  const before = document.activeElement
  document.body.append(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
