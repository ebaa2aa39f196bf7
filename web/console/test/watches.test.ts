import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// A getter that makes a list gives another list each time: its watch fires at every event of a row, though
// nothing in the list has changed. A list of getters fires when one of them does.
it('no watch has a getter that makes a list', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|vue)$/.test(file))
  const found = files.filter((file) => /watch(?:Effect)?\(\s*\(\) => \[/.test(readFileSync(`src/${file}`, 'utf8')))
  expect(found).toEqual([])
})
