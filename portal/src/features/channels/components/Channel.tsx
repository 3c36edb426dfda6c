import { Box, Tabs } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { mayAct, useMe } from '@/lib/me'

import type { Channel as One, Kind, Tab } from '../queries'
import { useSay } from '../texts'
import classes from './channels.module.css'
import { Form } from './Form'
import { Head, type Tried } from './Head'
import { Log } from './Log'
import { Read } from './Read'
import { Templates } from './Templates'
import { Webhook } from './Webhook'

interface Given {
  channel: One
  /** None: this release cannot connect such a channel any more. */
  kind?: Kind
  tab: Tab
}

/** One channel: its settings, what happened to it, and its templates. */
export function Channel({ channel, kind, tab }: Given) {
  const say = useSay()
  const go = useNavigate()
  const may = mayAct(useMe(), 'admin')
  const [tried, setTried] = useState<Tried>(null)
  const show = (now: string | null) =>
    void go({
      to: '/settings/channels/{-$channelId}',
      params: { channelId: channel.id } as never,
      search: { tab: now === 'settings' ? undefined : now } as never,
      replace: true,
    })
  return (
    <Box className={classes.screen}>
      <Head channel={channel} tried={tried} tell={setTried} />
      <Tabs value={tab} onChange={show} keepMounted={false} mt="md">
        <Tabs.List aria-label={say('tabs')} mb="xs">
          <Tabs.Tab value="settings">{say('tabSettings')}</Tabs.Tab>
          <Tabs.Tab value="log">{say('tabLog')}</Tabs.Tab>
          {kind?.templates && <Tabs.Tab value="templates">{say('tabTemplates')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="settings" keepMounted>
          <Webhook channel={channel} kind={kind} />
          {kind && may ? (
            <Form kind={kind} channel={channel} done={() => setTried(null)} />
          ) : (
            <Read kind={kind} channel={channel} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <Log channelId={channel.id} />
        </Tabs.Panel>
        {kind?.templates && (
          <Tabs.Panel value="templates">
            <Templates channel={channel} />
          </Tabs.Panel>
        )}
      </Tabs>
    </Box>
  )
}
