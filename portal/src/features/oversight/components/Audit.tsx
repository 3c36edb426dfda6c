import { Anchor, Button, Center, Text, Title } from '@mantine/core'
import { IconHistory, IconTerminal2 } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Face } from '@/components/Face'
import { Page } from '@/components/Page'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { clock, day, full } from '@/lib/time'

import { TRAIL, useNames, type Act } from '../queries'
import { useSay } from '../texts'
import { byDay, calledOf, factsOf, placeOf } from '../words'
import classes from './oversight.module.css'

/** Settings > Audit: who did what when. */
export default function Audit() {
  const say = useSay()
  const { i18n } = useTranslation()
  const names = useNames()
  const asked = useInfiniteQuery(TRAIL)
  const acts = asked.data?.pages.flatMap((page) => page.items) ?? []
  const days = byDay(acts, (one) => day(one.at, i18n.language))
  return (
    <Page title={say('audit')}>
      <Text c="dimmed" size="sm" mb="md">
        {say('auditText')}
      </Text>
      {asked.isPending ? (
        <LoadingLines height={40} count={8} />
      ) : asked.isError && acts.length === 0 ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : acts.length === 0 ? (
        <EmptyState
          icon={<IconHistory size={28} stroke={1.5} />}
          title={say('auditEmpty')}
          text={say('auditEmptyText')}
        />
      ) : (
        days.map(([name, its]) => (
          <section key={name} className={classes.day}>
            <Title order={2} size="h6" c="dimmed">
              {name}
            </Title>
            <ol className={classes.acts}>
              {its.map((one) => (
                <Line key={one.id} act={one} names={names} />
              ))}
            </ol>
          </section>
        ))
      )}
      {asked.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
            {say('more')}
          </Button>
        </Center>
      )}
    </Page>
  )
}

function Line({ act, names }: { act: Act; names: Map<string, string> }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const who = act.operator_id === null ? say('shell') : (names.get(act.operator_id) ?? say('somebody'))
  return (
    <li className={classes.act}>
      {act.operator_id === null ? (
        <span className={classes.shell} aria-hidden>
          <IconTerminal2 size={18} />
        </span>
      ) : (
        <Face name={who} size={32} />
      )}
      <div className={classes.what}>
        <div>
          <b>
            <bdi>{who}</bdi>
          </b>{' '}
          <Done act={act} /> <Target act={act} names={names} />
        </div>
        <Facts act={act} names={names} />
      </div>
      <time className={classes.small} dateTime={act.at} title={full(act.at, i18n.language)}>
        {clock(act.at, i18n.language)}
      </time>
    </li>
  )
}

/** What was done, in words; what is newer than these words, as the runtime calls it. */
function Done({ act: { act } }: { act: Act }) {
  const { t } = useTranslation('oversight')
  return t(`act_${act.replaceAll('.', '_')}`, { defaultValue: act })
}

function Target({ act, names }: { act: Act; names: Map<string, string> }) {
  const say = useSay()
  const place = placeOf(act)
  const own = act.operator_id === act.target && act.act === 'operator.change'
  const named = calledOf(act, names)
  const kind = act.act.split('.')[0]
  const text = own
    ? say('itself')
    : kind === 'customer'
      ? say('aCustomer')
      : kind === 'quarantine'
        ? say('aBody')
        : named
  if (!text) return null
  if (!place) return act.target && <bdi>{text}</bdi>
  return (
    <Anchor component={Link} to={place} inherit underline="always">
      <bdi>{text}</bdi>
    </Anchor>
  )
}

function Facts({ act, names }: { act: Act; names: Map<string, string> }) {
  const say = useSay()
  const { operator_id, name, ...rest } = act.data
  const others = {
    ...(operator_id !== act.operator_id && { operator_id }),
    ...(name !== calledOf(act, names) && { name }),
    ...rest,
  }
  const { lines, short } = factsOf(others, names)
  if (lines.length === 0) return null
  if (short) return <div className={classes.small}>{lines.map((line) => line.join(': ')).join(' · ')}</div>
  return (
    <details className={classes.more}>
      <summary>
        {say('details')}: {lines.map(([key]) => key).join(', ')}
      </summary>
      <dl className={classes.facts}>
        {lines.map(([key, value]) => (
          <div key={key} className={classes.fact}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
