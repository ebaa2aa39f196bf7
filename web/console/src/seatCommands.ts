// Which commands a seat's state offers, and asking for them.
import { ref } from 'vue'
import { api, ApiError } from './api'
import { announce } from './announce'
import { errorSentence, t } from './i18n'
import { unsaved } from './outcomes'
import { putSeat } from './store'
import type { NotReadyReason, Seat } from './types'

export type SeatCommand = 'sign-in' | 'sign-out' | 'ready' | 'not-ready' | 'finish-wrap-up'

/** The reasons a person may give; the others the service sets by itself. */
export const REASONS: readonly NotReadyReason[] = [
  'break',
  'meal',
  'training',
  'meeting',
  'back_office',
]

/** What may be asked of a seat in this state, the likeliest first. */
export function commandsOf(seat: Seat, own: boolean): SeatCommand[] {
  switch (seat.state) {
    case 'signed_out':
      return own ? ['sign-in'] : []
    case 'not_ready':
      return ['ready', 'not-ready', 'sign-out']
    case 'ready':
      return ['not-ready', 'sign-out']
    case 'wrap_up':
      return ['finish-wrap-up', 'not-ready']
    case 'talking':
      return seat.pending_not_ready === null ? ['not-ready'] : ['ready', 'not-ready']
    case 'reserved':
    case 'ringing':
      return []
  }
}

const ASK: { [command in SeatCommand]: (id: string, why: NotReadyReason) => Promise<{ seat: Seat }> } = {
  'sign-in': (id) => api.signIn(id),
  'sign-out': (id) => api.signOut(id),
  ready: (id) => api.ready(id),
  'not-ready': (id, why) => api.notReady(id, why),
  'finish-wrap-up': (id) => api.finishWrapUp(id),
}

export function useSeatCommands() {
  const busy = ref(false)
  async function ask(seat: Seat, command: SeatCommand, why: NotReadyReason = 'break'): Promise<void> {
    busy.value = true
    try {
      putSeat((await ASK[command](seat.seat_id, why)).seat)
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      const { call_id, missing } = failed.details
      if (failed.code === 'seat-outcome-unsaved' && typeof call_id === 'string') {
        unsaved.value = { callId: call_id, missing: String(missing), again: () => void ask(seat, command, why) }
        return
      }
      announce('error', t('seats.trouble', { seat: seat.seat_id, why: errorSentence(failed.code) }))
    } finally {
      busy.value = false
    }
  }
  return { busy, ask }
}
