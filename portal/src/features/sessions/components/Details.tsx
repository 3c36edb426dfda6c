import { Anchor, Skeleton, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { createContext, useContext } from 'react'
import { useTranslation } from 'react-i18next'

import { Facts, Sources, type Fact } from '@/components/Facts'
import type { Schemas } from '@/lib/api'
import { readable, useKinds } from '@/lib/kinds'
import { inWords } from '@/lib/language'
import { useSaid } from '@/lib/said'
import { full } from '@/lib/time'

import { customerOf, detailsOf } from '../queries'
import { useSay } from '../texts'
import classes from './sessions.module.css'

type Full = Schemas['FullSessionView']

/** Of the headings below the panel's own. */
const Level = createContext<3 | 4>(4)

/** Contact info, parameters and results of a session. `close`: its heading folds it away. */
export function Details({ session, close }: { session: Full; close?: () => void }) {
  const say = useSay()
  const { data: details } = useQuery(detailsOf(session.id))
  return (
    <Level value={close ? 4 : 3}>
      <Stack gap="lg">
        {close && (
          <UnstyledButton className={classes.fold} onClick={close} aria-expanded aria-label={say('hideDetails')}>
            <Title order={3} size="h5">
              {say('details')}
            </Title>
            <IconChevronRight size={18} aria-hidden className={classes.turns} />
          </UnstyledButton>
        )}
        <Contact session={session} />
        {details ? (
          <>
            <Parameters session={session} given={details.parameters} />
            <Results found={details.results} />
            <HandedOver given={details.handed_over} />
          </>
        ) : (
          <Skeleton height={220} />
        )}
      </Stack>
    </Level>
  )
}

function Contact({ session }: { session: Full }) {
  const say = useSay()
  const { data: customer } = useQuery(customerOf(session.customer.id))
  const name = session.customer.name || say('unknown')
  const link = (
    <Anchor component={Link} to={`/customers/${session.customer.id}`}>
      <bdi>{name}</bdi>
    </Anchor>
  )
  const { label } = useKinds()
  const known = (customer?.identities ?? []).map((one): Fact => [label(one), readable(one)])
  return <Part title={say('contact')} facts={[[say('name'), link], ...known]} />
}

function Parameters({ session, given }: { session: Full; given: Schemas['Parameters'] }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const when = (at: string | null) => at && full(at, i18n.language)
  return (
    <Part
      title={say('parameters')}
      facts={[
        [say('agent'), given.agent],
        [say('channel'), given.channel],
        [say('subject'), session.subject],
        [say('language'), inWords(given.language, i18n.language)],
        [say('started'), when(session.opened_at)],
        [say('ended'), when(session.finished_at)],
        [say('resolvedBy'), session.resolved_by && say(`by_${session.resolved_by}`)],
        ...Object.entries(given.facts),
        [say('sessionId'), <code key="id">{session.id}</code>],
      ]}
    />
  )
}

function Results({ found }: { found: Schemas['Results'] }) {
  const say = useSay()
  const facts: Fact[] = [[say('summary'), found.summary], ...Object.entries(found.facts)]
  const empty = facts.every(([, value]) => !value) && found.sources.length === 0
  return (
    <section>
      <Part title={say('results')} facts={facts} />
      {empty && (
        <Text size="sm" c="dimmed">
          {say('noResults')}
        </Text>
      )}
      {found.sources.length > 0 && (
        <>
          <Text size="xs" c="dimmed" mt="sm" mb={4}>
            {say('sources')}
          </Text>
          <Sources found={found.sources} />
        </>
      )}
    </section>
  )
}

function HandedOver({ given }: { given: Schemas['HandedOver'] | null }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const said = useSaid()
  if (!given) return null
  const by = given.by_name || say(`by_${given.by}` as 'by_agent')
  return (
    <Part
      title={say('handover')}
      facts={[
        [say('handoverAt'), full(given.at, i18n.language)],
        [say('handoverBy'), by],
        [say('handoverReason'), said(given.reason)],
      ]}
    />
  )
}

/** Facts under a heading. */
function Part({ title, facts }: { title: string; facts: Fact[] }) {
  return (
    <section>
      <Title order={useContext(Level)} size="h6" mb={6}>
        {title}
      </Title>
      <Facts facts={facts} />
    </section>
  )
}
