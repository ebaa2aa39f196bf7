// A seat that has been too long in a state, in words. 座席告警
import { duration } from './format'
import { t, tWord } from './i18n'
import type { SeatAlarm } from './types'

export function tooLong(one: SeatAlarm): string {
  const state = tWord('seat.state', one.state)
  const told = one.reason ? t('floor.tooLong.why', { state, reason: tWord('seat.reason', one.reason) }) : state
  return t('floor.tooLong', { state: told, limit: duration(one.limit_s * 1000) })
}
