// What counts to an operator's first load.
import { describe, expect, it } from 'vitest'
import { firstLoad, type Piece } from '../firstLoad'

const piece = (bytes: number, more: Partial<Piece> = {}): Piece => ({ facade: null, entry: false, imports: [], css: [], bytes, ...more })

describe('the first load', () => {
  it('is the entry, what is opened by itself and all they import, each once, with its styles', () => {
    const pieces = {
      'entry.js': piece(10, { entry: true, imports: ['vue.js'] }),
      'desk.js': piece(20, { facade: '/x/src/pages/DeskPage.vue', imports: ['vue.js', 'form.js'], css: ['desk.css'] }),
      'form.js': piece(5, { css: ['desk.css'] }),
      'vue.js': piece(30),
      'rules.js': piece(99, { facade: '/x/src/pages/RulesPage.vue', imports: ['vue.js'] }),
    }
    const found = firstLoad(pieces, { 'desk.css': 4, 'rules.css': 50 }, ['src/pages/DeskPage.vue'])
    expect([...found.keys()].sort()).toEqual(['desk.css', 'desk.js', 'entry.js', 'form.js', 'vue.js'])
    expect([...found.values()].reduce((a, b) => a + b)).toBe(69)
  })
})
