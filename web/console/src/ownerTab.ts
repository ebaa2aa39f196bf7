// One tab of this browser owns a seat: it holds the telephone and writes the order. A second tab
// watches until the first is closed, or takes over when its user says so. Built on Web Locks, which
// the browser gives back by itself when a tab is closed, reloaded or crashes.
import { computed, readonly, ref } from 'vue'

export type Ownership = 'none' | 'asking' | 'owner' | 'guest'

/** The part of navigator.locks that is used; tests bring their own. */
export interface Locks {
  request: (
    name: string,
    how: { steal?: boolean; ifAvailable?: boolean; signal?: AbortSignal },
    hold: (lock: unknown) => Promise<void>,
  ) => Promise<void>
}

export class OwnerTab {
  private readonly now = ref<Ownership>('none')
  readonly ownership = readonly(this.now)
  readonly owns = computed(() => this.now.value === 'owner')
  private seat: string | null = null
  private giveBack: () => void = () => undefined
  private stopWaiting = new AbortController()

  /** Without locks (a page that came by plain http from another machine) every tab is an owner:
   *  such a page has no microphone either, so no telephone can be torn from another tab. */
  constructor(private readonly locks: Locks | undefined) {}

  /** Own this seat as soon as no other tab does; again for the same seat changes nothing. */
  claim(seatId: string): void {
    if (this.seat === seatId) return
    this.letGo()
    this.seat = seatId
    if (this.locks === undefined) {
      this.now.value = 'owner'
      return
    }
    this.now.value = 'asking'
    void this.ask(seatId, { ifAvailable: true })
  }

  /** Own it now; the tab that had it becomes a guest. */
  takeOver(): void {
    if (this.seat === null || this.locks === undefined || this.now.value === 'owner') return
    this.stopWaiting.abort()
    void this.ask(this.seat, { steal: true })
  }

  /** On logging out. */
  letGo(): void {
    this.seat = null
    this.stopWaiting.abort()
    this.giveBack()
    this.giveBack = () => undefined
    this.now.value = 'none'
  }

  private async ask(seatId: string, how: { steal?: boolean; ifAvailable?: boolean }): Promise<void> {
    const waiting = new AbortController()
    this.stopWaiting = waiting
    const mine = (): boolean => this.seat === seatId && this.stopWaiting === waiting
    let refused = false
    try {
      await this.locks?.request(
        `hotline-seat-${seatId}`,
        // The browser refuses a signal beside steal and ifAvailable; neither waits.
        how.steal || how.ifAvailable ? how : { signal: waiting.signal },
        (lock) => {
          if (lock === null || !mine()) {
            refused = lock === null
            return Promise.resolve()
          }
          this.now.value = 'owner'
          return new Promise<void>((done) => {
            this.giveBack = done
          })
        },
      )
    } catch {
      // Stolen by another tab, or no longer wanted: both are an AbortError.
      refused = true
    }
    if (!refused || !mine()) return
    this.now.value = 'guest'
    void this.ask(seatId, {})
  }
}

export const ownerTab = new OwnerTab(
  typeof navigator === 'undefined' ? undefined : (navigator.locks as Locks | undefined),
)
