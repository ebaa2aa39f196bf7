"""Rules change while calls are in hand."""

from tests.live.stage import QUICK, open_stage

FIRST, SECOND = "13800000001", "13800000002"


async def test_one_row_is_edited_and_the_next_call_follows_it_while_the_running_one_goes_on(
    ready_var, short_path
):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        await stage.take_seat("8002")
        api = await stage.api()
        first = await stage.world.dial(FIRST)
        first_id = (await stage.call_of(FIRST))["call_id"]
        before = await stage.call_is(first_id, "talking")
        assert (before["skill_group"], before["priority"]) == ("general", 0)

        text = (await api.get("/api/rules/routing"))["body"]
        edited = text.replace(
            'name = "其余来电"\ngroup = "general"',
            'name = "其余来电"\ngroup = "dialect"\npriority = 3',
        )
        made = await api.post(
            "/api/rules/routing/publish",
            {"body": edited, "note": "试", "accept_warnings": True},
        )
        second = await stage.world.dial(SECOND)
        second_id = (await stage.call_of(SECOND))["call_id"]
        # Nobody speaks the dialect: its last relaxation, the general seats, holds at once.
        after = await stage.call_is(second_id, "talking")
        assert (after["skill_group"], after["priority"]) == ("dialect", 3)
        events = (await api.get(f"/api/calls/{second_id}/events"))["events"]
        (routed,) = (event for event in events if event["type"] == "CallRouted")
        assert (routed["row"], routed["version"]) == ("其余来电", made["version"])

        still = await stage.call_is(first_id, "talking")
        assert (still["seat_id"], still["answered_at"]) == (
            before["seat_id"],
            before["answered_at"],
        )
        assert still["skill_group"] == "general"
        await first.hang_up()
        await second.hang_up()
        for call_id in (first_id, second_id):
            await stage.call_is(call_id, "ended")
