// The red cues of calls that still go on, for whoever leads the shift.
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { api, ApiError } from './api'
import { cueOf, judged, withCue } from './cues'
import { OVER } from './reducers'
import { drivesFloor } from './session'
import { onMessages, state } from './store'
import type { Cue } from './types'

const MOST = 100
const SINCE_MS = 2 * 3_600_000

const raised = shallowRef<readonly Cue[]>([])

/** Of calls going on, not judged a false alarm; the newest first. */
export const redCues = computed(() =>
  raised.value
    .filter((one) => one.level === 'red' && !one.false_alarm && goesOn(one.call_id))
    .sort((a, b) => b.at.localeCompare(a.at)),
)

function goesOn(callId: string): boolean {
  const call = state.value.calls.rows[callId]
  return call !== undefined && !OVER.has(call.state)
}

/** Keep them as long as the component lives; nobody else is told of them. */
export function useRedCues(): void {
  async function look(): Promise<void> {
    try {
      const since = new Date(Date.now() - SINCE_MS).toISOString()
      const { cues } = await api.cues(since)
      const reds = cues.filter((one) => one.level === 'red')
      // What was raised while the answer was under way may be in it or not.
      raised.value = raised.value.reduce(withCue, reds)
    } catch (failed) {
      // The stream goes on telling new ones.
      if (!(failed instanceof ApiError)) throw failed
    }
  }
  onMessages((batch) => {
    if (!drivesFloor.value) return
    for (const m of batch) {
      if (m.type === 'CueRaised' && m.level === 'red') {
        raised.value = withCue(raised.value, cueOf(m)).slice(-MOST)
      } else if (m.type === 'CueJudged' && typeof m.cue_id === 'string') {
        raised.value = judged(raised.value, m.cue_id, m.false_alarm === true)
      }
    }
  })
  watch(
    () => drivesFloor.value && state.value.calls.loaded,
    (now) => now && void look(),
    { immediate: true },
  )
  onScopeDispose(() => {
    raised.value = []
  })
}
