import { useEffectEvent, useLayoutEffect, useSyncExternalStore } from 'react'

/** What mounted components offer at this moment: keys, and actions of the palette. */
export class Registry<T> {
  private readonly groups = new Map<symbol, T[]>()
  private readonly listeners = new Set<() => void>()
  private all: T[] = []

  put(owner: symbol, items: T[]): void {
    this.groups.set(owner, items)
    this.changed()
  }

  drop(owner: symbol): void {
    this.groups.delete(owner)
    this.changed()
  }

  readonly current = (): T[] => this.all

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private changed(): void {
    this.all = [...this.groups.values()].flat()
    for (const listener of this.listeners) listener()
  }
}

/** Offers `items` as long as the component is seen. `key` says when they have changed. */
export function useOffer<T>(registry: Registry<T>, items: T[], key: string): void {
  const offer = useEffectEvent((owner: symbol) => registry.put(owner, items))
  useLayoutEffect(() => {
    const owner = Symbol(key)
    offer(owner)
    return () => registry.drop(owner)
  }, [registry, key])
}

export function useOffered<T>(registry: Registry<T>): T[] {
  return useSyncExternalStore(registry.subscribe, registry.current)
}
