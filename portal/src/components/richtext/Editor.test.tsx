import { MantineProvider } from '@mantine/core'
import { render, screen } from '@testing-library/react'
import { beforeAll, expect, test } from 'vitest'

import { commonTexts } from '@/lib/common'
import { startTexts } from '@/lib/texts'

import Editor from './Editor'

beforeAll(() => {
  const none = { addEventListener: () => undefined, removeEventListener: () => undefined }
  window.matchMedia = () => ({ matches: false, ...none }) as unknown as MediaQueryList
  return startTexts({ common: commonTexts })
})

const shown = (value: string) => (
  <MantineProvider>
    <Editor label="Your message" value={value} onChange={() => undefined} />
  </MantineProvider>
)

test('what comes in from elsewhere keeps its shape, and loses what a mail must not have', () => {
  const { rerender } = render(shown('<p>Old</p>'))
  const page = screen.getByRole('textbox', { name: 'Your message' })
  expect(page).toHaveTextContent('Old')
  rerender(
    shown(
      '<h2 style="color:red">News</h2><ul><li><b onclick="x()">One</b></li></ul><script>bad()</script>' +
        '<p><img src="x"><a href="https://example.com">good</a> <a href="javascript:bad()">bad</a></p>',
    ),
  )
  expect(page.querySelector('h2')).toHaveTextContent('News')
  expect(page.querySelector('li strong')).toHaveTextContent('One')
  expect([...page.querySelectorAll('a')].map((one) => one.getAttribute('href'))).toEqual(['https://example.com'])
  expect(page.innerHTML).not.toMatch(/script|onclick|style|src="x"/)
  expect(page.querySelector('h2')).toHaveAttribute('dir', 'auto')
})
