// What citizens leave and hear, and the rules about it, for the pretended service.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const ago = (s) => new Date(Date.now() - s * 1000).toISOString()
const KINDS = ['groups', 'routing', 'posts', 'rosters', 'directory', 'codes', 'policies', 'words', 'sentences', 'places', 'flows', 'texts']
const FLOWS = [['direct', '直通'], ['menu', '菜单'], ['night', '夜间'], ['holiday', '休息日'], ['emergency', '突发事件'], ['overload', '话务高峰'], ['survey', '满意度评价']]

const message = (n, s, text, more = {}) => ({
  message_id: `hl1-1763714.${n}-own-1`, call_id: `hl1-1763714.${n}`, caller_number: `1380000005${n % 10}`, state: 'new', how: 'confirmed',
  began_at: ago(s + 40), left_at: ago(s), duration_ms: 22000 + n * 1700, starts_at_ms: 21000, text, text_asked_at: ago(s), transcription: text ? 'finished' : 'wanted',
  taken_at: null, taken_by: null, seat_id: null, done_at: null, done_by: null, order_id: null, reason: null, ...more,
})

export class Citizen {
  constructor(tell, world) {
    this.tell = tell
    this.world = world
    this.messages = new Map([
      message(1, 5400, '你好，我住在路北区建设路二十六号金色家园小区三号楼，从昨天晚上八点开始一直停水，物业也没有通知，家里有老人和小孩，请尽快帮我们协调一下，我姓陈。', { how: 'confirmed' }),
      message(2, 2160, '我想反映一下，我们小区门口的路灯坏了三天了，晚上很黑，老人出门不安全，希望有关部门来修一下，谢谢。', { how: 'hung_up' }),
      message(3, 95, '', {}),
      message(4, 8800, '想咨询一下公积金提取需要什么材料，请给我回个电话。', { state: 'taken', taken_by: 'li', seat_id: '8002', taken_at: ago(300) }),
      message(5, 20000, '楼下的饭店油烟太大了。', { state: 'done', taken_by: 'li', done_by: 'li', seat_id: '8002', done_at: ago(17000), order_id: '20261121-000023' }),
      message(6, 21000, '', { state: 'done', transcription: 'finished', done_by: 'zhang', done_at: ago(16000), reason: '没有诉求内容' }),
    ].map((one) => [one.message_id, one]))
    this.switches = ['emergency', 'menu', 'night', 'holiday', 'voice-bot'].map((name) => ({ name, on: false, by: '', reason: '', text: '', others: {}, at: null }))
    Object.assign(this.switches[2], { by: 'ban', reason: '按值班安排', at: ago(40000) })
    this.rules = Object.fromEntries(KINDS.map((kind) => [kind, { versions: [{ kind, version: 0, by: '', at: null, note: '', effective_at: null, in_force_at: null, undoes: null, body: readFileSync(root(`seats/defaults/${kind}.toml`), 'utf8') }], draft: null }]))
    const texts = this.rules.texts
    for (const [n, from, to, note, s] of [[1, '请输入受理时告知您的查询码', '请输入受理时告知您的六位查询码', '说明查询码位数', 86400 * 3], [2, '没有可以告知的内容。', '没有可以告知的内容，人工服务请按0。', '查询不符时提示可转人工', 86400]]) {
      const body = texts.versions[0].body.replace(from, to)
      texts.versions.unshift({ kind: 'texts', version: n, by: 'admin', at: ago(s), note, effective_at: ago(s), in_force_at: ago(s), undoes: null, body })
    }
  }

  /** The answer, or undefined if it is no business of this. */
  answer(method, [what, id, more, last], query, body, user, refuse) {
    const supervises = user.roles.some((role) => role === 'supervisor' || role === 'administrator')
    switch (`${method} ${what}`) {
      case 'GET messages': return id ? { ...this.messages.get(id), recording: null } : { seq: this.world.seq, messages: [...this.messages.values()].map((one) => this.shown(one, user)), counts: {} }
      case 'POST messages': return this.seeTo(this.messages.get(id), more, body, user, refuse)
      case 'GET switches': return { switches: this.switches, languages: ['zh', 'en'] }
      case 'POST switches': {
        if (!supervises) throw refuse(403, 'forbidden')
        const one = this.switches.find((row) => row.name === id)
        Object.assign(one, body, { by: user.username, at: ago(0) })
        this.tell('SwitchChanged', { name: id, ...body, others: Object.entries(body.others).map(([language, words]) => ({ language, words })), by: user.username })
        return one
      }
      case 'GET surveys': return id === 'summary' ? this.summary() : { surveys: this.surveys() }
      case 'GET limited-calls': return { calls: [['refused', 'too_often', 300], ['limited', 'too_often', 900], ['limited', 'burst', 1500], ['limited', 'burst', 1504], ['refused', 'blocked', 4000]].map(([verdict, why, s], n) => ({ call_id: 'hl1-1763715.8', caller_number: `1380000006${n}`, at: ago(s), verdict, why, blocked_until: why === 'blocked' ? ago(-86400 * 6) : null })), counts: { limited: 3, refused: 2 } }
      case 'GET silent-calls': return { calls: [['stayed_silent', 3, 240], ['going_on', null, 420], ['stayed_silent', 3, 1300], ['spoke', null, 2600], ['stayed_silent', 3, 9000], ['stayed_silent', 1, 15000]].map(([outcome, times, s], n) => ({ call_id: 'hl1-1763715.8', caller_number: times === 3 ? '13800000061' : `1380000007${n}`, found_at: ago(s), seat_id: `800${1 + (n % 5)}`, outcome, times })), counts: { stayed_silent: 4, spoke: 1, going_on: 1 } }
      case 'GET flows': return this.flows()
      case 'POST flows': return { flows: FLOWS.map(([code, name]) => ({ code, name: `${name}`, svg: readFileSync(root(`docs/flows/${code}.svg`), 'utf8') })) }
      case 'GET rules': case 'PUT rules': case 'POST rules': return this.rule(method, id, more, query, body, user, refuse)
      default: return undefined
    }
  }

  shown(one, user) {
    return one.seat_id === user.seat_id || user.roles.includes('supervisor') ? one : { ...one, caller_number: `${one.caller_number.slice(0, 3)}****${one.caller_number.slice(-4)}` }
  }

  seeTo(one, act, body, user, refuse) {
    const mine = one.taken_by === user.username || user.roles.includes('supervisor')
    if (one.state === 'done') throw refuse(409, 'message-already-done')
    if (one.state === 'taken' && !mine) throw refuse(409, 'message-taken-by-other')
    const common = { call_id: one.call_id, message_id: one.message_id, by: user.username }
    if (act === 'close') {
      Object.assign(one, { state: 'done', done_at: ago(0), done_by: user.username, reason: body.reason })
      this.tell('MessageDone', { ...common, order_id: null, reason: body.reason })
      return one
    }
    Object.assign(one, { state: 'taken', taken_at: ago(0), taken_by: user.username, seat_id: user.seat_id })
    this.tell('MessageTaken', { ...common, seat_id: user.seat_id })
    if (act === 'take') return one
    const orderId = `20261121-0001${one.call_id.slice(-1).padStart(2, '0')}`
    this.world.draft(one.call_id, orderId, user.seat_id, [['content', { value: one.text, by: 'machine', confidence: 0.7, proof: null }], ['contact_number', { value: one.caller_number, by: 'machine', confidence: 1, proof: null }]], 'draft')
    const order = Object.assign(this.world.orders.get(orderId), { message_id: one.message_id })
    Object.assign(one, { state: 'done', done_at: ago(0), done_by: user.username, order_id: orderId })
    this.tell('MessageDone', { ...common, order_id: orderId, reason: null })
    return { message: one, order }
  }

  surveys() {
    const said = [['satisfied', 5], ['satisfied', 4], ['not_rated', null], ['unsatisfied', 1], ['basically', 3], ['satisfied', 5], ['not_rated', null], ['satisfied', 5]]
    return said.map(([satisfaction, score], n) => ({ call_id: `hl1-1763715.${[3, 5, 11][n % 3]}`, how: n % 2 ? 'after_call' : 'transferred', seat_id: `800${1 + (n % 5)}`, skill_group: 'general', order_id: n % 3 ? `20261121-0000${20 + [3, 5, 11][n % 3]}` : null, offered_at: ago(200 + n * 700), answered_at: ago(190 + n * 700), score, scale: 5, satisfaction }))
  }

  summary() {
    const tally = (satisfied, basically, unsatisfied, notRated) => {
      const rated = satisfied + basically + unsatisfied
      return { asked: rated + notRated, rated, satisfied, basically, unsatisfied, not_rated: notRated, rated_share: rated / (rated + notRated), satisfied_share: (satisfied + basically) / rated }
    }
    return {
      all: tally(312, 41, 9, 150),
      seats: [['8001', 71, 8, 1, 30], ['8002', 66, 12, 4, 41], ['8003', 58, 7, 2, 22], ['8005', 63, 6, 0, 31], ['8009', 54, 8, 2, 26]].map(([seat_id, ...counts]) => ({ seat_id, ...tally(...counts) })),
      skill_groups: [['general', 241, 33, 8, 118], ['business', 52, 6, 1, 24], ['english', 19, 2, 0, 8]].map(([skill_group, ...counts]) => ({ skill_group, ...tally(...counts) })),
    }
  }

  flows() {
    const profiles = FLOWS.slice(0, 6).map(([code, name]) => ({ code, name, kind: code, flow: code }))
    const on = (name) => this.switches.find((one) => one.name === name).on
    const now = on('emergency') ? 'emergency' : on('night') ? 'night' : on('holiday') ? 'holiday' : on('menu') ? 'menu' : 'direct'
    const choice = (profile, more = {}) => ({ profile, called: [], switch: null, waiting_from: null, hours: [], ...more })
    return {
      version: 0,
      numbers: [['12329', '公积金热线'], ['12333', '人社热线'], ['12393', '医保热线'], ['12348', '法律服务热线'], ['', '12345政务服务便民热线']].map(([called, name]) => ({ called: called ? [called] : [], name, greeting: 'recording-notice', profile: now })),
      profiles,
      choices: [choice('emergency', { switch: 'emergency' }), choice('overload', { waiting_from: 30 }), choice('night', { switch: 'night', hours: ['每天 22:00-07:00'] }), choice('holiday', { switch: 'holiday', hours: ['休息日 00:00-24:00'] }), choice('menu', { switch: 'menu' }), choice('direct')],
      flows: FLOWS.map(([code, name]) => ({ code, name, nodes: 12, after_talk: code === 'survey' })),
    }
  }

  rule(method, kind, more, query, body, user, refuse) {
    const bare = ({ body: _, ...version }) => version
    const holds = (row) => row.versions.find((one) => !one.effective_at || Date.parse(one.effective_at) <= Date.now())
    if (!kind) return { rules: KINDS.map((one) => ({ kind: one, holds: bare(holds(this.rules[one])), scheduled: holds(this.rules[one]) === this.rules[one].versions[0] ? null : bare(this.rules[one].versions[0]), draft_by: this.rules[one].draft?.by ?? null })) }
    const row = this.rules[kind]
    const problems = (text) => text.split('\n').flatMap((line, n) => (/gone/.test(line) ? [{ kind, line: n + 1, code: 'target-unknown', severity: 'error', reason: '节点 gone 不存在，请改为本流程中的节点' }] : /levels_allowed = [2-9]/.test(line) ? [{ kind, line: n + 1, code: 'levels', severity: 'warning', reason: '菜单超过一层，国家标准建议不超过一层' }] : []))
    const add = (text, note, at, undoes = null) => {
      const one = { kind, version: row.versions[0].version + 1, by: user.username, at: ago(0), note, effective_at: at ?? ago(0), in_force_at: at ? null : ago(0), undoes, body: text }
      row.versions.unshift(one)
      row.draft = null
      this.tell('RulesPublished', { kind, version: one.version, by: user.username })
      return bare(one)
    }
    if (method === 'PUT') {
      row.draft = { body: body.body, by: user.username, at: ago(0), based_on: row.versions[0].version }
      return { problems: problems(body.body) }
    }
    if (method === 'GET') {
      if (more === 'history') return { versions: row.versions.map(bare) }
      if (more === 'draft') return { draft: row.draft }
      return query.get('version') === null ? holds(row) : row.versions.find((one) => one.version === Number(query.get('version')))
    }
    if (more === 'check') return { problems: problems(body.body) }
    if (more === 'undo') return add(row.versions[1].body, body.note, null, row.versions[0].version)
    if (body.based_on !== row.versions[0].version) throw refuse(409, 'rules-changed-meanwhile')
    if (problems(body.body).some((one) => one.severity === 'error')) throw refuse(422, 'rules-refused', { problems: problems(body.body) })
    return add(body.body, body.note, body.at)
  }
}
