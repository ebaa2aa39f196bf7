// One call as somebody looks at it: who, where, why this seat, what is being said, and its draft;
// asked for as far as this user may see it, and kept up to date while he looks.
import { computed, onScopeDispose, ref, watch } from 'vue'
import { api, ApiError } from './api'
import { useCallCues } from './callCues'
import { useNow } from './clock'
import { since } from './format'
import { errorSentence, t } from './i18n'
import { partOf } from './parties'
import { NO_WORDS, OVER, TALKS } from './reducers'
import { drivesFloor, mayHear, ownSeat } from './session'
import { playSpan } from './spanPlayer'
import { keepTranscript, putCall, putOrder, state } from './store'
import type { Call } from './types'
import type { Span } from './written'

export type CallView = ReturnType<typeof useCallView>

export function useCallView(callId: string) {
  const now = useNow()

  /** A call too old for the list, asked for by itself. */
  const old = ref<Call | null>(null)
  const callTrouble = ref('')
  const call = computed(() => state.value.calls.rows[callId] ?? old.value)
  const over = computed(() => call.value !== null && OVER.has(call.value.state))
  const part = computed(() => partOf(call.value, ownSeat.value))
  /** My seat speaks on it; while it is only rung for it, it commands nothing. */
  const onCall = computed(() => part.value?.role === 'seat' && part.value.room !== null)
  // Whoever is to take a call sees it before he answers.
  const hears = computed(() => mayHear(call.value?.seat_id ?? null) || part.value !== undefined)
  const words = computed(() => state.value.transcripts[callId] ?? NO_WORDS)
  const order = computed(() => {
    const id = call.value?.order_id
    return id ? state.value.orders.rows[id] : undefined
  })
  const ownCall = computed(
    () => ownSeat.value !== null && (call.value?.seat_id === ownSeat.value || part.value !== undefined),
  )
  /** Spoken and over for this seat: how it ended may be said, also later than the wrap-up. */
  const mayCode = computed(
    () =>
      call.value !== null &&
      call.value.answered_at !== null &&
      (over.value || !onCall.value) &&
      (ownCall.value || (drivesFloor.value && over.value)),
  )

  const sentence = ref('')
  /** Until it is known, nothing is said of a call that has its seat. */
  const why = computed(() => sentence.value || (call.value?.seat_id ? '' : t('calls.decision.waiting')))
  const hints = ref<string[]>([])
  const wordsTrouble = ref('')
  const wordsLoading = ref(true)

  const kept = useCallCues(callId, () => hears.value)
  /** Under the mouse, and what was clicked last. */
  const hovered = ref<Span | null>(null)
  const pinned = ref<Span | null>(null)
  const marked = computed(() => hovered.value ?? pinned.value)
  /** The sound so far can be heard while the call goes on; a click on a word waits for the whole. */
  const sound = computed(() =>
    hears.value && call.value?.recording_started_at ? `${callId}-1` : null,
  )

  /** Show where it was said, and let it be heard. */
  function prove(span: Span): void {
    pinned.value = { ...span }
    if (sound.value !== null) void playSpan(sound.value, span.starts_at_ms, span.ends_at_ms)
  }

  async function findCall(): Promise<void> {
    callTrouble.value = ''
    try {
      old.value = await api.call(callId)
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      callTrouble.value = failed.code
    }
  }
  watch(
    () => state.value.calls.loaded && call.value === null,
    (lost) => lost && void findCall(),
    { immediate: true },
  )

  // Events told before the call was ours carry its number masked; whoever may see it asks once more.
  watch(
    () => hears.value && call.value?.caller_number.includes('*'),
    async (masked) => {
      if (!masked) return
      try {
        const { caller_number } = await api.call(callId)
        const row = state.value.calls.rows[callId]
        if (row) putCall({ ...row, caller_number })
      } catch (failed) {
        if (!(failed instanceof ApiError)) throw failed
      }
    },
    { immediate: true },
  )

  // Why he waits or why this seat: asked again whenever the call goes another step.
  watch(
    [() => call.value?.seat_id, () => call.value?.state === 'queued'],
    async () => {
      try {
        const [decided, known] = await Promise.all([api.decision(callId), api.call(callId)])
        sentence.value = decided.sentence
        hints.value = [...known.flags, ...known.notes]
      } catch (failed) {
        if (!(failed instanceof ApiError)) throw failed
        sentence.value = errorSentence(failed.code)
      }
    },
    { immediate: true },
  )

  let stopWords: () => void = () => undefined
  async function keepWords(): Promise<void> {
    stopWords()
    wordsTrouble.value = ''
    wordsLoading.value = true
    const kept = keepTranscript(callId)
    stopWords = kept.stop
    try {
      await kept.ready
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      wordsTrouble.value = failed.code
    } finally {
      wordsLoading.value = false
    }
  }
  watch(hears, (may) => may && void keepWords(), { immediate: true })
  onScopeDispose(() => stopWords())

  // The list holds the newest orders only; the order of an old call is asked for. Of a draft that is another
  // seat's so far we were told that it was opened, and not what was written in it.
  watch(
    () => (hears.value && state.value.orders.loaded ? call.value?.order_id : null),
    async (id) => {
      const known = state.value.orders.rows[id ?? '']
      if (!id || (known !== undefined && mayHear(known.seat_id))) return
      try {
        putOrder(await api.order(id))
      } catch (failed) {
        if (!(failed instanceof ApiError)) throw failed
      }
    },
    { immediate: true },
  )

  const waited = computed(() => {
    const one = call.value
    if (!one) return null
    if (one.waited_ms !== null && (one.answered_at !== null || over.value)) return one.waited_ms
    return since(one.joined_at ?? one.arrived_at, now.value)
  })
  const talked = computed(() => {
    const one = call.value
    if (!one?.answered_at) return null
    const running = TALKS.has(one.state)
    return running ? since(one.answered_at, now.value) : one.talked_ms
  })

  return {
    now, call, over, part, onCall, hears, words, order, ownCall, mayCode, why, hints,
    wordsTrouble, wordsLoading, keepWords, kept, hovered, pinned, marked, sound, prove,
    callTrouble, findCall, waited, talked,
  }
}
