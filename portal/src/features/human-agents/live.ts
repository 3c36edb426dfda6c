import type { Schemas } from '@/lib/api'
import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { CARDS, COUNTS, hear } from './api/cards'
import { catchUp, delivered } from './api/history'
import { customerOf, detailsOf, sessionOf, suggestionsOf, writingOf, type Full, type Writing } from './api/session'
import { notify } from './notify'

/** Figures and names are not asked for more often than this, however much is going on. */
const PAUSE = 700

/** Keeps the list, the badge and whatever is open as the runtime says they are now. */
export function live({ client, me }: Surroundings): LiveHandler {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>()
  const soon = (key: readonly unknown[]) => {
    const name = JSON.stringify(key)
    if (waiting.has(name)) return
    const run = () => {
      waiting.delete(name)
      void client.invalidateQueries({ queryKey: key })
    }
    waiting.set(name, setTimeout(run, PAUSE))
  }
  const write = (id: string, what: Partial<Writing>) =>
    client.setQueryData<Writing>(writingOf(id).queryKey, (now) => ({ text: '', failed: '', ...now, ...what }))
  return {
    session(event) {
      const { session, log } = event
      const { queryKey } = sessionOf(session.id)
      const before = client.getQueryData<Full>(queryKey)
      notify(client, me(), event)
      client.setQueryData<Full>(queryKey, (now) => now && { ...now, ...session })
      void hear(client, session, log).catch(() => soon(CARDS.queryKey))
      void catchUp(client, session.id).catch(() => undefined)
      if (!before || changesComposer(before, session, log)) void client.invalidateQueries({ queryKey })
      soon(COUNTS.queryKey)
      soon(detailsOf(session.id).queryKey)
    },
    delivery(event) {
      delivered(client, event)
      const { queryKey } = sessionOf(event.session_id)
      const may = client.getQueryData<Full>(queryKey)?.composer.template
      if (event.state === 'failed' && may?.code === 'template_too_soon') void client.invalidateQueries({ queryKey })
    },
    draft({ session_id, text }) {
      write(session_id, text ? { text, failed: '' } : { text })
    },
    change({ type, session_id, seq, id, data }) {
      if (type === 'suggestion' && session_id) {
        write(session_id, { failed: '' })
        void client.invalidateQueries({ queryKey: suggestionsOf(session_id).queryKey })
      }
      if (type === 'suggestion_failed' && session_id) write(session_id, { text: '', failed: String(data.reason ?? '') })
      if (type === 'attachment' && session_id) void catchUp(client, session_id, seq).catch(() => undefined)
      if (type === 'customer') soon(customerOf(id).queryKey)
      if (type === 'customer' || type === 'channel' || type === 'agent') {
        soon(CARDS.queryKey)
        soon(['human-agents', 'session'])
      }
    },
  }
}

/** Whether one may write, and until when, is the runtime's to say. */
function changesComposer(before: Full, session: Schemas['SessionView'], log: Schemas['EntryView'][]): boolean {
  return (
    before.control.epoch !== session.control.epoch || log.some((one) => one.author === 'customer' || one.data.template)
  )
}
