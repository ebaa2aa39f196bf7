// The directory of lines outside, asked for once while somebody needs it.
import { shallowRef } from 'vue'
import { api, ApiError } from './api'
import type { DirectoryLine } from './types'

export const directory = shallowRef<readonly DirectoryLine[]>([])
/** An error code while it could not be had. */
export const directoryTrouble = shallowRef('')
let asked: Promise<void> | null = null

/** Answers again after a failure only. */
export function needDirectory(): Promise<void> {
  asked ??= api
    .directory()
    .then(({ lines }) => {
      directory.value = lines
      directoryTrouble.value = ''
    })
    .catch((failed: unknown) => {
      asked = null
      if (!(failed instanceof ApiError)) throw failed
      directoryTrouble.value = failed.code
    })
  return asked
}
