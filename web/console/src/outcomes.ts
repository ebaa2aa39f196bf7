// How calls ended: the codes to choose from, and calls whose outcome is still to be saved.
import { shallowReactive, shallowRef } from 'vue'
import { api, ApiError } from './api'
import type { Outcome, WrapUpCode } from './types'

export const codes = shallowRef<readonly WrapUpCode[]>([])
export const outcomes = shallowReactive<Record<string, Outcome>>({})

/** The key that chooses the n-th code: a digit, and letters after the tenth. */
export const KEYS = '1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The call whose missing outcome stands in the way, and what to try again once it is saved. */
export const unsaved = shallowRef<{ callId: string; missing: string; again: () => void } | null>(null)

/** Ask the service (again) how a call ended and for the codes. Raises ApiError. */
export async function lookUp(callId: string): Promise<void> {
  const [listed, outcome] = await Promise.all([
    codes.value.length > 0 ? null : api.codes(),
    api.outcome(callId),
  ])
  if (listed !== null) codes.value = listed.codes
  outcomes[callId] = outcome
}

/** As `lookUp`; who may not know, or cannot just now, goes without. */
export async function lookUpQuietly(callId: string): Promise<void> {
  try {
    await lookUp(callId)
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
  }
}

/** Raises ApiError. */
export async function save(callId: string, code: string, note: string): Promise<void> {
  outcomes[callId] = await api.giveCode(callId, code, note)
}
