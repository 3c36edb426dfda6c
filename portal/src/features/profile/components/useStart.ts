import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'

import { answer, api, ApiError, type Schemas } from '@/lib/api'
import { said } from '@/lib/said'
import { sentence, toast } from '@/lib/toast'

import { asked, type Draft } from '../draft'
import { openWorkspace } from '../open'
import { sessionsOf, WAYS, type Way } from '../queries'
import { useSay } from '../texts'

/** What is left to be said in the dialog: there was a conversation, or the browser opened none. */
export interface Outcome {
  sessionId: string
  text: string
}

interface Asked {
  way: Way
  agentId: string | null
  draft: Draft
}

/** Starts a conversation, once, whatever is clicked how often; `done` when nothing is left to say. */
export function useStart(customerId: string, done: () => void) {
  const say = useSay()
  const client = useQueryClient()
  const running = useRef(false)
  const lost = useRef(false)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: ({ way, agentId, draft }: Asked) =>
      answer(
        api.POST('/customers/{customer_id}/conversations', {
          params: { path: { customer_id: customerId } },
          body: asked(way, agentId, draft),
        }),
      ),
    onSuccess: (found) => {
      const opened = openWorkspace(found.session.id)
      void client.invalidateQueries({ queryKey: sessionsOf(customerId).queryKey })
      if (opened && found.outcome === 'started') {
        toast(say('started'))
        done()
      } else setOutcome({ sessionId: found.session.id, text: told(found) })
    },
    onError: (refused) => {
      lost.current ||= refused instanceof ApiError && refused.status === 0
      void client.invalidateQueries({ queryKey: WAYS })
    },
    onSettled: () => {
      running.current = false
    },
  })
  /** An answer that was lost may have been a yes; then our own conversation is what exists. */
  const told = ({ outcome: what, notice }: Schemas['ConversationAnswer']) =>
    said(notice, notice && 'template_too_soon') ||
    say(what === 'started' ? 'startedBlocked' : lost.current ? 'startedBefore' : 'existing')
  return {
    outcome,
    busy: isPending,
    refusal: error ? refusal(error) : '',
    forget: reset,
    run: (way: Way, agentId: string | null, draft: Draft) => {
      if (running.current) return
      running.current = true
      mutate({ way, agentId, draft })
    },
  }
}

/** A refusal, with the fields that it is about. */
function refusal(error: Error): string {
  const fields = error instanceof ApiError && Array.isArray(error.facts.errors) ? error.facts.errors : []
  const details = fields.map((one: { detail?: string }) => one.detail).filter(Boolean)
  return details.length > 0 ? said(details.join(' ')) : sentence(error)
}
