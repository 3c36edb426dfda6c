import { Alert, Button, Group, Modal, Stepper } from '@mantine/core'
import { IconMessage2, IconRoute, IconSend } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent, type MouseEvent } from 'react'

import { EmptyState, ErrorState, LoadingLines } from '@/components/States'

import { EMPTY, missing, type Draft } from '../draft'
import { waysTo, type Customer, type Way } from '../queries'
import { useSay } from '../texts'
import { ChannelStep, type Chosen } from './ChannelStep'
import { ComposeStep } from './ComposeStep'
import { Outcome } from './Outcome'
import classes from './profile.module.css'
import { useStart } from './useStart'

interface Given {
  customer: Customer
  opened: boolean
  close: () => void
}

/** The second click of a double click on Next must not hit Start, which stands in its place. */
const onlyOnce = (event: MouseEvent) => event.detail > 1 && event.preventDefault()

/** The dialog. Closing it loses nothing; it is empty again after a conversation has started. */
export function Start(given: Given) {
  const [turn, setTurn] = useState(0)
  return <Dialog key={turn} {...given} reset={() => setTurn(turn + 1)} />
}

function Dialog({ customer, opened, close, reset }: Given & { reset: () => void }) {
  const say = useSay()
  const asking = useQuery({ ...waysTo(customer.id), enabled: opened })
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [step, setStep] = useState(0)
  const [composing, setComposing] = useState('')
  const [draft, setDraft] = useState<Draft>(EMPTY)
  const [complain, setComplain] = useState(false)
  const done = () => {
    close()
    reset()
  }
  const start = useStart(customer.id, done)
  const way = asking.data?.find((one) => one.channel.id === chosen?.channelId)
  const lacking = way && complain ? missing(way, draft) : []
  const next = () => {
    start.forget()
    setComplain(false)
    setComposing(way?.channel.id ?? '')
    setStep(1)
  }
  const send = () => {
    if (!way || !chosen) return
    setComplain(true)
    if (missing(way, draft).length === 0) start.run(way, chosen.agentId, draft)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    if (step === 1) send()
    else if (way?.available && chosen) next()
  }
  return (
    <Modal
      opened={opened}
      onClose={start.outcome ? done : close}
      keepMounted
      size={740}
      title={say('startWith', { name: customer.name || say('unknown') })}
      classNames={{ title: classes.dialogTitle }}
    >
      {start.outcome ? (
        <Outcome outcome={start.outcome} close={done} />
      ) : (
        <form onSubmit={submit} noValidate>
          <Steps step={step} />
          {start.refusal && (
            <Alert color="red" role="alert" mb="md">
              {start.refusal}
            </Alert>
          )}
          <div hidden={step !== 0}>
            <Channels asking={asking} chosen={chosen} choose={setChosen} />
          </div>
          {way && composing === way.channel.id && (
            <ComposeStep
              key={composing}
              hidden={step !== 1}
              way={way}
              customerId={customer.id}
              draft={draft}
              lacking={lacking}
              change={(more) => setDraft((before) => ({ ...before, ...more }))}
              submit={send}
            />
          )}
          <Group justify="space-between" mt="lg">
            <Button variant="default" onClick={step === 1 ? () => setStep(0) : close}>
              {say(step === 1 ? 'back' : 'cancel')}
            </Button>
            {step === 1 ? (
              <Button
                type="submit"
                onClick={onlyOnce}
                loading={start.busy}
                rightSection={<IconSend size={18} aria-hidden />}
              >
                {say('startButton')}
              </Button>
            ) : (
              <Button type="submit" disabled={!way?.available}>
                {say('next')}
              </Button>
            )}
          </Group>
        </form>
      )}
    </Modal>
  )
}

function Steps({ step }: { step: number }) {
  const say = useSay()
  return (
    <Stepper
      active={step}
      size="sm"
      mb="lg"
      allowNextStepsSelect={false}
      wrap={false}
      classNames={{ stepDescription: classes.wide }}
    >
      <Stepper.Step
        component="div"
        label={say('selectChannel')}
        description={say('selectChannelHint')}
        icon={<IconRoute size={18} aria-hidden />}
      />
      <Stepper.Step
        component="div"
        label={say('firstMessage')}
        description={say('firstMessageHint')}
        icon={<IconMessage2 size={18} aria-hidden />}
      />
    </Stepper>
  )
}

interface ChannelsGiven {
  asking: { data?: Way[]; isPending: boolean; error: unknown; refetch: () => unknown }
  chosen: Chosen | null
  choose: (chosen: Chosen) => void
}

function Channels({ asking, chosen, choose }: ChannelsGiven) {
  const say = useSay()
  if (asking.isPending) return <LoadingLines count={3} height={64} />
  if (!asking.data) return <ErrorState error={asking.error} retry={() => void asking.refetch()} />
  if (asking.data.length === 0) return <EmptyState title={say('noChannels')} text={say('noChannelsText')} />
  return <ChannelStep ways={asking.data} chosen={chosen} choose={choose} />
}
