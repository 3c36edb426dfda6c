import { Button, Tabs } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { lazy, Suspense, useRef } from 'react'

import { useCommands } from '@/lib/commands'
import { mayAct, useMe } from '@/lib/me'
import { useSaid } from '@/lib/said'

import type { Full } from '../api/session'
import { useUnsent } from '../api/unsent'
import { useSay } from '../texts'
import { Blocked } from './Blocked'
import { Reply } from './Reply'
import { useControls } from './useControls'
import { WindowLeft } from './WindowLeft'
import classes from './workspace.module.css'

const Closed = lazy(() => import('./Closed'))
const Note = lazy(() => import('./Note'))

interface Given {
  session: Full
  leave: () => void
}

/** Where one answers the customer or leaves a note; or why one cannot. */
export function Composer({ session, leave }: Given) {
  const say = useSay()
  const said = useSaid()
  const me = useMe()
  const [unsent, change] = useUnsent(me.id, session.id)
  const box = useRef<HTMLDivElement>(null)
  const tab = unsent.tab
  const focus = (wanted: 'reply' | 'notes') => {
    change({ tab: wanted })
    requestAnimationFrame(() => focusIn(box.current))
  }
  const may = mayAct(me, 'operator')
  const group = say('keysHere')
  const write = [
    { id: 'write reply', keys: 'r', label: say('keyReply'), group, opens: true, run: () => focus('reply') },
    { id: 'write note', keys: 'n', label: say('keyNote'), group, opens: true, run: () => focus('notes') },
  ]
  useCommands(may ? write : [], session.customer.name || say('unknown'))
  if (!may) return <Blocked text={said(session.composer.detail, session.composer.code)} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves from whatever inside has the focus
    <div className={classes.composer} ref={box} onKeyDown={(event) => event.key === 'Escape' && leaveTo(session.id)}>
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: value as typeof tab })}
        variant="default"
        keepMounted={false}
      >
        <div className={classes.tabs}>
          <Tabs.List aria-label={say('composer')}>
            <Tabs.Tab value="reply">{say('reply')}</Tabs.Tab>
            <Tabs.Tab value="notes" leftSection={<IconLock size={14} aria-hidden />}>
              {say('notes')}
            </Tabs.Tab>
          </Tabs.List>
          <WindowLeft session={session} />
        </div>
        <Tabs.Panel value="reply">
          <Answer session={session} leave={leave} />
        </Tabs.Panel>
        <Tabs.Panel value="notes">
          <Suspense fallback={<Blocked text="" field />}>
            <Note sessionId={session.id} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

/** The field, or what must happen before there is one. */
function Answer({ session, leave }: Given) {
  const said = useSaid()
  const { composer } = session
  const { list } = useControls(session, leave)
  if (composer.may_write) return <Reply session={session} />
  if (composer.code === 'window_closed')
    return (
      <Suspense fallback={<Blocked text="" field />}>
        <Closed session={session} />
      </Suspense>
    )
  const take = list.find(({ id }) => id === 'takeover' || id === 'assignToMe')
  return (
    <Blocked text={said(composer.detail, composer.code)}>
      {take && (
        <Button variant={take.id === 'takeover' ? 'filled' : 'default'} onClick={take.run}>
          {take.label}
        </Button>
      )}
    </Blocked>
  )
}

function focusIn(box: HTMLElement | null): void {
  box?.querySelector<HTMLElement>('textarea, [contenteditable=true], [role=tabpanel] button')?.focus()
}

/** From the text back to the conversation's line in the list. */
function leaveTo(sessionId: string): void {
  const line = document.querySelector<HTMLElement>(`[data-session="${CSS.escape(sessionId)}"]`)
  if (line) line.focus()
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
}
