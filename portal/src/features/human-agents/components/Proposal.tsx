import { ActionIcon, Badge, Group, Tooltip } from '@mantine/core'
import { IconPencil, IconSend, IconX } from '@tabler/icons-react'

import type { Suggestion } from '../api/session'
import { useSay } from '../texts'
import classes from './suggestions.module.css'

interface Given {
  one: Suggestion
  mayWrite: boolean
  send: (one: Suggestion) => void
  edit: (one: Suggestion) => Promise<void>
  dismiss?: (one: Suggestion) => void
}

/** One suggestion: its words, what they rest on, and what to do with it. */
export function Proposal({ one, mayWrite, send, edit, dismiss }: Given) {
  const say = useSay()
  return (
    <article className={classes.proposal} data-suggestion={one.id}>
      {(one.late || one.instruction) && (
        <Group gap={6} mb={4}>
          {one.late && (
            <Badge variant="light" color="orange" size="sm" tt="none">
              {say('suggestionLate')}
            </Badge>
          )}
          {one.instruction && (
            <Badge variant="default" size="sm" tt="none" maw="100%">
              {one.instruction}
            </Badge>
          )}
        </Group>
      )}
      <p dir="auto" tabIndex={0}>
        {one.text}
      </p>
      {one.proposed?.map((act) => (
        <p key={act} className={classes.act}>
          {say('suggestionProposes', { what: act })}
        </p>
      ))}
      <div className={classes.foot}>
        <Sources one={one} />
        {dismiss && <Tool label={say('suggestionDismiss')} Icon={IconX} run={() => dismiss(one)} quiet />}
        {mayWrite && <Tool label={say('suggestionEdit')} Icon={IconPencil} run={() => void edit(one)} />}
        {mayWrite && <Tool label={say('suggestionSendAs')} Icon={IconSend} run={() => send(one)} strong />}
      </div>
    </article>
  )
}

/** The passages of the knowledge that the words rest on. */
function Sources({ one }: { one: Suggestion }) {
  const say = useSay()
  const sources = one.sources ?? []
  if (sources.length === 0) return <span className={classes.sources} />
  return (
    <details className={classes.sources}>
      <summary>{say('suggestionSources', { count: sources.length })}</summary>
      <ul>
        {sources.map((source, index) => (
          <li key={index}>
            <strong>{source.source}</strong>
            <p dir="auto">{source.text}</p>
          </li>
        ))}
      </ul>
    </details>
  )
}

interface ToolGiven {
  label: string
  Icon: typeof IconX
  run: () => void
  strong?: boolean
  quiet?: boolean
}

function Tool({ label, Icon, run, strong, quiet }: ToolGiven) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={strong ? 'light' : quiet ? 'subtle' : 'default'}
        color={quiet ? 'gray' : undefined}
        size={32}
        aria-label={label}
        onClick={run}
      >
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  )
}
