import { lazy, Suspense, useEffect, useState } from 'react'

import { useCommon } from '@/lib/common'
import { press, useKeys } from '@/lib/keys'

const KeysList = lazy(() => import('./KeysList'))
const EVENT = 'baton:keys'

export function openKeysHelp(): void {
  dispatchEvent(new Event(EVENT))
}

/** Listens to the keyboard, and lists what it does on this page. */
export function KeysHelp() {
  const say = useCommon()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = () => setOpen(true)
    addEventListener('keydown', press)
    addEventListener(EVENT, show)
    return () => {
      removeEventListener('keydown', press)
      removeEventListener(EVENT, show)
    }
  }, [])
  useKeys([{ keys: '?', label: say('keys'), group: say('keysGeneral'), run: () => setOpen(true) }])
  return <Suspense>{open && <KeysList close={() => setOpen(false)} />}</Suspense>
}
