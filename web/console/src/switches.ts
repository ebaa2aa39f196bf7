// The switches of the whole house: how they stand, kept up by the live stream.
import { computed, shallowRef } from 'vue'
import { api, ApiError } from './api'
import { onMessages } from './store'
import type { LiveMessage, Switch } from './types'

/** In the order in which they matter. */
export const SWITCHES = ['emergency', 'menu', 'night', 'holiday', 'voice-bot'] as const
/** Which brings an announcement of its own. */
export const ANNOUNCING = 'emergency'
export const LONGEST_TEXT = 400

export const CHINESE = 'zh'

export const switches = shallowRef<readonly Switch[]>([])
/** In which something may be announced, Chinese first. */
export const languages = shallowRef<readonly string[]>([CHINESE])

/** What every new citizen hears first; null while there is no emergency. */
export const emergency = computed(
  () => switches.value.find((one) => one.name === ANNOUNCING && one.on) ?? null,
)

export const inOrder = (all: readonly Switch[]): Switch[] => {
  const place = (one: Switch): number => {
    const at = SWITCHES.findIndex((name) => name === one.name)
    return at < 0 ? SWITCHES.length : at
  }
  return [...all].sort((a, b) => place(a) - place(b))
}

/** As the stream writes words in further languages. */
function worded(told: unknown): Record<string, string> {
  const rows = (told ?? []) as readonly { language: string; words: string }[]
  return Object.fromEntries(rows.map((one) => [one.language, one.words]))
}

/** With what the stream says of them. */
export function turned(all: readonly Switch[], batch: readonly LiveMessage[]): readonly Switch[] {
  const news = batch.filter((one) => one.type === 'SwitchChanged')
  return news.reduce(
    (so, m) =>
      so.map((one) =>
        one.name === m.name
          ? { ...one, on: m.on === true, by: String(m.by), reason: String(m.reason), text: String(m.text ?? ''), others: worded(m.others), at: m.at ?? null }
          : one,
      ),
    all,
  )
}

export function putSwitch(one: Switch): void {
  switches.value = switches.value.map((other) => (other.name === one.name ? one : other))
}

/** As long as the component lives. Without the list the console works all the same. */
export function useSwitches(): void {
  api.switches().then(
    (found) => {
      switches.value = inOrder(found.switches)
      languages.value = found.languages
    },
    (failed: unknown) => {
      if (!(failed instanceof ApiError)) throw failed
    },
  )
  onMessages((batch) => (switches.value = turned(switches.value, batch)))
}
