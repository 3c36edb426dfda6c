import { lazy, Suspense, useEffect, useState } from 'react'

import { onQuestion, type Asked } from '@/lib/confirm'

const Question = lazy(() => import('./Question'))

/** Shows what `confirm` asks. */
export function Questions() {
  const [asked, setAsked] = useState<Asked | null>(null)
  useEffect(() => onQuestion(setAsked), [])
  return <Suspense>{asked && <Question asked={asked} close={() => setAsked(null)} />}</Suspense>
}
