import { ActionIcon, Button, Group, Text, Textarea, Tooltip } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'

import { useSay } from '../texts'
import classes from './agents.module.css'
import type { Form } from './useSettings'

const MOST = 30
const LONG = 500

/** Sentences that say when the agent hands over; with none of them, those of its folder hold. */
export function Conditions({ form, may }: { form: Form; may: boolean }) {
  const say = useSay()
  const all = form.value('handoff_conditions')
  const own = form.agent.own_handoff_conditions
  const { list, focus } = useFocus()
  const become = (conditions: string[], next?: number) => {
    form.set('handoff_conditions', conditions)
    if (next !== undefined) focus(next)
  }
  const add = (at: number) => all.length < MOST && become([...all.slice(0, at), '', ...all.slice(at)], at)
  const remove = (at: number) =>
    become(
      all.filter((_, index) => index !== at),
      Math.max(0, at - 1),
    )
  const press = (event: KeyboardEvent, at: number) => {
    if (event.nativeEvent.isComposing) return
    const taken =
      event.key === 'Enter' ? () => add(at + 1) : event.key === 'Backspace' && !all[at] ? () => remove(at) : null
    if (!taken) return
    event.preventDefault()
    taken()
  }
  if (all.length === 0) return <Own own={own} may={may} begin={() => become(own.length > 0 ? [...own] : [''], 0)} />
  return (
    <>
      <Text size="sm" mb="xs">
        {say('handsOverWhen')}
      </Text>
      <ol className={classes.conditions} ref={list}>
        {all.map((condition, index) => (
          <li key={index}>
            <Textarea
              aria-label={say('condition', { number: index + 1 })}
              autosize
              minRows={1}
              maxRows={5}
              maxLength={LONG}
              dir="auto"
              className={classes.grow}
              value={condition}
              readOnly={!may}
              onChange={(event) =>
                become(all.map((one, at) => (at === index ? event.currentTarget.value.replace(/\n/g, ' ') : one)))
              }
              onKeyDown={(event) => may && press(event, index)}
            />
            {may && (
              <Tooltip label={say('removeCondition', { number: index + 1 })} openDelay={300}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  aria-label={say('removeCondition', { number: index + 1 })}
                  onClick={() => remove(index)}
                >
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        ))}
      </ol>
      {form.refused.handoff_conditions && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {form.refused.handoff_conditions}
        </Text>
      )}
      {may && (
        <Group gap="xs" mt="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={all.length >= MOST}
            onClick={() => add(all.length)}
          >
            {say('addCondition')}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => become([])}>
            {say('ownConditions')}
          </Button>
        </Group>
      )}
    </>
  )
}

/** Those of the agent's folder. */
function Own({ own, may, begin }: { own: string[]; may: boolean; begin: () => void }) {
  const say = useSay()
  return (
    <>
      <Text size="sm">{say(own.length > 0 ? 'ownHold' : 'noneHold')}</Text>
      <ul className={classes.own}>
        {own.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      {may && (
        <Button size="xs" variant="default" onClick={begin}>
          {say('writeConditions')}
        </Button>
      )}
    </>
  )
}

/** The list of fields, and a way into one that is there only after the next drawing. */
function useFocus() {
  const list = useRef<HTMLOListElement>(null)
  const [next, setNext] = useState<{ at: number } | null>(null)
  useEffect(() => {
    if (next) list.current?.querySelectorAll('textarea')[next.at]?.focus()
  }, [next])
  return { list, focus: (at: number) => setNext({ at }) }
}
