import { Button, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core'

import { useCommon } from '@/lib/common'
import { useSaid } from '@/lib/said'

import { shown, type Setting, type Stored, type Typed, type Value } from '../settings'
import { useNames, useSay } from '../texts'
import classes from './channels.module.css'

interface Given {
  setting: Setting
  stored: Stored
  typed: Typed
  /** It is a secret that is stored. */
  isSet: boolean
  error?: string
  /** null: the default again. */
  onChange: (value: Value | null) => void
}

/** The field for one setting, of the kind that its values are. */
export function Field({ setting, stored, typed, isSet, error, onChange }: Given) {
  const say = useSay()
  const said = useSaid()
  const names = useNames()
  const value = shown(setting, stored, typed)
  const own = setting.default
  const shared = {
    label: names.setting(setting.name),
    description: said(setting.what),
    required: setting.required,
    error,
  }
  if (setting.secret)
    return (
      <Secret
        {...shared}
        required={setting.required && !isSet}
        isSet={isSet}
        mayForget={isSet && !setting.required}
        forgotten={typed[setting.name] === null}
        value={String(value)}
        onChange={onChange}
      />
    )
  if (setting.type === 'bool')
    return (
      <Switch
        {...shared}
        required={undefined}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  if (setting.choices.length > 0)
    return (
      <Select
        {...shared}
        data={setting.choices.map(({ value: one, what }) => ({ value: one, label: said(what) }))}
        autoComplete="off"
        value={String(value)}
        onChange={(now) => onChange(now)}
        allowDeselect={false}
        checkIconPosition="right"
      />
    )
  const placeholder = own === null || own === '' ? undefined : say('byDefault', { value: own })
  if (setting.type === 'int')
    return (
      <NumberInput
        {...shared}
        styles={{ wrapper: { maxWidth: 220 } }}
        autoComplete="off"
        placeholder={placeholder}
        allowDecimal={false}
        allowNegative={false}
        value={typeof value === 'number' ? value : ''}
        onChange={onChange}
      />
    )
  return (
    <TextInput
      {...shared}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      value={String(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

interface SecretGiven {
  label: string
  description: string
  required: boolean
  error?: string
  isSet: boolean
  mayForget: boolean
  forgotten: boolean
  value: string
  onChange: (value: Value | null) => void
}

/** What is stored is never shown, and stays as long as nothing is typed. */
function Secret({ isSet, mayForget, forgotten, onChange, ...shared }: SecretGiven) {
  const say = useSay()
  const common = useCommon()
  return (
    <div className={classes.secret}>
      <PasswordInput
        {...shared}
        placeholder={forgotten ? say('secretForgotten') : isSet ? say('secretSet') : undefined}
        visibilityToggleButtonProps={{ 'aria-label': common('showPassword') }}
        autoComplete="new-password"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {mayForget && (
        <Button
          variant="subtle"
          size="compact-sm"
          color={forgotten ? undefined : 'red'}
          aria-label={`${say(forgotten ? 'secretKeep' : 'secretForget')}: ${shared.label}`}
          onClick={() => onChange(forgotten ? '' : null)}
        >
          {say(forgotten ? 'secretKeep' : 'secretForget')}
        </Button>
      )}
    </div>
  )
}
