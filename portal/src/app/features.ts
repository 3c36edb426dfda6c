import { account } from '@/features/account/feature'
import { agents } from '@/features/agents/feature'
import { channels } from '@/features/channels/feature'
import { customers } from '@/features/customers/feature'
import { humanAgents } from '@/features/human-agents/feature'
import { operators } from '@/features/operators/feature'
import { oversight } from '@/features/oversight/feature'
import { profile } from '@/features/profile/feature'
import { reports } from '@/features/reports/feature'
import { sessions } from '@/features/sessions/feature'
import type { Feature } from '@/lib/feature'

/** Every feature of the portal, one line each. */
export const features: Feature[] = [
  humanAgents,
  customers,
  profile,
  sessions,
  reports,
  channels,
  agents,
  operators,
  account,
  oversight,
]
