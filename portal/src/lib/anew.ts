import type { QueryClient } from '@tanstack/react-query'

/** Asked for again, also while it is asked for the first time: the answer on its way may be of before. */
export async function anew(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  await client.cancelQueries({ queryKey, exact: true })
  await client.invalidateQueries({ queryKey, exact: true })
}

/** The same, if it is being asked for now. */
export async function anewIfAsked(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  if (client.isFetching({ queryKey, exact: true })) await anew(client, queryKey)
}
