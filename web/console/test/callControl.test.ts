import { describe, expect, it } from 'vitest'
import { callCommandsOf, KEYS } from '../src/callCommands'
import type { Call, CallState } from '../src/types'
import { after, ANSWERED_CALL, CALL, event } from './events'

const call = (...more: ReturnType<typeof event>[]): Call => after(...ANSWERED_CALL, ...more).calls.rows[CALL]!
const fire = { leg_id: 'f', role: 'third', who: 'fire' }
const CONSULTED = [
  event(17, 'CallHeld', { seat_id: '8001' }),
  event(18, 'PartyRang', fire),
  event(19, 'PartyJoined', { ...fire, room: 'aside' }),
  event(20, 'TalkChanged', { state: 'consulting' }),
]
const JOINED = [
  event(21, 'PartyMoved', { ...fire, room: 'talk' }),
  event(22, 'CallRetrieved', { seat_id: '8001' }),
  event(23, 'TalkChanged', { state: 'conference' }),
]

describe('a call of several', () => {
  it('shows who is where, from his first ring on', () => {
    expect(call(...CONSULTED.slice(0, 2)).parties.map((one) => [one.who, one.room])).toEqual([
      ['8001', 'talk'],
      ['fire', null],
    ])
    const joined = call(...CONSULTED, ...JOINED)
    expect(joined.state).toBe('conference')
    expect(joined.parties.map((one) => [one.who, one.room])).toEqual([
      ['8001', 'talk'],
      ['fire', 'talk'],
    ])
  })

  it('goes on without the seat, and is left alone when the last one goes', () => {
    const left = [
      ...CONSULTED,
      ...JOINED,
      event(24, 'SeatLeftCall', { seat_id: '8001', talked_ms: 1, last: false }),
      event(25, 'TalkChanged', { state: 'talking' }),
    ]
    expect(call(...left)).toMatchObject({ state: 'talking', parties: [{ who: 'fire' }] })
    expect(call(...left, event(26, 'PartyLeft', { ...fire, present_ms: 1 }))).toMatchObject({
      state: 'seat_left',
      parties: [],
    })
  })

  it('is another seat’s after a transfer', () => {
    const moved = event(17, 'CallTransferred', { from_seat: '8001', to_seat: '8002' })
    expect(call(moved).seat_id).toBe('8002')
  })
})

describe('call control', () => {
  const of = (state: CallState) => callCommandsOf({ ...call(), state }, false)

  it('offers what the form of the talk allows', () => {
    expect(of('talking')).toContain('hold')
    expect(of('held')).toContain('retrieve')
    expect(of('held')).not.toContain('hold')
    expect(of('consulting').slice(0, 3)).toEqual(['conference', 'complete', 'cancelConsult'])
    expect(of('conference')).toContain('leave')
    for (const state of ['arrived', 'queued', 'ringing', 'seat_left', 'ended'] as const) {
      expect(of(state)).toEqual([])
    }
  })

  it('has one key for each button of a bar', () => {
    for (const state of ['talking', 'held', 'consulting', 'conference'] as const) {
      const keys = of(state).map((command) => KEYS[command])
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('turns mute into unmute', () => {
    expect(callCommandsOf(call(), true)).toContain('unmute')
    expect(callCommandsOf(call(), true)).not.toContain('mute')
  })
})
