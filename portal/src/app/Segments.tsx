/** By itself, for it is loaded when somebody opens the menu. */
export { SegmentedControl as default } from '@mantine/core'
