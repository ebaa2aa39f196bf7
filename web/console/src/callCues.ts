// The cues and sentences of the call that somebody looks at, kept up to date while he does.
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { api, ApiError } from './api'
import { applyToCues, CUE_EVENTS, judged, NO_CUES, withCue } from './cues'
import { onMessages } from './store'
import type { CallCues, LiveMessage } from './types'

export interface KeptCues {
  cues: Ref<CallCues>
  /** An error code while they could not be had. */
  trouble: ComputedRef<string>
  look: () => Promise<void>
  /** Say whether a cue was a false alarm. Raises ApiError. */
  judge: (cueId: string, falseAlarm: boolean) => Promise<void>
}

/** While `may` is true: whoever may hear the call. */
export function useCallCues(callId: string, may: () => boolean): KeptCues {
  const cues = shallowRef<CallCues>(NO_CUES)
  const failure = ref('')
  let meanwhile: LiveMessage[] | null = null

  async function look(): Promise<void> {
    const told: LiveMessage[] = (meanwhile = [])
    try {
      const found = await api.callCues(callId)
      if (meanwhile !== told) return
      // What was raised while the answer was under way may be in it or not.
      const both = { ...found, cues: cues.value.cues.reduce(withCue, found.cues) }
      cues.value = told.reduce(applyToCues, both)
      failure.value = ''
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      failure.value = failed.code
    } finally {
      if (meanwhile === told) meanwhile = null
    }
  }

  onMessages((batch) => {
    if (!may()) return
    for (const m of batch) {
      if (m.call_id !== callId || !CUE_EVENTS.has(m.type)) continue
      meanwhile?.push(m)
      cues.value = applyToCues(cues.value, m)
    }
  })
  watch(may, (now) => now && void look(), { immediate: true })
  onScopeDispose(() => {
    meanwhile = null
  })

  return {
    cues,
    trouble: computed(() => failure.value),
    look,
    async judge(cueId, falseAlarm) {
      await api.judgeCue(callId, cueId, falseAlarm)
      cues.value = { ...cues.value, cues: judged(cues.value.cues, cueId, falseAlarm) }
    },
  }
}
