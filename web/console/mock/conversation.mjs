// One conversation as the service would hear it: [second, side, sentence, confidence].
export const SAID = [
  [1.2, 'operator', '您好，12345政务服务便民热线，请问有什么可帮您？', 0.96],
  [5.8, 'citizen', '你好，我家楼下水管爆了，水漫到马路上了。', 0.93],
  [11.4, 'operator', '好的，请问您贵姓？', 0.97],
  [14.1, 'citizen', '我姓王，叫王建国。', 0.91],
  [17.0, 'operator', '王先生您好，请说一下具体的地址和时间。', 0.95],
  [21.5, 'citizen', '路北区幸福路28号阳光花园南门，今天早上七点多爆的，地下室已经进水，配电箱快淹了。', 0.88],
  [30.6, 'operator', '您之前有没有跟供水公司或者物业联系过？', 0.94],
  [34.9, 'citizen', '找过物业，物业说管不了，供水公司的电话打不通。', 0.62],
  [41.7, 'operator', '明白了，您的诉求是尽快关阀抢修，对吗？', 0.96],
  [46.0, 'citizen', '对，我闻到还有煤气味，楼里有老人，希望马上派人来。', 0.9],
  [52.3, 'operator', '好的，已经为您登记，马上转交供水公司和燃气公司，请保持电话畅通。', 0.95],
  [58.8, 'citizen', '好的，谢谢你啊。', 0.94],
]

const UNSURE = /配电箱|幸福路/
const SPOKEN = { 28: '二十八', 12345: '一二三四五' }
const PUNCTUATION = /[，。？！]/g

/** The written sentence in its parts, each with the word it was spoken as. */
function partsOf(written) {
  const parts = []
  for (const { segment } of new Intl.Segmenter('zh', { granularity: 'word' }).segment(written)) {
    if (segment.replace(PUNCTUATION, '') === '') parts.at(-1).written += segment
    else parts.push({ written: segment, spoken: SPOKEN[segment] ?? segment })
  }
  return parts
}

function wordsOf(spoken, startsAt, endsAt, confidence) {
  const parts = spoken
  const step = (endsAt - startsAt) / parts.length
  return parts.map((part, n) => ({
    text: part,
    starts_at_ms: Math.round(startsAt + n * step),
    ends_at_ms: Math.round(startsAt + (n + 1) * step),
    confidence: UNSURE.test(part) || /配电|漫/.test(part) ? 0.46 : confidence,
    doubtful: UNSURE.test(part) || /配电|漫/.test(part) || confidence < 0.7,
    heard: part === '幸福' ? '姓福' : null,
  }))
}

export const UTTERANCES = SAID.map(([second, side, written, confidence], n) => {
  const parts = partsOf(written)
  const text = parts.map((part) => part.spoken).join('')
  const starts_at_ms = Math.round(second * 1000)
  const ends_at_ms = starts_at_ms + Math.min(text.length * 190, ((SAID[n + 1]?.[0] ?? 63) - second) * 1000 - 300)
  return {
    side,
    leg_id: null,
    who: null,
    text,
    written,
    pieces: parts.map((part, index) => [part.written, index, index]),
    language: 'zh',
    starts_at_ms,
    ends_at_ms: Math.round(ends_at_ms),
    confidence,
    backfilled: n === 6,
    words: wordsOf(parts.map((part) => part.spoken), starts_at_ms, ends_at_ms, confidence),
  }
})

const proof = (n) => ({ side: UTTERANCES[n].side, starts_at_ms: UTTERANCES[n].starts_at_ms, ends_at_ms: UTTERANCES[n].ends_at_ms })
const by = (value, confidence, n) => ({ value, by: 'machine', confidence, proof: proof(n) })

const SUMMARY = '市民王建国反映，路北区幸福路28号阳光花园南门外水管于今天早上七点多爆裂，水漫上马路，地下室进水，配电箱将被淹，现场闻到煤气味，楼内有老人；物业称管不了，供水公司电话打不通。希望马上派人关阀抢修。'

/** What the machine proposes after which sentence. */
export const PROPOSED = [
  [1, [['event_type', by('供水故障', 0.86, 1)], ['request_type', by('help', 0.78, 1)], ['urgency', by('urgent', 0.72, 1)]]],
  [3, [['caller_name', by('王建国', 0.92, 3)]]],
  [5, [['district', by('路北区', 0.9, 5)], ['address', by('幸福路28号阳光花园南门', 0.64, 5)], ['happened_at', by(`${new Date().toLocaleDateString('sv-SE')}T07:00`, 0.8, 5)], ['content', by('阳光花园南门外水管爆裂，水漫上马路，地下室进水。', 0.83, 5)]]],
  [7, [['persons', by('物业、供水公司', 0.74, 7)]]],
  [9, [['content', by('阳光花园南门外水管今天早上7点多爆裂，水漫上马路，地下室进水，配电箱将被淹，现场有煤气味，楼内有老人。', 0.85, 9)], ['urgency', by('very_urgent', 0.9, 9)], ['want', by('马上派人关阀抢修', 0.81, 9)], ['summary', by(SUMMARY, 0.81, 9)]]],
]
