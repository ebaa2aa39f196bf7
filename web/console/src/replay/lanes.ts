// Who was where when, on the recording's own clock: the call's course and everybody in it. Pure.
import type { CallState, PartyRole, Room, Timeline } from '../types'

export interface Bar {
  fromMs: number
  toMs: number
  /** A call's state, or a party's room. */
  what: CallState | Room | 'rings'
}

export interface Lane {
  id: string
  /** Null: the call's own course. */
  who: string | null
  role: PartyRole | null
  bars: Bar[]
}

/** `zero` is where the recording begins, as an instant. */
export function lanesOf(timeline: Timeline, zero: number, lengthMs: number): Lane[] {
  const place = (since: string, until: string | null): { fromMs: number; toMs: number } => ({
    fromMs: Math.max(0, Date.parse(since) - zero),
    toMs: Math.min(lengthMs, until === null ? lengthMs : Date.parse(until) - zero),
  })
  const within = (bar: Bar): boolean => bar.toMs > bar.fromMs
  const course: Lane = {
    id: 'call',
    who: null,
    role: null,
    bars: timeline.parts.map((part) => ({ ...place(part.since, part.until), what: part.state })).filter(within),
  }
  const parties = new Map<string, Lane>()
  for (const stay of timeline.parties) {
    // Who left and came back has one lane; people outside are told apart by their legs.
    const key = stay.who === 'outside' ? stay.leg_id : `${stay.role} ${stay.who}`
    const lane = parties.get(key) ?? { id: stay.leg_id, who: stay.who, role: stay.role, bars: [] }
    const bar: Bar = { ...place(stay.since, stay.until), what: stay.room ?? 'rings' }
    if (within(bar)) lane.bars.push(bar)
    parties.set(key, lane)
  }
  return [course, ...parties.values()].filter((lane) => lane.bars.length > 0)
}
