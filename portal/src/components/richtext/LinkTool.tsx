import { ActionIcon, Button, Group, Popover, Stack, TextInput, Tooltip } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useEditorState, type Editor } from '@tiptap/react'
import { useEffect, useState, type ComponentProps, type KeyboardEvent } from 'react'

import { useCommon } from '@/lib/common'

import { address } from './address'

type Stop = Pick<ComponentProps<'button'>, 'tabIndex' | 'onFocus'> & { 'data-tool': string }

/** Makes what is chosen a link; Ctrl or Command with K opens it from the text. */
export function LinkTool({ editor, disabled, ...stop }: { editor: Editor; disabled: boolean } & Stop) {
  const say = useCommon()
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState(false)
  const here = useEditorState({ editor, selector: ({ editor: now }) => String(now.getAttributes('link').href ?? '') })
  const open = () => {
    if (disabled) return
    setWrong(false)
    setTyped(String(editor.getAttributes('link').href ?? ''))
  }
  useShortcut(editor, open)
  const close = () => {
    setTyped(null)
    editor.commands.focus()
  }
  const remove = () => {
    editor.chain().extendMarkRange('link').unsetLink().run()
    close()
  }
  const keep = () => {
    const href = address(typed ?? '')
    if (!href) return setWrong(true)
    link(editor, href)
    close()
  }
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key !== 'Enter') return
    event.preventDefault()
    keep()
  }
  return (
    <Popover
      opened={typed !== null}
      onDismiss={close}
      trapFocus
      withinPortal={false}
      position="bottom-start"
      shadow="md"
    >
      <Popover.Target>
        <Tooltip label={say('textLink')} openDelay={400}>
          <ActionIcon
            {...stop}
            size={30}
            variant={here ? 'light' : 'subtle'}
            color={here ? undefined : 'gray'}
            aria-label={say('textLink')}
            aria-pressed={here !== ''}
            aria-disabled={disabled}
            data-disabled={disabled || undefined}
            onMouseDown={(event) => event.preventDefault()}
            onClick={open}
          >
            <IconLink size={18} stroke={1.8} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" w={280}>
          <TextInput
            label={say('textLinkAddress')}
            placeholder="https://example.com"
            inputMode="url"
            value={typed ?? ''}
            error={wrong && say('textLinkWrong')}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={keys}
            data-autofocus
          />
          <Group gap="xs" justify="flex-end">
            {here && (
              <Button size="xs" variant="subtle" color="red" onClick={remove}>
                {say('textLinkRemove')}
              </Button>
            )}
            <Button size="xs" onClick={keep}>
              {say('save')}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Without a selection the address itself becomes the text. */
function link(editor: Editor, href: string): void {
  const chain = editor.chain().focus().extendMarkRange('link')
  if (editor.state.selection.empty && !editor.isActive('link'))
    chain
      .insertContent([
        { type: 'text', text: href.replace(/^(mailto|tel):/, ''), marks: [{ type: 'link', attrs: { href } }] },
      ])
      .run()
  else chain.setLink({ href }).run()
}

/** Heard before the palette, which has the same keys; the editor may not be in the page yet. */
function useShortcut(editor: Editor, open: () => void): void {
  useEffect(() => {
    const hear = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      if (!editor.isFocused) return
      event.preventDefault()
      open()
    }
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  })
}
