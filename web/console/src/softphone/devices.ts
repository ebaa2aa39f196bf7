// The devices this page speaks and hears with, as chosen on this machine: microphone, loudspeaker, bell, meters.
// Knows no call; sound.ts makes the parts.
import { Bell, devices, LevelMeter, Loudspeaker, openMicrophone, silence } from './sound'
import { chosen, farLevel, level, loudspeakers, microphones, muted } from './state'

let microphone: MediaStream | null = null
let context: AudioContext | null = null
let bell: Bell | null = null
let meter: LevelMeter | null = null
let farMeter: LevelMeter | null = null
let loudspeaker: Loudspeaker | null = null

const remembered = (what: 'microphone' | 'loudspeaker'): string => `hotline.softphone.${what}`

export const speech = (): MediaStream | null => microphone

export function recallDevices(): void {
  chosen.value = {
    microphone: localStorage.getItem(remembered('microphone')),
    loudspeaker: localStorage.getItem(remembered('loudspeaker')),
  }
}

export function keepDevice(what: 'microphone' | 'loudspeaker', id: string): void {
  localStorage.setItem(remembered(what), id)
  chosen.value = { ...chosen.value, [what]: id }
}

/** Raises NoMicrophone; then what was there before is still there. `gone` is told once, when it is unplugged or
 *  no longer allowed. */
export async function listen(deviceId: string | null, gone: () => void): Promise<MediaStreamTrack | null> {
  const stream = await openMicrophone(deviceId)
  hush()
  microphone = stream
  const track = stream.getAudioTracks()[0] ?? null
  track?.addEventListener('ended', gone, { once: true })
  // Who is muted stays muted, whatever he plugs in.
  if (track !== null) track.enabled = !muted.value
  context ??= new AudioContext()
  bell ??= new Bell(context)
  loudspeaker ??= new Loudspeaker()
  meter = new LevelMeter(context, stream, (now) => (level.value = now))
  await listDevices()
  return track
}

/** The microphone off; the browser's sign that it is on goes too. */
export function hush(): void {
  meter?.close()
  meter = null
  level.value = 0
  for (const track of microphone?.getTracks() ?? []) track.stop()
  microphone = null
}

/** In place of a microphone that is gone: a leg that sends nothing at all counts as dead (rtp_timeout). */
export function silentTrack(): MediaStreamTrack | null {
  return context === null ? null : silence(context)
}

export async function listDevices(): Promise<void> {
  microphones.value = await devices('audioinput')
  loudspeakers.value = await devices('audiooutput')
  await useChosenLoudspeaker()
}

export async function useChosenLoudspeaker(): Promise<void> {
  if (chosen.value.loudspeaker !== null) await loudspeaker?.use(chosen.value.loudspeaker).catch(() => undefined)
}

export const ring = (): void => bell?.ring()
export const stopRinging = (): void => bell?.stop()

export function playFarEnd(track: MediaStreamTrack): void {
  loudspeaker?.play(track)
  if (context === null) return
  void context.resume()
  farMeter?.close()
  farMeter = new LevelMeter(context, new MediaStream([track]), (now) => (farLevel.value = now))
}

export function farEndIsGone(): void {
  loudspeaker?.stop()
  farMeter?.close()
  farMeter = null
  farLevel.value = 0
}
