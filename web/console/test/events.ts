// Events as the service sends them, for the tests.
import { applyAll, EMPTY, loadSlice, type State } from '../src/reducers'
import type { LiveMessage, Seat } from '../src/types'

export const AT = '2026-11-21T10:00:00+00:00'
export const CALL = 'hl1-1763716.1'
export const ORDER = '20261121-000001'

export function event(seq: number | null, type: string, fields: object = {}): LiveMessage {
  return { seq, type, at: AT, call_id: CALL, ...fields }
}

export const seat: Seat = {
  seat_id: '8001',
  operator_name: '张敏',
  operator: 'zhang',
  state: 'ready',
  reason: null,
  since: '2026-11-21T09:00:00Z',
  until: null,
  call_id: null,
  last_call_id: null,
  phone_reachable: true,
  skills: { general: 1 },
  pending_not_ready: null,
}

/** Everything loaded, true for seq 10, with one free seat. */
export const LOADED: State = {
  ...EMPTY,
  calls: loadSlice(10, [], () => ''),
  seats: loadSlice(10, [seat], (one) => one.seat_id),
  orders: loadSlice(10, [], () => ''),
  callbacks: loadSlice(10, [], () => ''),
}

export const ARRIVED = event(11, 'CallArrived', {
  caller_number: '138****0001',
  called_number: '12345',
})
export const ANSWERED_CALL: LiveMessage[] = [
  ARRIVED,
  event(12, 'RecordingStarted'),
  event(13, 'CallQueued', { skill_group: 'general', joined_at: AT, priority: 0 }),
  event(14, 'CallOffered', { seat_id: '8001' }),
  event(15, 'DraftOpened', { order_id: ORDER, seat_id: '8001' }),
  event(16, 'CallAnswered', { seat_id: '8001', waited_ms: 8000 }),
]
export const after = (...messages: LiveMessage[]): State => applyAll(LOADED, messages)
