import { MultiSelect, NumberInput, Radio, Stack, Switch } from '@mantine/core'

import { useOperators } from '../queries'
import { useSay } from '../texts'
import { Card } from './Card'
import { Conditions } from './Conditions'
import type { Form } from './useSettings'

const WEEK = 7 * 24 * 60

interface Given {
  form: Form
  may: boolean
}

/** When the agent hands over, and who gets it then. */
export function Handover({ form, may }: Given) {
  const say = useSay()
  const allowed = form.value('allow_handoff')
  return (
    <>
      <Card
        title={say('set_handoff_conditions')}
        text={say('conditionsText')}
        form={form}
        names={['allow_handoff', 'handoff_conditions']}
      >
        <Switch
          label={say('set_allow_handoff')}
          description={say(allowed ? 'allowText' : 'allowNotText')}
          mb={allowed ? 'md' : undefined}
          disabled={!may}
          checked={allowed}
          error={form.refused.allow_handoff}
          onChange={(event) => form.set('allow_handoff', event.currentTarget.checked)}
        />
        {allowed && <Conditions form={form} may={may} />}
      </Card>
      <Card
        title={say('routing')}
        text={say('routingText')}
        form={form}
        names={['default_operators', 'assigned_mode', 'max_open']}
      >
        <Operators form={form} may={may} />
        <Radio.Group
          label={say('set_assigned_mode')}
          value={form.value('assigned_mode')}
          onChange={(value) => form.set('assigned_mode', value === 'copilot' ? 'copilot' : 'human')}
          error={form.refused.assigned_mode}
          my="md"
        >
          <Stack gap="xs" mt="xs">
            <Radio value="human" label={say('assigned_human')} disabled={!may} />
            <Radio value="copilot" label={say('assigned_copilot')} disabled={!may} />
          </Stack>
        </Radio.Group>
        <NumberInput
          label={say('set_max_open')}
          description={say('maxOpenText')}
          placeholder={say('noLimit')}
          min={1}
          max={10_000}
          allowDecimal={false}
          allowNegative={false}
          maw={420}
          value={form.value('max_open') ?? ''}
          error={form.refused.max_open}
          readOnly={!may}
          onChange={(wanted) => form.set('max_open', wanted === '' ? null : Number(wanted))}
        />
      </Card>
      <Waiting form={form} may={may} />
    </>
  )
}

function Operators({ form, may }: Given) {
  const say = useSay()
  const value = form.value('default_operators')
  const data = useOperators()
    .filter((one) => value.includes(one.id) || (one.role !== 'viewer' && one.state === 'active'))
    .map((one) => ({ value: one.id, label: one.state === 'active' ? one.name : say('disabled', { name: one.name }) }))
  return (
    <MultiSelect
      label={say('set_default_operators')}
      description={say('operatorsText')}
      placeholder={value.length === 0 ? say('operatorsNone') : undefined}
      data={data}
      value={value}
      error={form.refused.default_operators}
      readOnly={!may}
      searchable={may}
      clearable={may}
      clearButtonProps={{ 'aria-label': say('clearOperators') }}
      hidePickedOptions
      nothingFoundMessage={say('nobodyFound')}
      onChange={(ids) => form.set('default_operators', ids)}
    />
  )
}

function Waiting({ form, may }: Given) {
  const say = useSay()
  const minutes: number | null = form.value('remind_minutes')
  return (
    <Card title={say('waiting')} text={say('waitingText')} form={form} names={['remind_minutes', 'fallback']}>
      <NumberInput
        label={say('set_remind_minutes')}
        description={say('remindText')}
        min={1}
        max={WEEK}
        allowDecimal={false}
        allowNegative={false}
        maw={420}
        value={minutes ?? ''}
        error={minutes === null ? say('numberNeeded') : form.refused.remind_minutes}
        readOnly={!may}
        onChange={(wanted) => form.set('remind_minutes', (wanted === '' ? null : Number(wanted)) as number)}
      />
      <Radio.Group
        label={say('set_fallback')}
        value={form.value('fallback')}
        onChange={(value) => form.set('fallback', value === 'anybody' ? 'anybody' : 'nobody')}
        error={form.refused.fallback}
        mt="md"
      >
        <Stack gap="xs" mt="xs">
          <Radio value="nobody" label={say('fallback_nobody')} disabled={!may} />
          <Radio value="anybody" label={say('fallback_anybody')} disabled={!may} />
        </Stack>
      </Radio.Group>
    </Card>
  )
}
