// Asking the service to do something.
import { ref } from 'vue'
import { announce } from './announce'
import { ApiError } from './api'
import { errorSentence, t } from './i18n'

/** One request at a time; a refusal is said in words. */
export function useAsking() {
  const busy = ref(false)
  async function ask(act: () => Promise<unknown>, done = ''): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await act()
      if (done) announce('success', done)
      return true
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      announce('error', t('call.trouble', { why: errorSentence(failed.code) }))
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, ask }
}
