import { modals } from '@mantine/modals'
import { Text } from '@mantine/core'

import { common } from './common'

export interface Question {
  title: string
  text: string
  yes?: string
  no?: string
  /** The act cannot be undone: the button is red. */
  grave?: boolean
}

/** Asks; false when the dialog is closed in whatever way. */
export function confirm({ title, text, yes, no, grave }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      centered: true,
      children: <Text size="sm">{text}</Text>,
      labels: { confirm: yes ?? common('yes'), cancel: no ?? common('cancel') },
      confirmProps: { color: grave ? 'red' : undefined, 'data-autofocus': true },
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      onClose: () => resolve(false),
    })
  })
}
