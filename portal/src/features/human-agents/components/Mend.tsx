import { Button } from '@mantine/core'

import { worst, type Line } from '@/components/log/marker'
import type { TemplateWanted } from '@/components/TemplatePicker'
import { answer, api } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { mayAct, useMe } from '@/lib/me'
import { toastError } from '@/lib/toast'

import type { Message } from '../api/outgoing'
import type { Full } from '../api/session'
import type { Upload } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'

/** Sends again what did not reach the customer, once for each message however often it is pressed. */
export default function Mend({ session, line, lines }: { session: Full; line: Line; lines: Line[] }) {
  const say = useSay()
  const me = useMe()
  const outgoing = useOutgoingStore()
  if (lines.some((other) => repeats(other, line))) return <span>{say('resent')}</span>
  const { composer } = session
  const template = line.data.template as TemplateWanted | undefined
  if (template && composer.template.code === 'template_too_soon') return <span>{say('templateTooSoon')}</span>
  if (!mayAct(me, 'operator') || !(template ? composer.template.may && template.variables : composer.may_write))
    return null
  const resend = async () => {
    const unsure = worst(line.deliveries)?.state === 'unknown'
    if (unsure && !(await confirm({ title: say('resendTitle'), text: say('resendText'), yes: say('resend') }))) return
    const files = line.attachments.flatMap(uploaded)
    const attachments = files.map(({ sha256, name, mime }) => ({ sha256, name, mime }))
    try {
      const message = template ? { template } : { ...(await body(session, line)), attachments }
      outgoing.send(session.id, message, { files, clientId: `resend ${line.seq}` })
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <Button size="compact-xs" variant="default" onClick={() => void resend()}>
      {say('resend')}
    </Button>
  )
}

/** Its words, formatted as they were. */
async function body({ id, composer }: Full, line: Line): Promise<Message> {
  const text = line.edited_text ?? line.text
  if (!line.has_original || !composer.rich_text) return { text }
  const path = { session_id: id, seq: String(line.seq) }
  const { html } = await answer(api.GET('/sessions/{session_id}/log/{seq}/original', { params: { path } }))
  return html ? { html } : { text }
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
