// Saying why before a recording sounds, and telling what of it was heard. One for the whole console.
import { shallowRef } from 'vue'
import { api, ApiError } from '../api'
import { hearsAll, user } from '../session'
import type { Listening, Purpose } from '../types'
import { HeardSpans, type HeardSpan } from './heardSpans'

/** While it is asked why: which recording, and what to do with the answer. */
export interface Asking {
  recordingId: string
  purposes: readonly Purpose[]
  answer: (chosen: { purpose: string; note: string } | null) => void
}
export const asking = shallowRef<Asking | null>(null)
export const lastPurpose = shallowRef('')

/** The service forgets a purpose after twelve hours; here it is forgotten a little sooner. */
const LASTS_MS = 11 * 3_600_000
const TELL_EVERY_MS = 10_000

interface Open {
  listeningId: string
  until: number
}
const open = new Map<string, Open>()
const keyOf = (recordingId: string): string => `${user.value?.username ?? ''} ${recordingId}`
const REMEMBERED = 'hotline.listenings'

/** A reloaded page need not ask again; another tab or another user must. */
function remembered(): void {
  if (open.size > 0) return
  try {
    const kept = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? '[]') as [string, Open][]
    for (const [key, one] of kept) open.set(key, one)
  } catch {
    sessionStorage.removeItem(REMEMBERED)
  }
}
function remember(): void {
  sessionStorage.setItem(REMEMBERED, JSON.stringify([...open].slice(-200)))
}

/** The listening that is open, without asking. */
export function openListening(recordingId: string): string | null {
  remembered()
  const found = open.get(keyOf(recordingId))
  return found && found.until > Date.now() ? found.listeningId : null
}

export function forgetListening(recordingId: string): void {
  open.delete(keyOf(recordingId))
  remember()
}

/** The listening under which this may sound; null if he would not say why. Raises ApiError. */
export async function needListening(recordingId: string): Promise<string | null> {
  const found = openListening(recordingId)
  if (found !== null) return found
  let why = { purpose: '', note: '' }
  if (hearsAll.value) {
    const chosen = await askWhy(recordingId)
    if (chosen === null) return null
    why = chosen
    lastPurpose.value = chosen.purpose
  }
  const opened = await api.openListening(recordingId, why.purpose, why.note)
  open.set(keyOf(recordingId), { listeningId: opened.listening_id, until: Date.now() + LASTS_MS })
  remember()
  return opened.listening_id
}

async function askWhy(recordingId: string): Promise<{ purpose: string; note: string } | null> {
  const { purposes } = await api.purposes()
  asking.value?.answer(null)
  return new Promise((resolve) => {
    asking.value = {
      recordingId,
      purposes,
      answer: (chosen) => {
        asking.value = null
        resolve(chosen)
      },
    }
  })
}

/** Tells what a player of one recording made heard: while it plays, when it stops, when the page is left. */
export class HearingTold {
  readonly spans = new HeardSpans()
  private listeningId: string | null = null
  private timer: ReturnType<typeof setInterval> | null = null

  constructor(private readonly recordingId: string) {
    addEventListener('pagehide', this.leave)
  }

  begin(listeningId: string): void {
    this.listeningId = listeningId
    this.timer ??= setInterval(() => void this.tell(), TELL_EVERY_MS)
  }

  async tell(): Promise<Listening | null> {
    const [listeningId, spans] = [this.listeningId, this.spans.take()]
    if (listeningId === null || spans.length === 0) return null
    try {
      return await api.heard(this.recordingId, listeningId, spans)
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      // Without the network it is kept for the next time; what the service refuses is refused for good.
      if (failed.status === 0 || failed.status >= 500) this.spans.giveBack(spans)
      return null
    }
  }

  private readonly leave = (): void => {
    const spans: HeardSpan[] = this.spans.take()
    if (this.listeningId === null || spans.length === 0) return
    const body = new Blob([JSON.stringify({ spans })], { type: 'application/json' })
    if (!navigator.sendBeacon(api.heardAddress(this.recordingId, this.listeningId), body)) {
      this.spans.giveBack(spans)
    }
  }

  end(): void {
    if (this.timer !== null) clearInterval(this.timer)
    removeEventListener('pagehide', this.leave)
    void this.tell()
  }
}
