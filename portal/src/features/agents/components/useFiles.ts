import { useQueryClient } from '@tanstack/react-query'
import { useState, type DragEvent } from 'react'

import { answer, api } from '@/lib/api'
import { confirm } from '@/lib/confirm'
import { sentence, toast } from '@/lib/toast'

import { LONGEST, nameOf, wordsOf, wrong } from '../documents'
import { documentsOf, type Listed } from '../queries'
import { useSay } from '../texts'

export const TAKEN = '.md,.markdown,.txt,.text,text/markdown,text/plain'

/** Files of words become documents as soon as they are dropped or chosen. */
export function useFiles(agentId: string, all: Listed[] | undefined, may: boolean) {
  const say = useSay()
  const client = useQueryClient()
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string[]>([])
  const refuse = (why: string) => setRefused((all) => [...all, why])
  const one = async (file: File) => {
    const [text, name] = [await wordsOf(file), nameOf(file.name)]
    const why = text === null ? 'binary' : wrong(name, text)
    if (text === null || why)
      return refuse(say(`file_${why ?? 'binary'}`, { name: file.name, most: LONGEST.toLocaleString() }))
    const there = all?.find((known) => known.name === name)
    const ask = { title: say('replaceTitle', { name }), text: say('replaceText'), yes: say('replace') }
    if (there && !(await confirm(ask))) return
    const params = { path: { agent_id: agentId, name } }
    await answer(
      api.PUT('/agents/{agent_id}/knowledge/{name}', { params, body: { text, was: there?.changed_at ?? null } }),
    )
    toast(say('added', { name }))
  }
  const add = async (files: File[]) => {
    if (!may) return
    setRefused([])
    setBusy(true)
    for (const file of files) await one(file).catch((error: unknown) => refuse(`${file.name}: ${sentence(error)}`))
    await client.invalidateQueries({ queryKey: documentsOf(agentId).queryKey })
    setBusy(false)
  }
  const carries = (event: DragEvent) => may && event.dataTransfer.types.includes('Files')
  const drop = {
    onDragOver: (event: DragEvent) => {
      if (!carries(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop: (event: DragEvent) => {
      setOver(false)
      if (!carries(event)) return
      event.preventDefault()
      void add([...event.dataTransfer.files])
    },
  }
  return { over, busy, add, drop, refused, understood: () => setRefused([]) }
}
