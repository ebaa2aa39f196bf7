// The possible repeats of a draft somebody writes, looked for again whenever it has changed.
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { api, ApiError } from './api'
import { QuietLook } from './repeats'
import type { Order, Repeat } from './types'

/** While `on` is true; `trouble` is an error code. */
export function useRepeats(
  order: () => Order,
  on: () => boolean,
): { found: Ref<readonly Repeat[]>; trouble: Ref<string> } {
  const found = shallowRef<readonly Repeat[]>([])
  const trouble = ref('')
  let asked = 0

  async function look(): Promise<void> {
    asked += 1
    const mine = asked
    try {
      const { repeats } = await api.repeats(order().order_id)
      if (mine !== asked) return
      found.value = repeats
      trouble.value = ''
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      if (mine === asked) trouble.value = failed.code
    }
  }

  const isVisible = (): boolean => document.visibilityState === 'visible'
  const quiet = new QuietLook(() => void look(), isVisible())
  const see = (): void => quiet.see(isVisible())
  document.addEventListener('visibilitychange', see)

  watch(
    on,
    (now) => {
      if (now) return quiet.now()
      quiet.stop()
      asked += 1
      found.value = []
      trouble.value = ''
    },
    { immediate: true },
  )
  // Only what is saved can be compared; every saved or proposed value is a new revision.
  watch(
    () => order().revision,
    () => on() && quiet.changed(),
  )
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', see)
    quiet.stop()
    asked += 1
  })
  return { found, trouble }
}
