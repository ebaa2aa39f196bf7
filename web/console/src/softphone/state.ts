// How the telephone of this page is, for whoever shows it. Written by softphone.ts and devices.ts alone.
import { computed, ref, shallowRef } from 'vue'
import type { Device, MicrophoneTrouble } from './sound'

export type Phase = 'off' | 'desk' | 'starting' | 'elsewhere' | 'ready' | 'ringing' | 'talking'
export type Trouble =
  | MicrophoneTrouble
  | 'line-lost'
  | 'refused'
  | 'taken-over'
  | 'no-sound'
  | 'no-way'
  | 'service'
  | 'logged-out'

export const phase = ref<Phase>('off')
export const trouble = ref<Trouble | null>(null)
export const muted = ref(false)
/** How loud this operator is, and the other side, 0 to 1. */
export const level = ref(0)
export const farLevel = ref(0)
export const pressed = ref('')
/** The call that rings or is talked, where the line said it. */
export const callId = ref<string | null>(null)
/** A call of before this page was loaded is on its way back to it. */
export const returning = ref(false)
export const microphones = shallowRef<readonly Device[]>([])
export const loudspeakers = shallowRef<readonly Device[]>([])
export const chosen = ref<{ microphone: string | null; loudspeaker: string | null }>({ microphone: null, loudspeaker: null })
/** Whether this page is to speak and hear at all. */
export const inBrowser = computed(() => phase.value !== 'off' && phase.value !== 'desk')
/** What mends itself: the operator only waits. */
export const byItself = computed(() => trouble.value === 'line-lost' || trouble.value === 'no-sound')
