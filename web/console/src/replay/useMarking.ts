// An inspector's marks of a call: where one is set, with what was said there, and taking it away. 标注
import { ref, type Ref } from 'vue'
import { announce } from '../announce'
import { api, ApiError } from '../api'
import { errorSentence, t } from '../i18n'
import { hearsAll } from '../session'
import type { CallMark, Utterance } from '../types'
import { quote } from '../written'
import type { Sound } from './useSound'

const QUOTE_LENGTH = 120
/** A word that begins just after the second one looks at is the one that is meant. */
const SLACK_MS = 150

export interface Marking {
  atMs: number
  endsAtMs: number | null
  quote: string
}

export function useMarking(callId: string, offset: number, sound: Sound, utterances: readonly Utterance[], marks: Ref<readonly CallMark[]>) {
  const marking = ref<Marking | null>(null)

  /** Where the sound is, or the loop as a whole. */
  function begin(): void {
    if (!hearsAll.value) return
    sound.pause()
    const span = sound.loop.value
    const atMs = Math.round((span?.fromMs ?? sound.position.value) + offset)
    const endsAtMs = span === null ? null : Math.round(span.toMs + offset)
    const said = utterances.findLast((one) => one.starts_at_ms <= atMs + SLACK_MS)
    const text =
      endsAtMs === null
        ? (said?.written || said?.text || '')
        : (['citizen', 'operator'] as const).map((side) => quote(utterances, { side, starts_at_ms: atMs, ends_at_ms: endsAtMs })).filter(Boolean).join(' / ')
    marking.value = { atMs, endsAtMs, quote: text.slice(0, QUOTE_LENGTH) }
  }

  async function change(asked: Promise<{ marks: CallMark[] }>, done: string): Promise<void> {
    try {
      marks.value = (await asked).marks
      announce('success', done)
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      announce('error', errorSentence(failed.code))
    }
  }
  function save(text: string): void {
    const at = marking.value
    marking.value = null
    if (at !== null) void change(api.makeMark(callId, at.atMs, at.endsAtMs, text), t('mark.saved'))
  }
  const remove = (mark: CallMark): void => void change(api.removeMark(callId, mark.mark_id), t('mark.removed'))
  return { marking, begin, save, remove }
}
