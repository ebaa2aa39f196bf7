import { beforeEach, describe, expect, it } from 'vitest'
import { LiveSocket, OPENING_MS, waitMs } from '../src/live'
import type { LiveMessage } from '../src/types'

/** A socket of ours: the test says when it opens, speaks and closes. */
class FakeSocket {
  onopen: () => void = () => undefined
  onmessage: (frame: { data: string }) => void = () => undefined
  onclose: (closed: { code: number }) => void = () => undefined
  constructor(readonly address: string) {}
  close(): void {}
  say(...messages: object[]): void {
    this.onmessage({ data: JSON.stringify(messages) })
  }
}

let opened: FakeSocket[]
type Wait = { act: () => void; ms: number; cancelled: boolean }
let waits: Wait[]
let silences: Wait[]
let openings: Wait[]
let heard: LiveMessage[]
let refused: number
let neverOpened: number
let live: LiveSocket
const newest = (): FakeSocket => opened.at(-1)!

beforeEach(() => {
  opened = []
  waits = []
  silences = []
  openings = []
  heard = []
  refused = neverOpened = 0
  live = new LiveSocket(
    {
      messages: (batch) => heard.push(...batch),
      refused: () => (refused += 1),
      neverOpened: () => (neverOpened += 1),
    },
    {
      open: (address) => {
        const socket = new FakeSocket(address)
        opened.push(socket)
        return socket as unknown as WebSocket
      },
      later: (act, ms) => {
        const wait = { act, ms, cancelled: false }
        const list = ms === OPENING_MS ? openings : ms > 20_000 ? silences : waits
        list.push(wait)
        return () => (wait.cancelled = true)
      },
      random: () => 1,
    },
    () => 'ws://console/live',
  )
})

describe('the live socket', () => {
  it('asks for what came after the lists', () => {
    live.start(41)
    expect(newest().address).toBe('ws://console/live?after=41')
    expect(live.state.value).toBe('connecting')
    newest().onopen()
    expect(live.state.value).toBe('connected')
  })

  it('comes back from the last seq it heard, partials not counted', () => {
    live.start(41)
    newest().onopen()
    newest().say({ seq: 42, type: 'CallArrived' }, { seq: null, type: 'PartialHeard' })
    newest().onclose({ code: 1006 })
    expect(live.state.value).toBe('reconnecting')
    waits[0]!.act()
    expect(newest().address).toBe('ws://console/live?after=42')
  })

  it('does not wait for somebody who takes the connection and says nothing', () => {
    live.start(41)
    openings[0]!.act()
    expect(live.state.value).toBe('reconnecting')
    waits[0]!.act()
    newest().onopen()
    expect([live.state.value, openings[1]!.cancelled]).toEqual(['connected', true])
  })

  it('hears nothing twice', () => {
    live.start(41)
    newest().onopen()
    newest().say({ seq: 42, type: 'CallArrived' })
    newest().say({ seq: 42, type: 'CallArrived' }, { seq: 43, type: 'CallQueued' })
    expect(heard.map((one) => one.seq)).toEqual([42, 43])
  })

  it('waits longer after every failed try and short again after a good one', () => {
    live.start(0)
    newest().onclose({ code: 1006 })
    waits[0]!.act()
    newest().onclose({ code: 1006 })
    expect(waits.map((wait) => wait.ms)).toEqual([500, 1000])
    waits[1]!.act()
    newest().onopen()
    newest().onclose({ code: 1013 })
    expect(waits[2]!.ms).toBe(500)
  })

  it('does not come back when the service refuses the session', () => {
    live.start(0)
    newest().onopen()
    newest().onclose({ code: 1008 })
    expect([refused, live.state.value, waits.length]).toEqual([1, 'off', 0])
  })

  it('says when it was closed before it opened, because the browser hides why', () => {
    live.start(0)
    newest().onclose({ code: 1006 })
    expect(neverOpened).toBe(1)
  })

  it('tries at once when asked to and forgets the wait', () => {
    live.start(0)
    newest().onopen()
    newest().onclose({ code: 1006 })
    live.tryNow()
    expect([opened.length, waits[0]!.cancelled]).toEqual([2, true])
  })

  it('notices a pulled cable by the missing signs of life', () => {
    live.start(7)
    newest().onopen()
    newest().say()
    expect(silences.map((one) => one.cancelled)).toEqual([true, false])
    silences[1]!.act()
    expect(live.state.value).toBe('reconnecting')
    waits[0]!.act()
    expect(newest().address).toBe('ws://console/live?after=7')
  })

  it('stays quiet after it was stopped', () => {
    live.start(0)
    const socket = newest()
    socket.onopen()
    live.stop()
    socket.say({ seq: 1, type: 'CallArrived' })
    socket.onclose({ code: 1006 })
    expect([heard.length, waits.length, live.state.value]).toEqual([0, 0, 'off'])
  })
})

it('never waits longer than a quarter of a minute', () => {
  expect(waitMs(20, 1)).toBe(15_000)
  expect(waitMs(0, 0)).toBe(375)
})
