import { Typography } from '@mantine/core'
import { EditorContent, useEditor } from '@tiptap/react'
import { useEffect, useLayoutEffect, useRef } from 'react'

import type { RichTextGiven } from '../RichText'
import { EXTENSIONS } from './extensions'
import classes from './richtext.module.css'
import { Toolbar } from './Toolbar'

export default function Editor({ label, value, onChange, disabled = false, autoFocus, onSubmit }: RichTextGiven) {
  const told = useRef(value)
  const latest = useRef({ onChange, onSubmit })
  useLayoutEffect(() => {
    latest.current = { onChange, onSubmit }
  })
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: value,
    textDirection: 'auto',
    autofocus: autoFocus ? 'end' : false,
    editable: !disabled,
    onUpdate: ({ editor: now }) => {
      told.current = now.isEmpty ? '' : now.getHTML()
      latest.current.onChange(told.current)
    },
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': label,
        'aria-disabled': String(disabled),
      },
      handleKeyDown: (_view, event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !latest.current.onSubmit) return false
        latest.current.onSubmit()
        return true
      },
    },
  })
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    editor.commands.setContent(value, { emitUpdate: false })
  }, [editor, value])
  useEffect(() => {
    editor.setEditable(!disabled, false)
  }, [editor, disabled])
  return (
    <div className={classes.frame} data-disabled={disabled || undefined}>
      <Toolbar editor={editor} disabled={disabled} />
      <Typography className={classes.typography}>
        <EditorContent editor={editor} className={classes.page} />
      </Typography>
    </div>
  )
}
