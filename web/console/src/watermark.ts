// Whose screen this is and when, as one tile of a picture: a photograph of a page tells who took it. 水印
import { computed, type ComputedRef } from 'vue'
import { useNow } from './clock'
import { user } from './session'

const two = (n: number): string => String(n).padStart(2, '0')
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

export function useWatermark(): { words: ComputedRef<string>; tile: ComputedRef<string> } {
  const now = useNow()
  const words = computed(() => {
    const at = new Date(now.value)
    const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
    return [user.value?.name, user.value?.username, `${day} ${two(at.getHours())}:${two(at.getMinutes())}`]
      .filter((word, place, all) => word && all.indexOf(word) === place)
      .join('  ')
  })
  /** The security policy allows data: for pictures only. A light edge shows it on dark ground as well. */
  const tile = computed(() => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="340" height="210">' +
      '<g transform="rotate(-22 170 105)" font-family="sans-serif" font-size="14" text-anchor="middle">' +
      `<text x="171" y="106" fill="#fff" fill-opacity=".13">${escaped(words.value)}</text>` +
      `<text x="170" y="105" fill="#16202e" fill-opacity=".075">${escaped(words.value)}</text></g></svg>`
    return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`
  })
  return { words, tile }
}
