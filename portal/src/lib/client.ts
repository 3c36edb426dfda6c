import { QueryClient, type InvalidateOptions, type InvalidateQueryFilters, type QueryKey } from '@tanstack/react-query'

/** Of the library it differs in one thing: what changes while it is asked for the first time is asked for once more
 * when that answer has come, for it may be of before.
 */
export class Client extends QueryClient {
  private readonly again = new Set<string>()

  override invalidateQueries<Key extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<Key>,
    options?: InvalidateOptions,
  ): Promise<void> {
    for (const { queryHash, queryKey, promise, state } of this.getQueryCache().findAll({
      ...filters,
      fetchStatus: 'fetching',
    })) {
      if (state.data !== undefined || this.again.has(queryHash)) continue
      this.again.add(queryHash)
      const ended = () => void this.again.delete(queryHash)
      void promise?.finally(ended).then(
        () => super.invalidateQueries({ queryKey, exact: true }),
        () => undefined,
      )
    }
    return super.invalidateQueries(filters, options)
  }
}
