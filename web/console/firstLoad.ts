// What an operator's browser must fetch before he can work, added up; too much of it ends the build.
// Every file is packed here, once, so that the service has no such work while citizens call.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

/** Requirement of the console: the operator's first load, gzip. */
export const MOST_BYTES = 300_000
/** The pages and parts that the operator's desk opens by itself, without a click. */
export const OPENED = ['src/components/AppShell.vue', 'src/pages/DeskPage.vue', 'jssip']

export interface Piece {
  /** The module whose dynamic import made the chunk; null for a shared one. */
  facade: string | null
  entry: boolean
  imports: readonly string[]
  css: readonly string[]
  bytes: number
}

/** The files of the first load: entries, what is opened by itself, and all that they import. */
export function firstLoad(pieces: Readonly<Record<string, Piece>>, css: Readonly<Record<string, number>>, opened: readonly string[] = OPENED): Map<string, number> {
  const wanted = Object.keys(pieces).filter((name) => {
    const { entry, facade } = pieces[name] as Piece
    return entry || opened.some((one) => facade?.includes(one))
  })
  const found = new Map<string, number>()
  while (wanted.length > 0) {
    const name = wanted.pop() as string
    const piece = pieces[name]
    if (piece === undefined || found.has(name)) continue
    found.set(name, piece.bytes)
    for (const one of piece.css) found.set(one, css[one] ?? 0)
    wanted.push(...piece.imports)
  }
  return found
}

const pack = (text: string | Uint8Array): Buffer => gzipSync(text, { level: 9 })

export function checkFirstLoad(): Plugin {
  return {
    name: 'first-load',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      const pieces: Record<string, Piece> = {}
      const css: Record<string, number> = {}
      for (const [name, one] of Object.entries(bundle)) {
        if (!/\.(js|css)$/.test(name)) continue
        const packed = pack(one.type === 'asset' ? one.source : one.code)
        writeFileSync(join(dir, `${name}.gz`), packed)
        if (one.type === 'asset') css[name] = packed.length
        else pieces[name] = pieceOf(one, packed.length)
      }
      const files = firstLoad(pieces, css)
      const bytes = [...files.values()].reduce((sum, one) => sum + one, 0)
      const said = `first load of the operator: ${(bytes / 1000).toFixed(1)} kB gzip in ${files.size} files (at most ${MOST_BYTES / 1000})`
      if (bytes > MOST_BYTES) this.error(said)
      this.info(said)
    },
  }
}

function pieceOf(chunk: Rolldown.OutputChunk, bytes: number): Piece {
  const meta = chunk as Rolldown.OutputChunk & { viteMetadata?: { importedCss: Set<string> } }
  return {
    facade: chunk.facadeModuleId,
    entry: chunk.isEntry,
    imports: chunk.imports,
    css: [...(meta.viteMetadata?.importedCss ?? [])],
    bytes,
  }
}
