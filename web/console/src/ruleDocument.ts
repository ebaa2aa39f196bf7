// One rule document on the page: its text as it is being written, what is wrong with it, its versions.
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { announce } from './announce'
import { api, ApiError, type RulePublication } from './api'
import { errorSentence, t } from './i18n'
import { count, newest } from './rules'
import type { Problem, RuleDraft, RuleKind, RuleVersion } from './types'

/** A pause in typing after which the text is checked by itself. */
const CHECK_AFTER_MS = 900

export function useRuleDocument(kind: RuleKind) {
  const text = ref('')
  /** What was loaded or saved last: the text is dirty when it differs. */
  const kept = ref('')
  const holds = shallowRef<(RuleVersion & { body: string }) | null>(null)
  const versions = shallowRef<readonly RuleVersion[]>([])
  const draft = shallowRef<RuleDraft | null>(null)
  /** The version that the text goes on from. */
  const basedOn = ref(0)
  const problems = shallowRef<readonly Problem[]>([])
  /** The text that `problems` speaks of; null before the first check. */
  const checkedText = ref<string | null>(null)
  const trouble = ref('')
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const dirty = computed(() => text.value !== kept.value)
  const changed = computed(() => holds.value !== null && text.value !== holds.value.body)
  const checked = computed(() => checkedText.value === text.value)
  const errors = computed(() => count(problems.value, 'error'))
  const warnings = computed(() => count(problems.value, 'warning'))
  const last = computed(() => newest(versions.value))
  /** Somebody has published since this text was begun. */
  const overtaken = computed(() => versions.value.length > 0 && basedOn.value !== last.value)

  async function load(): Promise<void> {
    trouble.value = ''
    try {
      const [whole, history, kept_] = await Promise.all([
        api.rule(kind), api.ruleHistory(kind), api.ruleDraft(kind),
      ])
      holds.value = whole
      versions.value = history.versions
      draft.value = kept_.draft
      const top = newest(history.versions)
      basedOn.value = kept_.draft?.based_on ?? top
      const begun = kept_.draft?.body
        ?? (top === whole.version ? whole.body : (await api.rule(kind, top)).body)
      text.value = kept.value = begun
      await check()
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      trouble.value = failed.code
    }
  }

  /** Versions only: what is being written stays. */
  async function lookAtVersions(): Promise<void> {
    try {
      const [whole, history] = await Promise.all([api.rule(kind), api.ruleHistory(kind)])
      holds.value = whole
      versions.value = history.versions
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
    }
  }

  async function check(): Promise<void> {
    clearTimeout(timer)
    asked += 1
    const [mine, what] = [asked, text.value]
    try {
      const found = (await api.checkRule(kind, what)).problems
      if (mine !== asked) return
      problems.value = found
      checkedText.value = what
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      if (mine === asked) announce('error', errorSentence(failed.code))
    }
  }

  function write(what: string): void {
    text.value = what
    clearTimeout(timer)
    timer = setTimeout(() => void check(), CHECK_AFTER_MS)
  }

  /** Whether it went through; a refusal is told in words, and its problems are shown. */
  async function act(what: () => Promise<unknown>, done: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await what()
      announce('success', done)
      return true
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed
      if (Array.isArray(failed.details.problems)) {
        problems.value = failed.details.problems as Problem[]
        checkedText.value = text.value
      }
      if (failed.code === 'rules-changed-meanwhile') await lookAtVersions()
      announce('error', errorSentence(failed.code))
      return false
    } finally {
      busy.value = false
    }
  }

  const saveDraft = (): Promise<boolean> =>
    act(async () => {
      const what = text.value
      problems.value = (await api.saveRuleDraft(kind, what)).problems
      checkedText.value = kept.value = what
      draft.value = (await api.ruleDraft(kind)).draft
      // The version it was begun on stays: what was published meanwhile is not to be lost unseen.
    }, t('rules.saved'))

  const publish = (what: Omit<RulePublication, 'body' | 'based_on'>): Promise<boolean> =>
    act(async () => {
      await api.publishRule(kind, { ...what, body: text.value, based_on: basedOn.value })
      kept.value = text.value
      await load()
    }, t(what.at === null ? 'rules.published' : 'rules.scheduled'))

  const undo = (note: string): Promise<boolean> =>
    act(async () => {
      await api.undoRule(kind, note)
      await load()
    }, t('rules.undone'))

  /** Write on from another text, such as an old version; nothing is saved yet. */
  function begin(body: string): void {
    basedOn.value = last.value
    write(body)
  }

  onScopeDispose(() => clearTimeout(timer))
  return {
    kind, text, holds, versions, draft, basedOn, problems, trouble, busy, dirty, changed, checked,
    errors, warnings, last, overtaken, load, lookAtVersions, check, write, saveDraft, publish, undo, begin,
  }
}

export type RuleDocument = ReturnType<typeof useRuleDocument>
