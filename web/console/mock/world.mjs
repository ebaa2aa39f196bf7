// A lively pretended hotline: state, commands and events in the shape of web/views.py.
import { PROPOSED, UTTERANCES } from './conversation.mjs'
import { cuesOf, sentencesOf } from './speech.mjs'

const MANDATORY = ['caller_name', 'content', 'request_type', 'event_type', 'urgency']
const ago = (s) => new Date(Date.now() - s * 1000).toISOString()
export const missing = (order) => MANDATORY.filter((name) => !order.fields[name]?.value)

export class World {
  constructor() {
    this.seq = 100
    this.journal = []
    this.hear = () => {}
    this.calls = new Map()
    this.orders = new Map()
    this.utterances = new Map()
    this.recordings = new Map()
    this.decisions = new Map()
    this.callbacks = new Map()
    this.falseAlarms = new Set()
    this.groups = [
      { code: 'general', name: '综合受理' },
      { code: 'business', name: '营商服务' },
      { code: 'english', name: '外语服务' },
    ]
    const seat = (id, name, state, s, more = {}) => [id, { seat_id: id, operator_name: name, operator: state === 'signed_out' ? null : `op${id}`, state, reason: null, since: ago(s), until: null, call_id: null, last_call_id: null, phone_reachable: true, skills: { general: 1 }, pending_not_ready: null, ...more }]
    this.seats = new Map([
      seat('8001', '张敏', 'ready', 40, { operator: 'zhang', skills: { general: 1, business: 2 } }),
      seat('8002', '李强', 'talking', 131, { call_id: 'hl1-1763716.21', pending_not_ready: 'meal' }),
      seat('8003', '王芳', 'wrap_up', 18, { until: new Date(Date.now() + 42000).toISOString(), skills: { general: 2, english: 1 } }),
      seat('8004', '赵磊', 'not_ready', 612, { reason: 'meal' }),
      seat('8005', '陈静', 'ready', 75, { skills: { business: 1 } }),
      seat('8006', '刘洋', 'ringing', 4, { call_id: 'hl1-1763716.24' }),
      seat('8007', '孙丽', 'not_ready', 95, { reason: 'did_not_answer', phone_reachable: false }),
      seat('8008', '周涛', 'signed_out', 9000),
      seat('8009', '吴娜', 'talking', 320, { call_id: 'hl1-1763716.19', skills: { general: 1, business: 1, english: 2 } }),
      seat('8010', '郑凯', 'reserved', 1, {}),
    ])
    this.call('hl1-1763716.19', '13800000019', 'talking', 342, { seat_id: '8009', answered: 320, skill_group: 'business', transcription: 'paused' })
    this.call('hl1-1763715.2', '13800000012', 'ended', 1900, { seat_id: '8002', answered: 1880, ended: 1700, transcription: 'left_out', ending: { blame: 'citizen', reason: 'hung-up' } })
    this.call('hl1-1763716.21', '13800000021', 'held', 150, { seat_id: '8002', answered: 131, transcription: 'live' })
    this.call('hl1-1763716.24', '13800000024', 'ringing', 22, { seat_id: '8006' })
    this.call('hl1-1763716.25', '13800000025', 'queued', 74, { skill_group: 'english' })
    this.call('hl1-1763716.26', '13800000026', 'queued', 31, { lifeboat: true })
    this.call('hl1-1763716.28', '13800000028', 'arrived', 3, { skill_group: null })
    for (const n of [3, 5, 8, 11]) {
      const id = `hl1-1763715.${n}`
      this.call(id, `1380000000${n % 10}`, n === 8 ? 'abandoned' : 'ended', 900 + n * 140, { seat_id: n === 8 ? null : '8002', answered: n === 8 ? null : 880 + n * 140, ended: 800 + n * 140, transcription: 'finished', ending: { blame: 'citizen', reason: 'hung-up' } })
      if (n === 8) continue
      this.utterances.set(id, UTTERANCES)
      this.draft(id, `20261121-0000${20 + n}`, '8002', PROPOSED.flatMap(([, fields]) => fields), n === 3 ? 'draft' : 'accepted')
      const state = n === 3 ? 'legs' : n === 11 ? 'failed' : 'archived'
      this.recordings.set(`${id}-1`, { recording_id: `${id}-1`, call_id: id, state, started_at: ago(900 + n * 140), duration_ms: 64000, sha256: state === 'archived' ? '9f2b7c5e1d0a48e6b3c7f5a1d2e4968b0c1f3a57e8d9246bb1a0c3e5f7092d4e' : null, size_bytes: state === 'archived' ? 402133 : null, archived_at: state === 'archived' ? ago(500) : null, path: state === 'archived' ? `2026/11/21/${id}-1.opus` : null, failure: state === 'failed' ? 'encode-failed' : null, caller_number: null, seat_id: '8002', leg_id: null, who: null, role: null, offset_ms: 0 })
    }
    for (const [n, s, state] of [[21, 1500, 'draft'], [22, 3100, 'accepted'], [23, 5200, 'accepted']]) {
      const id = `hl1-1763715.${n}`
      this.call(id, `138000000${n}`, 'ended', s, { seat_id: '8001', answered: s - 14, ended: s - 260, transcription: 'finished', ending: { blame: 'citizen', reason: 'hung-up' } })
      this.utterances.set(id, UTTERANCES)
      this.draft(id, `20261121-0000${40 - n}`, '8001', n === 21 ? PROPOSED.slice(0, 3).flatMap(([, fields]) => fields) : PROPOSED.flatMap(([, fields]) => fields), state)
    }
    this.utterances.set('hl1-1763716.19', UTTERANCES.slice(0, 7))
    this.utterances.set('hl1-1763716.21', UTTERANCES.slice(0, 10))
    this.draft('hl1-1763716.21', '20261121-000041', '8002', PROPOSED.slice(0, 3).flatMap(([, fields]) => fields), 'draft')
    this.calls.get('hl1-1763716.21').parties = [{ leg_id: 'leg-8002', role: 'seat', who: '8002', room: 'aside', since: ago(131) }]
    this.decide('hl1-1763716.21', '8002')
    this.decide('hl1-1763716.19', '8009')
    const owed = (id, number, reason, s, closed = null) => this.callbacks.set(id, { call_id: id, caller_number: number, reason, arrived_at: ago(s), state: closed ? 'done' : 'owed', due_at: null, seat_id: null, last_outcome: s > 2000 ? 'no_answer' : null, closed_at: closed, attempts: closed ? 1 : 0 })
    owed('hl1-1763715.8', '13800000008', 'abandoned', 1840)
    owed('hl1-1763715.14', '13800000014', 'dropped', 2750)
    owed('hl1-1763714.2', '13800000002', 'abandoned', 7000, ago(6000))
  }

  call(id, number, state, s, { answered = null, ended = null, skill_group = 'general', ...more } = {}) {
    const waited = answered === null ? null : (s - 3 - answered) * 1000
    this.calls.set(id, { call_id: id, caller_number: number, called_number: '12345', state, arrived_at: ago(s), recording_started_at: ago(s), joined_at: skill_group ? ago(s - 3) : null, answered_at: answered === null ? null : ago(answered), ended_at: ended === null ? null : ago(ended), skill_group, priority: 0, seat_id: null, direction: 'in', parties: [], waited_ms: waited ?? (ended === null ? null : 95000), talked_ms: ended === null || answered === null ? null : (answered - ended) * 1000, ending: null, lifeboat: false, order_id: null, recording_id: `${id}-1`, transcription: 'off', ...more })
  }

  draft(callId, orderId, seatId, fields, state) {
    this.orders.set(orderId, { order_id: orderId, call_id: callId, seat_id: seatId, state, opened_at: this.calls.get(callId)?.arrived_at ?? ago(0), submitted_at: state === 'accepted' ? ago(300) : null, submitted_by: state === 'accepted' ? 'op8002' : null, repeat_of: null, message_id: null, urges: orderId.endsWith('25') ? 2 : 0, urged_at: orderId.endsWith('25') ? ago(1500) : null, revision: fields.length, fields: Object.fromEntries(fields), missing: [] })
    const call = this.calls.get(callId)
    if (call) call.order_id = orderId
  }

  decide(callId, seatId) {
    const reasons = ['综合受理技能 1 级，为空闲座席中最高', '已空闲 2 分 16 秒，等待最久']
    this.decisions.set(callId, [{ at: ago(140), seat_id: seatId, skill_group: 'general', reasons, considered: 4 }])
    return reasons
  }

  /** What was noticed on that call so far. */
  cues(callId) {
    const heard = this.utterances.get(callId)?.length ?? 0
    const at = this.calls.get(callId)?.answered_at ?? undefined
    return cuesOf(callId, heard, at).map((cue) => ({ ...cue, false_alarm: this.falseAlarms.has(cue.cue_id) }))
  }

  tell(type, fields) {
    const partial = type === 'PartialHeard'
    if (!partial) this.seq += 1
    const event = { seq: partial ? null : this.seq, type, at: new Date().toISOString(), ...fields }
    if (!partial) this.journal.push(event)
    this.hear(event)
  }

  seatTo(id, state, more = {}) {
    const seat = this.seats.get(id)
    const was = seat.state
    Object.assign(seat, { state, reason: null, until: null, since: new Date().toISOString() }, more)
    this.tell('SeatStateChanged', { seat_id: id, was, state, reason: seat.reason, call_id: seat.call_id, until: seat.until, by: null, operator: seat.operator, pending_not_ready: seat.pending_not_ready })
  }

  /** A call comes in and goes its way, or stays `until` it rings or is talked; `rate` makes time pass faster. */
  async play(number, seatId, rate, pause, until = null) {
    const id = `hl1-1763717.${this.seq}`
    const orderId = `20261121-${String(this.seq).padStart(6, '0')}`
    const on = { call_id: id }
    const wait = (s) => pause((s * 1000) / rate)
    this.call(id, number, 'arrived', 0, { skill_group: null })
    const call = this.calls.get(id)
    this.tell('CallArrived', { ...on, caller_number: number, called_number: '12345' })
    this.tell('RecordingStarted', on)
    await wait(3)
    Object.assign(call, { state: 'queued', skill_group: 'general', joined_at: new Date().toISOString() })
    this.tell('CallQueued', { ...on, skill_group: 'general', joined_at: call.joined_at, priority: 0 })
    await wait(4)
    const reasons = this.decide(id, seatId)
    this.tell('SeatReserved', { ...on, seat_id: seatId, skill_group: 'general', reasons, considered: 4 })
    this.seatTo(seatId, 'reserved', { call_id: id })
    await wait(1)
    Object.assign(call, { state: 'ringing', seat_id: seatId })
    this.tell('CallOffered', { ...on, seat_id: seatId })
    this.seatTo(seatId, 'ringing')
    this.draft(id, orderId, seatId, [], 'draft')
    this.tell('DraftOpened', { ...on, order_id: orderId, seat_id: seatId })
    if (until === 'ringing') return
    await wait(3)
    Object.assign(call, { state: 'talking', answered_at: new Date().toISOString(), waited_ms: 8000, transcription: 'live' })
    this.tell('CallAnswered', { ...on, seat_id: seatId, waited_ms: 8000 })
    const voice = { leg_id: `leg-${seatId}`, role: 'seat', who: seatId, room: 'talk', since: call.answered_at }
    call.parties = [voice]
    this.seatTo(seatId, 'talking')
    this.utterances.set(id, [])
    let at = 0
    for (const [n, said] of UTTERANCES.entries()) {
      await wait((said.starts_at_ms - at) / 1000)
      for (let end = 4; end < said.text.length; end += 4) {
        this.tell('PartialHeard', { ...on, side: said.side, text: said.text.slice(0, end), starts_at_ms: said.starts_at_ms })
        await wait((said.ends_at_ms - said.starts_at_ms) / 1000 / (said.text.length / 4))
      }
      at = said.ends_at_ms
      this.utterances.get(id).push(said)
      this.tell('UtteranceHeard', { ...on, ...said })
      const before = sentencesOf(n, false)
      for (const one of sentencesOf(n + 1, false)) {
        const was = before.find((other) => other.sentence_id === one.sentence_id)
        if (!was) this.tell('SentenceDue', { ...on, ...one, reason: one.scene })
        else if (was.state !== one.state) this.tell('SentenceSaid', { ...on, ...one, starts_at_ms: said.starts_at_ms, ends_at_ms: said.ends_at_ms })
      }
      const known = new Set(cuesOf(id, n).map((cue) => cue.cue_id))
      for (const cue of cuesOf(id, n + 1)) if (!known.has(cue.cue_id)) this.tell('CueRaised', cue)
      const proposed = PROPOSED.find(([after]) => after === n)?.[1]
      const order = this.orders.get(orderId)
      if (proposed && order.state === 'draft') {
        const fields = proposed.filter(([name]) => order.fields[name]?.by !== 'person')
        order.revision += 1
        Object.assign(order.fields, Object.fromEntries(fields))
        this.tell('FieldsProposed', { ...on, order_id: orderId, fields, revision: order.revision })
      }
    }
    if (until === 'talking') return
    await wait(2)
    Object.assign(call, { state: 'ended', ended_at: new Date().toISOString(), talked_ms: 63000, ending: { blame: 'citizen', reason: 'hung-up' }, transcription: 'finished' })
    this.tell('SeatLeftCall', { ...on, seat_id: seatId, talked_ms: 63000 })
    call.parties = []
    this.seatTo(seatId, 'wrap_up', { last_call_id: id, until: new Date(Date.now() + 60000).toISOString() })
    this.tell('CallEnded', { ...on, talked_ms: 63000, ending: call.ending })
    this.tell('TranscriptFinished', { ...on, utterances: UTTERANCES.length })
  }
}
