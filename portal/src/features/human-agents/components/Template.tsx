import { Button, Group } from '@mantine/core'
import { useState } from 'react'

import { TemplatePicker, type TemplateWanted } from '@/components/TemplatePicker'
import { useCommon } from '@/lib/common'
import { useMe } from '@/lib/me'

import type { Full } from '../api/session'
import { useUnsent } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'
import classes from './workspace.module.css'

/** Where nothing but an approved message may go out: which one, and sending it. */
export default function Template({ session }: { session: Full }) {
  const say = useSay()
  const common = useCommon()
  const me = useMe()
  const outgoing = useOutgoingStore()
  const [unsent, change] = useUnsent(me.id, session.id)
  const [template, setTemplate] = useState<TemplateWanted | null>(null)
  const close = () => change({ template: null })
  const send = () => {
    if (!template) return
    outgoing.send(session.id, { template })
    close()
  }
  return (
    <div className={classes.template}>
      <TemplatePicker
        channelId={session.channel.id}
        customerId={session.customer.id}
        value={unsent.template}
        onChange={(wanted, begun) => {
          setTemplate(wanted)
          change({ template: begun })
        }}
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          {common('cancel')}
        </Button>
        <Button disabled={!template} onClick={send}>
          {say('sendTemplate')}
        </Button>
      </Group>
    </div>
  )
}
