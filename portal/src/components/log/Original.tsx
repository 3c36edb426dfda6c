import { IconMail } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'

import { useCommon } from '@/lib/common'

import classes from './log.module.css'

const Letter = lazy(() => import('./Letter'))

/** A button for the whole of a message whose log entry has only what agents read. */
export function Original(message: { sessionId: string; seq: number }) {
  const say = useCommon()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={classes.more} onClick={() => setOpen(true)}>
        <IconMail size={14} aria-hidden /> {say('logOriginal')}
      </button>
      <Suspense>{open && <Letter {...message} close={() => setOpen(false)} />}</Suspense>
    </>
  )
}
