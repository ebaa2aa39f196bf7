// Saving and submitting one order: what the user typed is never lost, whatever the service answers.
import { computed, nextTick, reactive, ref, type ComputedRef } from 'vue'
import { announce } from './announce'
import { api, ApiError } from './api'
import { errorSentence, t } from './i18n'
import { keepingOf } from './keptWords'
import { OrderDraft } from './orderDraft'
import { FIELD_ORDER, momentValue } from './orderFields'
import { MANDATORY } from './reducers'
import { mayWrite, user } from './session'
import { putOrder } from './store'
import type { Order, OrderFieldName } from './types'

export type Writing = ReturnType<typeof useOrderWriting>

/** `focusOn` brings the user to a field that needs him. */
export function useOrderWriting(order: ComputedRef<Order>, focusOn: (name: OrderFieldName) => void) {
  const writable = computed(() => order.value.state === 'draft' && mayWrite(order.value.seat_id))
  const keeping = user.value ? keepingOf(user.value.username, order.value.order_id) : null
  // Submitted by another hand or on another machine: what was kept here came too late.
  if (order.value.state !== 'draft') keeping?.drop()
  const draft = reactive(new OrderDraft(keeping))
  /** Words of a tab that was closed: said once, until they are saved or changed. */
  const restored = ref(draft.isDirty(order.value))
  const busy = ref<'' | 'save' | 'submit' | 'code'>('')
  /** Fields that somebody else wrote meanwhile. */
  const conflict = ref<OrderFieldName[] | null>(null)
  /** Mandatory fields that were empty when the user wanted to submit. */
  const named = ref<readonly OrderFieldName[]>([])
  /** A value that the service did not take. */
  const refused = ref<{ name: OrderFieldName; value: string } | null>(null)
  /** A code that the citizen is to be told; shown once. */
  const code = ref<{ digits: string; again: boolean } | null>(null)

  const dirty = computed(() => draft.isDirty(order.value))
  const valueOf = (name: OrderFieldName): string => draft.valueOf(order.value, name)
  const isTyped = (name: OrderFieldName): boolean => draft.has(order.value, name)
  const lacks = (name: OrderFieldName): boolean => named.value.includes(name) && valueOf(name).trim() === ''
  const isRefused = (name: OrderFieldName): boolean =>
    refused.value?.name === name && refused.value.value === valueOf(name)

  function write(name: OrderFieldName, value: string): void {
    draft.write(order.value, name, value)
  }

  function throwAway(): void {
    draft.clear()
    conflict.value = null
    restored.value = false
  }

  /** Save what was typed; false when it could not be (the user is told). */
  async function saveQuietly(): Promise<boolean> {
    if (!dirty.value) return true
    if (isTyped('happened_at')) write('happened_at', momentValue(valueOf('happened_at')))
    try {
      putOrder(await api.editOrder(order.value.order_id, draft.revision(order.value), draft.changed(order.value)))
      throwAway()
      return true
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      if (failed.code === 'order-revision-stale') await showConflict()
      else refuse(failed)
      return false
    }
  }

  /** A value that does not do is told at its field. */
  function refuse(failed: ApiError): void {
    const name = FIELD_ORDER.find((one) => one === failed.details.field)
    if (failed.code !== 'order-value-invalid' || name === undefined) {
      return announce('error', errorSentence(failed.code))
    }
    refused.value = { name, value: valueOf(name) }
    focusOn(name)
  }

  async function showConflict(): Promise<void> {
    try {
      putOrder(await api.order(order.value.order_id))
      await nextTick()
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      announce('error', errorSentence(failed.code))
    }
    conflict.value = Object.keys(draft.changed(order.value)) as OrderFieldName[]
  }

  async function save(): Promise<void> {
    if (!writable.value || !dirty.value || busy.value !== '') return
    busy.value = 'save'
    if (await saveQuietly()) announce('success', t('orders.saved'))
    busy.value = ''
  }

  async function keepMine(): Promise<void> {
    draft.rebase(order.value)
    await save()
  }

  async function submit(): Promise<void> {
    if (!writable.value || busy.value !== '') return
    named.value = MANDATORY.filter((name) => valueOf(name).trim() === '')
    if (named.value.length > 0) return focusFirst()
    busy.value = 'submit'
    try {
      if (!(await saveQuietly())) return
      await nextTick()
      const { query_code: digits, ...accepted } = await api.submitOrder(order.value.order_id, order.value.revision)
      putOrder(accepted)
      announce('success', t(digits ? 'orders.submittedOk' : 'orders.submittedCodeless', { id: order.value.order_id }))
      if (digits) code.value = { digits, again: false }
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      if (failed.code === 'order-fields-missing' && Array.isArray(failed.details.missing)) {
        named.value = failed.details.missing as OrderFieldName[]
        focusFirst()
      } else if (failed.code === 'order-revision-stale') await showConflict()
      else announce('error', errorSentence(failed.code))
    } finally {
      busy.value = ''
    }
  }

  async function renewCode(): Promise<void> {
    busy.value = 'code'
    try {
      code.value = { digits: (await api.newQueryCode(order.value.order_id)).query_code, again: true }
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      announce('error', errorSentence(failed.code))
    } finally {
      busy.value = ''
    }
  }

  function focusFirst(): void {
    const first = FIELD_ORDER.find((name) => named.value.includes(name))
    if (first) focusOn(first)
  }

  return {
    writable, restored, busy, conflict, named, refused, code, dirty,
    valueOf, isTyped, lacks, isRefused, write, throwAway, save, keepMine, submit, renewCode,
  }
}
