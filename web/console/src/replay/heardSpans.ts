// Which parts of a recording really sounded here. Pure: the player tells its place, this draws the line.

export type HeardSpan = [fromMs: number, toMs: number]

/** A player tells its place four times a second, in a hidden tab once; a longer step was a jump. */
const LONGEST_STEP_MS = 2500
/** Spans closer than this were heard as one. */
const TOGETHER_MS = 400

export function together(spans: readonly HeardSpan[]): HeardSpan[] {
  const merged: HeardSpan[] = []
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (from >= to) continue
    if (last && from <= last[1] + TOGETHER_MS) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export class HeardSpans {
  private at: number | null = null
  private untold: HeardSpan[] = []
  private all: HeardSpan[] = []

  /** The sound is here now, playing at this speed; what lies between the last place and this one sounded. */
  reached(ms: number, speed: number): void {
    const from = this.at
    this.at = ms
    if (from === null || ms <= from || ms - from > LONGEST_STEP_MS * Math.max(1, speed)) return
    const span: HeardSpan = [Math.round(from), Math.round(ms)]
    this.untold = together([...this.untold, span])
    this.all = together([...this.all, span])
  }

  /** It stopped, or jumped elsewhere: the next place begins anew. */
  broken(): void {
    this.at = null
  }

  /** What was heard since the last time, and forgets it. */
  take(): HeardSpan[] {
    const spans = this.untold
    this.untold = []
    return spans
  }

  /** What could not be told is told the next time. */
  giveBack(spans: readonly HeardSpan[]): void {
    this.untold = together([...this.untold, ...spans])
  }

  get heard(): readonly HeardSpan[] {
    return this.all
  }
}
