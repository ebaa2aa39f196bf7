// The floor in one answer: asked for again as soon as the live stream says that it changed.
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { api, ApiError } from './api'
import { onMessages } from './store'
import type { Board, LiveMessage, Seat, SeatState, Waiting } from './types'

/** After these the line, a meter or a group is another. */
const MOVES: ReadonlySet<string> = new Set([
  'CallQueued', 'CallOffered', 'CallAnswered', 'CallReturnedToLine', 'CallTookLifeboat',
  'CallAbandoned', 'CallEnded', 'WaitMeasured', 'SeatReserved', 'SeatStateChanged', 'SeatPhoneChanged',
  'SeatAlarmRaised', 'SeatAlarmCleared', 'GroupUnattended', 'GroupAttendedAgain', 'RulesPublished',
])
export const movesFloor = (batch: readonly LiveMessage[]): boolean =>
  batch.some((one) => MOVES.has(one.type))

/** Two answers are at least so far apart, however much happens. */
export const SOONEST_MS = 200
/** Waits pass their limit without any event. */
export const LATEST_MS = 2000

/** How long to wait before asking again. */
export function pauseMs(askedAt: number, now: number, moved: boolean): number {
  return Math.max(0, askedAt + (moved ? SOONEST_MS : LATEST_MS) - now)
}

export interface BoardView {
  board: ShallowRef<Board | null>
  /** An error code while the last question was not answered. */
  trouble: Ref<string>
  look: () => void
}

/** As long as the component lives. */
export function useBoard(): BoardView {
  const board = shallowRef<Board | null>(null)
  const trouble = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let askedAt = 0
  let asking = false
  let moved = false
  let gone = false

  function plan(): void {
    clearTimeout(timer)
    if (!gone && !asking) timer = setTimeout(() => void ask(), pauseMs(askedAt, Date.now(), moved))
  }

  async function ask(): Promise<void> {
    asking = true
    moved = false
    askedAt = Date.now()
    try {
      const answer = await api.board()
      if (!gone) [board.value, trouble.value] = [answer, '']
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      trouble.value = failed.code
    } finally {
      asking = false
      plan()
    }
  }

  function look(): void {
    moved = true
    plan()
  }

  onMessages((batch) => {
    if (movesFloor(batch)) look()
  })
  onScopeDispose(() => {
    gone = true
    clearTimeout(timer)
  })
  void ask()
  return { board, trouble, look }
}

/** Who is dragged, over which seat a citizen would be let go, and for whom a reason is asked. */
export const dragged = shallowRef<Waiting | null>(null)
export const picking = shallowRef<{ one: Waiting; seat: string } | null>(null)

/** A free seat whose telephone can be reached: nobody else can be given a citizen. */
export const takes = (seat: Seat): boolean => seat.state === 'ready' && seat.phone_reachable

const ORDER: readonly SeatState[] = ['ready', 'reserved', 'ringing', 'talking', 'wrap_up', 'not_ready', 'signed_out']

/** How many seats are in each state, in the order of a seat's day; empty states are left out. */
export function countStates(seats: readonly Seat[]): { state: SeatState; count: number }[] {
  return ORDER.map((state) => ({ state, count: seats.filter((one) => one.state === state).length }))
    .filter((one) => one.count > 0)
}

/** Always at the same place: by number; who is not here comes last. */
export function inPlaces(seats: readonly Seat[]): Seat[] {
  const away = (seat: Seat): number => (seat.state === 'signed_out' ? 1 : 0)
  return [...seats].sort((a, b) => away(a) - away(b) || a.seat_id.localeCompare(b.seat_id))
}
