// What the audit log's words mean. A kind that has no words of its own is put together from its parts.
import { t, tWord } from './i18n'
import { groupName } from './store'

/** "seats.force" in words; a route nobody has named yet stays readable by its parts. */
export function auditKind(kind: string): string {
  const known = tWord('audit.kind', kind)
  if (known !== kind) return known
  return kind.split('.').map((part) => tWord('audit.part', part)).join(' · ')
}

/** Whose or what it was, in words where the subject is a word of ours. */
export function subjectWords(kind: string, subject: string): string {
  if (kind.startsWith('rules.')) return tWord('rule.kind', subject)
  return kind.startsWith('switches.') ? tWord('switch', subject) : subject
}

const names = (value: unknown): string =>
  (Array.isArray(value) ? value : [value]).map((one) => tWord('role', String(one ?? '—'))).join(t('common.listJoin'))

function skills(value: unknown): string {
  return Object.entries(value as Record<string, unknown>).map(([code, level]) => `${groupName(code)} ${String(level)}`).join(t('common.listJoin'))
}

/** The details in one line. */
export function detailWords(details: Record<string, unknown>): string {
  return Object.entries(details)
    .filter(([name, value]) => value !== '' && value !== null && value !== false && name !== 'device' && name !== 'request_id')
    .map(([name, value]) => {
      const label = tWord('audit.detail', name)
      if (name === 'why' || name === 'how') return tWord('audit.why', String(value))
      if (name === 'roles' && Array.isArray(value) && value.some(Array.isArray)) {
        return `${label} ${names(value[0])} → ${names(value[1])}`
      }
      if (name === 'roles' || name === 'had_roles') return `${label} ${names(value)}`
      if (name === 'skills') return `${label} ${skills(value)}`
      if (name === 'locked') return t('audit.detail.locked')
      if (Array.isArray(value) && value.length === 2) return `${label} ${String(value[0] ?? '—')} → ${String(value[1] ?? '—')}`
      return `${label} ${String(value)}`
    })
    .join(t('audit.detail.join'))
}
