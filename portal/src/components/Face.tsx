import { Avatar } from '@mantine/core'

import { initials } from './initials'

const COLORS = ['cyan', 'grape', 'orange', 'violet', 'blue', 'pink', 'teal', 'indigo', 'lime']

/** Somebody's initials, always in the same colour. */
export function Face({ name, size = 40 }: { name: string; size?: number }) {
  let sum = 0
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return (
    <Avatar size={size} color={COLORS[sum % COLORS.length]} radius="xl" aria-hidden>
      {initials(name)}
    </Avatar>
  )
}
