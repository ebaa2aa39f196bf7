// Accounts, telephones, the log of acts, the year and the examination, for the pretended service.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const ago = (s) => new Date(Date.now() - s * 1000).toISOString()
const DAY = 86_400
const COMPULSORY = ['administrator', 'inspector']
const PASSWORD = 'kestrel-47-maple'
const RECOVERY = ['4F7K-92QM', 'ZX31-0PLD', '8HN2-VV6T', 'QJ5R-1C0B', 'M7E9-4WSA', '3TKY-6UF8', 'B0GN-5XRD', 'P2LV-7AHC', 'D9WM-8EJQ', 'R6SC-3NZK']
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36'
const KYLIN = 'Mozilla/5.0 (X11; Linux x86_64; Kylin V10) AppleWebKit/537.36 Chrome/138.0 Safari/537.36'

/** [user name, name, roles, area, seat, what is not as with everybody]. */
const PEOPLE = [
  ['zhang', '张敏', ['operator'], '路北区', '8001', { sessions: 1 }],
  ['li', '李敏', ['operator'], '路北区', '8002', { sessions: 1 }],
  ['wangfang', '王芳', ['operator'], '路南区', '8003', { sessions: 2 }],
  ['zhaolei', '赵磊', ['operator'], '', '8004', { locked_until: ago(-540), sessions: 0 }],
  ['chenjing', '陈静', ['operator'], '', '8005', { sessions: 1 }],
  ['ouyangxiuwen', '欧阳修文', ['operator', 'inspector'], '曹妃甸区', '8006', { factor_since: ago(40 * DAY) }],
  ['sunli', '孙丽', ['operator'], '', '8007', { must_change_password: true, last_login_at: null }],
  ['zhoutao', '周涛', ['operator'], '', null, { disabled_at: ago(12 * DAY), last_login_at: ago(20 * DAY) }],
  ['ban', '林班长', ['supervisor'], '', null, { sessions: 1 }],
  ['zhi', '何质检', ['inspector'], '', null, { factor_since: ago(90 * DAY), sessions: 1 }],
  ['he', '贺新', ['inspector'], '', null, { last_login_at: ago(3 * DAY) }],
  ['screen', '大屏', ['wall'], '', null, { sessions: 1 }],
  ['admin', '系统管理员', ['administrator'], '', null, { factor_since: ago(120 * DAY), sessions: 2 }],
]

/** [seconds ago, who, kind, is it a view, object, details, outcome]. */
const ACTS = [
  [40, 'zhi', 'recordings.audio', true, { call_id: 'hl1-1763715.5' }, {}, 'done'],
  [65, 'zhi', 'recordings.listenings', false, { call_id: 'hl1-1763715.5' }, { reason: '投诉核查：2026-1187 号' }, 'done'],
  [130, 'zhang', 'orders.submit', false, { order_id: '20261121-000023' }, {}, 'done'],
  [190, 'zhang', 'calls.history', true, { call_id: 'hl1-1763716.21' }, {}, 'done'],
  [260, 'admin', 'people.edit', false, { subject: 'ouyangxiuwen' }, { roles: [['operator'], ['operator', 'inspector']], reason: '人事〔2026〕31 号' }, 'done'],
  [420, '', 'session.open', false, { subject: 'zhaolei' }, { how: 'wrong-password', locked: true }, 'refused'],
  [422, '', 'session.open', false, { subject: 'zhaolei' }, { how: 'wrong-password' }, 'refused'],
  [610, 'ban', 'calls.supervise', false, { call_id: 'hl1-1763716.19' }, { reason: '新员工辅导' }, 'done'],
  [900, 'ban', 'seats.force', false, { subject: '8004' }, { reason: '小休超时' }, 'done'],
  [1300, 'li', 'calls.transcript', true, { call_id: 'hl1-1763716.19' }, { status: 403 }, 'refused'],
  [2100, 'admin', 'rules.publish', false, { subject: 'texts' }, { name: '提示音文本 第 2 版' }, 'done'],
  [3600, 'admin', 'seat-definitions.change', false, { subject: '8009' }, { skills: { general: 1, business: 1, english: 2 } }, 'done'],
  [5200, 'zhi', 'orders.list', true, {}, { rows: 50 }, 'done'],
  [7300, 'ban', 'switches.post', false, { subject: 'night' }, { reason: '按值班安排' }, 'done'],
  [9100, 'admin', 'account.factor-set-up', false, {}, {}, 'done'],
  [9900, 'zhi', 'audit.export', false, {}, { rows: 1204 }, 'refused'],
  [12000, 'wangfang', 'messages.take', false, { call_id: 'hl1-1763714.4' }, {}, 'done'],
  [15500, 'admin', 'people.reset-password', false, { subject: 'sunli' }, { reason: '本人到场，忘记密码' }, 'done'],
  [21000, 'he', 'session.open', false, {}, { how: 'code' }, 'done'],
  [30000, 'zhang', 'session.open', false, {}, { how: 'password' }, 'done'],
]

const FINDINGS = [
  ['Python', true, '3.11.7'],
  ['时钟 clock', true, '已与时间服务器同步'],
  ['磁盘 disk', true, '剩余 84.2 GB'],
  ['归档 archive', false, '录音归档目录 /srv/hotline/recordings 不可写', '检查归档目录是否已挂载、运行用户是否可写、剩余空间是否充足。'],
  ['asterisk-installed', true, '/usr/sbin/asterisk'],
  ['asterisk-version', true, '22.10.1'],
  ['asterisk-ports', true, '5060、8088、10000-20000 可用'],
  ['asterisk-running', true, '已运行 12 天 4 小时'],
  ['asterisk-log', true, '没有错误'],
  ['asterisk-sounds', false, 'holiday.wav: 无声或声音太小，低于 -50 dBFS', '执行 bin/hotline prompts 重新制作提示音；录音室文件有误时请在“业务规则 · 提示音文本”中核对。'],
  ['语音模型 model zh', true, '普通话模型完好'],
  ['控制台 console', true, '已构建'],
  ['数据库 database', true, '结构为最新版本'],
]

export class Administration {
  constructor(world, tell) {
    Object.assign(this, { world, tell, session: 3 })
    this.people = new Map(PEOPLE.map(([username, name, roles, area, seat_id, more]) => [username, { username, name, roles, area, seat_id, disabled_at: null, locked_until: null, must_change_password: false, last_login_at: ago(5400), factor_since: null, sessions: 0, ...more }]))
    this.seats = new Map([...world.seats.values()].map((one) => [one.seat_id, { name: one.seat_id === '8010' ? '外语备席' : `${one.seat_id.slice(-2).replace(/^0/, '')} 号座席`, skills: { ...one.skills } }]))
    this.seats.get('8009').skills = { general: 1, english: 2 }
    this.logins = new Map()
  }

  /** undefined: no business of this. */
  answer(method, [what, id, more, last], query, body, user, refuse) {
    if (what === 'account') return this.account(method, id, more, body, user, refuse)
    if (!['people', 'seat-definitions', 'audit', 'doctor', 'calendar'].includes(what)) return undefined
    if (!user.roles.includes('administrator')) throw refuse(403, 'forbidden')
    switch (what) {
      case 'people': return this.person(method, id, more, body, refuse)
      case 'seat-definitions': return this.seat(method, id, more, body, refuse)
      case 'audit': return id === 'check' ? { logs: [{ log: 'audit_log', rows: 48_211, broken_at: null }, { log: 'view_log', rows: 131_940, broken_at: null }] } : this.audit(query)
      case 'doctor': return { at: ago(0), findings: FINDINGS.map(([name, ok, detail, advice = '']) => ({ name, ok, detail, advice })) }
      default: return this.year(Number(query.get('year')))
    }
  }

  account(method, id, more, body, user, refuse) {
    const own = this.people.get(user.username)
    const password = () => { if (body.password === 'wrong') throw refuse(403, 'wrong-own-password') }
    if (!this.logins.has(user.username)) this.logins.set(user.username, this.loginsOf())
    const logins = this.logins.get(user.username)
    if (!id) return { ...user, owes: null, area: own?.area ?? '', last_login_at: own?.last_login_at ?? null, second_factor: { since: own?.factor_since ?? null, compulsory: user.roles.some((role) => COMPULSORY.includes(role)), recovery_codes_left: own?.factor_since ? 8 : 0 } }
    if (id === 'sessions' && method === 'GET') return { sessions: logins }
    if (id === 'sessions') {
      this.logins.set(user.username, logins.filter((one) => (more === 'end-others' ? one.is_this : one.session_id !== more)))
      return {}
    }
    password()
    if (id === 'password') return { ...user, owes: null }
    if (more === 'confirm') {
      if (body.code === '000000') throw refuse(403, 'wrong-code')
      own.factor_since = ago(0)
      return { recovery_codes: RECOVERY }
    }
    if (more === 'recovery-codes') return { recovery_codes: RECOVERY }
    if (more === 'remove') own.factor_since = null
    return more === 'remove' ? {} : { secret: 'JBSW Y3DP EHPK 3PXP', address: 'otpauth://totp/hotline', svg: checkered() }
  }

  loginsOf() {
    return [[0, WINDOWS, '10.20.1.31', true], [7800, WINDOWS, '10.20.1.31', false], [26_000, KYLIN, '10.20.3.7', false]].map(([s, device, address, is_this], n) => ({ session_id: `s${n}`, opened_at: ago(s + 5400), seen_at: ago(s), expires_at: ago(-3600 * 8), address, device, is_this }))
  }

  person(method, username, act, body, refuse) {
    if (method === 'GET' && username) return { sessions: this.loginsOf() }
    if (method === 'GET') return { people: [...this.people.values()], compulsory_roles: COMPULSORY }
    if (method === 'POST' && !username) {
      if (this.people.has(body.username)) throw refuse(409, 'person-refused', { what: 'name-taken' })
      const person = { username: body.username, name: body.name, roles: body.roles, area: body.area, seat_id: body.seat_id, disabled_at: null, locked_until: null, must_change_password: true, last_login_at: null, factor_since: null, sessions: 0 }
      this.people.set(body.username, person)
      return { person, password: PASSWORD }
    }
    const one = this.people.get(username) ?? (() => { throw refuse(404, 'not-found') })()
    if (method === 'PUT') return Object.assign(one, { name: body.name, roles: body.roles, area: body.area, seat_id: body.seat_id })
    const changed = {
      disable: { disabled_at: ago(0), sessions: 0 }, enable: { disabled_at: null }, unlock: { locked_until: null },
      'remove-factor': { factor_since: null }, 'end-sessions': { sessions: 0 }, 'reset-password': { must_change_password: true, sessions: 0 },
    }[act]
    Object.assign(one, changed)
    return act === 'reset-password' ? { person: one, password: PASSWORD } : one
  }

  seat(method, id, act, body, refuse) {
    if (method === 'GET') {
      return { skill_groups: this.world.groups, seats: [...this.seats].map(([seat_id, one]) => this.defined(seat_id, one)) }
    }
    if (method === 'POST' && !id) {
      if (this.seats.has(body.seat_id)) throw refuse(409, 'seat-refused', { what: 'exists' })
      this.seats.set(body.seat_id, { name: body.name, skills: body.skills })
      return { seat_id: body.seat_id, password: PASSWORD }
    }
    if (method === 'PUT') Object.assign(this.seats.get(id), { name: body.name, skills: body.skills })
    if (act === 'new-password') return { seat_id: id, password: PASSWORD }
    const people = [...this.people.values()].filter((one) => one.seat_id === id).map((one) => one.name)
    if (method === 'DELETE' && people.length > 0) throw refuse(409, 'seat-still-used', { what: 'people', people })
    if (method === 'DELETE') this.seats.delete(id)
    return {}
  }

  defined(seat_id, { name, skills }) {
    const seat = this.world.seats.get(seat_id)
    const people = [...this.people.values()].filter((one) => one.seat_id === seat_id)
    return { seat_id, name, skills, skills_now: seat?.skills ?? skills, sip_address: `sip:${seat_id}@10.20.0.5:5060`, phone_reachable: seat?.phone_reachable ?? false, state: seat?.state ?? null, operator: seat?.operator ?? null, people: people.map(({ username, name: called }) => ({ username, name: called })) }
  }

  audit(query) {
    const rows = ACTS.map(([s, who, kind, is_view, object, details, outcome], n) => ({ seq: 48_211 - n, is_view, at: ago(s), who, kind, subject: '', call_id: null, order_id: null, address: who === 'screen' ? '10.20.0.9' : `10.20.1.${30 + (n % 9)}`, outcome, details, ...object }))
    const wanted = rows.filter((one) => {
      const about = query.get('about')
      return (query.get('which') === 'all' || one.is_view === (query.get('which') === 'views')) && (!query.get('who') || one.who === query.get('who')) && (!query.get('kind') || one.kind === query.get('kind')) && (!query.get('outcome') || one.outcome === query.get('outcome')) && (!about || [one.subject, one.call_id, one.order_id].includes(about))
    })
    return { rows: wanted, more: wanted.length === rows.length, kinds: [...new Set(rows.map((one) => one.kind))] }
  }

  year(year) {
    const known = JSON.parse(readFileSync(root('documents/calendar_cn.json'), 'utf8'))
    const days = (known[year]?.days ?? []).map(({ date, name, off }) => ({ day: date, name, off }))
    const groups = [['general', '综合受理', []], ['business', '营商服务', ['工作日 08:30-17:30']], ['english', '外语服务', ['每天 08:00-20:00']], ['medical-insurance', '医保服务', ['工作日 08:30-12:00', '工作日 13:30-17:30', '休息日 09:00-12:00']]]
    return { year, known_years: Object.keys(known).map(Number), days, groups: groups.map(([code, name, hours]) => ({ code, name, hours })) }
  }
}

/** Looks like the picture one scans and says nothing. */
function checkered() {
  const squares = []
  for (let y = 0; y < 33; y += 1) {
    for (let x = 0; x < 33; x += 1) {
      const [cx, cy] = [Math.min(x, 32 - x), Math.min(y, 32 - y)]
      const inEye = cx < 8 && cy < 8 && !(x > 16 && y > 16)
      const ring = Math.max(Math.abs(cx - 3), Math.abs(cy - 3))
      const dark = inEye ? ring === 3 || ring < 2 : (x * 7 + y * 13 + x * y * 3) % 5 < 2
      if (dark) squares.push(`M${x + 2} ${y + 2}h1v1h-1z`)
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37"><path fill="#fff" d="M0 0h37v37H0z"/><path d="${squares.join('')}"/></svg>`
}
