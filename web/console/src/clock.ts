// One ticking second for all timers, corrected to the service's clock.
import { onScopeDispose, ref, type Ref } from 'vue'

let offsetMs = 0
const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Take an HTTP Date header; it has whole seconds, so only a real difference counts. */
export function noteServerTime(date: string | null): void {
  const server = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(server)) return
  const difference = server + 500 - Date.now()
  if (Math.abs(difference - offsetMs) > 1500) offsetMs = Math.abs(difference) > 1500 ? difference : 0
}

/** The service's time in milliseconds, moving on once a second while somebody looks. */
export function useNow(): Ref<number> {
  users += 1
  now.value = Date.now() + offsetMs
  timer ??= setInterval(() => {
    now.value = Date.now() + offsetMs
  }, 1000)
  onScopeDispose(() => {
    users -= 1
    if (users === 0) {
      clearInterval(timer)
      timer = undefined
    }
  })
  return now
}
