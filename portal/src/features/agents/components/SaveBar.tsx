import { Button, Text } from '@mantine/core'

import { confirm } from '@/lib/confirm'

import type { Name } from '../draft'
import { useSay } from '../texts'
import classes from './agents.module.css'
import type { Form } from './useSettings'

/** What is changed and not saved yet, on whatever tab. */
export function SaveBar({ form }: { form: Form }) {
  const say = useSay()
  const named = (all: Name[]) => all.map((name) => say(`set_${name}`)).join(', ')
  const names = named(form.changed)
  const blocked =
    form.moved.length > 0
      ? say('chooseFirst')
      : form.wrong.length > 0
        ? say('mendFirst', { names: named(form.wrong) })
        : ''
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
              {blocked || names}
            </Text>
          </div>
          <Button variant="default" onClick={() => void discard()}>
            {say('discard')}
          </Button>
          <Button onClick={() => form.save()} loading={form.busy} disabled={blocked !== ''}>
            {say('save')}
          </Button>
        </div>
      )}
    </div>
  )
}
