import { Anchor, Button, Group, Skeleton, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Facts, Sources } from '@/components/Facts'
import type { Schemas } from '@/lib/api'
import { inWords } from '@/lib/language'
import { full } from '@/lib/time'

import { detailsOf, type Card } from '../queries'
import { useSay } from '../texts'
import { Continue } from './Continue'
import classes from './profile.module.css'

/** Of the conversation in view: who has it, what was known, what came of it, and the way into it. */
export function Details({ card, may }: { card: Card; may: boolean }) {
  const say = useSay()
  const roomy = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false })
  const [open, setOpen] = useState(false)
  const active = card.control.mode !== 'finished'
  return (
    <aside className={classes.details} aria-label={say('details')}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {say('details')}
        </Title>
        {!roomy && (
          <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
            {say(open ? 'less' : 'more')}
          </Button>
        )}
      </Group>
      <div>
        <div className={classes.agent}>
          {active && <span className={classes.dot} role="img" aria-label={say('active')} />}
          <span className={classes.cut}>{card.agent?.name ?? say('noAgent')}</span>
        </div>
        <Text size="sm" c="dimmed">
          {say(`mode_${card.control.mode}`)}
          {card.operator && <> · {card.operator.name}</>}
        </Text>
      </div>
      <Continue key={card.id} card={card} may={may} />
      {(roomy || open) && <More card={card} />}
    </aside>
  )
}

function More({ card }: { card: Card }) {
  const say = useSay()
  const { data } = useQuery(detailsOf(card.id))
  if (!data) return <Skeleton height={260} />
  return (
    <>
      <Parameters card={card} given={data.parameters} />
      <Results found={data.results} />
      <Anchor component={Link} to={`/sessions/${card.id}`} size="sm">
        {say('inSessions')}
      </Anchor>
    </>
  )
}

function Parameters({ card, given }: { card: Card; given: Schemas['Parameters'] }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const when = (at: string | null) => at && full(at, i18n.language)
  return (
    <section>
      <Title order={3} className={classes.caption}>
        {say('parameters')}
      </Title>
      <Facts
        facts={[
          [say('channel'), given.channel],
          [say('subject'), card.subject],
          [say('language'), inWords(given.language, i18n.language)],
          [say('started_at'), when(card.opened_at)],
          [say('ended_at'), when(card.finished_at)],
          [say('resolvedBy'), card.resolved_by && say(`by_${card.resolved_by}`)],
          ...Object.entries(given.facts),
          [say('sessionId'), <code key="id">{card.id}</code>],
        ]}
      />
    </section>
  )
}

function Results({ found }: { found: Schemas['Results'] }) {
  const say = useSay()
  return (
    <section>
      <Title order={3} className={classes.caption}>
        {say('results')}
      </Title>
      <Facts
        facts={[[say('messages'), found.messages], [say('summary'), found.summary], ...Object.entries(found.facts)]}
      />
      {found.sources.length > 0 && (
        <Text size="xs" c="dimmed" mt="sm" mb={4}>
          {say('sources')}
        </Text>
      )}
      <Sources found={found.sources} />
    </section>
  )
}
