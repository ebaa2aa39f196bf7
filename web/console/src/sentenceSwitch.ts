// Whether this user wants to see the prescribed sentences; kept on this machine for each user.
import { ref, watchEffect } from 'vue'
import { user } from './session'

const key = (): string => `hotline.sentences.${user.value?.username ?? ''}`

export const sentencesShown = ref(true)

watchEffect(() => {
  sentencesShown.value = localStorage.getItem(key()) !== 'off'
})

export function showSentences(on: boolean): void {
  sentencesShown.value = on
  if (on) localStorage.removeItem(key())
  else localStorage.setItem(key(), 'off')
}
