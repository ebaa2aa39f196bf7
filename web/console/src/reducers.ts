// From events to what the pages show: pure functions, no clock, no network.
//
// Every list came from the service with the seq it is true for; an event at or below that seq is
// already in it. So a list may be loaded at any time and in any order with the live stream.
import type {
  Call,
  Callback,
  CallState,
  FieldValue,
  LiveMessage,
  Message,
  NotReadyReason,
  Order,
  OrderFieldName,
  OrderFields,
  Party,
  Partial as PartialWords,
  Seat,
  SeatState,
  Side,
  Utterance,
} from './types'

/** A list from the service: rows by their id. `lacking`: an event spoke of a row we do not have. */
export interface Slice<T> {
  seq: number
  loaded: boolean
  lacking: boolean
  rows: Readonly<Record<string, T>>
}

export interface Transcript {
  utterances: readonly Utterance[]
  /** By `speakerOf`: two third parties speak at once without overwriting each other. */
  partials: Readonly<Record<string, PartialWords>>
  finished: boolean
}

export interface State {
  calls: Slice<Call>
  seats: Slice<Seat>
  orders: Slice<Order>
  callbacks: Slice<Callback>
  messages: Slice<Message>
  /** Only of the calls somebody looks at; see `watchTranscript`. */
  transcripts: Readonly<Record<string, Transcript>>
}

export type SliceName = Exclude<keyof State, 'transcripts'>
export type RowOf<K extends SliceName> = State[K] extends Slice<infer T> ? T : never

const emptySlice = { seq: -1, loaded: false, lacking: false, rows: {} }
export const EMPTY: State = {
  calls: emptySlice,
  seats: emptySlice,
  orders: emptySlice,
  callbacks: emptySlice,
  messages: emptySlice,
  transcripts: {},
}

export const MANDATORY: readonly OrderFieldName[] = [
  'caller_name',
  'content',
  'request_type',
  'event_type',
  'urgency',
]

/** Somebody is there for the citizen. */
export const TALKS: ReadonlySet<CallState> = new Set<CallState>([
  'talking',
  'held',
  'consulting',
  'conference',
])

export const OVER: ReadonlySet<CallState> = new Set<CallState>(['ended', 'abandoned'])

/** Put a list from the service into the state. */
export function loadSlice<T>(seq: number, rows: readonly T[], idOf: (row: T) => string): Slice<T> {
  return {
    seq,
    loaded: true,
    lacking: false,
    rows: Object.fromEntries(rows.map((row) => [idOf(row), row])),
  }
}

/** Newer single row (the answer to a command or a GET) into its list; the list's seq stays. */
export function putRow<T>(slice: Slice<T>, id: string, row: T): Slice<T> {
  return { ...slice, rows: { ...slice.rows, [id]: row } }
}

export function applyAll(state: State, messages: readonly LiveMessage[]): State {
  return messages.reduce(applyOne, state)
}

export function applyOne(state: State, message: LiveMessage): State {
  const next: State = {
    calls: onSlice(state.calls, message, applyToCalls),
    seats: onSlice(state.seats, message, applyToSeats),
    orders: onSlice(state.orders, message, applyToOrders),
    callbacks: onSlice(state.callbacks, message, applyToCallbacks),
    messages: onSlice(state.messages, message, applyToMessages),
    transcripts: applyToTranscripts(state.transcripts, message),
  }
  const changed = (Object.keys(next) as (keyof State)[]).some((key) => next[key] !== state[key])
  return changed ? next : state
}

const REDUCERS: { [K in SliceName]: SliceReducer<RowOf<K>> } = {
  calls: applyToCalls,
  seats: applyToSeats,
  orders: applyToOrders,
  callbacks: applyToCallbacks,
  messages: applyToMessages,
}

/** A freshly loaded list and what the stream said while the answer was under way. */
export function withSlice<K extends SliceName>(
  state: State,
  name: K,
  slice: Slice<RowOf<K>>,
  recent: readonly LiveMessage[],
): State {
  const reduce = REDUCERS[name] as SliceReducer<RowOf<K>>
  return { ...state, [name]: recent.reduce((so, m) => onSlice(so, m, reduce), slice) }
}

/** Forget the oldest rows that are over, so that a long day stays quick. */
export function prune<T>(
  slice: Slice<T>,
  isOver: (row: T) => boolean,
  age: (row: T) => string,
  most: number,
): Slice<T> {
  const rows = Object.entries(slice.rows)
  if (rows.length <= most * 2) return slice
  const over = rows.filter(([, row]) => isOver(row))
  const oldest = over
    .sort(([, a], [, b]) => (age(a) < age(b) ? -1 : 1))
    .slice(0, Math.max(0, over.length - most))
  const gone = new Set(oldest.map(([id]) => id))
  return { ...slice, rows: Object.fromEntries(rows.filter(([id]) => !gone.has(id))) }
}

type SliceReducer<T> = (slice: Slice<T>, message: LiveMessage) => Slice<T>

function onSlice<T>(slice: Slice<T>, message: LiveMessage, apply: SliceReducer<T>): Slice<T> {
  if (!slice.loaded || message.seq === null || message.seq <= slice.seq) return slice
  return apply(slice, message)
}

function change<T>(slice: Slice<T>, id: string | undefined, by: (row: T) => T): Slice<T> {
  const row = id === undefined ? undefined : slice.rows[id]
  if (id === undefined || row === undefined) return { ...slice, lacking: true }
  return putRow(slice, id, by(row))
}

/** As `change`, but a row we do not have is somebody else's business. */
function changeIfThere<T>(slice: Slice<T>, id: string | undefined, by: (row: T) => T): Slice<T> {
  return id !== undefined && slice.rows[id] !== undefined ? change(slice, id, by) : slice
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

// --- calls ---------------------------------------------------------------------------------------

function applyToCalls(slice: Slice<Call>, m: LiveMessage): Slice<Call> {
  const to = (part: (call: Call) => Partial<Call>): Slice<Call> =>
    change(slice, m.call_id, (call) => ({ ...call, ...part(call) }))
  const quietly = (part: (call: Call) => Partial<Call>): Slice<Call> =>
    changeIfThere(slice, m.call_id, (call) => ({ ...call, ...part(call) }))
  const at = text(m.at)
  switch (m.type) {
    case 'CallArrived':
      return m.call_id === undefined ? slice : putRow(slice, m.call_id, arrivedCall(m, m.call_id))
    case 'RecordingStarted':
      return to((call) => ({ recording_started_at: at, recording_id: `${call.call_id}-1` }))
    case 'CallQueued':
      return to(() => ({
        state: 'queued',
        skill_group: textOrNull(m.skill_group),
        joined_at: textOrNull(m.joined_at),
        priority: number(m.priority),
      }))
    case 'CallOffered':
      return to(() => ({ state: 'ringing', seat_id: textOrNull(m.seat_id) }))
    case 'SeatReserved':
      return quietly((call) => ({ skill_group: textOrNull(m.skill_group) ?? call.skill_group }))
    case 'CallReturnedToLine':
      return to(() => ({ state: 'queued', seat_id: null }))
    case 'CallAnswered':
      return to((call) => ({
        state: 'talking',
        seat_id: textOrNull(m.seat_id),
        answered_at: call.answered_at ?? at,
        waited_ms: number(m.waited_ms),
        parties: withParty(call.parties, {
          leg_id: text(m.leg_id),
          role: 'seat',
          who: text(m.seat_id),
          room: 'talk',
          since: at,
        }),
      }))
    case 'CallHeld':
      return to(() => ({ state: 'held' }))
    case 'CallRetrieved':
      return to(() => ({ state: 'talking' }))
    case 'TalkChanged':
      return to(() => ({ state: m.state as CallState }))
    case 'CallTransferred':
      return to(() => ({ seat_id: textOrNull(m.to_seat) }))
    case 'PartyRang':
    case 'PartyJoined':
    case 'PartyMoved':
      return to((call) => ({ parties: withParty(call.parties, partyOf(m)) }))
    case 'PartyDidNotAnswer':
    case 'PartyLeft':
      return to((call) => withoutParty(call, (one) => one.leg_id === m.leg_id))
    case 'SeatLeftCall':
      return to((call) => ({
        ...withoutParty(call, (one) => one.role === 'seat' && one.who === m.seat_id),
        ...(m.last === false ? {} : { state: 'seat_left', talked_ms: number(m.talked_ms) }),
      }))
    case 'CallTookLifeboat':
      return to(() => ({ lifeboat: true }))
    case 'CallAbandoned':
      return to(() => ({
        state: 'abandoned',
        ended_at: at,
        parties: [],
        waited_ms: number(m.waited_ms),
        ending: m.ending as Call['ending'],
      }))
    case 'CallEnded':
      return to(() => ({
        state: 'ended',
        ended_at: at,
        parties: [],
        talked_ms: number(m.talked_ms),
        ending: m.ending as Call['ending'],
      }))
    case 'DraftOpened':
      return quietly(() => ({ order_id: text(m.order_id) }))
    case 'UtteranceHeard':
      return quietly((call) => (call.transcription === 'off' ? { transcription: 'live' } : {}))
    case 'TranscriptionPaused':
      return quietly(() => ({ transcription: 'paused' }))
    case 'TranscriptionResumed':
      return quietly(() => ({ transcription: 'live' }))
    case 'TranscriptFinished':
      // Where nothing was taken down for want of a model, the end of the call changes nothing.
      return quietly((call) =>
        call.transcription === 'left_out' && number(m.utterances) === 0
          ? {}
          : { transcription: 'finished' },
      )
    case 'TranscriptionLeftOut':
      return quietly(() => ({ transcription: 'left_out' }))
    case 'BackfillWanted':
      return quietly(() => ({ transcription: 'wanted' }))
    default:
      return slice
  }
}

function partyOf(m: LiveMessage): Party {
  return {
    leg_id: text(m.leg_id),
    role: m.role as Party['role'],
    who: text(m.who),
    room: (m.room ?? null) as Party['room'],
    since: text(m.at),
  }
}

/** His presence counts from the first room on, as in the service. */
function withParty(parties: readonly Party[], one: Party): Party[] {
  const known = parties.find((other) => other.leg_id === one.leg_id)
  if (known === undefined) return [...parties, one]
  const since = known.room === null ? one.since : known.since
  return parties.map((other) => (other === known ? { ...one, since } : other))
}

/** When nobody who speaks is left, the citizen is alone: no event says so of a third party's end. */
function withoutParty(call: Call, gone: (one: Party) => boolean): Partial<Call> {
  const parties = call.parties.filter((one) => !gone(one))
  const speaks = parties.some((one) => one.room === 'talk' || one.room === 'aside')
  const alone = TALKS.has(call.state) && !speaks
  return alone ? { parties, state: 'seat_left' } : { parties }
}

function arrivedCall(m: LiveMessage, callId: string): Call {
  return {
    call_id: callId,
    caller_number: text(m.caller_number),
    called_number: text(m.called_number),
    state: 'arrived',
    direction: m.direction === 'out' ? 'out' : 'in',
    parties: [],
    arrived_at: text(m.at),
    recording_started_at: null,
    joined_at: null,
    answered_at: null,
    ended_at: null,
    skill_group: null,
    priority: 0,
    seat_id: null,
    waited_ms: null,
    talked_ms: null,
    ending: null,
    lifeboat: false,
    order_id: null,
    recording_id: null,
    transcription: 'off',
  }
}

// --- seats ---------------------------------------------------------------------------------------

function applyToSeats(slice: Slice<Seat>, m: LiveMessage): Slice<Seat> {
  const id = textOrNull(m.seat_id) ?? undefined
  switch (m.type) {
    case 'SeatStateChanged':
      return change(slice, id, (seat) => ({
        ...seat,
        state: m.state as SeatState,
        // The same state told again (another reason, another call) does not restart its timer.
        since: m.was === m.state ? seat.since : text(m.at),
        reason: (m.reason ?? null) as NotReadyReason | null,
        call_id: textOrNull(m.call_id),
        last_call_id: textOrNull(m.last_call_id),
        until: textOrNull(m.until),
        operator: textOrNull(m.operator),
        pending_not_ready: (m.pending_not_ready ?? null) as NotReadyReason | null,
      }))
    case 'NotReadyBooked':
      return change(slice, id, (seat) => ({
        ...seat,
        pending_not_ready: (m.reason ?? null) as NotReadyReason | null,
      }))
    case 'SeatPhoneChanged':
      return change(slice, id, (seat) => ({ ...seat, phone_reachable: m.reachable === true }))
    default:
      return slice
  }
}

// --- orders --------------------------------------------------------------------------------------

export function missingOf(fields: OrderFields): OrderFieldName[] {
  return MANDATORY.filter((name) => !fields[name]?.value)
}

function applyToOrders(slice: Slice<Order>, m: LiveMessage): Slice<Order> {
  const id = textOrNull(m.order_id) ?? undefined
  switch (m.type) {
    case 'DraftOpened':
      return id === undefined ? slice : putRow(slice, id, openedDraft(m, id))
    case 'DraftPassed':
      return change(slice, id, (order) => ({ ...order, seat_id: textOrNull(m.seat_id) }))
    case 'DraftDiscarded':
      return changeIfThere(slice, id, (order) => ({ ...order, state: 'discarded' }))
    case 'DiversionFinished':
      return changeIfThere(slice, id, (order) => ({ ...order, state: 'diverted' }))
    case 'FieldsProposed':
    case 'FieldsEdited':
      return change(slice, id, (order) => withFields(order, m))
    case 'RepeatMarked':
      return changeIfThere(slice, id, (order) =>
        number(m.revision) <= order.revision
          ? order
          : { ...order, repeat_of: textOrNull(m.repeat_of), revision: number(m.revision) },
      )
    case 'OrderUrged':
      // An answer of the service may have told of it before.
      return changeIfThere(slice, id, (order) =>
        Date.parse(order.urged_at ?? '') >= Date.parse(text(m.at))
          ? order
          : { ...order, urges: order.urges + 1, urged_at: text(m.at) },
      )
    case 'OrderSubmitted':
      return change(slice, id, (order) => ({
        ...order,
        state: 'accepted',
        submitted_at: text(m.at),
        submitted_by: textOrNull(m.by),
        revision: Math.max(order.revision, number(m.revision)),
      }))
    default:
      return slice
  }
}

function openedDraft(m: LiveMessage, id: string): Order {
  return {
    order_id: id,
    call_id: text(m.call_id),
    seat_id: textOrNull(m.seat_id),
    state: 'draft',
    opened_at: text(m.at),
    submitted_at: null,
    submitted_by: null,
    repeat_of: null,
    message_id: textOrNull(m.message_id),
    urges: 0,
    urged_at: null,
    revision: 0,
    fields: {},
    missing: [...MANDATORY],
  }
}

/** With the fields that only an older state of it has: a draft that was another seat's is told from here on. */
export function filledUp(order: Order, older: Order): Order {
  const fields: OrderFields = { ...older.fields, ...order.fields }
  return { ...order, fields, missing: missingOf(fields) }
}

/** The fields of a change that this order has not had yet; an older revision says nothing new. */
function withFields(order: Order, m: LiveMessage): Order {
  const revision = number(m.revision)
  if (revision <= order.revision || !Array.isArray(m.fields)) return order
  const written = Object.fromEntries(m.fields as [OrderFieldName, FieldValue][]) as OrderFields
  const fields: OrderFields = { ...order.fields, ...written }
  return { ...order, revision, fields, missing: missingOf(fields) }
}

// --- callbacks -----------------------------------------------------------------------------------

function applyToCallbacks(slice: Slice<Callback>, m: LiveMessage): Slice<Callback> {
  const to = (part: Partial<Callback>): Slice<Callback> =>
    changeIfThere(slice, m.call_id, (task) => ({ ...task, ...part }))
  switch (m.type) {
    case 'CallbackOwed': {
      if (m.call_id === undefined) return slice
      const known = slice.rows[m.call_id]
      return putRow(slice, m.call_id, {
        call_id: m.call_id,
        caller_number: text(m.caller_number),
        reason: text(m.reason),
        state: known?.state ?? 'owed',
        due_at: textOrNull(m.due_at),
        seat_id: known?.seat_id ?? null,
        last_outcome: known?.last_outcome ?? null,
        arrived_at: text(m.arrived_at),
        skill_group: textOrNull(m.skill_group),
        closed_at: null,
        closed_why: null,
        closed_by: null,
        reached: null,
        attempts: known?.attempts ?? 0,
      })
    }
    case 'CallbackDialled':
      return to({ state: 'calling', seat_id: textOrNull(m.seat_id) })
    case 'CallbackTried':
      return to({
        state: 'owed',
        attempts: number(m.attempts),
        last_outcome: textOrNull(m.outcome),
        due_at: textOrNull(m.due_at),
      })
    case 'CallbackPostponed':
      return to({ due_at: text(m.due_at) })
    case 'CallbackClosed':
      return to({
        closed_at: text(m.at),
        state: m.given_up === true ? 'given_up' : 'done',
        closed_why: text(m.why),
        closed_by: textOrNull(m.by),
        reached: textOrNull(m.reached),
      })
    default:
      return slice
  }
}

// --- messages ------------------------------------------------------------------------------------

/** Whose number and words it shows depends on who has taken it: those are asked for again. */
function applyToMessages(slice: Slice<Message>, m: LiveMessage): Slice<Message> {
  const id = textOrNull(m.message_id) ?? undefined
  const to = (part: Partial<Message>): Slice<Message> =>
    change(slice, id, (one) => ({ ...one, ...part }))
  switch (m.type) {
    case 'MessageLeft':
      return { ...slice, lacking: true }
    case 'MessageTextAsked':
      return changeIfThere(slice, id, (one) => ({ ...one, text_asked_at: text(m.at) }))
    case 'MessageTaken':
      return {
        ...to({
          state: 'taken',
          taken_at: text(m.at),
          taken_by: textOrNull(m.by),
          seat_id: textOrNull(m.seat_id),
        }),
        lacking: true,
      }
    case 'MessageDone':
      return to({
        state: 'done',
        done_at: text(m.at),
        done_by: textOrNull(m.by),
        order_id: textOrNull(m.order_id),
        reason: textOrNull(m.reason),
      })
    case 'TranscriptFinished':
      return Object.values(slice.rows).some((one) => one.call_id === m.call_id)
        ? { ...slice, lacking: true }
        : slice
    default:
      return slice
  }
}

// --- transcripts ---------------------------------------------------------------------------------

/** Who speaks: a leg of his own, or else the side of the call's two legs. */
export const speakerOf = (one: { side: Side; leg_id: string | null }): string => one.leg_id ?? one.side

export const NO_WORDS: Transcript = { utterances: [], partials: {}, finished: false }

/** Begin to keep what is said on a call. */
export function watchTranscript(state: State, callId: string): State {
  if (state.transcripts[callId] !== undefined) return state
  return { ...state, transcripts: { ...state.transcripts, [callId]: NO_WORDS } }
}

export function unwatchTranscript(state: State, callId: string): State {
  const { [callId]: _, ...transcripts } = state.transcripts
  return { ...state, transcripts }
}

/** What the service has of the call so far, beside what came live meanwhile. */
export function mergeTranscript(
  state: State,
  callId: string,
  said: readonly Utterance[],
  finished: boolean,
): State {
  const had = state.transcripts[callId]
  if (had === undefined) return state
  const utterances = said.reduce(withUtterance, had.utterances)
  const merged = { ...had, utterances, finished: had.finished || finished }
  return { ...state, transcripts: { ...state.transcripts, [callId]: merged } }
}

function applyToTranscripts(all: State['transcripts'], m: LiveMessage): State['transcripts'] {
  const had = m.call_id === undefined ? undefined : all[m.call_id]
  if (m.call_id === undefined || had === undefined) return all
  const next = applyToTranscript(had, m)
  return next === had ? all : { ...all, [m.call_id]: next }
}

function applyToTranscript(had: Transcript, m: LiveMessage): Transcript {
  const side = m.side as Side
  switch (m.type) {
    case 'PartialHeard': {
      const partial = {
        side,
        leg_id: textOrNull(m.leg_id),
        who: textOrNull(m.who),
        text: text(m.text),
        starts_at_ms: number(m.starts_at_ms),
      }
      const speaker = speakerOf(partial)
      // A partial that comes after its own finished sentence is late.
      const late = had.utterances.some(
        (one) => speakerOf(one) === speaker && one.ends_at_ms > partial.starts_at_ms,
      )
      return late ? had : { ...had, partials: { ...had.partials, [speaker]: partial } }
    }
    case 'UtteranceHeard': {
      const said = utteranceOf(m, side)
      const speaker = speakerOf(said)
      const partial = had.partials[speaker]
      const { [speaker]: _, ...others } = had.partials
      const over = partial !== undefined && partial.starts_at_ms < said.ends_at_ms
      return {
        ...had,
        utterances: withUtterance(had.utterances, said),
        partials: over ? others : had.partials,
      }
    }
    case 'TranscriptFinished':
      return { ...had, partials: {}, finished: true }
    case 'TranscriptionPaused':
      return { ...had, partials: {} }
    default:
      return had
  }
}

function utteranceOf(m: LiveMessage, side: Side): Utterance {
  return {
    side,
    leg_id: textOrNull(m.leg_id),
    who: textOrNull(m.who),
    text: text(m.text),
    written: text(m.written),
    pieces: Array.isArray(m.pieces) ? (m.pieces as Utterance['pieces']) : [],
    language: text(m.language),
    starts_at_ms: number(m.starts_at_ms),
    ends_at_ms: number(m.ends_at_ms),
    confidence: number(m.confidence),
    backfilled: m.backfilled === true,
    words: Array.isArray(m.words) ? (m.words as Utterance['words']) : [],
  }
}

/** In the order of speaking; one that is there already stays once. */
function withUtterance(said: readonly Utterance[], one: Utterance): readonly Utterance[] {
  const same = said.findIndex(
    (other) => speakerOf(other) === speakerOf(one) && other.starts_at_ms === one.starts_at_ms,
  )
  if (same >= 0) return said.map((other, index) => (index === same ? one : other))
  let place = said.length
  while (place > 0 && (said[place - 1] as Utterance).starts_at_ms > one.starts_at_ms) place -= 1
  return [...said.slice(0, place), one, ...said.slice(place)]
}
