// Which commands a seat's state offers, and asking for them.
import { announce } from './announce'
import { api, ApiError } from './api'
import { errorSentence, t } from './i18n'
import { unsaved } from './outcomes'
import { putSeat, state } from './store'
import { useTurns } from './turns'
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

/** What is shown of a seat and changes by its commands. */
const shownOf = (seat: Seat | undefined): string =>
  seat === undefined ? '' : [seat.state, seat.reason, seat.pending_not_ready].join()

export function useSeatCommands(seat: () => Seat | undefined) {
  const { busy, take } = useTurns(() => shownOf(seat()))
  async function ask(seat: Seat, command: SeatCommand, why: NotReadyReason = 'break'): Promise<void> {
    try {
      await take(async () => {
        const before = state.value.seats.rows[seat.seat_id]
        putSeat((await ASK[command](seat.seat_id, why)).seat, before)
      })
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      const { call_id, missing } = failed.details
      if (failed.code === 'seat-outcome-unsaved' && typeof call_id === 'string') {
        unsaved.value = { callId: call_id, missing: String(missing), again: () => void ask(seat, command, why) }
        return
      }
      announce('error', t('seats.trouble', { seat: seat.seat_id, why: errorSentence(failed.code) }))
    }
  }
  return { busy, ask }
}
