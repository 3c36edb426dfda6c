import { Button, Text } from '@mantine/core'

import { confirm } from '@/lib/confirm'

import { useSay } from '../texts'
import classes from './agents.module.css'
import type { Form } from './useSettings'

/** What is changed and not saved yet, on whatever tab. */
export function SaveBar({ form }: { form: Form }) {
  const say = useSay()
  const names = form.changed.map((name) => say(`set_${name}`)).join(', ')
  const blocked = form.moved.length > 0
  const discard = async () => {
    const sure = await confirm({ title: say('discardTitle'), text: names, yes: say('discard'), grave: true })
    if (sure) form.discard()
  }
  return (
    <div role="status" className={classes.status}>
      {names && (
        <div className={classes.bar}>
          <div className={classes.grow}>
            <Text size="sm" fw={600}>
              {say('unsaved')}
            </Text>
            <Text size="sm" className={blocked ? undefined : classes.names}>
              {blocked ? say('chooseFirst') : names}
            </Text>
          </div>
          <Button variant="default" onClick={() => void discard()}>
            {say('discard')}
          </Button>
          <Button onClick={() => form.save()} loading={form.busy} disabled={blocked}>
            {say('save')}
          </Button>
        </div>
      )}
    </div>
  )
}
