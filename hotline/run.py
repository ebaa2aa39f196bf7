"""Starts every long-running part of the service and owns it until it ends. 运行"""

import asyncio
from collections.abc import Sequence
from typing import Protocol


class Part(Protocol):
    """A long-running part of the service. 部件"""

    @property
    def name(self) -> str: ...

    async def run(self) -> None:
        """Work until cancelled; raise if the service cannot go on without this part."""


async def run_until(stop: asyncio.Event, parts: Sequence[Part]) -> None:
    """If one part fails, all stop and the failure is raised; on stop, last started ends first."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run(), name=part.name) for part in parts]
        await stop.wait()
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait([task])
