// What the hotline says, read from the shipped texts, for the pretended service.
const PARTS = [['n-0', '零'], ['n-1', '一'], ['liang', '两'], ['month', '月'], ['day', '日'], ['hour', '点'], ['afternoon', '下午']]
const FLOWS = [['direct', '直通', /^(recording-notice|notice-|comfort|place|estimate|useful|offer|callback)/], ['menu', '菜单', /^(recording-notice|main-menu|key-|no-key|speak|confirm|about|general|housing|social|medical|law|enterprise|comfort|place)/], ['night', '夜间', /^(night|recording-notice|leave-|message)/], ['emergency', '突发事件', /^emergency/], ['overload', '话务高峰', /^overload/], ['survey', '满意度评价', /^survey/]]

export class Prompts {
  constructor(tell, document) {
    this.tell = tell
    this.document = document
    this.studio = new Set(['zh/recording-notice'])
    this.made = new Map()
  }

  texts() {
    return this.document().split('[[text]]').slice(1).map((block) => {
      const value = (key) => new RegExp(`^${key} = "(.*)"`, 'm').exec(block)?.[1].replaceAll('\\"', '"')
      const code = value('code')
      const words = Object.fromEntries(['zh', 'en'].map((key) => [key, value(key)]).filter(([, said]) => said))
      const flows = FLOWS.filter(([, , heard]) => heard.test(code)).map(([one]) => one)
      return { code, words, notice: /notice = true/.test(block), flows, without_service: ['recording-notice', 'goodbye', 'all-seats-busy', 'talk-lost'].includes(code), refused: ['number-blocked', 'too-many-calls'].includes(code) }
    })
  }

  sounds() {
    const sound = (language, name, code, text) => {
      const key = `${language}/${name}`
      if (!this.made.has(key)) this.made.set(key, { text, at: 0 })
      const old = this.made.get(key)
      if (old.text !== text && !old.until) Object.assign(old, { until: Date.now() + 6000 })
      if (old.until && Date.now() > old.until) Object.assign(old, { text, until: 0 })
      const missing = key === 'en/estimate-2'
      const problem = key === 'zh/holiday' ? 'holiday.wav: 无声或声音太小，低于 -50 dBFS' : missing ? '没有此语种的音色' : ''
      const made = missing ? '' : this.studio.has(key) ? 'studio' : 'voice'
      return { language, name, code, text, spoken_text: missing ? '' : old.text, made_from: made, recorded: this.studio.has(key) || key === 'zh/holiday', duration_ms: missing ? 0 : 700 + text.length * (language === 'zh' ? 210 : 60), level_dbfs: -20, missing, problem }
    }
    const pieces = this.texts().flatMap(({ code, words }) => Object.entries(words).flatMap(([language, said]) => {
      const split = said.split(/\{[^}]*\}/)
      return split.flatMap((words_, n) => (/[\p{L}\p{N}]/u.test(words_) ? [sound(language, split.length > 1 ? `${code}-${2 * n + 1}` : code, code, words_)] : []))
    }))
    return [...pieces, ...PARTS.map(([name, said]) => sound('zh', `say-${name}`, '', said))]
  }

  answer(method, [what, id, more], query, body, user, refuse) {
    if (what !== 'prompts' && what !== 'prompt-texts') return undefined
    if (!user.roles.some((role) => role !== 'operator') && (what !== 'prompt-texts' || method !== 'GET')) throw refuse(403, 'forbidden')
    if (method === 'GET') return what === 'prompts' ? { prompts: this.sounds(), trouble: '' } : { texts: this.texts(), flows: FLOWS.map(([code, name]) => ({ code, name })) }
    if (!user.roles.includes('administrator')) throw refuse(403, 'forbidden')
    if (what === 'prompt-texts') {
      const old = this.document()
      const [language, said] = Object.entries(body.words)[0]
      const at = old.indexOf(`code = "${id}"`)
      const changed = old.slice(0, at) + old.slice(at).replace(new RegExp(`^${language} = .*$`, 'm'), () => `${language} = ${JSON.stringify(said)}`)
      const wrong = /\{[^}:]*\}/.test(said)
      return { body: changed, old, based_on: this.version(), problems: wrong ? [{ kind: 'texts', line: 1, code: 'slot-invalid', severity: 'error', reason: '看不懂变量，应如 {place:count}' }] : [] }
    }
    const key = `${query.get('language') ?? 'zh'}/${id}`
    if (method === 'DELETE') this.studio.delete(key)
    else this.studio.add(key)
    this.tell(method === 'DELETE' ? 'StudioRecordingDropped' : 'StudioRecordingKept', { language: key.split('/')[0], name: id, by: user.username })
    return this.sounds().find((one) => `${one.language}/${one.name}` === key)
  }
}
