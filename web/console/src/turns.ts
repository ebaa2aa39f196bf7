// One request at a time, without losing a key press to an answer that is slower than the live stream.
import { computed, shallowRef, type ComputedRef } from 'vue'

export interface Turns {
  /** Nothing more can be asked now. */
  busy: ComputedRef<boolean>
  /** False if nothing could be asked; what `act` throws comes out. */
  take: (act: () => Promise<unknown>) => Promise<boolean>
}

/** One request at a time. What was asked is often seen on the live stream before its answer is here: `seen` says
 *  what is shown of it. Once that has changed a person acts on it, so his next request is taken, and sent as soon
 *  as the answer has come. */
export function useTurns(seen: () => unknown = () => null): Turns {
  const asked = shallowRef<{ seen: unknown } | null>(null)
  let before: Promise<unknown> = Promise.resolve()
  const busy = computed(() => asked.value !== null && asked.value.seen === seen())

  async function take(act: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    const mine = { seen: seen() }
    asked.value = mine
    const turn = before.then(act)
    before = turn.catch(() => undefined)
    try {
      await turn
      return true
    } finally {
      if (asked.value === mine) asked.value = null
    }
  }
  return { busy, take }
}
