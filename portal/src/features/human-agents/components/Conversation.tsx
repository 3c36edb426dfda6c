import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { ErrorState, LoadingState } from '@/components/States'
import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'

import { sessionOf, type Full } from '../api/session'
import { useAct } from '../api/workspace'
import { useSay } from '../texts'
import { Composer } from './Composer'
import { Header } from './Header'
import { Information } from './Information'
import { Messages } from './Messages'
import { Suggestions } from './Suggestions'
import classes from './workspace.module.css'

interface Given {
  id: string
  narrow: boolean
  /** Back to the list. */
  close: () => void
}

/** One conversation: what was said, what to answer, and what is known. */
export function Conversation({ id, narrow, close }: Given) {
  const { data: session, error, refetch } = useQuery(sessionOf(id))
  if (session) return <Open session={session} narrow={narrow} close={close} />
  return (
    <div className={classes.rest}>
      {error ? <ErrorState error={error} retry={() => void refetch()} /> : <LoadingState />}
    </div>
  )
}

function Open({ session, narrow, close }: Omit<Given, 'id'> & { session: Full }) {
  const say = useSay()
  const wide = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false })
  const [kept, setKept] = useLocalStorage({
    key: 'baton.information',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [over, setOver] = useState(false)
  const shown = wide ? kept : over
  const toggle = () => (wide ? setKept(!kept) : setOver(!over))
  useRead(session)
  useKeys([
    { keys: 'i', label: say(shown ? 'hideInformation' : 'showInformation'), group: say('keysHere'), run: toggle },
  ])
  const panel = shown && (
    <Information session={session} close={toggle} narrow={narrow}>
      {wide && <Suggestions session={session} />}
    </Information>
  )
  if (narrow && panel) return panel
  return (
    <>
      <div className={classes.chat}>
        <Header session={session} close={close} narrow={narrow} information={shown} toggleInformation={toggle} />
        <Messages session={session} />
        {!(wide && shown) && <Suggestions session={session} compact />}
        <Composer session={session} leave={close} />
      </div>
      {panel}
    </>
  )
}

/** What is before somebody's eyes is no longer unread. */
function useRead({ id, unread }: Full): void {
  const me = useMe()
  const { mutate } = useAct(id)
  useEffect(() => {
    if (unread === 0 || !mayAct(me, 'operator')) return
    const read = () => {
      if (document.visibilityState === 'visible') mutate({ act: 'open' })
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [id, unread, me, mutate])
}
