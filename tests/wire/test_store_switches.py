"""Switches, wishes and languages as the tables have them, in both databases."""

from datetime import UTC, datetime, timedelta

from cti.events import CallArrived
from cti.ids import CallId
from hotline.flow_surroundings import KnownLanguages
from ivr.events import LanguageChosen
from seats.announcements import Wording
from seats.house_switches import HouseSwitches, SwitchName
from store.languages import StoredLanguages
from store.switches import StoredSwitches
from tests.wire.journals import open_database, writing

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


async def test_switches_stand_after_a_restart_and_each_wish_is_taken_once(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        stored = StoredSwitches(database)
        rain = (Wording(language="en", words="Rain"),)
        await stored.wish(
            "emergency", on=True, by="root", reason="暴雨", text="暴雨", others=rain,
            now=lambda: NOON,
        )  # fmt: skip
        switches = HouseSwitches(stored, journal.append, lambda: NOON, lambda: ("zh", "en"))
        await switches.restore()
        assert switches.announcement == {"zh": "暴雨", "en": "Rain"}
        await journal.written(journal.last_seq)
        standing = {one.name: one for one in await stored.switches()}[SwitchName.EMERGENCY]
        assert (standing.text, standing.others) == ("暴雨", rain)
        switches.turn("emergency", on=False, by="leader", reason="已过")
        await journal.written(journal.last_seq)
        assert await stored.last_taken() == 1
        again = HouseSwitches(stored, journal.append, lambda: NOON, lambda: ("zh", "en"))
        await again.restore()
        assert again.on == frozenset()
        assert again.switches[SwitchName.EMERGENCY].reason == "已过"


async def test_a_caller_is_greeted_in_the_language_he_chose_last(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        for number, (caller, language) in enumerate(
            [("+8613800000001", "en"), ("13800000001", "zh"), ("", "en"), ("13800000002", "en")]
        ):
            at, call_id = NOON + timedelta(hours=number), CallId(f"node1-{number}.1")
            arrived = CallArrived(
                at=at, call_id=call_id, caller_number=caller, called_number="12345"
            )
            journal.append(arrived)
            journal.append(LanguageChosen(at=at, call_id=call_id, language=language))
        await journal.written(journal.last_seq)
        languages = KnownLanguages(StoredLanguages(database))
        await languages.restore()
        known = [languages.of(one) for one in ("013800000001", "13800000002", "", "1")]
        assert known == ["zh", "en", "", ""]
        languages.on_event(LanguageChosen(at=NOON, call_id=CallId("node1-3.1"), language="zh"))
        assert languages.of("13800000002") == "zh"
