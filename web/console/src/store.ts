// The one place that holds what the service told us: lists through REST, then events after them.
import { computed, onScopeDispose, shallowReactive, shallowRef } from 'vue'
import { api, ApiError } from './api'
import { LiveSocket } from './live'
import {
  applyAll,
  EMPTY,
  filledUp,
  loadSlice,
  mergeTranscript,
  OVER,
  prune,
  putRow,
  unwatchTranscript,
  watchTranscript,
  withSlice,
  type SliceName,
  type State,
} from './reducers'
import { ownSeat, sessionEnded, takesMessages } from './session'
import type { Call, Callback, LiveMessage, Message, Order, Seat, SkillGroup } from './types'

const ENDED_CALLS = 30
const ORDERS = 100
const MOST_ROWS = 200
const RECENT = 2000
const RELOAD_AFTER_MS = 800

export const state = shallowRef<State>(EMPTY)
/** Why a list could not be loaded: an error code, by list. */
export const troubles = shallowReactive<{ [name in SliceName]?: string }>({})
export const skillGroups = shallowRef<readonly SkillGroup[]>([])

let recent: LiveMessage[] = []
const reloads = new Map<SliceName, ReturnType<typeof setTimeout>>()
let running = 0

const socket = new LiveSocket({
  messages: take,
  refused: () => void sessionEnded(),
  neverOpened: () => void api.whoAmI().catch(() => undefined),
})

export const liveState = computed(() => socket.state.value)
export const tryLiveNow = (): void => socket.tryNow()

const LOADERS: { [name in SliceName]: () => Promise<(now: State) => State> } = {
  async calls() {
    const [ended, live] = await Promise.all([api.endedCalls(ENDED_CALLS), api.liveCalls()])
    const rows = [...ended.calls, ...live.calls]
    const slice = loadSlice(Math.min(ended.seq, live.seq), rows, (call) => call.call_id)
    return (now) => withSlice(now, 'calls', slice, recent)
  },
  async seats() {
    const { seq, seats } = await api.seats()
    return (now) =>
      withSlice(now, 'seats', loadSlice(seq, seats, (seat) => seat.seat_id), recent)
  },
  async orders() {
    const [drafts, accepted] = await Promise.all([
      api.orders('draft', ORDERS),
      api.orders('accepted', ORDERS),
    ])
    const rows = [...drafts.orders, ...accepted.orders]
    const slice = loadSlice(Math.min(drafts.seq, accepted.seq), rows, (order) => order.order_id)
    return (now) => withSlice(now, 'orders', slice, recent)
  },
  async callbacks() {
    const { seq, callbacks } = await api.callbacks()
    return (now) =>
      withSlice(now, 'callbacks', loadSlice(seq, callbacks, (task) => task.call_id), recent)
  },
  async messages() {
    const { seq, messages } = await api.messages()
    return (now) =>
      withSlice(now, 'messages', loadSlice(seq, messages, (one) => one.message_id), recent)
  },
}

/** Load a list (again). A failure is kept in `troubles`, what we had stays shown. */
export async function load(name: SliceName): Promise<void> {
  const run = running
  clearTimeout(reloads.get(name))
  reloads.delete(name)
  try {
    const put = await LOADERS[name]()
    if (run !== running) return
    state.value = put(state.value)
    delete troubles[name]
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    if (run === running) troubles[name] = failed.code
  }
}

/** What is kept up from logging in on; an administrator has nothing to do with messages. */
const always = (): readonly SliceName[] => [
  'calls', 'seats', 'orders', 'callbacks', ...(takesMessages.value ? (['messages'] as const) : []),
]

/** After logging in: the lists, then the stream from the oldest list's seq on. */
export async function begin(): Promise<void> {
  end()
  const run = running
  const groups = api.skillGroups().catch(() => null)
  const lists = always()
  await Promise.all(lists.map(load))
  if (run !== running) return
  const seqs = lists.map((name) => state.value[name]).filter((slice) => slice.loaded)
  socket.start(seqs.length > 0 ? Math.min(...seqs.map((slice) => slice.seq)) : -1)
  skillGroups.value = (await groups)?.skill_groups ?? []
}

/** After logging in again in the same page: the stream goes on where it stopped. */
export const goOnLive = (): void => socket.again()

export function end(): void {
  running += 1
  socket.stop()
  for (const timer of reloads.values()) clearTimeout(timer)
  reloads.clear()
  recent = []
  state.value = EMPTY
  for (const name of Object.keys(troubles) as SliceName[]) delete troubles[name]
}

/** A newly published group is named and can be a target at once; a failure leaves the old ones. */
async function loadGroups(): Promise<void> {
  const run = running
  const found = await api.skillGroups().catch(() => null)
  if (run === running && found !== null) skillGroups.value = found.skill_groups
}

type Hearer = (batch: readonly LiveMessage[]) => void
const hearers = new Set<Hearer>()

/** Hear every live message, after the state has taken it, as long as the component lives. */
export function onMessages(hear: Hearer): void {
  hearers.add(hear)
  onScopeDispose(() => hearers.delete(hear))
}

function take(batch: LiveMessage[]): void {
  recent = [...recent, ...batch.filter((one) => one.seq !== null)].slice(-RECENT)
  let next = applyAll(state.value, batch)
  next = {
    ...next,
    calls: prune(next.calls, (one) => OVER.has(one.state), (one) => one.arrived_at, MOST_ROWS),
    orders: prune(next.orders, (one) => one.state !== 'draft', (one) => one.opened_at, MOST_ROWS),
    callbacks: prune(next.callbacks, (one) => one.closed_at !== null, (one) => one.arrived_at, MOST_ROWS),
    messages: prune(next.messages, (one) => one.state === 'done', (one) => one.left_at, MOST_ROWS),
  }
  state.value = next
  if (batch.some((one) => one.type === 'RulesPublished' && one.kind === 'groups')) void loadGroups()
  for (const m of batch) if (m.type === 'DraftPassed' && m.seat_id === ownSeat.value) void lookAtOrder(m.order_id)
  for (const hear of hearers) hear(batch)
  for (const name of Object.keys(LOADERS) as SliceName[]) {
    if (next[name].lacking && !reloads.has(name)) {
      reloads.set(name, setTimeout(() => void load(name), RELOAD_AFTER_MS))
    }
  }
}

/** What was written while it was another seat's was not told here: the draft is looked at once it is ours. */
async function lookAtOrder(orderId: unknown): Promise<void> {
  if (typeof orderId !== 'string') return
  const run = running
  try {
    const found = await api.order(orderId)
    if (run === running) putOrder(found)
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
  }
}

/** Keep a call's words while somebody looks; the answer stops it. Raises ApiError. */
export function keepTranscript(callId: string): { ready: Promise<void>; stop: () => void } {
  state.value = watchTranscript(state.value, callId)
  const ready = api.transcript(callId).then(({ utterances, finished }) => {
    state.value = mergeTranscript(state.value, callId, utterances, finished)
  })
  return {
    ready,
    stop: () => {
      state.value = unwatchTranscript(state.value, callId)
    },
  }
}

/** The answer to a command is newer than the list. Where the stream was quicker, it fills what was not told here. */
export function putOrder(order: Order): void {
  const had = state.value.orders.rows[order.order_id]
  const row = had !== undefined && had.revision > order.revision ? filledUp(had, order) : order
  state.value = { ...state.value, orders: putRow(state.value.orders, order.order_id, row) }
}

export function putCall(call: Call): void {
  state.value = { ...state.value, calls: putRow(state.value.calls, call.call_id, call) }
}

export function putCallback(task: Callback): void {
  state.value = { ...state.value, callbacks: putRow(state.value.callbacks, task.call_id, task) }
}

export function putMessage(message: Message): void {
  state.value = { ...state.value, messages: putRow(state.value.messages, message.message_id, message) }
}

/** The answer to a command; nothing, once the stream has told more of the seat than when it was asked (`before`):
 *  a call may ring there already. */
export function putSeat(seat: Seat, before: Seat | undefined): void {
  if (state.value.seats.rows[seat.seat_id] !== before) return
  state.value = { ...state.value, seats: putRow(state.value.seats, seat.seat_id, seat) }
}

export function groupName(code: string | null): string {
  if (code === null) return '—'
  return skillGroups.value.find((group) => group.code === code)?.name ?? code
}
