import { describe, expect, it } from 'vitest'
import { entriesOf, fits, stateOf, totalMs, type Wanted } from '../src/prompts'
import type { Prompt, PromptText } from '../src/types'

const sound = (name: string, more: Partial<Prompt> = {}): Prompt => ({
  language: 'zh', name, code: name, text: 'w', spoken_text: 'w', made_from: 'voice', recorded: false, duration_ms: 1000, level_dbfs: -20, missing: false, problem: '', ...more,
})
const text = (code: string, more: Partial<PromptText> = {}): PromptText => ({
  code, words: { zh: 'w' }, notice: false, flows: [], without_service: false, refused: false, ...more,
})

describe('a sound', () => {
  it('is being made when its file says something else than its text', () => {
    expect(stateOf(sound('a', { spoken_text: 'old' }))).toBe('making')
    expect(stateOf(sound('a', { spoken_text: '', missing: true }))).toBe('making')
  })

  it('is missing or troubled when there is a reason, and else as it was made', () => {
    expect(stateOf(sound('a', { missing: true, spoken_text: '', problem: 'no voice' }))).toBe('missing')
    expect(stateOf(sound('a', { problem: 'too quiet' }))).toBe('troubled')
    expect(stateOf(sound('a', { made_from: 'studio' }))).toBe('studio')
    expect(stateOf(sound('a'))).toBe('voice')
    expect(stateOf(sound('a', { text: '', spoken_text: 'gone', missing: true }))).toBe('missing')
  })
})

describe('the list', () => {
  const texts = [
    text('place', { words: { zh: '还有{place:count}位', en: '{place:count} ahead' }, flows: ['direct'] }),
    text('blocked', { refused: true }),
    text('goodbye', { without_service: true }),
    text('unused'),
  ]
  const sounds = [
    sound('place-1', { code: 'place' }),
    sound('place-3', { code: 'place', made_from: 'studio' }),
    sound('place-2', { code: 'place', language: 'en', missing: true, problem: 'no voice' }),
    sound('blocked'), sound('goodbye'), sound('unused'),
    sound('say-n-1', { code: '', text: '一', spoken_text: '一' }),
  ]
  const all = entriesOf(texts, sounds)
  const wanted: Wanted = { language: 'all', place: 'all', state: 'all', words: '' }
  const codes = (more: Partial<Wanted>): string[] => all.filter((one) => fits(one, { ...wanted, ...more })).map((one) => `${one.language}/${one.code}`)

  it('has one entry a text and language with its sounds, then the parts', () => {
    expect(codes({})).toEqual(['zh/place', 'en/place', 'zh/blocked', 'zh/goodbye', 'zh/unused', 'zh/say-n-1'])
    expect(all[0]?.sounds.map((one) => one.name)).toEqual(['place-1', 'place-3'])
    expect(totalMs(all[0]?.sounds ?? [])).toBe(2000)
  })

  it('shows an entry as its worst sound', () => {
    expect(all.map((one) => one.state)).toEqual(['studio', 'missing', 'voice', 'voice', 'voice', 'voice'])
  })

  it('is searched by words and codes, by flow, language and state', () => {
    expect(codes({ words: ' AHEAD ' })).toEqual(['en/place'])
    expect(codes({ words: 'bye' })).toEqual(['zh/goodbye'])
    expect(codes({ language: 'en' })).toEqual(['en/place'])
    expect(codes({ state: 'ill' })).toEqual(['en/place'])
    expect(codes({ state: 'studio' })).toEqual(['zh/place'])
    expect(codes({ place: 'direct' })).toEqual(['zh/place', 'en/place'])
    expect(codes({ place: 'refused' })).toEqual(['zh/blocked'])
    expect(codes({ place: 'without-service' })).toEqual(['zh/goodbye'])
    expect(codes({ place: 'unheard' })).toEqual(['zh/unused'])
    expect(codes({ place: 'parts' })).toEqual(['zh/say-n-1'])
  })

  it('is empty without texts', () => {
    expect(entriesOf([], [])).toEqual([])
  })
})
