// When a call is chosen for my seat, my screen shows it before the phone rings. 弹屏
import { computed, watch } from 'vue'
import { useRouter } from 'vue-router'
import { ownSeat, takesCalls } from './session'
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
      if (callId === null) return
      // An order being written is not swept away: what was typed is kept until it is opened again.
      // Who watches all calls goes on watching them, with this one opened.
      const watches = !takesCalls.value || router.currentRoute.value.name === 'calls'
      void router.push(watches ? { name: 'calls', params: { callId } } : { name: 'desk' })
    },
    { immediate: true },
  )
}
