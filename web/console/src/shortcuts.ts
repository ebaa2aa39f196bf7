// The desk's keys: one table that is both what is heard and what the help sheet shows. A part of the
// page takes a key while it is there (`useShortcut`); the call bar hears its own letters (KEYS).
import { onScopeDispose, shallowReactive } from 'vue'
import type { Key } from './locales/zh-CN'
import { ownerTab } from './ownerTab'

export type ShortcutName =
  | 'answer'
  | 'ready'
  | 'notReady'
  | 'form'
  | 'transcript'
  | 'search'
  | 'wrapUp'
  | 'sentences'
  | 'help'

/** Alt and this key, by its place on the keyboard, so that no input method changes it. */
export const CODES: { [name in ShortcutName]: string } = {
  answer: 'KeyA',
  ready: 'KeyR',
  notReady: 'KeyU',
  form: 'KeyO',
  transcript: 'KeyY',
  search: 'KeyS',
  wrapUp: 'KeyZ',
  sentences: 'KeyV',
  help: 'Slash',
}

/** What stands on the button. */
export const keyOf = (name: ShortcutName): string => CODES[name].replace('Key', '').replace('Slash', '/')

/** The help sheet, in the order of a call. */
export const SHEET: readonly { title: Key; rows: readonly { keys: readonly string[]; text: Key }[] }[] = [
  {
    title: 'keys.seat',
    rows: [
      { keys: ['Alt', 'R'], text: 'keys.ready' },
      { keys: ['Alt', 'U'], text: 'keys.notReady' },
      { keys: ['Alt', 'A'], text: 'keys.answer' },
    ],
  },
  {
    title: 'keys.call',
    rows: [
      { keys: ['Alt', 'H'], text: 'keys.hold' },
      { keys: ['Alt', 'M'], text: 'keys.mute' },
      { keys: ['Alt', 'Q'], text: 'keys.consult' },
      { keys: ['Alt', 'I'], text: 'keys.invite' },
      { keys: ['Alt', 'J'], text: 'keys.conference' },
      { keys: ['Alt', 'W'], text: 'keys.complete' },
      { keys: ['Alt', 'X'], text: 'keys.cancelConsult' },
      { keys: ['Alt', 'L'], text: 'keys.leave' },
      { keys: ['Alt', 'T'], text: 'keys.transfer' },
      { keys: ['Alt', 'G'], text: 'keys.toLine' },
      { keys: ['Alt', 'K'], text: 'keys.keys' },
      { keys: ['Alt', 'P'], text: 'keys.release' },
      { keys: ['Alt', 'N'], text: 'keys.nuisance' },
      { keys: ['Alt', 'E'], text: 'keys.hangUp' },
      { keys: ['Alt', '1…4'], text: 'keys.emergency' },
    ],
  },
  {
    title: 'keys.writing',
    rows: [
      { keys: ['Alt', 'O'], text: 'keys.form' },
      { keys: ['Alt', 'Y'], text: 'keys.transcript' },
      { keys: ['Alt', 'S'], text: 'keys.search' },
      { keys: ['Alt', 'V'], text: 'keys.sentences' },
      { keys: ['Ctrl', 'S'], text: 'keys.save' },
      { keys: ['Ctrl', 'Enter'], text: 'keys.submit' },
      { keys: ['Alt', 'Z'], text: 'keys.wrapUp' },
      { keys: ['?'], text: 'keys.help' },
    ],
  },
]

/** Which of ours this press is. While a Chinese word is being composed every key is the input
 *  method's; AltGr, which writes signs, comes as Ctrl and Alt together. */
export function shortcutOf(press: KeyboardEvent): ShortcutName | null {
  if (press.isComposing || press.keyCode === 229 || press.ctrlKey || press.metaKey) return null
  if (!press.altKey) return press.key === '?' && !writes(press.target) ? 'help' : null
  const found = (Object.keys(CODES) as ShortcutName[]).find((name) => CODES[name] === press.code)
  return found ?? null
}

function writes(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}

/** A dialog has the keyboard for itself (closing it is one key), and so has another tab that works
 *  for this seat. */
export const keyboardIsElsewhere = (): boolean =>
  document.querySelector('dialog[open]') !== null || ownerTab.ownership.value === 'guest'

const taken = shallowReactive(new Map<ShortcutName, () => void>())

/** Answer this key as long as the component lives; `may` false leaves it to nobody. */
export function useShortcut(name: ShortcutName, act: () => void, may: () => boolean = () => true): void {
  const mine = (): void => {
    if (may()) act()
  }
  taken.set(name, mine)
  onScopeDispose(() => {
    if (taken.get(name) === mine) taken.delete(name)
  })
}

/** Listen while the desk is shown. */
export function listenForShortcuts(): () => void {
  const hear = (press: KeyboardEvent): void => {
    const name = shortcutOf(press)
    const act = name === null ? undefined : taken.get(name)
    if (act === undefined || keyboardIsElsewhere()) return
    press.preventDefault()
    // A key that is held down is one wish.
    if (!press.repeat) act()
  }
  window.addEventListener('keydown', hear)
  return () => window.removeEventListener('keydown', hear)
}
