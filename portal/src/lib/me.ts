import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'

import { answer, api, ApiError, setCsrf, type Schemas } from './api'

export type Operator = Schemas['OperatorView']
export type Role = Operator['role']
const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }
const KEY = ['me']

export function mayAct(operator: Operator | null | undefined, least: Role): boolean {
  return !!operator && RANK[operator.role] >= RANK[least]
}

async function whoAmI(): Promise<Operator | null> {
  try {
    const found = await answer(api.GET('/me'))
    setCsrf(found.csrf_token)
    return found.operator
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

/** Who is logged in; null: nobody. */
export function useLogin() {
  return useQuery({ queryKey: KEY, queryFn: whoAmI, staleTime: Infinity })
}

/** The operator, in components below the shell, where somebody is always logged in. */
export function useMe(): Operator {
  const { data } = useLogin()
  if (!data) throw new Error('useMe is for components below the shell.')
  return data
}

export function useLogIn() {
  const client = useQueryClient()
  return async (email: string, password: string): Promise<void> => {
    enter(client, await answer(api.POST('/login', { body: { email, password } })))
  }
}

/** What holds from now on of this login. */
export function enter(client: QueryClient, found: Schemas['LoggedIn']): void {
  setCsrf(found.csrf_token)
  client.setQueryData(KEY, found.operator)
}

/** This login has ended. Whether another one has begun, such as by a new password; if not, all is forgotten. */
export async function lookAgain(client: QueryClient): Promise<boolean> {
  const operator = await whoAmI().catch(() => null)
  if (operator) client.setQueryData(KEY, operator)
  else forget(client)
  return !!operator
}

/** What was shown to the operator who leaves is forgotten. */
export async function logOut(client: QueryClient): Promise<void> {
  await api.POST('/logout')
  forget(client)
}

export function forget(client: QueryClient): void {
  client.setQueryData(KEY, null)
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' })
}
