// A pretended service for looking at the console without one: `node mock/server.mjs [port] [rate] [seats] [calls]`.
// Users: zhang (operator at 8001), ban (supervisor), zhi (inspector), screen (wall), admin; any password but
// "wrong" (refused), "locked", "code" (asks for one), "new" (owes a password), "factor" (owes a second factor).
// Rate 0: nobody calls by himself; POST /pretend/call?seat=8001&until=ringing brings one so far.
// The cookie `mood` says how the service feels: empty (nothing there yet), ill (500), slow (never answers).
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import { Administration } from './admin.mjs'
import { FloorBoard } from './board.mjs'
import { Citizen } from './citizen.mjs'
import { callerHistory, courseOf, dayOf, found as foundOrders } from './desk.mjs'
import { Prompts } from './prompts.mjs'
import { emptied } from './mood.mjs'
import { replayAnswer } from './replay.mjs'
import { DRAFTING, HITS, MEASURES, PRESCRIBED, sentencesOf, SIGNALS } from './speech.mjs'
import { missing, World } from './world.mjs'

const [port = '8012', rate = '1', played = '8001,8005', calls = 'Infinity'] = process.argv.slice(2)
const STATIC = process.env.HOTLINE_CONSOLE_BUILT ?? fileURLToPath(new URL('../../static/', import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'",
}
const USERS = {
  zhang: { username: 'zhang', name: '张敏', roles: ['operator'], seat_id: '8001' },
  li: { username: 'li', name: '李敏', roles: ['operator'], seat_id: '8002' },
  ban: { username: 'ban', name: '林班长', roles: ['supervisor'], seat_id: null },
  zhi: { username: 'zhi', name: '何质检', roles: ['inspector'], seat_id: null },
  screen: { username: 'screen', name: '大屏', roles: ['wall'], seat_id: null },
  admin: { username: 'admin', name: '系统管理员', roles: ['administrator'], seat_id: null },
}

const world = new World()
const citizen = new Citizen((type, fields) => world.tell(type, fields), world)
const textsInForce = () => citizen.rules.texts.versions.find((one) => !one.effective_at || Date.parse(one.effective_at) <= Date.now())
const prompts = new Prompts((type, fields) => world.tell(type, fields), () => textsInForce().body)
prompts.version = () => textsInForce().version
const administration = new Administration(world)
const viewers = new Set()
world.hear = (event) => {
  for (const { socket, user } of viewers) socket.send(JSON.stringify([shown(event, user)]))
}

const hears = (user) => user.roles.some((role) => role === 'supervisor' || role === 'inspector')
const masked = (number) => `${number.slice(0, 3)}****${number.slice(-4)}`
function shown(row, user) {
  if (!row?.caller_number) return row
  return hears(user) || (user.seat_id && row.seat_id === user.seat_id) ? row : { ...row, caller_number: masked(row.caller_number) }
}
const userOf = (request) => USERS[/hotline=(\w+)/.exec(request.headers.cookie ?? '')?.[1]]

class Refusal extends Error {
  constructor(status, code, details = {}) {
    super(code)
    Object.assign(this, { status, code, details })
  }
}

async function bodyOf(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return text && request.headers['content-type']?.includes('json') ? JSON.parse(text) : {}
}

const found = (map, id) => map.get(id) ?? (() => { throw new Refusal(404, 'not-found') })()
const withMissing = (order) => ({ ...order, missing: missing(order) })

function recordingOf(one, user) {
  return { ...one, caller_number: shown(world.calls.get(one.call_id) ?? {}, user).caller_number ?? null }
}

function seatCommand(seat, command, body, user) {
  if (command === 'force') {
    world.seatTo(seat.seat_id, body.state, body.state === 'not_ready' ? { reason: 'forced' } : {})
    return { asked: command, by: user.username, seat, effect: 'done', effect_text: '已生效' }
  }
  if (user.seat_id !== seat.seat_id && !user.roles.includes('supervisor')) throw new Refusal(403, 'forbidden')
  const to = {
    'sign-in': () => world.seatTo(seat.seat_id, 'not_ready', { reason: 'signed_in', operator: user.username }),
    'sign-out': () => world.seatTo(seat.seat_id, 'signed_out', { operator: null }),
    ready: () => {
      if (!seat.phone_reachable) throw new Refusal(409, 'seat-phone-unreachable')
      world.seatTo(seat.seat_id, 'ready')
    },
    'not-ready': () => {
      if (seat.state === 'talking' || seat.state === 'wrap_up') {
        seat.pending_not_ready = body.reason
        world.tell('NotReadyBooked', { seat_id: seat.seat_id, reason: body.reason, by: user.username })
      } else world.seatTo(seat.seat_id, 'not_ready', { reason: body.reason })
    },
    'finish-wrap-up': () => world.seatTo(seat.seat_id, 'ready', { call_id: null }),
  }[command]
  to()
  return { asked: command, by: user.username, seat }
}

function editOrder(order, { fields }, user) {
  if (order.state !== 'draft') throw new Refusal(409, 'order-already-submitted')
  if (fields.district && !DISTRICTS.includes(fields.district)) throw new Refusal(422, 'order-value-invalid', { field: 'district' })
  if (fields.summary === '冲突') throw new Refusal(409, 'order-revision-stale', { revision: order.revision })
  order.revision += 1
  const written = Object.entries(fields).map(([name, value]) => [name, { value, by: 'person', confidence: 1, proof: null }])
  Object.assign(order.fields, Object.fromEntries(written))
  world.tell('FieldsEdited', { call_id: order.call_id, order_id: order.order_id, fields: written, revision: order.revision, by: user.username })
  return withMissing(order)
}

function submitOrder(order, user) {
  if (missing(order).length > 0) throw new Refusal(422, 'order-fields-missing', { missing: missing(order) })
  Object.assign(order, { state: 'accepted', submitted_at: new Date().toISOString(), submitted_by: user.username, revision: order.revision + 1 })
  world.tell('OrderSubmitted', { call_id: order.call_id, order_id: order.order_id, by: user.username, revision: order.revision })
  return withMissing(order)
}

const DISTRICTS = ['路北区', '路南区', '古冶区', '开平区', '丰南区', '丰润区', '曹妃甸区', '滦州市', '遵化市', '迁安市']
function repeatsOf(order) {
  const others = [...world.orders.values()].filter((one) => one.order_id < order.order_id)
  return others.reverse().slice(0, 8).map(({ order_id, state, opened_at, submitted_at, repeat_of, fields }, n) => ({ order_id, state, opened_at, submitted_at, repeat_of, summary: fields.summary?.value ?? fields.content?.value ?? '', similarity: 0.92 - n * 0.17, same_number: n % 2 === 0 }))
}
function markRepeat(order, of, user) {
  Object.assign(order, { repeat_of: of, revision: order.revision + 1 })
  world.tell('RepeatMarked', { call_id: order.call_id, order_id: order.order_id, repeat_of: of, revision: order.revision, by: user.username })
  return withMissing(order)
}

const reruns = new Map()
function rerunNow(one) {
  if (one.ended_at) return one
  one.done = Math.min(one.calls, Math.floor((Date.now() - Date.parse(one.started_at)) / 40))
  Object.assign(one, { unchanged: Math.floor(one.done * 0.4), signals: Math.floor(one.done * 0.06), ended_at: one.done === one.calls ? early(0) : null })
  return one
}
function startRerun({ since, until }, user) {
  if ([...reruns.values()].map(rerunNow).some((one) => !one.ended_at)) throw new Refusal(409, 'rerun-going-on')
  const one = { id: `r${reruns.size}`, since, until, by: user.username, started_at: early(0), ended_at: null, cancelled_by: null, calls: 420, done: 0, unchanged: 0, signals: 0 }
  reruns.set(one.id, one)
  return one
}

const THIRD = { leg_id: 'leg-third', role: 'third' }
function callCommand(call, command, body, user) {
  const on = { call_id: call.call_id }
  const form = (state) => {
    call.state = state
    world.tell('TalkChanged', { ...on, state })
  }
  const join = (room) => {
    const who = body.target?.code ?? body.target?.seat_id ?? 'outside'
    const party = { ...THIRD, who, room, since: new Date().toISOString() }
    call.parties = [...call.parties.filter((one) => one.leg_id !== THIRD.leg_id), party]
    world.tell('PartyJoined', { ...on, ...party })
  }
  const act = {
    hold: () => form('held'),
    retrieve: () => form('talking'),
    consult: () => { join('aside'); form('consulting') },
    invite: () => { join('talk'); form('conference') },
    conference: () => { world.tell('PartyMoved', { ...on, ...THIRD, who: call.parties.at(-1).who, room: 'talk' }); form('conference') },
    'cancel-consult': () => { call.parties = call.parties.filter((one) => one.leg_id !== THIRD.leg_id); world.tell('PartyLeft', { ...on, ...THIRD, who: '', present_ms: 1 }); form('talking') },
  }[command]
  if (command === 'transfer') throw new Refusal(409, 'target-not-free')
  act?.()
  return { asked: command, by: user.username, call_id: call.call_id }
}

const meter = (offered, inTime, answered, gaveUp, causes) => ({ since: '', until: '', offered, answered, in_time: inTime, gave_up: gaveUp, gave_up_at_once: 3, gave_up_before_limit: 9, in_time_share: inTime / offered, in_time_share_of_patient: inTime / (offered - 9), answer_rate: answered / (answered + gaveUp), answer_rate_of_patient: answered / (answered + gaveUp - 3), causes: causes.map(([cause, count]) => ({ cause, word: cause, count })) })
const early = (s) => new Date(Date.now() - s * 1000).toISOString()
const MISSES = [
  ['hl1-1763716.25', 'english', 74, 'no-seat-signed-in', '入队时无座席签入：本组签入 0 席。'],
  ['hl1-1763716.26', 'general', 31, 'service-away', '等候期间系统离线或重启，由应急队列接续。'],
  ['hl1-1763715.5', 'general', 640, 'all-talking', '入队时座席全忙：本组签入 8 席，通话 5、话后处理 2、示忙 1。'],
  ['hl1-1763715.8', 'business', 1840, 'seat-did-not-answer', '座席 8007 振铃后未接听，市民重新等候。'],
]
const FLOOR = {
  'service-level': () => ({
    targets: { answer_limit_s: 15, in_time: 0.8, answer_rate: 0.95, gave_up_at_once_s: 5, window_min: 15 },
    at: early(0),
    windows: { recent: meter(41, 29, 36, 4, [['all-talking', 7], ['in-wrap-up', 4], ['gave-up-at-once', 1]]), today: meter(512, 447, 493, 17, [['all-talking', 31], ['seat-did-not-answer', 14], ['in-wrap-up', 12], ['no-seat-signed-in', 5], ['gave-up-at-once', 3]]), day: meter(1730, 1502, 1660, 62, [['all-talking', 120], ['not-ready', 60], ['link-lost', 11]]) },
    waiting: 2, longest_ms: 74000,
    misses: MISSES.map(([call_id, skill_group, s, cause, sentence]) => ({ call_id, skill_group, joined_at: early(s), answered_at: null, gave_up_at: null, cause, word: cause, sentence })),
  }),
  line: (user) => ({ seq: world.seq, line: ['hl1-1763716.25', 'hl1-1763716.26'].map((id, n) => { const call = shown(world.calls.get(id), user); return { place: n + 1, call_id: id, caller_number: call.caller_number, skill_group: call.skill_group, joined_at: call.joined_at, priority: n, why: n === 0 ? '技能组“外语”的2个座席均未签入，等候满 40 秒后放宽到综合受理并标记需外语支持' : '技能组“综合受理”没有空闲座席：通话5、话后处理2、示忙1' } }) }),
  alarms: () => ({ seq: world.seq, skill_groups: ['english'], seats: [{ seat_id: '8007', state: 'not_ready', reason: 'did_not_answer', since: early(245), limit_s: 180 }] }),
  directory: () => ({ lines: [['110', '公安报警', '110', 'emergency'], ['119', '消防救援', '119', 'emergency'], ['120', '医疗急救', '120', 'emergency'], ['122', '交通事故', '122', 'emergency'], ['housing', '市住建局', '02012340001', 'department', '物业、房屋质量'], ['urban', '市城管局', '02012340002', 'department', '噪声、占道'], ['ecology', '市生态环境局', '02012340003', 'department', ''], ['water', '市供水公司值班室', '96116', 'duty', '24 小时'], ['gas', '市燃气公司值班室', '96777', 'duty', '24 小时'], ['heat', '市供热办值班室', '02012340009', 'duty', '供暖季']].map(([code, name, number, kind, note = '']) => ({ code, name, number, kind, note })) }),
}

const floor = new FloorBoard(world, () => FLOOR['service-level'](), (user) => FLOOR.line(user), () => FLOOR.alarms())
FLOOR.board = (user) => floor.board(user)
FLOOR.wall = () => floor.wall()

const CODES = [['answered', '即时答复', 'no'], ['order', '已生成工单', 'yes'], ['consultation', '咨询', 'maybe'], ['transferred', '转接', 'maybe'], ['wrong-number', '打错', 'no'], ['silent', '无声', 'no'], ['nuisance', '骚扰', 'no'], ['other', '其他', 'maybe', true]].map(([code, name, order, needs_note = false]) => ({ code, name, order, needs_note, excluded_from: [] }))
const coded = new Map()
const nuisances = new Map()
const blocks = [{ call_id: 'hl1-1763715.8', caller_number: '13800000066', state: 'proposed', until: early(-30 * 86400), proposed_at: early(900), proposed_by: 'op8002', note: '反复来电辱骂，两次警告无效', decided_by: null, decision_note: null }]
const outcome = (id) => ({ summary: coded.get(id) ?? null, missing: coded.has(id) || LIVE(found(world.calls, id)) ? null : '尚未登记话后小结，也未提交工单' })
const nuisance = (id) => { const ticked = nuisances.get(id) ?? 0; return { call_id: id, warnings: ['您好，这里是12345热线，如您没有业务或服务方面的问题，请您挂机。', '如果您没有具体的诉求，请不要长时间占用热线资源，谢谢您的配合！'], ticked, may_hang_up: ticked >= 2, tag_count: 0, tags: [], block: null } }
/** What is known of the call's course, as its parts. */
function timeline(call) {
  const points = [['arrived', call.arrived_at], ['queued', call.joined_at], ['talking', call.answered_at]].filter(([, at]) => at)
  const end = call.ended_at ?? null
  const parts = points.map(([state, since], n) => { const until = points[n + 1]?.[1] ?? end; return { state, since, until, ms: Date.parse(until ?? early(0)) - Date.parse(since) } })
  const seat = call.seat_id && call.answered_at ? [{ leg_id: 'leg-seat', role: 'seat', who: call.seat_id, room: 'talk', since: call.answered_at, until: end, ms: 0 }] : []
  return { call_id: call.call_id, state: call.state, parts, parties: seat, holds: [], total_ms: parts.reduce((sum, one) => sum + one.ms, 0) }
}

/** What a log-in with such a password leaves to be done. */
const OWED = { new: 'password-change-needed', factor: 'second-factor-set-up-needed' }
const debts = new Map()

const LIVE = (call) => call.state !== 'ended' && call.state !== 'abandoned'

function answer(method, parts, query, body, user) {
  const [what, id, more] = parts
  const seq = world.seq
  const list = (name, rows) => ({ seq, [name]: rows })
  const mine = () => [...world.recordings.values()].filter((one) => hears(user) || one.seat_id === user.seat_id).map((one) => recordingOf(one, user))
  const replayed = replayAnswer(method, parts, query, body, user, world, mine, (status, code) => { throw new Refusal(status, code) })
  if (replayed !== undefined) return replayed
  if (method === 'POST' && what === 'calls' && more === 'cues') {
    world.falseAlarms[body.false_alarm ? 'add' : 'delete'](parts[3])
    world.tell('CueJudged', { call_id: id, cue_id: parts[3], false_alarm: body.false_alarm, by: user.username })
    return {}
  }
  if (method === 'POST' && what === 'calls' && more === 'transcribe') {
    Object.assign(found(world.calls, id), { transcription: 'wanted' })
    world.tell('BackfillWanted', { call_id: id, by: user.username, why: 'asked' })
    return {}
  }
  if (method === 'POST' && what === 'calls' && more === 'code') {
    coded.set(id, { code: body.code, name: CODES.find((one) => one.code === body.code)?.name, note: body.note, by: user.username, at: early(0) })
    return outcome(id)
  }
  if (method === 'POST' && what === 'calls' && more === 'nuisance' && body.step) nuisances.set(id, body.step)
  if (what === 'nuisance' || (method === 'POST' && more === 'nuisance')) return nuisance(id)
  if (method === 'POST' && what === 'calls' && more) return callCommand(found(world.calls, id), more, body, user)
  const said = prompts.answer(method, parts, query, body, user, (status, code, details) => new Refusal(status, code, details))
  if (said !== undefined) return said
  const left = citizen.answer(method, parts, query, body, user, (status, code, details) => new Refusal(status, code, details))
  if (left !== undefined) return left
  const administrated = administration.answer(method, parts, query, body, user, (status, code, details) => new Refusal(status, code, details))
  if (administrated !== undefined) return administrated
  if (FLOOR[what] && method === 'GET' && !id) return FLOOR[what](user)
  if (what === 'service-level' && id === 'trend') return floor.trend()
  if (what === 'service-level' && id === 'misses') return floor.misses(query)
  if (what === 'notices') return floor.notice(method, id, more, body, user)
  switch (`${method} ${what}${id ? '/:' : ''}${more ? `/${what === 'seats' || what === 'quality' ? ':' : more}` : ''}`) {
    case 'GET calls':
      return list('calls', [...world.calls.values()].filter((call) => LIVE(call) === (query.get('state') === 'live')).map((call) => shown(call, user)))
    case 'GET calls/:': return { ...shown(found(world.calls, id), user), flags: [], notes: [] }
    case 'GET calls/:/transcript': {
      const call = found(world.calls, id)
      if (!hears(user) && call.seat_id !== user.seat_id) throw new Refusal(403, 'forbidden')
      return { utterances: world.utterances.get(id) ?? [], finished: call.transcription === 'finished' }
    }
    case 'GET calls/:/decision': {
      const decisions = world.decisions.get(id) ?? []
      const last = decisions.at(-1)
      return { decisions, sentence: last ? `分配给座席 ${last.seat_id}：${last.reasons.join('；')}。` : '尚未分配座席。' }
    }
    case 'GET calls/:/cues': {
      const over = !LIVE(found(world.calls, id))
      const heard = world.utterances.get(id)?.length ?? 0
      return { cues: world.cues(id), sentences: sentencesOf(heard, over), measures: over && heard > 0 ? MEASURES : null }
    }
    case 'GET cues': return { cues: [...world.calls.keys()].flatMap((callId) => world.cues(callId)) }
    case 'GET signals': return { signals: SIGNALS }
    case 'GET words/:': return { words: HITS }
    case 'GET quality/:': return { reruns: [...reruns.values()].map(rerunNow).reverse() }
    case 'GET quality/:/:': return rerunNow(found(reruns, more))
    case 'POST quality/:': return startRerun(body, user)
    case 'POST quality/:/:': return Object.assign(rerunNow(found(reruns, more)), { ended_at: early(0), cancelled_by: user.username })
    case 'GET drafting-quality': return { orders: 133, fields: DRAFTING }
    case 'GET calls/:/timeline': return timeline(found(world.calls, id))
    case 'GET calls/:/survey': return { survey: citizen.surveys().find((one) => one.call_id === id) ?? null }
    case 'GET calls/:/code': return outcome(id)
    case 'GET calls/:/history': return callerHistory(world)
    case 'GET seats/:/:': return dayOf(found(world.seats, id))
    case 'GET order-search': return { seq, ...foundOrders([...world.orders.values()].filter((one) => hears(user) || one.seat_id === user.seat_id), query) }
    case 'GET orders/:/course': return courseOf(found(world.orders, id))
    case 'GET codes': return { codes: CODES }
    case 'GET blocks': return { blocks }
    case 'GET seats': return list('seats', [...world.seats.values()])
    case 'POST seats/:/:': return seatCommand(found(world.seats, id), more, body, user)
    case 'GET skill-groups': return { skill_groups: world.groups }
    case 'GET districts': return { districts: DISTRICTS }
    case 'GET orders/:/repeats': return { repeats: repeatsOf(found(world.orders, id)) }
    case 'POST orders/:/repeat': return markRepeat(found(world.orders, id), body.of, user)
    case 'GET event-types': return { event_types: ['噪声污染', '物业管理', '道路交通'] }
    case 'GET orders': return list('orders', [...world.orders.values()].filter((one) => one.state === query.get('state') && (hears(user) || one.seat_id === user.seat_id)).map(withMissing))
    case 'GET orders/:': return withMissing(found(world.orders, id))
    case 'PATCH orders/:': return editOrder(found(world.orders, id), body, user)
    case 'POST orders/:/submit': return { ...submitOrder(found(world.orders, id), user), query_code: '407193' }
    case 'GET orders/:/urges': return { urges: [{ at: early(1500), call_id: 'hl1-1763715.3' }, { at: early(90000), call_id: 'hl1-1763715.8' }] }
    case 'POST orders/:/query-code': return { order_id: id, query_code: '882605' }
    case 'GET recordings': return list('recordings', [...world.recordings.values()].filter((one) => !query.get('call_id') || one.call_id === query.get('call_id')).filter((one) => hears(user) || one.seat_id === user.seat_id).map((one) => recordingOf(one, user)))
    case 'GET recordings/:/peaks': return peaks()
    case 'GET recordings/:/replay': {
      const one = found(world.recordings, id)
      const call = world.calls.get(one.call_id)
      const order = world.orders.get(call?.order_id)
      return { recording: recordingOf(one, user), call: shown(call, user), utterances: world.utterances.get(one.call_id) ?? [], signals: [], order: order ? withMissing(order) : null }
    }
    case 'GET softphone': return { seat_id: user.seat_id, username: user.seat_id, realm: 'hotline', password: '', desk_phone: true }
    case 'GET sentences': return { version: 0, sentences: PRESCRIBED }
    case 'GET callbacks': return list('callbacks', [...world.callbacks.values()].map((one) => shown(one, user)))
    case 'GET health': return { parts: [
      { name: 'Asterisk', ok: true, detail: '已连接' },
      { name: 'AGI', ok: true, detail: '6 个来电在流程中' },
      { name: '数据库', ok: true, detail: '正常' },
      { name: '语音转写', ok: false, detail: '没有可用的识别进程，通话不受影响，事后补转写' },
      { name: '录音归档', ok: true, detail: '正常' },
      { name: '磁盘', ok: true, detail: '剩余 84.2 GB' },
    ] }
    default: throw new Refusal(404, 'not-found')
  }
}

const loudAt = (ms, side) => (world.utterances.get('hl1-1763715.5') ?? []).some((said) => said.side === side && said.starts_at_ms <= ms && ms <= said.ends_at_ms)
function peaks() {
  const of = (side, salt) => Array.from({ length: 640 }, (_, n) => (loudAt(n * 100, side) ? 70 + Math.round(130 * Math.abs(Math.sin(n * 1.7 + salt) * Math.cos(n * 0.31))) : Math.round(4 * Math.abs(Math.sin(n * salt)))))
  return { points_per_second: 10, citizen: of('citizen', 1), operator: of('operator', 2), own: [] }
}

/** 64 s of two quiet tones that sound while their side speaks: 8 kHz stereo, 16 bits. */
function wav() {
  const [hz, seconds] = [8000, 64]
  const bytes = Buffer.alloc(44 + hz * seconds * 4)
  bytes.write('RIFF', 0); bytes.writeUInt32LE(bytes.length - 8, 4); bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16); bytes.writeUInt16LE(1, 20); bytes.writeUInt16LE(2, 22); bytes.writeUInt32LE(hz, 24)
  bytes.writeUInt32LE(hz * 4, 28); bytes.writeUInt16LE(4, 32); bytes.writeUInt16LE(16, 34); bytes.write('data', 36)
  bytes.writeUInt32LE(bytes.length - 44, 40)
  for (let n = 0; n < hz * seconds; n += 1) {
    const tenth = Math.floor((n * 10) / hz) * 100
    bytes.writeInt16LE(loudAt(tenth, 'citizen') ? Math.round(3000 * Math.sin(n / 4)) : 0, 44 + n * 4)
    bytes.writeInt16LE(loudAt(tenth, 'operator') ? Math.round(3000 * Math.sin(n / 6)) : 0, 46 + n * 4)
  }
  return bytes
}
const SOUND = wav()

function sendSound(request, response) {
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  const [first, last] = range ? [Number(range[1]), range[2] ? Number(range[2]) : SOUND.length - 1] : [0, SOUND.length - 1]
  const headers = { ...HEADERS, 'Content-Type': 'audio/wav', 'Accept-Ranges': 'bytes', 'Content-Length': last - first + 1 }
  if (range) headers['Content-Range'] = `bytes ${first}-${last}/${SOUND.length}`
  response.writeHead(range ? 206 : 200, headers).end(SOUND.subarray(first, last + 1))
}

function sendPicture(name, response) {
  const path = fileURLToPath(new URL(`../../../docs/flows/${name}`, import.meta.url))
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'image/svg+xml' })
  createReadStream(path).pipe(response)
}

function sendConsole(path, response) {
  const wanted = join(STATIC, normalize(path))
  const file = wanted.startsWith(STATIC) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(STATIC, 'index.html')
  response.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}

function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function serve(request, response) {
  const address = new URL(request.url, 'http://console')
  const parts = address.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  if (parts[0] === 'pretend') {
    const put = address.searchParams
    void world.play(put.get('number') ?? '13800000057', put.get('seat'), Number(put.get('rate') ?? 20), pause, put.get('until'))
    return sendJson(response, 200, {})
  }
  if (parts[0] !== 'api') return sendConsole(address.pathname, response)
  try {
    const body = await bodyOf(request)
    if (parts[1] === 'session' && request.method === 'POST') {
      const who = parts[2] ? body.ticket : body.username
      const user = USERS[who]
      if (!user || body.password === 'wrong') throw new Refusal(401, 'wrong-password')
      if (body.password === 'locked') throw new Refusal(423, 'account-locked', { until: early(-840) })
      if (body.password === 'code') throw new Refusal(401, 'second-factor-needed', { ticket: who })
      const owes = OWED[body.password] ?? null
      debts.set(who, owes)
      return sendJson(response, 200, { ...user, owes }, { 'Set-Cookie': `hotline=${user.username}; Path=/; HttpOnly; SameSite=Strict` })
    }
    const user = userOf(request)
    const mood = /mood=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
    if (!user) throw new Refusal(401, 'not-logged-in')
    if (parts[1] === 'session' && request.method === 'DELETE') {
      return response.writeHead(204, { 'Set-Cookie': 'hotline=; Path=/; Max-Age=0' }).end()
    }
    if (parts[1] === 'session') return sendJson(response, 200, { ...user, owes: debts.get(user.username) ?? null })
    if (mood === 'ill') return sendJson(response, 500, {})
    if (mood === 'slow') return await pause(120_000)
    if (parts[1] === 'flows' && parts[2]?.endsWith('.svg')) return sendPicture(parts[2], response)
    if (parts.at(-1) === 'audio') return sendSound(request, response)
    const said = answer(request.method, parts.slice(1), address.searchParams, body, user)
    return sendJson(response, 200, mood === 'empty' ? emptied(said, parts, user) : said)
  } catch (refused) {
    if (!(refused instanceof Refusal)) throw refused
    return sendJson(response, refused.status, { code: refused.code, message: refused.code, details: refused.details })
  }
}

const server = createServer((request, response) => void serve(request, response))
const sockets = new WebSocketServer({ server, path: '/live' })
sockets.on('connection', (socket, request) => {
  const user = userOf(request)
  if (!user) return socket.close(1008)
  const after = Number(new URL(request.url, 'http://console').searchParams.get('after'))
  const missed = world.journal.filter((event) => event.seq > after).map((event) => shown(event, user))
  if (missed.length > 0) socket.send(JSON.stringify(missed))
  const viewer = { socket, user }
  viewers.add(viewer)
  socket.on('close', () => viewers.delete(viewer))
})
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})

const seats = played.split(',')
for (let n = 1; Number(rate) > 0 && n <= Number(calls); n += 1) {
  await pause(4000 / Number(rate))
  await world.play(`138000000${30 + (n % 60)}`, seats[(n - 1) % seats.length], Number(rate), pause)
  await pause(8000 / Number(rate))
  for (const id of seats) if (world.seats.get(id).state === 'wrap_up') world.seatTo(id, 'ready', { call_id: null })
}
