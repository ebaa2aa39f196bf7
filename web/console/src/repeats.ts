// Whether the same matter is in hand already: what is shown of the candidates, and when to look again.
import type { Order, Repeat } from './types'

/** More than so many nobody compares while a citizen waits. */
export const SHOWN = 5
/** An operator types and the machine proposes in bursts: one look after each. */
export const LOOK_AFTER_MS = 1000

/** The likeliest; the one this order is linked to is always among them. */
export function shown(order: Order, found: readonly Repeat[]): readonly Repeat[] {
  const linked = found.slice(SHOWN).find((one) => isLinked(order, one))
  return linked ? [...found.slice(0, SHOWN - 1), linked] : found.slice(0, SHOWN)
}

/** An order is linked to the first of those about the same, so a later one of them counts as well. */
export function isLinked(order: Order, candidate: Repeat): boolean {
  if (order.repeat_of === null) return false
  return order.repeat_of === candidate.order_id || order.repeat_of === candidate.repeat_of
}

/** Looks once things have been quiet for a while, and only while somebody can see it. */
export class QuietLook {
  private timer: ReturnType<typeof setTimeout> | undefined
  private wanted = false

  constructor(
    private readonly look: () => void,
    private visible: boolean,
    private readonly afterMs = LOOK_AFTER_MS,
  ) {}

  changed(): void {
    this.wanted = true
    clearTimeout(this.timer)
    if (this.visible) this.timer = setTimeout(() => this.now(), this.afterMs)
  }

  now(): void {
    clearTimeout(this.timer)
    this.wanted = !this.visible
    if (this.visible) this.look()
  }

  see(visible: boolean): void {
    this.visible = visible
    if (!visible) clearTimeout(this.timer)
    else if (this.wanted) this.now()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.wanted = false
  }
}
