// What a seat may ask of its call in each form of the talk, and by which key.
import type { IconName } from './components/SvgIcon.vue'
import type { Call } from './types'

export type CallCommand =
  | 'hold'
  | 'retrieve'
  | 'mute'
  | 'unmute'
  | 'consult'
  | 'invite'
  | 'transfer'
  | 'toLine'
  | 'release'
  | 'conference'
  | 'complete'
  | 'cancelConsult'
  | 'keys'
  | 'leave'
  | 'nuisance'
  | 'hangUp'

/** Alt and this key; the letters stand on the buttons. */
export const KEYS: { [command in CallCommand]: string } = {
  hold: 'H',
  retrieve: 'H',
  mute: 'M',
  unmute: 'M',
  consult: 'Q',
  invite: 'I',
  transfer: 'T',
  toLine: 'G',
  release: 'P',
  conference: 'J',
  complete: 'W',
  cancelConsult: 'X',
  keys: 'K',
  leave: 'L',
  nuisance: 'N',
  hangUp: 'E',
}

export const ICONS: { [command in CallCommand]: IconName } = {
  hold: 'pause',
  retrieve: 'play',
  mute: 'mute',
  unmute: 'mute',
  consult: 'question',
  invite: 'people',
  transfer: 'leave',
  toLine: 'target',
  release: 'star',
  conference: 'people',
  complete: 'check',
  cancelConsult: 'back',
  keys: 'keypad',
  leave: 'exit',
  nuisance: 'warning',
  hangUp: 'end',
}

/** Commands that this form of the talk allows, in the order of the bar. */
export function callCommandsOf(call: Call, muted: boolean): CallCommand[] {
  const voice: CallCommand = muted ? 'unmute' : 'mute'
  switch (call.state) {
    case 'talking':
      return ['hold', voice, 'consult', 'invite', 'transfer', 'toLine', 'release', 'nuisance', 'hangUp']
    case 'held':
      return ['retrieve', 'consult', 'transfer', 'toLine', 'hangUp']
    case 'consulting':
      return ['conference', 'complete', 'cancelConsult', 'keys', 'hangUp']
    case 'conference':
      return [voice, 'hold', 'invite', 'keys', 'leave', 'hangUp']
    default:
      return []
  }
}
