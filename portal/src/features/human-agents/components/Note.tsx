import { Button, Text, Textarea } from '@mantine/core'

import { useMe } from '@/lib/me'
import { isFocusFree } from '@/lib/typing'

import { useUnsent } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'
import { entered } from './entered'
import classes from './workspace.module.css'

const LIMIT = 20_000

/** A note for colleagues. */
export default function Note({ sessionId }: { sessionId: string }) {
  const say = useSay()
  const me = useMe()
  const [{ note }, change] = useUnsent(me.id, sessionId)
  const outgoing = useOutgoingStore()
  const send = () => {
    if (!note.trim()) return
    outgoing.send(sessionId, { text: note }, { note: true })
    change({ note: '' })
  }
  return (
    <div className={classes.field} data-note>
      <Textarea
        variant="unstyled"
        autosize
        minRows={2}
        maxRows={10}
        maxLength={LIMIT}
        placeholder={say('notePlaceholder')}
        aria-label={say('notePlaceholder')}
        value={note}
        onChange={(event) => change({ note: event.currentTarget.value })}
        onKeyDown={(event) => entered(event) && send()}
        autoFocus={isFocusFree()}
        dir="auto"
      />
      <div className={classes.foot}>
        <Text size="xs" className={classes.hint}>
          {say('noteHint')} {say('hint')}
        </Text>
        <Button color="yellow" variant="filled" autoContrast onClick={send} disabled={!note.trim()}>
          {say('addNote')}
        </Button>
      </div>
    </div>
  )
}
