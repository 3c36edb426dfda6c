import { notifications } from '@mantine/notifications'

import { ApiError } from './api'
import { common } from './common'
import { said } from './said'

/** Something worked. */
export function toast(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000, role: 'status' })
}

/** Something did not; the sentence says what to do. */
export function toastError(error: unknown): void {
  notifications.show({ message: sentence(error), color: 'red', autoClose: 8000, role: 'alert' })
}

/** What an error says to people. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return common('errorUnexpected')
  if (error.code === 'network') return common('errorNetwork')
  return said(error.message, error.code) || common('errorUnexpected')
}
