import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const baton: MantineColorsTuple = [
  '#edf2ff',
  '#dbe4ff',
  '#bac8ff',
  '#91a7ff',
  '#748ffc',
  '#5c7cfa',
  '#4c6ef5',
  '#3b5bdb',
  '#364fc7',
  '#2b3f9e',
]

/** A dialog's header is none of the page's, of which there may be one. */
const INSIDE = { header: { role: 'presentation' } }

/** What Mantine itself would leave unnamed is named in the page's language. */
export const themeFor = (dismiss: string, close: string) =>
  createTheme({
    primaryColor: 'baton',
    primaryShade: { light: 7, dark: 7 },
    colors: { baton },
    fontFamily: '"Inter Variable", system-ui, sans-serif',
    headings: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontWeight: '650' },
    defaultRadius: 'md',
    cursorType: 'pointer',
    respectReducedMotion: true,
    autoContrast: true,
    components: {
      Notification: { defaultProps: { closeButtonProps: { 'aria-label': dismiss } } },
      Modal: { defaultProps: { closeButtonProps: { 'aria-label': close }, centered: true, attributes: INSIDE } },
      Drawer: { defaultProps: { closeButtonProps: { 'aria-label': close }, attributes: INSIDE } },
    },
  })

const SOFT = [
  'baton',
  'gray',
  'red',
  'pink',
  'grape',
  'violet',
  'indigo',
  'blue',
  'cyan',
  'teal',
  'green',
  'lime',
  'yellow',
  'orange',
]

const RED = { '--mantine-color-red-filled': '#c92a2a', '--mantine-color-red-filled-hover': '#b02525' }

/** Mantine's own dimmed, placeholder, "light" and red colours miss WCAG AA. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#596069',
    '--mantine-color-placeholder': '#636a73',
    '--mantine-color-error': '#c92a2a',
    ...RED,
    ...Object.fromEntries(
      SOFT.map((name) => [
        `--mantine-color-${name}-light-color`,
        `color-mix(in srgb, var(--mantine-color-${name}-9), #000 28%)`,
      ]),
    ),
    '--baton-side': '#f8f9fb',
    '--baton-line': '#e6e8ec',
    '--baton-hover': '#f1f3f6',
    '--baton-chosen': '#edf2ff',
    '--baton-agent': '#f3f0ff',
    '--baton-agent-line': '#d0bfff',
    '--baton-agent-name': '#5f3dc4',
    '--baton-mine': '#3b5bdb',
    '--baton-mine-text': '#fff',
    '--baton-note': '#fff9db',
    '--baton-note-line': '#ffe066',
    '--baton-bubble': '#fff',
  },
  dark: {
    '--mantine-color-dimmed': '#a6abb3',
    '--mantine-color-placeholder': '#9a9fa8',
    '--mantine-color-error': '#ff8787',
    ...RED,
    ...Object.fromEntries(
      SOFT.map((name) => [`--mantine-color-${name}-light-color`, `var(--mantine-color-${name}-2)`]),
    ),
    '--baton-side': '#1b1c1f',
    '--baton-line': '#34363b',
    '--baton-hover': '#2a2c31',
    '--baton-chosen': '#28304b',
    '--baton-agent': '#2b2540',
    '--baton-agent-line': '#54448a',
    '--baton-agent-name': '#c7b8ff',
    '--baton-mine': '#3b5bdb',
    '--baton-mine-text': '#fff',
    '--baton-note': '#3a3418',
    '--baton-note-line': '#6b5d1f',
    '--baton-bubble': '#2a2b2f',
  },
})
