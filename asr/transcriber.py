"""Takes down one call, both sides apart. 转写员"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from asr.events import Side, TranscriptFinished, TranscriptionPaused, TranscriptionResumed
from asr.scribe import SideScribe, Surroundings
from cti.fence import call_fence

_NOTHING_HEARD: Mapping[Side, int | None] = MappingProxyType({})


class Transcriber:
    """One live (or unfinished) call's transcript. 通话转写

    The citizen is heard from the first answer to the end of the call; the seat's leg only while a
    seat is connected and not holding, because otherwise it holds music and prompts. Whatever goes
    wrong in here, TranscriptFinished is told in the end; only cancellation (the service stops)
    leaves the transcript unfinished, to be resumed at the next start.
    """

    def __init__(
        self,
        around: Surroundings,
        heard_until_ms: Mapping[Side, int | None] = _NOTHING_HEARD,
        utterances: int = 0,
        *,
        after_outage: bool = False,
        paused: bool = False,
    ) -> None:
        self._around = around
        self._utterances = utterances
        self._away: set[Side] = {Side.CITIZEN} if paused else set()
        self._citizen, self._operator = (
            SideScribe(
                side,
                around,
                self._side_lost,
                self._side_back,
                heard_until_ms.get(side),
                after_outage=after_outage,
            )
            for side in (Side.CITIZEN, Side.OPERATOR)
        )

    @property
    def paused(self) -> bool:
        """No recogniser can be had for at least one side."""
        return bool(self._away)

    def seat_connected(self, at: datetime) -> None:
        """A seat and the citizen hear each other from now on."""
        position_ms = self._around.position_ms(at)
        self._citizen.begin(position_ms)
        self._operator.begin(position_ms)

    def seat_away(self, at: datetime) -> None:
        """The seat left or holds the call."""
        self._operator.end(self._around.position_ms(at))

    def call_ended(self, at: datetime) -> None:
        """The call is over; what the legs still hold is heard to the end."""
        self.seat_away(at)
        self._citizen.call_is_over()
        self._operator.call_is_over()

    async def run(self) -> None:
        """Work until the call is over and both sides are heard to the end."""
        async with asyncio.TaskGroup() as group:
            for scribe in (self._citizen, self._operator):
                group.create_task(
                    self._fenced(scribe), name=f"{scribe.side} of {self._around.call_id}"
                )
        with call_fence(self._around.call_id):
            heard = self._utterances + self._citizen.utterances + self._operator.utterances
            self._around.tell(
                TranscriptFinished(
                    at=self._around.now(), call_id=self._around.call_id, utterances=heard
                )
            )

    async def _fenced(self, scribe: SideScribe) -> None:
        with call_fence(self._around.call_id):
            await scribe.run()
        self._away.discard(scribe.side)

    def _side_lost(self, side: Side) -> None:
        was_paused = self.paused
        self._away.add(side)
        if not was_paused:
            self._around.tell(
                TranscriptionPaused(
                    at=self._around.now(), call_id=self._around.call_id, reason="no-recogniser"
                )
            )

    def _side_back(self, side: Side) -> None:
        if side not in self._away:
            return
        self._away.discard(side)
        if not self.paused:
            self._around.tell(
                TranscriptionResumed(at=self._around.now(), call_id=self._around.call_id)
            )
