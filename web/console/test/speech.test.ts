import { describe, expect, it } from 'vitest'
import { applyToCues, dueNow, NO_CUES, ranked } from '../src/cues'
import { lengthOf, momentValue, shownValue } from '../src/orderFields'
import type { CallCues, Cue, LiveMessage, Utterance, Word } from '../src/types'
import { piecesOf, quote, writtenText } from '../src/written'
import { AT, CALL, event } from './events'

const word = (text: string, from: number, confidence = 0.9, more: Partial<Word> = {}): Word => ({
  text, starts_at_ms: from, ends_at_ms: from + 300, confidence, ...more,
})
const said = (more: Partial<Utterance>): Utterance => ({
  side: 'citizen', leg_id: null, who: null, text: '', written: '', pieces: [], language: 'zh',
  starts_at_ms: 0, ends_at_ms: 9000, confidence: 0.9, backfilled: false, words: [], ...more,
})
const HOUSE = said({
  text: '人民路二十六号着火了',
  written: '人民路26号着火了。',
  words: [word('人民路', 0), word('二十六号', 600, 0.5), word('着火', 1200), word('了', 1500)],
})

describe('a written sentence', () => {
  it('is what people read; without one, what was recognised', () => {
    expect(writtenText(HOUSE)).toBe('人民路26号着火了。')
    expect(writtenText(said({ text: '喂您好' }))).toBe('喂您好')
  })

  it('ties a number in digits to the words it was spoken in', () => {
    const pieces = [['人民路', 0, 0], ['26号', 1, 1], ['着火', 2, 2], ['了。', 3, 3]] as Utterance['pieces']
    const parts = piecesOf({ ...HOUSE, pieces })
    expect(parts.map((one) => one.text).join('')).toBe(HOUSE.written)
    expect(parts[1]).toMatchObject({ text: '26号', starts_at_ms: 600, ends_at_ms: 900, doubtful: true, percent: 50 })
    expect(parts[0]?.doubtful).toBe(false)
  })

  it('puts punctuation to the word before it when nothing else differs', () => {
    const plain = said({ text: '着火了快来', written: '着火了，快来！', words: [word('着火', 0), word('了', 300), word('快来', 900)] })
    expect(piecesOf(plain).map((one) => one.text)).toEqual(['着火', '了，', '快来！'])
  })

  it('is shown whole when its parts do not give it, rather than wrongly', () => {
    expect(piecesOf(HOUSE).map((one) => one.text)).toEqual(['人民路26号着火了。'])
    const broken = piecesOf({ ...HOUSE, pieces: [['人民路', 0, 0]] })
    expect(broken.map((one) => one.text)).toEqual(['人民路26号着火了。'])
  })

  it('says what was recognised where the gazetteer corrected it', () => {
    const street = said({ text: '建设路', words: [word('建设', 0, 0.9, { heard: '建社' }), word('路', 300)] })
    expect(piecesOf(street).map((one) => one.heard)).toEqual(['建社', null])
  })

  it('takes the service at its word about what is doubtful', () => {
    const sure = said({ text: '喂', words: [word('喂', 0, 0.1, { doubtful: false })] })
    expect(piecesOf(sure)[0]?.doubtful).toBe(false)
  })

  it('gives the words of a span of one side', () => {
    const words = [word('着火', 0), word('了', 300), word('快来', 900)]
    const both = [said({ text: '着火了快来', words }), said({ side: 'operator', text: '好的', words: [word('好的', 0)] })]
    expect(quote(both, { side: 'citizen', starts_at_ms: 0, ends_at_ms: 600 })).toBe('着火了')
    const written = [{ ...both[0]!, written: '着火了，快来。' }]
    expect(quote(written, { side: 'citizen', starts_at_ms: 0, ends_at_ms: 600 })).toBe('着火了')
  })
})

const raised = (code: string, level: Cue['level'], from: number, more: object = {}): LiveMessage =>
  event(20, 'CueRaised', {
    cue_id: `${CALL}-${code}-${from}`, kind: 'danger', level, code, title: code, side: 'citizen',
    starts_at_ms: from, ends_at_ms: from + 500, found: '着火', advice: '', ...more,
  })
const cuesAfter = (...messages: LiveMessage[]): CallCues => messages.reduce(applyToCues, NO_CUES)

describe('cues', () => {
  it('come once, however often they are told, and keep what was judged', () => {
    const fire = raised('fire', 'red', 1000)
    const judgedFalse = event(21, 'CueJudged', { cue_id: fire.cue_id, false_alarm: true, by: 'ban' })
    const { cues } = cuesAfter(fire, judgedFalse, fire)
    expect(cues.map((one) => [one.code, one.false_alarm])).toEqual([['fire', true]])
    const takenBack = event(22, 'CueJudged', { cue_id: fire.cue_id, false_alarm: false, by: 'ban' })
    expect(cuesAfter(fire, judgedFalse, takenBack).cues[0]?.false_alarm).toBe(false)
  })

  it('stand by their gravity, and small ones give way with time', () => {
    const { cues } = cuesAfter(raised('slow', 'info', 9000), raised('rude', 'amber', 2000), raised('fire', 'red', 1000))
    const codes = (list: readonly Cue[]) => list.map((one) => one.code)
    const at = Date.parse(AT)
    expect(codes(ranked(cues, at)[0])).toEqual(['fire', 'rude', 'slow'])
    expect(ranked(cues, at + 120_000).map(codes)).toEqual([['fire', 'rude'], ['slow']])
    expect(ranked(cues, at + 3_600_000).map(codes)).toEqual([['fire'], ['rude', 'slow']])
  })

  it('step back once they are marked as false alarms', () => {
    const { cues } = cuesAfter(raised('fire', 'red', 1000), raised('gas', 'red', 2000))
    const marked = cues.map((one) => ({ ...one, false_alarm: one.code === 'gas' }))
    expect(ranked(marked, Date.parse(AT))[0].map((one) => one.code)).toEqual(['fire'])
  })
})

describe('prescribed sentences', () => {
  const due = (id: string, at_ms: number, must = true) =>
    event(20, 'SentenceDue', { sentence_id: id, at_ms, must, text: `${id} text`, scene: id, reason: '' })

  it('tick themselves when they are said, each moment by itself', () => {
    const { sentences } = cuesAfter(
      due('hold', 1000),
      event(21, 'SentenceSaid', { sentence_id: 'hold', at_ms: 1000, starts_at_ms: 1100, ends_at_ms: 1900 }),
      due('hold', 9000),
    )
    expect(sentences.map((one) => one.state)).toEqual(['said', 'due'])
    expect(dueNow(sentences)?.at_ms).toBe(9000)
  })

  it('put what must be said before what may be said, and the newest first', () => {
    const { sentences } = cuesAfter(due('opening', 0), due('name', 5000), due('calm', 6000, false))
    expect(dueNow(sentences)?.sentence_id).toBe('name')
  })

  it('say what was missed, and then nothing is due', () => {
    const { sentences } = cuesAfter(due('bye', 1000), event(22, 'SentenceMissed', { sentence_id: 'bye', at_ms: 1000 }))
    expect(sentences[0]?.state).toBe('missed')
    expect(dueNow(sentences)).toBeNull()
  })
})

it('measures of a call come when it is over', () => {
  const measured = { operator_chars_per_min: 210, citizen_chars_per_min: null, talk_over_ms: 800, longest_silence_ms: 12_000 }
  expect(cuesAfter(event(30, 'SpeechMeasured', { ...measured, operator_ms: 1 })).measures).toEqual(measured)
})

it('the length of a summary counts characters without blanks', () => {
  expect(lengthOf('着火了 快来\n')).toBe(5)
})

it('a moment is read as people write it, a day without a time as well', () => {
  expect(shownValue('happened_at', '2026-11-20T20:00')).toBe('2026年11月20日周五 20:00')
  expect(shownValue('happened_at', '2026-11-20')).toBe('2026年11月20日周五')
  expect(shownValue('happened_at', '前天')).toBe('前天')
})

it('a moment may be typed as people do', () => {
  const typed = ['2026-11-20 20:00', '2026/11/2 8:05', '2026年11月2日 8点', '2026-11-20', '２０２６-11-20 20：00', '昨天']
  expect(typed.map(momentValue)).toEqual([
    '2026-11-20T20:00', '2026-11-02T08:05', '2026-11-02T08:00', '2026-11-20', '2026-11-20T20:00', '昨天',
  ])
})
