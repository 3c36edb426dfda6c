import type { Schemas } from '@/lib/api'
import type { useCommon } from '@/lib/common'

export type Line = Schemas['LineView']
type Say = ReturnType<typeof useCommon>
type Told = Pick<Line, 'at' | 'author_id' | 'author_name' | 'data' | 'text'>

/** What a change of control says to people; `when` is how its time reads. */
export function marker(line: Told, say: Say, when: string): string {
  const [by] = line.author_id.split(':')
  const before = String(line.data.before ?? '')
  const after = String(line.data.after ?? '')
  const name = line.author_name || say('logSomebody')
  const holder = String(line.data.operator_name || say('logSomebody'))
  const itself = by === 'operator' && line.author_id === `operator:${line.data.operator_id}`
  const values = { when, name, holder }
  if (after === 'finished') return say(ENDS[by ?? ''] ?? 'logEndedOutside', values)
  if (after === 'autonomous') return say('logReturned', values)
  if (before === '') return say('logStarted', values)
  if (after === 'waiting') return say(before === 'autonomous' ? 'logTransfer' : 'logUnassigned', values)
  if (by === 'outside') return say('logOutside', values)
  if (before === 'autonomous') return say('logTakenOver', values)
  if (!itself) return say(by === 'operator' ? 'logAssignedBy' : 'logAssigned', values)
  if (before === 'human' && after === 'copilot') return say('logCopilotOn', values)
  if (before === 'copilot' && after === 'human') return say('logCopilotOff', values)
  return say('logJoined', values)
}

const ENDS: Record<string, 'logResolved' | 'logEndedAgent' | 'logEndedClock'> = {
  operator: 'logResolved',
  agent: 'logEndedAgent',
  clock: 'logEndedClock',
}

/** Of several parts the worst counts. */
const FROM_WORST = ['failed', 'unknown', 'withdrawn', 'queued', 'sending', 'sent', 'delivered', 'read'] as const
export type DeliveryState = (typeof FROM_WORST)[number]

export function worst(deliveries: Line['deliveries']): Line['deliveries'][number] | undefined {
  return [...deliveries].sort((a, b) => FROM_WORST.indexOf(a.state) - FROM_WORST.indexOf(b.state))[0]
}

/** Whether people are told of an entry: edits are shown where the message stands, outcomes under it. */
export function isShown(line: Pick<Line, 'kind'>): boolean {
  return line.kind === 'message' || line.kind === 'note' || line.kind === 'control'
}
