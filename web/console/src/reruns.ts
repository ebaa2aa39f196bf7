// Going through the calls of a period again: which period days make, and how far a run is.
import type { Rerun } from './types'

/** Whole days of this clock, both included; null if a day is missing or they are the wrong way round. */
export function periodOf(first: string, last: string): { since: string; until: string } | null {
  const since = new Date(`${first}T00:00`)
  const until = new Date(`${last}T00:00`)
  until.setDate(until.getDate() + 1)
  if (!(since < until)) return null
  return { since: since.toISOString(), until: until.toISOString() }
}

/** The last day of a run as people chose it: it ends where the next one begins. */
export const lastDay = (rerun: Rerun): Date => new Date(Date.parse(rerun.until) - 1)

export const isGoing = (rerun: Rerun): boolean => rerun.ended_at === null
/** From 0 to 1; one without calls is done. */
export const share = (rerun: Rerun): number => (rerun.calls === 0 ? 1 : rerun.done / rerun.calls)

/** The newer account of that run in the list, or before all others. */
export function withRerun(reruns: readonly Rerun[], one: Rerun): readonly Rerun[] {
  return reruns.some((other) => other.id === one.id)
    ? reruns.map((other) => (other.id === one.id ? one : other))
    : [one, ...reruns]
}
