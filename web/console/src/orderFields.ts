// How an order's fields are laid out and said; which words the service takes is in orders/model.py.
import { localMoment } from './format'
import { tWord } from './i18n'
import type { OrderFieldName } from './types'

export const FIELD_ORDER: readonly OrderFieldName[] = [
  'caller_name',
  'contact_number',
  'request_type',
  'event_type',
  'urgency',
  'happened_at',
  'district',
  'persons',
  'address',
  'want',
  'content',
  'summary',
]

/** On the desk what the citizen tells stands above what is asked after it. */
export const DESK_FIELD_ORDER: readonly OrderFieldName[] = [
  'caller_name',
  'contact_number',
  'request_type',
  'event_type',
  'urgency',
  'district',
  'content',
  'address',
  'happened_at',
  'persons',
  'want',
  'summary',
]

export const REQUEST_TYPES = [
  'consultation',
  'help',
  'complaint',
  'report',
  'praise',
  'suggestion',
  'guidance',
] as const
export const URGENCIES = ['ordinary', 'urgent', 'very_urgent'] as const
/** orders.model.ANONYMOUS: the caller's name when he gives none; a value, not a text of ours. */
export const ANONYMOUS = '匿名'

/** Characters, as orders/values.py takes them. */
export const longest = (name: OrderFieldName): number =>
  name === 'content' ? 5000 : name === 'summary' ? 500 : 200

/** How long a summary of an order should be. */
export const SUMMARY = { least: 50, most: 150 } as const
/** Characters as people count them: blanks are none. */
export const lengthOf = (text: string): number => [...text.replace(/\s/g, '')].length

const two = (digits: string): string => digits.padStart(2, '0')

/** A typed moment as the service takes it: 2026/11/2 8:00 is 2026-11-02T08:00; else as typed. */
export function momentValue(typed: string): string {
  const text = typed.normalize('NFKC').trim()
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d{1,2})[:点](\d{1,2})?分?)?$/.exec(text)
  if (found === null) return typed
  const [, year, month, day, hour, minute] = found as unknown as [string, string, string, string, string?, string?]
  const date = `${year}-${two(month)}-${two(day)}`
  return hour === undefined ? date : `${date}T${two(hour)}:${two(minute ?? '0')}`
}

/** The names to choose from while somebody types; a whole name hides no other. */
export function namesLike(names: readonly string[], typed: string): readonly string[] {
  const part = typed.trim()
  const fitting = names.filter((name) => name.includes(part))
  return names.includes(part) ? names : fitting
}

/** A value as people read it: words of the service in the user's language. */
export function shownValue(name: OrderFieldName, value: string): string {
  if (name === 'request_type') return tWord('request', value)
  if (name === 'urgency') return tWord('urgency', value)
  if (name === 'happened_at') return localMoment(value)
  return value
}
