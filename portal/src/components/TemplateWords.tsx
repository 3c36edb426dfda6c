import type { Schemas } from '@/lib/api'

import { useTemplates } from './template/templates'
import { parts } from './template/words'

interface Given {
  channelId: string
  wanted: Schemas['TemplateWanted']
}

/** How an approved message reads with what stands in its gaps; its name, as long as its words are not here. */
export default function TemplateWords({ channelId, wanted }: Given) {
  const { data = [] } = useTemplates(channelId)
  const template = data.find(({ name, language }) => name === wanted.name && language === wanted.language)
  if (!template) return wanted.name
  return parts(template, wanted.variables ?? {})
    .map((part) => ('words' in part ? part.words : part.value))
    .join('')
}
