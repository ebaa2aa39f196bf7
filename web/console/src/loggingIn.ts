// The two steps of a log-in, for the log-in page and for the log-in over a page.
import { ref } from 'vue'
import { api, ApiError } from './api'
import { when } from './format'
import { errorSentence, t } from './i18n'
import type { User } from './types'

export function useLoggingIn(came: (found: User) => void | Promise<void>) {
  const busy = ref(false)
  const trouble = ref('')
  /** Set once the password was right and a code is missing. */
  const ticket = ref('')

  async function attempt(step: () => Promise<User>): Promise<void> {
    if (busy.value) return
    busy.value = true
    trouble.value = ''
    try {
      await came(await step())
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      if (failed.code === 'second-factor-needed') {
        ticket.value = String(failed.details.ticket)
        return
      }
      if (failed.code === 'login-over' || failed.code === 'account-locked') ticket.value = ''
      trouble.value = sentence(failed)
    } finally {
      busy.value = false
    }
  }

  const withPassword = (username: string, password: string): Promise<void> =>
    attempt(() => api.logIn(username, password))
  const withCode = (code: string): Promise<void> =>
    attempt(() => api.logInWithCode(ticket.value, code))
  function backToPassword(): void {
    ticket.value = ''
    trouble.value = ''
  }
  return { busy, trouble, ticket, withPassword, withCode, backToPassword }
}

function sentence(failed: ApiError): string {
  const until = failed.details.until
  if (failed.code === 'account-locked' && typeof until === 'string') {
    return t('login.lockedUntil', { time: when(until) })
  }
  return errorSentence(failed.code)
}
