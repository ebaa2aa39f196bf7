"""`hotline switch`: the house's switches from the command line. 开关命令

Works on the database alone: a running service takes the wish within a second, one that does not run
at its start (seats/house_switches.py).
"""

import getpass
from argparse import Namespace
from collections.abc import Callable

from hotline.administration import open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.places import Places
from seats.announcements import wordings
from seats.errors import SwitchReasonMissing
from seats.house_switches import LONGEST_REASON, SwitchName, check_announcement, switch_named
from store.switches import StoredSwitches

Say = Callable[[str], None]
NAMES = {
    SwitchName.EMERGENCY: "突发事件",
    SwitchName.MENU: "菜单",
    SwitchName.NIGHT: "夜间",
    SwitchName.HOLIDAY: "节假日",
    SwitchName.VOICE_BOT: "语音导航",
}


async def carry_out(arguments: Namespace, places: Places, config: Config, say: Say) -> int:
    """Show them, or leave a wish. Raises SwitchUnknown, SwitchReasonMissing, SwitchTextRefused."""
    name = None if arguments.name is None else switch_named(arguments.name)
    async with open_database(places, config) as database:
        stored = StoredSwitches(database)
        if name is None or arguments.position is None:
            await _show(stored, name, say)
            return 0
        # An emergency announcement is its own reason.
        reason = (arguments.reason or arguments.text)[:LONGEST_REASON].strip()
        if not reason:
            raise SwitchReasonMissing
        others = wordings({"en": arguments.text_en})
        if arguments.text.strip() or others:
            # Which languages callers are spoken to in, the service itself knows.
            check_announcement(name, arguments.text.strip(), others, {"en"})
        on = arguments.position == "on"
        await stored.wish(
            name,
            on=on,
            by=getpass.getuser(),
            reason=reason,
            text=arguments.text.strip(),
            others=others,
            now=utc_now,
        )
    say(f"{NAMES[name]}（{name}）{'打开' if on else '关闭'}，下一通来电起生效")
    return 0


async def _show(stored: StoredSwitches, only: SwitchName | None, say: Say) -> None:
    known = {one.name: one for one in await stored.switches()}
    waiting = {one.name: one for one in await stored.wishes_after(await stored.last_taken())}
    for name in SwitchName:
        if only not in (None, name):
            continue
        one = known.get(name)
        line = f"{name:<10} {'开' if one is not None and one.on else '关'}  {NAMES[name]}"
        if one is not None:
            line += f"  {one.by}：{one.reason}"
        if name in waiting:
            line += f"  待生效：{'开' if waiting[name].on else '关'}"
        say(line)
        if one is not None and one.text:
            say(f"  公告：{one.text}")
            for further in one.others:
                say(f"  公告（{further.language}）：{further.words}")
