import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import type { ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommon } from '@/lib/common'
import { LANGUAGES, speak, type Language } from '@/lib/texts'

interface Given {
  size?: 'xs' | 'sm'
  /** What stands above each choice. */
  label: ComponentType<{ children: ReactNode }>
}

/** Light or dark, and which language: of this browser. */
export default function Looks({ size = 'xs', label: Label }: Given) {
  const say = useCommon()
  const { i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const shared = { fullWidth: true, size, mb: 'xs' }
  return (
    <>
      <Label>{say('appearance')}</Label>
      <SegmentedControl
        {...shared}
        aria-label={say('appearance')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={[
          { value: 'light', label: say('light') },
          { value: 'dark', label: say('dark') },
          { value: 'auto', label: say('system') },
        ]}
      />
      <Label>{say('language')}</Label>
      <SegmentedControl
        {...shared}
        aria-label={say('language')}
        value={i18n.language}
        onChange={(value) => void speak(value as Language)}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      />
    </>
  )
}
