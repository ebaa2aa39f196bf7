// The only file that owns the live socket. Messages come as JSON arrays; `seq` is where we are.
import { ref, type Ref } from 'vue'
import type { LiveMessage } from './types'

export type LiveState = 'off' | 'connecting' | 'connected' | 'reconnecting'

export interface LiveListeners {
  /** Every frame, in order. */
  messages: (batch: LiveMessage[]) => void
  /** The service no longer takes this session (close code 1008). */
  refused: () => void
  /** Closed before it opened: the browser does not say why; the session may be over. */
  neverOpened: () => void
}

/** The parts of the browser that the socket needs; tests bring their own. */
export interface Outside {
  open: (address: string) => WebSocket
  later: (act: () => void, ms: number) => () => void
  random: () => number
}

const REFUSED = 1008
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
/** The service sends an empty frame every 15 s; after so long a silence the cable is out. */
const SILENCE_MS = 40_000
/** Whoever accepts a connection and says nothing: tried anew, where the browser itself would wait for minutes. */
export const OPENING_MS = 10_000

const browser: Outside = {
  open: (address) => new WebSocket(address),
  later: (act, ms) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

/** How long to wait before the n-th try (0 = the first), with up to a quarter of jitter. */
export function waitMs(tries: number, random: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) * (0.75 + random / 4)
}

export class LiveSocket {
  readonly state: Ref<LiveState> = ref('off')
  private socket: WebSocket | null = null
  private seq = -1
  private tries = 0
  private cancelWait: () => void = () => undefined
  private cancelSilence: () => void = () => undefined

  constructor(
    private readonly listeners: LiveListeners,
    private readonly outside: Outside = browser,
    private readonly address: () => string = () =>
      `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`,
  ) {}

  /** Hear everything after this seq, now and after every reconnection. */
  start(after: number): void {
    this.stop()
    this.seq = after
    this.tries = 0
    this.state.value = 'connecting'
    this.connect()
  }

  /** Go on after the last seq, with a new session. */
  again(): void {
    this.start(this.seq)
  }

  stop(): void {
    this.cancelWait()
    this.cancelSilence()
    const socket = this.socket
    this.socket = null
    this.state.value = 'off'
    socket?.close(1000)
  }

  /** Do not wait for the next try (the user asked, or the network came back). */
  tryNow(): void {
    if (this.state.value !== 'reconnecting' || this.socket !== null) return
    this.cancelWait()
    this.connect()
  }

  private connect(): void {
    const socket = this.outside.open(`${this.address()}?after=${this.seq}`)
    this.socket = socket
    let opened = false
    this.expectLife(socket, OPENING_MS)
    socket.onopen = () => {
      if (this.socket !== socket) return
      opened = true
      this.tries = 0
      this.state.value = 'connected'
      this.expectLife(socket)
    }
    socket.onmessage = (frame: MessageEvent<string>) => {
      if (this.socket !== socket) return
      this.expectLife(socket)
      this.take(JSON.parse(frame.data) as LiveMessage[])
    }
    socket.onclose = (closed: CloseEvent) => {
      if (this.socket !== socket) return
      if (closed.code === REFUSED) {
        this.stop()
        this.listeners.refused()
        return
      }
      if (!opened) this.listeners.neverOpened()
      this.lost()
    }
  }

  private expectLife(socket: WebSocket, withinMs = SILENCE_MS): void {
    this.cancelSilence()
    this.cancelSilence = this.outside.later(() => {
      // Closing a dead connection may take the browser minutes; do not wait for it.
      this.lost()
      socket.close()
    }, withinMs)
  }

  private lost(): void {
    this.cancelSilence()
    this.socket = null
    this.state.value = 'reconnecting'
    const wait = waitMs(this.tries, this.outside.random())
    this.tries += 1
    this.cancelWait = this.outside.later(() => this.connect(), wait)
  }

  private take(batch: LiveMessage[]): void {
    // A seq we have had already can only be a repetition after a reconnection.
    const fresh = batch.filter((one) => one.seq === null || one.seq > this.seq)
    for (const one of fresh) if (one.seq !== null) this.seq = one.seq
    if (fresh.length > 0) this.listeners.messages(fresh)
  }
}
