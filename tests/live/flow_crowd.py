"""Many citizens at once in the flows, watched in the journal: what a test needs of them. 流程人群

The journal is read by one look for all: fifty who each ask the web for their own events would be the
load of the test and not of the product.
"""

import asyncio
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from hotline.outside.far_end import Citizen
from hotline.outside.tones import tone
from tests.live.flow_plans import SPEAK, WAIT, Act
from tests.live.stage import Stage

LOOK_S = 0.25
PROMPT_S = 1.5
"""All prompts are as short as this: what is said is not the matter here."""
OVER = frozenset({"CallEnded", "CallAbandoned"})
Json = dict[str, Any]


def shorten_prompts(prompts: Path) -> None:
    """Every sound becomes a short tone."""
    sound = tone(600, PROMPT_S)
    for file in prompts.glob("*/*.sln"):
        file.write_bytes(sound)


class Told:
    """What the service has told, as its journal on disk has it. 已落盘事件"""

    def __init__(self, stage: Stage) -> None:
        self._uri = f"file:{stage.places.var / 'hotline.sqlite'}?mode=ro"
        self._seq = 0
        self.of_call: dict[str, list[Json]] = defaultdict(list)
        self.call_of: dict[str, str] = {}
        """The newest call of each caller's number. 主叫对应通话"""
        self._looked = asyncio.Event()

    async def run(self) -> None:
        while True:
            for kind, body in await asyncio.to_thread(self._new):
                if kind == "CallArrived":
                    self.call_of[body["caller_number"]] = body["call_id"]
                if "call_id" in body:
                    self.of_call[body["call_id"]].append({"type": kind, **body})
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            await asyncio.sleep(LOOK_S)

    def _new(self) -> list[tuple[str, Json]]:
        with closing(sqlite3.connect(self._uri, uri=True)) as connection:
            rows = connection.execute(
                "SELECT seq, type, body FROM journal WHERE seq > ? ORDER BY seq", (self._seq,)
            ).fetchall()
        self._seq = rows[-1][0] if rows else self._seq
        return [(kind, json.loads(body)) for _, kind, body in rows]

    def kinds(self, call_id: str) -> list[str]:
        return [one["type"] for one in self.of_call[call_id]]

    def entered(self, call_id: str) -> list[str]:
        """The nodes that he came into, in their order."""
        return [one["node"] for one in self.of_call[call_id] if one["type"] == "NodeEntered"]

    async def until(self, true: Callable[[], Any], limit_s: float, otherwise: str) -> Any:
        try:
            async with asyncio.timeout(limit_s):
                while not (seen := true()):
                    await self._looked.wait()
                return seen
        except TimeoutError:
            raise AssertionError(otherwise) from None

    async def arrived(self, caller: str) -> str:
        """His call's id."""
        found = await self.until(lambda: self.call_of.get(caller), 30, f"{caller} did not arrive")
        return str(found)

    async def at(self, call_id: str, node: str, limit_s: float = 120) -> None:
        await self.until(
            lambda: node in self.entered(call_id),
            limit_s,
            f"{call_id} did not come to {node}: {self.entered(call_id)}",
        )

    async def happened(self, call_id: str, *kinds: str, limit_s: float = 60) -> None:
        await self.until(
            lambda: not set(kinds).isdisjoint(self.kinds(call_id)),
            limit_s,
            f"{call_id}: none of {kinds} after {self.entered(call_id)}, {self.kinds(call_id)[-5:]}",
        )


async def follow(
    citizen: Citizen, told: Told, call_id: str, way: tuple[Act, ...], node: str
) -> None:
    """Walk to that node."""
    before = None
    for act in way:
        await told.at(call_id, act.node)
        if act.does == SPEAK:
            await asyncio.sleep(PROMPT_S + 1.5)
            await citizen.say(tone(440, 2.0))
            await citizen.press("#")
        elif act.does != WAIT:
            # A second thing in the same node: it asks again only when it has taken the first. And the
            # very key that has just answered is the same press, for a moment.
            again = before is not None and (act.node == before.node or act.does == before.does)
            await asyncio.sleep(1.5 if again else 0.2)
            await citizen.press(act.does)
        before = act
    await told.at(call_id, node)
