import { useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { toastError } from '@/lib/toast'

import { customerOf, type Customer } from '../queries'

/** Changes what is known of a customer: only what is named. `change` says whether it was kept. */
export function useChange(customerId: string) {
  const client = useQueryClient()
  const { mutateAsync, isPending } = useMutation({
    mutationFn: (body: Partial<Schemas['Changes']>) =>
      answer(
        api.PATCH('/customers/{customer_id}', {
          params: { path: { customer_id: customerId } },
          body: body as Schemas['Changes'],
        }),
      ),
    onSuccess: (found: Customer) => client.setQueryData(customerOf(customerId).queryKey, found),
    onError: toastError,
  })
  const change = (body: Partial<Schemas['Changes']>) =>
    mutateAsync(body).then(
      () => true,
      () => false,
    )
  return { change, busy: isPending }
}
