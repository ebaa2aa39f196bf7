import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { duration, size } from '../src/format'
import { fill } from '../src/i18n'
import en from '../src/locales/en'
import zhCN, { type Key } from '../src/locales/zh-CN'
import { OrderDraft } from '../src/orderDraft'
import type { Order } from '../src/types'

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort()

describe('texts', () => {
  it('put the same names into both languages', () => {
    for (const key of Object.keys(zhCN) as Key[]) {
      expect(holes(en[key]), key).toEqual(holes(zhCN[key]))
      expect(en[key].trim(), key).not.toBe('')
    }
  })

  it('stand in the locale files and nowhere else', () => {
    const strays: string[] = []
    for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
      if (file.includes('locales') || !/\.(ts|vue)$/.test(file)) continue
      const code = readFileSync(`src/${file}`, 'utf8').replace(/\/\/.*|<!--[\s\S]*?-->|\/\*[\s\S]*?\*\//g, '')
      if (/[\u4e00-\u9fff]/.test(code)) strays.push(file)
    }
    expect(strays.sort()).toEqual(['orderFields.ts'])
  })

  it('fill names and leave unknown ones visible', () => {
    expect(fill('座席 {seat} {other}', { seat: '8001' })).toBe('座席 8001 {other}')
  })
})

describe('numbers', () => {
  it('read as people say them', () => {
    expect([duration(0), duration(65_000), duration(3_723_000), duration(null)]).toEqual([
      '00:00',
      '01:05',
      '1:02:03',
      '—',
    ])
    expect([size(402_133), size(2_400_000), size(null)]).toEqual(['402 KB', '2.4 MB', '—'])
  })
})

describe('what the user typed', () => {
  const field = (value: string) => ({ value, by: 'machine' as const, confidence: 0.8, proof: null })
  const order = (revision: number, content: string): Order => ({
    order_id: 'o', call_id: 'c', seat_id: '8001', state: 'draft', opened_at: '', submitted_at: null,
    submitted_by: null, repeat_of: null, message_id: null, urges: 0, urged_at: null, revision, fields: { content: field(content) }, missing: [],
  })

  it('outlives what the machine writes meanwhile and names the revision it saw', () => {
    const draft = new OrderDraft()
    draft.write(order(3, '机器'), 'content', '人工')
    const newer = order(4, '机器又写')
    expect(draft.valueOf(newer, 'content')).toBe('人工')
    expect(draft.changed(newer)).toEqual({ content: '人工' })
    expect(draft.revision(newer)).toBe(3)
    draft.rebase(newer)
    expect(draft.revision(newer)).toBe(4)
  })

  it('is no change when it is the same as before', () => {
    const draft = new OrderDraft()
    draft.write(order(3, '机器'), 'content', '人工')
    draft.write(order(3, '机器'), 'content', '机器')
    expect(draft.isDirty(order(3, '机器'))).toBe(false)
  })
})
