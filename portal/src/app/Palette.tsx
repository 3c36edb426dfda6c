import { lazy, Suspense, useState } from 'react'

import { useCommon } from '@/lib/common'
import { useKeys } from '@/lib/keys'

const PaletteDialog = lazy(() => import('./PaletteDialog'))

/** Everything that can be done here, by typing a few letters. It is loaded when it is first asked for. */
export function Palette() {
  const say = useCommon()
  const [asked, setAsked] = useState(0)
  useKeys([
    {
      keys: 'mod+k',
      label: say('palette'),
      group: say('keysGeneral'),
      whileTyping: true,
      opens: true,
      run: () => setAsked(asked + 1),
    },
  ])
  return <Suspense>{asked > 0 && <PaletteDialog asked={asked} />}</Suspense>
}
