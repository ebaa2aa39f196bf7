// The operator is told when somebody else had a hand in his call or his seat.
import { announceLong } from './announce'
import { t, tWord } from './i18n'
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
  if (m.type === 'CallControlled' && m.refused === null && isMine(m.call_id)) {
    const reason = typeof m.reason === 'string' && m.reason ? t('notice.reason', { reason: m.reason }) : ''
    announceLong(t('notice.commanded', { by, what: tWord('command', String(m.what)), reason }))
  }
}

function isMine(callId: string | undefined): boolean {
  const call = state.value.calls.rows[callId ?? '']
  if (call === undefined) return false
  return call.seat_id === ownSeat.value || call.parties.some((one) => one.role === 'seat' && one.who === ownSeat.value)
}
