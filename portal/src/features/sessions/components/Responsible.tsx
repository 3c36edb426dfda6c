import { Badge, Box, ThemeIcon, Tooltip } from '@mantine/core'
import { IconUserQuestion } from '@tabler/icons-react'

import { Face } from '@/components/Face'

import { responsible, type Card } from '../listing'
import { useOperators } from '../queries'
import { useSay } from '../texts'

/** Who answers: "AI", an operator's face, or "Unassigned". */
export function Responsible({ card, size = 26 }: { card: Card; size?: number }) {
  const say = useSay()
  const operators = useOperators()
  const who = responsible(card)
  if (who === 'ai')
    return (
      <Badge variant="light" color="violet" size="sm" style={{ textTransform: 'none' }}>
        {say('ai')}
      </Badge>
    )
  if (who === 'nobody')
    return (
      <Tooltip label={say('unassigned')} openDelay={300}>
        <ThemeIcon size={size} radius="xl" variant="light" color="orange" role="img" aria-label={say('unassigned')}>
          <IconUserQuestion size={size * 0.62} aria-hidden />
        </ThemeIcon>
      </Tooltip>
    )
  const name =
    (card.operator?.id === who.operator && card.operator.name) ||
    operators.find((one) => one.id === who.operator)?.name ||
    say('unknown')
  return (
    <Tooltip label={name} openDelay={300}>
      <Box role="img" aria-label={name} w={size} h={size}>
        <Face name={name} size={size} />
      </Box>
    </Tooltip>
  )
}
