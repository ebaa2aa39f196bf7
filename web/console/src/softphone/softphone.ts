// The telephone of this page: what it does and when. state.ts is what views show, telephone.ts knows SIP,
// devices.ts the sound, ownerTab.ts which of the person's tabs it is.
//
//   off ── desk           the seat speaks on its desk telephone
//    └── starting ── elsewhere     another tab is the telephone
//            └── ready ── ringing ── talking ── ready
//
// Without a microphone that works the browser does not register: no citizen is offered to a deaf seat.
import { watch } from 'vue'
import { api, ApiError } from '../api'
import { ownerTab } from '../ownerTab'
import {
  farEndIsGone, hush, keepDevice, listDevices, listen, playFarEnd, recallDevices, ring, silentTrack, speech,
  stopRinging, useChosenLoudspeaker,
} from './devices'
import { NoMicrophone, secure } from './sound'
import { callId, chosen, inBrowser, muted, phase, pressed, returning, trouble, type Trouble } from './state'
import { Telephone, type Loss } from './telephone'

/** What is over as soon as the line is registered. */
const OF_THE_LINE: ReadonlySet<Trouble> = new Set(['line-lost', 'refused', 'logged-out'])
const OF_THE_MICROPHONE: ReadonlySet<Trouble | null> = new Set([
  'microphone-gone', 'no-microphone', 'microphone-busy', 'denied',
])
const RETURN_LIMIT_MS = 8000
/** The citizen is kept for a minute at most ([control] keep_for_seat_s). */
const RETURN_TRIES = 6
const GONE_ON = new Set(['call-over', 'unknown-call', 'not-on-this-call', 'call-in-other-form', 'not-found', 'forbidden'])

let seatId: string | null = null
let registering = false
let registered = false
/** Until when a ring without a call's number is our own call coming back. */
let comesBackUntil = 0
let telephone: Telephone | null = null

const whichPhone = (): string => `hotline.softphone.phone.${seatId ?? ''}`
const talks = (): boolean => telephone?.inCall === true

/** For the person of this seat: on the telephone he chose here before; at first the desk's, if there is one. */
export async function begin(seat: string): Promise<void> {
  if (seatId === seat) return
  end(true)
  seatId = seat
  recallDevices()
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
  if (!onPurpose && talks()) return
  letGo()
  seatId = null
  phase.value = 'off'
}

/** After a trouble was mended: from the beginning; in a call only what is missing. */
export function tryAgain(): void {
  if (talks()) {
    void listenAgain()
    return
  }
  letGo()
  speakHere()
}

/** The other tab or machine lets go, and a call that it has comes here; once this one can speak. */
export async function takeItOver(): Promise<void> {
  trouble.value = null
  if (!(await listenFirst())) return
  if (ownerTab.owns.value) await register()
  else ownerTab.takeOver()
}

export function answer(): void {
  stopRinging()
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
  keepDevice('microphone', id)
  if (talks()) await listenAgain()
  else if (speech() !== null) await listenFirst()
}

export async function useLoudspeaker(id: string): Promise<void> {
  keepDevice('loudspeaker', id)
  await useChosenLoudspeaker()
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
  if (talks()) trouble.value = 'taken-over'
  else {
    letGo()
    phase.value = 'elsewhere'
  }
}

/** Before there is a call: without a microphone there will be none. */
async function listenFirst(): Promise<boolean> {
  const why = await open(chosen.value.microphone)
  if (why !== null) failed(why)
  return why === null
}

/** In a call another microphone is tried; the call itself is never given up for it. */
async function listenAgain(): Promise<void> {
  const why = (await open(chosen.value.microphone)) === null ? null : await open(null)
  if (!talks()) return
  if (why === null) {
    if (OF_THE_MICROPHONE.has(trouble.value)) trouble.value = null
  } else trouble.value = why === 'no-microphone' ? 'microphone-gone' : why
}

/** Null: it is open. */
async function open(deviceId: string | null): Promise<Trouble | null> {
  try {
    const track = await listen(deviceId, microphoneGone)
    if (track !== null) await telephone?.speakInto(track)
    return null
  } catch (missing) {
    if (!(missing instanceof NoMicrophone)) throw missing
    return missing.why
  }
}

function microphoneGone(): void {
  if (!talks()) return failed('microphone-gone')
  trouble.value = 'microphone-gone'
  const silent = silentTrack()
  if (silent !== null) void telephone?.speakInto(silent)
  void listenAgain()
}

async function register(): Promise<void> {
  const seat = seatId
  if (seat === null || telephone !== null || registering) return
  phase.value = 'starting'
  registering = true
  try {
    if (speech() === null && !(await listenFirst())) return
    const identity = await api.softphone()
    if (seatId !== seat || telephone !== null || !ownerTab.owns.value) return
    registered = false
    telephone = new Telephone(events, speech)
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
    if (!registered && !talks()) void bringBack()
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
    else if (why === 'logged-out' && talks()) trouble.value = why
    else failed(why)
  },
  rings(id: string | null): void {
    callId.value = id
    phase.value = 'ringing'
    // Who is rung by the waiting line brings the call's number; a leg of its own has none.
    if (id === null && performance.now() < comesBackUntil) telephone?.answer()
    else ring()
  },
  talks(): void {
    stopRinging()
    returning.value = false
    comesBackUntil = 0
    phase.value = 'talking'
    muted.value = false
    pressed.value = ''
  },
  over(): void {
    stopRinging()
    farEndIsGone()
    callId.value = null
    muted.value = false
    if (trouble.value === 'no-sound') trouble.value = null
    if (phase.value === 'ringing' || phase.value === 'talking') phase.value = 'ready'
    // Nobody was given up for a missing microphone; nobody new comes to one.
    if (trouble.value !== null && OF_THE_MICROPHONE.has(trouble.value)) failed(trouble.value)
  },
  sound(track: MediaStreamTrack): void {
    if (track.kind === 'audio') playFarEnd(track)
  },
  sounds(how: 'flows' | 'interrupted' | 'broken' | 'never'): void {
    if (how === 'flows') {
      if (trouble.value === 'no-sound') trouble.value = null
    } else if (how === 'never') {
      // The next citizen would not be heard either.
      telephone?.giveBack()
      failed('no-way')
    } else {
      trouble.value = 'no-sound'
      if (how === 'broken') void bringBack()
    }
  },
}

/** This page may have been loaded anew while its seat talked, or its sound is lost for good: the service leads the
 *  call to it on a new leg. */
async function bringBack(tries = RETURN_TRIES): Promise<void> {
  comesBackUntil = performance.now() + RETURN_LIMIT_MS
  const back = await api.bringCallBack().catch((refused: unknown) => {
    if (!(refused instanceof ApiError)) throw refused
    // The citizen has gone on meanwhile: there is nothing to lead back. Anything else may pass.
    return GONE_ON.has(refused.code) ? { call_id: null } : null
  })
  if (back !== null && back.call_id === null) {
    comesBackUntil = 0
    returning.value = false
    // Over without a word to us: what is left of it here is silent.
    if (trouble.value === 'no-sound') telephone?.hangUp()
  } else if (phase.value !== 'talking' && phase.value !== 'ringing') {
    returning.value = true
    setTimeout(() => {
      if (!returning.value) return
      returning.value = false
      // Rung in vain, perhaps before the exchange knew this page: he still hears music.
      if (phase.value === 'ready' && tries > 1) void bringBack(tries - 1)
    }, RETURN_LIMIT_MS)
  }
}

/** Said, and no call comes here any more; the operator has a way on. */
function failed(why: Trouble): void {
  letGo()
  phase.value = 'starting'
  trouble.value = why
}

function letGo(): void {
  const before = telephone
  telephone = null
  trouble.value = null
  before?.stop()
  hush()
  events.over()
  returning.value = false
}

if (typeof navigator !== 'undefined' && 'mediaDevices' in navigator) {
  // A headset that is plugged in again is used again, without a click.
  navigator.mediaDevices.addEventListener('devicechange', () => {
    if (trouble.value === 'microphone-gone' || trouble.value === 'no-microphone') tryAgain()
    else if (speech() !== null) void listDevices()
  })
}
