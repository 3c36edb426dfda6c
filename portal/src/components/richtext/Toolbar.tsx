import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBlockquote,
  IconBold,
  IconH1,
  IconH2,
  IconItalic,
  IconList,
  IconListNumbers,
  IconStrikethrough,
  IconUnderline,
} from '@tabler/icons-react'
import { useEditorState, type Editor } from '@tiptap/react'
import { useRef, useState, type ComponentProps, type KeyboardEvent } from 'react'

import { useCommon } from '@/lib/common'

import { LinkTool } from './LinkTool'
import classes from './richtext.module.css'

interface Tool {
  label: Parameters<ReturnType<typeof useCommon>>[0]
  Icon: typeof IconBold
  run: (editor: Editor) => void
  on?: (editor: Editor) => boolean
  off?: (editor: Editor) => boolean
}

const mark = (name: 'bold' | 'italic' | 'underline' | 'strike', label: Tool['label'], Icon: Tool['Icon']): Tool => ({
  label,
  Icon,
  run: (editor) => editor.chain().focus().toggleMark(name).run(),
  on: (editor) => editor.isActive(name),
})
const heading = (level: 2 | 3, label: Tool['label'], Icon: Tool['Icon']): Tool => ({
  label,
  Icon,
  run: (editor) => editor.chain().focus().toggleHeading({ level }).run(),
  on: (editor) => editor.isActive('heading', { level }),
})

const TOOLS: Tool[][] = [
  [
    mark('bold', 'textBold', IconBold),
    mark('italic', 'textItalic', IconItalic),
    mark('underline', 'textUnderline', IconUnderline),
    mark('strike', 'textStrike', IconStrikethrough),
  ],
  [heading(2, 'textLarge', IconH1), heading(3, 'textMedium', IconH2)],
  [
    {
      label: 'textBullets',
      Icon: IconList,
      run: (editor) => editor.chain().focus().toggleBulletList().run(),
      on: (editor) => editor.isActive('bulletList'),
    },
    {
      label: 'textNumbers',
      Icon: IconListNumbers,
      run: (editor) => editor.chain().focus().toggleOrderedList().run(),
      on: (editor) => editor.isActive('orderedList'),
    },
    {
      label: 'textQuote',
      Icon: IconBlockquote,
      run: (editor) => editor.chain().focus().toggleBlockquote().run(),
      on: (editor) => editor.isActive('blockquote'),
    },
  ],
  [
    {
      label: 'textUndo',
      Icon: IconArrowBackUp,
      run: (editor) => editor.chain().focus().undo().run(),
      off: (editor) => !editor.can().undo(),
    },
    {
      label: 'textRedo',
      Icon: IconArrowForwardUp,
      run: (editor) => editor.chain().focus().redo().run(),
      off: (editor) => !editor.can().redo(),
    },
  ],
]
const LINK_AFTER = 2

/** One stop for Tab; the arrows go from tool to tool. */
export function Toolbar({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const say = useCommon()
  const bar = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<string>(TOOLS[0]?.[0]?.label ?? '')
  const walk = (event: KeyboardEvent) => {
    const all = [...(bar.current?.querySelectorAll<HTMLButtonElement>('button[data-tool]') ?? [])]
    const here = all.indexOf(document.activeElement as HTMLButtonElement)
    const to = steps(event.key, here, all.length, document.dir === 'rtl')
    if (here < 0 || to === undefined) return
    event.preventDefault()
    all.at(to % all.length)?.focus()
  }
  const stop = (name: string) => ({
    'data-tool': name,
    tabIndex: name === current ? 0 : -1,
    onFocus: () => setCurrent(name),
  })
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={say('textTools')} ref={bar} onKeyDown={walk}>
      {TOOLS.map((group, index) => (
        <div key={index} className={classes.tools}>
          {group.map((tool) => (
            <Button key={tool.label} editor={editor} tool={tool} disabled={disabled} {...stop(tool.label)} />
          ))}
          {index === LINK_AFTER && <LinkTool editor={editor} disabled={disabled} {...stop('textLink')} />}
        </div>
      ))}
    </div>
  )
}

function steps(key: string, here: number, many: number, backwards: boolean): number | undefined {
  if (key === 'Home') return 0
  if (key === 'End') return many - 1
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
  return step ? here + (backwards ? -step : step) : undefined
}

type Stop = Pick<ComponentProps<'button'>, 'tabIndex' | 'onFocus'> & { 'data-tool': string }

function Button({ editor, tool, disabled, ...stop }: { editor: Editor; tool: Tool; disabled: boolean } & Stop) {
  const say = useCommon()
  const { on, off } = useEditorState({
    editor,
    selector: ({ editor: now }) => ({ on: tool.on?.(now) ?? false, off: tool.off?.(now) ?? false }),
  })
  const dead = disabled || off
  return (
    <Tooltip label={say(tool.label)} openDelay={400}>
      <ActionIcon
        {...stop}
        size={30}
        variant={on ? 'light' : 'subtle'}
        color={on ? undefined : 'gray'}
        aria-label={say(tool.label)}
        aria-pressed={tool.on ? on : undefined}
        aria-disabled={dead}
        data-disabled={dead || undefined}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => !dead && tool.run(editor)}
      >
        <tool.Icon size={18} stroke={1.8} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
