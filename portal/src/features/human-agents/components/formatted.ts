/** Plain text as paragraphs of HTML. */
export function paragraphs(text: string): string {
  if (!text) return ''
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return escaped
    .split(/\n{2,}/)
    .map((part) => `<p>${part.replace(/\n/g, '<br>')}</p>`)
    .join('')
}

/** The words of HTML, with a line for each block. */
export function words(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const one of page.querySelectorAll('br')) one.replaceWith('\n')
  for (const one of page.querySelectorAll('p, h1, h2, h3, blockquote')) one.append('\n\n')
  for (const one of page.querySelectorAll('li')) one.append('\n')
  return page.body.textContent.trim()
}
