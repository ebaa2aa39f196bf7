// The big screen's numbers: asked for several times a second, and said to be old when they are.
import { onScopeDispose, ref, shallowRef } from 'vue'
import { api, ApiError } from './api'
import type { Wall } from './types'

export const EVERY_MS = 400
/** Answers come several times a second, so a silence of this length is not chance. */
export const OLD_AFTER_MS = 3_000
const LONGEST_PAUSE_MS = 5_000

export type Freshness = 'fresh' | 'old' | 'none'

/** How far the numbers on the screen may be believed. */
export function freshness(heardAt: number | null, now: number): Freshness {
  if (heardAt === null) return 'none'
  return now - heardAt > OLD_AFTER_MS ? 'old' : 'fresh'
}

/** Until the next question: longer after every failure in a row. */
export function pauseMs(failures: number): number {
  return Math.min(EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS)
}

/** As long as the component lives; comes back by itself after any trouble. */
export function useWall() {
  const wall = shallowRef<Wall | null>(null)
  const heardAt = ref<number | null>(null)
  const trouble = ref('')
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  async function ask(): Promise<void> {
    try {
      const answer = await api.wall()
      if (gone) return
      wall.value = answer
      heardAt.value = Date.now()
      trouble.value = ''
      failures = 0
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      trouble.value = failed.code
      failures += 1
    }
    if (!gone) timer = setTimeout(() => void ask(), pauseMs(failures))
  }
  void ask()
  onScopeDispose(() => {
    gone = true
    clearTimeout(timer)
  })
  return { wall, heardAt, trouble }
}
