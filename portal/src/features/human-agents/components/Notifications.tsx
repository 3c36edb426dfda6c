import { Menu } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'

import { mayAct, useMe } from '@/lib/me'
import { toast } from '@/lib/toast'

import { canNotify } from '../notify'
import { useSay } from '../texts'

const Offer = lazy(() => import('./Offer'))
/** That somebody said "not now" in this browser. */
const DECLINED = 'baton.notifications.declined'

/** Offered at sign-in to who has neither allowed nor blocked them, nor declined. */
export function NotificationsOffer() {
  const me = useMe()
  const [open, setOpen] = useState(
    () => canNotify() && Notification.permission === 'default' && localStorage.getItem(DECLINED) === null,
  )
  const decline = () => {
    localStorage.setItem(DECLINED, 'yes')
    setOpen(false)
  }
  if (!open || !mayAct(me, 'operator')) return null
  return (
    <Suspense>
      <Offer done={() => setOpen(false)} decline={decline} />
    </Suspense>
  )
}

/** The same in the menu of who is logged in. */
export function NotificationsLine() {
  const say = useSay()
  if (!canNotify() || Notification.permission === 'granted') return null
  const ask = async () => {
    const said = await Notification.requestPermission()
    if (said !== 'default') toast(say(said === 'granted' ? 'notifyOn' : 'notifyBlocked'))
  }
  return (
    <Menu.Item leftSection={<IconBell size={18} />} onClick={() => void ask()}>
      {say('notifyTitle')}
    </Menu.Item>
  )
}
