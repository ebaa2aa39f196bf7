"""Builds every room and joins them; starts nothing. 组装

The order of the Herald's listeners is the order in which the house learns of things: seats first,
because a freed seat is somebody's next; then the line, the papers, the speech, the archive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from asr.backfill import Backfill
from asr.desk import SpeechDesk
from asr.events import PartialHeard
from asr.text import Text
from cti.ami.link import AmiLink
from cti.calls_out import CallsOut
from cti.control import CallControl
from cti.seat_devices import SeatDevices
from cti.switchboard import Switchboard
from cti.tape import TapeRecorder
from cti.tracker import CallTracker
from documents.calendar import shipped_calendar
from documents.problems import DocumentKind
from hotline.account_joints import WebAudit, stored_audit, web_users
from hotline.announcement import EmergencyAnnouncer, announced_languages
from hotline.approval_joints import WebAccountRequests
from hotline.backfill_joints import BackfillCollector, RecognisersOfCalls, SpareSpeech, WebBackfills
from hotline.calling_back import CallsOutDialling, FloorNow, WebCallbacks, emergency_lines
from hotline.certificate import CertificateCollector, ServedCertificate
from hotline.citizen_joints import CitizenCollector, citizen_rooms
from hotline.city_calendar import CityCalendarInForce
from hotline.city_names import CityNames
from hotline.clock import utc_now
from hotline.doctor_on_call import DoctorOnCall
from hotline.floor_counts import FloorCollector
from hotline.floor_witness import FloorWitness
from hotline.flow_joints import flow_book, flow_problems
from hotline.flow_pictures import FlowPicturesInForce
from hotline.flow_surroundings import FloorSurroundings, KnownLanguages
from hotline.health import HealthBoard, HouseCollector
from hotline.herald import Herald
from hotline.installation import Installation, archive_of, certificate_of
from hotline.joints import FloorSettler, UsherWaitingRoom, WebCalls
from hotline.known_callers import known_callers
from hotline.live_stream import LiveStream
from hotline.prompt_desk import PromptCollector, PromptDesk
from hotline.prompt_joints import prompt_problems
from hotline.prompt_shelf import PromptShelf
from hotline.quality_joints import QualityCollector, listening, quality_rooms
from hotline.replay_joints import replay_room
from hotline.rule_joints import (
    RulebookDirectory,
    RulebookRoutes,
    callback_rules,
    state_limits,
    wrap_up_codes,
)
from hotline.run import Part
from hotline.sample_joints import sampling_rooms
from hotline.seat_office import SeatOffice, configure_asterisk
from hotline.secrets_file import QUERY_CODES
from hotline.service_level import ServiceLevelCollector, ServiceLevelDesk
from hotline.silent_joints import LegVoice, SilenceCollector
from hotline.softphone_joints import BrowserTelephones
from hotline.softphone_watch import SoftphoneWatch
from hotline.speech import CallLanguages, SpeechCollector, spoken_languages
from hotline.stored_sound import StoredSounds
from hotline.story_joints import story_desks
from hotline.switch_metrics import SwitchCollector
from hotline.voice_bot import VoiceBot
from hotline.waiting_line import WaitingLine
from hotline.web_server import WebServer
from ivr.agi.server import AgiServer
from ivr.keys import Keys
from ivr.lifeboat_spool import LifeboatSpool
from ivr.lifeboat_watch import LifeboatWatch
from ivr.navigator import Navigator
from ivr.texts import read_texts
from orders.callback_dialler import CallbackDialler
from orders.callback_rules import CallbackRules
from orders.callbacks import CallbackDesk
from orders.desk import OrderDesk
from orders.draftsman import Draftsman
from orders.endings import EndingDesk
from orders.nuisance import NuisanceDesk
from orders.repeat_search import RepeatSearch
from orders.silent_calls import SilentCalls
from recordings.archivist import Archivist
from recordings.encoder import EncoderProcess
from recordings.replay import Replay
from recordings.vault import Vault
from seats.alarm_bell import AlarmBell
from seats.caller_lists import CallerLists
from seats.hints import CallHints
from seats.house_switches import HouseSwitches
from seats.lifeboat_keeper import LifeboatKeeper
from seats.no_answers import NoAnswers
from seats.notice_board import NoticeBoard
from seats.publishing import RuleOffice
from seats.roster import SeatRoster
from seats.rulebook import Rulebook
from seats.service_level_clock import ServiceLevelClock
from seats.usher import Usher
from store.account_requests import StoredAccountRequests
from store.attendance import StoredAttendance
from store.audit_writer import AuditWriter
from store.backfills import StoredBackfills
from store.callbacks import StoredCallbacks
from store.calls import StoredCalls
from store.citizens import StoredSilence
from store.codec import encode
from store.database import Database
from store.districts import StoredDistricts
from store.drafts import StoredDrafts
from store.endings import StoredEndings
from store.floor import StoredFloor
from store.journal import Journal
from store.languages import StoredLanguages
from store.notices import StoredNotices
from store.order_lists import StoredOrderLists
from store.orders import StoredOrders
from store.recordings import StoredRecordings
from store.repeats import StoredRepeats
from store.rules import StoredRules
from store.service_level import StoredWaits
from store.switches import StoredSwitches
from store.transcripts import StoredTranscripts
from web import metrics
from web.app import build_app
from web.ports import Services

LOOPBACK = "127.0.0.1"
AMI_USER = "hotline"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A built house. 系统"""

    parts: Sequence[Part]
    """In the order they start; they end the other way round."""
    spool: LifeboatSpool
    link: AmiLink


async def build_house(
    installation: Installation, database: Database, tape: TapeRecorder | None = None
) -> House:
    """Read what was in hand, build all owners on it, join them."""
    config, places = installation.config, installation.places
    journal = Journal(database, config.store)
    await journal.open()
    herald = Herald(journal.append)
    tell = herald.tell

    calls, floor, orders = StoredCalls(database), StoredFloor(database), StoredOrders(database)
    transcripts, recordings = StoredTranscripts(database), StoredRecordings(database)
    stream = LiveStream(journal)

    in_hand = await calls.live_stories()
    live_calls = [call for call, _ in in_hand]
    tracker = CallTracker(tell, utc_now, live_calls)
    stored_rules = StoredRules(database)
    further = (flow_problems, prompt_problems(places.prompts))
    rulebook = Rulebook(stored_rules, shipped_calendar(), None, tell, utc_now, further)
    await rulebook.restore()
    rule_office = RuleOffice(stored_rules, shipped_calendar(), None, utc_now, further)
    caller_lists = CallerLists(tell, utc_now, await stored_rules.listed_callers())
    switches = HouseSwitches(
        StoredSwitches(database),
        tell,
        utc_now,
        languages=lambda: announced_languages(read_texts(rulebook.current(DocumentKind.TEXTS))[0]),
    )
    endings = StoredEndings(database)
    ending_desk = EndingDesk(endings, lambda: wrap_up_codes(rulebook), tell, utc_now)
    roster = SeatRoster(
        rulebook.seat_definitions(),
        config.seats,
        tell,
        utc_now,
        await floor.seats(utc_now()),
        ending_desk,
    )
    hints = CallHints()
    for _, told in in_hand:
        for event in told:
            hints.on_event(event)
    callers = await known_callers(orders, tracker.calls, utc_now, hints.sticky)
    usher = Usher(
        roster, rulebook.skill_groups, tell, utc_now, rules=rulebook.rules(), sticky=callers
    )
    rulebook.watch(lambda: roster.redefine(rulebook.seat_definitions()))
    rulebook.watch(lambda: usher.use(rulebook.rules()))
    devices = SeatDevices(roster.phone_changed)
    link = AmiLink(
        LOOPBACK,
        installation.ports["ami"],
        AMI_USER,
        installation.secrets.ami,
        config.asterisk.node,
        config.ami,
        tracker.meet,
        tell,
        utc_now,
        phone_changed=devices.changed,
        tape=None if tape is None else tape.hear,
    )
    clock = ServiceLevelClock(roster, config.service_level, tell, utc_now)
    service_level = ServiceLevelDesk(clock, StoredWaits(database), config.service_level, utc_now)
    await service_level.restore(live_calls)
    no_answers = NoAnswers(config.seats, utc_now)
    notices = NoticeBoard(
        StoredNotices(database), lambda: roster.seats, lambda: usher.groups, tell, utc_now
    )
    await notices.restore()
    witness = FloorWitness(link, tracker, roster, usher, config.seats)
    attendance = StoredAttendance(database)
    bell = AlarmBell(
        roster,
        config.seats,
        tell,
        utc_now,
        limits=lambda: state_limits(rulebook, config.seats.limits),
        minimum=rulebook.serving_minimum,
        ringing=await attendance.open_seat_alarms(),
        unattended=await attendance.unattended_groups(),
    )
    rulebook.watch(bell.look_anew)
    control = CallControl(link, devices.dial)
    nuisance_desk = NuisanceDesk(endings, config.orders, tell, utc_now)
    switchboard = Switchboard(
        tracker.calls,
        control,
        roster,
        tell,
        utc_now,
        config.control,
        nuisance_desk.allow_hang_up,
    )
    calls_out = CallsOut(control, roster, tell, utc_now, config.asterisk.node, config.control)
    keeper = LifeboatKeeper(roster, control, config.seats)
    watch = LifeboatWatch(tracker.calls, control)
    spool = LifeboatSpool(places.spool, tracker.meet, lambda: journal.written(journal.last_seq))

    order_desk = OrderDesk(
        orders,
        tell,
        utc_now,
        lambda: emergency_lines(rulebook),
        flags_of=hints.flags,
        draftsman=Draftsman(lambda: rulebook.words.danger, lambda: rulebook.places),
    )
    callbacks = StoredCallbacks(database)

    def rules_for_callbacks() -> CallbackRules:
        return callback_rules(rulebook, config.orders)

    rules_for_callbacks()  # a wrong word in the configuration ends the start and not a call
    callback_desk = CallbackDesk(
        callbacks,
        rules_for_callbacks,
        CallsOutDialling(calls_out),
        FloorNow(roster, usher),
        tell,
        utc_now,
    )
    callback_dialler = CallbackDialler(callback_desk, rules_for_callbacks, utc_now)
    roster.watch(callback_dialler.reconsider)
    rulebook.watch(callback_dialler.reconsider)
    for desk in (order_desk, callback_desk, ending_desk, nuisance_desk):
        await desk.restore()
    quality = quality_rooms(
        database,
        lambda: listening(rulebook, config.orders.city),
        lambda: journal.written(journal.last_seq),
        tell,
        utc_now,
        [(call.call_id, told) for call, told in in_hand],
    )

    deeds = stored_audit(database, installation.secrets)
    keep_views = timedelta(days=config.web.view_log_days)
    audit_writer = AuditWriter(database, deeds, keep_views, utc_now)
    audit = WebAudit(deeds, audit_writer)
    users = web_users(database, installation.secrets, deeds, audit_writer)
    sampler, samples = sampling_rooms(
        database,
        users,
        lambda: rulebook.policies.sample,
        lambda: journal.written(journal.last_seq),
        tell,
        utc_now,
    )

    def tell_partial(partial: PartialHeard) -> None:
        stream.tell_partial(partial)
        quality.cues.partial_heard(partial)

    routes = RulebookRoutes(rulebook, caller_lists, nuisance_desk, tell, utc_now)
    prompt_desk = PromptDesk(rulebook, places.prompts, places.voices, tell, utc_now)

    city_names = CityNames(rulebook)
    text = Text(city_names.gazetteer, config.asr.doubtful_below)
    languages = spoken_languages(config.asr, places.var)
    call_languages = CallLanguages(lambda: tracker.calls, lambda: rulebook.groups)
    speech_desk = SpeechDesk(
        legs_folder=places.legs,
        transcripts=transcripts,
        languages=languages,
        language_of=call_languages.of,
        tell=tell,
        tell_partial=tell_partial,
        settings=config.asr,
        now=utc_now,
        write=text.utterance,
    )
    vault = Vault(archive_of(installation), config.recordings.keep_free_mb)
    archivist = Archivist(
        legs_folder=places.legs,
        vault=vault,
        catalogue=recordings,
        encoder=EncoderProcess(config.recordings),
        tell=tell,
        written_down=lambda: journal.written(journal.last_seq),
        now=utc_now,
        settings=config.recordings,
    )
    wishes = StoredBackfills(database)
    backfill = Backfill(
        wishes=wishes,
        stories=transcripts,
        sounds=StoredSounds(places.legs, vault, recordings),
        recognisers_for=RecognisersOfCalls(calls, lambda: rulebook.groups, languages),
        room=SpareSpeech(
            speech_desk.load, languages, journal, config.asr, lambda: backfill.streams
        ),
        tell=tell,
        written_down=lambda: journal.written(journal.last_seq),
        settings=config.asr,
        now=utc_now,
        write=text.utterance,
    )
    citizens = citizen_rooms(
        database=database,
        rulebook=rulebook,
        caller_lists=caller_lists,
        nuisance=nuisance_desk,
        orders=order_desk,
        texts=backfill,
        roster=roster,
        usher=usher,
        calls=tracker.calls,
        legs_folder=places.legs,
        code_key=installation.secrets.others[QUERY_CODES],
        written_down=lambda: journal.written(journal.last_seq),
        tell=tell,
        now=utc_now,
    )
    await citizens.restore()
    await switches.restore()
    silent_calls = SilentCalls(
        StoredSilence(database),
        LegVoice(places.legs),
        nuisance_desk.tag,
        after_s=lambda: config.orders.silent_after_s,
        tag_from=lambda: config.orders.silent_tag_from,
        tell=tell,
        now=utc_now,
    )
    await silent_calls.restore()
    spoken_before = KnownLanguages(StoredLanguages(database))
    await spoken_before.restore()
    keys = Keys()
    book = flow_book(rulebook)
    prompt_shelf = PromptShelf(places.prompts, places.voices, book)
    announcer = EmergencyAnnouncer(
        lambda: switches.announcement,
        lambda: switches.languages,
        prompt_desk,
        book.play_instead,
        tell,
        utc_now,
    )
    switches.watch(announcer.look)
    voice_bot = VoiceBot(places.legs, languages, text.utterance, lambda: book.texts, utc_now)
    for _, told in in_hand:
        voice_bot.restore(told)
    desks = story_desks(
        book=book,
        sounds=prompt_shelf.playable,
        around=FloorSurroundings(
            calendar=shipped_calendar(),
            lists=caller_lists,
            switches=switches,
            waiting=lambda: len(usher.line),
            languages=spoken_before,
            now=utc_now,
        ),
        citizens=citizens,
        control=control,
        keys=keys,
        survey_everybody=config.ivr.survey_after_every_talk,
        tell=tell,
        now=utc_now,
        calls=tracker.calls,
        ear=voice_bot,
    )
    waiting_room = UsherWaitingRoom(usher, devices.dial)
    navigator = Navigator(waiting_room, config.ivr, utc_now, routes, tracker.meet, desks)
    agi = AgiServer(config.ivr, LOOPBACK, installation.ports["agi"], navigator.tell_story)
    for listener in (
        hints.on_event,
        roster.on_call_event,
        clock.on_event,
        no_answers.on_event,
        switchboard.on_event,
        calls_out.on_event,
        FloorSettler(tracker, roster).on_event,
        usher.on_call_event,
        callers.on_event,
        keeper.on_link_event,
        watch.on_event,
        order_desk.on_event,
        callback_desk.on_event,
        ending_desk.on_event,
        nuisance_desk.on_event,
        citizens.on_event,
        voice_bot.on_event,
        silent_calls.on_event,
        spoken_before.on_event,
        keys.on_event,
        speech_desk.on_event,
        quality.ears.on_event,
        backfill.on_event,
        archivist.on_event,
    ):
        herald.listen(listener)

    board = HealthBoard(
        link=link, agi=agi, journal=journal, languages=languages, archivist=archivist,
        folder=places.var,
    )  # fmt: skip
    metrics.registry.register(ServiceLevelCollector(clock.board))
    metrics.registry.register(QualityCollector(rooms=quality))
    metrics.registry.register(BackfillCollector(backfill))
    metrics.registry.register(CitizenCollector(citizens))
    metrics.registry.register(SilenceCollector(silent_calls))
    metrics.registry.register(SwitchCollector(switches, announcer, voice_bot))
    metrics.registry.register(PromptCollector(prompt_desk, prompt_shelf))
    metrics.registry.register(
        FloorCollector(
            callbacks=callback_desk,
            endings=ending_desk,
            witness=witness,
            roster=roster,
            usher=usher,
            rulebook=rulebook,
            rule_office=rule_office,
            routes=routes,
        )
    )
    metrics.registry.register(SpeechCollector(load=speech_desk.load, languages=languages))
    metrics.registry.register(HouseCollector(board, lambda: sum(tracker.unexpected.values())))
    softphone_watch = SoftphoneWatch(tracker.calls, switchboard, control, devices)
    telephones = BrowserTelephones(
        installation.secrets.seats, devices, softphone_watch, installation.ports["http"]
    )
    app = build_app(
        Services(
            users=users,
            account_requests=WebAccountRequests(StoredAccountRequests(database, deeds)),
            audit=audit,
            doctor=DoctorOnCall(places, config),
            calendar=CityCalendarInForce(shipped_calendar(), rulebook),
            seat_office=SeatOffice(
                floor=floor,
                rulebook=rulebook,
                installation=installation,
                audit=audit,
                users=users,
                seats=lambda: roster.seats,
                forget=roster.forget,
                configure=lambda seat_ids: configure_asterisk(installation, seat_ids),
            ),
            calls=WebCalls(calls, tracker, hints),
            transcripts=transcripts,
            backfills=WebBackfills(backfill, wishes),
            recordings=recordings,
            replay=Replay(places.legs, vault),
            replay_room=replay_room(database, rulebook, tell, utc_now),
            seats=roster,
            attendance=attendance,
            alarms=bell,
            skill_groups=lambda: tuple(usher.groups.values()),
            districts=StoredDistricts(database),
            orders=order_desk,
            order_records=orders,
            order_lists=StoredOrderLists(database),
            repeats=RepeatSearch(StoredRepeats(database), config.orders, utc_now),
            drafting=StoredDrafts(database),
            callbacks=WebCallbacks(callback_desk, callbacks),
            commands=switchboard,
            calls_out=calls_out,
            directory=RulebookDirectory(rulebook),
            line=WaitingLine(usher, citizens.waits, tell, utc_now),
            service_level=service_level,
            no_answers=no_answers,
            notices=notices,
            rules=rulebook,
            rule_office=rule_office,
            flows=FlowPicturesInForce(
                rulebook,
                shipped_calendar(),
                utc_now,
                waiting=lambda: len(usher.line),
                switches=lambda: switches.on,
            ),
            supervision=lambda: rulebook.policies.supervision,
            caller_lists=caller_lists,
            switches=switches,
            softphones=telephones,
            endings=ending_desk,
            ending_records=endings,
            nuisance=nuisance_desk,
            quality=quality.for_web,
            samples=samples,
            citizens=citizens.for_web,
            prompts=prompt_desk,
            live=stream,
            health=board,
            encode_event=_encode,
            now=utc_now,
        ),
        config.web,
    )
    files = certificate_of(installation)
    certificate = None if files is None else ServedCertificate(files)
    web = WebServer(app, config.web, certificate)
    parts: list[Part] = [journal, audit_writer, stream, archivist]
    if certificate is not None:
        metrics.registry.register(CertificateCollector(certificate))
        parts.append(certificate)
    parts += languages.workers
    parts += [
        speech_desk,
        backfill,
        citizens.messages,
        callback_dialler,
        nuisance_desk,
        quality.cues,
        quality.reviewer,
        sampler,
        rulebook,
        switches,
        announcer,
        silent_calls,
        city_names,
        prompt_desk,
        usher,
        roster,
        switchboard,
        softphone_watch,
        calls_out,
        keeper,
        bell,
        link,
        witness,
        watch,
        spool,
        web,
        agi,
    ]
    return House(parts=parts, spool=spool, link=link)


def _encode(event: object) -> dict[str, object]:
    return encode(event)
