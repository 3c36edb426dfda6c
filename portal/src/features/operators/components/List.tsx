import { Badge } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Face } from '@/components/Face'
import { useCommon } from '@/lib/common'
import { usePresence } from '@/lib/live'
import { useMe, type Operator, type Role } from '@/lib/me'

import { useSay } from '../texts'
import { shiftOf, useShort } from './inWords'
import classes from './operators.module.css'

const COLOR: Record<Role, string> = { admin: 'grape', operator: 'baton', viewer: 'gray' }

/** Everybody, those who may log in first. */
export function List({ operators }: { operators: Operator[] }) {
  const say = useSay()
  const ordered = [...operators].sort(
    (a, b) => Number(a.state === 'disabled') - Number(b.state === 'disabled') || a.name.localeCompare(b.name),
  )
  return (
    <div role="table" aria-label={say('title')} className={classes.table}>
      <div role="rowgroup" className={classes.heading}>
        <div role="row" className={classes.row}>
          <span role="columnheader">{say('name')}</span>
          <span role="columnheader">{say('role')}</span>
          <span role="columnheader">{say('status')}</span>
          <span role="columnheader">{say('schedule')}</span>
        </div>
      </div>
      <div role="rowgroup">
        {ordered.map((one) => (
          <Row key={one.id} operator={one} />
        ))}
      </div>
    </div>
  )
}

function Row({ operator }: { operator: Operator }) {
  const say = useSay()
  const common = useCommon()
  const me = useMe()
  const { name, email, role } = operator
  return (
    <div role="row" className={classes.row}>
      <span role="cell" className={classes.who}>
        <Face name={name} size={36} />
        <span className={classes.names}>
          <Link
            to="/settings/operators/{-$operatorId}"
            params={{ operatorId: operator.id } as never}
            className={classes.link}
          >
            <bdi>{name}</bdi>
            {operator.id === me.id && ` (${say('you')})`}
          </Link>
          <span className={classes.small}>{email}</span>
        </span>
      </span>
      <span role="cell">
        <Badge variant="light" color={COLOR[role]} tt="none">
          {common(`role_${role}`)}
        </Badge>
      </span>
      <span role="cell">
        <Status operator={operator} />
      </span>
      <span role="cell" className={classes.small}>
        {role !== 'viewer' && <Short operator={operator} />}
      </span>
    </div>
  )
}

/** Whether he is here, and on shift. */
export function Status({ operator }: { operator: Operator }) {
  const say = useSay()
  const here = usePresence().some(({ id }) => id === operator.id)
  if (operator.state === 'disabled')
    return (
      <Badge variant="light" color="red" tt="none">
        {say('deactivated')}
      </Badge>
    )
  const shift = shiftOf(operator)
  return (
    <span className={classes.status}>
      <span className={classes.dot} data-here={here || undefined} aria-hidden />
      {say(here ? 'online' : 'offline')}
      {operator.role !== 'viewer' && shift !== null && (
        <span className={classes.small}>{say(shift ? 'onShift' : 'offShift')}</span>
      )}
    </span>
  )
}

export function Short({ operator: { schedule } }: { operator: Operator }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const lines = useShort(i18n.language)
  if (schedule === null)
    return (
      <Badge variant="light" color="orange" tt="none">
        {say('broken')}
      </Badge>
    )
  return lines(schedule).map((line) => <div key={line}>{line}</div>)
}
