// The one file that knows SIP: one registration, one call at a time. Hold, transfer and three-way are the
// service's; here is only what a receiver does.
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { RTCSessionEvent, UA } from 'jssip/lib/UA'

export interface Identity {
  seat_id: string
  username: string
  realm: string
  password: string
  /** The telephone on the seat's desk is registered. */
  desk_phone: boolean
}

/** Why the line is gone: /sip closes with these codes (web/softphone_routes.py). */
export type Loss = 'lost' | 'taken-over' | 'logged-out'
const LOSSES: Readonly<Record<number, Loss>> = { 4001: 'taken-over', 1008: 'logged-out' }

export interface Events {
  registered(): void
  refused(cause: string): void
  lost(why: Loss): void
  /** A call rings; its id in the hotline, if the line says it. */
  rings(callId: string | null): void
  talks(): void
  over(): void
  sound(track: MediaStreamTrack): void
  /** The way of the sound itself: "broken" does not mend by itself any more, "never" never was there. */
  sounds(how: 'flows' | 'interrupted' | 'broken' | 'never'): void
}

/** What JsSIP's own types leave out. */
interface Inside {
  _request?: { getHeader(name: string): string | undefined }
  sendRequest(method: string, how: { extraHeaders: string[]; eventHandlers: Record<string, () => void> }): void
}
const inside = (session: RTCSession): Inside => session as unknown as Inside
const FLOW: Readonly<Partial<Record<RTCPeerConnectionState, 'flows' | 'interrupted' | 'broken'>>> = {
  connected: 'flows',
  disconnected: 'interrupted',
  failed: 'broken',
}

const REGISTER_S = 60
const RECONNECT_S = { soonest: 1, latest: 4 }
/** A connection that is not made by then is tried anew: JsSIP itself would wait for minutes. */
const CONNECT_LIMIT_MS = 8000
/** JsSIP does not register again by itself after a refusal; an exchange that is overloaded or just starting refuses. */
const REGISTER_AGAIN_MS = 4000
const KEY_MS = 120
const BUSY = 486
/** In one building the sound is there within a tenth of a second. */
const SOUND_LIMIT_MS = 8000
/** Of a shorter call nobody can say that its sound would not have come. */
const SOUND_LATE_MS = 3000
/** Asterisk takes the cause from it: nobody hung up, so the citizen goes back into the line (extensions.conf). */
const NO_SOUND = 'Reason: Q.850;cause=44;text="no sound"'

export class Telephone {
  private ua: UA | null = null
  private timers: Partial<Record<'connect' | 'register', ReturnType<typeof setTimeout>>> = {}
  private session: RTCSession | null = null
  /** Its sound is lost for good; a new leg may take its place. */
  private broken = false

  constructor(
    private readonly events: Events,
    private readonly microphone: () => MediaStream | null,
  ) {}

  get inCall(): boolean {
    return this.session !== null
  }

  async start(identity: Identity): Promise<void> {
    // Only who speaks in the browser loads it.
    const JsSIP = await import('jssip')
    if (this.ua !== null) return
    // One name for all its connections: a page that was displaced does not take the line back by itself.
    const page = crypto.randomUUID()
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = new JsSIP.WebSocketInterface(`${scheme}://${location.host}/sip?page=${page}`)
    const ua = new JsSIP.UA({
      sockets: [socket],
      uri: `sip:${identity.username}@${identity.realm}`,
      authorization_user: identity.username,
      password: identity.password,
      realm: identity.realm,
      register_expires: REGISTER_S,
      connection_recovery_min_interval: RECONNECT_S.soonest,
      connection_recovery_max_interval: RECONNECT_S.latest,
      session_timers: false,
      user_agent: 'hotline console',
    })
    this.ua = ua
    ua.on('registered', () => {
      this.sayWhereWeAre()
      this.events.registered()
    })
    ua.on('registrationFailed', ({ cause }) => {
      this.events.refused(String(cause))
      this.later('register', REGISTER_AGAIN_MS, () => {
        if (this.ua === ua && ua.isConnected() && !ua.isRegistered()) ua.register()
      })
    })
    ua.on('connecting', () =>
      this.later('connect', CONNECT_LIMIT_MS, () => {
        if (this.ua !== ua) return
        socket.disconnect()
        socket.ondisconnect(true)
      }),
    )
    ua.on('connected', () => clearTimeout(this.timers.connect))
    ua.on('disconnected', ({ code }) => {
      clearTimeout(this.timers.connect)
      // We let it go ourselves: whoever did has said why.
      if (this.ua !== ua) return
      const why = LOSSES[code ?? 0] ?? 'lost'
      // It would come back by itself, and take the line from the page that has it now.
      if (why === 'taken-over' || (why === 'logged-out' && !this.inCall)) this.stop()
      this.events.lost(why)
    })
    ua.on('newRTCSession', ({ session }: RTCSessionEvent) => this.met(session))
    ua.start()
  }

  /** No more calls; a call that is talked goes on until somebody hangs up, if the line is gone already. */
  stop(): void {
    const ua = this.ua
    this.ua = null
    for (const timer of Object.values(this.timers)) clearTimeout(timer)
    ua?.stop()
  }

  private later(what: 'connect' | 'register', ms: number, act: () => void): void {
    clearTimeout(this.timers[what])
    this.timers[what] = setTimeout(act, ms)
  }

  answer(): void {
    const stream = this.microphone()
    if (this.session === null || stream === null || this.session.isEstablished()) return
    this.session.answer({
      mediaStream: stream,
      pcConfig: { iceServers: [], bundlePolicy: 'max-bundle' },
    })
  }

  hangUp(): void {
    this.session?.terminate()
  }

  /** There is no sound between us. */
  giveBack(): void {
    this.session?.terminate({ extraHeaders: [NO_SOUND] })
  }

  /** A key towards the far end, as RFC 4733 events in the sound's own stream. */
  press(key: string): void {
    // By its value: the enum stands in the file that is loaded later.
    this.session?.sendDTMF(key, { transportType: 'RFC2833' as never, duration: KEY_MS })
  }

  mute(on: boolean): void {
    if (on) this.session?.mute({ audio: true })
    else this.session?.unmute({ audio: true })
  }

  /** Another microphone in the middle of a call. */
  async speakInto(track: MediaStreamTrack): Promise<void> {
    const sender = this.session?.connection?.getSenders().find((one) => one.track?.kind === 'audio' || one.track === null)
    await sender?.replaceTrack(track)
  }

  private met(session: RTCSession): void {
    if (String(session.direction) !== 'incoming' || (this.session !== null && !this.broken)) {
      session.terminate({ status_code: BUSY })
      return
    }
    const before = this.session
    this.session = session
    this.broken = false
    if (before !== null && !before.isEnded()) before.terminate()
    let flowed = false
    let talksSince: number | null = null
    const over = (): void => {
      if (this.session !== session) return
      this.session = null
      this.events.over()
      if (!flowed && talksSince !== null && performance.now() - talksSince > SOUND_LATE_MS) this.events.sounds('never')
    }
    session.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', ({ track }) => this.events.sound(track))
      peerconnection.addEventListener('connectionstatechange', () => {
        if (this.session !== session) return
        const how = FLOW[peerconnection.connectionState]
        flowed ||= how === 'flows'
        if (how === 'broken' && !flowed) return this.events.sounds('never')
        this.broken ||= how === 'broken'
        if (how !== undefined) this.events.sounds(how)
      })
    })
    session.on('icecandidate', ({ candidate, ready }) => {
      // In one building the first own address does; waiting for more would only delay the answer.
      if (/ typ host/.test(candidate.candidate)) ready()
    })
    session.on('confirmed', () => {
      talksSince = performance.now()
      this.events.talks()
      setTimeout(() => {
        if (this.session === session && !flowed) this.events.sounds('never')
      }, SOUND_LIMIT_MS)
    })
    session.on('ended', over)
    session.on('failed', over)
    this.events.rings(inside(session)._request?.getHeader('X-Hotline-Call') ?? null)
  }

  /** After a lost socket: Asterisk would send the end of the call to the old one, where nobody hears it. */
  private sayWhereWeAre(): void {
    const session = this.session
    if (session === null || !session.isEstablished()) return
    const nothing = (): void => undefined
    const over = (): void => {
      if (!session.isEnded()) session.terminate()
    }
    inside(session).sendRequest('UPDATE', {
      extraHeaders: [`Contact: ${session.contact}`],
      eventHandlers: {
        onSuccessResponse: nothing,
        onErrorResponse: nothing,
        onTransportError: nothing,
        onRequestTimeout: nothing,
        // It was hung up meanwhile.
        onDialogError: over,
      },
    })
  }
}
