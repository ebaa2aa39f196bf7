// The floor's board, the wall and the notices of the pretended hotline.
const early = (s) => new Date(Date.now() - s * 1000).toISOString()
const MEANT = ['will-be-late', 'at-risk']

export class FloorBoard {
  constructor(world, level, line, alarms) {
    Object.assign(this, { world, level, line, alarms, notices: [] })
  }

  groups() {
    const seats = [...this.world.seats.values()]
    const waiting = this.line({ roles: ['supervisor'] }).line
    return this.world.groups.map(({ code, name }) => {
      const of = seats.filter((one) => code in one.skills)
      const count = (...states) => of.filter((one) => states.includes(one.state)).length
      const [free, talking, wrap_up, not_ready] = [count('ready'), count('talking', 'ringing', 'reserved'), count('wrap_up'), count('not_ready')]
      const work = free + talking + wrap_up
      const mine = waiting.filter((one) => one.skill_group === code)
      return { code, name, signed_in: work + not_ready, free, talking, wrap_up, not_ready, occupancy: work ? (talking + wrap_up) / work : null, waiting: mine.length, longest_ms: Math.max(0, ...mine.map((one) => Date.now() - Date.parse(one.joined_at))) }
    })
  }

  board(user) {
    const leads = user.roles.some((role) => role === 'supervisor' || role === 'administrator')
    const line = this.line(user).line.map((one, n) => ({ ...one, expected: n === 0 ? 'late' : MEANT[n % 2], free_at: early(-20 * (n + 1)) }))
    line.push({ place: 3, call_id: 'hl1-1763716.28', caller_number: '13800000028', skill_group: 'general', joined_at: early(6), priority: 0, why: '技能组“综合受理”没有空闲座席：通话5、话后处理2，本组前面还有1位市民', expected: 'will-be-late', free_at: early(-25) })
    const alarms = leads ? { ...this.alarms(), no_answers: [{ seat_id: '8007', count: 3, last_at: early(60) }] } : null
    return { ...this.level(), seq: this.world.seq, line, groups: this.groups(), alarms }
  }

  wall() {
    const seats = {}
    for (const one of this.world.seats.values()) seats[one.state] = (seats[one.state] ?? 0) + 1
    const { misses: _, ...level } = this.level()
    return { ...level, late: 1, will_be_late: 1, seats, groups: this.groups(), alarms: { seats: 1, skill_groups: ['english'] }, switches: [] }
  }

  /** Today up to now, with a wave. */
  trend() {
    const midnight = Math.floor((Date.now() + 8 * 3600e3) / 86400e3) * 86400e3 - 8 * 3600e3
    const columns = []
    for (let at = midnight, n = 0; at <= Date.now(); at += 900e3, n += 1) {
      const offered = Math.round(9 + 12 * Math.sin(n / 9) ** 2 + ((n * 7) % 5))
      const gave_up = Math.round(offered * 0.04)
      columns.push({ since: new Date(at).toISOString(), offered, answered: offered - gave_up, in_time: Math.round((offered - gave_up) * (0.8 + 0.15 * Math.cos(n))), gave_up, mean_wait_ms: offered ? 6000 + 5000 * Math.sin(n / 7) ** 2 : null, longest_wait_ms: offered ? 31_000 : null })
    }
    return { columns }
  }

  misses(query) {
    const cause = query.get('cause')
    const found = this.level().misses.filter((one) => !cause || one.cause === cause)
    return { count: found.length, misses: found }
  }

  notice(method, id, more, body, user) {
    if (method === 'GET') return { seq: this.world.seq, notices: this.notices.map((one) => ({ ...one, mine_read_at: one.read_at[user.seat_id] ?? null })) }
    const found = this.notices.find((one) => one.notice_id === id)
    if (method === 'DELETE') {
      this.notices = this.notices.filter((one) => one !== found)
      this.world.tell('NoticeWithdrawn', { notice_id: id, by: user.username })
      return {}
    }
    if (more === 'read') {
      found.read_at[user.seat_id] = early(0)
      this.world.tell('NoticeRead', { notice_id: id, seat_id: user.seat_id, by: user.username })
      return { ...found, mine_read_at: early(0) }
    }
    const one = { notice_id: `n${this.world.seq}`, at: early(0), by: user.username, text: body.text, skill_groups: body.skill_groups, addressed: ['8001', '8002', '8003'], read_at: {} }
    this.notices.unshift(one)
    this.world.tell('NoticePosted', one)
    return { ...one, mine_read_at: null }
  }
}
