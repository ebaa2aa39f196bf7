// A service that was installed this morning: everything answers, and there is nothing in it yet.

/** Lists that a new installation has as well. */
const SHIPPED = new Set(['skill-groups', 'codes', 'districts', 'event-types', 'purposes', 'sentences', 'directory', 'switches', 'rules', 'flows', 'prompt-texts', 'prompts', 'health', 'doctor', 'calendar', 'account', 'softphone'])
const COUNTS = { offered: 0, answered: 0, in_time: 0, gave_up: 0, gave_up_at_once: 0, gave_up_before_limit: 0, in_time_share: null, in_time_share_of_patient: null, answer_rate: null, answer_rate_of_patient: null, causes: [] }
const TALLY = { asked: 0, rated: 0, satisfied: 0, basically: 0, unsatisfied: 0, not_rated: 0, rated_share: null, satisfied_share: null }

/** The answer without what people have brought. */
export function emptied(said, [, what, id], user) {
  if (SHIPPED.has(what) || said === null || typeof said !== 'object') return said
  // Who administrates is there from the first minute, and an operator has his seat.
  if (what === 'people') return { ...said, people: said.people?.filter((one) => one.username === 'admin') }
  if (what === 'seats' && !id) return { ...said, seats: said.seats.filter((one) => one.seat_id === user.seat_id) }
  if (what === 'surveys' && id === 'summary') return { all: TALLY, seats: [], skill_groups: [] }
  const windows = said.windows && Object.fromEntries(Object.entries(said.windows).map(([name, one]) => [name, { ...one, ...COUNTS }]))
  const lists = Object.entries(said).map(([name, value]) => [name, Array.isArray(value) ? [] : value])
  const zeros = Object.entries(said).filter(([name]) => ['total', 'count', 'orders', 'waiting', 'longest_ms', 'late', 'will_be_late'].includes(name) && typeof said[name] === 'number').map(([name]) => [name, 0])
  const bare = { ...Object.fromEntries(lists), ...Object.fromEntries(zeros), ...(windows ? { windows } : {}) }
  if (what === 'wall') return { ...bare, seats: {}, groups: said.groups.map(still), alarms: { seats: 0, skill_groups: [] } }
  if (what === 'board') return { ...bare, groups: said.groups.map(still), alarms: said.alarms && { seq: 0, skill_groups: [], seats: [], no_answers: [] } }
  if (what === 'limited-calls') return { calls: [], counts: { limited: 0, refused: 0 } }
  if (what === 'silent-calls') return { calls: [], counts: { stayed_silent: 0, spoke: 0, going_on: 0 } }
  return bare
}

const still = (group) => ({ ...group, signed_in: 0, free: 0, talking: 0, wrap_up: 0, not_ready: 0, occupancy: null, waiting: 0, longest_ms: 0 })
