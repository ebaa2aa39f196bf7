// Microphone, loudspeaker and bell of this machine. Knows no call.

export type MicrophoneTrouble =
  | 'insecure'
  | 'denied'
  | 'no-microphone'
  | 'microphone-busy'
  | 'microphone-gone'

export class NoMicrophone extends Error {
  constructor(readonly why: MicrophoneTrouble) {
    super(why)
    this.name = 'NoMicrophone'
  }
}

const WHY: Readonly<Record<string, MicrophoneTrouble>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'no-microphone',
  OverconstrainedError: 'no-microphone',
  NotReadableError: 'microphone-busy',
  AbortError: 'microphone-busy',
}

export interface Device {
  id: string
  name: string
}

/** A browser gives its microphone to secure pages only: HTTPS, or this very machine. */
export function secure(): boolean {
  return window.isSecureContext && 'mediaDevices' in navigator
}

/** Raises NoMicrophone. A remembered device that is not plugged in any more is passed over. */
export async function openMicrophone(deviceId: string | null): Promise<MediaStream> {
  if (!secure()) throw new NoMicrophone('insecure')
  const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
  if (deviceId !== null) audio.deviceId = { ideal: deviceId }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, video: false })
  } catch (failed) {
    throw new NoMicrophone(WHY[(failed as DOMException).name] ?? 'microphone-busy')
  }
}

export async function devices(kind: 'audioinput' | 'audiooutput'): Promise<Device[]> {
  if (!secure()) return []
  const found = await navigator.mediaDevices.enumerateDevices()
  return found
    .filter((one) => one.kind === kind && one.deviceId !== '')
    .map((one, n) => ({ id: one.deviceId, name: one.label || String(n + 1) }))
}

/** A track without any sound that is sent all the same: without a source nothing would be. */
export function silence(context: AudioContext): MediaStreamTrack | null {
  void context.resume()
  const [still, sent] = [context.createConstantSource(), context.createMediaStreamDestination()]
  still.offset.value = 0
  still.connect(sent)
  still.start()
  return sent.stream.getAudioTracks()[0] ?? null
}

/** The loudspeaker: one element for every call, so that the chosen device stays. */
export class Loudspeaker {
  private readonly element = new Audio()

  constructor() {
    this.element.autoplay = true
    this.element.dataset['softphone'] = 'far-end'
  }

  play(track: MediaStreamTrack): void {
    this.element.srcObject = new MediaStream([track])
    // Refused only without any click on the page before; then the first click starts it.
    void this.element.play().catch(() => {
      addEventListener('pointerdown', () => void this.element.play().catch(() => undefined), { once: true })
    })
  }

  stop(): void {
    this.element.srcObject = null
  }

  async use(deviceId: string): Promise<void> {
    // Firefox has no choice of the output before 116.
    if ('setSinkId' in this.element) await this.element.setSinkId(deviceId)
  }
}

/** How loud a stream is, 0 to 1, as often as the screen is drawn anew. */
export class LevelMeter {
  private readonly source: MediaStreamAudioSourceNode
  private readonly analyser: AnalyserNode
  private readonly values: Uint8Array<ArrayBuffer>
  private timer = 0

  constructor(context: AudioContext, stream: MediaStream, tell: (level: number) => void) {
    this.source = context.createMediaStreamSource(stream)
    this.analyser = context.createAnalyser()
    this.analyser.fftSize = 512
    this.values = new Uint8Array(this.analyser.fftSize)
    this.source.connect(this.analyser)
    this.timer = window.setInterval(() => tell(this.level()), 120)
  }

  close(): void {
    clearInterval(this.timer)
    this.source.disconnect()
  }

  private level(): number {
    this.analyser.getByteTimeDomainData(this.values)
    let most = 0
    for (const one of this.values) most = Math.max(most, Math.abs(one - 128))
    return most / 128
  }
}

const RING = { hz: 450, onS: 1, everyMs: 5000, volume: 0.25 }
/** The ringing of Chinese telephones: 450 Hz, one second in five. */
export class Bell {
  private timer = 0

  constructor(private readonly context: AudioContext) {}

  ring(): void {
    this.stop()
    this.once()
    this.timer = window.setInterval(() => this.once(), RING.everyMs)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private once(): void {
    void this.context.resume()
    const [tone, volume] = [this.context.createOscillator(), this.context.createGain()]
    tone.frequency.value = RING.hz
    const at = this.context.currentTime
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(RING.volume, at + 0.02)
    volume.gain.setValueAtTime(RING.volume, at + RING.onS - 0.02)
    volume.gain.linearRampToValueAtTime(0, at + RING.onS)
    tone.connect(volume).connect(this.context.destination)
    tone.start(at)
    tone.stop(at + RING.onS)
  }
}
