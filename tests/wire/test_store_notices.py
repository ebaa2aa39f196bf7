"""Notices to the seats as the tables have them, in both databases."""

from datetime import UTC, datetime, timedelta

from cti.ids import SeatId, SkillGroupCode
from seats.notice_board import NoticeBoard
from store.notices import StoredNotices
from tests.wire.journals import open_database, writing

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")


async def test_notices_and_who_read_them_stand_after_a_restart(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        stored = StoredNotices(database)

        def board():
            return NoticeBoard(stored, dict, lambda: {GENERAL}, journal.append, lambda: NOON)

        before = board()
        kept = before.post("今晚十点系统升级", [GENERAL], by="leader")
        gone = before.post("写错了", [], by="leader")
        before.read(kept.notice_id, SeatId("8001"), by="wang")
        before.withdraw(gone.notice_id, by="leader")
        await journal.written(journal.last_seq)
        after = board()
        await after.restore()
        assert after.standing == before.standing
        assert after.standing[0].read_at == {"8001": NOON}
        assert await stored.since(NOON + timedelta(seconds=1)) == []
