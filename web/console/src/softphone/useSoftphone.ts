// The telephone comes and goes with the person of a seat.
import { onUnmounted, watch } from 'vue'
import { leftOnPurpose, ownSeat } from '../session'
import { begin, end } from './softphone'

export function useSoftphone(): void {
  watch(ownSeat, (seat) => {
    if (seat !== null) void begin(seat)
  }, { immediate: true })
  onUnmounted(() => end(leftOnPurpose()))
}
