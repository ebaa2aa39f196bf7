// Calls drawn for inspection: what the service is asked for, and what the pages reckon with.
import { ask } from './api'

export type SampledState = 'waiting' | 'done' | 'skipped'

export interface Counts {
  total: number
  done: number
  skipped: number
  waiting: number
}

export interface Sample {
  sample_id: string
  since: string
  until: string
  drawn_at: string
  /** null: the weekly draw. */
  by: string | null
  by_name: string | null
  reason: string
  seed: string
  per_agent: number
  shortest_s: number
  candidates: number
  progress: Counts
  mine: Counts
}

export interface SampledCall {
  call_id: string
  recording_id: string
  agent: string
  agent_name: string
  seat_id: string
  inspector: string | null
  inspector_name: string | null
  state: SampledState
  reason: string
  checked_at: string | null
  started_at: string | null
  duration_ms: number
  /** How much of it its inspector really heard. */
  heard_ms: number
  skill_group_name: string | null
  satisfaction: string | null
  score: number | null
  /** Its place in the draw: SHA-256 of the seed and its id. */
  lot: string
}

export interface Progress extends Counts {
  who: string
  name: string
}

export interface WholeSample extends Sample {
  agents: Progress[]
  inspectors: Progress[]
  calls: SampledCall[]
}

const id = encodeURIComponent
export const samplesApi = {
  all: () => ask<{ samples: Sample[] }>('GET', '/api/samples'),
  one: (sampleId: string) => ask<WholeSample>('GET', `/api/samples/${id(sampleId)}`),
  draw: (since: string, until: string, reason: string) => ask<WholeSample>('POST', '/api/samples', { since, until, reason }),
  next: (sampleId: string) =>
    ask<{ call: { call_id: string; recording_id: string } | null }>('POST', `/api/samples/${id(sampleId)}/next`),
  check: (sampleId: string, callId: string, state: SampledState, reason = '') =>
    ask<WholeSample>('POST', `/api/samples/${id(sampleId)}/calls/${id(callId)}`, { state, reason }),
}

/** The days of a draw, both included; it ends at the midnight after its last one. */
export function daysOf(sample: { since: string; until: string }, locale: string): string {
  const day = (ms: number): string => new Date(ms).toLocaleDateString(locale, { month: 'short', day: 'numeric' })
  const first = day(Date.parse(sample.since))
  const last = day(Date.parse(sample.until) - 1)
  return first === last ? first : `${first} – ${last}`
}

/** How much of the call was heard, in whole per cent; a few seconds of it are not nothing. */
export function heardPercent(call: { heard_ms: number; duration_ms: number }): number {
  if (call.heard_ms <= 0 || call.duration_ms <= 0) return 0
  return Math.min(100, Math.max(1, Math.round((call.heard_ms / call.duration_ms) * 100)))
}

export type Shown = 'mine' | 'waiting' | 'done' | 'skipped' | 'all'

export function listed(calls: readonly SampledCall[], shown: Shown, agent: string, me: string): SampledCall[] {
  return calls.filter(
    (one) =>
      (agent === '' || one.agent === agent) &&
      (shown === 'all' || (shown === 'mine' ? one.inspector === me : one.state === shown)),
  )
}
