// The only file that speaks HTTP with the service.
import { computed, ref } from 'vue'
import { noteServerTime } from './clock'
import type { Identity } from './softphone/telephone'
import type {
  Alarms,
  Block,
  Board,
  Call,
  Callback,
  CallCues,
  CallMark,
  CourseStep,
  Cue,
  Decision,
  DirectoryLine,
  EarlierCall,
  FieldQuality,
  Flows,
  FlowPicture,
  FoundPage,
  Hearer,
  Hints,
  LimitedCall,
  Listening,
  SilentCall,
  Message,
  MessageRecording,
  Miss,
  NotReadyReason,
  Nuisance,
  Order,
  OrderFieldName,
  OrderState,
  OrderWish,
  Outcome,
  PartHealth,
  Peaks,
  Prescribed,
  Problem,
  Purpose,
  Prompt,
  PromptText,
  Recording,
  Repeat,
  Replay,
  Rerun,
  Rewritten,
  RuleDraft,
  RuleKind,
  RuleStatus,
  RuleVersion,
  Seat,
  SeatDay,
  SeatNotice,
  ServiceLevel,
  Signal,
  SkillGroup,
  Survey,
  SurveySummary,
  Switch,
  Target,
  Timeline,
  TrendColumn,
  User,
  Utterance,
  Waiting,
  Wall,
  WordHits,
  WrapUpCode,
} from './types'

/** A refusal of the service: `code` is stable and has a sentence in the locale files. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly details: Record<string, unknown> = {},
  ) {
    super(code)
    this.name = 'ApiError'
  }
}

export interface RulePublication {
  body: string
  note: string
  /** Null: at once. */
  at: string | null
  accept_warnings: boolean
  /** The version that was edited. */
  based_on: number
}

let onLoggedOut: () => Promise<boolean> = () => Promise.resolve(false)

/**
 * What to do when the service no longer knows this session. Once it promises true somebody has logged
 * in again in this page, and the request is asked once more: nothing that was typed is lost.
 */
export function whenLoggedOut(act: () => Promise<boolean>): void {
  onLoggedOut = act
}

/** Reads that wait for a log-in; a page that asks every few seconds waits once. */
const waiting = new Map<string, Promise<unknown>>()

export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const key = method === 'GET' ? path : ''
  const same = waiting.get(key)
  if (same !== undefined) return same as Promise<T>
  try {
    return await askOnce<T>(method, path, body)
  } catch (failed) {
    if (!(failed instanceof ApiError) || failed.code !== 'not-logged-in') throw failed
    const back = onLoggedOut()
    // Who asks about the session itself wants to know that it is over.
    if (path.startsWith('/api/session')) throw failed
    const again = back.then((came) => {
      waiting.delete(key)
      if (!came) throw failed
      return askOnce<T>(method, path, body)
    })
    if (key) waiting.set(key, again)
    return again
  }
}

/** No person waits longer for an answer; what was asked may be done all the same. */
const LONGEST_MS = 30_000
/** After so long he is told that it is slow, before he presses a second time. */
const LATE_MS = 3000
const lateRequests = ref(0)
/** Something has been asked for a while, and there is no answer yet. */
export const isLate = computed(() => lateRequests.value > 0)

/** What an answer without a word of the service means: a reverse proxy gave it, or nobody did. */
const OF_OTHERS: Readonly<Record<number, string>> = {
  408: 'service-slow',
  413: 'too-large',
  429: 'too-many',
  502: 'service-away',
  503: 'service-away',
  504: 'service-away',
}

async function askOnce<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response
  const asked: RequestInit = {
    method,
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(LONGEST_MS),
  }
  if (body instanceof Blob) asked.body = body
  else if (body !== undefined) {
    asked.headers = { ...asked.headers, 'Content-Type': 'application/json' }
    asked.body = JSON.stringify(body)
  }
  let counted = 0
  const late = setTimeout(() => (lateRequests.value += counted = 1), LATE_MS)
  try {
    answer = await fetch(path, asked)
  } catch (failed) {
    const timedOut = failed instanceof DOMException && failed.name === 'TimeoutError'
    throw new ApiError(timedOut ? 'service-slow' : 'service-unreachable', 0)
  } finally {
    clearTimeout(late)
    lateRequests.value -= counted
  }
  noteServerTime(answer.headers.get('date'))
  if (answer.status === 204) return undefined as T
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false
  const read = isJson ? ((await answer.json().catch(() => null)) as unknown) : null
  if (answer.ok && read !== null) return read as T
  const refusal = (read ?? {}) as { code?: unknown; details?: Record<string, unknown> }
  const byStatus = OF_OTHERS[answer.status] ?? (answer.status >= 500 || answer.ok ? 'service-ill' : 'http-error')
  throw new ApiError(typeof refusal.code === 'string' ? refusal.code : byStatus, answer.status, refusal.details)
}

const get = <T>(path: string): Promise<T> => ask<T>('GET', path)
const id = encodeURIComponent

/** What is empty or false is not asked. */
function question(asked: Readonly<Record<string, string | number | boolean>>): string {
  const put = Object.entries(asked).filter(([, value]) => value !== '' && value !== false)
  return new URLSearchParams(put.map(([name, value]) => [name, String(value)])).toString()
}

/** A list and the journal's seq it is true for. */
type Listed<K extends string, T> = { seq: number } & Record<K, T[]>

export const api = {
  whoAmI: () => get<User>('/api/session'),
  logIn: (username: string, password: string) =>
    ask<User>('POST', '/api/session', { username, password }),
  logInWithCode: (ticket: string, code: string) =>
    ask<User>('POST', '/api/session/second-factor', { ticket, code }),
  logOut: () => ask<void>('DELETE', '/api/session'),

  liveCalls: () => get<Listed<'calls', Call>>('/api/calls?state=live'),
  endedCalls: (limit: number) =>
    get<Listed<'calls', Call>>(`/api/calls?state=ended&limit=${limit}`),
  call: (callId: string) => get<Call & Hints>(`/api/calls/${id(callId)}`),
  /** The same caller's other calls, newest first. */
  history: (callId: string) => get<{ calls: EarlierCall[] }>(`/api/calls/${id(callId)}/history`),
  transcript: (callId: string) =>
    get<{ utterances: Utterance[]; finished: boolean }>(`/api/calls/${id(callId)}/transcript`),
  backfill: (callId: string) => ask<void>('POST', `/api/calls/${id(callId)}/transcribe`),
  callCues: (callId: string) => get<CallCues>(`/api/calls/${id(callId)}/cues`),
  judgeCue: (callId: string, cueId: string, falseAlarm: boolean) =>
    ask<CallCues>('POST', `/api/calls/${id(callId)}/cues/${id(cueId)}/judge`, {
      false_alarm: falseAlarm,
    }),
  cues: (since: string) => get<{ cues: Cue[] }>(`/api/cues?since=${id(since)}&limit=500`),
  signals: (since: string) => get<{ signals: Signal[] }>(`/api/signals?since=${id(since)}&limit=500`),
  wordHits: (since: string) => get<{ words: WordHits[] }>(`/api/words/hits?since=${id(since)}`),
  reruns: () => get<{ reruns: Rerun[] }>('/api/quality/reruns'),
  rerun: (rerunId: string) => get<Rerun>(`/api/quality/reruns/${id(rerunId)}`),
  startRerun: (since: string, until: string) =>
    ask<Rerun>('POST', '/api/quality/reruns', { since, until }),
  cancelRerun: (rerunId: string) => ask<Rerun>('POST', `/api/quality/reruns/${id(rerunId)}/cancel`),
  /** From that day on, such as 2026-11-21. */
  draftingQuality: (day: string) =>
    get<{ orders: number; fields: FieldQuality[] }>(`/api/drafting-quality?since=${id(day)}`),
  decision: (callId: string) =>
    get<{ decisions: Decision[]; sentence: string }>(`/api/calls/${id(callId)}/decision`),

  timeline: (callId: string) => get<Timeline>(`/api/calls/${id(callId)}/timeline`),

  codes: () => get<{ codes: WrapUpCode[] }>('/api/codes'),
  outcome: (callId: string) => get<Outcome>(`/api/calls/${id(callId)}/code`),
  giveCode: (callId: string, code: string, note: string) =>
    ask<Outcome>('POST', `/api/calls/${id(callId)}/code`, { code, note }),
  nuisance: (callId: string) => get<Nuisance>(`/api/nuisance/${id(callId)}`),
  tickNuisance: (callId: string, step: number) =>
    ask<Nuisance>('POST', `/api/calls/${id(callId)}/nuisance`, { step }),
  tagNuisance: (callId: string, note: string) =>
    ask<Nuisance>('POST', `/api/calls/${id(callId)}/nuisance/tag`, { note }),
  proposeBlock: (callId: string, until: string, note: string) =>
    ask<Block>('POST', `/api/calls/${id(callId)}/nuisance/propose-block`, { until, note }),
  blocks: () => get<{ blocks: Block[] }>('/api/blocks?limit=200'),
  decideBlock: (callId: string, how: 'approve' | 'refuse' | 'lift', note: string) =>
    ask<Block>('POST', `/api/blocks/${id(callId)}/${how}`, { note }),

  hangUp: (callId: string, reason: string) => callCommand(callId, 'hang-up', { reason }),
  hold: (callId: string) => callCommand(callId, 'hold'),
  retrieve: (callId: string) => callCommand(callId, 'retrieve'),
  mute: (callId: string, on: boolean) => callCommand(callId, 'mute', { leg_id: null, on }),
  consult: (callId: string, target: Target) => callCommand(callId, 'consult', { target }),
  cancelConsult: (callId: string) => callCommand(callId, 'cancel-consult'),
  complete: (callId: string) => callCommand(callId, 'complete'),
  conference: (callId: string) => callCommand(callId, 'conference'),
  invite: (callId: string, target: Target) => callCommand(callId, 'invite', { target }),
  transfer: (callId: string, target: Target) => callCommand(callId, 'transfer', { target }),
  toLine: (callId: string, skillGroup: string) =>
    callCommand(callId, 'to-line', { skill_group: skillGroup }),
  drop: (callId: string, legId: string) => callCommand(callId, 'drop', { leg_id: legId }),
  leave: (callId: string) => callCommand(callId, 'leave'),
  release: (callId: string) => callCommand(callId, 'release'),
  keys: (callId: string, legId: string, keys: string) =>
    callCommand(callId, 'keys', { leg_id: legId, keys }),
  supervise: (callId: string, how: string, seatId: string, reason: string) =>
    callCommand(callId, 'supervise', { how, seat_id: seatId, reason }),
  pick: (callId: string, seatId: string, reason: string) =>
    callCommand(callId, 'pick', { seat_id: seatId, reason }),

  line: () => get<Listed<'line', Waiting>>('/api/line'),
  serviceLevel: () => get<ServiceLevel>('/api/service-level'),
  alarms: () => get<Alarms>('/api/alarms'),
  board: () => get<Board>('/api/board'),
  wall: () => get<Wall>('/api/wall'),
  trend: () => get<{ columns: TrendColumn[] }>('/api/service-level/trend'),
  misses: (window: string, cause: string, skillGroup: string) =>
    get<{ count: number; misses: Miss[] }>(
      `/api/service-level/misses?window=${window}${cause ? `&cause=${id(cause)}` : ''}${skillGroup ? `&skill_group=${id(skillGroup)}` : ''}`,
    ),
  notices: () => get<Listed<'notices', SeatNotice>>('/api/notices'),
  postNotice: (text: string, skillGroups: readonly string[]) =>
    ask<SeatNotice>('POST', '/api/notices', { text, skill_groups: skillGroups }),
  readNotice: (noticeId: string) => ask<SeatNotice>('POST', `/api/notices/${id(noticeId)}/read`),
  withdrawNotice: (noticeId: string) => ask<void>('DELETE', `/api/notices/${id(noticeId)}`),
  directory: () => get<{ lines: DirectoryLine[] }>('/api/directory?limit=500'),

  seats: () => get<Listed<'seats', Seat>>('/api/seats'),
  skillGroups: () => get<{ skill_groups: SkillGroup[] }>('/api/skill-groups'),
  seatDay: (seatId: string) => get<SeatDay>(`/api/seats/${id(seatId)}/history`),
  signIn: (seatId: string) => seatCommand(seatId, 'sign-in'),
  signOut: (seatId: string) => seatCommand(seatId, 'sign-out'),
  ready: (seatId: string) => seatCommand(seatId, 'ready'),
  notReady: (seatId: string, reason: NotReadyReason) =>
    seatCommand(seatId, 'not-ready', { reason }),
  force: (seatId: string, state: string, reason: string) =>
    seatCommand(seatId, 'force', { state, reason }) as Promise<{ seat: Seat; effect_text: string }>,
  finishWrapUp: (seatId: string) => seatCommand(seatId, 'finish-wrap-up'),

  orders: (state: OrderState, limit: number) =>
    get<Listed<'orders', Order>>(`/api/orders?state=${state}&limit=${limit}`),
  findOrders: (wish: OrderWish, skip: number, limit: number) =>
    get<Listed<'orders', Order> & { total: number }>(`/api/order-search?${question({ ...wish, skip, limit })}`),
  course: (orderId: string) => get<{ course: CourseStep[] }>(`/api/orders/${id(orderId)}/course`),
  order: (orderId: string) => get<Order>(`/api/orders/${id(orderId)}`),
  editOrder: (orderId: string, revision: number, fields: { [name in OrderFieldName]?: string }) =>
    ask<Order>('PATCH', `/api/orders/${id(orderId)}`, { revision, fields }),
  submitOrder: (orderId: string, revision: number) =>
    ask<Order & { query_code: string | null }>('POST', `/api/orders/${id(orderId)}/submit`, { revision }),
  urges: (orderId: string) =>
    get<{ urges: { at: string; call_id: string }[] }>(`/api/orders/${id(orderId)}/urges`),
  /** The code before it holds no longer. */
  newQueryCode: (orderId: string) =>
    ask<{ query_code: string }>('POST', `/api/orders/${id(orderId)}/query-code`),

  repeats: (orderId: string) =>
    get<{ repeats: Repeat[] }>(`/api/orders/${id(orderId)}/repeats`),
  /** null takes it back. */
  markRepeat: (orderId: string, of: string | null) =>
    ask<Order>('POST', `/api/orders/${id(orderId)}/repeat`, { of }),

  districts: () => get<{ districts: string[] }>('/api/districts'),
  eventTypes: () => get<{ event_types: string[] }>('/api/event-types'),

  recordingsOf: (callId: string) =>
    get<Listed<'recordings', Recording>>(`/api/recordings?call_id=${id(callId)}`),
  peaks: (recordingId: string) => get<Peaks>(`/api/recordings/${id(recordingId)}/peaks`),
  replay: (recordingId: string) => get<Replay>(`/api/recordings/${id(recordingId)}/replay`),
  search: (asked: URLSearchParams) => get<FoundPage>(`/api/search?${asked.toString()}`),
  purposes: () => get<{ purposes: Purpose[] }>('/api/purposes'),
  openListening: (recordingId: string, purpose: string, note: string) =>
    ask<Listening>('POST', `/api/recordings/${id(recordingId)}/listenings`, { purpose, note }),
  heardAddress: (recordingId: string, listeningId: string) =>
    `/api/recordings/${id(recordingId)}/listenings/${id(listeningId)}/heard`,
  heard: (recordingId: string, listeningId: string, spans: [number, number][]) =>
    ask<Listening>('POST', `/api/recordings/${id(recordingId)}/listenings/${id(listeningId)}/heard`, { spans }),
  whoHeard: (recordingId: string) =>
    get<{ duration_ms: number; listenings: Listening[]; people: Hearer[] }>(
      `/api/recordings/${id(recordingId)}/listenings`,
    ),
  marks: (callId: string) => get<{ marks: CallMark[] }>(`/api/calls/${id(callId)}/marks`),
  makeMark: (callId: string, atMs: number, endsAtMs: number | null, text: string) =>
    ask<{ marks: CallMark[] }>('POST', `/api/calls/${id(callId)}/marks`, {
      at_ms: atMs, ends_at_ms: endsAtMs, text,
    }),
  removeMark: (callId: string, markId: string) =>
    ask<{ marks: CallMark[] }>('DELETE', `/api/calls/${id(callId)}/marks/${id(markId)}`),
  audioAddress: (recordingId: string) => `/api/recordings/${id(recordingId)}/audio`,

  callbacks: () => get<Listed<'callbacks', Callback>>('/api/callbacks'),
  callBack: (callId: string, seatId: string) =>
    ask<Callback>('POST', `/api/callbacks/${id(callId)}/call`, { seat_id: seatId }),
  callNext: (seatId: string) => ask<Callback>('POST', '/api/callbacks/call-next', { seat_id: seatId }),
  postponeCallback: (callId: string, dueAt: string) =>
    ask<Callback>('POST', `/api/callbacks/${id(callId)}/postpone`, { due_at: dueAt }),
  closeCallback: (callId: string, note: string) =>
    ask<Callback>('POST', `/api/callbacks/${id(callId)}/close`, { note }),

  messages: () => get<Listed<'messages', Message>>('/api/messages?limit=300'),
  message: (messageId: string) =>
    get<Message & { recording: MessageRecording | null }>(`/api/messages/${id(messageId)}`),
  messageAudio: (messageId: string) => `/api/messages/${id(messageId)}/audio`,
  takeMessage: (messageId: string) => ask<Message>('POST', `/api/messages/${id(messageId)}/take`),
  orderOfMessage: (messageId: string) =>
    ask<{ message: Message; order: Order }>('POST', `/api/messages/${id(messageId)}/order`),
  closeMessage: (messageId: string, reason: string) =>
    ask<Message>('POST', `/api/messages/${id(messageId)}/close`, { reason }),

  surveys: (since: string, until: string) =>
    get<{ surveys: Survey[] }>(`/api/surveys?since=${id(since)}&until=${id(until)}&limit=300`),
  surveySummary: (since: string, until: string) =>
    get<SurveySummary>(`/api/surveys/summary?since=${id(since)}&until=${id(until)}`),
  surveyOf: (callId: string) => get<{ survey: Survey | null }>(`/api/calls/${id(callId)}/survey`),
  limitedCalls: (since: string, until: string) =>
    get<{ calls: LimitedCall[]; counts: { limited: number; refused: number } }>(
      `/api/limited-calls?since=${id(since)}&until=${id(until)}&limit=300`,
    ),

  prompts: () => get<{ prompts: Prompt[]; trouble: string }>('/api/prompts'),
  sentences: () => get<{ sentences: Prescribed[] }>('/api/sentences'),
  promptTexts: () =>
    get<{ texts: PromptText[]; flows: { code: string; name: string }[] }>('/api/prompt-texts'),
  promptAudio: (language: string, name: string) => `/api/prompts/${id(language)}/${id(name)}/audio`,
  rewriteText: (code: string, words: Readonly<Record<string, string>>) =>
    ask<Rewritten>('POST', `/api/prompt-texts/${id(code)}`, { words }),
  keepStudio: (language: string, name: string, recording: Blob) =>
    ask<Prompt>('POST', `/api/prompts/${id(name)}/studio?language=${id(language)}`, recording),
  dropStudio: (language: string, name: string) =>
    ask<Record<string, never>>('DELETE', `/api/prompts/${id(name)}/studio?language=${id(language)}`),

  silentCalls: (since: string, until: string) =>
    get<{ calls: SilentCall[]; counts: Record<SilentCall['outcome'], number> }>(
      `/api/silent-calls?since=${id(since)}&until=${id(until)}&limit=300`,
    ),

  switches: () => get<{ switches: Switch[]; languages: string[] }>('/api/switches'),
  turnSwitch: (name: string, on: boolean, reason: string, text: string, others: Record<string, string>) =>
    ask<Switch>('POST', `/api/switches/${id(name)}`, { on, reason, text, others }),

  rules: () => get<{ rules: RuleStatus[] }>('/api/rules'),
  /** Without a version: the one that holds. */
  rule: (kind: RuleKind, version?: number) =>
    get<RuleVersion & { body: string }>(
      `/api/rules/${kind}${version === undefined ? '' : `?version=${version}`}`,
    ),
  ruleHistory: (kind: RuleKind) => get<{ versions: RuleVersion[] }>(`/api/rules/${kind}/history`),
  ruleDraft: (kind: RuleKind) => get<{ draft: RuleDraft | null }>(`/api/rules/${kind}/draft`),
  saveRuleDraft: (kind: RuleKind, body: string) =>
    ask<{ problems: Problem[] }>('PUT', `/api/rules/${kind}/draft`, { body }),
  checkRule: (kind: RuleKind, body: string) =>
    ask<{ problems: Problem[] }>('POST', `/api/rules/${kind}/check`, { body }),
  publishRule: (kind: RuleKind, what: RulePublication) =>
    ask<RuleVersion>('POST', `/api/rules/${kind}/publish`, what),
  undoRule: (kind: RuleKind, note: string) =>
    ask<RuleVersion>('POST', `/api/rules/${kind}/undo`, { note }),

  flows: () => get<Flows>('/api/flows'),
  flowPicture: (code: string, version: number) => `/api/flows/${id(code)}.svg?version=${version}`,
  drawFlows: (body: string) => ask<{ flows: FlowPicture[] }>('POST', '/api/flows/draw', { body }),

  softphone: () => get<Identity>('/api/softphone'),
  bringCallBack: () => ask<{ call_id: string | null }>('POST', '/api/softphone/return'),

  health: () => get<{ parts: PartHealth[] }>('/api/health'),
}

function callCommand(callId: string, asked: string, body?: unknown): Promise<void> {
  return ask<void>('POST', `/api/calls/${id(callId)}/${asked}`, body)
}

function seatCommand(seatId: string, asked: string, body?: unknown): Promise<{ seat: Seat }> {
  return ask<{ seat: Seat }>('POST', `/api/seats/${id(seatId)}/${asked}`, body)
}
