import { Modal, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { ErrorState, LoadingState } from '@/components/States'
import { answer, api, type Schemas } from '@/lib/api'
import { useCommon } from '@/lib/common'

import classes from './log.module.css'

interface Given {
  sessionId: string
  seq: number
}

/** The whole of a message, in a dialog. */
export default function Original({ close, ...given }: Given & { close: () => void }) {
  const say = useCommon()
  return (
    <Modal opened onClose={close} title={say('logOriginalTitle')} size="xl">
      <Whole {...given} />
    </Modal>
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
  if (data) return <Letter letter={data} />
  return error ? <ErrorState error={error} retry={() => void refetch()} /> : <LoadingState />
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
