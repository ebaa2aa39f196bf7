// The picture of a recording from the service's peaks, and where nobody speaks. Pure.
import type { Peaks } from '../types'

/** From where to where a picture shows, in ms. */
export interface View {
  fromMs: number
  toMs: number
}

/** Loudest peak of each of `bars` equal parts of the view, 0 to 1. */
export function barsOf(levels: readonly number[], perSecond: number, view: View, bars: number): number[] {
  const perMs = perSecond / 1000
  const [first, width] = [view.fromMs * perMs, ((view.toMs - view.fromMs) * perMs) / bars]
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.max(0, Math.floor(first + bar * width))
    const to = Math.min(levels.length, Math.max(from + 1, Math.ceil(first + (bar + 1) * width)))
    let loudest = 0
    for (let at = from; at < to; at += 1) loudest = Math.max(loudest, levels[at] as number)
    return loudest / 255
  })
}

export interface Silence {
  fromMs: number
  toMs: number
}

/** Shorter ones are breaths, not silences. */
const SHORTEST_MS = 1500
/** Left at both ends, so that no word is cut. */
const MARGIN_MS = 250
/** Of 255; telephone noise lies below it. */
const QUIET = 8

/** Where no channel is louder than noise. */
export function silencesOf(peaks: Peaks): Silence[] {
  const channels = [peaks.citizen, peaks.operator, peaks.own].filter((one) => one.length > 0)
  const slots = Math.max(0, ...channels.map((one) => one.length))
  const slotMs = 1000 / peaks.points_per_second
  // Where a line hums, its hum is silence too.
  const limits = channels.map((one) => Math.max(QUIET, humOf(one) * 1.6))
  const found: Silence[] = []
  let from: number | null = null
  for (let at = 0; at <= slots; at += 1) {
    const quiet = at < slots && channels.every((one, n) => (one[at] ?? 0) <= (limits[n] as number))
    if (quiet) from ??= at
    else if (from !== null) {
      const [first, last] = [from * slotMs + MARGIN_MS, at * slotMs - MARGIN_MS]
      if (last - first >= SHORTEST_MS) found.push({ fromMs: first, toMs: last })
      from = null
    }
  }
  return found
}

/** The level that a fifth of the slots stay below, never more than a whisper. */
function humOf(levels: readonly number[]): number {
  const sorted = [...levels].sort((a, b) => a - b)
  return Math.min(16, sorted[Math.floor(sorted.length / 5)] ?? 0)
}

/** The silence around this place, found by halving. */
export function silenceAt(silences: readonly Silence[], ms: number): Silence | null {
  let [low, high] = [0, silences.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const one = silences[middle] as Silence
    if (ms < one.fromMs) high = middle - 1
    else if (ms >= one.toMs) low = middle + 1
    else return one
  }
  return null
}

/** What is left to hear without the silences. */
export const speechMs = (lengthMs: number, silences: readonly Silence[]): number =>
  lengthMs - silences.reduce((sum, one) => sum + one.toMs - one.fromMs, 0)

/** The view that is `factor` times as narrow around a place, within the whole. */
export function zoomed(view: View, whole: number, around: number, factor: number): View {
  const width = Math.min(whole, Math.max(5000, (view.toMs - view.fromMs) / factor))
  const share = (around - view.fromMs) / Math.max(1, view.toMs - view.fromMs)
  const fromMs = Math.min(Math.max(0, around - share * width), whole - width)
  return { fromMs, toMs: fromMs + width }
}

/** The view moved on so far that the place is in it. */
export function following(view: View, whole: number, place: number): View {
  if (place >= view.fromMs && place <= view.toMs) return view
  const width = view.toMs - view.fromMs
  const fromMs = Math.min(Math.max(0, place - width * 0.08), Math.max(0, whole - width))
  return { fromMs, toMs: fromMs + width }
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]

/** Times to write under the picture, no more than `most` of them. */
export function ticksOf(view: View, most: number): number[] {
  const seconds = (view.toMs - view.fromMs) / 1000
  const step = (STEPS_S.find((one) => seconds / one <= most) ?? 7200) * 1000
  const ticks: number[] = []
  for (let at = Math.ceil(view.fromMs / step) * step; at <= view.toMs; at += step) ticks.push(at)
  return ticks
}
