import { describe, expect, it } from 'vitest'
import { conditions, pictureOf } from '../src/flows'
import { listedMessages, mayFinish, mayTake, textless } from '../src/messages'
import { applyOne, EMPTY, loadSlice, type State } from '../src/reducers'
import { inOrder, turned } from '../src/switches'
import type { Message, Order, Switch } from '../src/types'
import { AT, CALL, event } from './events'

const ID = `${CALL}-own-1`
const message = (more: Partial<Message> = {}): Message => ({
  message_id: ID, call_id: CALL, caller_number: '138****0001', state: 'new', how: 'confirmed',
  began_at: AT, left_at: AT, duration_ms: 9000, starts_at_ms: 0, text: '', text_asked_at: null,
  transcription: 'wanted', taken_at: null, taken_by: null, seat_id: null, done_at: null,
  done_by: null, order_id: null, reason: null, ...more,
})
const having = (...rows: Message[]): State => ({
  ...EMPTY, messages: loadSlice(10, rows, (one) => one.message_id),
})
const row = (state: State): Message => state.messages.rows[ID] as Message

describe('messages', () => {
  it('come into the list as soon as one is left', () => {
    const left = applyOne(having(), event(11, 'MessageLeft', { call_id: CALL, message_id: ID }))
    expect(left.messages.lacking).toBe(true)
  })

  it('are taken, whereupon the number is asked for, and done with an order or a reason', () => {
    const taken = applyOne(having(message()), event(11, 'MessageTaken', { message_id: ID, by: 'li', seat_id: '8002' }))
    expect(row(taken)).toMatchObject({ state: 'taken', taken_by: 'li', seat_id: '8002' })
    expect(taken.messages.lacking).toBe(true)
    const done = applyOne(taken, event(12, 'MessageDone', { message_id: ID, by: 'li', order_id: 'o1', reason: null }))
    expect(row(done)).toMatchObject({ state: 'done', done_by: 'li', order_id: 'o1' })
  })

  it('get their text when the transcript of their call is whole, and no other call asks for any', () => {
    const finished = event(11, 'TranscriptFinished', { call_id: CALL })
    expect(applyOne(having(message()), finished).messages.lacking).toBe(true)
    expect(applyOne(having(message({ call_id: 'another' })), finished).messages.lacking).toBe(false)
  })

  it('wait with the oldest first; what is done has the newest first', () => {
    const at = (hour: number): string => `2026-01-05T0${hour}:00:00Z`
    const all = [message({ left_at: at(3) }), message({ left_at: at(1) }), message({ state: 'done', done_at: at(4) }), message({ state: 'done', done_at: at(5) })]
    expect(listedMessages(all, 'new').map((one) => one.left_at)).toEqual([at(1), at(3)])
    expect(listedMessages(all, 'done').map((one) => one.done_at)).toEqual([at(5), at(4)])
  })

  it('are seen to by who has taken them, or by a supervisor', () => {
    const taken = message({ state: 'taken', taken_by: 'li' })
    expect([mayTake(message(), 'wang', false), mayFinish(message(), 'wang', false)]).toEqual([true, true])
    expect([mayTake(taken, 'wang', false), mayFinish(taken, 'wang', false)]).toEqual([false, false])
    expect([mayTake(taken, 'li', false), mayFinish(taken, 'li', false)]).toEqual([false, true])
    expect([mayTake(taken, 'ban', true), mayFinish(taken, 'ban', true)]).toEqual([true, true])
    expect(mayFinish(message({ state: 'done' }), 'li', true)).toBe(false)
  })

  it('say why there is nothing to read', () => {
    expect(textless(message({ text: '你好' }))).toBeNull()
    expect(textless(message())).toBe('making')
    expect(textless(message({ transcription: 'left_out' }))).toBe('leftOut')
    expect(textless(message({ transcription: 'finished' }))).toBe('nothing')
  })
})

describe('an order that is urged', () => {
  const order: Order = {
    order_id: 'o1', call_id: CALL, seat_id: '8001', state: 'accepted', opened_at: AT, submitted_at: AT,
    submitted_by: 'li', repeat_of: null, message_id: null, urges: 1, urged_at: '2026-01-05T08:00:00Z',
    revision: 3, fields: {}, missing: [],
  }
  const state: State = { ...EMPTY, orders: loadSlice(10, [order], (one) => one.order_id) }
  const urged = (seq: number, at: string) => ({ ...event(seq, 'OrderUrged', { order_id: 'o1' }), at })

  it('counts each urging once, also one that an answer told of before', () => {
    const later = applyOne(state, urged(11, '2026-01-05T09:00:00Z'))
    expect(later.orders.rows.o1).toMatchObject({ urges: 2, urged_at: '2026-01-05T09:00:00Z' })
    expect(applyOne(state, urged(12, '2026-01-05T08:00:00Z')).orders.rows.o1?.urges).toBe(1)
  })
})

describe('switches', () => {
  const off = (name: string): Switch => ({ name, on: false, by: '', reason: '', text: '', others: {}, at: null })
  const all = inOrder([off('voice-bot'), off('night'), off('emergency')])

  it('stand in the order in which they matter', () => {
    expect(all.map((one) => one.name)).toEqual(['emergency', 'night', 'voice-bot'])
  })

  it('follow what is told of them and nothing else', () => {
    const told = event(11, 'SwitchChanged', { name: 'emergency', on: true, by: 'ban', reason: 'r', text: 'words', others: [{ language: 'en', words: 'rain' }] })
    expect(turned(all, [told])[0]).toMatchObject({ on: true, by: 'ban', reason: 'r', text: 'words', others: { en: 'rain' } })
    expect(turned(all, [told]).slice(1)).toEqual(all.slice(1))
    expect(turned(all, [event(12, 'CallArrived', {})])).toBe(all)
  })
})

describe('flows', () => {
  const none = { profile: 'p', called: [], switch: null, waiting_from: null, hours: [] }
  it('say every condition of a profile, and none for the last one', () => {
    expect(conditions(none)).toEqual([])
    expect(conditions({ ...none, switch: 'night', waiting_from: 30, hours: ['h'] })).toHaveLength(3)
  })

  it('are shown as pictures, whose markup is never part of the page', () => {
    expect(pictureOf('<svg><script/></svg>')).not.toMatch(/[<>]/)
  })
})
