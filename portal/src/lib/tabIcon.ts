import { useEffect } from 'react'

const SIZE = 64

/** Draws a number on the browser tab's icon, and puts it before the page's title. */
export function useTabCounter(count: number, title: string): void {
  useEffect(() => {
    document.title = count > 0 ? `(${count}) ${title}` : title
    void draw(count)
  }, [count, title])
}

async function draw(count: number): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (!link) return
  const plain = link.dataset.plain ?? link.href
  link.dataset.plain = plain
  link.dataset.count = String(count)
  if (count === 0) {
    link.href = plain
    return
  }
  const picture = new Image()
  picture.src = plain
  await picture.decode()
  if (link.dataset.count !== String(count)) return
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.drawImage(picture, 0, 0, SIZE, SIZE)
  pen.fillStyle = '#e03131'
  pen.beginPath()
  pen.arc(42, 42, 22, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = '#fff'
  pen.font = `bold ${count > 9 ? 26 : 34}px sans-serif`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(count > 99 ? '99' : String(count), 42, 44)
  link.href = canvas.toDataURL()
}
