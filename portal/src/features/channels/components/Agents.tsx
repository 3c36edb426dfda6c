import { ActionIcon, Badge, Input, Select } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconRobot, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { flushSync } from 'react-dom'

import { AGENTS } from '../queries'
import { useSay } from '../texts'
import classes from './channels.module.css'

interface Given {
  chosen: string[]
  choose: (agents: string[]) => void
}

/** The keyboard stays with what was moved, also at an end of the list. */
function refocus(moved: Element | undefined, by: number): void {
  const buttons = [...(moved?.querySelectorAll<HTMLElement>('[data-by]:not(:disabled)') ?? [])]
  const wanted = buttons.find((one) => one.dataset.by === String(by)) ?? buttons[0]
  wanted?.focus()
}

/** Who answers, in order. */
export function Agents({ chosen, choose }: Given) {
  const say = useSay()
  const { data: agents = [] } = useQuery(AGENTS)
  const list = useRef<HTMLOListElement>(null)
  const others = agents.filter((one) => !chosen.includes(one.id))
  const nameOf = (id: string) => agents.find((one) => one.id === id)?.name ?? id
  const runs = (id: string) => agents.find((one) => one.id === id)?.state === 'running'
  const answers = chosen.find(runs)
  const move = (at: number, by: number) => {
    const now = [...chosen]
    now.splice(at + by, 0, ...now.splice(at, 1))
    flushSync(() => choose(now))
    refocus(list.current?.children[at + by], by)
  }
  return (
    <Input.Wrapper labelElement="div" label={say('agents')} description={say('agentsHelp')}>
      {chosen.length > 0 && (
        <ol ref={list} className={classes.agents} aria-label={say('agents')}>
          {chosen.map((id, at) => (
            <li key={id} className={classes.agent}>
              <IconRobot size={18} stroke={1.6} aria-hidden />
              <span className={classes.agentName}>{nameOf(id)}</span>
              <Badge variant="light" tt="none" color={id === answers ? 'teal' : 'gray'}>
                {say(id === answers ? 'agentFirst' : runs(id) ? 'agentNext' : 'agentIdle')}
              </Badge>
              {chosen.length > 1 && (
                <ActionIcon.Group>
                  {([-1, 1] as const).map((by) => (
                    <ActionIcon
                      key={by}
                      variant="default"
                      data-by={by}
                      aria-label={say(by < 0 ? 'agentUp' : 'agentDown', { name: nameOf(id) })}
                      disabled={chosen[at + by] === undefined}
                      onClick={() => move(at, by)}
                    >
                      {by < 0 ? <IconArrowUp size={16} aria-hidden /> : <IconArrowDown size={16} aria-hidden />}
                    </ActionIcon>
                  ))}
                </ActionIcon.Group>
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={say('agentRemove', { name: nameOf(id) })}
                onClick={() => choose(chosen.filter((one) => one !== id))}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ol>
      )}
      {others.length > 0 && (
        <Select
          mt={8}
          autoComplete="off"
          aria-label={say('agentAdd')}
          placeholder={say('agentAdd')}
          data={others.map((one) => ({ value: one.id, label: one.name }))}
          value={null}
          onChange={(id) => id && choose([...chosen, id])}
        />
      )}
    </Input.Wrapper>
  )
}
