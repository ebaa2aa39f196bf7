// What the page makes of answers that are not the service's own, and of answers that do not come.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ask, isLate } from '../src/api'
import { errorSentence } from '../src/i18n'

const HTML = { 'content-type': 'text/html' }

function answer(status: number, body: string, headers: Record<string, string> = HTML): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers })))
}
const refusedWith = (): Promise<string> =>
  ask('POST', '/api/x').then(() => 'nothing', (failed: { code: string }) => failed.code)

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('an answer that is not the service’s', () => {
  it.each([
    [200, 'service-ill'], [400, 'http-error'], [403, 'http-error'], [404, 'http-error'], [408, 'service-slow'],
    [413, 'too-large'], [418, 'http-error'], [429, 'too-many'], [500, 'service-ill'], [502, 'service-away'],
    [503, 'service-away'], [504, 'service-away'], [507, 'service-ill'],
  ])('%d with a page of somebody else is one sentence', async (status, code) => {
    answer(status, '<html><h1>nginx</h1></html>')
    expect(await refusedWith()).toBe(code)
    expect(errorSentence(code)).not.toContain(code)
  })

  it('is judged by its status too when its JSON is another’s, or broken', async () => {
    const json = { 'content-type': 'application/json' }
    answer(502, '{"code": 17}', json)
    expect(await refusedWith()).toBe('service-away')
    answer(429, '{"code"', json)
    expect(await refusedWith()).toBe('too-many')
    answer(409, '{"code": "call-over"}', json)
    expect(await refusedWith()).toBe('call-over')
  })
})

describe('an answer that does not come', () => {
  it('is said to be late after a while, and no more once it is there', async () => {
    vi.useFakeTimers()
    let come: (one: Response) => void = () => undefined
    vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => { come = resolve }))
    const asked = ask('POST', '/api/x')
    vi.advanceTimersByTime(2900)
    expect(isLate.value).toBe(false)
    vi.advanceTimersByTime(200)
    expect(isLate.value).toBe(true)
    come(new Response('{}', { headers: { 'content-type': 'application/json' } }))
    await asked
    expect(isLate.value).toBe(false)
  })
})
