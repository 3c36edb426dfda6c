import { useState, type ClipboardEvent, type DragEvent } from 'react'

import { ApiError, csrfHeader, problem } from '@/lib/api'
import { toastError } from '@/lib/toast'

import { unsentOf, type Upload } from '../api/unsent'

const MOST = 10

async function upload(file: File): Promise<Upload> {
  const form = new FormData()
  form.set('file', file, file.name || 'file')
  let answered: Response
  try {
    answered = await fetch('/api/v1/uploads', { method: 'POST', body: form, headers: csrfHeader() })
  } catch {
    throw new ApiError(0, 'network', '')
  }
  if (!answered.ok) throw await problem(answered)
  return (await answered.json()) as Upload
}

/** Files of an answer, uploaded as soon as they are chosen, dropped or pasted. */
export function useFiles(operatorId: string, sessionId: string, allowed: boolean) {
  const [coming, setComing] = useState<string[]>([])
  const [over, setOver] = useState(false)
  const store = unsentOf(operatorId)
  const add = async (files: File[]) => {
    if (!allowed) return
    const room = MOST - store.get(sessionId).files.length - coming.length
    for (const file of files.slice(0, Math.max(0, room))) {
      setComing((now) => [...now, file.name])
      try {
        const found = await upload(file)
        const { files: known } = store.get(sessionId)
        if (!known.some((one) => one.sha256 === found.sha256 && one.name === found.name))
          store.change(sessionId, { files: [...known, found] })
      } catch (error) {
        toastError(error)
      }
      setComing((now) => without(now, file.name))
    }
  }
  const remove = (gone: Upload) =>
    store.change(sessionId, { files: store.get(sessionId).files.filter((one) => one !== gone) })
  const carries = (event: DragEvent) => allowed && event.dataTransfer.types.includes('Files')
  const drop = {
    onDragOver: (event: DragEvent) => {
      if (!carries(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      setOver(false)
      if (!carries(event)) return
      event.preventDefault()
      void add([...event.dataTransfer.files])
    },
    onPaste: (event: ClipboardEvent) => {
      const files = [...event.clipboardData.files]
      if (!allowed || files.length === 0) return
      event.preventDefault()
      void add(files)
    },
  }
  return { coming, over, add, remove, drop }
}

function without(names: string[], gone: string): string[] {
  const at = names.indexOf(gone)
  return names.filter((_, index) => index !== at)
}
