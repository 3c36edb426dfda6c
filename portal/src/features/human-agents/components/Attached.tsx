import { CloseButton, Loader } from '@mantine/core'
import { IconFile } from '@tabler/icons-react'

import type { Upload } from '../api/unsent'
import { useSay } from '../texts'
import classes from './workspace.module.css'

interface Given {
  files: Upload[]
  coming: string[]
  remove: (file: Upload) => void
}

/** What goes with an answer: seen before it is sent, and taken away with one press. */
export default function Attached({ files, coming, remove }: Given) {
  const say = useSay()
  if (files.length === 0 && coming.length === 0) return null
  return (
    <ul className={classes.attached} aria-label={say('attached')}>
      {files.map((file) => (
        <li key={`${file.sha256} ${file.name}`}>
          {file.mime.startsWith('image/') ? (
            <img src={address(file)} alt="" width={36} height={36} />
          ) : (
            <IconFile size={20} aria-hidden />
          )}
          <bdi className={classes.clip}>{file.name}</bdi>
          <CloseButton size="sm" aria-label={say('removeFile', { name: file.name })} onClick={() => remove(file)} />
        </li>
      ))}
      {coming.map((name, index) => (
        <li key={index}>
          <Loader size={16} role="status" aria-label={say('uploading', { name })} />
          <bdi className={classes.clip}>{name}</bdi>
        </li>
      ))}
    </ul>
  )
}

function address({ sha256, name, mime }: Upload): string {
  return `/api/v1/files/${sha256}?${new URLSearchParams({ name, mime }).toString()}`
}
