// Prompts as the page shows them: one entry a text and language with its sounds, and how each of them is.
import { onScopeDispose, ref } from 'vue'
import { api } from './api'
import type { Prompt, PromptText } from './types'

export type SoundState = 'missing' | 'troubled' | 'making' | 'studio' | 'voice'
/** The worst first: an entry is as its worst sound. */
export const STATES: readonly SoundState[] = ['missing', 'troubled', 'making', 'studio', 'voice']
/** In which a sound is not as it should be. */
export const ILL: readonly SoundState[] = ['missing', 'troubled', 'making']

export function stateOf(sound: Prompt): SoundState {
  // What was just published is being made; what is missing for another reason says why.
  if (sound.text !== '' && sound.spoken_text !== sound.text && sound.problem === '') return 'making'
  if (sound.missing) return 'missing'
  if (sound.problem !== '') return 'troubled'
  return sound.made_from === 'studio' ? 'studio' : 'voice'
}

export interface Entry {
  /** Of the address: the text's code, or the sound's own name. */
  code: string
  language: string
  words: string
  /** Null: a part of spoken numbers and dates, or a recording by itself. */
  text: PromptText | null
  sounds: readonly Prompt[]
  state: SoundState
}

const worst = (sounds: readonly Prompt[]): SoundState =>
  STATES.find((one) => sounds.some((sound) => stateOf(sound) === one)) ?? 'missing'

/** Texts as they are written, then parts and recordings by themselves, each in its language. */
export function entriesOf(texts: readonly PromptText[], sounds: readonly Prompt[]): Entry[] {
  const pieces = new Map<string, Prompt[]>()
  for (const sound of sounds) {
    const key = `${sound.language}/${sound.code}`
    pieces.set(key, [...(pieces.get(key) ?? []), sound])
  }
  const written = texts.flatMap((text) =>
    Object.entries(text.words).map(([language, words]): Entry => {
      const own = pieces.get(`${language}/${text.code}`) ?? []
      return { code: text.code, language, words, text, sounds: own, state: worst(own) }
    }),
  )
  const alone = sounds
    .filter((sound) => sound.code === '')
    .map((sound): Entry => ({ code: sound.name, language: sound.language, words: sound.text, text: null, sounds: [sound], state: stateOf(sound) }))
  return [...written, ...alone]
}

/** Where an entry is heard; a flow's code is any other word. */
export const PLACES = ['all', 'refused', 'without-service', 'unheard', 'parts'] as const

export interface Wanted {
  language: string
  place: string
  state: 'all' | 'ill' | 'studio'
  words: string
}

export function fits(one: Entry, wanted: Wanted): boolean {
  if (wanted.language !== 'all' && one.language !== wanted.language) return false
  if (wanted.state === 'ill' && !ILL.includes(one.state)) return false
  if (wanted.state === 'studio' && !one.sounds.some((sound) => sound.made_from === 'studio')) return false
  if (!heardAt(one, wanted.place)) return false
  const looked = wanted.words.trim().toLowerCase()
  return looked === '' || one.words.toLowerCase().includes(looked) || one.code.includes(looked)
}

function heardAt(one: Entry, place: string): boolean {
  if (place === 'all') return true
  if (place === 'parts') return one.text === null
  if (one.text === null) return false
  if (place === 'refused') return one.text.refused
  if (place === 'without-service') return one.text.without_service
  if (place === 'unheard') return one.text.flows.length === 0 && !one.text.refused && !one.text.without_service
  return one.text.flows.includes(place)
}

export const totalMs = (sounds: readonly Prompt[]): number =>
  sounds.reduce((sum, one) => sum + one.duration_ms, 0)

/** One sound at a time, through the browser's own player. */
export function usePromptSound() {
  const media = new Audio()
  /** "language/name" of what is playing. */
  const playing = ref('')
  const broken = ref('')
  const share = ref(0)
  let queue: Prompt[] = []
  const keyOf = (sound: Prompt): string => `${sound.language}/${sound.name}`

  media.ontimeupdate = () => (share.value = media.duration > 0 ? media.currentTime / media.duration : 0)
  media.onended = () => next()
  media.onerror = () => {
    if (playing.value === '') return
    broken.value = playing.value
    stop()
  }

  function next(): void {
    const sound = queue.shift()
    if (sound === undefined) return stop()
    playing.value = keyOf(sound)
    share.value = 0
    // The same address says something else after an edit.
    media.src = `${api.promptAudio(sound.language, sound.name)}?at=${Date.now()}`
    media.play().catch((failed: unknown) => {
      if (failed instanceof DOMException && failed.name === 'AbortError') return
      broken.value = playing.value
      stop()
    })
  }

  /** These one after the other; what was playing ends. */
  function play(sounds: readonly Prompt[]): void {
    broken.value = ''
    queue = sounds.filter((one) => !one.missing)
    next()
  }

  function stop(): void {
    queue = []
    playing.value = ''
    share.value = 0
    media.pause()
  }

  onScopeDispose(() => {
    stop()
    media.removeAttribute('src')
    media.load()
  })
  return { playing, broken, share, play, stop, keyOf }
}
