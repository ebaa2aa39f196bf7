// One conversation as the service would hear it: [second, side, sentence, confidence].
export const SAID = [
  [1.2, 'operator', '您好，12345政务服务便民热线，请问有什么可以帮您？', 0.96],
  [5.8, 'citizen', '你好，我要反映一下我们小区旁边工地夜间施工的事情。', 0.93],
  [11.4, 'operator', '好的，请问您贵姓？', 0.97],
  [14.1, 'citizen', '我姓王，叫王建国。', 0.91],
  [17.0, 'operator', '王先生您好，请说一下具体的地址和时间。', 0.95],
  [21.5, 'citizen', '在幸福路二十八号阳光花园南门对面，连着三天了，每天晚上十一点以后还在打桩。', 0.88],
  [30.6, 'operator', '您之前有没有跟施工单位或者物业沟通过？', 0.94],
  [34.9, 'citizen', '找过物业，物业说管不了，工地的人说他们有什么夜施证。', 0.62],
  [41.7, 'operator', '明白了，您的诉求是希望停止夜间施工，对吗？', 0.96],
  [46.0, 'citizen', '对，家里有老人和孩子，根本没法睡觉，希望尽快处理。', 0.9],
  [52.3, 'operator', '好的，已经为您登记，会尽快转交城管部门核查，请保持电话畅通。', 0.95],
  [58.8, 'citizen', '好的，谢谢你啊。', 0.94],
]

const UNSURE = /夜施证|打桩|南门/

function wordsOf(text, startsAt, endsAt, confidence) {
  const parts = [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)].map((p) => p.segment)
  const step = (endsAt - startsAt) / parts.length
  return parts.map((part, n) => ({
    text: part,
    starts_at_ms: Math.round(startsAt + n * step),
    ends_at_ms: Math.round(startsAt + (n + 1) * step),
    confidence: UNSURE.test(part) || /施证|夜施|桩/.test(part) ? 0.46 : confidence,
  }))
}

export const UTTERANCES = SAID.map(([second, side, text, confidence], n) => {
  const starts_at_ms = Math.round(second * 1000)
  const ends_at_ms = starts_at_ms + Math.min(text.length * 190, ((SAID[n + 1]?.[0] ?? 63) - second) * 1000 - 300)
  return {
    side,
    text,
    starts_at_ms,
    ends_at_ms: Math.round(ends_at_ms),
    confidence,
    backfilled: n === 6,
    words: wordsOf(text, starts_at_ms, ends_at_ms, confidence),
  }
})

const proof = (n) => ({ side: UTTERANCES[n].side, starts_at_ms: UTTERANCES[n].starts_at_ms, ends_at_ms: UTTERANCES[n].ends_at_ms })
const by = (value, confidence, n) => ({ value, by: 'machine', confidence, proof: proof(n) })

/** What the machine proposes after which sentence. */
export const PROPOSED = [
  [1, [['event_type', by('夜间施工噪声', 0.86, 1)], ['request_type', by('complaint', 0.78, 1)]]],
  [3, [['caller_name', by('王建国', 0.92, 3)]]],
  [5, [['address', by('幸福路28号阳光花园南门对面', 0.64, 5)], ['content', by('小区旁工地连续三天夜间十一点以后打桩施工。', 0.83, 5)]]],
  [9, [['content', by('阳光花园南门对面工地连续三天夜间十一点以后打桩施工，物业称管不了，家中有老人和孩子无法休息，要求停止夜间施工并尽快处理。', 0.85, 9)], ['urgency', by('urgent', 0.58, 9)], ['summary', by('夜间施工扰民，要求停止', 0.81, 9)]]],
]
