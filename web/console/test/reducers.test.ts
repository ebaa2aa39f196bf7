import { describe, expect, it } from 'vitest'
import {
  applyAll,
  applyOne,
  EMPTY,
  loadSlice,
  mergeTranscript,
  prune,
  watchTranscript,
  withSlice,
} from '../src/reducers'
import { after, ANSWERED_CALL, ARRIVED, AT, CALL, event, LOADED, ORDER, seat } from './events'

const call = (state = after(...ANSWERED_CALL)) => state.calls.rows[CALL]!

describe('calls', () => {
  it('follow a citizen from his arrival to the talk', () => {
    expect(call(after(ARRIVED))).toMatchObject({ state: 'arrived', caller_number: '138****0001' })
    expect(call()).toMatchObject({
      state: 'talking',
      seat_id: '8001',
      skill_group: 'general',
      waited_ms: 8000,
      order_id: ORDER,
      recording_id: `${CALL}-1`,
    })
  })

  it('go back to the line when the seat did not answer', () => {
    const ending = { blame: 'seat', reason: 'no-answer' }
    const state = after(
      ...ANSWERED_CALL.slice(0, 4),
      event(15, 'CallReturnedToLine', { seat_id: '8001', ending }),
    )
    expect(call(state)).toMatchObject({ state: 'queued', seat_id: null, joined_at: AT })
  })

  it('end with how long was talked and whose side ended them', () => {
    const ending = { blame: 'citizen', reason: 'hung-up' }
    const state = after(...ANSWERED_CALL, event(17, 'CallEnded', { talked_ms: 61000, ending }))
    expect(call(state)).toMatchObject({ state: 'ended', talked_ms: 61000, ending, ended_at: AT })
  })

  it('are asked for again when an event speaks of one that is not there', () => {
    const state = after(event(11, 'CallHeld', { seat_id: '8001' }))
    expect(state.calls.lacking).toBe(true)
    expect(state.calls.rows).toEqual({})
  })
})

describe('seq', () => {
  it('keeps what the list already has from being applied twice', () => {
    const state = applyOne(LOADED, { ...ARRIVED, seq: 10 })
    expect(state).toBe(LOADED)
  })

  it('lets a late answer catch up with what the stream said meanwhile', () => {
    const late = withSlice(EMPTY, 'calls', loadSlice(10, [], () => ''), ANSWERED_CALL)
    expect(call(late).state).toBe('talking')
    expect(late.seats.loaded).toBe(false)
  })

  it('changes nothing for an unknown event', () => {
    expect(applyOne(LOADED, event(11, 'SomethingNew'))).toBe(LOADED)
  })
})

describe('seats', () => {
  const changed = (seq: number, fields: object) =>
    event(seq, 'SeatStateChanged', { seat_id: '8001', was: 'ready', operator: 'zhang', ...fields })

  it('take state, call and deadline from the event', () => {
    const state = after(changed(11, { state: 'wrap_up', call_id: CALL, until: AT }))
    expect(state.seats.rows['8001']).toMatchObject({ state: 'wrap_up', call_id: CALL, until: AT, since: AT })
  })

  it('do not restart their timer when only the reason changed', () => {
    const state = after(changed(11, { was: 'not_ready', state: 'not_ready', reason: 'meal' }))
    expect(state.seats.rows['8001']).toMatchObject({ reason: 'meal', since: seat.since })
  })

  it('show a booked not-ready and take it back', () => {
    const booked = after(event(11, 'NotReadyBooked', { seat_id: '8001', reason: 'meal', by: 'zhang' }))
    expect(booked.seats.rows['8001']?.pending_not_ready).toBe('meal')
    const back = applyOne(booked, event(12, 'NotReadyBooked', { seat_id: '8001', reason: null, by: 'zhang' }))
    expect(back.seats.rows['8001']?.pending_not_ready).toBeNull()
  })

  it('show whether their phone can be reached', () => {
    const state = after(event(11, 'SeatPhoneChanged', { seat_id: '8001', reachable: false }))
    expect(state.seats.rows['8001']?.phone_reachable).toBe(false)
  })
})

describe('drafts', () => {
  const value = (text: string, by = 'machine') => ({ value: text, by, confidence: 0.8, proof: null })
  const proposed = (seq: number, revision: number, text: string) =>
    event(seq, 'FieldsProposed', { order_id: ORDER, revision, fields: [['content', value(text)]] })
  const order = (...more: ReturnType<typeof event>[]) =>
    after(...ANSWERED_CALL, ...more).orders.rows[ORDER]!

  it('are opened empty, with the five mandatory fields missing', () => {
    expect(order().missing).toHaveLength(5)
  })

  it('fill themselves field by field', () => {
    const filled = order(proposed(17, 1, '夜间施工'))
    expect(filled.fields.content).toEqual(value('夜间施工'))
    expect(filled.missing).not.toContain('content')
    expect(filled.revision).toBe(1)
  })

  it('let no older revision overwrite a newer one', () => {
    const edited = event(17, 'FieldsEdited', {
      order_id: ORDER,
      revision: 2,
      by: 'zhang',
      fields: [['content', value('人工写的', 'person')]],
    })
    expect(order(edited, proposed(18, 1, '机器写的')).fields.content?.value).toBe('人工写的')
  })

  it('miss a field again once it is emptied', () => {
    const emptied = event(18, 'FieldsEdited', { order_id: ORDER, revision: 2, by: 'zhang', fields: [['content', value('', 'person')]] })
    expect(order(proposed(17, 1, '夜间施工'), emptied).missing).toContain('content')
  })

  it('become accepted orders', () => {
    const submitted = event(17, 'OrderSubmitted', { order_id: ORDER, by: 'zhang', revision: 3 })
    expect(order(submitted)).toMatchObject({ state: 'accepted', submitted_by: 'zhang', revision: 3 })
  })
})

describe('transcripts', () => {
  const said = (seq: number, starts_at_ms: number, text: string, side = 'citizen') =>
    event(seq, 'UtteranceHeard', { side, text, starts_at_ms, ends_at_ms: starts_at_ms + 900, confidence: 0.9, words: [] })
  const partial = (starts_at_ms: number, text: string) =>
    event(null, 'PartialHeard', { side: 'citizen', text, starts_at_ms })
  const watched = watchTranscript(after(...ANSWERED_CALL), CALL)
  const words = (...messages: ReturnType<typeof event>[]) => applyAll(watched, messages).transcripts[CALL]!

  it('are kept only of the calls somebody looks at', () => {
    expect(after(...ANSWERED_CALL, said(17, 0, '您好')).transcripts).toEqual({})
  })

  it('show what is being said until the sentence is finished', () => {
    expect(words(partial(1000, '你')).partials.citizen?.text).toBe('你')
    const finished = words(partial(1000, '你'), said(17, 1000, '你好'))
    expect(finished.partials.citizen).toBeUndefined()
    expect(finished.utterances.map((one) => one.text)).toEqual(['你好'])
  })

  it('ignore a partial that comes after its finished sentence', () => {
    expect(words(said(17, 1000, '你好'), partial(1000, '你')).partials.citizen).toBeUndefined()
  })

  it('keep the other side’s partial when one side finishes', () => {
    const operator = event(null, 'PartialHeard', { side: 'operator', text: '请', starts_at_ms: 900 })
    expect(words(operator, said(17, 1000, '你好')).partials.operator?.text).toBe('请')
  })

  it('tell two third parties apart', () => {
    const third = (leg_id: string, text: string) =>
      event(null, 'PartialHeard', { side: 'third_party', leg_id, who: leg_id, text, starts_at_ms: 900 })
    const finished = event(17, 'UtteranceHeard', { side: 'third_party', leg_id: 'fire', who: 'fire', text: '到了', starts_at_ms: 900, ends_at_ms: 1900, confidence: 0.9, words: [] })
    const both = words(third('fire', '到'), third('police', '在'))
    expect(Object.values(both.partials).map((one) => one.text)).toEqual(['到', '在'])
    const left = words(third('fire', '到'), third('police', '在'), finished)
    expect(Object.keys(left.partials)).toEqual(['police'])
    expect(left.utterances[0]?.who).toBe('fire')
  })

  it('stand in the order of speaking, made-up sentences at their place', () => {
    const texts = words(said(17, 5000, '三'), said(18, 1000, '一'), said(19, 3000, '二', 'operator'))
    expect(texts.utterances.map((one) => one.text)).toEqual(['一', '二', '三'])
  })

  it('hold every sentence once when the answer and the stream overlap', () => {
    const live = applyAll(watched, [said(17, 3000, '二')])
    const row = (starts_at_ms: number, text: string) => ({
      side: 'citizen' as const, leg_id: null, who: null, text, written: '', pieces: [], language: 'zh', starts_at_ms, ends_at_ms: starts_at_ms + 900, confidence: 0.9, backfilled: false, words: [],
    })
    const merged = mergeTranscript(live, CALL, [row(1000, '一'), row(3000, '二')], true)
    expect(merged.transcripts[CALL]?.utterances.map((one) => one.text)).toEqual(['一', '二'])
    expect(merged.transcripts[CALL]?.finished).toBe(true)
  })

  it('mark the call as transcribed, paused and finished', () => {
    expect(call(after(...ANSWERED_CALL, said(17, 0, '您好'))).transcription).toBe('live')
    expect(call(after(...ANSWERED_CALL, event(17, 'TranscriptionPaused', { reason: 'x' }))).transcription).toBe('paused')
    expect(call(after(...ANSWERED_CALL, event(17, 'TranscriptFinished', { utterances: 1 }))).transcription).toBe('finished')
    expect(call(after(...ANSWERED_CALL, event(17, 'TranscriptionLeftOut', { language: 'dialect' }))).transcription).toBe('left_out')
    const ended = [event(17, 'TranscriptionLeftOut', { language: 'dialect' }), event(18, 'TranscriptFinished', { utterances: 0 })]
    expect(call(after(...ANSWERED_CALL, ...ended)).transcription).toBe('left_out')
    expect(call(after(...ANSWERED_CALL, event(17, 'BackfillWanted', { by: 'ban', why: 'asked' }))).transcription).toBe('wanted')
  })
})

describe('callbacks', () => {
  it('owe a call once and close it', () => {
    const owed = event(11, 'CallbackOwed', { caller_number: '138****0001', reason: 'abandoned', arrived_at: AT })
    expect(after(owed).callbacks.rows[CALL]).toMatchObject({ reason: 'abandoned', closed_at: null })
    const closed = after(owed, event(12, 'CallbackClosed', { why: 'called again' }))
    expect(closed.callbacks.rows[CALL]?.closed_at).toBe(AT)
  })
})

it('prune forgets the oldest that are over and never a live one', () => {
  const rows = [1, 2, 3, 4, 5].map((n) => ({ id: String(n), at: String(n), over: n !== 1 }))
  const slice = prune(loadSlice(1, rows, (row) => row.id), (row) => row.over, (row) => row.at, 2)
  expect(Object.keys(slice.rows)).toEqual(['1', '4', '5'])
})
