// What the pretended service noticed in the conversation: cues, sentences, and what leaders see of them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UTTERANCES } from './conversation.mjs'

const early = (s) => new Date(Date.now() - s * 1000).toISOString()

/** [after which sentence, cue]. */
const RAISED = [
  [1, { kind: 'danger', level: 'amber', code: 'pipe-burst', title: '水管爆裂，建议按紧急件登记', found: '水管爆了', advice: '问清水是否进入建筑、是否影响用电。' }],
  [9, { kind: 'danger', level: 'red', code: 'gas-leak', title: '燃气泄漏，建议非常紧急', found: '煤气味', advice: '请市民开窗、不要开关电器、离开室内；必要时一键联动119。' }],
  [8, { kind: 'talk_over', level: 'info', code: 'talk-over', title: '打断市民 1.4 秒', found: '', advice: '请让市民把话说完。' }],
]
/** [due after which sentence, said in which sentence or null]. */
const SENTENCES = [
  [-1, 0, 'opening', '开头语', '您好，12345政务服务便民热线，请问有什么可帮您？', true],
  [1, 2, 'ask-name', '询问称呼', '先生/女士，请问您贵姓？', false],
  [9, null, 'verify', '核实信息', '先生/女士，您反映的问题记录完毕，现向您核实一下好吗？', true],
]

export const cuesOf = (callId, heard, at = early(0)) =>
  RAISED.filter(([after]) => after < heard).map(([after, cue]) => {
    const { side, starts_at_ms, ends_at_ms } = UTTERANCES[after]
    return { cue_id: `${callId}-${cue.code}-${starts_at_ms}`, call_id: callId, side, starts_at_ms, ends_at_ms, false_alarm: false, at, ...cue }
  })

export const sentencesOf = (heard, over) =>
  SENTENCES.filter(([due]) => due < heard).map(([due, said, sentence_id, scene, text, must]) => ({
    sentence_id, scene, text, must,
    at_ms: due < 0 ? 0 : UTTERANCES[due].ends_at_ms,
    state: said !== null && said < heard ? 'said' : over ? 'missed' : 'due',
  }))

export const MEASURES = { operator_chars_per_min: 236, citizen_chars_per_min: 262, operator_ms: 24000, citizen_ms: 29000, talk_over_ms: 1400, talk_overs: 1, longest_silence_ms: 3400 }

const HIT_TITLES = { 'gas-leak': '燃气泄漏', 'pipe-burst': '水管爆裂', fire: '着火', anger: '情绪激动', shirking: '推诿用语', 'not-understood': '听不懂方言' }
export const HITS = [
  ['danger', 'gas-leak', '煤气味', 18, 2], ['danger', 'pipe-burst', '水管爆了', 41, 3], ['danger', 'fire', '着火', 9, 4],
  ['anger', 'anger', '投诉你', 6, 1], ['banned', 'shirking', '不归我们管', 3, 0], ['dialect', 'not-understood', '听不懂', 12, 5],
].map(([kind, code, word, hits, false_alarms]) => ({ code, word, kind, title: HIT_TITLES[code] ?? word, hits, judged: false_alarms + 1, false_alarms }))

export const SIGNALS = [
  ['shirking', '推诿用语', 'operator', 31200, '不归我们管', 5], ['verify-missed', '未核实信息', 'operator', 58000, '', 3], ['speech-rate', '语速过快', 'operator', 12400, '', 11],
].map(([rule, title, side, starts_at_ms, found, n]) => ({ signal_id: `hl1-1763715.${n}-${rule}-${starts_at_ms}`, call_id: `hl1-1763715.${n}`, rule, title, version: 2, side, starts_at_ms, ends_at_ms: starts_at_ms + 1500, found, seat_id: '8002', arrived_at: early(600 + n * 140) }))

export const DRAFTING = [
  ['caller_name', 118, 102, 11, 5, 14, 0.06], ['contact_number', 131, 127, 3, 1, 2, 0.01], ['request_type', 128, 99, 27, 2, 5, 0.22], ['event_type', 124, 91, 30, 3, 9, 0.25],
  ['urgency', 133, 120, 13, 0, 0, 0.1], ['district', 88, 84, 3, 1, 7, 0.03], ['address', 109, 66, 38, 5, 12, 0.21], ['content', 133, 31, 98, 4, 0, 0.38], ['summary', 133, 57, 73, 3, 0, 0.19],
].map(([name, proposed, confirmed, edited, rejected, added, mean_distance]) => ({ name, proposed, confirmed, edited, rejected, added, mean_distance }))

const SHIPPED = readFileSync(fileURLToPath(new URL('../../../seats/defaults/sentences.toml', import.meta.url)), 'utf8')
/** The prescribed sentences as they are shipped. */
export const PRESCRIBED = SHIPPED.split('[[sentence]]').slice(1).map((block) => {
  const value = (key) => new RegExp(`^${key} = "(.*)"`, 'm').exec(block)?.[1] ?? ''
  return { sentence_id: value('id'), scene: value('scene'), text: value('text').replaceAll('{city}', '唐山'), trigger: value('trigger'), must: /^must = true/m.test(block) }
})
