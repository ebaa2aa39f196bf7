// One request at a time, and no key press is lost because an answer is slower than the live stream.
import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { filledUp } from '../src/reducers'
import { putOrder, putSeat, state } from '../src/store'
import { useTurns } from '../src/turns'
import { after, ANSWERED_CALL, event, LOADED, ORDER, seat } from './events'

class Slow {
  asked: string[] = []
  private waiting: (() => void)[] = []
  request = (what: string) => (): Promise<void> => {
    this.asked.push(what)
    return new Promise((resolve) => this.waiting.push(resolve))
  }
  async answer(): Promise<void> {
    this.waiting.shift()?.()
    await new Promise((resolve) => setTimeout(resolve))
  }
}

describe('requests', () => {
  it('are not sent twice while nothing has changed', async () => {
    const service = new Slow()
    const { busy, take } = useTurns(() => 'talking')
    const first = take(service.request('hold'))
    expect(busy.value).toBe(true)
    expect(await take(service.request('hold'))).toBe(false)
    await service.answer()
    expect(await first).toBe(true)
    expect(busy.value).toBe(false)
    expect(service.asked).toEqual(['hold'])
  })

  it('are taken as soon as the last one is seen to be done, and sent after its answer', async () => {
    const service = new Slow()
    const seen = ref('talking')
    const { busy, take } = useTurns(() => seen.value)
    const first = take(service.request('hold'))
    await Promise.resolve()
    seen.value = 'held'
    expect(busy.value).toBe(false)
    const second = take(service.request('retrieve'))
    expect(busy.value).toBe(true)
    await Promise.resolve()
    expect(service.asked).toEqual(['hold'])
    await service.answer()
    expect(service.asked).toEqual(['hold', 'retrieve'])
    await service.answer()
    expect(await Promise.all([first, second])).toEqual([true, true])
    expect(busy.value).toBe(false)
  })

  it('that are refused free the way for the next', async () => {
    const { busy, take } = useTurns()
    await expect(take(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(busy.value).toBe(false)
    expect(await take(() => Promise.resolve())).toBe(true)
  })
})

describe('a late answer', () => {
  it('takes back nothing of what the stream told of the seat meanwhile', () => {
    state.value = LOADED
    const before = state.value.seats.rows[seat.seat_id]
    state.value = after(event(11, 'SeatStateChanged', { seat_id: '8001', state: 'ringing', was: 'ready', call_id: 'c' }))
    putSeat({ ...seat, state: 'ready' }, before)
    expect(state.value.seats.rows[seat.seat_id]?.state).toBe('ringing')
    putSeat({ ...seat, state: 'not_ready' }, state.value.seats.rows[seat.seat_id])
    expect(state.value.seats.rows[seat.seat_id]?.state).toBe('not_ready')
  })

  it('fills a draft of which only its opening and its newest field were told here', () => {
    const value = (text: string) => ({ value: text, by: 'machine' as const, confidence: 0.9, proof: null })
    state.value = after(...ANSWERED_CALL)
    const whole = { ...state.value.orders.rows[ORDER]!, revision: 4, fields: { request_type: value('complaint') } }
    state.value = after(...ANSWERED_CALL, event(17, 'FieldsProposed', { order_id: ORDER, revision: 5, fields: [['address', value('x')]] }))
    putOrder(whole)
    const row = state.value.orders.rows[ORDER]!
    expect([row.revision, row.fields.address?.value, row.fields.request_type?.value]).toEqual([5, 'x', 'complaint'])
    expect(row.missing).not.toContain('request_type')
    expect(filledUp(row, whole).fields).toEqual(row.fields)
  })
})
