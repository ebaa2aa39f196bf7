"""The voice bot on the real line: what a citizen says leads him, after he has confirmed it, to the right group."""

from pathlib import Path

from hotline.sounds.voice import speak
from tests.live.flow_crowd import shorten_prompts
from tests.live.stage import Stage, open_stage

CALLER = "13800000001"
SAYS = "我想问一下公积金怎么提取"


async def in_stage(stage: Stage, stage_of: str) -> None:
    """Wait until the only citizen stands in the bot's node, at that stage."""

    async def there() -> bool:
        said = await stage.asterisk_says("core show channels concise")
        channel = next(row.split("!")[0] for row in said.splitlines() if "trunk" in row)
        position = await stage.asterisk_says(f"core show channel {channel}")
        return f"/speak/{stage_of}/" in position

    await stage.becomes(there, 40)


async def test_what_he_says_leads_him_to_the_group_once_he_confirms_it(
    ready_var: Path, short_path: Path
):
    seats = {"8001": "general", "8011": "housing_fund"}
    async with open_stage(ready_var, short_path, seats=seats) as stage:
        shorten_prompts(stage.places.prompts)
        api = await stage.api()
        for name in ("menu", "voice-bot"):
            await api.post(f"/api/switches/{name}", {"on": True, "reason": "演练"})
        for seat in seats:
            await stage.take_seat(seat)
        citizen = await stage.world.dial(CALLER)
        call = await stage.call_of(CALLER)
        await in_stage(stage, "ask")
        await citizen.say(bytes(16_000 * 2) + speak(SAYS) + bytes(16_000))
        await in_stage(stage, "confirm")
        await citizen.press("1")
        await stage.world.phone("8011").talking()
        seen = await stage.call_is(call["call_id"], "talking")
        assert seen["skill_group"] == "housing_fund"
        await citizen.hang_up()
        await stage.call_is(call["call_id"], "ended")
