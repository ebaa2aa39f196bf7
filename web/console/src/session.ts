// Who is logged in here, and what that person may do in the console.
import { computed, ref, shallowRef } from 'vue'
import { api, ApiError } from './api'
import { forgetAllTyped } from './keptWords'
import { ownerTab } from './ownerTab'
import type { User } from './types'

export const user = shallowRef<User | null>(null)
/** Logged out by the button: the next user starts afresh, not at this one's page. */
let onPurpose = false
export const leftOnPurpose = (): boolean => onPurpose

export const hearsAll = computed(() => has('supervisor') || has('inspector'))
/** Works off drawn calls. */
export const inspects = computed(() => has('inspector'))
export const drivesFloor = computed(() => has('supervisor'))
/** Sees alarms; may give waiting citizens to seats. */
export const leadsFloor = computed(() => has('supervisor') || has('administrator'))
/** Sees rule documents; administrators change them. */
export const readsRules = leadsFloor
export const writesRules = computed(() => has('administrator'))
export const administers = writesRules
/** Hears what the hotline says by itself; administrators change it. */
export const hearsPrompts = computed(() => hearsAll.value || has('administrator'))
/** Hears what citizens left when nobody was there; who only listens does nothing about it. */
export const takesMessages = computed(() => has('operator') || hearsAll.value)
export const answersMessages = computed(() => has('operator') || has('supervisor'))
/** Takes calls: works at the desk and starts there. */
export const takesCalls = computed(() => has('operator') && ownSeat.value !== null)
export const startPage = (): string => (takesCalls.value ? '/desk' : '/calls')
/** An account that is only for a big screen. */
export const hangsOnWall = computed(() => user.value?.roles.length === 1 && has('wall'))
export const ownSeat = computed(() => user.value?.seat_id ?? null)

function has(role: User['roles'][number]): boolean {
  return user.value?.roles.includes(role) ?? false
}

/** Whether the words of a call at that seat may be shown. */
export function mayHear(seatId: string | null): boolean {
  return hearsAll.value || (seatId !== null && seatId === ownSeat.value)
}

/** Whether an order of that seat may be changed. */
export function mayWrite(seatId: string | null): boolean {
  return drivesFloor.value || (seatId !== null && seatId === ownSeat.value)
}

let known: Promise<void> | null = null

/** Ask once whether the browser's cookie still opens a session. */
export function recall(): Promise<void> {
  known ??= api
    .whoAmI()
    .then((found) => {
      user.value = found
    })
    .catch((failed: unknown) => {
      if (!(failed instanceof ApiError)) throw failed
      if (failed.code !== 'not-logged-in') known = null
    })
  return known
}

let lastHere: string | null = null

/** Somebody has shown who he is, with a password or with the code that was missing. */
export function cameIn(found: User): void {
  // What another user left unsaved on this machine is not the next one's to find.
  if (lastHere !== null && lastHere !== found.username) forgetAllTyped()
  lastHere = found.username
  user.value = found
  onPurpose = false
}

/** The session is over while its page is still there: the log-in stands over the page. */
export const sessionOver = ref(false)
let comeBack: Promise<boolean> | null = null
let goOn: (came: boolean) => void = () => undefined

/** Promises whether somebody logs in again here; everybody who asks waits for the same answer. */
export function sessionEnded(): Promise<boolean> {
  if (user.value === null) return Promise.resolve(false)
  comeBack ??= new Promise((resolve) => {
    goOn = resolve
    sessionOver.value = true
  })
  return comeBack
}

/** The same person is here again. */
export function cameBack(found: User): void {
  cameIn(found)
  answerWaiting(true)
}

function answerWaiting(came: boolean): void {
  sessionOver.value = false
  comeBack = null
  goOn(came)
}

export async function logOut(): Promise<void> {
  try {
    await api.logOut()
  } catch (failed) {
    // Without the service the cookie stays, but this page forgets the user all the same.
    if (!(failed instanceof ApiError)) throw failed
  }
  onPurpose = true
  forgetAllTyped()
  ownerTab.letGo()
  forgetUser()
}

export function forgetUser(): void {
  user.value = null
  if (sessionOver.value) answerWaiting(false)
}
