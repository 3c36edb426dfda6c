import { ThemeIcon, Tooltip } from '@mantine/core'
import { IconBrandTelegram, IconBrandWhatsapp, IconMail, IconMessageCircle, IconPhone } from '@tabler/icons-react'

const LOOKS: Record<string, { Icon: typeof IconMail; color: string }> = {
  telegram: { Icon: IconBrandTelegram, color: 'blue' },
  whatsapp: { Icon: IconBrandWhatsapp, color: 'green' },
  email: { Icon: IconMail, color: 'orange' },
  phone: { Icon: IconPhone, color: 'gray' },
}

/** A channel's kind as a picture, its name as the tooltip. Kinds that we have no picture for get a bubble. */
export function ChannelIcon({ kind, name, size = 20 }: { kind: string; name: string; size?: number }) {
  const { Icon, color } = LOOKS[kind] ?? { Icon: IconMessageCircle, color: 'gray' }
  return (
    <Tooltip label={name} openDelay={300}>
      <ThemeIcon size={size} radius="xl" variant="light" color={color} role="img" aria-label={name}>
        <Icon size={size * 0.68} stroke={1.8} aria-hidden />
      </ThemeIcon>
    </Tooltip>
  )
}
