import { Tooltip } from '@mantine/core'
import {
  IconAlertCircle,
  IconArrowBackUp,
  IconCheck,
  IconChecks,
  IconClock,
  IconQuestionMark,
} from '@tabler/icons-react'

import { useCommon } from '@/lib/common'

import type { DeliveryState } from './marker'

const LOOKS = {
  queued: IconClock,
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
  unknown: IconQuestionMark,
  withdrawn: IconArrowBackUp,
} satisfies Record<DeliveryState, unknown>

/** How far a message came on its way to the customer. */
export function Ticks({ state }: { state: DeliveryState }) {
  const say = useCommon()
  const Icon = LOOKS[state]
  const label = say(`logDelivery_${state}`)
  return (
    <Tooltip label={label} openDelay={300}>
      <span role="img" aria-label={label} style={{ display: 'inline-flex' }}>
        <Icon size={15} stroke={state === 'read' ? 2.6 : 1.8} aria-hidden />
      </span>
    </Tooltip>
  )
}
