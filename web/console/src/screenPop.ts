// When a call is chosen for my seat, my screen shows it before the phone rings. 弹屏
import { computed, watch } from 'vue'
import { useRouter } from 'vue-router'
import { ownSeat } from './session'
import { state } from './store'

export function useScreenPop(): void {
  const router = useRouter()
  const mine = computed(() => {
    const seat = ownSeat.value === null ? undefined : state.value.seats.rows[ownSeat.value]
    const coming = seat?.state === 'reserved' || seat?.state === 'ringing'
    return coming ? (seat?.call_id ?? null) : null
  })
  watch(
    mine,
    (callId) => {
      // An order being written is not swept away: its page asks before it is left.
      if (callId !== null) void router.push({ name: 'calls', params: { callId } })
    },
    { immediate: true },
  )
}
