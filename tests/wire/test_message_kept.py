"""A voice message from its file to the archive, with the real store, archivist and encoder."""

import asyncio
import contextlib
from datetime import timedelta

import numpy as np
import pytest

from asr.events import BackfillWanted
from cti.events import Blame, CallAbandoned, CallArrived, Ending, RecordingStarted
from cti.ids import CallId, LegId, message_id_of
from hotline.citizen_joints import MessageFiles
from hotline.clock import utc_now
from hotline.herald import Herald
from orders.citizen_events import MessageLeft
from orders.message_desk import MessageDesk
from orders.messages import HowLeft
from recordings.archivist import Archivist
from recordings.encoder import EncoderProcess
from recordings.events import RecordingFound
from recordings.legs import own_leg_of
from recordings.model import Recording, RecordingId, RecordingKind, RecordingState
from recordings.replay import Replay
from recordings.settings import RecordingsSettings
from recordings.vault import Fixity, Vault
from store.messages import StoredMessages
from store.recordings import StoredRecordings
from tests.fakes.legs import write_legs
from tests.wire.journals import open_database, until, writing

CALL = CallId("node1-1.1")
FIRST = message_id_of(CALL, 1)
SETTINGS = RecordingsSettings(settle_s=0.0, retry_every_s=0, transcript_limit_s=600, keep_free_mb=0)


class Texts:
    """The backfill's door: says what it will make up, which lets the raw legs go."""

    def __init__(self, tell):
        self._tell = tell
        self.wanted = []

    async def want(self, call_id, *, why, by, from_ms, until_ms):
        self.wanted.append((call_id, why, from_ms, until_ms))
        self._tell(
            BackfillWanted(
                at=utc_now(), call_id=call_id, why=why, by=by, from_ms=from_ms, until_ms=until_ms
            )
        )


class House:
    """The rooms that a message passes through."""

    def __init__(self, folder, database, journal):
        self.legs_folder, self.vault = folder / "legs", Vault(folder / "archive")
        self.legs_folder.mkdir(exist_ok=True)
        self.recordings, self.messages = StoredRecordings(database), StoredMessages(database)
        self.herald, self.told = Herald(journal.append), []
        self.texts = Texts(self.herald.tell)
        written = lambda: journal.written(journal.last_seq)  # noqa: E731
        self.desk = MessageDesk(
            stored=self.messages,
            sounds=MessageFiles(self.legs_folder),
            texts=self.texts,
            orders=None,
            written_down=written,
            tell=self.herald.tell,
            now=utc_now,
        )
        self.archivist = Archivist(
            legs_folder=self.legs_folder,
            vault=self.vault,
            catalogue=self.recordings,
            encoder=EncoderProcess(SETTINGS),
            tell=self.herald.tell,
            written_down=written,
            now=utc_now,
            settings=SETTINGS,
        )
        for listener in (self.told.append, self.desk.on_event, self.find, self.archivist.on_event):
            self.herald.listen(listener)

    def find(self, event):
        if isinstance(event, RecordingFound) and event.leg_id == FIRST:
            self.desk.found(event.call_id, FIRST, event.started_at)

    @contextlib.asynccontextmanager
    async def at_work(self):
        await self.desk.restore()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part.run()) for part in (self.desk, self.archivist)]
            yield
            for task in tasks:
                task.cancel()

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]

    def call_with_message(self):
        """Recorded by the dialplan, the message by the story; the citizen hangs up."""
        began = utc_now()
        self.herald.tell(
            CallArrived(at=began, call_id=CALL, caller_number="13800000001", called_number="12345")
        )
        self.herald.tell(RecordingStarted(at=began, call_id=CALL))
        write_legs(self.legs_folder, CALL, 10.0)
        t = np.arange(8 * 16_000) / 16_000
        swell = 6000 * np.sin(2 * np.pi * 200 * t) * np.abs(np.sin(4 * np.pi * t))
        file = self.legs_folder / f"{CALL}-own-{FIRST}.sln16"
        file.write_bytes(swell.astype("<i2").tobytes())
        return began + timedelta(seconds=2)

    def hang_up(self):
        ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
        self.herald.tell(CallAbandoned(at=utc_now(), call_id=CALL, waited_ms=1, ending=ending))

    async def recording(self):
        listed = await self.recordings.of_call(CALL)
        return next((one for one in listed if one.leg_id == LegId(FIRST)), None)

    async def archived(self):
        async with asyncio.timeout(30):
            while True:
                found = await self.recording()
                if found is not None and found.state is RecordingState.ARCHIVED:
                    return found
                await asyncio.to_thread(lambda: None)


@pytest.mark.parametrize("how", [HowLeft.CONFIRMED, HowLeft.FOUND])
async def test_a_message_is_one_task_and_one_mono_recording_whether_it_was_told_or_found(
    how, tmp_path, new_database_url
):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        house = House(tmp_path, database, journal)
        async with house.at_work():
            began = house.call_with_message()
            if how is HowLeft.CONFIRMED:
                house.desk.left(CALL, FIRST, began_at=began, how=how)
                await until(lambda: house.of(MessageLeft))
                sound = await Replay(house.legs_folder, house.vault).sound(_of_leg(house, began))
                assert sound.media_type == "audio/wav"
            house.hang_up()
            recording = await house.archived()
            await until(lambda: house.texts.wanted)
            (told,) = house.of(MessageLeft)
            assert (told.how, told.duration_ms) == (how, 8_000)
            assert recording.kind is RecordingKind.MESSAGE
            assert house.vault.verify(recording) is Fixity.INTACT
            assert len(house.vault.peaks_of(recording).own) == 80
            (message,) = await house.messages.open_messages()
            assert (message.message_id, message.caller_number) == (FIRST, "13800000001")
            ((call_id, why, from_ms, until_ms),) = house.texts.wanted
            assert (call_id, why, until_ms - from_ms) == (CALL, "message", 8_000)
            if how is HowLeft.CONFIRMED:
                assert from_ms == 2_000


async def test_what_a_killed_service_had_not_told_the_next_one_finds(tmp_path, new_database_url):
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            before = House(tmp_path, database, journal)
            before.call_with_message()
            before.hang_up()
            assert await journal.written(journal.last_seq)
        async with writing(database) as journal:
            after = House(tmp_path, database, journal)
            async with after.at_work():
                await after.archived()
                await until(lambda: after.texts.wanted)
                assert len(after.of(MessageLeft)) == 1
        async with writing(database) as journal:
            last = House(tmp_path, database, journal)
            await last.desk.restore()
            assert len(last.desk.open_messages) == 1
            assert await last.messages.untold() == await last.messages.without_text() == []


def _of_leg(house, began):
    assert not own_leg_of(house.legs_folder, CALL, LegId(FIRST)).missing
    return Recording(
        recording_id=RecordingId(FIRST),
        call_id=CALL,
        state=RecordingState.LEGS,
        started_at=began,
        duration_ms=0,
        leg_id=LegId(FIRST),
    )
