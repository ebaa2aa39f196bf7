// What supervisors tell the seats: the notices that stand, kept up by the live stream.
import { computed, onScopeDispose, shallowRef } from 'vue'
import { api, ApiError } from './api'
import { ownSeat } from './session'
import { onMessages, state } from './store'
import type { LiveMessage, SeatNotice } from './types'

export const LONGEST_NOTICE = 300
export const notices = shallowRef<readonly SeatNotice[]>([])

/** Whether it is for a seat with these skills. */
export function meantFor(one: SeatNotice, skills: Readonly<Record<string, number>>): boolean {
  return one.skill_groups.length === 0 || one.skill_groups.some((code) => code in skills)
}

/** With what the stream says of them; the newest first. */
export function told(all: readonly SeatNotice[], batch: readonly LiveMessage[], mine: string | null): readonly SeatNotice[] {
  return batch.reduce<readonly SeatNotice[]>((so, m) => {
    const same = (one: SeatNotice): boolean => one.notice_id === m.notice_id
    if (m.type === 'NoticePosted') {
      return so.some(same) ? so : [posted(m), ...so]
    }
    if (m.type === 'NoticeWithdrawn') return so.filter((one) => !same(one))
    if (m.type !== 'NoticeRead') return so
    const seat = String(m.seat_id)
    return so.map((one) =>
      same(one)
        ? { ...one, read_at: { ...one.read_at, [seat]: m.at ?? '' }, mine_read_at: seat === mine ? (m.at ?? '') : one.mine_read_at }
        : one,
    )
  }, all)
}

function posted(m: LiveMessage): SeatNotice {
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
  return {
    notice_id: String(m.notice_id),
    at: m.at ?? '',
    by: String(m.by),
    text: String(m.text),
    skill_groups: list(m.skill_groups),
    addressed: list(m.addressed),
    read_at: {},
    mine_read_at: null,
  }
}

/** What this user's own seat has not read yet; the oldest first. */
export const unread = computed(() => {
  const seat = ownSeat.value === null ? undefined : state.value.seats.rows[ownSeat.value]
  if (seat === undefined || seat.state === 'signed_out') return []
  return notices.value.filter((one) => one.mine_read_at === null && meantFor(one, seat.skills)).reverse()
})

export function putNotice(notice: SeatNotice): void {
  const others = notices.value.filter((one) => one.notice_id !== notice.notice_id)
  notices.value = [notice, ...others].sort((a, b) => (a.at < b.at ? 1 : -1))
}

export function dropNotice(noticeId: string): void {
  notices.value = notices.value.filter((one) => one.notice_id !== noticeId)
}

/** As long as the component lives. Without the list the console works all the same. */
export function useNotices(): void {
  api.notices().then(
    (found) => found.notices.forEach(putNotice),
    (failed: unknown) => {
      if (!(failed instanceof ApiError)) throw failed
    },
  )
  onMessages((batch) => (notices.value = told(notices.value, batch, ownSeat.value)))
  onScopeDispose(() => (notices.value = []))
}
