import { Anchor, Text, Title } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'

import { ChannelIcon } from '@/components/ChannelIcon'
import { EmptyState } from '@/components/States'

import { NEW, type Kind } from '../queries'
import { useNames, useSay } from '../texts'
import classes from './channels.module.css'
import { Form } from './Form'
import { Back } from './Head'

const ADDRESS = `/settings/channels/${NEW}`

/** First which kind, then what it must be told. */
export function New({ kinds, kind }: { kinds: Kind[]; kind?: string }) {
  const say = useSay()
  const names = useNames()
  const go = useNavigate()
  const found = kinds.find((one) => one.kind === kind)
  if (kind && !found)
    return (
      <EmptyState page title={say('kindUnknown')}>
        <Back />
      </EmptyState>
    )
  return (
    <div className={classes.screen}>
      <Back />
      {found ? (
        <>
          <div className={classes.head}>
            <ChannelIcon kind={found.kind} name={names.kind(found.kind)} size={44} />
            <div className={classes.who}>
              <Title order={1} size="h3">
                {say('addOf', { kind: names.kind(found.kind) })}
              </Title>
              <span>
                <Anchor component={Link} to={ADDRESS} size="sm">
                  {say('otherKind')}
                </Anchor>
              </span>
            </div>
          </div>
          <Form
            kind={found}
            done={(saved) => void go({ to: `/settings/channels/${saved.id}`, replace: true, ignoreBlocker: true })}
          />
        </>
      ) : (
        <>
          <Title order={1} size="h3" mt="md">
            {say('add')}
          </Title>
          <Text c="dimmed" size="sm" mb="lg">
            {say('addText')}
          </Text>
          <ul className={classes.kinds}>
            {kinds.map((one) => (
              <li key={one.kind} className={classes.card}>
                <ChannelIcon kind={one.kind} name={names.kind(one.kind)} size={40} />
                <div className={classes.who}>
                  <Link className={classes.link} to={ADDRESS} search={{ kind: one.kind } as never}>
                    {names.kind(one.kind)}
                  </Link>
                  <span className={classes.dim}>{names.aboutKind(one.kind)}</span>
                </div>
                <IconChevronRight size={18} className={classes.arrow} aria-hidden />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
