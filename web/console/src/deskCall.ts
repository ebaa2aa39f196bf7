// Which call lies on the desk: the one of the seat's state, so that F5 and a new tab show the same.
import type { Seat } from './types'

const HAS_CALL: ReadonlySet<string> = new Set(['reserved', 'ringing', 'talking'])

export function callOnDesk(seat: Seat | undefined): string | null {
  if (seat === undefined) return null
  if (HAS_CALL.has(seat.state)) return seat.call_id
  return seat.state === 'wrap_up' ? (seat.call_id ?? seat.last_call_id) : null
}
