import { useEffect, useEffectEvent, useState, type ClipboardEvent } from 'react'

import { ApiError, csrfHeader, problem } from '@/lib/api'
import { sentence, toastError } from '@/lib/toast'

import { unsentOf, type Upload } from '../api/unsent'
import { useSay } from '../texts'

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

/** Files of an answer, uploaded as soon as they are chosen, pasted, or dropped anywhere on the page. */
export function useFiles(operatorId: string, sessionId: string, allowed: boolean) {
  const say = useSay()
  const [coming, setComing] = useState<string[]>([])
  const store = unsentOf(operatorId)
  const add = async (files: File[]) => {
    if (!allowed) return
    const room = Math.max(0, MOST - store.get(sessionId).files.length - coming.length)
    if (files.length > room) refuse(say('tooMany', { count: MOST }))
    for (const file of files.slice(0, room)) {
      setComing((now) => [...now, file.name])
      try {
        const found = await upload(file)
        const { files: known } = store.get(sessionId)
        if (!known.some((one) => one.sha256 === found.sha256 && one.name === found.name))
          store.change(sessionId, { files: [...known, found] })
      } catch (error) {
        refuse(say('notTaken', { name: file.name, reason: sentence(error) }))
      }
      setComing((now) => without(now, file.name))
    }
  }
  const remove = (gone: Upload) =>
    store.change(sessionId, { files: store.get(sessionId).files.filter((one) => one !== gone) })
  const paste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files]
    if (!allowed || files.length === 0) return
    event.preventDefault()
    void add(files)
  }
  const over = useDropped(allowed, (files) => void add(files))
  return { coming, over, add, remove, paste }
}

/** Whether files are held over the page; where nobody takes them, a browser would open them in its place. */
function useDropped(allowed: boolean, take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const dropped = useEffectEvent((event: DragEvent) => {
    if (!carries(event)) return
    event.preventDefault()
    setOver(false)
    if (allowed) take([...(event.dataTransfer?.files ?? [])])
  })
  const held = useEffectEvent((event: DragEvent) => {
    if (!carries(event)) return
    event.preventDefault()
    setOver(allowed)
  })
  useEffect(() => {
    const drop = (event: DragEvent) => dropped(event)
    const drag = (event: DragEvent) => held(event)
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    addEventListener('drop', drop)
    addEventListener('dragover', drag)
    addEventListener('dragleave', leave)
    return () => {
      removeEventListener('drop', drop)
      removeEventListener('dragover', drag)
      removeEventListener('dragleave', leave)
    }
  }, [])
  return over
}

function carries(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

function refuse(reason: string): void {
  toastError(new ApiError(0, 'refused', reason))
}

function without(names: string[], gone: string): string[] {
  const at = names.indexOf(gone)
  return names.filter((_, index) => index !== at)
}
