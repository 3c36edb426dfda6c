import { Button, Text, TextInput } from '@mantine/core'
import { IconLink, IconPlus, IconRobot, IconSearch } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'

import { ChannelIcon } from '@/components/ChannelIcon'
import { CopyButton } from '@/components/CopyButton'
import { Page } from '@/components/Page'
import { EmptyState } from '@/components/States'
import { useActions } from '@/lib/actions'
import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'
import { useSaid } from '@/lib/said'

import { NEW, type Channel } from '../queries'
import { useNames, useSay } from '../texts'
import classes from './channels.module.css'
import { State } from './State'

const ADDRESS = '/settings/channels'
/** As many are seen at a glance. */
const GLANCE = 6

/** Every channel, and how it is. */
export function List({ channels }: { channels: Channel[] }) {
  const say = useSay()
  const go = useNavigate()
  const may = mayAct(useMe(), 'admin')
  const [words, setWords] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const add = () => void go({ to: `${ADDRESS}/${NEW}` })
  const found = channels.filter((one) => one.name.toLowerCase().includes(words.trim().toLowerCase()))
  const searched = channels.length > GLANCE
  useKeys([
    { keys: 'j', label: say('keyNext'), group: say('group'), run: () => walk(list.current, 1) },
    { keys: 'k', label: say('keyPrevious'), group: say('group'), run: () => walk(list.current, -1) },
    ...(searched ? [{ keys: '/', label: say('search'), group: say('group'), run: () => field.current?.focus() }] : []),
    ...(may ? [{ keys: 'n', label: say('keyAdd'), group: say('group'), opens: true, run: add }] : []),
  ])
  useActions(
    may ? [{ id: 'channels add', label: say('add'), group: say('group'), icon: <IconPlus size={20} />, run: add }] : [],
  )
  const adding = may && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
      {say('add')}
    </Button>
  )
  if (channels.length === 0)
    return (
      <Page title={say('title')}>
        <EmptyState title={say('none')} text={say(may ? 'noneText' : 'noneReader')}>
          {adding}
        </EmptyState>
      </Page>
    )
  return (
    <Page title={say('title')} tools={adding}>
      <Text c="dimmed" size="sm" mt={-12} mb="md">
        {say(may ? 'intro' : 'onlyAdmins')}
      </Text>
      {searched && (
        <TextInput
          ref={field}
          maw={420}
          mb="md"
          aria-label={say('search')}
          placeholder={say('search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {found.length === 0 && <EmptyState title={say('nothing')} />}
      <ul className={classes.list} aria-label={say('list')} ref={list}>
        {found.map((one) => (
          <Row key={one.id} channel={one} />
        ))}
      </ul>
    </Page>
  )
}

/** Focus goes from channel to channel. */
function walk(list: HTMLElement | null, by: number): void {
  const links = [...(list?.querySelectorAll<HTMLElement>('a') ?? [])]
  const at = links.indexOf(document.activeElement as HTMLElement)
  links[at < 0 ? 0 : Math.max(0, at + by)]?.focus()
}

function Row({ channel }: { channel: Channel }) {
  const say = useSay()
  const said = useSaid()
  const names = useNames()
  const { id, kind, name, agents, webhook, error } = channel
  return (
    <li className={classes.card}>
      <ChannelIcon kind={kind} name={names.kind(kind)} size={40} />
      <div className={classes.who}>
        <Link className={classes.link} to={`${ADDRESS}/${id}`}>
          {name}
        </Link>
        <span className={classes.dim}>{names.kind(kind)}</span>
      </div>
      <div className={classes.facts}>
        <span className={classes.fact}>
          <IconRobot size={16} stroke={1.6} aria-label={say('agents')} role="img" />
          <span>{agents.map((one) => one.name).join(', ') || say('agentsNone')}</span>
        </span>
        {webhook && (
          <span className={classes.fact}>
            <IconLink size={16} stroke={1.6} aria-label={say('webhook')} role="img" />
            <code dir="ltr">{webhook}</code>
            <span className={classes.above}>
              <CopyButton text={webhook} label={say('webhookCopyOf', { name })} size={24} />
            </span>
          </span>
        )}
      </div>
      <State channel={channel} />
      {error && <p className={classes.error}>{said(error)}</p>}
    </li>
  )
}
