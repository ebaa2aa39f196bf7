// Which of a person's tabs is his telephone. The browser lends a lock to one tab, and frees it when the tab
// goes, however it goes; who waits is the next.

export interface Ownership {
  /** Give it back, or stop waiting for it. */
  leave(): void
}

export interface OwnershipEvents {
  /** This tab is the telephone now. */
  mine(): void
  /** Another tab is; this one waits. */
  theirs(): void
  /** Another tab took it from this one. */
  taken(): void
}

const nameOf = (seatId: string): string => `hotline-softphone-${seatId}`

/** The first tab gets it; a later one waits until it is free. */
export function own(seatId: string, events: OwnershipEvents): Ownership {
  return hold(events, async (leaving, held) => {
    const got = await navigator.locks.request(nameOf(seatId), { ifAvailable: true }, (lock) =>
      lock === null ? false : held(),
    )
    if (got !== false) return
    events.theirs()
    await navigator.locks.request(nameOf(seatId), { signal: leaving }, held)
  })
}

/** This tab gets it at once, whoever has it. */
export function takeOver(seatId: string, events: OwnershipEvents): Ownership {
  return hold(events, (_, held) => navigator.locks.request(nameOf(seatId), { steal: true }, held))
}

type Held = () => Promise<void>

function hold(
  events: OwnershipEvents,
  ask: (leaving: AbortSignal, held: Held) => Promise<unknown>,
): Ownership {
  const leaving = new AbortController()
  let giveBack: () => void = () => undefined
  const held = (): Promise<void> => {
    if (leaving.signal.aborted) return Promise.resolve()
    events.mine()
    return new Promise((resolve) => (giveBack = resolve))
  }
  ask(leaving.signal, held).catch((ended: unknown) => {
    if ((ended as DOMException).name !== 'AbortError') throw ended
    if (!leaving.signal.aborted) events.taken()
  })
  return {
    leave() {
      leaving.abort()
      giveBack()
    },
  }
}
