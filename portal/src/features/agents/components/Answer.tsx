import { Text } from '@mantine/core'
import { IconAlertTriangle, IconBrain, IconFlagCheck, IconHeadset, IconTool } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useSaid } from '@/lib/said'

import type { Agent } from '../queries'
import { useSay } from '../texts'
import type { Line, Rehearsal } from '../trial'
import classes from './playground.module.css'

interface Given {
  agent: Agent
  line: Line
  rehearsal: Rehearsal
  open: (doc: string) => void
}

/** What the agent would say, and all that would come of it. */
export function Answer({ agent, line, rehearsal, open }: Given) {
  const say = useSay()
  const said = useSaid()
  const { hand_over: handOver, failed, facts, proposed } = rehearsal
  return (
    <article className={classes.answer} aria-label={agent.name}>
      {rehearsal.text && (
        <div className={classes.bubble} data-suggested={line.author === 'operator' || undefined}>
          <Text size="xs" fw={600} className={classes.name}>
            {line.author === 'operator' ? say('suggested') : agent.name}
          </Text>
          <p dir="auto">{rehearsal.text}</p>
        </div>
      )}
      {failed && (
        <Fact Icon={IconAlertTriangle} grave>
          {say('failed', { reason: said(failed) })}
        </Fact>
      )}
      {handOver && (
        <Fact Icon={IconHeadset} strong>
          <strong>{say(handOver.asked_by_customer ? 'handsOverAsked' : 'handsOver')}</strong>
          <span dir="auto">{said(handOver.reason)}</span>
          {handOver.summary && (
            <Text component="span" size="sm" c="dimmed" mt={4} dir="auto">
              {handOver.summary}
            </Text>
          )}
        </Fact>
      )}
      {rehearsal.finish && <Fact Icon={IconFlagCheck}>{say('finishes')}</Fact>}
      {Object.entries(facts).map(([name, value]) => (
        <Fact key={name} Icon={IconBrain}>
          {say('remembers', { name, value })}
        </Fact>
      ))}
      {proposed.map((act, index) => (
        <Fact key={index} Icon={IconTool}>
          {say('proposes', { act })}
        </Fact>
      ))}
      <Sources rehearsal={rehearsal} open={open} />
      <Calls rehearsal={rehearsal} />
      <Cost rehearsal={rehearsal} />
    </article>
  )
}

interface FactGiven {
  Icon: typeof IconTool
  strong?: boolean
  grave?: boolean
  children: ReactNode
}

function Fact({ Icon, strong, grave, children }: FactGiven) {
  return (
    <div className={classes.fact} data-strong={strong || undefined} data-grave={grave || undefined}>
      <Icon size={17} aria-hidden />
      <div>{children}</div>
    </div>
  )
}

function Sources({ rehearsal, open }: { rehearsal: Rehearsal; open: (doc: string) => void }) {
  const say = useSay()
  if (rehearsal.sources.length === 0) return null
  return (
    <details className={classes.more}>
      <summary>{say('passages', { count: rehearsal.sources.length })}</summary>
      {rehearsal.sources.map(({ source, text }, index) => {
        const doc = source.split('#')[0] ?? source
        return (
          <div key={index} className={classes.passage}>
            <button type="button" onClick={() => open(doc)} aria-label={say('openDocument', { source })}>
              <bdi>{source}</bdi>
            </button>
            <p dir="auto">{text}</p>
          </div>
        )
      })}
    </details>
  )
}

function Calls({ rehearsal }: { rehearsal: Rehearsal }) {
  const say = useSay()
  if (rehearsal.calls.length === 0) return null
  return (
    <details className={classes.more}>
      <summary>{say('calls', { count: rehearsal.calls.length })}</summary>
      {rehearsal.calls.map(({ name, arguments: given, result }, index) => (
        <div key={index} className={classes.passage}>
          <code>
            {name} {given}
          </code>
          <p dir="auto">{result}</p>
        </div>
      ))}
    </details>
  )
}

/** What a real one would have cost. */
function Cost({ rehearsal }: { rehearsal: Rehearsal }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const {
    model,
    input_tokens: input,
    output_tokens: output,
    seconds,
  } = rehearsal.usage as Record<string, string | number>
  if (!model) return null
  const small = { size: 'xs', c: 'dimmed' }
  if (!input && !output) return <Text {...small}>{model}</Text>
  const number = (value: unknown, digits = 0) =>
    Number(value ?? 0).toLocaleString(i18n.language, { maximumFractionDigits: digits })
  return (
    <Text {...small}>
      {say('cost', { model, input: number(input), output: number(output), seconds: number(seconds, 1) })}
    </Text>
  )
}
