import { Alert, Autocomplete, TextInput } from '@mantine/core'

import type { Schemas } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { useSaid } from '@/lib/said'

import type { Template, Values } from './words'

type Variable = Template['variables'][number]

interface Given {
  template: Template
  values: Values
  problems: Schemas['ProblemView'][]
  /** What is known of the customer, offered where any words may stand. */
  known: string[]
  onChange: (key: string, value: string) => void
}

/** A field for each gap, of the kind that the gap takes. */
export function Variables({ template, values, problems, known, onChange }: Given) {
  const said = useSaid()
  const offered = [...new Set(known.map((one) => one.trim()).filter(Boolean))]
  return (
    <>
      {template.variables.map((one) => (
        <Field
          key={one.key}
          variable={one}
          value={values[one.key] ?? ''}
          problem={said(problems.find((problem) => problem.key === one.key)?.detail ?? '')}
          offered={offered.filter((words) => words.length <= one.limit)}
          onChange={(value) => onChange(one.key, value)}
        />
      ))}
      {problems
        .filter((one) => one.key === '')
        .map((one) => (
          <Alert key={one.detail} color="red" role="alert">
            {said(one.detail)}
          </Alert>
        ))}
    </>
  )
}

interface FieldGiven {
  variable: Variable
  value: string
  problem?: string
  offered: string[]
  onChange: (value: string) => void
}

function Field({ variable, value, problem, offered, onChange }: FieldGiven) {
  const say = useCommon()
  const example = variable.example && say('templateExample', { example: variable.example })
  const shared = {
    label: variable.label,
    placeholder: example || undefined,
    required: variable.required,
    error: problem,
    maxLength: variable.limit,
    value,
  }
  if (variable.field === 'text')
    return <Autocomplete {...shared} data={offered} onChange={onChange} comboboxProps={{ withinPortal: true }} />
  const isFile = ['image', 'video', 'document'].includes(variable.field)
  return (
    <TextInput
      {...shared}
      description={isFile ? say('templateFile') : undefined}
      inputMode={isFile ? 'url' : variable.field === 'number' ? 'decimal' : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
