// Voice messages: which come first, and why one has no text yet.
import type { Message, MessageState } from './types'

export const MESSAGE_STATES: readonly MessageState[] = ['new', 'taken', 'done']

/** Of one state: what still waits with the oldest first, what is done with the newest first. */
export function listedMessages(all: readonly Message[], state: MessageState): Message[] {
  const found = all.filter((one) => one.state === state)
  return state === 'done'
    ? found.sort((a, b) => (b.done_at ?? '').localeCompare(a.done_at ?? ''))
    : found.sort((a, b) => a.left_at.localeCompare(b.left_at))
}

/** Why there is nothing to read; null if there is. */
export function textless(one: Message): 'making' | 'leftOut' | 'nothing' | null {
  if (one.text !== '') return null
  if (one.transcription === 'left_out') return 'leftOut'
  if (one.transcription === 'finished') return 'nothing'
  return 'making'
}

/** What a user may do with it: himself, or by taking it from somebody as a supervisor. */
export function mayTake(one: Message, me: string | undefined, over: boolean): boolean {
  return one.state === 'new' || (one.state === 'taken' && one.taken_by !== me && over)
}

export function mayFinish(one: Message, me: string | undefined, over: boolean): boolean {
  return one.state === 'new' || (one.state === 'taken' && (one.taken_by === me || over))
}
