import { useSaid } from '@/lib/said'

import type { Channel, Kind } from '../queries'
import { blocks, flat, shown, type Setting } from '../settings'
import { useNames, useSay } from '../texts'
import classes from './channels.module.css'
import { Section } from './Section'

/** The settings for those who may not change them. */
export function Read({ channel, kind }: { channel: Channel; kind?: Kind }) {
  const say = useSay()
  const said = useSaid()
  const names = useNames()
  const stored = flat(channel.settings)
  const value = (one: Setting): string => {
    if (one.secret) return say(channel.secrets.includes(one.name) ? 'secretIsSet' : 'notSet')
    const own = shown(one, stored, {})
    if (typeof own === 'boolean') return say(own ? 'on' : 'off')
    const choice = one.choices.find((found) => found.value === own)
    return choice ? said(choice.what) : String(own) || say('notSet')
  }
  return (
    <>
      <Section title={say('general')}>
        <dl className={classes.told}>
          <div>
            <dt>{say('agents')}</dt>
            <dd>{channel.agents.map((one) => one.name).join(', ') || say('agentsNone')}</dd>
          </div>
        </dl>
      </Section>
      {blocks(kind?.settings ?? []).map(({ group, settings }) => (
        <Section key={group} title={group ? names.group(group) : say('settings')}>
          <dl className={classes.told}>
            {settings.map((one) => (
              <div key={one.name}>
                <dt>{names.setting(one.name)}</dt>
                <dd>{value(one)}</dd>
              </div>
            ))}
          </dl>
        </Section>
      ))}
    </>
  )
}
