// What the user typed into an order and has not saved, beside what the service has.
import type { Order, OrderFieldName } from './types'

type Typed = { [name in OrderFieldName]?: string }

export class OrderDraft {
  private typed: Typed = {}
  /** The revision that the user saw when he began to type; saving names it. */
  private base: number | null = null

  valueOf(order: Order, name: OrderFieldName): string {
    return this.typed[name] ?? order.fields[name]?.value ?? ''
  }

  write(order: Order, name: OrderFieldName, value: string): void {
    this.base ??= order.revision
    this.typed[name] = value
    if (!this.isDirty(order)) this.clear()
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
  }

  clear(): void {
    this.typed = {}
    this.base = null
  }
}
