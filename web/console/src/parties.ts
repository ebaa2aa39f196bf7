// Who a party is, in words: a seat with its operator, a line of the directory, or a number outside.
import { directory } from './directory'
import { t } from './i18n'
import { state } from './store'

export function partyName(who: string): string {
  if (who === 'outside') return t('party.outside')
  const seat = state.value.seats.rows[who]
  if (seat) return `${who} ${seat.operator_name}`
  return directory.value.find((line) => line.code === who)?.name ?? who
}
