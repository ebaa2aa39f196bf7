// A sentence as people read it, every part of it tied to the words that were recognised.
import { isDoubtful, percent } from './format'
import type { Utterance, Word } from './types'

/** A part of a sentence; punctuation belongs to what it follows. */
export interface Piece {
  text: string
  starts_at_ms: number
  ends_at_ms: number
  doubtful: boolean
  percent: number
  /** What the recogniser had said, where it was corrected. */
  heard: string | null
}

const PUNCTUATION = /[\s，。、？！；：,.?!;:“”‘’（）()《》…—]/u

/** The readable sentence; without one, what was recognised. */
export const writtenText = (said: { text: string; written: string }): string =>
  said.written || said.text

const known = new WeakMap<Utterance, Piece[]>()

/** The sentence in its parts. Their texts joined are always `writtenText`. */
export function piecesOf(said: Utterance): Piece[] {
  const had = known.get(said)
  if (had !== undefined) return had
  const found = takenApart(said)
  known.set(said, found)
  return found
}

function takenApart(said: Utterance): Piece[] {
  const whole = writtenText(said)
  const told = said.pieces ?? []
  if (told.length > 0 && told.map(([text]) => text).join('') === whole) {
    return told.map(([text, first, last]) => piece(text, said.words.slice(first, last + 1), said))
  }
  return inStep(whole, said) ?? [piece(whole, [], said)]
}

/** Each word as it is, with the punctuation after it; null if the sentence is written otherwise. */
function inStep(whole: string, said: Utterance): Piece[] | null {
  if (said.words.length === 0) return null
  const pieces: Piece[] = []
  let at = 0
  for (const word of said.words) {
    const from = at
    while (at < whole.length && !whole.startsWith(word.text, at)) {
      if (!PUNCTUATION.test(whole[at] as string)) return null
      at += 1
    }
    if (at >= whole.length) return null
    at += word.text.length
    while (at < whole.length && PUNCTUATION.test(whole[at] as string)) at += 1
    pieces.push(piece(whole.slice(from, at), [word], said))
  }
  return at === whole.length ? pieces : null
}

function piece(text: string, words: readonly Word[], said: Utterance): Piece {
  const [first, last] = [words[0], words.at(-1)]
  if (first === undefined || last === undefined) {
    const { starts_at_ms, ends_at_ms, confidence } = said
    const unsure = said.words.length === 0 && isDoubtful(confidence)
    return { text, starts_at_ms, ends_at_ms, doubtful: unsure, percent: percent(confidence), heard: null }
  }
  const least = Math.min(...words.map((word) => word.confidence))
  return {
    text,
    starts_at_ms: first.starts_at_ms,
    ends_at_ms: last.ends_at_ms,
    doubtful: words.some((word) => word.doubtful ?? isDoubtful(word.confidence)),
    percent: percent(least),
    heard: words.some((word) => word.heard)
      ? words.map((word) => word.heard ?? word.text).join('')
      : null,
  }
}

/** A place on a call's clock where one side speaks. */
export interface Span {
  side: string
  starts_at_ms: number
  ends_at_ms: number
}

/** Whether the two share a moment; spans that only touch do not. */
export const overlap = (
  one: { starts_at_ms: number; ends_at_ms: number },
  other: { starts_at_ms: number; ends_at_ms: number },
): boolean => one.starts_at_ms < other.ends_at_ms && one.ends_at_ms > other.starts_at_ms

/** What that side said within the span, as it is written. */
export function quote(said: readonly Utterance[], span: Span): string {
  return said
    .filter((one) => one.side === span.side && overlap(one, span))
    .flatMap((one) => piecesOf(one).filter((part) => overlap(part, span)))
    .map((part) => part.text)
    .join('')
    .replace(/[，。、；：]+$/u, '')
}
