import '@testing-library/jest-dom/vitest'

import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

/** jsdom lays nothing out. */
Element.prototype.checkVisibility ??= () => true

afterEach(cleanup)
