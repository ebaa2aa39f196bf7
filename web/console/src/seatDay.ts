// What a seat did today, asked again whenever its state changes. 今日合计
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api, ApiError } from './api'
import { state } from './store'
import type { Seat, SeatDay } from './types'

const SOON_MS = 400

export interface Totals {
  talks: number
  talkMs: number
  wrapUpMs: number
  readyMs: number
  pauseMs: number
  orders: number
}

/** Milliseconds and how often, of the day's stays in these states. */
function spent(day: SeatDay | null, ...states: readonly string[]): { ms: number; times: number } {
  const found = (day?.spent ?? []).filter((one) => states.includes(one.state))
  return {
    ms: found.reduce((sum, one) => sum + one.ms, 0),
    times: found.reduce((sum, one) => sum + one.times, 0),
  }
}

export function useSeatDay(seat: Ref<Seat | undefined>, now: Ref<number>) {
  const day = shallowRef<SeatDay | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function look(): Promise<void> {
    const one = seat.value
    if (one === undefined) return
    const mine = (asked += 1)
    try {
      const found = await api.seatDay(one.seat_id)
      if (mine === asked) day.value = found
    } catch (failed) {
      // The totals are a comfort; the desk works without them.
      if (!(failed instanceof ApiError)) throw failed
    }
  }
  watch(
    [() => seat.value?.seat_id, () => seat.value?.state, () => seat.value?.since],
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void look(), SOON_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asked += 1
  })

  /** What has run on in the present state since the service was asked. */
  const running = computed(() => {
    const [one, known] = [seat.value, day.value]
    if (!one || !known) return 0
    const from = Math.max(Date.parse(known.until), Date.parse(one.since))
    return Math.max(0, now.value - from)
  })
  const more = (...states: readonly string[]): number =>
    seat.value && states.includes(seat.value.state) ? running.value : 0

  return computed<Totals | null>(() => {
    if (day.value === null) return null
    const talk = spent(day.value, 'talking')
    const today = new Date(now.value).toDateString()
    return {
      talks: talk.times,
      talkMs: talk.ms + more('talking'),
      wrapUpMs: spent(day.value, 'wrap_up').ms + more('wrap_up'),
      readyMs: spent(day.value, 'ready').ms + more('ready'),
      pauseMs: spent(day.value, 'not_ready').ms + more('not_ready'),
      orders: Object.values(state.value.orders.rows).filter(
        (order) =>
          order.seat_id === seat.value?.seat_id &&
          order.submitted_at !== null &&
          new Date(order.submitted_at).toDateString() === today,
      ).length,
    }
  })
}
