// The board's own rules: when to ask again, seats in their places, notices, columns, an old wall.
import { describe, expect, it } from 'vitest'
import { countStates, inPlaces, LATEST_MS, movesFloor, pauseMs, SOONEST_MS, takes } from '../src/board'
import { meantFor, told } from '../src/notices'
import { clockTime, isEmpty, rowsOf } from '../src/trend'
import type { LiveMessage, Seat, SeatNotice, TrendColumn } from '../src/types'
import { EVERY_MS, freshness, OLD_AFTER_MS, pauseMs as wallPauseMs } from '../src/wall'

const seat = (seat_id: string, state: Seat['state'], more: object = {}) =>
  ({ seat_id, state, phone_reachable: true, ...more }) as Seat

describe('when the board asks again', () => {
  it('waits the shortest time after the last question when the floor moved', () => {
    expect(pauseMs(1000, 1050, true)).toBe(SOONEST_MS - 50)
    expect(pauseMs(1000, 9000, true)).toBe(0)
  })
  it('looks now and then when nothing is told, because waits grow by themselves', () => {
    expect(pauseMs(1000, 1000, false)).toBe(LATEST_MS)
  })
  it('is moved by the line and by seats, and not by words', () => {
    const said = (type: string): LiveMessage => ({ seq: 1, type })
    expect(movesFloor([said('UtteranceHeard'), said('PartialHeard')])).toBe(false)
    expect(movesFloor([said('UtteranceHeard'), said('CallQueued')])).toBe(true)
    expect(movesFloor([said('SeatStateChanged')])).toBe(true)
  })
})

describe('seats on the board', () => {
  it('stay at their places while their states change; who has left comes last', () => {
    const seats = [seat('8003', 'signed_out'), seat('8010', 'ready'), seat('8002', 'talking')]
    expect(inPlaces(seats).map((one) => one.seat_id)).toEqual(['8002', '8010', '8003'])
    expect(seats[0]?.seat_id).toBe('8003')
  })
  it('are counted by state, without empty ones', () => {
    const counted = countStates([seat('1', 'talking'), seat('2', 'ready'), seat('3', 'talking')])
    expect(counted).toEqual([{ state: 'ready', count: 1 }, { state: 'talking', count: 2 }])
  })
  it('take a citizen only when they are free and their telephone can be reached', () => {
    expect(takes(seat('1', 'ready'))).toBe(true)
    expect(takes(seat('1', 'ready', { phone_reachable: false }))).toBe(false)
    expect(takes(seat('1', 'wrap_up'))).toBe(false)
  })
})

describe('notices to seats', () => {
  const posted: LiveMessage = { seq: 5, type: 'NoticePosted', at: '2026-01-05T04:00:00Z', notice_id: 'n1', by: 'ban', text: '系统升级', skill_groups: [], addressed: ['8001'] }
  const read: LiveMessage = { seq: 6, type: 'NoticeRead', at: '2026-01-05T04:01:00Z', notice_id: 'n1', seat_id: '8001', by: 'zhang' }

  it('come once, are ticked off, and go when they are taken back', () => {
    const one = told([], [posted, posted], '8001')
    expect(one).toHaveLength(1)
    const [after] = told(one, [read], '8001') as [SeatNotice]
    expect(after.mine_read_at).toBe(read.at)
    expect(after.read_at).toEqual({ '8001': read.at })
    expect(told(one, [{ seq: 7, type: 'NoticeWithdrawn', notice_id: 'n1' }], '8001')).toEqual([])
  })
  it("are not read by me when another seat's operator has read them", () => {
    const [after] = told(told([], [posted], '8002'), [read], '8002') as [SeatNotice]
    expect(after.mine_read_at).toBeNull()
  })
  it('without groups are for everybody, with groups for who serves one of them', () => {
    const one = { skill_groups: ['business'] } as unknown as SeatNotice
    expect(meantFor({ ...one, skill_groups: [] }, {})).toBe(true)
    expect(meantFor(one, { general: 1 })).toBe(false)
    expect(meantFor(one, { general: 1, business: 2 })).toBe(true)
  })
})

describe('the day in columns', () => {
  const column = (since: string, offered: number, mean: number | null = null): TrendColumn => ({ since, offered, answered: offered, in_time: offered, gave_up: 0, mean_wait_ms: mean, longest_wait_ms: mean })
  const day = [column('2026-01-04T16:00:00Z', 0), column('2026-01-04T16:15:00Z', 0), column('2026-01-04T16:30:00Z', 3, 4000), column('2026-01-04T16:45:00Z', 0)]

  it('begins just before the first caller', () => {
    const [at, offered, , , wait] = rowsOf(day)
    expect(offered).toEqual([0, 3, 0])
    expect(wait).toEqual([null, 4, null])
    expect(clockTime((at[0] ?? 0) - 450)).toBe('00:15')
  })
  it('is empty without callers', () => {
    expect(isEmpty(day.slice(0, 2))).toBe(true)
    expect(rowsOf(day.slice(0, 2))[0]).toEqual([])
  })
})

describe('the wall', () => {
  it('says that its numbers are old after a silence that is not chance', () => {
    expect(freshness(null, 10)).toBe('none')
    expect(freshness(1000, 1000 + OLD_AFTER_MS)).toBe('fresh')
    expect(freshness(1000, 1001 + OLD_AFTER_MS)).toBe('old')
    expect(EVERY_MS * 3).toBeLessThan(OLD_AFTER_MS)
  })
  it('asks ever more rarely while nobody answers, and never gives up', () => {
    expect(wallPauseMs(0)).toBe(EVERY_MS)
    expect(wallPauseMs(3)).toBeGreaterThan(wallPauseMs(1))
    expect(wallPauseMs(1000)).toBe(5000)
  })
})
