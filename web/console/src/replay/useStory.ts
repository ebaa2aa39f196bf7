// What a call's story consists of besides its words, as it comes in a moment after them, and where each
// thing of it stands on the time axis. 通话全貌
import { computed, onMounted, ref, shallowRef, type ComputedRef, type Ref } from 'vue'
import { api, ApiError } from '../api'
import { NO_CUES } from '../cues'
import { needDirectory } from '../directory'
import { t } from '../i18n'
import { hearsAll } from '../session'
import type { CallCues, CallMark, Recording, Replay, Timeline } from '../types'
import { lanesOf } from './lanes'
import { phrasesOf, soughtParts } from './sought'

/** Something on the axis to look at. */
export interface Flag {
  id: string
  kind: 'cue' | 'signal' | 'mark' | 'hit'
  tone: 'red' | 'amber' | 'info' | 'signal' | 'mark' | 'hit'
  ms: number
  toMs: number | null
  title: string
}

async function orElse<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    return otherwise
  }
}

export function useStory(found: Replay, sought: () => string, lengthMs: Ref<number>) {
  const callId = found.recording.call_id
  /** A party's own recording begins later than the call's clock, on which words, marks and cues stand. */
  const offset = found.recording.offset_ms
  const cues = ref<CallCues>(NO_CUES)
  const marks = ref<readonly CallMark[]>([])
  const timeline = shallowRef<Timeline | null>(null)
  const voices = ref<readonly Recording[]>([])
  onMounted(async () => {
    void needDirectory()
    const more = [
      orElse(api.callCues(callId), NO_CUES).then((got) => (cues.value = got)),
      orElse(api.recordingsOf(callId), { seq: 0, recordings: [] }).then((got) => (voices.value = got.recordings)),
      orElse(api.timeline(callId).then((got): Timeline | null => got), null).then((got) => (timeline.value = got)),
      hearsAll.value ? orElse(api.marks(callId), { marks: [] }).then((got) => (marks.value = got.marks)) : null,
    ]
    await Promise.all(more)
  })
  const lanes = computed(() =>
    timeline.value === null ? [] : lanesOf(timeline.value, Date.parse(found.recording.started_at), lengthMs.value),
  )

  const phrases = computed(() => phrasesOf(sought()))
  const hits: ComputedRef<Flag[]> = computed(() =>
    phrases.value.length === 0
      ? []
      : found.utterances
          .filter((said) => soughtParts(said, phrases.value).size > 0)
          .map((said) => ({ id: `hit-${said.side}-${said.starts_at_ms}`, kind: 'hit', tone: 'hit', ms: said.starts_at_ms - offset, toMs: said.ends_at_ms - offset, title: said.written || said.text })),
  )
  const raised = computed(() => cues.value.cues.filter((one) => !one.false_alarm))
  const flags = computed<Flag[]>(() =>
    [
      ...raised.value.map((one): Flag => ({ id: one.cue_id, kind: 'cue', tone: one.level, ms: one.starts_at_ms - offset, toMs: one.ends_at_ms - offset, title: one.title })),
      ...found.signals.map((one): Flag => ({ id: one.signal_id, kind: 'signal', tone: 'signal', ms: one.starts_at_ms - offset, toMs: one.ends_at_ms - offset, title: one.title })),
      ...marks.value.map((one): Flag => ({ id: one.mark_id, kind: 'mark', tone: 'mark', ms: one.at_ms - offset, toMs: one.ends_at_ms === null ? null : one.ends_at_ms - offset, title: one.text || t('mark.noComment') })),
      ...hits.value,
    ]
      .filter((one) => one.ms >= 0)
      .sort((a, b) => a.ms - b.ms),
  )
  return { callId, offset, cues, marks, voices, lanes, hits, flags, raised }
}
