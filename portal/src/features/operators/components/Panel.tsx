import { Alert, Drawer } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useCallback, useRef } from 'react'

import { EmptyState } from '@/components/States'
import { useCommon } from '@/lib/common'
import { confirm } from '@/lib/confirm'
import { mayAct, useMe, type Operator } from '@/lib/me'

import { NEW } from '../queries'
import { useSay } from '../texts'
import { Form } from './Form'
import { Short, Status } from './List'
import classes from './operators.module.css'
import { State } from './State'

interface Given {
  id: string
  operators: Operator[]
  close: () => void
}

/** One operator, or a new one, beside the list. What is not saved is not lost by a slip. */
export function Panel({ id, operators, close }: Given) {
  const say = useSay()
  const may = mayAct(useMe(), 'admin')
  const dirty = useRef(false)
  const setDirty = useCallback((now: boolean) => {
    dirty.current = now
  }, [])
  const found = operators.find((one) => one.id === id)
  const fresh = id === NEW && may
  const leave = async () => {
    const asked = {
      title: say('discardTitle'),
      text: say('discardText'),
      yes: say('discard'),
      no: say('keep'),
      grave: true,
    }
    if (!dirty.current || (await confirm(asked))) close()
  }
  return (
    <Drawer
      opened
      position="right"
      size={560}
      onClose={() => void leave()}
      title={<b>{fresh ? say('add') : (found?.name ?? say('title'))}</b>}
    >
      {fresh ? (
        <Form close={close} setDirty={setDirty} />
      ) : !found ? (
        <EmptyState title={say('missing')} text={say('missingText')} />
      ) : may ? (
        <>
          <State operator={found} />
          <Form operator={found} close={close} setDirty={setDirty} />
        </>
      ) : (
        <Facts operator={found} />
      )}
    </Drawer>
  )
}

/** What everybody may know. */
function Facts({ operator }: { operator: Operator }) {
  const say = useSay()
  const common = useCommon()
  return (
    <>
      <Alert color="gray" icon={<IconEye size={18} aria-hidden />} mb="md">
        {say('readOnly')}
      </Alert>
      <dl className={classes.facts}>
        <dt>{say('email')}</dt>
        <dd>{operator.email}</dd>
        <dt>{say('role')}</dt>
        <dd>{common(`role_${operator.role}`)}</dd>
        <dt>{say('status')}</dt>
        <dd>
          <Status operator={operator} />
        </dd>
        {operator.role !== 'viewer' && <dt>{say('schedule')}</dt>}
        {operator.role !== 'viewer' && (
          <dd>
            <Short operator={operator} />
          </dd>
        )}
      </dl>
    </>
  )
}
