// Today's quarters of an hour as the chart wants them: pure.
import type { TrendColumn } from './types'

/** uPlot's rows: seconds; offered; answered; in time; mean wait in seconds. */
export type TrendRows = [number[], number[], number[], number[], (number | null)[]]

const QUARTER_S = 900

/** From the first column with a caller on, so that a night without calls does not squeeze the day. */
export function rowsOf(columns: readonly TrendColumn[]): TrendRows {
  const first = columns.findIndex((one) => one.offered > 0)
  const shown = first < 0 ? [] : columns.slice(Math.max(0, first - 1))
  return [
    shown.map((one) => Date.parse(one.since) / 1000 + QUARTER_S / 2),
    shown.map((one) => one.offered),
    shown.map((one) => one.answered),
    shown.map((one) => one.in_time),
    shown.map((one) => (one.mean_wait_ms === null ? null : one.mean_wait_ms / 1000)),
  ]
}

/** 09:15 in China, whatever the clock of this computer is set to. */
export function clockTime(seconds: number): string {
  return new Date((seconds + 8 * 3600) * 1000).toISOString().slice(11, 16)
}

export const isEmpty = (columns: readonly TrendColumn[]): boolean => columns.every((one) => one.offered === 0)
