// What an order's fields may be chosen from. Whether a value will do is the service's to say, so
// without these lists the form works all the same.
import { shallowRef } from 'vue'
import { api, ApiError } from './api'
import { tWord } from './i18n'
import { REQUEST_TYPES, URGENCIES } from './orderFields'
import type { OrderFieldName } from './types'

export const eventTypes = shallowRef<readonly string[]>([])
export const districts = shallowRef<readonly string[]>([])
let asked = false

function unknown(failed: unknown): null {
  if (!(failed instanceof ApiError)) throw failed
  asked = false
  return null
}

/** Ask once for all forms; again after a failure only. */
export async function needChoices(): Promise<void> {
  if (asked) return
  asked = true
  const [types, places] = await Promise.all([
    api.eventTypes().catch(unknown),
    api.districts().catch(unknown),
  ])
  eventTypes.value = types?.event_types ?? eventTypes.value
  districts.value = places?.districts ?? districts.value
}

/** The words the service takes for this field; null if it is free text. */
export function optionsOf(name: OrderFieldName): { value: string; text: string }[] | null {
  if (name === 'request_type') return REQUEST_TYPES.map((value) => ({ value, text: tWord('request', value) }))
  if (name === 'urgency') return URGENCIES.map((value) => ({ value, text: tWord('urgency', value) }))
  return null
}
