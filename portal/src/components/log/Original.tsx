import { Modal, Text } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { ErrorState, LoadingState } from '@/components/States'
import { answer, api, type Schemas } from '@/lib/api'
import { useCommon } from '@/lib/common'

import classes from './log.module.css'

interface Given {
  sessionId: string
  seq: number
}

/** A button for the whole of a message whose log entry has only what agents read. */
export function Original({ sessionId, seq }: Given) {
  const say = useCommon()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={classes.more} onClick={() => setOpen(true)}>
        <IconMail size={14} aria-hidden /> {say('logOriginal')}
      </button>
      <Modal opened={open} onClose={() => setOpen(false)} title={say('logOriginalTitle')} size="xl">
        {open && <Whole sessionId={sessionId} seq={seq} />}
      </Modal>
    </>
  )
}

function Whole({ sessionId, seq }: Given) {
  const { data, error, refetch } = useQuery({
    queryKey: ['original', sessionId, seq],
    queryFn: () =>
      answer(
        api.GET('/sessions/{session_id}/log/{seq}/original', {
          params: { path: { session_id: sessionId, seq: String(seq) } },
        }),
      ),
    staleTime: Infinity,
  })
  if (error) return <ErrorState error={error} retry={() => void refetch()} />
  return data ? <Letter letter={data} /> : <LoadingState />
}

function Letter({ letter }: { letter: Schemas['OriginalView'] }) {
  const say = useCommon()
  const head = [
    [say('logFrom'), letter.sender],
    [say('logTo'), letter.recipients],
    [say('logSubject'), letter.subject],
  ].filter(([, value]) => value)
  return (
    <>
      <dl className={classes.letterHead}>
        {head.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
      {letter.html ? (
        <iframe
          className={classes.letter}
          title={say('logOriginalTitle')}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcDoc={`${FRAME}${letter.html}`}
        />
      ) : (
        <Text component="pre" className={classes.plain} dir="auto">
          {letter.text}
        </Text>
      )}
    </>
  )
}

/** Strangers' HTML: no scripts, no forms, nothing from elsewhere; links open beside the portal. */
const FRAME =
  '<!doctype html><meta charset="utf-8"><base target="_blank">' +
  '<style>body{margin:12px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%}</style>'
