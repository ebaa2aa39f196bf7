"""Builds every room and joins them; starts nothing. 组装

The order of the Herald's listeners is the order in which the house learns of things: seats first,
because a freed seat is somebody's next; then the line, the papers, the speech, the archive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asr.desk import SpeechDesk
from asr.models import chosen_model, model_folder
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.workers import SpeechWorkers
from cti.ami.link import AmiLink
from cti.control import CallControl
from cti.tape import TapeRecorder
from cti.tracker import CallTracker
from hotline.clock import utc_now
from hotline.health import HealthBoard, HouseCollector
from hotline.herald import Herald
from hotline.installation import Installation
from hotline.joints import FloorSettler, UsherWaitingRoom, WebCallbacks, WebCalls, WebUsers
from hotline.live_stream import LiveStream
from hotline.run import Part
from hotline.web_server import WebServer
from ivr.agi.server import AgiServer
from ivr.lifeboat_spool import LifeboatSpool
from ivr.lifeboat_watch import LifeboatWatch
from ivr.navigator import Navigator
from orders.callbacks import CallbackDesk
from orders.desk import OrderDesk
from recordings.archivist import Archivist
from recordings.encoder import EncoderProcess
from recordings.replay import Replay
from recordings.vault import Vault
from seats.lifeboat_keeper import LifeboatKeeper
from seats.roster import SeatRoster
from seats.usher import Usher
from store.accounts import StoredAccounts
from store.calls import StoredCalls
from store.codec import encode
from store.database import Database
from store.floor import StoredFloor
from store.journal import Journal
from store.orders import StoredOrders
from store.recordings import StoredRecordings
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


def database_of(installation: Installation) -> Database:
    return Database(installation.config.store.url or installation.places.database_url)


def archive_of(installation: Installation) -> Path:
    chosen = installation.config.recordings.archive_folder
    return Path(chosen) if chosen else installation.places.archive


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

    tracker = CallTracker(tell, utc_now, await calls.live())
    roster = SeatRoster(
        await floor.definitions(), config.seats, tell, utc_now, await floor.seats(utc_now())
    )
    groups = await floor.skill_groups()
    usher = Usher(roster, groups, tell, utc_now)
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
        phone_changed=roster.phone_changed,
        tape=None if tape is None else tape.hear,
    )
    control = CallControl(link)
    keeper = LifeboatKeeper(roster, control, config.seats)
    watch = LifeboatWatch(tracker.calls, control)
    spool = LifeboatSpool(places.spool, tracker.meet, lambda: journal.written(journal.last_seq))
    navigator = Navigator(UsherWaitingRoom(usher), config.ivr, utc_now)
    agi = AgiServer(config.ivr, LOOPBACK, installation.ports["agi"], navigator.tell_story)

    order_desk = OrderDesk(orders, tell, utc_now)
    callback_desk = CallbackDesk(orders, config.orders, tell)
    await order_desk.restore()
    await callback_desk.restore()

    pool = RecogniserPool(
        StreamConfig(partial_words=True), config.asr.answer_limit_s, config.asr.servers
    )
    speech_desk = SpeechDesk(
        legs_folder=places.legs,
        transcripts=transcripts,
        recognisers=pool,
        tell=tell,
        tell_partial=stream.tell_partial,
        settings=config.asr,
        now=utc_now,
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
    for listener in (
        roster.on_call_event,
        FloorSettler(tracker, roster).on_event,
        usher.on_call_event,
        keeper.on_link_event,
        watch.on_event,
        order_desk.on_event,
        callback_desk.on_event,
        speech_desk.on_event,
        archivist.on_event,
    ):
        herald.listen(listener)

    board = HealthBoard(
        link=link, agi=agi, journal=journal, recognisers=pool, archivist=archivist,
        folder=places.var,
    )  # fmt: skip
    metrics.registry.register(HouseCollector(board, lambda: sum(tracker.unexpected.values())))
    app = build_app(
        Services(
            users=WebUsers(StoredAccounts(database)),
            calls=WebCalls(calls, tracker),
            transcripts=transcripts,
            recordings=recordings,
            replay=Replay(places.legs, vault),
            seats=roster,
            skill_groups=tuple(usher.groups.values()),
            orders=order_desk,
            order_records=orders,
            callbacks=WebCallbacks(orders),
            live=stream,
            health=board,
            encode_event=_encode,
            now=utc_now,
        ),
        config.web,
    )
    web = WebServer(app, config.web.address, config.web.port)
    parts: list[Part] = [journal, stream, archivist]
    if not config.asr.servers:
        model = model_folder(chosen_model(config.asr.model, places.var), places.var)
        parts.append(SpeechWorkers(model, config.asr, pool))
    parts += [speech_desk, roster, keeper, link, watch, spool, web, agi]
    return House(parts=parts, spool=spool, link=link)


def _encode(event: object) -> dict[str, object]:
    return encode(event)
