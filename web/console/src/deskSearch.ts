// What an operator looks up while somebody waits: whom to ask, what to say, and what the hotline has just
// said to the citizen by itself. Entries of a knowledge base will be one more section. 查询
import { shallowRef } from 'vue'
import { api, ApiError } from './api'
import type { DirectoryLine, Prescribed, PromptText } from './types'

export type Found =
  | { section: 'lines'; key: string; line: DirectoryLine }
  | { section: 'sentences'; key: string; scene: string; text: string; must: boolean }
  | { section: 'spoken'; key: string; text: string }

export const sentences = shallowRef<readonly Prescribed[]>([])
export const spoken = shallowRef<readonly PromptText[]>([])
/** An error code while they could not be had; the directory does not wait for them. */
export const wordsTrouble = shallowRef('')
let asked: Promise<void> | null = null

/** Answers again after a failure only. */
export function needWords(): Promise<void> {
  asked ??= Promise.all([api.sentences(), api.promptTexts()])
    .then(([prescribed, texts]) => {
      sentences.value = prescribed.sentences
      spoken.value = texts.texts
      wordsTrouble.value = ''
    })
    .catch((failed: unknown) => {
      asked = null
      if (!(failed instanceof ApiError)) throw failed
      wordsTrouble.value = failed.code
    })
  return asked
}

/** As it is heard: `{en|Press 8.}` is said in English, `{place:number}` is another number for everybody. */
export function heard(written: string): string {
  return written.replace(/\{\w+\|([^}]*)\}/g, '$1').replace(/\{[^}]*\}/g, '…')
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()
/** Names of groups and matters that are only put into other sentences say nothing by themselves. */
const LEAST_CHARACTERS = 8

/** Every word must be there. Without a word: the directory alone, in its own order. */
export function search(
  words: string,
  lines: readonly DirectoryLine[],
  kindName: (kind: DirectoryLine['kind']) => string,
  prescribed: readonly Prescribed[],
  texts: readonly PromptText[],
  language: string,
): Found[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean)
  const fits = (...parts: string[]): boolean => {
    const text = plain(parts.join(' '))
    return wanted.every((word) => text.includes(word))
  }
  const found: Found[] = lines
    .filter((line) => fits(line.name, line.number, line.note, kindName(line.kind)))
    .map((line) => ({ section: 'lines', key: `line-${line.code}`, line }))
  if (wanted.length === 0) return found
  for (const one of prescribed) {
    if (fits(one.scene, one.text)) found.push({ section: 'sentences', key: `sentence-${one.sentence_id}`, scene: one.scene, text: one.text, must: one.must })
  }
  for (const one of texts) {
    const text = heard(one.words[language] ?? one.words.zh ?? '')
    if (text.length >= LEAST_CHARACTERS && fits(text)) found.push({ section: 'spoken', key: `text-${one.code}`, text })
  }
  return found
}
