import { IconAlertTriangle, IconFile, IconLoader2 } from '@tabler/icons-react'

import { useCommon } from '@/lib/common'
import { useSaid } from '@/lib/said'

import classes from './log.module.css'
import type { Line } from './marker'

type File = Line['attachments'][number]
const PICTURES = /^image\/(png|jpeg|gif|webp|avif)$/

/** What was sent with a message: pictures are shown, the rest is to be downloaded. */
export function Files({ files }: { files: File[] }) {
  if (files.length === 0) return null
  return (
    <ul className={classes.files}>
      {files.map((file, index) => (
        <li key={index}>
          <One file={file} />
        </li>
      ))}
    </ul>
  )
}

function One({ file }: { file: File }) {
  const say = useCommon()
  const said = useSaid()
  const name = file.name || file.kind
  if (!file.url)
    return (
      <span className={classes.file} title={said(file.detail) || undefined}>
        {file.state === 'failed' ? <IconAlertTriangle size={18} /> : <IconLoader2 size={18} />}
        <span>
          {name} · {say(file.state === 'failed' ? 'logFileLost' : 'logFileComes')}
        </span>
      </span>
    )
  if (PICTURES.test(file.mime))
    return (
      <a href={file.url} target="_blank" rel="noreferrer">
        <img className={classes.picture} src={file.url} alt={name} loading="lazy" />
      </a>
    )
  return (
    <a className={classes.file} href={file.url} download={name}>
      <IconFile size={18} aria-hidden />
      <span>
        {name}
        {file.size ? ` · ${size(file.size)}` : ''}
      </span>
    </a>
  )
}

function size(bytes: number): string {
  const unit = bytes < 1024 * 1024 ? 'kB' : 'MB'
  return `${Math.max(0.1, bytes / (unit === 'kB' ? 1024 : 1024 * 1024)).toFixed(1)} ${unit}`
}
