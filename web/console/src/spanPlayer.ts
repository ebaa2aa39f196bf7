// Plays one span of a call's sound beside any text: a field's proof, a cue, a clicked word.
import { shallowRef } from 'vue'
import { announce } from './announce'
import { api, ApiError } from './api'
import { errorSentence, t } from './i18n'
import { HearingTold, needListening } from './replay/listening'

export interface PlayingSpan {
  recordingId: string
  fromMs: number
  /** Null: on to the end. */
  toMs: number | null
}

/** The span that is heard now. */
export const playing = shallowRef<PlayingSpan | null>(null)

let media: HTMLAudioElement | null = null
let told: HearingTold | null = null
let frame = 0
/** Whoever clicks elsewhere while he is asked why he listens wants the other one. */
let wanted = 0

/** Play it from its beginning, and no further than its end. */
export async function playSpan(recordingId: string, fromMs: number, toMs: number | null = null): Promise<void> {
  stopSpan()
  const mine = wanted
  let listeningId: string | null
  try {
    listeningId = await needListening(recordingId)
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    return announce('error', errorSentence(failed.code))
  }
  if (listeningId === null || mine !== wanted) return
  // Always a new one: while the call lasts its sound grows, and a loaded one would end too early.
  const sound = new Audio(api.audioAddress(recordingId))
  const hearing = new HearingTold(recordingId)
  hearing.begin(listeningId)
  media = sound
  told = hearing
  playing.value = { recordingId, fromMs, toMs }
  sound.currentTime = fromMs / 1000
  sound.onended = stopSpan
  sound.onerror = () => refused(sound)
  sound.ontimeupdate = () => hearing.spans.reached(sound.currentTime * 1000, 1)
  sound.play().then(
    () => watchEnd(sound, toMs),
    (failed: unknown) => {
      if (!(failed instanceof DOMException && failed.name === 'AbortError')) refused(sound)
    },
  )
}

/** `timeupdate` comes four times a second, too seldom for the end of a word. */
function watchEnd(sound: HTMLAudioElement, toMs: number | null): void {
  if (media !== sound || toMs === null) return
  if (sound.currentTime * 1000 >= toMs) return stopSpan()
  frame = requestAnimationFrame(() => watchEnd(sound, toMs))
}

function refused(sound: HTMLAudioElement): void {
  if (media !== sound) return
  stopSpan()
  announce('error', t('span.notPlayable'))
}

export function stopSpan(): void {
  wanted += 1
  cancelAnimationFrame(frame)
  const [sound, hearing] = [media, told]
  media = told = null
  playing.value = null
  if (sound === null) return
  hearing?.spans.reached(sound.currentTime * 1000, 1)
  hearing?.end()
  sound.onended = sound.onerror = sound.ontimeupdate = null
  sound.pause()
  sound.removeAttribute('src')
  sound.load()
}
