"""A house of recorded calls for looking at the replay and for measuring it: real tables, vault and web.

`python -m bench._replay_house FOLDER [port]` fills the folder once and serves it: users ban (shift leader),
zhi (inspector), zhang (seat 8001) and admin, each with the password "correct horse". What a replay does
not need comes from the tests' fakes.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import uvicorn

from asr.events import Piece, Side, TranscriptFinished, UtteranceHeard, Word
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallOffered,
    CallQueued,
    CallRetrieved,
    Ending,
    PartyJoined,
    PartyLeft,
    PartyRole,
    RecordingStarted,
    Room,
    TalkChanged,
)
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from documents.calendar import shipped_calendar
from hotline.clock import utc_now
from hotline.joints import WebCalls
from hotline.live_stream import LiveStream
from hotline.replay_joints import replay_room
from orders.citizen_events import SurveyAnswered, SurveyOffered
from orders.surveys import AskedHow, Satisfaction
from quality.events import CueKind, CueLevel, CueRaised, SignalFound, SpeechMeasured
from recordings.events import RecordingArchived
from recordings.fixity import sha256_of
from recordings.model import first_recording_of
from recordings.replay import Replay
from recordings.vault import Vault
from recordings.waveform import POINTS_PER_SECOND, peaks_as_bytes
from seats.hints import CallHints
from seats.rulebook import Rulebook
from store.calls import StoredCalls
from store.codec import encode
from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.quality_questions import StoredQuality
from store.recordings import StoredRecordings
from store.settings import StoreSettings
from store.transcripts import StoredTranscripts
from web.ports import Services

SEATS = ("8001", "8002", "8003", "8006", "8012")
TALKS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("o", "您好，12345政务服务便民热线，请问有什么可以帮您？"),
        ("c", "你好，我住在路北区建设路26号，小区的消防通道被私家车堵了好几天了。"),
        ("o", "请问您是什么时候发现的？"),
        ("c", "上个星期五就堵上了，消防车根本进不来，物业说不归他们管。"),
        ("o", "这个事情不归我们管，您找物业吧。"),
        ("c", "我找过物业三次了，你们不能这样推来推去。"),
        ("o", "好的，我为您登记，请问您贵姓？"),
        ("c", "我姓陈，电话就是这个。"),
        ("o", "已经为您登记，工作人员会在五个工作日内联系您，感谢您的来电，再见。"),
    ),
    (
        ("o", "您好，12345政务服务便民热线，请问有什么可以帮您？"),
        ("c", "我家楼下煤气泄漏了，味道很大，怎么办？"),
        ("o", "请您马上打开窗户，不要开关电器，我为您联系燃气公司。"),
        ("c", "好的，地址是文化路8号院三单元。"),
        ("o", "已经联系燃气公司值班室，请您不要挂机。"),
        ("c", "快一点，家里还有老人。"),
    ),
    (
        ("o", "您好，12345政务服务便民热线，请问有什么可以帮您？"),
        ("c", "我想问一下居住证怎么办理，需要什么材料？"),
        ("o", "您需要带身份证和租房合同，到派出所或者社区服务中心办理。"),
        ("c", "网上可以办吗？"),
        ("o", "可以，在政务服务网搜索居住证，按照提示上传材料就可以了。"),
        ("c", "好的，谢谢你，讲得很清楚。"),
    ),
    (
        ("o", "您好，12345政务服务便民热线，请问有什么可以帮您？"),
        ("c", "我们小区从昨天晚上八点开始停水，到现在还没有来水。"),
        ("o", "请您提供一下具体位置。"),
        ("c", "建设路100号，整个小区都没有水，物业也说不清楚。"),
        ("o", "请稍等，我为您查询停水公告。"),
        ("o", "感谢您的等待，供水公司正在抢修，预计今天下午六点恢复。"),
        ("c", "那好吧，希望快一点。"),
    ),
)
CITIZEN, SEAT = Side.CITIZEN, Side.OPERATOR


def call_id(number: int) -> CallId:
    return CallId(f"node1-17637{number:05d}.1")


def sentence(
    call: CallId, side: Side, text: str, start_ms: int, begins: datetime
) -> UtteranceHeard:
    """Two hundred milliseconds a character; words of two characters."""
    signs = "".join(sign for sign in text if sign.isalnum())
    cut = [signs[at : at + 2] for at in range(0, len(signs), 2)]
    words, pieces, at_ms, rest = [], [], start_ms, text
    for number, word in enumerate(cut):
        until = at_ms + 200 * len(word)
        doubtful = 0.55 if number % 11 == 7 else 0.93
        words.append(Word(text=word, starts_at_ms=at_ms, ends_at_ms=until, confidence=doubtful))
        at_ms, taken, left = until, 0, len(word)
        while left:
            left -= rest[taken].isalnum()
            taken += 1
        while taken < len(rest) and not rest[taken].isalnum():
            taken += 1
        pieces.append(Piece(rest[:taken], number, number))
        rest = rest[taken:]
    return UtteranceHeard(
        at=begins + timedelta(milliseconds=at_ms + 800), call_id=call, side=side, text=signs,
        written=text, starts_at_ms=start_ms, ends_at_ms=at_ms, confidence=0.92,
        words=tuple(words), pieces=tuple(pieces),
    )  # fmt: skip


def talk(number: int, begins: datetime, lines: Sequence[tuple[str, str]], seat: str) -> list:
    """One call with all that is told of it."""
    call, seat_id, skill = call_id(number), SeatId(seat), SkillGroupCode("general")
    wait_s = 4 + number % 9

    def at(second: float) -> datetime:
        return begins + timedelta(seconds=second)

    told: list = [
        CallArrived(
            at=begins, call_id=call, caller_number=f"1380000{number % 10_000:04d}",
            called_number="12345",
        ),
        RecordingStarted(at=at(1), call_id=call),
        CallQueued(at=at(2), call_id=call, skill_group=skill, joined_at=at(2), priority=0),
        CallOffered(at=at(wait_s), call_id=call, seat_id=seat_id),
        CallAnswered(at=at(wait_s + 2), call_id=call, seat_id=seat_id, waited_ms=wait_s * 1000),
    ]  # fmt: skip
    place_ms = (wait_s + 1) * 1000 + 600
    for side, text in lines:
        one = sentence(
            call, CITIZEN if side == "c" else SEAT, text, place_ms, begins + timedelta(seconds=1)
        )
        told.append(one)
        place_ms = one.ends_at_ms + (4200 if "请稍等" in text else 700)
    lasts_s = place_ms / 1000 + 2
    ended = Ending(blame=Blame.CITIZEN, reason="hung-up")
    told += [
        CallEnded(at=at(lasts_s), call_id=call, ending=ended, talked_ms=round(lasts_s * 1000)),
        TranscriptFinished(at=at(lasts_s + 2), call_id=call, utterances=len(lines)),
        SpeechMeasured(
            at=at(lasts_s + 2), call_id=call, operator_chars_per_min=212, citizen_chars_per_min=238,
            operator_ms=20_000, citizen_ms=24_000, talk_over_ms=1400, talk_overs=2,
            longest_silence_ms=4200,
        ),
    ]  # fmt: skip
    return told


def judged(told: list, number: int) -> list:
    """What the machine raised in it, and how the citizen rated it."""
    call, last = call_id(number), told[-1].at
    more: list = []
    for one in [event for event in told if isinstance(event, UtteranceHeard)]:
        place = {"side": one.side, "starts_at_ms": one.starts_at_ms, "ends_at_ms": one.ends_at_ms}
        if "煤气泄漏" in one.text:
            more.append(CueRaised(
                at=one.at, call_id=call, cue_id=f"{call}-gas", kind=CueKind.DANGER,
                level=CueLevel.RED, code="gas-leak", title="燃气泄漏", advice="开窗、勿动电器",
                found="煤气泄漏", word="煤气泄漏", version=1, **place,
            ))  # fmt: skip
        if "不归我们管" in one.text:
            more += [
                CueRaised(
                    at=one.at, call_id=call, cue_id=f"{call}-ours", kind=CueKind.BANNED,
                    level=CueLevel.AMBER, code="not-ours", title="推诿用语", advice="",
                    found="不归我们管", word="不归我们管", version=1, **place,
                ),
                SignalFound(
                    at=last, call_id=call, signal_id=f"{call}-s", rule="not-ours", version=1,
                    title="推诿", found="这个事情不归我们管，您找物业吧。", word="不归我们管", **place,
                ),
            ]  # fmt: skip
    if number % 3 == 0:
        answer = (Satisfaction.SATISFIED, Satisfaction.UNSATISFIED)[number % 2]
        more += [
            SurveyOffered(at=last, call_id=call, how=AskedHow.TRANSFERRED, seat_id=SeatId("8001")),
            SurveyAnswered(
                at=last, call_id=call, score=5 if number % 2 == 0 else 1, scale=5,
                satisfaction=answer, how=AskedHow.TRANSFERRED,
            ),
        ]  # fmt: skip
    return [*told, *more]


def joined(told: list, number: int) -> list:
    """The same with a hold, a department and a shift leader who listens."""
    call, answered = call_id(number), next(e.at for e in told if isinstance(e, CallAnswered))

    def at(second: float) -> datetime:
        return answered + timedelta(seconds=second)

    third, boss = (LegId(f"{call}-{leg}") for leg in ("p1", "p2"))
    seat_id = next(e.seat_id for e in told if isinstance(e, CallAnswered))
    of_third = {"call_id": call, "leg_id": third, "role": PartyRole.THIRD, "who": "gas"}
    of_boss = {"call_id": call, "leg_id": boss, "role": PartyRole.SUPERVISOR, "who": "8012"}
    ended = next(e for e in told if isinstance(e, CallEnded))
    return [
        *told,
        CallHeld(at=at(10), call_id=call, seat_id=seat_id),
        TalkChanged(at=at(10), call_id=call, state="held"),
        CallRetrieved(at=at(13), call_id=call, seat_id=seat_id),
        TalkChanged(at=at(13), call_id=call, state="talking"),
        PartyJoined(at=at(15), room=Room.TALK, **of_third),
        TalkChanged(at=at(15), call_id=call, state="conference"),
        PartyJoined(at=at(17), room=Room.LISTENING, **of_boss),
        PartyLeft(at=at(22), present_ms=8000, **of_boss),
        PartyLeft(at=ended.at, present_ms=9000, **of_third),
    ]


def sound_of(told: Sequence[object], lasts_ms: int) -> tuple[bytes, bytes]:
    """Peaks of both sides: loud where there are words, the hum of a line elsewhere."""
    rng = np.random.default_rng(5)
    slots = lasts_ms * POINTS_PER_SECOND // 1000
    sides = {side: rng.integers(0, 4, slots, dtype=np.uint8) for side in (CITIZEN, SEAT)}
    for one in told:
        if isinstance(one, UtteranceHeard) and one.side in sides:
            first, last = (
                ms * POINTS_PER_SECOND // 1000 for ms in (one.starts_at_ms, one.ends_at_ms)
            )
            syllables = rng.integers(40, 235, max(0, last - first), dtype=np.uint8)
            sides[one.side][first:last] = syllables[: len(sides[one.side][first:last])]
    return sides[CITIZEN].tobytes(), sides[SEAT].tobytes()


def archived(told: list, number: int, vault: Vault, made: Path) -> RecordingArchived:
    """Its place in the vault; the sound is the same low tone for all, the picture is the call's own."""
    call = call_id(number)
    started = next(e.at for e in told if isinstance(e, RecordingStarted))
    ended = next(e.at for e in told if isinstance(e, CallEnded))
    lasts_ms = round((ended - started).total_seconds() * 1000)
    path = vault.path_of(first_recording_of(call), started)
    file = vault.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    wave(file, lasts_ms, made)
    file.with_suffix(".peaks").write_bytes(peaks_as_bytes(sound_of(told, lasts_ms)))
    return RecordingArchived(
        at=ended + timedelta(seconds=5), call_id=call, recording_id=first_recording_of(call),
        path=path, sha256=sha256_of(file), duration_ms=lasts_ms, size_bytes=file.stat().st_size,
    )  # fmt: skip


def wave(file: Path, lasts_ms: int, made: Path) -> None:
    """Opus of that length, a quiet tone left and right; encoded once for every whole ten seconds."""
    import av

    length_s = -(-lasts_ms // 10_000) * 10
    known = made / f"{length_s}.opus"
    if not known.exists():
        with av.open(str(known), "w", format="ogg") as container:
            stream = container.add_stream("libopus", rate=16_000, layout="stereo", bit_rate=24_000)
            at = np.arange(960)
            for block in range(length_s * 16_000 // 960):
                loud = 2500 * (np.sin(2 * np.pi * 3 * (block * 960 + at) / 16_000) ** 2)
                tone = (loud * np.sin(2 * np.pi * 220 * (block * 960 + at) / 16_000)).astype("<i2")
                frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None, :], "s16", "stereo")
                frame.sample_rate, frame.pts = 16_000, block * 960
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    file.write_bytes(known.read_bytes())


def long_talk(number: int, begins: datetime, minutes: int) -> list:
    """A talk of that length, as many sentences as people say in it."""
    rng = random.Random(3)
    pool = [line for lines in TALKS for line in lines[1:]]
    lines, length_ms = [TALKS[1][0]], 0
    while length_ms < minutes * 60_000 - 12_000:
        side, text = rng.choice(pool)
        lines.append((side, text))
        length_ms += 200 * sum(sign.isalnum() for sign in text) + 700
    return talk(number, begins, lines, "8006")


async def fill(folder: Path, database: Database) -> None:
    """Some forty calls of a week, one of thirty minutes, one with further parties."""
    vault, made, now = Vault(folder / "archive"), folder / "made", utc_now()
    made.mkdir(parents=True)
    journal = Journal(database, StoreSettings())
    await journal.open()
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(journal.run(), name=journal.name)
        for number in range(1, 41):
            begins = now - timedelta(hours=3 * number, minutes=17 * number % 60)
            told = talk(number, begins, TALKS[number % 4], SEATS[number % 5])
            if number == 1:
                told = long_talk(number, begins, 30)
            if number == 5:
                told = joined(told, number)
            told = sorted(judged(told, number), key=lambda event: event.at)
            for event in [*told, archived(told, number, vault, made)]:
                journal.append(event)
        await journal.written(journal.last_seq)
        writer.cancel()


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[Services]:
    """The services over that folder, filled if it was empty."""
    from tests.fakes.quality import MemoryQuality
    from tests.fakes.rule_records import MemoryRuleRecords
    from tests.fakes.services import memory_services

    folder.mkdir(parents=True, exist_ok=True)
    new = not (folder / "hotline.sqlite").exists()
    database = Database(f"sqlite+aiosqlite:///{folder / 'hotline.sqlite'}")
    await upgrade(database)
    if new:
        await fill(folder, database)
    journal = Journal(database, StoreSettings())
    await journal.open()
    stream = LiveStream(journal)
    rulebook = Rulebook(MemoryRuleRecords(), shipped_calendar(), (), journal.append, utc_now)
    await rulebook.restore()
    tracked = type("Tracker", (), {"calls": {}})()
    recordings = StoredRecordings(database)
    memory = memory_services()
    quality = replace(MemoryQuality(call_id(1)).for_web, records=StoredQuality(database))
    async with asyncio.TaskGroup() as group:
        parts = [group.create_task(one.run(), name=one.name) for one in (journal, stream)]
        yield replace(
            memory,
            calls=WebCalls(StoredCalls(database), tracked, CallHints()),
            transcripts=StoredTranscripts(database),
            recordings=recordings,
            replay=Replay(folder / "legs", Vault(folder / "archive")),
            replay_room=replay_room(database, rulebook, journal.append, utc_now),
            quality=quality,
            live=stream,
            skill_groups=lambda: rulebook.skill_groups,
            encode_event=encode,
            now=utc_now,
        )
        for part in parts:
            part.cancel()
    await database.close()


async def serve(folder: Path, port: int) -> None:
    from tests.fakes.services import user
    from web.app import build_app
    from web.ports import Role
    from web.settings import WebSettings

    async with house(folder) as services:
        for one, name in (
            (user("ban", Role.SUPERVISOR), "林班长"),
            (user("zhi", Role.INSPECTOR), "何质检"),
            (user("zhang", Role.OPERATOR, seat="8001"), "张敏"),
            (user("admin", Role.ADMINISTRATOR), "系统管理员"),
        ):
            await services.users.save(replace(one, name=name))
        app = build_app(services, WebSettings(port=port))
        server = uvicorn.Server(
            uvicorn.Config(
                app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio"
            )
        )
        await server.serve()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
