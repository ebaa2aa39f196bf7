// Rule documents as the rules page treats them: their order, and what is wrong in which line.
import type { Problem, RuleKind, RuleVersion } from './types'

/** As they hang together: whom a citizen comes to, what he hears, who serves him, what is written down. */
export const RULE_GROUPS: readonly { name: string; kinds: readonly RuleKind[] }[] = [
  { name: 'citizen', kinds: ['flows', 'texts'] },
  { name: 'floor', kinds: ['groups', 'routing', 'posts', 'rosters', 'directory', 'policies'] },
  { name: 'talk', kinds: ['words', 'sentences', 'places', 'codes'] },
]

export interface LineMark {
  line: number
  severity: Problem['severity']
  reasons: string[]
}

/** The problems of this document by line, an error before a warning in its mark. */
export function marksOf(problems: readonly Problem[], kind: RuleKind): LineMark[] {
  const marks = new Map<number, LineMark>()
  for (const one of problems) {
    if (one.kind !== kind) continue
    const mark = marks.get(one.line) ?? { line: one.line, severity: 'warning', reasons: [] }
    if (one.severity === 'error') mark.severity = 'error'
    mark.reasons.push(one.reason)
    marks.set(one.line, mark)
  }
  return [...marks.values()].sort((a, b) => a.line - b.line)
}

export const count = (problems: readonly Problem[], severity: Problem['severity']): number =>
  problems.filter((one) => one.severity === severity).length

/** Errors first, then as they stand in the text; those in other documents come last. */
export function sorted(problems: readonly Problem[], kind: RuleKind): Problem[] {
  const rank = (one: Problem): number =>
    (one.kind === kind ? 0 : 2) + (one.severity === 'error' ? 0 : 1)
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line)
}

/** Where a line begins and ends in a text; lines count from 1. */
export function spanOfLine(text: string, line: number): [from: number, to: number] {
  let from = 0
  for (let n = 1; n < line; n += 1) {
    const next = text.indexOf('\n', from)
    if (next === -1) break
    from = next + 1
  }
  const end = text.indexOf('\n', from)
  return [from, end === -1 ? text.length : end]
}

export const linesOf = (text: string): number => text.split('\n').length

/** The version that an edit goes on from: the newest there is, also one that is still to come. */
export const newest = (versions: readonly RuleVersion[]): number =>
  versions.reduce((last, one) => Math.max(last, one.version), 0)

/** Whether the document holds, is still to come, or is past. */
export function standing(one: RuleVersion, holds: number): 'holds' | 'scheduled' | 'past' {
  if (one.version === holds) return 'holds'
  return one.version > holds ? 'scheduled' : 'past'
}
