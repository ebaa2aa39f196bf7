// What the user typed into an order and has not saved, beside what the service has.
import type { Keeping, Typed } from './keptWords'
import type { Order, OrderFieldName } from './types'

export class OrderDraft {
  private typed: Typed = {}
  /** The revision that the user saw when he began to type; saving names it. */
  private base: number | null = null

  /** What was typed before the tab was closed comes back from `keeping`. */
  constructor(private readonly keeping: Keeping | null = null) {
    const kept = keeping?.read()
    if (!kept) return
    this.typed = kept.typed
    this.base = kept.base
  }

  valueOf(order: Order, name: OrderFieldName): string {
    return this.typed[name] ?? order.fields[name]?.value ?? ''
  }

  write(order: Order, name: OrderFieldName, value: string): void {
    this.base ??= order.revision
    this.typed[name] = value
    if (!this.isDirty(order)) this.clear()
    else this.keeping?.write({ typed: this.typed, base: this.base })
  }

  /** Whether this field differs from what the service has. */
  has(order: Order, name: OrderFieldName): boolean {
    const mine = this.typed[name]
    return mine !== undefined && mine !== (order.fields[name]?.value ?? '')
  }

  changed(order: Order): Typed {
    const names = Object.keys(this.typed) as OrderFieldName[]
    return Object.fromEntries(
      names.filter((name) => this.has(order, name)).map((name) => [name, this.typed[name]]),
    )
  }

  isDirty(order: Order): boolean {
    return Object.keys(this.changed(order)).length > 0
  }

  revision(order: Order): number {
    return this.base ?? order.revision
  }

  /** The user has seen the newest state and keeps his words. */
  rebase(order: Order): void {
    this.base = order.revision
    this.keeping?.write({ typed: this.typed, base: this.base })
  }

  clear(): void {
    this.typed = {}
    this.base = null
    this.keeping?.drop()
  }
}
