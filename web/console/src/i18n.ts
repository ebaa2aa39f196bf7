// Every text of the console, in the user's language. Chinese is the measure; English is complete.
import { computed, ref, shallowRef } from 'vue'
import zhCN, { type Key } from './locales/zh-CN'

export type Locale = 'zh-CN' | 'en'
type Texts = Readonly<Record<Key, string>>

const REMEMBERED = 'hotline.locale'
const texts = shallowRef<Texts>(zhCN)
export const locale = ref<Locale>('zh-CN')
export const isChinese = computed(() => locale.value === 'zh-CN')

export async function setLocale(to: Locale): Promise<void> {
  texts.value = to === 'en' ? (await import('./locales/en')).default : zhCN
  locale.value = to
  document.documentElement.lang = to
  document.title = t('product')
  localStorage.setItem(REMEMBERED, to)
}

/** The language chosen on this machine before. */
export async function recallLocale(): Promise<void> {
  if (localStorage.getItem(REMEMBERED) === 'en') await setLocale('en')
}

/** The text, with {name} replaced. */
export function t(key: Key, put: Readonly<Record<string, string | number>> = {}): string {
  return fill(texts.value[key], put)
}

export function fill(text: string, put: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(put[name] ?? whole))
}

/** The text of a word the service uses, such as "seat.state" + "wrap_up"; the word itself if new. */
export function tWord(prefix: string, word: string | null | undefined): string {
  if (word === null || word === undefined || word === '') return '—'
  return (texts.value as Record<string, string>)[`${prefix}.${word}`] ?? word
}

/** A refusal of the service as a sentence. */
export function errorSentence(code: string): string {
  return (texts.value as Record<string, string>)[`error.${code}`] ?? t('error.unknown', { code })
}
