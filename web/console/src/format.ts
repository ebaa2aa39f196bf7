// Times, durations and sizes as people read them. Durations are milliseconds.
import { locale } from './i18n'

const two = (n: number): string => String(n).padStart(2, '0')

/** 0:07, 12:05, 1:02:03. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '—'
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`
}

/** The time of day, with the day before it when it is not today. */
export function when(instant: string | null | undefined, now: number = Date.now()): string {
  if (!instant) return '—'
  const date = new Date(instant)
  const time = date.toLocaleTimeString(locale.value, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  })
  if (date.toDateString() === new Date(now).toDateString()) return time
  const sameYear = date.getFullYear() === new Date(now).getFullYear()
  const day = date.toLocaleDateString(locale.value, {
    ...(sameYear ? {} : { year: 'numeric' as const }),
    month: 'short',
    day: 'numeric',
  })
  return `${day} ${time}`
}

/** A day, or a day and a time, of the clock in China as people read it: 2026-11-20T20:00. */
export function localMoment(value: string): string {
  const [day = '', time] = value.split('T')
  const date = new Date(`${day}T00:00`)
  if (Number.isNaN(date.getTime())) return value
  const said = date.toLocaleDateString(locale.value, {
    year: 'numeric', month: 'short', day: 'numeric', weekday: 'short',
  })
  return time === undefined ? said : `${said} ${time}`
}

/** Milliseconds from an instant until `now`, never negative. */
export function since(instant: string | null, now: number): number | null {
  return instant === null ? null : Math.max(0, now - Date.parse(instant))
}

export function size(bytes: number | null): string {
  if (bytes === null) return '—'
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`
}

export const percent = (share: number): number => Math.round(share * 100)

/** Below this the console marks words and values as doubtful. */
export const DOUBTFUL = 0.7
export const isDoubtful = (confidence: number): boolean => confidence < DOUBTFUL
