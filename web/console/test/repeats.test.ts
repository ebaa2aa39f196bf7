import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { namesLike } from '../src/orderFields'
import { isLinked, LOOK_AFTER_MS, QuietLook, SHOWN, shown } from '../src/repeats'
import { isGoing, lastDay, periodOf, share, withRerun } from '../src/reruns'
import type { Order, Repeat, Rerun } from '../src/types'
import { after, ANSWERED_CALL, event, ORDER } from './events'

const candidate = (n: number, more: Partial<Repeat> = {}): Repeat => ({
  order_id: `20261120-00000${n}`, state: 'accepted', opened_at: '', submitted_at: null,
  summary: '', similarity: 0.5, same_number: true, repeat_of: null, ...more,
})
const order = (repeat_of: string | null): Order => ({
  order_id: ORDER, call_id: 'c', seat_id: '8001', state: 'draft', opened_at: '', submitted_at: null,
  submitted_by: null, repeat_of, message_id: null, urges: 0, urged_at: null, revision: 1, fields: {}, missing: [],
})
const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => candidate(n))

describe('possible repeats', () => {
  it('are the likeliest few, and the linked one is never left out', () => {
    expect(shown(order(null), EIGHT).map((one) => one.order_id)).toEqual(
      EIGHT.slice(0, SHOWN).map((one) => one.order_id),
    )
    const linked = shown(order('20261120-000008'), EIGHT)
    expect(linked).toHaveLength(SHOWN)
    expect(linked.at(-1)?.order_id).toBe('20261120-000008')
  })

  it('are linked by the first order of all', () => {
    const later = candidate(2, { repeat_of: '20261120-000001' })
    expect(isLinked(order('20261120-000001'), later)).toBe(true)
    expect(isLinked(order('20261120-000001'), candidate(3))).toBe(false)
    expect(isLinked(order(null), candidate(3))).toBe(false)
  })

  it('are marked on every page that shows the order, also when it is told late', () => {
    const marked = event(17, 'RepeatMarked', { order_id: ORDER, repeat_of: '20261120-000001', revision: 2, by: 'zhang' })
    const back = event(18, 'RepeatMarked', { order_id: ORDER, repeat_of: null, revision: 3, by: 'zhang' })
    const of = (...told: ReturnType<typeof event>[]) => after(...ANSWERED_CALL, ...told).orders.rows[ORDER]
    expect(of(marked)).toMatchObject({ repeat_of: '20261120-000001', revision: 2 })
    expect(of(marked, back)?.repeat_of).toBeNull()
    expect(of(back, { ...marked, seq: 19 })?.repeat_of).toBeNull()
  })
})

describe('a look after a change', () => {
  let looks = 0
  const look = (): void => void (looks += 1)
  beforeEach(() => {
    looks = 0
    vi.useFakeTimers()
  })
  afterEach(() => void vi.useRealTimers())

  it('waits until it is quiet, and is one for many changes', () => {
    const quiet = new QuietLook(look, true)
    quiet.changed()
    vi.advanceTimersByTime(LOOK_AFTER_MS - 1)
    quiet.changed()
    vi.advanceTimersByTime(LOOK_AFTER_MS - 1)
    expect(looks).toBe(0)
    vi.advanceTimersByTime(1)
    expect(looks).toBe(1)
  })

  it('is put off while nobody can see it, and made up for only if something changed', () => {
    const quiet = new QuietLook(look, false)
    quiet.changed()
    vi.advanceTimersByTime(60_000)
    expect(looks).toBe(0)
    quiet.see(true)
    expect(looks).toBe(1)
    quiet.see(false)
    quiet.see(true)
    expect(looks).toBe(1)
  })

  it('that was waiting when the page was left is made when it is seen again', () => {
    const quiet = new QuietLook(look, true)
    quiet.changed()
    quiet.see(false)
    vi.advanceTimersByTime(60_000)
    expect(looks).toBe(0)
    quiet.see(true)
    expect(looks).toBe(1)
  })

  it('is not made once it is stopped', () => {
    const quiet = new QuietLook(look, true)
    quiet.changed()
    quiet.stop()
    quiet.see(false)
    quiet.see(true)
    vi.advanceTimersByTime(60_000)
    expect(looks).toBe(0)
  })
})

it('a name to choose is found by any part of it, and a chosen one hides no other', () => {
  const names = ['路北区', '路南区', '丰润区']
  expect(namesLike(names, '')).toEqual(names)
  expect(namesLike(names, ' 路')).toEqual(['路北区', '路南区'])
  expect(namesLike(names, '路南区')).toEqual(names)
  expect(namesLike(names, '海淀')).toEqual([])
})

describe('going through calls again', () => {
  const rerun = (more: Partial<Rerun> = {}): Rerun => ({
    id: 'r1', since: '', until: '', by: 'zhi', started_at: '', ended_at: null, cancelled_by: null,
    calls: 40, done: 10, unchanged: 0, signals: 0, ...more,
  })

  it('takes whole days, the last one included', () => {
    const period = periodOf('2026-11-15', '2026-11-21')!
    expect(Date.parse(period.until) - Date.parse(period.since)).toBe(7 * 86_400_000)
    expect(new Date(period.since).getHours()).toBe(0)
    expect(lastDay(rerun({ until: period.until })).toLocaleDateString('sv-SE')).toBe('2026-11-21')
    expect(periodOf('2026-11-21', '2026-11-21')).not.toBeNull()
  })

  it('needs both days and the right way round', () => {
    expect([periodOf('2026-11-21', '2026-11-20'), periodOf('', '2026-11-20'), periodOf('2026-11-20', '')]).toEqual([null, null, null])
  })

  it('says how far it is, also when there was nothing to do', () => {
    expect([share(rerun()), share(rerun({ calls: 0, done: 0 }))]).toEqual([0.25, 1])
    expect([isGoing(rerun()), isGoing(rerun({ ended_at: '2026-11-21T10:00:00Z' }))]).toEqual([true, false])
  })

  it('keeps one account of each run', () => {
    const list = withRerun(withRerun([], rerun()), rerun({ id: 'r2' }))
    expect(withRerun(list, rerun({ done: 40 })).map((one) => [one.id, one.done])).toEqual([['r2', 10], ['r1', 40]])
  })
})
