import { describe, expect, it } from 'vitest'
import { widens } from '../src/adminApi'
import { daysOf, heardPercent, listed, type SampledCall } from '../src/samples'

const call = (over: Partial<SampledCall>): SampledCall => ({
  call_id: 'c', recording_id: 'c-1', agent: 'wang', agent_name: '王明', seat_id: '8001', inspector: 'qin', inspector_name: '秦',
  state: 'waiting', reason: '', checked_at: null, started_at: null, duration_ms: 60_000, heard_ms: 0, skill_group_name: null,
  satisfaction: null, score: null, lot: '', ...over,
})

describe('drawn calls', () => {
  it('are of days, the last one included', () => {
    const week = { since: new Date(2026, 10, 9).toISOString(), until: new Date(2026, 10, 16).toISOString() }
    expect(daysOf(week, 'zh-CN')).toBe('11月9日 – 11月15日')
    expect(daysOf({ ...week, until: new Date(2026, 10, 10).toISOString() }, 'zh-CN')).toBe('11月9日')
  })

  it('count as heard by what sounded: some seconds are not nothing, and no call is heard twice', () => {
    expect([0, 100, 30_000, 90_000].map((heard_ms) => heardPercent({ heard_ms, duration_ms: 60_000 }))).toEqual([0, 1, 50, 100])
    expect(heardPercent({ heard_ms: 5, duration_ms: 0 })).toBe(0)
  })

  it('are shown by whose they are, by what became of them, and by agent', () => {
    const calls = [call({ call_id: 'a' }), call({ call_id: 'b', inspector: null }), call({ call_id: 'c', state: 'done', agent: 'li' })]
    const ids = (...asked: [Parameters<typeof listed>[1], string]): string[] => listed(calls, ...asked, 'qin').map((one) => one.call_id)
    expect(ids('mine', '')).toEqual(['a', 'c'])
    expect(ids('waiting', '')).toEqual(['a', 'b'])
    expect(ids('all', 'li')).toEqual(['c'])
    expect(ids('skipped', '')).toEqual([])
  })
})

describe('wider rights', () => {
  const had = { roles: ['operator', 'administrator'] as const, area: '路南区' }
  it('are another role, another district, or an administrator unmade', () => {
    expect(widens(had, had)).toBe(false)
    expect(widens(had, { ...had, roles: ['administrator'] })).toBe(false)
    expect(widens(had, { ...had, roles: [...had.roles, 'inspector'] })).toBe(true)
    expect(widens(had, { ...had, area: '' })).toBe(true)
    expect(widens(had, { ...had, roles: ['operator'] })).toBe(true)
    expect(widens({ roles: ['supervisor'], area: '' }, { roles: ['supervisor'], area: '路南区' })).toBe(false)
  })
})
