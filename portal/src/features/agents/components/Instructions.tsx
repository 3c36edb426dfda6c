import { NumberInput, Radio, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { WORDS } from '../draft'
import { lasting } from '../lasting'
import { useSay } from '../texts'
import { Card } from './Card'
import { Counted } from './Counted'
import type { Form } from './useSettings'

const YEAR = 365 * 24 * 60

interface Given {
  form: Form
  may: boolean
}

/** What the agent is told, for customers and for suggestions. */
export function Instructions({ form, may }: Given) {
  const say = useSay()
  return (
    <>
      <Card title={say('set_instructions')} text={say('instructionsText')} form={form} names={['instructions']}>
        <Counted
          aria-label={say('set_instructions')}
          placeholder={may ? say('instructionsExample') : say('nothing')}
          minRows={12}
          maxRows={26}
          most={WORDS}
          value={form.value('instructions')}
          error={form.refused.instructions}
          readOnly={!may}
          write={(text) => form.set('instructions', text)}
        />
      </Card>
      <Copilot form={form} may={may} />
      <Idle form={form} may={may} />
    </>
  )
}

function Copilot({ form, may }: Given) {
  const say = useSay()
  return (
    <Card title={say('copilot')} text={say('copilotText')} form={form} names={['suggests', 'copilot_instructions']}>
      <Radio.Group
        label={say('set_suggests')}
        value={form.value('suggests')}
        onChange={(value) => form.set('suggests', value === 'asked' ? 'asked' : 'always')}
        error={form.refused.suggests}
        mb="md"
      >
        <Stack gap="xs" mt="xs">
          <Radio value="always" label={say('suggests_always')} disabled={!may} />
          <Radio value="asked" label={say('suggests_asked')} disabled={!may} />
        </Stack>
      </Radio.Group>
      <Counted
        label={say('set_copilot_instructions')}
        description={say('copilotInstructionsText')}
        placeholder={may ? undefined : say('nothing')}
        minRows={3}
        maxRows={14}
        most={WORDS}
        value={form.value('copilot_instructions')}
        error={form.refused.copilot_instructions}
        readOnly={!may}
        write={(text) => form.set('copilot_instructions', text)}
      />
    </Card>
  )
}

function Idle({ form, may }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  const own = form.agent.own_idle_minutes
  const value = form.value('idle_minutes')
  const now = value ?? own
  return (
    <Card title={say('idle')} text={say('idleText')} form={form} names={['idle_minutes']}>
      <NumberInput
        label={say('set_idle_minutes')}
        description={
          now ? say(value === null ? 'idleOwn' : 'idleIs', { time: lasting(now, i18n.language) }) : undefined
        }
        placeholder={own === null ? undefined : String(own)}
        min={1}
        max={YEAR}
        allowDecimal={false}
        allowNegative={false}
        maw={280}
        value={value ?? ''}
        error={form.refused.idle_minutes}
        readOnly={!may}
        onChange={(wanted) => form.set('idle_minutes', wanted === '' ? null : Number(wanted))}
      />
    </Card>
  )
}
