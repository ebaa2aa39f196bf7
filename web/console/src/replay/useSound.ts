// A recording's sound: says why first, plays, skips silences, repeats a span, and tells what was heard.
import { onBeforeUnmount, ref, shallowRef, type Ref } from 'vue'
import { api, ApiError } from '../api'
import type { HeardSpan } from './heardSpans'
import { forgetListening, HearingTold, needListening } from './listening'
import { silenceAt, type Silence } from './waveform'

export interface Loop {
  fromMs: number
  toMs: number
}
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3] as const
const REMEMBERED = 'hotline.replay'
/** Less than this is not worth a jump. */
const SKIP_FROM_MS = 400

interface Habits {
  speed: number
  skips: boolean
}
function habits(): Habits {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}') as Partial<Habits>
    const speed = SPEEDS.find((one) => one === kept.speed) ?? 1
    return { speed, skips: kept.skips === true }
  } catch {
    return { speed: 1, skips: false }
  }
}

export interface Sound {
  position: Ref<number>
  lengthMs: Ref<number>
  playing: Ref<boolean>
  waiting: Ref<boolean>
  /** An error code; "sound-broken" when the sound itself cannot be played. */
  trouble: Ref<string>
  speed: Ref<number>
  skips: Ref<boolean>
  loop: Ref<Loop | null>
  heard: Ref<readonly HeardSpan[]>
  toggle: () => Promise<void>
  pause: () => void
  seek: (ms: number) => void
  playFrom: (ms: number) => Promise<void>
  playSpan: (fromMs: number, toMs: number) => Promise<void>
  setSpeed: (speed: number) => void
  stepSpeed: (by: 1 | -1) => void
  setSkips: (on: boolean) => void
  setLoop: (loop: Loop | null) => void
}

export function useSound(recordingId: string, durationMs: number, silences: Ref<readonly Silence[]>): Sound {
  const had = habits()
  const media = new Audio()
  const told = new HearingTold(recordingId)
  const position = ref(0)
  const lengthMs = ref(durationMs)
  const [playing, waiting] = [ref(false), ref(false)]
  const trouble = ref('')
  const speed = ref(had.speed)
  const skips = ref(had.skips)
  const loop = shallowRef<Loop | null>(null)
  const heard = shallowRef<readonly HeardSpan[]>([])
  let admitted = false
  /** Where a span ends that is played by itself. */
  let stopAt: number | null = null
  let frame = 0

  media.preload = 'auto'
  media.onplay = () => {
    playing.value = true
    frame = requestAnimationFrame(eachFrame)
  }
  media.onpause = () => {
    note()
    told.spans.broken()
    playing.value = waiting.value = false
    stopAt = null
    void told.tell()
  }
  media.onwaiting = () => (waiting.value = true)
  media.onplaying = () => (waiting.value = false)
  media.onseeking = () => told.spans.broken()
  // A hidden tab has no frames, but it sounds.
  media.ontimeupdate = () => reached()
  media.onerror = () => {
    if (!admitted) return
    trouble.value = 'sound-broken'
    playing.value = waiting.value = false
    // It may be that the purpose has lapsed: it is asked for again with the next try.
    forgetListening(recordingId)
    admitted = false
  }
  media.ondurationchange = () => {
    if (Number.isFinite(media.duration)) lengthMs.value = Math.round(media.duration * 1000)
  }

  function eachFrame(): void {
    if (media.paused) return
    reached()
    frame = requestAnimationFrame(eachFrame)
  }

  function note(): void {
    if (!admitted || media.seeking) return
    told.spans.reached(media.currentTime * 1000, speed.value)
    heard.value = told.spans.heard
  }

  function reached(): void {
    if (!admitted || media.seeking || media.paused) return
    note()
    const at = media.currentTime * 1000
    position.value = Math.round(at)
    if (stopAt !== null) {
      if (at >= stopAt) media.pause()
      return
    }
    if (loop.value && at >= loop.value.toMs) return jump(loop.value.fromMs)
    const quiet = skips.value ? silenceAt(silences.value, at) : null
    if (quiet && quiet.toMs - at > SKIP_FROM_MS) jump(quiet.toMs)
  }

  /** What lies between was not heard. */
  function jump(ms: number): void {
    note()
    told.spans.broken()
    const to = Math.min(Math.max(ms, 0), lengthMs.value)
    position.value = Math.round(to)
    if (admitted) media.currentTime = to / 1000
  }

  /** Raises nothing: what went wrong is in `trouble`. */
  async function admit(): Promise<boolean> {
    if (admitted) return true
    trouble.value = ''
    try {
      const listeningId = await needListening(recordingId)
      if (listeningId === null) return false
      told.begin(listeningId)
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      trouble.value = failed.code
      return false
    }
    admitted = true
    media.src = api.audioAddress(recordingId)
    media.defaultPlaybackRate = media.playbackRate = speed.value
    media.currentTime = position.value / 1000
    return true
  }

  async function start(): Promise<void> {
    if (!(await admit())) return
    try {
      await media.play()
    } catch (failed) {
      // Paused again before the sound came, or the browser wants a click first: neither is a fault.
      const harmless = failed instanceof DOMException && ['AbortError', 'NotAllowedError'].includes(failed.name)
      if (!harmless) trouble.value = 'sound-broken'
    }
  }

  const pause = (): void => media.pause()
  async function toggle(): Promise<void> {
    if (!media.paused) return media.pause()
    if (position.value >= lengthMs.value - 50) jump(0)
    await start()
  }
  function seek(ms: number): void {
    stopAt = null
    jump(ms)
  }
  async function playFrom(ms: number): Promise<void> {
    seek(ms)
    if (media.paused) await start()
  }
  async function playSpan(fromMs: number, toMs: number): Promise<void> {
    await playFrom(fromMs)
    stopAt = toMs
  }
  function keep(): void {
    localStorage.setItem(REMEMBERED, JSON.stringify({ speed: speed.value, skips: skips.value }))
  }
  function setSpeed(to: number): void {
    note()
    speed.value = to
    media.defaultPlaybackRate = media.playbackRate = to
    keep()
  }
  function stepSpeed(by: 1 | -1): void {
    const at = SPEEDS.findIndex((one) => one === speed.value)
    setSpeed(SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)] ?? 1)
  }
  function setSkips(on: boolean): void {
    skips.value = on
    keep()
  }
  function setLoop(to: Loop | null): void {
    loop.value = to
  }

  onBeforeUnmount(() => {
    cancelAnimationFrame(frame)
    note()
    admitted = false
    media.onerror = media.onpause = media.onseeking = media.ontimeupdate = null
    media.pause()
    told.end()
    media.removeAttribute('src')
    media.load()
  })

  return {
    position, lengthMs, playing, waiting, trouble, speed, skips, loop, heard,
    toggle, pause, seek, playFrom, playSpan, setSpeed, stepSpeed, setSkips, setLoop,
  }
}
