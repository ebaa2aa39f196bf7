"""Switches and wishes in memory. 内存开关"""

from collections.abc import Sequence

from seats.house_switches import Switch, SwitchWish


class NoSwitches:
    """A store in which nothing was written down, unless the test does. 开关存储"""

    def __init__(self) -> None:
        self.rows: list[Switch] = []
        self.taken = 0
        self.wishes: list[SwitchWish] = []

    async def switches(self) -> Sequence[Switch]:
        return self.rows

    async def last_taken(self) -> int:
        return self.taken

    async def wishes_after(self, taken: int) -> Sequence[SwitchWish]:
        return [one for one in self.wishes if one.wish_id > taken]
