// When each profile holds, in words.
import { t, tWord } from './i18n'
import type { Flows } from './types'

type Choice = Flows['choices'][number]

/** Every condition that must fit; without any it holds whenever none before it does. */
export function conditions(one: Choice): string[] {
  return [
    ...(one.called.length > 0 ? [t('flows.called', { numbers: one.called.join(t('common.listJoin')) })] : []),
    ...(one.switch === null ? [] : [t('flows.switch', { name: tWord('switch', one.switch) })]),
    ...(one.waiting_from === null ? [] : [t('flows.waiting', { count: one.waiting_from })]),
    ...one.hours,
  ]
}

/** A drawing as an address that a picture can have; the markup in it stays a picture. */
export const pictureOf = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
