import { Text, Textarea, type TextareaProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useSay } from '../texts'
import classes from './agents.module.css'

interface Given extends Omit<TextareaProps, 'value' | 'onChange'> {
  value: string
  most: number
  write: (text: string) => void
}

/** Characters as the runtime counts them. */
export const lengthOf = (text: string) => [...text].length

/** A large field for text. What is too long is said and not cut off. */
export function Counted({ value, most, write, error, ...props }: Given) {
  const say = useSay()
  const { i18n } = useTranslation()
  const count = lengthOf(value)
  const number = (of: number) => of.toLocaleString(i18n.language)
  return (
    <div>
      <Textarea
        {...props}
        autosize
        dir="auto"
        classNames={{ input: classes.words }}
        value={value}
        error={error || (count > most && say('tooLong', { count: number(count - most) }))}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Text size="xs" c={count > most ? 'var(--mantine-color-error)' : 'dimmed'} ta="end" mt={4}>
        {say('counter', { count: number(count), most: number(most) })}
      </Text>
    </div>
  )
}
