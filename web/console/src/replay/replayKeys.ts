// The keys of the replay desk. Whoever writes somewhere, or has a dialog open, writes.
import { onMounted, onUnmounted } from 'vue'

export interface ReplayKeys {
  toggle: () => void
  move: (byMs: number) => void
  sentence: (by: 1 | -1) => void
  flag: (by: 1 | -1) => void
  speed: (by: 1 | -1) => void
  skip: () => void
  loopFrom: () => void
  loopTo: () => void
  loopOff: () => void
  mark: () => void
  zoom: (factor: number) => void
  help: () => void
}

const WRITES = 'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"]'
const PRESSES = 'button, a, summary, [role="tab"]'

export function actOf(event: KeyboardEvent, keys: ReplayKeys): (() => void) | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null
  const by = event.shiftKey ? 1000 : 5000
  switch (event.key) {
    case ' ':
    case 'k':
    case 'K':
      return keys.toggle
    case 'j':
    case 'J':
      return () => keys.move(-10_000)
    case 'l':
    case 'L':
      return () => keys.move(10_000)
    case 'ArrowLeft':
      return () => keys.move(-by)
    case 'ArrowRight':
      return () => keys.move(by)
    case 'ArrowUp':
      return () => keys.sentence(-1)
    case 'ArrowDown':
      return () => keys.sentence(1)
    case 'n':
    case 'N':
      return () => keys.flag(1)
    case 'p':
    case 'P':
      return () => keys.flag(-1)
    case '<':
    case ',':
      return () => keys.speed(-1)
    case '>':
    case '.':
      return () => keys.speed(1)
    case 's':
    case 'S':
      return keys.skip
    case '[':
      return keys.loopFrom
    case ']':
      return keys.loopTo
    case '\\':
      return keys.loopOff
    case 'm':
    case 'M':
      return keys.mark
    case '+':
    case '=':
      return () => keys.zoom(2)
    case '-':
      return () => keys.zoom(1 / 2)
    case '?':
      return keys.help
    default:
      return null
  }
}

export function useReplayKeys(keys: ReplayKeys): void {
  function pressed(event: KeyboardEvent): void {
    const element = event.target as HTMLElement
    if (event.defaultPrevented || element.closest(WRITES) || document.querySelector('dialog[open]')) return
    // A button keeps the key that presses it.
    if (event.key === ' ' && element.closest(PRESSES)) return
    const act = actOf(event, keys)
    if (act === null) return
    event.preventDefault()
    act()
  }
  onMounted(() => addEventListener('keydown', pressed))
  onUnmounted(() => removeEventListener('keydown', pressed))
}
