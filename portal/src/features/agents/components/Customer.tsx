import { SegmentedControl, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'

import { useSay } from '../texts'
import type { Trial } from '../trial'
import classes from './playground.module.css'

/** Whom the agent believes it is talking to, and whether it answers or suggests. */
export function Customer({ trial, change }: { trial: Trial; change: (what: Partial<Trial>) => void }) {
  const say = useSay()
  return (
    <Stack gap="xs" className={classes.customerForm}>
      <SegmentedControl
        size="xs"
        aria-label={say('want')}
        value={trial.want}
        onChange={(want) => change({ want: want as Trial['want'] })}
        data={[
          { value: 'reply', label: say('wantReply') },
          { value: 'suggestion', label: say('wantSuggestion') },
        ]}
      />
      {trial.want === 'suggestion' && (
        <TextInput
          size="xs"
          label={say('instruction')}
          placeholder={say('instructionExample')}
          maxLength={300}
          value={trial.instruction}
          onChange={(event) => change({ instruction: event.currentTarget.value })}
        />
      )}
      <SimpleGrid cols={2} spacing="xs">
        <TextInput
          size="xs"
          label={say('customerName')}
          maxLength={200}
          value={trial.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label={say('customerLanguage')}
          placeholder="de"
          maxLength={35}
          value={trial.language}
          onChange={(event) => change({ language: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Textarea
        size="xs"
        label={say('customerFacts')}
        placeholder={say('customerFactsExample')}
        autosize
        minRows={1}
        maxRows={5}
        value={trial.facts}
        onChange={(event) => change({ facts: event.currentTarget.value })}
      />
    </Stack>
  )
}
