// A request that meets the end of its session waits for the log-in and is asked once more.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, ask, whenLoggedOut } from '../src/api'
import { auditKind, detailWords } from '../src/auditWords'
import { deviceName } from '../src/device'

const OVER = { status: 401, body: { code: 'not-logged-in', details: {} } }
let asked: string[] = []

function answers(...given: { status: number; body: unknown }[]): void {
  asked = []
  vi.stubGlobal('fetch', (path: string, how: { method?: string; body?: string }) => {
    asked.push(`${how.method} ${path} ${how.body ?? ''}`.trim())
    const next = given.shift() ?? { status: 200, body: { ok: true } }
    return Promise.resolve(new Response(JSON.stringify(next.body), { status: next.status, headers: { 'content-type': 'application/json' } }))
  })
}
/** Everything that can go on by itself has. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve))
}
afterEach(() => {
  vi.unstubAllGlobals()
  whenLoggedOut(() => Promise.resolve(false))
})

describe('the end of a session', () => {
  it('loses nothing that was sent: after the log-in the same request is asked again', async () => {
    let comeBack: (came: boolean) => void = () => undefined
    whenLoggedOut(() => new Promise((resolve) => { comeBack = resolve }))
    answers(OVER)
    const saving = ask('PATCH', '/api/orders/1', { fields: { content: 'x' } })
    await settled()
    expect(asked).toHaveLength(1)
    comeBack(true)
    expect(await saving).toEqual({ ok: true })
    expect(asked[1]).toBe(asked[0])
  })

  it('is told to the one who asked when nobody logs in again', async () => {
    answers(OVER)
    await expect(ask('POST', '/api/x')).rejects.toMatchObject({ code: 'not-logged-in' })
    expect(asked).toHaveLength(1)
  })

  it('lets a page that asks every few seconds wait once', async () => {
    let comeBack: (came: boolean) => void = () => undefined
    whenLoggedOut(() => new Promise((resolve) => { comeBack = resolve }))
    answers(OVER)
    const first = ask('GET', '/api/health')
    await settled()
    const others = [ask('GET', '/api/health'), ask('GET', '/api/health')]
    comeBack(true)
    expect(await Promise.all([first, ...others])).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    expect(asked).toHaveLength(2)
    await ask('GET', '/api/health')
    expect(asked).toHaveLength(3)
  })

  it('is no riddle to whoever asks about the session itself', async () => {
    whenLoggedOut(() => new Promise(() => undefined))
    answers(OVER)
    await expect(api.whoAmI()).rejects.toMatchObject({ code: 'not-logged-in' })
  })
})

describe('the audit in words', () => {
  it('names what it knows and spells out a route that nobody has named', () => {
    expect(auditKind('people.create')).toBe('新建人员')
    expect(auditKind('calls.hold')).toBe('通话 · 保持')
    expect(auditKind('novel.route')).toBe('novel · route')
  })

  it('tells what became of what', () => {
    const changed = { reason: '批复', roles: [['operator'], ['operator', 'supervisor']], seat_id: [null, '8001'] }
    expect(detailWords(changed)).toBe('依据 批复；角色 话务员 → 话务员、班长；座席 — → 8001')
    expect(detailWords({ why: 'wrong-password', locked: true })).toBe('密码错误；账号因此锁定')
    expect(detailWords({ how: 'password', device: 'x', locked: false })).toBe('密码')
  })

  it('knows browsers by what people call them', () => {
    expect(deviceName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0')).toBe('Edge 156 · Windows')
    expect(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox 140 · Linux')
    expect(deviceName('curl/8')).toBe('curl/8')
  })
})
