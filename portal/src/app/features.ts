import type { Feature } from '@/lib/feature'

/** Every feature of the portal, one line each. */
export const features: Feature[] = [
]
