// What is looked for, as the page's address holds it: a search can be sent to a colleague. Pure.

export interface Criteria {
  text: string
  side: string
  number: string
  seat: string
  group: string
  /** today, 7, 30 or all; or "own" with since and until. */
  span: string
  since: string
  until: string
  cue: string
  signal: string
  satisfaction: string
  length: string
  marked: boolean
  unheard: boolean
}

export const NOTHING: Criteria = {
  text: '', side: '', number: '', seat: '', group: '', span: '30', since: '', until: '', cue: '',
  signal: '', satisfaction: '', length: '', marked: false, unheard: false,
}

type Query = Readonly<Record<string, unknown>>

/** Names in the address; short, because people read them. */
const NAMES: { [key in keyof Criteria]: string } = {
  text: 'q', side: 'side', number: 'number', seat: 'seat', group: 'group', span: 'span', since: 'since',
  until: 'until', cue: 'cue', signal: 'signal', satisfaction: 'rating', length: 'length', marked: 'marked',
  unheard: 'unheard',
}
const keys = Object.keys(NAMES) as (keyof Criteria)[]

export function fromAddress(query: Query): Criteria {
  const found: Record<string, string | boolean> = { ...NOTHING }
  for (const key of keys) {
    const told = query[NAMES[key]]
    if (typeof told !== 'string') continue
    found[key] = typeof NOTHING[key] === 'boolean' ? told === '1' : told
  }
  return found as unknown as Criteria
}

export function toAddress(criteria: Criteria): Record<string, string> {
  const told: Record<string, string> = {}
  for (const key of keys) {
    const value = criteria[key]
    if (value === NOTHING[key]) continue
    told[NAMES[key]] = typeof value === 'boolean' ? '1' : value
  }
  return told
}

/** Lengths to choose from, as shortest-longest in seconds. */
export const LENGTHS = ['0-60', '60-180', '180-600', '600-'] as const

const DAY_MS = 86_400_000

/** The address of the service's answer. */
export function toService(criteria: Criteria, now: number): URLSearchParams {
  const asked = new URLSearchParams()
  const put = (name: string, value: string): void => {
    if (value !== '') asked.set(name, value)
  }
  put('text', criteria.text.trim())
  if (criteria.text.trim() !== '') put('side', criteria.side)
  put('number', criteria.number.replace(/\D/g, ''))
  put('seat', criteria.seat.trim())
  put('group', criteria.group)
  const { since, until } = spanOf(criteria, now)
  put('since', since)
  put('until', until)
  put('cue', criteria.cue)
  put('signal', criteria.signal)
  put('satisfaction', criteria.satisfaction)
  const [shortest = '', longest = ''] = criteria.length.split('-')
  put('shortest_s', shortest === '0' ? '' : shortest)
  put('longest_s', longest)
  if (criteria.marked) asked.set('marked', 'true')
  if (criteria.unheard) asked.set('unheard', 'true')
  return asked
}

function spanOf(criteria: Criteria, now: number): { since: string; until: string } {
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  const back = (days: number): string => new Date(midnight.getTime() - days * DAY_MS).toISOString()
  if (criteria.span === 'today') return { since: back(0), until: '' }
  if (criteria.span === '7') return { since: back(6), until: '' }
  if (criteria.span === '30') return { since: back(29), until: '' }
  if (criteria.span !== 'own') return { since: '', until: '' }
  const day = (value: string, plus: number): string => {
    const at = new Date(`${value}T00:00`)
    if (value === '' || Number.isNaN(at.getTime())) return ''
    at.setDate(at.getDate() + plus)
    return at.toISOString()
  }
  return { since: day(criteria.since, 0), until: day(criteria.until, 1) }
}

/** How many conditions besides the words and the time. */
export const furtherOf = (criteria: Criteria): number =>
  (['number', 'seat', 'group', 'cue', 'signal', 'satisfaction', 'length'] as const).filter((key) => criteria[key] !== '').length +
  Number(criteria.marked) + Number(criteria.unheard)

/** A sentence cut where the found words are: parts, those that were found marked. */
export function cutAt(text: string, marks: readonly (readonly [number, number])[]): { text: string; found: boolean }[] {
  // The service counts characters, JavaScript halves of some.
  const letters = [...text]
  const parts: { text: string; found: boolean }[] = []
  let at = 0
  for (const [from, to] of marks) {
    if (from > at) parts.push({ text: letters.slice(at, from).join(''), found: false })
    parts.push({ text: letters.slice(from, to).join(''), found: true })
    at = to
  }
  if (at < letters.length) parts.push({ text: letters.slice(at).join(''), found: false })
  return parts
}
