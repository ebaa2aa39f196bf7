// What was typed and is not saved outlives the tab: kept in this browser for its user until it is
// saved, thrown away, or the user logs out. F5, a crashed tab and an expired session lose nothing.
import type { OrderFieldName } from './types'

export type Typed = { [name in OrderFieldName]?: string }

export interface Kept {
  typed: Typed
  /** The revision that the user saw when he began to type. */
  base: number
}

/** Where the words of one order are kept. */
export interface Keeping {
  read: () => Kept | null
  write: (kept: Kept) => void
  drop: () => void
}

const PREFIX = 'hotline.typed.'
const keyOf = (username: string, orderId: string): string => `${PREFIX}${username}.${orderId}`

function isKept(found: unknown): found is Kept {
  if (typeof found !== 'object' || found === null) return false
  const { typed, base } = found as Partial<Kept>
  if (typeof base !== 'number' || typeof typed !== 'object' || typed === null) return false
  return Object.values(typed).every((value) => typeof value === 'string')
}

/** A store that is full or forbidden keeps nothing; the form itself works all the same. */
export function keepingOf(username: string, orderId: string, store: Storage = localStorage): Keeping {
  const key = keyOf(username, orderId)
  return {
    read() {
      try {
        const found: unknown = JSON.parse(store.getItem(key) ?? 'null')
        return isKept(found) ? found : null
      } catch {
        return null
      }
    },
    write(kept) {
      try {
        store.setItem(key, JSON.stringify(kept))
      } catch {
        // Full or forbidden.
      }
    },
    drop() {
      try {
        store.removeItem(key)
      } catch {
        // Forbidden.
      }
    },
  }
}

/** On logging out: nothing that a citizen said stays on this machine. */
export function forgetAllTyped(store: Storage = localStorage): void {
  try {
    const keys = Array.from({ length: store.length }, (_, n) => store.key(n) ?? '')
    for (const key of keys) if (key.startsWith(PREFIX)) store.removeItem(key)
  } catch {
    // Forbidden: then nothing was kept either.
  }
}
