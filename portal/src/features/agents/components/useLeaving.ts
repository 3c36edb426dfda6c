import { useBlocker } from '@tanstack/react-router'

import { confirm } from '@/lib/confirm'

import { useSay } from '../texts'

/** What is not saved is kept; but whoever leaves might believe that it is at work. `what` is named. */
export function useLeaving(dirty: boolean, what: string): void {
  const say = useSay()
  useBlocker({
    shouldBlockFn: async ({ current, next }) =>
      current.pathname !== next.pathname &&
      !(await confirm({
        title: say('leaveTitle'),
        text: say('leaveText', { what }),
        yes: say('leave'),
        no: say('stay'),
      })),
    disabled: !dirty,
    enableBeforeUnload: dirty,
  })
}
