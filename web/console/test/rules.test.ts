import { describe, expect, it } from 'vitest'
import { changes, diffLines, folded } from '../src/lineDiff'
import { marksOf, newest, sorted, spanOfLine, standing } from '../src/rules'
import type { Problem, RuleVersion } from '../src/types'

const text = (lines: readonly string[]): string => lines.join('\n')
const signs = (old: string, now: string): string =>
  diffLines(old, now).map((one) => ({ same: ' ', added: '+', removed: '-' })[one.kind] + one.text).join('|')

describe('the difference of two texts', () => {
  it('is nothing for equal ones', () => {
    const lines = diffLines('a\nb', 'a\nb')
    expect(lines.every((one) => one.kind === 'same')).toBe(true)
    expect(folded(lines)).toEqual([])
  })

  it('says what was taken away and what was put in its place', () => {
    expect(signs('a\nb\nc', 'a\nB\nc')).toBe(' a|-b|+B| c')
    expect(signs('', 'a')).toBe('-|+a')
    expect(signs('a\nb', 'b')).toBe('-a| b')
    expect(signs('b', 'a\nb')).toBe('+a| b')
  })

  it('numbers the lines of both texts', () => {
    expect(diffLines('a\nb\nc', 'a\nc\nd').map((one) => [one.old, one.now])).toEqual([
      [1, 1], [2, null], [3, 2], [null, 3],
    ])
  })

  it('leads from the old text to the new one, whatever they are, by the shortest way', () => {
    let seed = 7
    const next = (most: number): number => (seed = (seed * 48271) % 2147483647) % most
    for (let n = 0; n < 300; n += 1) {
      const a = Array.from({ length: next(9) }, () => 'xyz'[next(3)] as string)
      const b = Array.from({ length: next(9) }, () => 'xyz'[next(3)] as string)
      const lines = diffLines(text(a), text(b))
      expect(text(lines.filter((one) => one.kind !== 'added').map((one) => one.text))).toBe(text(a))
      expect(text(lines.filter((one) => one.kind !== 'removed').map((one) => one.text))).toBe(text(b))
      expect(lines.filter((one) => one.kind === 'same').length).toBe(longestCommon(text(a).split('\n'), text(b).split('\n')))
    }
  })

  it('shows texts without a line in common as replaced, in reasonable time', () => {
    const of = (word: string): string => text(Array.from({ length: 4000 }, (_, n) => word + n))
    expect(changes(diffLines(of('a'), of('b')))).toEqual({ added: 4000, removed: 4000 })
  })

  it('leaves out what is far from any change', () => {
    const old = text(Array.from({ length: 20 }, (_, n) => `l${n}`))
    const shown = folded(diffLines(old, old.replace('l10', 'new')), 1)
    expect(shown.map((one) => (one.kind === 'gap' ? one.lines : one.text))).toEqual([9, 'l9', 'l10', 'new', 'l11', 8])
  })
})

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const best = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      best[i]![j] = a[i - 1] === b[j - 1] ? best[i - 1]![j - 1]! + 1 : Math.max(best[i - 1]![j]!, best[i]![j - 1]!)
    }
  }
  return best[a.length]![b.length]!
}

const problem = (line: number, more: Partial<Problem> = {}): Problem => ({
  kind: 'flows', line, code: 'x', severity: 'error', reason: `r${line}`, ...more,
})

describe('what is wrong with a document', () => {
  it('is marked once a line, as an error if any is one', () => {
    const found = [problem(5, { severity: 'warning' }), problem(2), problem(5), problem(9, { kind: 'texts' })]
    expect(marksOf(found, 'flows')).toEqual([
      { line: 2, severity: 'error', reasons: ['r2'] },
      { line: 5, severity: 'error', reasons: ['r5', 'r5'] },
    ])
  })

  it('is listed with errors first and other documents last', () => {
    const found = [problem(1, { kind: 'texts' }), problem(2, { severity: 'warning' }), problem(7), problem(3)]
    expect(sorted(found, 'flows').map((one) => one.line)).toEqual([3, 7, 2, 1])
  })

  it('is found in the text by its line, also past the end', () => {
    expect(spanOfLine('ab\ncd\n', 2)).toEqual([3, 5])
    expect(spanOfLine('ab\ncd', 9)).toEqual([3, 5])
    expect(spanOfLine('', 1)).toEqual([0, 0])
  })
})

describe('versions', () => {
  const version = (n: number): RuleVersion => ({
    kind: 'flows', version: n, by: '', at: null, note: '', effective_at: null, in_force_at: null, undoes: null,
  })
  it('are past, in force or to come', () => {
    expect([1, 2, 3].map((n) => standing(version(n), 2))).toEqual(['past', 'holds', 'scheduled'])
    expect(newest([version(1), version(3), version(2)])).toBe(3)
    expect(newest([])).toBe(0)
  })
})
