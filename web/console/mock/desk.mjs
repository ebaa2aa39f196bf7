// What the pretended service knows beside the calls: a seat's day, a caller's past, orders by conditions.
import { missing } from './world.mjs'

const ago = (s) => new Date(Date.now() - s * 1000).toISOString()
const GRAVITY = ['very_urgent', 'urgent', 'ordinary']

export const dayOf = (seat) => ({
  seat_id: seat.seat_id,
  since: ago(20_000),
  until: ago(0),
  signed_in_ms: 14_000_000,
  spent: [
    { state: 'talking', reason: null, part: 'seat', ms: 7_421_000, times: 38 },
    { state: 'wrap_up', reason: null, part: 'seat', ms: 1_632_000, times: 38 },
    { state: 'ready', reason: null, part: 'seat', ms: 3_012_000, times: 41 },
    { state: 'not_ready', reason: 'meal', part: 'seat', ms: 1_935_000, times: 2 },
  ],
  stays: [],
  notes: [],
})

export const callerHistory = (world) => {
  const left = [...world.orders.values()].filter((one) => one.fields.content).slice(0, 3)
  const calls = left.map((one, n) => ({
    call_id: one.call_id, arrived_at: ago(86_400 * (n + 1) * 3), state: 'ended', direction: 'in', seat_id: '8002', answered: true,
    order: { order_id: one.order_id, state: n === 0 ? 'accepted' : one.state, opened_at: one.opened_at, submitted_at: one.submitted_at, summary: one.fields.summary?.value ?? one.fields.content?.value ?? '', urges: n === 1 ? 2 : 0 },
  }))
  calls.push({ call_id: 'past', arrived_at: ago(86_400 * 20), state: 'abandoned', direction: 'in', seat_id: null, answered: false, order: null })
  return { calls }
}

export function found(all, query) {
  const of = (one, name) => one.fields[name]?.value ?? ''
  const wanted = (query.get('words') ?? '').split(/\s+/).filter(Boolean)
  const fit = all.filter(
    (one) =>
      (query.get('state') ? one.state === query.get('state') : one.state !== 'discarded') &&
      ['urgency', 'request_type', 'event_type', 'district'].every((name) => !query.get(name) || of(one, name) === query.get(name)) &&
      (!query.get('urged_only') || one.urges > 0) &&
      (!query.get('repeats_only') || one.repeat_of) &&
      wanted.every((word) => `${one.order_id}${of(one, 'content')}${of(one, 'address')}${of(one, 'summary')}`.includes(word)),
  )
  const by = {
    newest: (a, b) => b.order_id.localeCompare(a.order_id),
    oldest: (a, b) => a.order_id.localeCompare(b.order_id),
    urgency: (a, b) => GRAVITY.indexOf(of(a, 'urgency')) - GRAVITY.indexOf(of(b, 'urgency')),
    urges: (a, b) => b.urges - a.urges,
  }[query.get('sort') ?? 'newest']
  const [skip, limit] = [Number(query.get('skip') ?? 0), Number(query.get('limit') ?? 50)]
  return { total: fit.length, orders: fit.sort(by).slice(skip, skip + limit).map((one) => ({ ...one, missing: missing(one) })) }
}

export const courseOf = (order) => ({
  course: [
    { at: order.opened_at, by: 'machine', what: 'state', was: null, now: 'draft' },
    ...Object.entries(order.fields).map(([what, field]) => ({ at: order.opened_at, by: field.by === 'machine' ? 'machine' : 'op8002', what, was: null, now: field.value })),
    ...(order.submitted_at ? [{ at: order.submitted_at, by: order.submitted_by, what: 'state', was: 'draft', now: 'accepted' }] : []),
  ],
})
