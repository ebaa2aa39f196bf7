// The cues and prescribed sentences of one call: pure functions over what the service told.
import type { CallCues, Cue, CueLevel, LiveMessage, Sentence, SentenceState, Side } from './types'

export const NO_CUES: CallCues = { cues: [], sentences: [], measures: null }

/** Events that change what `applyToCues` holds. */
export const CUE_EVENTS: ReadonlySet<string> = new Set([
  'CueRaised',
  'CueJudged',
  'SentenceDue',
  'SentenceSaid',
  'SentenceMissed',
  'SpeechMeasured',
])

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

export function cueOf(m: LiveMessage): Cue {
  return {
    cue_id: text(m.cue_id),
    call_id: m.call_id ?? '',
    kind: text(m.kind),
    level: (m.level ?? 'info') as CueLevel,
    code: text(m.code),
    title: text(m.title),
    advice: text(m.advice),
    side: m.side as Side,
    starts_at_ms: number(m.starts_at_ms),
    ends_at_ms: number(m.ends_at_ms),
    found: foundWords(m.found),
    false_alarm: false,
    at: text(m.at),
  }
}

/** The words that were found, however many there are. */
export const foundWords = (found: unknown): string =>
  Array.isArray(found) ? found.filter((one) => typeof one === 'string').join(' ') : text(found)

export function applyToCues(had: CallCues, m: LiveMessage): CallCues {
  switch (m.type) {
    case 'CueRaised':
      return { ...had, cues: withCue(had.cues, cueOf(m)) }
    case 'CueJudged':
      return { ...had, cues: judged(had.cues, text(m.cue_id), m.false_alarm === true) }
    case 'SentenceDue':
      return { ...had, sentences: withSentence(had.sentences, sentenceOf(m)) }
    case 'SentenceSaid':
      return { ...had, sentences: become(had.sentences, m, 'said') }
    case 'SentenceMissed':
      return { ...had, sentences: become(had.sentences, m, 'missed') }
    case 'SpeechMeasured':
      return {
        ...had,
        measures: {
          operator_chars_per_min: numberOrNull(m.operator_chars_per_min),
          citizen_chars_per_min: numberOrNull(m.citizen_chars_per_min),
          talk_over_ms: number(m.talk_over_ms),
          longest_silence_ms: number(m.longest_silence_ms),
        },
      }
    default:
      return had
  }
}

/** One cue once; what was judged of it meanwhile stays. */
export const withCue = (cues: readonly Cue[], one: Cue): Cue[] =>
  cues.some((other) => other.cue_id === one.cue_id) ? [...cues] : [...cues, one]

export const judged = (cues: readonly Cue[], cueId: string, falseAlarm: boolean): Cue[] =>
  cues.map((one) => (one.cue_id === cueId ? { ...one, false_alarm: falseAlarm } : one))

const sentenceOf = (m: LiveMessage): Sentence => ({
  sentence_id: text(m.sentence_id),
  text: text(m.text),
  scene: text(m.scene),
  state: 'due',
  must: m.must === true,
  at_ms: number(m.at_ms),
})

/** A sentence falls due once for every moment: again after every hold. */
const sameMoment = (one: Sentence, other: { sentence_id: unknown; at_ms: unknown }): boolean =>
  one.sentence_id === other.sentence_id && one.at_ms === other.at_ms

function withSentence(sentences: readonly Sentence[], one: Sentence): Sentence[] {
  if (sentences.some((other) => sameMoment(other, one))) return [...sentences]
  return [...sentences, one].sort((a, b) => a.at_ms - b.at_ms)
}

function become(sentences: readonly Sentence[], m: LiveMessage, state: SentenceState): Sentence[] {
  const moment = { sentence_id: m.sentence_id, at_ms: m.at_ms }
  return sentences.map((one) => (sameMoment(one, moment) ? { ...one, state } : one))
}

const WEIGHT: { [level in CueLevel]: number } = { red: 2, amber: 1, info: 0 }
/** How long a cue asks for attention during the call; a red one does until it is judged. */
const LASTS_MS: { [level in CueLevel]: number } = { red: Infinity, amber: 180_000, info: 60_000 }

/** What to show now, gravest and newest first: [asking for attention, the rest]. */
export function ranked(cues: readonly Cue[], now: number): [Cue[], Cue[]] {
  const newest = [...cues].sort(
    (a, b) =>
      Number(a.false_alarm) - Number(b.false_alarm) ||
      WEIGHT[b.level] - WEIGHT[a.level] ||
      b.starts_at_ms - a.starts_at_ms,
  )
  const asks = (one: Cue): boolean =>
    !one.false_alarm && !(now - Date.parse(one.at) > LASTS_MS[one.level])
  return [newest.filter(asks), newest.filter((one) => !asks(one))]
}

/** The sentence to say now: the newest one due, a must before a may. */
export function dueNow(sentences: readonly Sentence[]): Sentence | null {
  const due = sentences.filter((one) => one.state === 'due')
  return due.findLast((one) => one.must) ?? due.at(-1) ?? null
}
