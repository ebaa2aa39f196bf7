// What differs between two texts, line by line: the shortest way from one to the other (Myers).

export interface DiffLine {
  kind: 'same' | 'removed' | 'added'
  /** Number of the line in the old and in the new text, from 1; null where it is not in it. */
  old: number | null
  now: number | null
  text: string
}

/** Lines alike that are left out between two changes. */
export interface Gap {
  kind: 'gap'
  lines: number
}

/** Beyond this many changed lines the middle is shown as replaced: the search would take too long. */
const MOST_CHANGES = 800

export function diffLines(oldText: string, newText: string): DiffLine[] {
  const [a, b] = [oldText.split('\n'), newText.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (
    tail < a.length - head && tail < b.length - head
    && a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) tail += 1
  const middle = shortest(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  let [old, now] = [0, 0]
  const put = (kind: DiffLine['kind'], text: string): DiffLine => ({
    kind,
    old: kind === 'added' ? null : (old += 1),
    now: kind === 'removed' ? null : (now += 1),
    text,
  })
  return [
    ...a.slice(0, head).map((text) => put('same', text)),
    ...middle.map(([kind, text]) => put(kind, text)),
    ...a.slice(a.length - tail).map((text) => put('same', text)),
  ]
}

type Step = [kind: DiffLine['kind'], text: string]

function shortest(a: readonly string[], b: readonly string[]): Step[] {
  const reached = furthest(a, b)
  if (reached === null) {
    return [...a.map((text): Step => ['removed', text]), ...b.map((text): Step => ['added', text])]
  }
  // Back from the end: each step undoes one changed line and the like lines after it.
  const steps: Step[] = []
  let [x, y] = [a.length, b.length]
  for (let d = reached.length - 1; d >= 0; d -= 1) {
    const before = reached[d] as Map<number, number>
    const k = x - y
    const at = (diagonal: number): number => before.get(diagonal) ?? -1
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1))
    const fromX = d === 0 ? 0 : down ? at(k + 1) : at(k - 1)
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1)
    while (x > fromX && y > fromY) {
      x -= 1
      y -= 1
      steps.push(['same', a[x] as string])
    }
    if (d === 0) break
    if (down) {
      y -= 1
      steps.push(['added', b[y] as string])
    } else {
      x -= 1
      steps.push(['removed', a[x] as string])
    }
  }
  return steps.reverse()
}

/** How far each diagonal comes with d changes, as it was before each d; null if there are too many. */
function furthest(a: readonly string[], b: readonly string[]): Map<number, number>[] | null {
  const ends = new Map<number, number>([[1, 0]])
  const story: Map<number, number>[] = []
  for (let d = 0; d <= Math.min(a.length + b.length, MOST_CHANGES); d += 1) {
    story.push(new Map(ends))
    for (let k = -d; k <= d; k += 2) {
      const at = (diagonal: number): number => ends.get(diagonal) ?? -1
      let x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1
      let y = x - k
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1
        y += 1
      }
      ends.set(k, x)
      if (x >= a.length && y >= b.length) return story
    }
  }
  return null
}

/** With `around` like lines beside every change and a gap for the others; nothing if nothing changed. */
export function folded(lines: readonly DiffLine[], around = 3): (DiffLine | Gap)[] {
  const near = new Set<number>()
  lines.forEach((one, n) => {
    if (one.kind === 'same') return
    for (let m = n - around; m <= n + around; m += 1) near.add(m)
  })
  const shown: (DiffLine | Gap)[] = []
  lines.forEach((one, n) => {
    if (near.size === 0) return
    if (near.has(n)) return void shown.push(one)
    const last = shown.at(-1)
    if (last?.kind === 'gap') last.lines += 1
    else shown.push({ kind: 'gap', lines: 1 })
  })
  return shown
}

export const changes = (lines: readonly DiffLine[]): { added: number; removed: number } => ({
  added: lines.filter((one) => one.kind === 'added').length,
  removed: lines.filter((one) => one.kind === 'removed').length,
})
