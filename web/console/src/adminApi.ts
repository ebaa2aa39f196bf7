// Administration and one's own account: what the service is asked for.
import { ask } from './api'
import type { Role, SeatState, User } from './types'

export interface Person {
  username: string
  name: string
  roles: Role[]
  area: string
  seat_id: string | null
  disabled_at: string | null
  locked_until: string | null
  must_change_password: boolean
  last_login_at: string | null
  factor_since: string | null
  sessions: number
}

export interface Particulars {
  name: string
  roles: Role[]
  area: string
  seat_id: string | null
  reason: string
}

export interface AccountRequest {
  request_id: string
  username: string
  name: string
  roles: Role[]
  area: string
  seat_id: string | null
  is_new: boolean
  had_roles: Role[]
  had_area: string
  asked_by: string
  asked_by_name: string
  asked_at: string
  reason: string
  state: 'waiting' | 'approved' | 'refused' | 'withdrawn'
  decided_by: string | null
  decided_by_name: string | null
  decided_at: string | null
  decision: string
}

/** Whether the account could see or do more, or an administrator would be no more: as the service says. */
export function widens(had: { roles: readonly Role[]; area: string }, wants: { roles: readonly Role[]; area: string }): boolean {
  const unmade = had.roles.includes('administrator') && !wants.roles.includes('administrator')
  return wants.roles.some((role) => !had.roles.includes(role)) || (wants.area !== had.area && had.area !== '') || unmade
}

export interface Session {
  session_id: string
  opened_at: string
  seen_at: string
  expires_at: string
  address: string
  device: string
  is_this: boolean
}

export interface Account extends User {
  area: string
  last_login_at: string | null
  second_factor: { since: string | null; compulsory: boolean; recovery_codes_left: number }
}

export interface SeatDefinition {
  seat_id: string
  name: string
  skills: Record<string, number>
  skills_now: Record<string, number>
  sip_address: string
  phone_reachable: boolean
  state: SeatState | null
  operator: string | null
  people: { username: string; name: string }[]
}

export interface AuditRow {
  seq: number
  is_view: boolean
  at: string
  who: string
  kind: string
  subject: string
  call_id: string | null
  order_id: string | null
  address: string
  outcome: string
  details: Record<string, unknown>
}

export interface AuditQuestion {
  since: string
  until: string
  who: string
  kind: string
  about: string
  outcome: string
  which: 'all' | 'acts' | 'views'
}

export interface Finding {
  name: string
  ok: boolean
  detail: string
  advice: string
}

export interface YearPicture {
  year: number
  known_years: number[]
  days: { day: string; name: string; off: boolean }[]
  groups: { code: string; name: string; hours: string[] }[]
}

const id = encodeURIComponent
const get = <T>(path: string): Promise<T> => ask<T>('GET', path)
const post = <T>(path: string, body?: unknown): Promise<T> => ask<T>('POST', path, body)

function auditQuery(asked: Partial<AuditQuestion> & { limit?: number }): string {
  const put = Object.entries(asked).filter(([, value]) => value !== '' && value !== undefined)
  return new URLSearchParams(put.map(([name, value]) => [name, String(value)])).toString()
}

export const adminApi = {
  account: () => get<Account>('/api/account'),
  changePassword: (password: string, newPassword: string) =>
    post<User>('/api/account/password', { password, new_password: newPassword }),
  sessions: () => get<{ sessions: Session[] }>('/api/account/sessions'),
  endSession: (sessionId: string) => ask<void>('DELETE', `/api/account/sessions/${id(sessionId)}`),
  endOtherSessions: () => post<void>('/api/account/sessions/end-others'),
  beginFactor: (password: string) =>
    post<{ secret: string; address: string; svg: string }>('/api/account/second-factor', { password }),
  confirmFactor: (code: string) =>
    post<{ recovery_codes: string[] }>('/api/account/second-factor/confirm', { code }),
  removeFactor: (password: string) => post<void>('/api/account/second-factor/remove', { password }),
  newRecoveryCodes: (password: string) =>
    post<{ recovery_codes: string[] }>('/api/account/second-factor/recovery-codes', { password }),

  people: () => get<{ people: Person[]; compulsory_roles: Role[]; needs_approval: boolean }>('/api/people'),
  createPerson: (username: string, what: Particulars) =>
    post<{ person: Person; password: string }>('/api/people', { username, ...what }),
  editPerson: (username: string, what: Particulars) =>
    ask<Person>('PUT', `/api/people/${id(username)}`, what),
  accountRequests: () =>
    get<{ requests: AccountRequest[]; waiting: number; waiting_for_you: number }>('/api/account-requests'),
  askForRights: (username: string, what: Particulars) =>
    post<{ request: AccountRequest }>('/api/account-requests', { username, ...what }),
  approveRequest: (requestId: string) =>
    post<{ request: AccountRequest; person: Person; password: string | null }>(`/api/account-requests/${id(requestId)}/approve`),
  refuseRequest: (requestId: string, reason: string) =>
    post<{ request: AccountRequest }>(`/api/account-requests/${id(requestId)}/refuse`, { reason }),
  withdrawRequest: (requestId: string) =>
    post<{ request: AccountRequest }>(`/api/account-requests/${id(requestId)}/withdraw`),
  disablePerson: (username: string, reason: string) =>
    post<Person>(`/api/people/${id(username)}/disable`, { reason }),
  enablePerson: (username: string, reason: string) =>
    post<Person>(`/api/people/${id(username)}/enable`, { reason }),
  unlockPerson: (username: string) => post<Person>(`/api/people/${id(username)}/unlock`),
  resetPassword: (username: string, reason: string) =>
    post<{ person: Person; password: string }>(`/api/people/${id(username)}/reset-password`, { reason }),
  removePersonsFactor: (username: string, reason: string) =>
    post<Person>(`/api/people/${id(username)}/remove-factor`, { reason }),
  personsSessions: (username: string) =>
    get<{ sessions: Session[] }>(`/api/people/${id(username)}/sessions`),
  endPersonsSessions: (username: string) => post<void>(`/api/people/${id(username)}/end-sessions`),

  seatDefinitions: () =>
    get<{ seats: SeatDefinition[]; skill_groups: { code: string; name: string }[] }>('/api/seat-definitions'),
  createSeat: (seatId: string, name: string, skills: Record<string, number>) =>
    post<{ seat_id: string; password: string }>('/api/seat-definitions', { seat_id: seatId, name, skills }),
  changeSeat: (seatId: string, name: string, skills: Record<string, number>) =>
    ask<void>('PUT', `/api/seat-definitions/${id(seatId)}`, { name, skills }),
  newSeatPassword: (seatId: string) =>
    post<{ seat_id: string; password: string }>(`/api/seat-definitions/${id(seatId)}/new-password`),
  retireSeat: (seatId: string) => ask<void>('DELETE', `/api/seat-definitions/${id(seatId)}`),

  audit: (asked: Partial<AuditQuestion>, limit: number) =>
    get<{ rows: AuditRow[]; more: boolean; kinds: string[] }>(`/api/audit?${auditQuery({ ...asked, limit })}`),
  auditExport: (asked: Partial<AuditQuestion>) => `/api/audit/export?${auditQuery(asked)}`,
  auditCheck: () => get<{ logs: { log: string; rows: number; broken_at: number | null }[] }>('/api/audit/check'),

  doctor: () => get<{ at: string; findings: Finding[] }>('/api/doctor'),
  calendar: (year: number) => get<YearPicture>(`/api/calendar?year=${year}`),
}
