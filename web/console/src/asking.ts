// Asking the service to do something.
import { announce } from './announce'
import { ApiError } from './api'
import { errorSentence, t } from './i18n'
import { useTurns } from './turns'

/** A refusal is said in words. */
export function useAsking(seen?: () => unknown) {
  const { busy, take } = useTurns(seen)
  async function ask(act: () => Promise<unknown>, done = ''): Promise<boolean> {
    try {
      if (!(await take(act))) return false
      if (done) announce('success', done)
      return true
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      announce('error', t('call.trouble', { why: errorSentence(failed.code) }))
      return false
    }
  }
  return { busy, ask }
}
