// Who is logged in here, and what that person may do in the console.
import { computed, shallowRef } from 'vue'
import { api, ApiError } from './api'
import type { User } from './types'

export const user = shallowRef<User | null>(null)
/** Logged out by the button: the next user starts afresh, not at this one's page. */
let onPurpose = false
export const leftOnPurpose = (): boolean => onPurpose

export const hearsAll = computed(() => has('supervisor') || has('inspector'))
export const drivesFloor = computed(() => has('supervisor'))
/** Sees alarms; may give waiting citizens to seats. */
export const leadsFloor = computed(() => has('supervisor') || has('administrator'))
/** Sees rule documents; administrators change them. */
export const readsRules = leadsFloor
export const writesRules = computed(() => has('administrator'))
/** Hears what the hotline says by itself; administrators change it. */
export const hearsPrompts = computed(() => hearsAll.value || has('administrator'))
/** Hears what citizens left when nobody was there; who only listens does nothing about it. */
export const takesMessages = computed(() => has('operator') || hearsAll.value)
export const answersMessages = computed(() => has('operator') || has('supervisor'))
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

export async function logIn(username: string, password: string): Promise<void> {
  user.value = await api.logIn(username, password)
  onPurpose = false
}

export async function logOut(): Promise<void> {
  try {
    await api.logOut()
  } catch (failed) {
    // Without the service the cookie stays, but this page forgets the user all the same.
    if (!(failed instanceof ApiError)) throw failed
  }
  onPurpose = true
  forgetUser()
}

export function forgetUser(): void {
  user.value = null
}
