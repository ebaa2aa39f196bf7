// The operator is told when somebody else had a hand in his call or his seat.
import { announceLong } from './announce'
import { t, tWord } from './i18n'
import { partOf } from './parties'
import { ownSeat, user } from './session'
import { onMessages, state } from './store'
import type { LiveMessage } from './types'

export function useSupervisorNotices(): void {
  onMessages((batch) => batch.forEach(hear))
}

function hear(m: LiveMessage): void {
  const by = m.by
  if (ownSeat.value === null || typeof by !== 'string' || by === user.value?.username) return
  if (m.type === 'SeatForced' && m.seat_id === ownSeat.value) {
    announceLong(t('notice.forced', { by, state: tWord('seat.state', String(m.state)), effect: tWord('force.effect', String(m.effect)), reason: String(m.reason) }))
  }
  if (m.type === 'CallControlled' && m.refused === null && isMine(m.call_id, by)) {
    const reason = typeof m.reason === 'string' && m.reason ? t('notice.reason', { reason: m.reason }) : ''
    announceLong(t('notice.commanded', { by, what: tWord('command', String(m.what)), reason }))
  }
}

/** A colleague who speaks on the call himself commands it by right and needs no notice. */
function isMine(callId: string | undefined, by: string): boolean {
  const [calls, seats] = [state.value.calls.rows, state.value.seats.rows]
  const call = calls[callId ?? ''] ?? null
  const colleague = call?.parties.some((one) => one.role === 'seat' && seats[one.who]?.operator === by)
  const mine = partOf(call, ownSeat.value)
  return mine !== undefined && mine.room !== null && colleague !== true
}
