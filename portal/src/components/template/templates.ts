import { useQuery } from '@tanstack/react-query'

import { answer, api } from '@/lib/api'

export const templatesOf = (channelId: string) => ['templates', channelId]

/** All messages that the platform knows of a channel, whatever it thinks of them. */
export function useTemplates(channelId: string) {
  return useQuery({
    queryKey: templatesOf(channelId),
    queryFn: async () => {
      const asked = api.GET('/channels/{channel_id}/templates', { params: { path: { channel_id: channelId } } })
      return (await answer(asked)).items
    },
  })
}
