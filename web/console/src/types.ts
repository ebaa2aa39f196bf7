// The service's JSON, as web/views.py writes it. Instants are ISO 8601 text, durations are milliseconds.

export type Role = 'operator' | 'supervisor' | 'inspector' | 'administrator' | 'wall'

export interface User {
  username: string
  name: string
  roles: Role[]
  seat_id: string | null
  /** What must be done before anything else is open: the code of that refusal. */
  owes: 'password-change-needed' | 'second-factor-set-up-needed' | null
}

export type CallState =
  | 'arrived'
  | 'queued'
  | 'ringing'
  | 'talking'
  | 'held'
  | 'consulting'
  | 'conference'
  | 'seat_left'
  | 'ended'
  | 'abandoned'

/** `left_out`: no model for its language; `wanted`: to be transcribed from the stored sound. */
export type Transcription = 'off' | 'live' | 'paused' | 'finished' | 'left_out' | 'wanted'

export interface Ending {
  blame: string
  reason: string
}

export type PartyRole = 'seat' | 'third' | 'supervisor'
export type Room = 'talk' | 'aside' | 'listening' | 'whispering'

/** Somebody besides the citizen; `room` null while he is being rung. */
export interface Party {
  leg_id: string
  role: PartyRole
  who: string
  room: Room | null
  since: string
}

export interface Call {
  call_id: string
  caller_number: string
  called_number: string
  state: CallState
  direction: 'in' | 'out'
  parties: Party[]
  arrived_at: string
  recording_started_at: string | null
  joined_at: string | null
  answered_at: string | null
  ended_at: string | null
  skill_group: string | null
  priority: number
  seat_id: string | null
  waited_ms: number | null
  talked_ms: number | null
  ending: Ending | null
  lifeboat: boolean
  order_id: string | null
  recording_id: string | null
  transcription: Transcription
}

/** What a call's seat should know: flags such as 需外语支持, notes of the route it took. */
export interface Hints {
  flags: string[]
  notes: string[]
}

export type Side = 'citizen' | 'operator' | 'third_party' | 'supervisor'

export interface Word {
  text: string
  starts_at_ms: number
  ends_at_ms: number
  confidence: number
  /** What the recogniser said, where the gazetteer corrected it. */
  heard?: string | null
  doubtful?: boolean
}

/** A part of the written sentence and the words it stands for, first and last (both included). */
export type WrittenPiece = [text: string, firstWord: number, lastWord: number]

/** `leg_id` and `who` where the party has a leg of its own; from the call's two legs they are null. */
export interface Utterance {
  side: Side
  leg_id: string | null
  who: string | null
  text: string
  /** For people to read: punctuation, 26号 for 二十六号; empty if there is only `text`. */
  written: string
  pieces: WrittenPiece[]
  language: string
  starts_at_ms: number
  ends_at_ms: number
  confidence: number
  backfilled: boolean
  words: Word[]
}

export interface Partial {
  side: Side
  leg_id: string | null
  who: string | null
  text: string
  starts_at_ms: number
}

export interface Decision {
  at: string
  seat_id: string
  skill_group: string
  reasons: string[]
  considered: number
}

export type SeatState =
  | 'signed_out'
  | 'not_ready'
  | 'ready'
  | 'reserved'
  | 'ringing'
  | 'talking'
  | 'wrap_up'

export type NotReadyReason =
  | 'signed_in'
  | 'break'
  | 'meal'
  | 'training'
  | 'meeting'
  | 'back_office'
  | 'did_not_answer'
  | 'phone_unreachable'
  | 'phone_busy'
  | 'forced'

export interface Seat {
  seat_id: string
  operator_name: string
  operator: string | null
  state: SeatState
  reason: NotReadyReason | null
  since: string
  until: string | null
  call_id: string | null
  /** The call it talked on last since its sign-in. */
  last_call_id: string | null
  phone_reachable: boolean
  skills: Record<string, number>
  pending_not_ready: NotReadyReason | null
}

/** What a seat did in a day; `part` says as what it was in its talks. */
export interface SeatDay {
  since: string
  until: string
  signed_in_ms: number
  spent: { state: SeatState; reason: NotReadyReason | null; part: PartyRole; ms: number; times: number }[]
}

/** A caller's earlier call and the order it left. */
export interface EarlierCall {
  call_id: string
  arrived_at: string
  state: CallState
  direction: 'in' | 'out'
  seat_id: string | null
  answered: boolean
  order: {
    order_id: string
    state: OrderState
    opened_at: string
    submitted_at: string | null
    summary: string
    urges: number
  } | null
}

/** One change of an order. */
export interface CourseStep {
  at: string
  by: string
  what: string
  was: string | null
  now: string | null
}

export type OrderSort = 'newest' | 'oldest' | 'urgency' | 'urges'

/** Which orders are looked for; what is empty does not matter. */
export interface OrderWish {
  state: OrderState | ''
  words: string
  since: string
  until: string
  request_type: string
  urgency: string
  event_type: string
  district: string
  repeats_only: boolean
  urged_only: boolean
  sort: OrderSort
}

export interface SkillGroup {
  code: string
  name: string
}

export type OrderFieldName =
  | 'caller_name'
  | 'contact_number'
  | 'request_type'
  | 'event_type'
  | 'urgency'
  | 'content'
  | 'address'
  | 'summary'
  | 'district'
  | 'happened_at'
  | 'persons'
  | 'want'

export interface Proof {
  side: Side
  starts_at_ms: number
  ends_at_ms: number
}

export interface FieldValue {
  value: string
  by: 'machine' | 'person'
  confidence: number
  proof: Proof | null
}

export type OrderFields = { [name in OrderFieldName]?: FieldValue }

export type OrderState = 'draft' | 'accepted' | 'discarded' | 'diverted'

export interface Order {
  order_id: string
  call_id: string
  seat_id: string | null
  state: OrderState
  opened_at: string
  submitted_at: string | null
  submitted_by: string | null
  /** The first order about the same fact and reason, as a person said. */
  repeat_of: string | null
  /** The voice message that it was made of. */
  message_id: string | null
  /** How often the citizen has urged it, and when last. */
  urges: number
  urged_at: string | null
  revision: number
  fields: OrderFields
  missing: OrderFieldName[]
}

/** An earlier order that may be about the same. */
export interface Repeat {
  order_id: string
  state: OrderState
  opened_at: string
  submitted_at: string | null
  summary: string
  similarity: number
  same_number: boolean
  repeat_of: string | null
}

export type RecordingState = 'legs' | 'archived' | 'failed'

export interface Recording {
  recording_id: string
  call_id: string
  state: RecordingState
  started_at: string
  duration_ms: number
  sha256: string | null
  size_bytes: number | null
  archived_at: string | null
  path: string | null
  failure: string | null
  /** Of a party's own voice; null for the call's recording. */
  leg_id: string | null
  role: PartyRole | null
  who: string | null
  /** Where it begins on the call's clock. */
  offset_ms: number
  caller_number: string | null
  seat_id: string | null
}

export interface Peaks {
  points_per_second: number
  citizen: number[]
  operator: number[]
  /** The one channel of a party's own recording. */
  own: number[]
}

export interface Part {
  state: CallState
  since: string
  until: string | null
  ms: number
}

/** Somebody in one room; a party that changes rooms has one for each. */
export interface Stay {
  leg_id: string
  role: PartyRole
  who: string
  room: Room | null
  since: string
  until: string | null
  ms: number
}

export interface Timeline {
  state: CallState
  parts: Part[]
  parties: Stay[]
  total_ms: number
}

export interface WrapUpCode {
  code: string
  name: string
  order: 'yes' | 'no' | 'maybe'
  needs_note: boolean
}

/** How a call ended, and in words what is still unsaved. */
export interface Outcome {
  summary: { code: string; name: string; note: string; by: string; at: string } | null
  missing: string | null
}

export type BlockState = 'proposed' | 'active' | 'refused' | 'lifted' | 'expired'

export interface Block {
  call_id: string
  caller_number: string
  state: BlockState
  until: string
  proposed_at: string
  proposed_by: string
  note: string
  decided_by: string | null
  decision_note: string | null
}

export interface Nuisance {
  call_id: string
  warnings: string[]
  ticked: number
  may_hang_up: boolean
  tag_count: number
  tags: { call_id: string; at: string; by: string; note: string }[]
  block: Block | null
}

export interface Replay {
  recording: Recording
  call: Call | null
  utterances: Utterance[]
  order: Order | null
  /** For shift leaders and inspectors only. */
  signals: Signal[]
}

/** For what recordings may be heard. */
export interface Purpose {
  name: string
  needs_note: boolean
}

/** One person's hearing of one recording for one purpose. */
export interface Listening {
  listening_id: string
  recording_id: string
  call_id: string
  by: string
  name: string
  purpose: string
  note: string
  own: boolean
  address: string
  opened_at: string
  heard_at: string | null
  spans: [number, number][]
  heard_ms: number
}

/** Everything one person ever heard of a recording. */
export interface Hearer {
  by: string
  name: string
  times: number
  purposes: string[]
  own: boolean
  last_at: string
  spans: [number, number][]
  heard_ms: number
}

/** A moment or a span of a call that somebody pointed out; on the call's clock. */
export interface CallMark {
  mark_id: string
  at_ms: number
  ends_at_ms: number | null
  text: string
  by: string
  name: string
  made_at: string
}

/** A sentence in which the looked-for words were said. */
export interface SearchHit {
  side: Side
  who: string | null
  at_ms: number
  text: string
  marks: [number, number][]
}

export interface FoundCall {
  recording_id: string
  call_id: string
  state: RecordingState
  started_at: string
  duration_ms: number
  caller_number: string
  seat_id: string | null
  skill_group: string | null
  skill_group_name: string | null
  satisfaction: string | null
  score: number | null
  cues: number
  signals: number
  marks: number
  listenings: number
  hits: SearchHit[]
  hit_count: number
}

export interface FoundPage {
  calls: FoundCall[]
  after: string | null
  total: number
  more_than_total: boolean
}

export type CueLevel = 'red' | 'amber' | 'info'

/** Something to heed on a call: a danger word, a banned word, dead air. */
export interface Cue {
  cue_id: string
  call_id: string
  seat_id?: string | null
  kind: string
  level: CueLevel
  code: string
  title: string
  advice: string
  side: Side
  starts_at_ms: number
  ends_at_ms: number
  /** The citizen's own words. */
  found: string
  false_alarm: boolean
  at: string
}

export type SentenceState = 'due' | 'said' | 'missed'

/** A prescribed sentence at its moment of the call. */
export interface Sentence {
  sentence_id: string
  text: string
  scene: string
  state: SentenceState
  must: boolean
  at_ms: number
}

export interface Measures {
  operator_chars_per_min: number | null
  citizen_chars_per_min: number | null
  talk_over_ms: number
  longest_silence_ms: number
}

export interface CallCues {
  cues: Cue[]
  sentences: Sentence[]
  measures: Measures | null
}

/** Found on a call by a quality rule; a person has still to judge it. */
export interface Signal {
  signal_id: string
  call_id: string
  seat_id: string | null
  arrived_at: string
  rule: string
  version: number
  title: string
  side: Side
  starts_at_ms: number
  ends_at_ms: number
  found: string
}

/** How often a word of the lists was heard, and what people said of those cues. */
export interface WordHits {
  code: string
  word: string
  kind: string
  title: string
  hits: number
  judged: number
  false_alarms: number
}

/** The calls of a period gone through again with the present lists. */
export interface Rerun {
  id: string
  since: string
  until: string
  by: string
  started_at: string
  ended_at: string | null
  cancelled_by: string | null
  calls: number
  done: number
  /** Gone through with these very lists before. */
  unchanged: number
  signals: number
}

/** How the machine's proposals for one field fared at submission. */
export interface FieldQuality {
  name: OrderFieldName
  proposed: number
  confirmed: number
  edited: number
  rejected: number
  added: number
  mean_distance: number | null
}

export interface Callback {
  call_id: string
  caller_number: string
  reason: string
  state: 'owed' | 'calling' | 'done' | 'given_up'
  due_at: string | null
  seat_id: string | null
  last_outcome: string | null
  arrived_at: string
  skill_group: string | null
  closed_at: string | null
  closed_why: string | null
  closed_by: string | null
  /** The call by which he was reached. */
  reached: string | null
  attempts: number
}

export type Target =
  | { kind: 'seat'; seat_id: string }
  | { kind: 'line'; code: string }
  | { kind: 'number'; number: string }

export interface DirectoryLine {
  code: string
  name: string
  number: string
  kind: string
  note: string
}

export interface Waiting {
  place: number
  call_id: string
  caller_number: string | null
  skill_group: string
  joined_at: string
  priority: number
  why: string | null
  expected: 'late' | 'will-be-late' | 'at-risk' | 'in-time' | 'unknown'
  /** When a seat is likely to be free for him. */
  free_at: string | null
}

export interface MeterCause {
  cause: string
  word: string
  count: number
}

export interface Meter {
  since: string
  until: string
  offered: number
  answered: number
  in_time: number
  gave_up: number
  gave_up_at_once: number
  gave_up_before_limit: number
  in_time_share: number | null
  in_time_share_of_patient: number | null
  answer_rate: number | null
  answer_rate_of_patient: number | null
  causes: MeterCause[]
}

export interface Miss {
  call_id: string
  skill_group: string
  joined_at: string
  answered_at: string | null
  gave_up_at: string | null
  cause: string
  word: string
  sentence: string
}

export interface ServiceLevel {
  targets: {
    answer_limit_s: number
    in_time: number
    answer_rate: number
    gave_up_at_once_s: number
    window_min: number
  }
  windows: { recent: Meter; today: Meter; day: Meter }
  waiting: number
  longest_ms: number
  misses: Miss[]
}

export interface SeatAlarm {
  seat_id: string
  state: SeatState
  reason: NotReadyReason | null
  since: string
  limit_s: number
}

export interface Alarms {
  seats: SeatAlarm[]
  skill_groups: string[]
}

export interface NoAnswers {
  seat_id: string
  count: number
  last_at: string
}

/** What one group's seats do now; `occupancy` null while nobody of it is at work. */
export interface GroupFloor {
  code: string
  name: string
  signed_in: number
  free: number
  talking: number
  wrap_up: number
  not_ready: number
  occupancy: number | null
  waiting: number
  longest_ms: number
}

/** The shift leader's floor, all of one instant; `alarms` null for who does not lead it. */
export interface Board extends ServiceLevel {
  seq: number
  at: string
  line: Waiting[]
  groups: GroupFloor[]
  alarms: (Alarms & { no_answers: NoAnswers[] }) | null
}

/** Sums for a screen on the wall: nothing in it names a citizen. */
export interface Wall extends Omit<ServiceLevel, 'misses'> {
  at: string
  late: number
  will_be_late: number
  seats: { [state in SeatState]?: number }
  groups: GroupFloor[]
  alarms: { seats: number; skill_groups: string[] }
  switches: string[]
}

/** A quarter of an hour of today. */
export interface TrendColumn {
  since: string
  offered: number
  answered: number
  in_time: number
  gave_up: number
  mean_wait_ms: number | null
  longest_wait_ms: number | null
}

/** A shift leader's word to the seats; who else has read it is for those who watch. */
export interface SeatNotice {
  notice_id: string
  at: string
  by: string
  text: string
  skill_groups: string[]
  addressed: string[]
  read_at: Record<string, string>
  mine_read_at: string | null
}

export interface PartHealth {
  name: string
  ok: boolean
  detail: string
}

/** One event of the live stream; the fields are those of the event's class. */
export interface LiveMessage {
  seq: number | null
  type: string
  at?: string
  call_id?: string
  [field: string]: unknown
}

export type MessageState = 'new' | 'taken' | 'done'

/** What a citizen said when nobody was there: a task for the whole floor. */
export interface Message {
  message_id: string
  call_id: string
  caller_number: string
  state: MessageState
  how: 'confirmed' | 'hung_up' | 'found'
  began_at: string
  left_at: string
  duration_ms: number
  /** On the clock of its call's recording. */
  starts_at_ms: number
  text: string
  text_asked_at: string | null
  transcription: Transcription
  taken_at: string | null
  taken_by: string | null
  seat_id: string | null
  done_at: string | null
  done_by: string | null
  order_id: string | null
  /** Why no order was made of it. */
  reason: string | null
}

/** Where a message's sound is kept; null until its call is over. */
export interface MessageRecording {
  recording_id: string
  state: RecordingState
  duration_ms: number
  sha256: string | null
  archived_at: string | null
  offset_ms: number
}

export type Satisfaction = 'satisfied' | 'basically' | 'unsatisfied' | 'not_rated'

/** One call's question and its answer; `satisfaction` is null while it is being asked. */
export interface Survey {
  call_id: string
  how: 'transferred' | 'after_call'
  seat_id: string | null
  skill_group: string | null
  order_id: string | null
  offered_at: string
  answered_at: string | null
  score: number | null
  scale: number | null
  satisfaction: Satisfaction | null
}

export interface Tally {
  asked: number
  rated: number
  satisfied: number
  basically: number
  unsatisfied: number
  not_rated: number
  rated_share: number | null
  satisfied_share: number | null
}

export interface SurveySummary {
  all: Tally
  seats: (Tally & { seat_id: string | null })[]
  skill_groups: (Tally & { skill_group: string | null })[]
}

/** A call that waited longer or was refused because of its number. */
export interface LimitedCall {
  call_id: string
  caller_number: string
  at: string
  verdict: 'limited' | 'refused'
  why: string
  /** When the block ends that refused it; null if none did. */
  blocked_until: string | null
}

/** One sound of the hotline; `code` is that of its text, empty for parts of numbers and recordings alone. */
export interface Prompt {
  language: string
  name: string
  code: string
  text: string
  /** What its file says now: another text may just have been published. */
  spoken_text: string
  made_from: 'voice' | 'studio' | ''
  /** A studio's recording lies there, whether it can be used or not. */
  recorded: boolean
  duration_ms: number
  level_dbfs: number
  missing: boolean
  problem: string
}

/** A sentence of the rule book: what is said at which moment. */
export interface Prescribed {
  sentence_id: string
  scene: string
  text: string
  must: boolean
}

export interface PromptText {
  code: string
  words: Readonly<Record<string, string>>
  notice: boolean
  flows: readonly string[]
  without_service: boolean
  refused: boolean
}

/** The document of texts with other words for one of them. */
export interface Rewritten {
  body: string
  old: string
  based_on: number
  problems: Problem[]
}

/** A call in which nothing was heard of the citizen at first; `times` counts the silent ones of his number. */
export interface SilentCall {
  call_id: string
  caller_number: string
  found_at: string
  seat_id: string | null
  outcome: 'going_on' | 'spoke' | 'stayed_silent'
  times: number | null
}

/** A switch of the whole house; `by` is empty and `at` null if nobody has ever touched it. */
export interface Switch {
  name: string
  on: boolean
  by: string
  reason: string
  text: string
  /** The same text in further languages, by their codes. */
  others: Readonly<Record<string, string>>
  at: string | null
}

export type RuleKind =
  | 'groups'
  | 'routing'
  | 'posts'
  | 'rosters'
  | 'directory'
  | 'codes'
  | 'policies'
  | 'words'
  | 'sentences'
  | 'places'
  | 'flows'
  | 'texts'

/** One published version of a rule document; 0 is what was shipped. */
export interface RuleVersion {
  kind: RuleKind
  version: number
  by: string
  at: string | null
  note: string
  effective_at: string | null
  in_force_at: string | null
  undoes: number | null
}

export interface RuleStatus {
  kind: RuleKind
  holds: RuleVersion
  scheduled: RuleVersion | null
  draft_by: string | null
}

export interface RuleDraft {
  body: string
  by: string
  at: string
  based_on: number
}

/** One thing wrong with a rule document; it may stand in the document of another kind. */
export interface Problem {
  kind: RuleKind
  line: number
  code: string
  severity: 'error' | 'warning'
  reason: string
}

export interface Flows {
  version: number
  numbers: { called: string[]; name: string; greeting: string; profile: string | null }[]
  profiles: { code: string; name: string; kind: string; flow: string }[]
  choices: {
    profile: string
    called: string[]
    switch: string | null
    waiting_from: number | null
    hours: string[]
  }[]
  flows: { code: string; name: string; nodes: number; after_talk: boolean }[]
}

export interface FlowPicture {
  code: string
  name: string
  svg: string
}
