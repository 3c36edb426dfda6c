import { Button } from '@mantine/core'

import { worst, type Line } from '@/components/log/marker'
import { confirm } from '@/lib/confirm'
import { mayAct, useMe } from '@/lib/me'

import type { Full } from '../api/session'
import type { Upload } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'

/** Sends again what did not reach the customer, once for each message however often it is pressed. */
export function Mend({ session, line, lines }: { session: Full; line: Line; lines: Line[] }) {
  const say = useSay()
  const me = useMe()
  const outgoing = useOutgoingStore()
  if (lines.some((other) => repeats(other, line))) return <span>{say('resent')}</span>
  if (!mayAct(me, 'operator') || !session.composer.may_write || line.data.template) return null
  const resend = async () => {
    const unsure = worst(line.deliveries)?.state === 'unknown'
    if (unsure && !(await confirm({ title: say('resendTitle'), text: say('resendText'), yes: say('resend') }))) return
    const files = line.attachments.flatMap(uploaded)
    const attachments = files.map(({ sha256, name, mime }) => ({ sha256, name, mime }))
    outgoing.send(
      session.id,
      { text: line.edited_text ?? line.text, attachments },
      { files, clientId: `resend ${line.seq}` },
    )
  }
  return (
    <Button size="compact-xs" variant="default" onClick={() => void resend()}>
      {say('resend')}
    </Button>
  )
}

/** Whether these are the same words and files, sent later by an operator. */
function repeats(other: Line, line: Line): boolean {
  if (other.seq <= line.seq || other.kind !== 'message' || other.author !== 'operator') return false
  const files = ({ attachments }: Line) => attachments.map(({ url, name }) => `${url} ${name}`).join()
  return other.text === (line.edited_text ?? line.text) && files(other) === files(line)
}

/** A file of a message as what it was when it was uploaded. */
function uploaded({ url, name, mime, size }: Line['attachments'][number]): Upload[] {
  const sha256 = url?.match(/\/files\/([0-9a-f]{64})/)?.[1]
  return sha256 ? [{ sha256, name, mime, size: size ?? 0 }] : []
}
