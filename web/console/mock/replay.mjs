// The replay's side of the pretended service: search, purposes, listenings and marks.
const PURPOSES = [['质量抽检', false], ['投诉核查', true], ['工单核实', false], ['业务辅导', false], ['依法调取', true]]
const listenings = []
const marks = new Map()
const now = () => new Date().toISOString()

function found(recording, call, utterances, text, user, world) {
  const words = text.split(/\s+/).filter(Boolean)
  const hits = utterances.flatMap((said) => {
    const shown = said.written || said.text
    const at = words.map((word) => [shown.indexOf(word), word.length]).filter(([place]) => place >= 0)
    return at.length === 0 ? [] : [{ side: said.side, who: said.who, at_ms: said.starts_at_ms, text: shown, marks: at.map(([place, length]) => [place, place + length]) }]
  })
  if (words.length > 0 && hits.length === 0) return null
  const judges = !user.roles.includes('operator')
  return {
    ...recording, skill_group: call?.skill_group ?? null, skill_group_name: world.groups.find((one) => one.code === call?.skill_group)?.name ?? null, satisfaction: null, score: null, cues: 0, signals: 0,
    marks: judges ? (marks.get(recording.call_id)?.length ?? 0) : 0,
    listenings: judges ? listenings.filter((one) => one.recording_id === recording.recording_id).length : 0,
    hits: hits.slice(0, 3), hit_count: hits.length,
  }
}

/** undefined: not a question of the replay. */
export function replayAnswer(method, [what, id, more, listeningId], query, body, user, world, recordings, refuse) {
  if (what === 'purposes') return { purposes: PURPOSES.map(([name, needs_note]) => ({ name, needs_note })) }
  if (what === 'search') {
    const calls = recordings().map((one) => found(one, world.calls.get(one.call_id), world.utterances.get(one.call_id) ?? [], query.get('text') ?? '', user, world)).filter(Boolean)
    return { calls, after: null, total: calls.length, more_than_total: false }
  }
  if (what === 'recordings' && more === 'listenings') {
    if (method === 'POST' && listeningId) {
      const one = listenings.find((known) => known.listening_id === listeningId) ?? refuse(404, 'listening-unknown')
      Object.assign(one, { spans: [...one.spans, ...body.spans], heard_at: now() })
      one.heard_ms = one.spans.reduce((sum, [from, to]) => sum + to - from, 0)
      return one
    }
    if (method === 'POST') {
      const own = user.roles.includes('operator')
      if (!own && !body.purpose) refuse(403, 'purpose-missing')
      const one = { listening_id: `l${listenings.length}`, recording_id: id, call_id: id.replace(/-\d+$/, ''), by: user.username, name: user.name, ...body, own, address: '127.0.0.1', opened_at: now(), heard_at: null, spans: [], heard_ms: 0 }
      listenings.unshift(one)
      return one
    }
    const of = listenings.filter((one) => one.recording_id === id)
    const people = [...new Set(of.map((one) => one.by))].map((by) => {
      const his = of.filter((one) => one.by === by)
      return { by, name: his[0].name, times: his.length, purposes: his.map((one) => one.purpose), own: his[0].own, last_at: his[0].opened_at, spans: his.flatMap((one) => one.spans), heard_ms: his.reduce((sum, one) => sum + one.heard_ms, 0) }
    })
    return { duration_ms: world.recordings.get(id)?.duration_ms ?? 1, listenings: of, people }
  }
  if (what === 'calls' && more === 'marks') {
    const had = marks.get(id) ?? []
    if (method === 'POST') marks.set(id, [...had, { mark_id: `m${Date.now()}`, by: user.username, name: user.name, made_at: now(), ...body }].sort((a, b) => a.at_ms - b.at_ms))
    if (method === 'DELETE') marks.set(id, had.filter((one) => one.mark_id !== listeningId))
    return { marks: marks.get(id) ?? [] }
  }
  return undefined
}
