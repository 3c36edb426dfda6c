import { Tabs } from '@mantine/core'
import { IconMessages, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'

import { EmptyState, ErrorState, LoadingState } from '@/components/States'
import { useActions } from '@/lib/actions'
import { ApiError } from '@/lib/api'
import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'

import { customerOf, type Customer } from '../queries'
import { useSay } from '../texts'
import { Communications } from './Communications'
import { Head } from './Head'
import { Overview } from './Overview'
import classes from './profile.module.css'
import { Start } from './Start'

const Merge = lazy(() => import('./Merge'))

export default function Profile() {
  const say = useSay()
  const { customerId = '' } = useParams({ strict: false })
  const { data, error, refetch } = useQuery(customerOf(customerId))
  const go = useNavigate()
  const moved = data && data.id !== customerId ? data.id : null
  useEffect(() => {
    if (moved) void go({ to: `/customers/${moved}`, search: true, replace: true })
  }, [moved, go])
  if (data) return <Found key={data.id} customer={data} />
  if (error instanceof ApiError && error.status === 404)
    return <EmptyState page title={say('nobody')} text={say('nobodyText')} />
  if (error) return <ErrorState error={error} retry={() => void refetch()} />
  return <LoadingState />
}

function Found({ customer }: { customer: Customer }) {
  const say = useSay()
  const go = useNavigate()
  const may = mayAct(useMe(), 'operator')
  const { tab = 'overview' } = useSearch({ strict: false })
  const [starting, setStarting] = useState(false)
  const [merging, setMerging] = useState(false)
  const turn = (wanted: string | null) =>
    void go({
      to: `/customers/${customer.id}`,
      search: wanted === 'communications' ? { tab: wanted } : {},
      replace: true,
    })
  const begin = () => may && setStarting(true)
  const group = say('group')
  useKeys([
    { keys: 'n', label: say('startConversation'), group, opens: true, run: begin },
    { keys: '1', label: say('overview'), group, run: () => turn('overview') },
    { keys: '2', label: say('communications'), group, run: () => turn('communications') },
  ])
  useActions(
    may
      ? [
          { id: 'profile start', label: say('startConversation'), group, run: begin },
          { id: 'profile merge', label: say('merge'), group, run: () => setMerging(true) },
        ]
      : [],
  )
  return (
    <div className={classes.screen}>
      <Head customer={customer} start={begin} merge={() => setMerging(true)} may={may} />
      <Tabs value={tab} onChange={turn} className={classes.tabs} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="overview" leftSection={<IconUser size={17} aria-hidden />}>
            {say('overview')}
          </Tabs.Tab>
          <Tabs.Tab value="communications" leftSection={<IconMessages size={17} aria-hidden />}>
            {say('communications')}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview" className={classes.panel}>
          <Overview customer={customer} may={may} />
        </Tabs.Panel>
        <Tabs.Panel value="communications" className={classes.panel}>
          <Communications customerId={customer.id} may={may} start={begin} />
        </Tabs.Panel>
      </Tabs>
      <Suspense>{merging && <Merge customer={customer} close={() => setMerging(false)} />}</Suspense>
      {may && <Start customer={customer} opened={starting} close={() => setStarting(false)} />}
    </div>
  )
}
