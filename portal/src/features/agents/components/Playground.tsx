import { ActionIcon, Alert, Button, Loader, Text, Textarea, Title, Tooltip } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconEraser, IconRefresh, IconSend } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'

import { useKeys } from '@/lib/keys'

import type { Told } from '../draft'
import type { Agent } from '../queries'
import { useSay } from '../texts'
import { LONGEST, useTrial } from '../trial'
import { Answer } from './Answer'
import { Customer } from './Customer'
import classes from './playground.module.css'

interface Given {
  agent: Agent
  /** What is changed and not saved, and tried as if it were. */
  told: Told | null
  /** Opens a document of the agent's knowledge. */
  open: (doc: string) => void
}

/** A conversation with the agent that never reaches a customer. */
export function Playground({ agent, told, open }: Given) {
  const say = useSay()
  const { trial, change, clear, send, again } = useTrial(agent.id, told)
  const [setting, setSetting] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const end = useEnd(trial.lines.length, trial.asking, trial.failed)
  useKeys([{ keys: 'p', label: say('keyPlay'), group: say('group'), run: () => field.current?.focus() }])
  const begin = () => {
    clear()
    field.current?.focus()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <section className={classes.playground} aria-label={say('playground')}>
      <header className={classes.head}>
        <Title order={2} size="h5" className={classes.grow}>
          {say('playground')}
        </Title>
        <Tooltip label={say('setting')}>
          <ActionIcon
            variant={setting ? 'light' : 'subtle'}
            color={setting ? undefined : 'gray'}
            size="lg"
            aria-label={say('setting')}
            aria-expanded={setting}
            onClick={() => setSetting(!setting)}
          >
            <IconAdjustmentsHorizontal size={19} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={say('clear')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={say('clear')}
            disabled={trial.lines.length === 0}
            onClick={begin}
          >
            <IconEraser size={19} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </header>
      {setting && <Customer trial={trial} change={change} />}
      {told && (
        <Text size="sm" className={classes.unsaved} role="status">
          {say('triesUnsaved')}
        </Text>
      )}
      <div className={classes.lines} ref={end} role="log" aria-label={say('trial')} tabIndex={0}>
        {trial.lines.length === 0 && <Nothing agent={agent} />}
        {trial.lines.map((line, index) =>
          line.rehearsal ? (
            <Answer key={index} agent={agent} line={line} rehearsal={line.rehearsal} open={open} />
          ) : (
            <p key={index} className={classes.customer} dir="auto">
              {line.text}
            </p>
          ),
        )}
        {trial.asking && <Loader type="dots" size="sm" role="status" aria-label={say('thinking')} />}
        {trial.failed && (
          <Alert color="red" variant="light" role="alert">
            {trial.failed}
          </Alert>
        )}
        {trial.lines.length > 0 && !trial.asking && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            className={classes.again}
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={again}
          >
            {say('again')}
          </Button>
        )}
      </div>
      <div className={classes.field}>
        <Textarea
          ref={field}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={8}
          maxLength={LONGEST}
          dir="auto"
          className={classes.grow}
          placeholder={say('ask')}
          aria-label={say('ask')}
          value={trial.typed}
          onChange={(event) => change({ typed: event.currentTarget.value })}
          onKeyDown={press}
        />
        <ActionIcon size={36} aria-label={say('send')} disabled={!trial.typed.trim() || trial.asking} onClick={send}>
          <IconSend size={18} className={classes.mirrored} aria-hidden />
        </ActionIcon>
      </div>
    </section>
  )
}

function Nothing({ agent }: { agent: Agent }) {
  const say = useSay()
  return (
    <div className={classes.nothing}>
      <Text size="sm" c="dimmed">
        {say('playgroundText')}
      </Text>
      {agent.state === 'stopped' && (
        <Text size="sm" c="dimmed">
          {say('playgroundStopped')}
        </Text>
      )}
    </div>
  )
}

/** Shows what is new as soon as it is there. */
function useEnd(...news: unknown[]) {
  const area = useRef<HTMLDivElement>(null)
  const key = news.join(' ')
  useEffect(() => {
    area.current?.scrollTo({ top: area.current.scrollHeight })
  }, [key])
  return area
}
