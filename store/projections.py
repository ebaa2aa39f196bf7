"""From events to tables: which function writes what follows from which event. 投影"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from cti.events import Event
from store import calls, floor, orders, recordings, transcripts

Projection = Callable[[AsyncConnection, int, Any], Awaitable[None]]


def _gather() -> Mapping[type[Event], tuple[Projection, ...]]:
    found: dict[type[Event], tuple[Projection, ...]] = {}
    for subject in (calls, floor, transcripts, orders, recordings):
        for kind, projection in subject.PROJECTIONS.items():
            found[kind] = (*found.get(kind, ()), projection)
    return found


PROJECTIONS = _gather()


async def project(connection: AsyncConnection, seq: int, event: Event) -> None:
    """Write down what follows from the event; the journal gives each once."""
    for projection in PROJECTIONS.get(type(event), ()):
        await projection(connection, seq, event)
