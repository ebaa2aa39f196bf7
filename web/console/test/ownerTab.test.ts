import { describe, expect, it } from 'vitest'
import { OwnerTab, type Locks } from '../src/ownerTab'

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0))

/** The browser's locks: one holder, a queue, and stealing, which fails the holder's request. */
class OneBrowser implements Locks {
  private holder: { lost: (why: Error) => void } | null = null
  private queue: (() => void)[] = []

  async request(_: string, how: Parameters<Locks['request']>[1], hold: Parameters<Locks['request']>[2]): Promise<void> {
    if (how.steal) this.holder?.lost(new Error('AbortError'))
    else if (this.holder !== null) {
      if (how.ifAvailable) return hold(null)
      await new Promise<void>((go, stop) => {
        this.queue.push(go)
        how.signal?.addEventListener('abort', () => {
          this.queue = this.queue.filter((one) => one !== go)
          stop(new Error('AbortError'))
        })
      })
    }
    const lost = new Promise<never>((_, lose) => {
      this.holder = { lost: lose }
    })
    const mine = this.holder
    try {
      await Promise.race([hold({}), lost])
    } finally {
      if (this.holder === mine) {
        this.holder = null
        this.queue.shift()?.()
      }
    }
  }
}

describe('the owner tab', () => {
  it('is the first one, and the next when the first goes', async () => {
    const browser = new OneBrowser()
    const [first, second] = [new OwnerTab(browser), new OwnerTab(browser)]
    first.claim('8001')
    await settle()
    second.claim('8001')
    await settle()
    expect([first.ownership.value, second.ownership.value]).toEqual(['owner', 'guest'])
    first.letGo()
    await settle()
    expect([first.ownership.value, second.ownership.value]).toEqual(['none', 'owner'])
  })

  it('is whoever takes over, and the other one waits for its turn', async () => {
    const browser = new OneBrowser()
    const [first, second] = [new OwnerTab(browser), new OwnerTab(browser)]
    first.claim('8001')
    await settle()
    second.claim('8001')
    await settle()
    second.takeOver()
    await settle()
    expect([first.ownership.value, second.ownership.value]).toEqual(['guest', 'owner'])
    second.letGo()
    await settle()
    expect(first.owns.value).toBe(true)
  })

  it('stays one however often it is claimed', async () => {
    const tab = new OwnerTab(new OneBrowser())
    tab.claim('8001')
    tab.claim('8001')
    await settle()
    expect(tab.ownership.value).toBe('owner')
  })

  it('is every tab where the browser has no locks', () => {
    const tab = new OwnerTab(undefined)
    tab.claim('8001')
    expect(tab.owns.value).toBe(true)
  })
})
