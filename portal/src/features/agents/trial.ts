import { useSyncExternalStore } from 'react'

import { answer, api, type Schemas } from '@/lib/api'
import { useMe } from '@/lib/me'
import { sentence } from '@/lib/toast'

import type { Told } from './draft'

export type Rehearsal = Schemas['RehearsalView']
type Said = Schemas['Said']

/** The newest lines are tried; the runtime takes no more, and none that is longer. */
const MOST = 60
export const LONGEST = 10_000
/** Characters of a fact. */
const FACT = 300

export interface Line extends Said {
  /** Of an answer: all that came with it. */
  rehearsal?: Rehearsal
}

/** A conversation that nobody has. It is forgotten with the page. */
export interface Trial {
  lines: Line[]
  typed: string
  want: 'reply' | 'suggestion'
  instruction: string
  name: string
  language: string
  /** `order: 7`, one a line. */
  facts: string
  /** What the agent remembered by itself. */
  learnt: Record<string, string>
  asking: boolean
  /** Why nothing came back. */
  failed: string
}

const EMPTY: Trial = {
  lines: [],
  typed: '',
  want: 'reply',
  instruction: '',
  name: '',
  language: '',
  facts: '',
  learnt: {},
  asking: false,
  failed: '',
}

export function factsOf(typed: string): Record<string, string> {
  const pairs = typed.split('\n').map((line) => {
    const at = line.indexOf(':')
    return at < 0
      ? ['', '']
      : [
          line.slice(0, at).trim().slice(0, FACT),
          line
            .slice(at + 1)
            .trim()
            .slice(0, FACT),
        ]
  })
  return Object.fromEntries(pairs.filter(([name, value]) => name && value))
}

/** The request: the whole conversation, for the runtime remembers nothing of it. */
export function asked(trial: Trial, told: Told | null): Schemas['Rehearsal'] {
  const { want, instruction, name, language, facts, learnt, lines } = trial
  const said = lines
    .filter((one) => one.text.trim())
    .map(({ author, text }) => ({ author, text: text.slice(0, LONGEST) }))
  return {
    lines: said.slice(-MOST),
    customer: { name, language, facts: { ...factsOf(facts), ...learnt } },
    want,
    instruction: want === 'suggestion' ? instruction : '',
    as_if: (told ?? {}) as Schemas['Told'],
  }
}

class Trials {
  private readonly known = new Map<string, Trial>()
  private readonly listeners = new Set<() => void>()
  /** Which question is the newest; answers to older ones come too late. */
  private newest = 0

  get(key: string): Trial {
    return this.known.get(key) ?? EMPTY
  }

  change(key: string, what: Partial<Trial>): void {
    this.known.set(key, { ...this.get(key), ...what })
    for (const listener of this.listeners) listener()
  }

  /** Have the last line answered. */
  async ask(key: string, agentId: string, told: Told | null): Promise<void> {
    const question = ++this.newest
    this.change(key, { asking: true, failed: '' })
    const trial = this.get(key)
    let then: Partial<Trial>
    try {
      const rehearsal = await answer(
        api.POST('/agents/{agent_id}/playground', {
          params: { path: { agent_id: agentId } },
          body: asked(trial, told),
        }),
      )
      const author = trial.want === 'reply' ? 'agent' : 'operator'
      const line: Line = { author, text: rehearsal.text, rehearsal }
      then = { lines: [...trial.lines, line], learnt: { ...trial.learnt, ...rehearsal.facts } }
    } catch (error) {
      then = { failed: sentence(error) }
    }
    if (question === this.newest) this.change(key, { ...then, asking: false })
  }

  clear(key: string): void {
    this.newest += 1
    this.change(key, { lines: [], learnt: {}, asking: false, failed: '' })
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

const trials = new Trials()

/** The trial of one agent on this page; `told`: what it is told beside what is saved. */
export function useTrial(agentId: string, told: Told | null) {
  const key = `${useMe().id} ${agentId}`
  const trial = useSyncExternalStore(trials.subscribe, () => trials.get(key))
  const change = (what: Partial<Trial>) => trials.change(key, what)
  return {
    trial,
    change,
    clear: () => trials.clear(key),
    send: () => {
      const text = trial.typed.trim()
      if (!text || trial.asking) return
      change({ lines: [...trial.lines, { author: 'customer', text }], typed: '' })
      void trials.ask(key, agentId, told)
    },
    /** Have the customer's last words answered anew. */
    again: () => {
      const last = trial.lines.findLastIndex((one) => one.author === 'customer')
      change({ lines: trial.lines.slice(0, last + 1) })
      void trials.ask(key, agentId, told)
    },
  }
}
