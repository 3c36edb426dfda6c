import { ActionIcon, Anchor, Skeleton, Text, Title, Tooltip, UnstyledButton } from '@mantine/core'
import { IconArrowLeft, IconChevronDown, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Facts, Sources, type Fact } from '@/components/Facts'
import { readable, useKinds } from '@/lib/kinds'
import { inWords } from '@/lib/language'
import { useSaid } from '@/lib/said'
import { full } from '@/lib/time'

import { customerOf, detailsOf, type Full } from '../api/session'
import { keep, read } from '../api/unsent'
import { useSay } from '../texts'
import classes from './information.module.css'

interface Given {
  session: Full
  close: () => void
  narrow: boolean
  /** Above everything else. */
  children: ReactNode
}

/** What is known of the customer and of this conversation. */
export function Information({ session, close, narrow, children }: Given) {
  const say = useSay()
  return (
    <aside className={classes.panel} aria-label={say('information')} data-narrow={narrow || undefined}>
      <header className={classes.head}>
        <Title order={narrow ? 1 : 2} size="h5">
          {say('information')}
        </Title>
        <Tooltip label={say('hideInformation')}>
          <ActionIcon variant="subtle" color="gray" aria-label={say('hideInformation')} onClick={close}>
            {narrow ? <IconArrowLeft size={18} className={classes.mirrored} /> : <IconX size={18} />}
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={classes.body} tabIndex={0}>
        {children}
        <Contact session={session} />
        <Details session={session} />
      </div>
    </aside>
  )
}

function Contact({ session }: { session: Full }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const { data: customer } = useQuery(customerOf(session.customer.id))
  const { label } = useKinds()
  const known = (customer?.identities ?? []).map((one): Fact => [label(one), readable(one)])
  return (
    <Section name="contact" title={say('contact')}>
      <Facts
        framed
        facts={[
          [say('name'), session.customer.name || say('unknown')],
          ...known,
          [say('language'), customer && inWords(customer.language, i18n.language)],
        ]}
      />
      <Anchor component={Link} to={`/customers/${session.customer.id}`} size="sm">
        {say('profile')}
      </Anchor>
    </Section>
  )
}

function Details({ session }: { session: Full }) {
  const say = useSay()
  const { i18n } = useTranslation()
  const said = useSaid()
  const { data } = useQuery(detailsOf(session.id))
  if (!data) return <Skeleton height={200} />
  const { parameters, results, handed_over: handed } = data
  const facts = Object.entries(results.facts)
  return (
    <>
      <Section name="summary" title={say('summary')}>
        <Text size="sm" dir={results.summary ? 'auto' : undefined} c={results.summary ? undefined : 'dimmed'}>
          {results.summary || say('summaryNone')}
        </Text>
      </Section>
      <Section name="parameters" title={say('parameters')}>
        <Facts
          framed
          facts={[
            [say('agent'), parameters.agent],
            [say('channel'), parameters.channel],
            [say('subject'), session.subject],
            [say('operator'), session.operator?.name],
            [say('opened'), full(session.opened_at, i18n.language)],
            [say('handedOver'), handed && full(handed.at, i18n.language)],
            [say('handoverReason'), handed && said(handed.reason)],
            ...Object.entries(parameters.facts),
          ]}
        />
      </Section>
      <Section name="results" title={say('results')}>
        {facts.length > 0 ? (
          <Facts framed facts={facts} />
        ) : (
          <Text size="sm" c="dimmed">
            {say('resultsNone')}
          </Text>
        )}
        <Sources found={results.sources} />
      </Section>
    </>
  )
}

/** A part that is folded away by its heading; the browser remembers which. */
function Section({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  const key = `baton.information.${name}`
  const [open, setOpen] = useState(() => read(key, true))
  const toggle = () => {
    keep(key, !open)
    setOpen(!open)
  }
  return (
    <section className={classes.section}>
      <Title order={2} size="h6">
        <UnstyledButton className={classes.fold} aria-expanded={open} onClick={toggle}>
          <IconChevronDown size={16} aria-hidden />
          {title}
        </UnstyledButton>
      </Title>
      {open && children}
    </section>
  )
}
