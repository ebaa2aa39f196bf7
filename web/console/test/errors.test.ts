import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import en from '../src/locales/en'
import zhCN from '../src/locales/zh-CN'

const ROOT = '../..'
/** The packages whose errors web/errors.py answers with. */
const PACKAGES = ['asr', 'cti', 'orders', 'quality', 'recordings', 'seats', 'web']
/** Made in the browser, or by the framework before any of ours is asked. */
const OF_THE_PAGE = ['service-unreachable', 'service-ill', 'service-slow', 'service-away', 'too-large', 'too-many', 'http-error', 'bad-request', 'method-not-allowed']

function codes(): Map<string, string> {
  const found = new Map<string, string>(OF_THE_PAGE.map((code) => [code, 'page']))
  for (const name of PACKAGES) {
    for (const file of readdirSync(`${ROOT}/${name}`, { recursive: true, encoding: 'utf8' })) {
      // Training runs on a command line and never answers a browser.
      if (!file.endsWith('.py') || /training|console/.test(file)) continue
      const text = readFileSync(`${ROOT}/${name}/${file}`, 'utf8')
      for (const [, code] of text.matchAll(/^ {4}code = "([a-z0-9-]+)"$/gm)) found.set(code!, `${name}/${file}`)
    }
  }
  return found
}

describe('what can go wrong', () => {
  const all = codes()

  it('is known from the service’s own code', () => {
    // If this finds nothing, the test looks in the wrong place.
    expect(all.size).toBeGreaterThan(120)
    for (const code of ['not-logged-in', 'order-revision-stale', 'call-over']) expect(all.keys()).toContain(code)
  })

  it('has one plain sentence in each language', () => {
    const lacking = [...all].filter(([code]) => !(`error.${code}` in zhCN) || !(`error.${code}` in en))
    expect(lacking).toEqual([])
  })

  it('is said to a person: a whole sentence, without a code or a foreign word', () => {
    for (const code of all.keys()) {
      const said = (zhCN as Record<string, string>)[`error.${code}`] ?? ''
      expect(said, code).toMatch(/[。？！]$/)
      expect(said, code).not.toMatch(/error|null|undefined|[a-z]+-[a-z]+/)
    }
  })
})
