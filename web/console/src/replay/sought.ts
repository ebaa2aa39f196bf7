// Where the looked-for words stand in a sentence's parts: the same signs as the service looks for.
import type { Utterance } from '../types'
import { piecesOf } from '../written'

type Phrase = readonly string[]

/** Letters, digits and characters, each for itself; width, case, spaces and punctuation do not count. */
export const signsOf = (text: string): string[] =>
  [...text.normalize('NFKC').toLowerCase()].filter((sign) => /[\p{L}\p{N}]/u.test(sign))

export const phrasesOf = (wanted: string): Phrase[] =>
  wanted.split(/\s+/u).map(signsOf).filter((phrase) => phrase.length > 0).slice(0, 5)

/** Which parts of the sentence hold looked-for words. */
export function soughtParts(said: Utterance, phrases: readonly Phrase[]): ReadonlySet<number> {
  const parts = piecesOf(said)
  const found = new Set<number>()
  const row = parts.flatMap((part, place) => signsOf(part.text).map((sign) => ({ sign, place })))
  for (const phrase of phrases) {
    for (const at of startsOf(row.map(({ sign }) => sign), phrase)) {
      for (let n = at; n < at + phrase.length; n += 1) found.add((row[n] as { place: number }).place)
    }
  }
  if (found.size > 0 || phrases.length === 0) return found
  // Only the recognised words have it, such as 二十六 where 26 is written: the parts of that time.
  const words = said.words.flatMap((word) => signsOf(word.text).map((sign) => ({ sign, word })))
  for (const phrase of phrases) {
    for (const at of startsOf(words.map(({ sign }) => sign), phrase)) {
      const [first, last] = [words[at], words[at + phrase.length - 1]]
      if (!first || !last) continue
      parts.forEach((part, place) => {
        if (part.starts_at_ms < last.word.ends_at_ms && part.ends_at_ms > first.word.starts_at_ms) found.add(place)
      })
    }
  }
  return found
}

function startsOf(row: readonly string[], phrase: Phrase): number[] {
  const starts: number[] = []
  for (let at = 0; at + phrase.length <= row.length; at += 1) {
    if (phrase.every((sign, n) => row[at + n] === sign)) {
      starts.push(at)
      at += phrase.length - 1
    }
  }
  return starts
}
