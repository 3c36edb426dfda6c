import { useDisclosure } from '@mantine/hooks'

import { confirm } from '@/lib/confirm'
import { mayAct, useMe } from '@/lib/me'
import { toast } from '@/lib/toast'

import { useColleagues } from '../api/people'
import type { Full } from '../api/session'
import { useAct } from '../api/workspace'
import { useSay } from '../texts'

export interface Control {
  id: 'takeover' | 'copilot' | 'return' | 'resolve' | 'assign' | 'assignToMe' | 'unassign'
  keys: string
  label: string
  on?: boolean
  opens?: boolean
  run: () => void
}

/** What this operator may do with a conversation now: for buttons, keys and the palette alike. */
export function useControls(session: Full, close: () => void) {
  const say = useSay()
  const me = useMe()
  const colleagues = useColleagues()
  const { mutateAsync, isOnItsWay } = useAct(session.id)
  const [assignOpen, assigning] = useDisclosure()
  const { mode, operator_id: holder, epoch } = session.control
  const may = mayAct(me, 'operator') && mode !== 'finished'
  const held = mode === 'copilot' || mode === 'human'
  const act = (
    wanted: Parameters<typeof mutateAsync>[0],
    then?: (done: Awaited<ReturnType<typeof mutateAsync>>) => void,
  ) => {
    if (!isOnItsWay(wanted.act)) void mutateAsync(wanted).then(then, () => undefined)
  }
  const takeOver = () =>
    act({ act: 'takeover', epoch }, ({ taken, session: now }) => {
      const name = colleagues.find(({ id }) => id === now.control.operator_id)?.name ?? ''
      if (!taken) toast(say('takenBy', { name }))
    })
  const assign = (to: string | null) => act({ act: 'assign', to, epoch })
  const resolve = async () => {
    const sure = await confirm({ title: say('resolveTitle'), text: say('resolveText'), grave: true })
    if (!sure) return
    act({ act: 'resolve' }, () => {
      toast(say('resolved'))
      close()
    })
  }
  const control = (wanted: boolean, one: Control): Control[] => (may && wanted ? [one] : [])
  const list = [
    ...control(holder === null, { id: 'takeover', keys: 't', label: say('takeOver'), run: takeOver }),
    ...control(holder !== null && holder !== me.id, {
      id: 'assignToMe',
      keys: 't',
      label: say('assignToMe'),
      run: () => assign(me.id),
    }),
    ...control(held && holder !== null, {
      id: 'copilot',
      keys: 'c',
      label: say('copilot'),
      on: mode === 'copilot',
      run: () => act({ act: 'mode', mode: mode === 'copilot' ? 'human' : 'copilot' }),
    }),
    ...control(mode !== 'autonomous', {
      id: 'return',
      keys: 'u',
      label: say('returnToAi'),
      run: () => act({ act: 'return', epoch }, () => toast(say('returned'))),
    }),
    ...control(holder !== null, {
      id: 'resolve',
      keys: 'x',
      label: say('resolve'),
      opens: true,
      run: () => void resolve(),
    }),
    ...control(mode !== 'autonomous', {
      id: 'assign',
      keys: 'a',
      label: say('assign'),
      opens: true,
      run: assigning.open,
    }),
    ...control(held && holder !== null, {
      id: 'unassign',
      keys: 'l',
      label: say('unassign'),
      run: () => assign(null),
    }),
  ]
  return { list, assign, mayAssign: may && mode !== 'autonomous', assigning: { ...assigning, opened: assignOpen } }
}
