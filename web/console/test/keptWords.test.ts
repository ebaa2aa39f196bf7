import { describe, expect, it } from 'vitest'
import { forgetAllTyped, keepingOf } from '../src/keptWords'
import { OrderDraft } from '../src/orderDraft'
import { callOnDesk } from '../src/deskCall'
import type { Order } from '../src/types'
import { seat } from './events'

class Shelf implements Storage {
  private readonly kept = new Map<string, string>()
  full = false
  get length(): number {
    return this.kept.size
  }
  clear(): void {
    this.kept.clear()
  }
  getItem = (key: string): string | null => this.kept.get(key) ?? null
  key = (at: number): string | null => [...this.kept.keys()][at] ?? null
  removeItem = (key: string): void => void this.kept.delete(key)
  setItem(key: string, value: string): void {
    if (this.full) throw new Error('QuotaExceededError')
    this.kept.set(key, value)
  }
}

const order = (revision: number, content = ''): Order => ({
  order_id: '20261121-000001', call_id: 'c', seat_id: '8001', state: 'draft', opened_at: '', submitted_at: null,
  submitted_by: null, repeat_of: null, message_id: null, urges: 0, urged_at: null, revision,
  fields: { content: { value: content, by: 'machine', confidence: 0.8, proof: null } }, missing: [],
})

describe('words that were typed and not saved', () => {
  it('are back after the tab was closed, with the revision that was seen', () => {
    const shelf = new Shelf()
    const before = new OrderDraft(keepingOf('zhang', '20261121-000001', shelf))
    before.write(order(3), 'content', '电梯坏了')
    const after = new OrderDraft(keepingOf('zhang', '20261121-000001', shelf))
    expect(after.valueOf(order(5, '机器'), 'content')).toBe('电梯坏了')
    expect(after.revision(order(5))).toBe(3)
  })

  it('are gone once saved, and another user and another order never see them', () => {
    const shelf = new Shelf()
    const draft = new OrderDraft(keepingOf('zhang', '20261121-000001', shelf))
    draft.write(order(3), 'content', '电梯坏了')
    expect(new OrderDraft(keepingOf('li', '20261121-000001', shelf)).isDirty(order(3))).toBe(false)
    expect(new OrderDraft(keepingOf('zhang', '20261121-000002', shelf)).isDirty(order(3))).toBe(false)
    draft.clear()
    expect(shelf.length).toBe(0)
  })

  it('leave the machine when the user logs out, and nothing else does', () => {
    const shelf = new Shelf()
    shelf.setItem('hotline.locale', 'en')
    new OrderDraft(keepingOf('zhang', 'a', shelf)).write(order(3), 'content', '甲')
    new OrderDraft(keepingOf('zhang', 'b', shelf)).write(order(3), 'content', '乙')
    forgetAllTyped(shelf)
    expect([shelf.length, shelf.getItem('hotline.locale')]).toEqual([1, 'en'])
  })

  it('stay in the form though nothing can be kept, and spoilt ones are left', () => {
    const shelf = new Shelf()
    shelf.full = true
    const draft = new OrderDraft(keepingOf('zhang', 'a', shelf))
    draft.write(order(3), 'content', '甲')
    expect(draft.valueOf(order(3), 'content')).toBe('甲')
    shelf.full = false
    for (const spoilt of ['{', '7', '{"base":1,"typed":{"content":7}}', '{"base":"x","typed":{}}']) {
      shelf.setItem('hotline.typed.zhang.a', spoilt)
      expect(new OrderDraft(keepingOf('zhang', 'a', shelf)).isDirty(order(3))).toBe(false)
    }
  })
})

describe('the call on the desk', () => {
  it('is the seat’s own, from before it rings until its wrap-up is done', () => {
    const on = (state: typeof seat.state, call_id: string | null, last_call_id: string | null = null) =>
      callOnDesk({ ...seat, state, call_id, last_call_id })
    expect(on('reserved', 'c1')).toBe('c1')
    expect(on('talking', 'c1', 'c0')).toBe('c1')
    expect(on('wrap_up', null, 'c1')).toBe('c1')
    expect(on('ready', null, 'c1')).toBeNull()
    expect(callOnDesk(undefined)).toBeNull()
  })
})
