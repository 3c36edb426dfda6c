/** What one colour of a plot stands for. */
export interface Series {
  name: string
  label: string
  color: string
}
