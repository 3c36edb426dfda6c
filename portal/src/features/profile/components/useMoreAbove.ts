import { useEffect, useRef } from 'react'

interface More {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** Fetches the page before as soon as the element that has this ref comes into view. */
export function useMoreAbove({ hasNextPage, isFetchingNextPage, fetchNextPage }: More) {
  const mark = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!mark.current || !hasNextPage || isFetchingNextPage) return
    const watcher = new IntersectionObserver(([one]) => {
      if (one?.isIntersecting) fetchNextPage()
    })
    watcher.observe(mark.current)
    return () => watcher.disconnect()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  return mark
}
