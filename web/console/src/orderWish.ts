// Which orders the list shows, as its address says it: a filter can be sent to a colleague, and the
// way back from an order finds the list as it was left.
import type { LocationQuery } from 'vue-router'
import type { OrderSort, OrderState, OrderWish } from './types'

export const PAGE = 50
/** Further states of an order's course take their place here. */
export const STATES: readonly (OrderState | '')[] = ['', 'draft', 'accepted', 'diverted', 'discarded']
export const SORTS: readonly OrderSort[] = ['newest', 'oldest', 'urgency', 'urges']

export const NO_WISH: OrderWish = {
  state: '',
  words: '',
  since: '',
  until: '',
  request_type: '',
  urgency: '',
  event_type: '',
  district: '',
  repeats_only: false,
  urged_only: false,
  sort: 'newest',
}
const DAY = /^\d{4}-\d{2}-\d{2}$/

const textOf = (query: LocationQuery, name: string): string => {
  const found = query[name]
  return typeof found === 'string' ? found : ''
}

/** What an address means; what it says wrongly is as if it were not there. */
export function wishOf(query: LocationQuery): { wish: OrderWish; page: number } {
  const text = (name: string): string => textOf(query, name)
  const among = <T extends string>(name: string, all: readonly T[], otherwise: T): T =>
    all.find((one) => one === text(name)) ?? otherwise
  const day = (name: string): string => (DAY.test(text(name)) ? text(name) : '')
  const page = Number.parseInt(text('page'), 10)
  return {
    wish: {
      state: among('state', STATES, ''),
      words: text('words').slice(0, 100),
      since: day('since'),
      until: day('until'),
      request_type: text('request_type'),
      urgency: text('urgency'),
      event_type: text('event_type'),
      district: text('district'),
      repeats_only: text('repeats_only') === '1',
      urged_only: text('urged_only') === '1',
      sort: among('sort', SORTS, 'newest'),
    },
    page: Number.isInteger(page) && page > 1 ? page : 1,
  }
}

/** The address for it: only what differs from "all, newest first, first page". */
export function queryOf(wish: OrderWish, page = 1): Record<string, string> {
  const put = (Object.keys(NO_WISH) as (keyof OrderWish)[])
    .filter((name) => wish[name] !== NO_WISH[name])
    .map((name) => [name, wish[name] === true ? '1' : String(wish[name])] as const)
  return { ...Object.fromEntries(put), ...(page > 1 ? { page: String(page) } : {}) }
}
