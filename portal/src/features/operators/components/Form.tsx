import { Alert, Button, PasswordInput, Select, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useState } from 'react'

import { ApiError } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { confirm } from '@/lib/confirm'
import { useMe, type Operator, type Role } from '@/lib/me'
import { refusedFields } from '@/lib/refused'
import { sentence, toast } from '@/lib/toast'

import { held, useChange, useHire, type Change } from '../queries'
import { draftOf, sameSchedule, scheduleOf, sound, type Draft } from '../schedule'
import { useSay } from '../texts'
import { Added } from './Added'
import { ownZone } from './inWords'
import classes from './operators.module.css'
import { Schedule } from './Schedule'
import { useHeld } from './State'

const ROLES: Role[] = ['admin', 'operator', 'viewer']
const LEAST_PASSWORD = 8
const EMAIL = /^[^@\s]+@[^@\s]+$/

interface Values {
  name: string
  email: string
  role: Role
  password: string
  schedule: Draft
}

interface Given {
  /** None: a new one. */
  operator?: Operator
  close: () => void
  setDirty: (dirty: boolean) => void
}

export function Form({ operator, close, setDirty }: Given) {
  const say = useSay()
  const common = useCommon()
  const heldText = useHeld()
  const own = useMe().id === operator?.id
  const [added, setAdded] = useState<Values | null>(null)
  const [refused, setRefused] = useState('')
  const hire = useHire()
  const change = useChange(operator?.id ?? '')
  const form = useForm<Values>({
    initialValues: {
      name: operator?.name ?? '',
      email: operator?.email ?? '',
      role: operator?.role ?? 'operator',
      password: '',
      schedule: draftOf(operator?.schedule ?? {}, ownZone()),
    },
    validate: {
      name: (value) => (value.trim() ? null : say('nameMissing')),
      email: (value) => (EMAIL.test(value.trim()) ? null : say('emailWrong')),
      password: (value) => ((operator && !value) || value.length >= LEAST_PASSWORD ? null : say('passwordShort')),
      schedule: (value, { role }) => (role === 'viewer' || sound(value) ? null : true),
    },
  })
  const dirty = form.isDirty()
  useEffect(() => setDirty(dirty && !added), [dirty, added, setDirty])

  const save = async (values: Values) => {
    setRefused('')
    const name = values.name.trim()
    if (!operator) {
      const person = { name, email: values.email.trim(), role: values.role, password: values.password }
      await hire.mutateAsync({ ...person, schedule: values.role === 'viewer' ? null : scheduleOf(values.schedule) })
      return setAdded(values)
    }
    const wanted = changed(operator, { ...values, name })
    if (wanted.role === 'viewer') {
      const text = `${say('viewerText')} ${heldText(await held(operator.id))}`
      if (!(await confirm({ title: say('viewerTitle', { name }), text, yes: say('makeViewer') }))) return
    }
    if (Object.keys(wanted).length > 0) await change.mutateAsync(wanted)
    toast(say('saved', { name }))
    close()
  }
  const wrong = (error: unknown) => {
    const code = error instanceof ApiError ? error.code : ''
    const fields = code === 'email_taken' ? { email: say('emailTaken') } : refusedFields(error)
    const ofSchedule = Object.entries(fields).find(([field]) => field.startsWith('schedule'))
    form.setErrors(fields)
    if (code === 'last_admin') setRefused(say('lastAdmin'))
    else if (ofSchedule) setRefused(ofSchedule[1])
    else if (Object.keys(fields).length === 0) setRefused(sentence(error))
  }

  if (added)
    return <Added email={added.email.trim()} name={added.name.trim()} password={added.password} close={close} />
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => save(values).catch(wrong))}>
      <TextInput
        label={say('name')}
        required
        maxLength={200}
        data-autofocus={!operator || undefined}
        {...form.getInputProps('name')}
      />
      <TextInput
        label={say('email')}
        type="email"
        required={!operator}
        maxLength={320}
        readOnly={!!operator}
        description={operator && say('emailFixed')}
        autoComplete="off"
        {...form.getInputProps('email')}
      />
      <Select
        label={say('role')}
        allowDeselect={false}
        disabled={own}
        description={
          own ? say('ownRole') : operator && form.values.role !== operator.role ? say('roleEnds') : undefined
        }
        data={ROLES.map((role) => ({ value: role, label: common(`role_${role}`) }))}
        renderOption={({ option }) => (
          <div>
            {option.label}
            <Text size="xs" c="dimmed">
              {say(`role_${option.value as Role}_text`)}
            </Text>
          </div>
        )}
        {...form.getInputProps('role')}
      />
      {own ? (
        <Text size="sm" c="dimmed">
          {say('ownPassword')}
        </Text>
      ) : (
        <Password
          fresh={!operator}
          given={form.getInputProps('password')}
          set={(value) => form.setFieldValue('password', value)}
        />
      )}
      {form.values.role !== 'viewer' && (
        <Schedule
          draft={form.values.schedule}
          change={(schedule) => form.setFieldValue('schedule', schedule)}
          broken={operator?.schedule === null}
        />
      )}
      {refused && (
        <Alert color="red" role="alert">
          {refused}
        </Alert>
      )}
      <div className={classes.foot}>
        <Button type="submit" loading={form.submitting || hire.isPending || change.isPending}>
          {say(operator ? 'save' : 'add')}
        </Button>
      </div>
    </form>
  )
}

/** Only what is different. */
function changed(before: Operator, { name, role, password, schedule }: Values): Change {
  const wanted: Change = {}
  const now = scheduleOf(schedule)
  if (name !== before.name) wanted.name = name
  if (role !== before.role) wanted.role = role
  if (password) wanted.password = password
  if (role === 'viewer') return wanted // nothing is given to viewers
  if (before.schedule === null || !sameSchedule(before.schedule, now)) wanted.schedule = now
  return wanted
}

interface PasswordGiven {
  fresh: boolean
  given: object
  set: (value: string) => void
}

function Password({ fresh, given, set }: PasswordGiven) {
  const say = useSay()
  const common = useCommon()
  const [shown, setShown] = useState(fresh)
  const generate = () => {
    set(madeUp())
    setShown(true)
  }
  return (
    <div>
      <PasswordInput
        label={say(fresh ? 'password' : 'newPassword')}
        required={fresh}
        description={say(fresh ? 'firstPassword' : 'newPasswordText')}
        maxLength={1024}
        autoComplete="new-password"
        visible={shown}
        onVisibilityChange={setShown}
        visibilityToggleButtonProps={{ 'aria-label': common('showPassword'), tabIndex: 0 }}
        {...given}
      />
      <Button variant="subtle" size="compact-xs" mt={4} onClick={generate}>
        {say('generate')}
      </Button>
    </div>
  )
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Eighty bits, in groups that can be read out. */
function madeUp(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const letters = [...bytes].map((one) => LETTERS[one % LETTERS.length]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}
