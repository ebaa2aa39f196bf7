// The telephone of this page: one state, and what the operator may do with it. Views show it; telephone.ts knows
// SIP, sound.ts the devices, ownerTab.ts which of the person's tabs it is.
//
//   off ── desk           the seat speaks on its desk telephone
//    └── starting ── elsewhere     another tab is the telephone
//            └── ready ── ringing ── talking ── ready
//
// Without a microphone that works the browser does not register: no citizen is offered to a deaf seat.
import { computed, ref, shallowRef, watch } from 'vue'
import { api, ApiError } from '../api'
import { ownerTab } from '../ownerTab'
import { Bell, devices, LevelMeter, Loudspeaker, NoMicrophone, openMicrophone, secure, type Device, type MicrophoneTrouble } from './sound'
import { Telephone, type Loss } from './telephone'

export type Phase = 'off' | 'desk' | 'starting' | 'elsewhere' | 'ready' | 'ringing' | 'talking'
export type Trouble =
  | MicrophoneTrouble
  | 'line-lost'
  | 'refused'
  | 'taken-over'
  | 'no-sound'
  | 'service'
  | 'logged-out'

export const phase = ref<Phase>('off')
export const trouble = ref<Trouble | null>(null)
export const muted = ref(false)
/** How loud this operator is, and the other side, 0 to 1. */
export const level = ref(0)
export const farLevel = ref(0)
export const pressed = ref('')
/** The call that rings or is talked, where the line said it. */
export const callId = ref<string | null>(null)
/** A call of before this page was loaded is on its way back to it. */
export const returning = ref(false)
export const microphones = shallowRef<readonly Device[]>([])
export const loudspeakers = shallowRef<readonly Device[]>([])
export const chosen = ref<{ microphone: string | null; loudspeaker: string | null }>({ microphone: null, loudspeaker: null })
/** Whether this page is to speak and hear at all. */
export const inBrowser = computed(() => phase.value !== 'off' && phase.value !== 'desk')

/** What is over as soon as the line is registered. */
const OF_THE_LINE: ReadonlySet<Trouble> = new Set(['line-lost', 'refused', 'logged-out'])
/** What mends itself: the operator only waits. */
export const byItself = computed(() => trouble.value === 'line-lost' || trouble.value === 'no-sound')
const RETURN_LIMIT_MS = 8000

let seatId: string | null = null
let registering = false
let registered = false
/** Until when a ring without a call's number is our own call coming back. */
let comesBackUntil = 0
let microphone: MediaStream | null = null
let context: AudioContext | null = null
let bell: Bell | null = null
let meter: LevelMeter | null = null
let farMeter: LevelMeter | null = null
let loudspeaker: Loudspeaker | null = null
let telephone: Telephone | null = null

const remembered = (what: string): string => `hotline.softphone.${what}`
const whichPhone = (): string => remembered(`phone.${seatId ?? ''}`)

/** For the person of this seat: on the telephone he chose here before; at first the desk's, if there is one. */
export async function begin(seat: string): Promise<void> {
  if (seatId === seat) return
  end(true)
  seatId = seat
  chosen.value = {
    microphone: localStorage.getItem(remembered('microphone')),
    loudspeaker: localStorage.getItem(remembered('loudspeaker')),
  }
  const before = localStorage.getItem(whichPhone())
  if (before === 'desk' || (before === null && (await deskPhoneThere()))) {
    if (seatId === seat && phase.value === 'off') phase.value = 'desk'
    return
  }
  if (seatId === seat && phase.value === 'off') speakHere()
}

async function deskPhoneThere(): Promise<boolean> {
  try {
    return (await api.softphone()).desk_phone
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    return true
  }
}

/** This page is the telephone from now on, and after each reload. */
export function useBrowser(): void {
  localStorage.setItem(whichPhone(), 'browser')
  if (phase.value === 'desk' || phase.value === 'off') speakHere()
}

export function useDesk(): void {
  localStorage.setItem(whichPhone(), 'desk')
  letGo()
  phase.value = 'desk'
}

/** Logged out. Who is logged out by the clock talks on, and logs in again meanwhile. */
export function end(onPurpose: boolean): void {
  if (!onPurpose && telephone?.inCall === true) return
  letGo()
  seatId = null
  phase.value = 'off'
}

/** After a trouble was mended: from the beginning. */
export function tryAgain(): void {
  letGo()
  speakHere()
}

/** The other tab or machine lets go, and a call that it has comes here; once this one can speak. */
export async function takeItOver(): Promise<void> {
  trouble.value = null
  if (!(await listen())) return
  if (ownerTab.owns.value) await register()
  else ownerTab.takeOver()
}

export function answer(): void {
  bell?.stop()
  telephone?.answer()
}

export function hangUp(): void {
  telephone?.hangUp()
}

export function setMuted(on: boolean): void {
  if (phase.value !== 'talking') return
  telephone?.mute(on)
  muted.value = on
}

export function press(key: string): void {
  if (phase.value !== 'talking') return
  telephone?.press(key)
  pressed.value = (pressed.value + key).slice(-24)
}

export async function useMicrophone(id: string): Promise<void> {
  localStorage.setItem(remembered('microphone'), id)
  chosen.value = { ...chosen.value, microphone: id }
  if (microphone !== null) await listen()
}

export async function useLoudspeaker(id: string): Promise<void> {
  localStorage.setItem(remembered('loudspeaker'), id)
  chosen.value = { ...chosen.value, loudspeaker: id }
  await loudspeaker?.use(id).catch(() => undefined)
}

function speakHere(): void {
  const seat = seatId
  if (seat === null) return
  trouble.value = null
  phase.value = 'starting'
  if (!secure()) return failed('insecure')
  ownerTab.claim(seat)
  follow()
}

/** What the ownership of the seat means for its telephone. */
function follow(): void {
  if (!inBrowser.value) return
  if (ownerTab.owns.value) void register()
  else if (ownerTab.ownership.value === 'guest') giveWay()
}
watch(ownerTab.ownership, follow)

/** Another tab is the telephone. A call is not ended here: the service closes our line as soon as the other tab
 *  has its own, and leads the call there. */
function giveWay(): void {
  if (telephone?.inCall === true) trouble.value = 'taken-over'
  else {
    letGo()
    phase.value = 'elsewhere'
  }
}

async function listen(): Promise<boolean> {
  try {
    await takeMicrophone(await openMicrophone(chosen.value.microphone))
    return true
  } catch (missing) {
    if (!(missing instanceof NoMicrophone)) throw missing
    failed(missing.why)
    return false
  }
}

async function takeMicrophone(stream: MediaStream): Promise<void> {
  hush()
  microphone = stream
  const track = stream.getAudioTracks()[0]
  track?.addEventListener('ended', () => void microphoneGone(), { once: true })
  context ??= new AudioContext()
  bell ??= new Bell(context)
  loudspeaker ??= new Loudspeaker()
  meter = new LevelMeter(context, stream, (now) => (level.value = now))
  if (track !== undefined) await telephone?.speakInto(track)
  await listDevices()
}

/** In a call another microphone is tried; the call itself is never given up for it. */
async function microphoneGone(): Promise<void> {
  if (telephone?.inCall !== true) return failed('microphone-gone')
  trouble.value = 'microphone-gone'
  try {
    await takeMicrophone(await openMicrophone(null))
  } catch (missing) {
    if (!(missing instanceof NoMicrophone)) throw missing
  }
}

async function listDevices(): Promise<void> {
  microphones.value = await devices('audioinput')
  loudspeakers.value = await devices('audiooutput')
  if (chosen.value.loudspeaker !== null) await loudspeaker?.use(chosen.value.loudspeaker).catch(() => undefined)
}

async function register(): Promise<void> {
  const seat = seatId
  if (seat === null || telephone !== null || registering) return
  phase.value = 'starting'
  registering = true
  try {
    if (microphone === null && !(await listen())) return
    const identity = await api.softphone()
    if (seatId !== seat || telephone !== null || !ownerTab.owns.value) return
    registered = false
    telephone = new Telephone(events, () => microphone)
    await telephone.start(identity)
  } catch (refused) {
    if (!(refused instanceof ApiError)) throw refused
    failed('service')
  } finally {
    registering = false
  }
}

const events = {
  registered(): void {
    if (trouble.value !== null && OF_THE_LINE.has(trouble.value)) trouble.value = null
    if (phase.value === 'starting') phase.value = 'ready'
    if (!registered && telephone?.inCall === false) void bringBack()
    registered = true
  },
  refused(): void {
    if (trouble.value === null) trouble.value = 'refused'
  },
  lost(why: Loss): void {
    if (ownerTab.ownership.value === 'guest') {
      letGo()
      phase.value = 'elsewhere'
    } else if (why === 'lost') trouble.value = 'line-lost'
    else if (why === 'logged-out' && telephone?.inCall === true) trouble.value = why
    else failed(why)
  },
  rings(id: string | null): void {
    callId.value = id
    phase.value = 'ringing'
    // Who is rung by the waiting line brings the call's number; a leg of its own has none.
    if (id === null && performance.now() < comesBackUntil) telephone?.answer()
    else bell?.ring()
  },
  talks(): void {
    bell?.stop()
    returning.value = false
    comesBackUntil = 0
    phase.value = 'talking'
    muted.value = false
    pressed.value = ''
  },
  over(): void {
    bell?.stop()
    loudspeaker?.stop()
    farMeter?.close()
    farMeter = null
    farLevel.value = 0
    callId.value = null
    muted.value = false
    if (trouble.value === 'no-sound') trouble.value = null
    if (phase.value === 'ringing' || phase.value === 'talking') phase.value = 'ready'
  },
  sound(track: MediaStreamTrack): void {
    if (track.kind !== 'audio') return
    loudspeaker?.play(track)
    if (context === null) return
    void context.resume()
    farMeter?.close()
    farMeter = new LevelMeter(context, new MediaStream([track]), (now) => (farLevel.value = now))
  },
  sounds(how: 'flows' | 'interrupted' | 'broken'): void {
    if (how === 'flows') {
      if (trouble.value === 'no-sound') trouble.value = null
      return
    }
    trouble.value = 'no-sound'
    if (how === 'broken') void bringBack()
  },
}

/** This page may have been loaded anew while its seat talked, or its sound is lost for good: the service leads the
 *  call to it on a new leg. */
async function bringBack(): Promise<void> {
  comesBackUntil = performance.now() + RETURN_LIMIT_MS
  const back = await api.bringCallBack().catch((refused: unknown) => {
    // The citizen has gone on meanwhile: there is nothing to lead back.
    if (!(refused instanceof ApiError)) throw refused
    return { call_id: null }
  })
  if (back.call_id === null) {
    comesBackUntil = 0
    // Over without a word to us: what is left of it here is silent.
    if (trouble.value === 'no-sound') telephone?.hangUp()
  } else if (phase.value !== 'talking' && phase.value !== 'ringing') {
    returning.value = true
    setTimeout(() => (returning.value = false), RETURN_LIMIT_MS)
  }
}

/** Said, and no call comes here any more; the operator has a way on. */
function failed(why: Trouble): void {
  letGo()
  phase.value = 'starting'
  trouble.value = why
}

function letGo(): void {
  telephone?.stop()
  telephone = null
  hush()
  bell?.stop()
  events.over()
  returning.value = false
  trouble.value = null
}

/** The microphone off; the browser's sign that it is on goes too. */
function hush(): void {
  meter?.close()
  meter = null
  level.value = 0
  for (const track of microphone?.getTracks() ?? []) track.stop()
  microphone = null
}

if (typeof navigator !== 'undefined' && 'mediaDevices' in navigator) {
  // A headset that is plugged in again is used again, without a click.
  navigator.mediaDevices.addEventListener('devicechange', () => {
    if (trouble.value === 'microphone-gone' || trouble.value === 'no-microphone') tryAgain()
    else if (microphone !== null) void listDevices()
  })
}
