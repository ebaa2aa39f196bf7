import { describe, expect, it } from 'vitest'
import { NO_WISH, queryOf, wishOf } from '../src/orderWish'

describe('the address of the list of orders', () => {
  it('says only what narrows it, and comes back as it was', () => {
    const wish = { ...NO_WISH, state: 'accepted' as const, words: '电梯', since: '2026-11-01', urged_only: true, sort: 'urgency' as const }
    const query = queryOf(wish, 3)
    expect(query).toEqual({ state: 'accepted', words: '电梯', since: '2026-11-01', urged_only: '1', sort: 'urgency', page: '3' })
    expect(wishOf(query)).toEqual({ wish, page: 3 })
    expect(queryOf(NO_WISH)).toEqual({})
  })

  it('takes what is wrong in it as not said', () => {
    const spoilt = { state: 'eaten', since: '21.11.2026', sort: ['newest', 'oldest'], page: '-2', repeats_only: 'yes' }
    expect(wishOf(spoilt)).toEqual({ wish: NO_WISH, page: 1 })
  })
})
