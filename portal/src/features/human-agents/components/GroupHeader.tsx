import { IconChevronDown } from '@tabler/icons-react'

import { useMe } from '@/lib/me'

import { UNASSIGNED, type Group } from '../api/groups'
import { useSay } from '../texts'
import classes from './list.module.css'

interface Given {
  group: Group
  folded: boolean
  toggle: () => void
}

export function GroupHeader({ group, folded, toggle }: Given) {
  const name = useGroupName()(group)
  const count = group.cards.length
  return (
    <button type="button" className={classes.group} aria-expanded={!folded} onClick={toggle}>
      <IconChevronDown size={16} aria-hidden className={classes.chevron} />
      <bdi className={classes.groupName}>{name}</bdi>
      {folded && group.unread > 0 && <span className={classes.dot} aria-hidden />}
      <span className={classes.count}>{count}</span>
    </button>
  )
}

/** How a group is called: mine, nobody's, or by its name. */
export function useGroupName(): (group: Pick<Group, 'id' | 'name'>) => string {
  const say = useSay()
  const me = useMe()
  return ({ id, name }) => (id === me.id ? say('mine') : id === UNASSIGNED ? say('unassigned') : name || say('unknown'))
}
