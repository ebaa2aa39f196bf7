// How an order's fields are laid out and said; which words the service takes is in orders/model.py.
import { tWord } from './i18n'
import type { OrderFieldName } from './types'

export const FIELD_ORDER: readonly OrderFieldName[] = [
  'caller_name',
  'contact_number',
  'request_type',
  'event_type',
  'urgency',
  'address',
  'content',
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

/** A value as people read it: words of the service in the user's language. */
export function shownValue(name: OrderFieldName, value: string): string {
  if (name === 'request_type') return tWord('request', value)
  if (name === 'urgency') return tWord('urgency', value)
  return value
}
