import StarterKit from '@tiptap/starter-kit'

import { address } from './address'

/** What the toolbar offers, and nothing else: whatever is pasted beyond it becomes plain text. */
export const EXTENSIONS = [
  StarterKit.configure({
    heading: { levels: [2, 3] },
    code: false,
    codeBlock: false,
    horizontalRule: false,
    link: {
      openOnClick: false,
      defaultProtocol: 'https',
      isAllowedUri: (url) => address(url) !== '',
      HTMLAttributes: { target: null, rel: null, class: null },
    },
  }),
]
