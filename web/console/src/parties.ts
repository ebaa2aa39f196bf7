// Who a party is, in words: a seat with its operator, a line of the directory, or a number outside.
import { directory, directoryTrouble, needDirectory } from './directory'
import { t } from './i18n'
import { state } from './store'
import type { Call, Party } from './types'

export function partyName(who: string): string {
  if (who === 'outside') return t('party.outside')
  const seat = state.value.seats.rows[who]
  if (seat) return `${who} ${seat.operator_name}`
  const line = directory.value.find((one) => one.code === who)
  // Wherever somebody outside is first shown, the directory names him; who may not read it sees its code.
  if (line === undefined && who && directoryTrouble.value === '') void needDirectory()
  return line?.name ?? who
}

/** The part of a seat in a call, be it only rung for it; a third party is never one of our seats. */
export function partOf(call: Call | null, seatId: string | null): Party | undefined {
  if (seatId === null) return undefined
  return call?.parties.find((one) => one.role !== 'third' && one.who === seatId)
}
