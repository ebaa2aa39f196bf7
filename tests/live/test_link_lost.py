"""The AMI link is cut while Asterisk, the service and all calls live on."""

from tests.live.afterwards import journal, left_whole, ms_between
from tests.live.cable import lay_cable
from tests.live.stage import QUICK, open_stage

TALKS, WAITS, GIVES_UP, COMES = "13800000001", "13800000002", "13800000003", "13800000004"
COMES_AND_GOES = "13800000005"
GAP = ("LinkLost", "LinkRestored")


async def test_what_happened_in_the_gap_is_known_afterwards(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage, lay_cable(stage) as cable:
        await stage.take_seat("8001")
        phone = stage.world.phone("8001")
        talking = await stage.world.dial(TALKS)
        talk_id = (await stage.call_of(TALKS))["call_id"]
        await phone.talking()
        waiting, impatient = await stage.world.dial(WAITS), await stage.world.dial(GIVES_UP)
        wait_id = (await stage.call_of(WAITS))["call_id"]
        impatient_id = (await stage.call_of(GIVES_UP))["call_id"]
        await stage.call_is(wait_id, "queued")
        await stage.call_is(impatient_id, "queued")
        gaps = len(journal(stage, *GAP))

        cable.cut()
        await stage.eventually(lambda: len(journal(stage, *GAP)) > gaps, 10.0, "loss not told")
        await talking.hang_up()
        await impatient.hang_up()
        coming = await stage.world.dial(COMES)
        unheard = await stage.world.dial(COMES_AND_GOES)
        # AMI cannot have said it: his own story has.
        await stage.call_of(COMES_AND_GOES)
        await unheard.hang_up()
        # The story goes on without the link: the freed seat takes the next in line.
        await phone.rung(2)
        await phone.talking()
        operator = await stage.api("8002")
        await operator.post("/api/seats/8002/sign-in")
        await stage.eventually(
            lambda: [row for row in stage.log.read_text().splitlines() if refused_by_name(row)],
            10.0,
            "the command in the gap did not fail by name",
        )
        cable.join()

        await stage.eventually(
            lambda: [event["type"] for event in journal(stage, *GAP)[gaps:]] == list(GAP),
            10.0,
            "return not told",
        )
        call = await stage.call_is(wait_id, "talking")
        assert call["seat_id"] == "8001"
        assert (await stage.seat_is("8001", "talking"))["call_id"] == wait_id
        ended = await stage.call_is(talk_id, "ended")
        assert ended["ending"] == {"blame": "unknown", "reason": "ended-while-away"}
        await stage.call_is(impatient_id, "abandoned")
        owed = (await (await stage.api()).get("/api/callbacks"))["callbacks"]
        assert {task["caller_number"] for task in owed} >= {COMES_AND_GOES}
        come_id = (await stage.call_of(COMES))["call_id"]
        await stage.call_is(come_id, "queued")
        await stage.lifeboat_has("8002", paused=True)
        assert await stage.channels() == 3  # two citizens and one seat

        await waiting.hang_up()
        await phone.rung(3)
        await stage.call_is(come_id, "talking")
        await coming.hang_up()
        for call_id in (wait_id, come_id):
            call = await left_whole(stage, call_id)
            assert call["ending"] == {"blame": "citizen", "reason": "hung-up"}
        # When those ended nobody saw: between the last word heard and the return.
        [lost, restored] = journal(stage, *GAP)[gaps:]
        for call_id in (talk_id, impatient_id):
            unseen_ms = ms_between(lost["at"], restored["at"])
            await left_whole(stage, call_id, slack_ms=unseen_ms)


def refused_by_name(row: str) -> bool:
    return "lifeboat members are not in step" in row and "link-lost" in row
