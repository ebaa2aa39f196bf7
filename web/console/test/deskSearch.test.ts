import { describe, expect, it } from 'vitest'
import { heard, search } from '../src/deskSearch'
import type { DirectoryLine, Prescribed, PromptText } from '../src/types'

const LINES: DirectoryLine[] = [
  { code: '119', name: '消防救援', number: '119', kind: 'emergency', note: '' },
  { code: 'water', name: '市供水公司值班室', number: '96116', kind: 'duty', note: '24 小时' },
]
const SENTENCES: Prescribed[] = [
  { sentence_id: 'P04', scene: '查询等待', text: '请稍等，正在为您查询。', must: true },
  { sentence_id: 'P07', scene: '停水', text: '供水公司正在抢修，请您耐心等待。', must: false },
]
const spoken = (code: string, zh: string, en = ''): PromptText => ({ code, words: en ? { zh, en } : { zh }, notice: false, flows: [], without_service: false, refused: false })
const TEXTS = [
  spoken('about-water', '供水问题'),
  spoken('holiday', '今天是休息日，人工服务照常。', 'Today is a holiday.'),
  spoken('place', '您现在排在第{place:number}位，{en|please hold}。'),
]
const look = (words: string, language = 'zh') => search(words, LINES, (kind) => (kind === 'duty' ? '值班室' : '紧急热线'), SENTENCES, TEXTS, language).map((one) => one.key)

describe('what an operator looks up', () => {
  it('is the directory while nothing is asked', () => {
    expect(look(' ')).toEqual(['line-119', 'line-water'])
  })
  it('is found among departments first, then among sentences', () => {
    expect(look('供水')).toEqual(['line-water', 'sentence-P07'])
  })
  it('is found by every word, by full-width digits and by the kind of line', () => {
    expect(look('值班 96116')).toEqual(['line-water'])
    expect(look('１１９')).toEqual(['line-119'])
    expect(look('供水 119')).toEqual([])
  })
  it('is what the hotline says, in the language of the page, without names that stand alone', () => {
    expect(look('休息日')).toEqual(['text-holiday'])
    expect(look('holiday', 'en')).toEqual(['text-holiday'])
    expect(look('问题')).toEqual([])
  })
  it('is read as it is heard', () => {
    expect(heard(TEXTS[2]!.words.zh!)).toBe('您现在排在第…位，please hold。')
  })
})
