import { useEffect, useRef, useState, type RefObject } from 'react'

export const TALK = 'data-talk'
/** How far from the end counts as the end, in pixels. */
const NEAR = 8

/** The conversation in view: the last one at the end of the chat, else the one in its middle. One that is chosen
 * stays chosen until somebody scrolls.
 */
export function useCurrent(scroller: RefObject<HTMLDivElement | null>, ids: string[]) {
  const last = ids.at(-1)
  const [seen, setSeen] = useState<string>()
  const pinned = useRef<string>(undefined)
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = () => setSeen(pinned.current ?? inView(box, last))
    const loosen = () => {
      pinned.current = undefined
    }
    box.addEventListener('scroll', look, { passive: true })
    for (const act of ACTS) box.addEventListener(act, loosen, { passive: true })
    return () => {
      box.removeEventListener('scroll', look)
      for (const act of ACTS) box.removeEventListener(act, loosen)
    }
  }, [scroller, last])
  const choose = (id: string) => {
    pinned.current = id
    setSeen(id)
    scroller.current?.querySelector(`[${TALK}="${id}"]`)?.scrollIntoView({ block: 'start' })
  }
  return { current: seen && ids.includes(seen) ? seen : last, choose }
}

const ACTS = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const

function inView(box: HTMLElement, last: string | undefined): string | undefined {
  if (Math.abs(box.scrollTop) < NEAR) return last
  const { top, height } = box.getBoundingClientRect()
  const above = [...box.querySelectorAll<HTMLElement>(`[${TALK}]`)].filter(
    (one) => one.getBoundingClientRect().top <= top + height / 2,
  )
  return above.at(-1)?.getAttribute(TALK) ?? undefined
}
