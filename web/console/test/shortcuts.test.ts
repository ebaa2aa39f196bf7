import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KEYS } from '../src/callCommands'
import { CODES, SHEET, shortcutOf } from '../src/shortcuts'

function press(more: Partial<KeyboardEvent>): KeyboardEvent {
  return { key: '', code: '', keyCode: 0, altKey: false, ctrlKey: false, metaKey: false, isComposing: false, target: null, ...more } as KeyboardEvent
}

describe('the desk’s keys', () => {
  it('are told apart from those of the call bar', () => {
    const bar = new Set(Object.values(KEYS).map((key) => `Key${key}`))
    expect(Object.values(CODES).filter((code) => bar.has(code))).toEqual([])
    expect(new Set(Object.values(CODES)).size).toBe(Object.values(CODES).length)
  })

  it('never fire while a Chinese word is being composed, nor for AltGr', () => {
    const ready = { altKey: true, code: 'KeyR', key: 'r' }
    expect(shortcutOf(press(ready))).toBe('ready')
    expect(shortcutOf(press({ ...ready, isComposing: true }))).toBeNull()
    expect(shortcutOf(press({ ...ready, keyCode: 229 }))).toBeNull()
    expect(shortcutOf(press({ ...ready, ctrlKey: true }))).toBeNull()
    expect(shortcutOf(press({ code: 'KeyR', key: 'r' }))).toBeNull()
  })

  it('are known by their place, whatever letter the keyboard writes there', () => {
    expect(shortcutOf(press({ altKey: true, code: 'KeyO', key: 'ø' }))).toBe('form')
  })

  it('all stand on the help sheet', () => {
    const sheet = new Set(SHEET.flatMap((part) => part.rows).map((row) => row.keys.join('+')))
    for (const key of new Set(Object.values(KEYS))) expect(sheet, key).toContain(`Alt+${key}`)
    for (const [name, code] of Object.entries(CODES)) {
      if (name !== 'help') expect(sheet, name).toContain(`Alt+${code.replace('Key', '')}`)
    }
    expect(readFileSync('src/components/CallControls.vue', 'utf8')).toContain('press.isComposing')
  })
})
