import { describe, expect, it } from 'vitest'
import { HeardSpans, together } from '../src/replay/heardSpans'
import { lanesOf } from '../src/replay/lanes'
import { actOf, type ReplayKeys } from '../src/replay/replayKeys'
import { cutAt, fromAddress, furtherOf, NOTHING, toAddress, toService } from '../src/replay/searchQuery'
import { phrasesOf, signsOf, soughtParts } from '../src/replay/sought'
import { barsOf, following, silenceAt, silencesOf, speechMs, ticksOf, zoomed } from '../src/replay/waveform'
import type { Timeline, Utterance } from '../src/types'

describe('what was heard', () => {
  it('is the time between two places that follow one another', () => {
    const spans = new HeardSpans()
    for (const at of [0, 250, 500, 760]) spans.reached(at, 1)
    expect(spans.heard).toEqual([[0, 760]])
  })

  it('is nothing over a jump, whether it was told or not', () => {
    const spans = new HeardSpans()
    spans.reached(0, 1)
    spans.reached(1000, 1)
    spans.broken()
    spans.reached(30_000, 1)
    spans.reached(31_000, 1)
    spans.reached(60_000, 1)
    spans.reached(20_000, 1)
    expect(spans.heard).toEqual([[0, 1000], [30_000, 31_000]])
  })

  it('has longer steps when it plays faster', () => {
    const spans = new HeardSpans()
    spans.reached(0, 3)
    spans.reached(6000, 3)
    expect(spans.heard).toEqual([[0, 6000]])
  })

  it('is told once, and again when telling failed', () => {
    const spans = new HeardSpans()
    spans.reached(0, 1)
    spans.reached(1000, 1)
    const told = spans.take()
    expect([told, spans.take()]).toEqual([[[0, 1000]], []])
    spans.giveBack(told)
    spans.reached(2000, 1)
    expect(spans.take()).toEqual([[0, 2000]])
  })

  it('is as few spans as can be', () => {
    expect(together([[5000, 6000], [0, 1000], [1300, 2000], [3000, 3000]])).toEqual([[0, 2000], [5000, 6000]])
  })
})

const loud = (slots: number[]): number[] => slots
describe('the picture', () => {
  it('shows the loudest of each part, and nothing past the end', () => {
    expect(barsOf([0, 255, 51, 0], 10, { fromMs: 0, toMs: 400 }, 2)).toEqual([1, 0.2])
    expect(barsOf([255], 10, { fromMs: 0, toMs: 1000 }, 2)).toEqual([1, 0])
    expect(barsOf([0, 255], 10, { fromMs: 100, toMs: 200 }, 4)).toEqual([1, 1, 1, 1])
  })

  it('knows where nobody speaks, leaving the words their edges', () => {
    const speech = Array.from({ length: 20 }, () => 120)
    const pause = Array.from({ length: 30 }, () => 3)
    const peaks = { points_per_second: 10, citizen: loud([...speech, ...pause, ...speech]), operator: loud([...pause, ...pause, 0]), own: [] }
    expect(silencesOf(peaks)).toEqual([{ fromMs: 2250, toMs: 4750 }])
    // The other one speaks meanwhile.
    expect(silencesOf({ ...peaks, operator: Array.from({ length: 70 }, (_, at) => (at > 30 && at < 40 ? 200 : 0)) })).toEqual([])
  })

  it('takes the hum of a line for silence, and not a low voice', () => {
    const hum = Array.from({ length: 100 }, (_, at) => (at < 40 ? 90 : 12))
    expect(silencesOf({ points_per_second: 10, citizen: hum, operator: [], own: [] })).toHaveLength(1)
    const low = Array.from({ length: 100 }, (_, at) => (at < 40 ? 90 : 40))
    expect(silencesOf({ points_per_second: 10, citizen: low, operator: [], own: [] })).toEqual([])
  })

  it('finds the silence around a place', () => {
    const silences = [{ fromMs: 1000, toMs: 3000 }, { fromMs: 8000, toMs: 9000 }]
    expect([999, 1000, 2999, 3000, 8500].map((ms) => silenceAt(silences, ms)?.toMs ?? null)).toEqual([null, 3000, 3000, null, 9000])
    expect(speechMs(10_000, silences)).toBe(7000)
  })

  it('is zoomed around a place and follows the player', () => {
    const near = zoomed({ fromMs: 0, toMs: 100_000 }, 100_000, 50_000, 2)
    expect(near).toEqual({ fromMs: 25_000, toMs: 75_000 })
    expect(zoomed(near, 100_000, 50_000, 1 / 4)).toEqual({ fromMs: 0, toMs: 100_000 })
    expect(following(near, 100_000, 60_000)).toBe(near)
    expect(following(near, 100_000, 76_000)).toEqual({ fromMs: 50_000, toMs: 100_000 })
  })

  it('has times at round places', () => {
    expect(ticksOf({ fromMs: 0, toMs: 60_000 }, 8)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000])
    expect(ticksOf({ fromMs: 61_000, toMs: 66_000 }, 10)).toEqual([61_000, 62_000, 63_000, 64_000, 65_000, 66_000])
  })
})

const said = (text: string, written = '', pieces: Utterance['pieces'] = []): Utterance => ({
  side: 'citizen', leg_id: null, who: null, text, written, pieces, language: 'zh', starts_at_ms: 0, ends_at_ms: text.length * 100,
  confidence: 1, backfilled: false,
  words: [...text].map((one, n) => ({ text: one, starts_at_ms: n * 100, ends_at_ms: n * 100 + 100, confidence: 1 })),
})

describe('looked-for words', () => {
  it('are the same signs as the service looks for', () => {
    expect(signsOf('您好，12345 ＷｉＦｉ!').join('')).toBe('您好12345wifi')
    expect(phrasesOf(' 消防  通道 ，').map((one) => one.join(''))).toEqual(['消防', '通道'])
  })

  it('are shown in the parts that hold them', () => {
    expect([...soughtParts(said('消防通道堵了'), phrasesOf('通道'))]).toEqual([2, 3])
    expect(soughtParts(said('消防通道'), phrasesOf('物业')).size).toBe(0)
  })

  it('are found in what was recognised where it is written otherwise', () => {
    const number = said('路二十六号', '路26号', [['路', 0, 0], ['26号', 1, 4]])
    expect([...soughtParts(number, phrasesOf('二十六'))]).toEqual([1])
    expect([...soughtParts(number, phrasesOf('26'))]).toEqual([1])
  })
})

describe('a search', () => {
  it('stands in the address and comes back from it', () => {
    const wanted = { ...NOTHING, text: '消防', span: '7', seat: '8001', marked: true }
    expect(toAddress(wanted)).toEqual({ q: '消防', span: '7', seat: '8001', marked: '1' })
    expect(fromAddress(toAddress(wanted))).toEqual(wanted)
    expect(fromAddress({ q: ['a', 'b'], strange: 'x' })).toEqual(NOTHING)
    expect(furtherOf(wanted)).toBe(2)
  })

  it('asks the service for whole days of the reader and for numbers without spaces', () => {
    const now = new Date(2026, 10, 21, 15, 30).getTime()
    const asked = toService({ ...NOTHING, text: ' 消防 ', side: 'citizen', number: '138 0000 0001', length: '60-180', span: 'own', since: '2026-11-01', until: '2026-11-02' }, now)
    expect(Object.fromEntries(asked)).toEqual({
      text: '消防', side: 'citizen', number: '13800000001', shortest_s: '60', longest_s: '180',
      since: new Date(2026, 10, 1).toISOString(), until: new Date(2026, 10, 3).toISOString(),
    })
    expect(Object.fromEntries(toService({ ...NOTHING, span: 'today', side: 'citizen', length: '600-' }, now))).toEqual({
      since: new Date(2026, 10, 21).toISOString(), shortest_s: '600',
    })
    expect(toService({ ...NOTHING, span: 'all', length: '0-60' }, now).toString()).toBe('longest_s=60')
  })

  it('shows a sentence cut where the words are, counting characters as the service does', () => {
    expect(cutAt('建设路26号，停水', [[3, 6], [7, 9]])).toEqual([
      { text: '建设路', found: false }, { text: '26号', found: true }, { text: '，', found: false }, { text: '停水', found: true },
    ])
    expect(cutAt('𠮷祥里', [[1, 2]])).toEqual([
      { text: '𠮷', found: false }, { text: '祥', found: true }, { text: '里', found: false },
    ])
  })
})

describe('the story on one axis', () => {
  it('begins with the recording and shows everybody where he was', () => {
    const at = (s: number): string => new Date(1_000_000 + s * 1000).toISOString()
    const timeline: Timeline = {
      state: 'ended', total_ms: 60_000,
      parts: [
        { state: 'arrived', since: at(-5), until: at(-1), ms: 4000 },
        { state: 'queued', since: at(-1), until: at(10), ms: 11_000 },
        { state: 'talking', since: at(10), until: at(70), ms: 60_000 },
      ],
      parties: [
        { leg_id: 'a', role: 'seat', who: '8001', room: null, since: at(8), until: at(10), ms: 2000 },
        { leg_id: 'a', role: 'seat', who: '8001', room: 'talk', since: at(10), until: null, ms: 0 },
        { leg_id: 'b', role: 'supervisor', who: '8009', room: 'listening', since: at(90), until: at(95), ms: 5000 },
      ],
    }
    expect(lanesOf(timeline, 1_000_000, 60_000)).toEqual([
      { id: 'call', who: null, role: null, bars: [{ fromMs: 0, toMs: 10_000, what: 'queued' }, { fromMs: 10_000, toMs: 60_000, what: 'talking' }] },
      { id: 'a', who: '8001', role: 'seat', bars: [{ fromMs: 8000, toMs: 10_000, what: 'rings' }, { fromMs: 10_000, toMs: 60_000, what: 'talk' }] },
    ])
  })
})

describe('the keys', () => {
  const done: string[] = []
  const note = (what: string) => (by?: number) => void done.push(by === undefined ? what : `${what} ${by}`)
  const keys: ReplayKeys = {
    toggle: note('toggle'), move: note('move'), sentence: note('sentence'), flag: note('flag'), speed: note('speed'), skip: note('skip'),
    loopFrom: note('from'), loopTo: note('to'), loopOff: note('off'), mark: note('mark'), zoom: note('zoom'), help: note('help'),
  }
  const pressed = (key: string, more: Partial<KeyboardEvent> = {}): void => actOf({ key, ...more } as KeyboardEvent, keys)?.()

  it('do what the sheet says, whatever the case', () => {
    for (const key of [' ', 'k', 'J', 'l', 'ArrowLeft', 'ArrowUp', 'n', 'P', '>', 's', '[', ']', '\\', 'M', '+', '?']) pressed(key)
    pressed('ArrowRight', { shiftKey: true })
    expect(done).toEqual([
      'toggle', 'toggle', 'move -10000', 'move 10000', 'move -5000', 'sentence -1', 'flag 1', 'flag -1', 'speed 1', 'skip', 'from', 'to',
      'off', 'mark', 'zoom 2', 'help', 'move 1000',
    ])
  })

  it('leave alone what is the browser’s or the input method’s', () => {
    done.length = 0
    pressed('s', { ctrlKey: true })
    pressed('m', { isComposing: true })
    pressed('x')
    expect(done).toEqual([])
  })
})
