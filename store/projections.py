"""From events to tables: which function writes what follows from which event. 投影"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from cti.events import Event
from store import (
    attendance,
    backfills,
    callbacks,
    calls,
    citizens,
    drafts,
    endings,
    floor,
    languages,
    listenings,
    messages,
    notices,
    orders,
    own_legs,
    quality,
    recordings,
    rules,
    said,
    samples,
    service_level,
    switches,
    transcripts,
)

Projection = Callable[[Connection, int, Any], None]


def _gather() -> Mapping[type[Event], tuple[Projection, ...]]:
    found: dict[type[Event], tuple[Projection, ...]] = {}
    for subject in (
        calls,
        floor,
        attendance,
        transcripts,
        said,
        backfills,
        orders,
        drafts,
        callbacks,
        endings,
        messages,
        citizens,
        languages,
        recordings,
        listenings,
        own_legs,
        rules,
        switches,
        notices,
        service_level,
        quality,
        samples,
    ):
        for kind, projection in subject.PROJECTIONS.items():
            found[kind] = (*found.get(kind, ()), projection)
    return found


PROJECTIONS = _gather()


def project(connection: Connection, seq: int, event: Event) -> None:
    """Write down what follows from the event; the journal gives each once."""
    for projection in PROJECTIONS.get(type(event), ()):
        projection(connection, seq, event)
