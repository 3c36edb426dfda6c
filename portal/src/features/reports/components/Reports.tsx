import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'

import { Page } from '@/components/Page'
import { useKeys } from '@/lib/keys'

import { queryOf } from '../queries'
import type { Asked } from '../range'
import { useSay } from '../texts'
import { Ends, Channels } from './Conversations'
import { Containment, FirstReply } from './Speed'
import { Handovers, Reasons } from './Handovers'
import { Hours } from './Hours'
import { KeyFigures } from './KeyFigures'
import classes from './reports.module.css'
import { Agents, Suggestions } from './Suggestions'
import { Toolbar } from './Toolbar'

/** What a lead looks at. */
export default function Reports() {
  const say = useSay()
  const go = useNavigate()
  const client = useQueryClient()
  const asked = useSearch({ strict: false }) as Asked
  const query = queryOf(asked)
  const change = (wanted: Asked) => void go({ to: '/reports', search: wanted as never, replace: true })
  useKeys([
    {
      keys: '.',
      label: say('keyAgain'),
      group: say('title'),
      run: () => void client.invalidateQueries({ queryKey: ['reports'] }),
    },
  ])
  return (
    <Page title={say('title')}>
      <Toolbar asked={asked} query={query} change={change} />
      <KeyFigures query={query} />
      <div className={classes.plots}>
        <Ends query={query} />
        <Channels query={query} />
        <FirstReply query={query} />
        <Containment query={query} />
        <Handovers query={query} />
        <Reasons query={query} />
        <Suggestions query={query} />
        <Agents query={query} />
        <Hours query={query} />
      </div>
    </Page>
  )
}
