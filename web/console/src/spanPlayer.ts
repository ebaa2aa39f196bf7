// Plays one span of a call's sound beside any text: a field's proof, a cue, a clicked word.
import { shallowRef } from 'vue'
import { announce } from './announce'
import { api } from './api'
import { t } from './i18n'

export interface PlayingSpan {
  recordingId: string
  fromMs: number
  /** Null: on to the end. */
  toMs: number | null
}

/** The span that is heard now. */
export const playing = shallowRef<PlayingSpan | null>(null)

let media: HTMLAudioElement | null = null
let frame = 0

/** Play it from its beginning, and no further than its end. */
export function playSpan(recordingId: string, fromMs: number, toMs: number | null = null): void {
  stopSpan()
  // Always a new one: while the call lasts its sound grows, and a loaded one would end too early.
  const sound = new Audio(api.audioAddress(recordingId))
  media = sound
  playing.value = { recordingId, fromMs, toMs }
  sound.currentTime = fromMs / 1000
  sound.onended = stopSpan
  sound.onerror = () => refused(sound)
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
  cancelAnimationFrame(frame)
  const sound = media
  media = null
  playing.value = null
  if (sound === null) return
  sound.onended = sound.onerror = null
  sound.pause()
  sound.removeAttribute('src')
  sound.load()
}
