"""Takes down one call, every voice apart. 转写员

citizen      his leg, from the first talk to the end of the call
operator     the call's seat leg while a seat talks with him alone; from a seat's first room on,
             that seat's own leg, because the seat leg then holds everybody mixed
third party, supervisor    each his own leg, from its beginning to its end
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import structlog

from asr.events import (
    Side,
    TranscriptFinished,
    TranscriptionPaused,
    TranscriptionResumed,
    side_of,
)
from asr.ports import Voice
from asr.scribe import SideScribe
from asr.surroundings import Surroundings, Tongue
from cti.events import PartyRole
from cti.fence import call_fence
from cti.ids import LegId, SeatId

log = structlog.get_logger(__name__)

HeardUntil = Mapping[tuple[Side, LegId | None], int | None]
"""Up to where each voice was heard; the call's two legs have no leg id."""

_NOTHING_HEARD: HeardUntil = MappingProxyType({})
_CITIZEN = Voice(side=Side.CITIZEN)
_OPERATOR = Voice(side=Side.OPERATOR)


class Transcriber:
    """One live (or unfinished) call's transcript. 通话转写

    The call's seat leg is heard only while a seat is connected, not holding and without a leg of its
    own, because otherwise it holds music, prompts and others. Whatever goes wrong in here,
    TranscriptFinished is told in the end; only cancellation (the service stops) leaves the
    transcript unfinished, to be resumed at the next start.
    """

    def __init__(
        self,
        around: Surroundings,
        heard_until_ms: HeardUntil = _NOTHING_HEARD,
        utterances: int = 0,
        *,
        after_outage: bool = False,
        paused: bool = False,
    ) -> None:
        self._around = around
        self._tongue: Tongue | None = around.tongue
        self._heard_until_ms = heard_until_ms
        self._utterances = utterances
        self._after_outage = after_outage
        self._away: set[Voice] = {_CITIZEN} if paused else set()
        self._group: asyncio.TaskGroup | None = None
        self._over = False
        self._finished = False
        self._scribes: list[SideScribe] = []
        self._citizen = self._add(_CITIZEN)
        self._operator = self._add(_OPERATOR)
        self._own: dict[LegId, SideScribe] = {}
        self._seats_apart: dict[LegId, tuple[SeatId, datetime]] = {}
        """Seats whose own legs are recorded now, and since when."""

    @property
    def paused(self) -> bool:
        """No recogniser can be had for at least one voice."""
        return bool(self._away)

    def seat_answered(self, at: datetime, leg_id: LegId | None = None) -> None:
        """This seat and the citizen talk; another that was in a room before is there no more.

        A seat that called the citizen waited for him in the room: it stays apart.
        """
        for apart, (_, since) in list(self._seats_apart.items()):
            if apart != leg_id and since < at:
                self._party_gone(apart)
        self.seat_connected(at)

    def spoken_in(self, tongue: Tongue | None, at: datetime) -> None:
        """Another language from now on; None: one that nobody understands."""
        before, self._tongue = self._tongue, tongue
        if before == tongue:
            return
        position_ms = self._around.position_ms(at)
        self._citizen.end(position_ms)
        self._operator.end(position_ms)
        if tongue is not None:
            self._citizen.begin(position_ms, tongue)

    def seat_connected(self, at: datetime) -> None:
        """A seat and the citizen hear each other from now on."""
        if self._tongue is None:
            return
        position_ms = self._around.position_ms(at)
        self._citizen.begin(position_ms, self._tongue)
        if not self._seats_apart:
            self._operator.begin(position_ms, self._tongue)

    def message_left(self, from_ms: int, until_ms: int | None) -> None:
        """He speaks with nobody: only he is heard, and only there."""
        self._citizen.begin(from_ms)
        if until_ms is not None:
            self._citizen.end(until_ms)

    def citizen_held(self, at: datetime) -> None:
        """He hears music on the seat leg."""
        self._operator.end(self._around.position_ms(at))

    def seat_left(self, seat_id: SeatId, at: datetime, leg_id: LegId | None = None) -> None:
        """Its own leg, if it has one, is at its end; else the seat leg has no seat any more."""
        if leg_id is None:
            apart = [leg for leg, (seat, _) in self._seats_apart.items() if seat == seat_id]
        else:
            apart = [leg_id] if leg_id in self._seats_apart else []
        for leg in apart:
            self._party_gone(leg)
        if not apart:
            self._operator.end(self._around.position_ms(at))

    def party_recorded(self, leg_id: LegId, role: PartyRole, who: str, at: datetime) -> None:
        """A party's own voice is on a leg of its own from now on; told again it changes nothing."""
        if leg_id in self._own:
            return
        if self._finished:
            log.warning("a party's leg was told of too late", call_id=self._around.call_id)
            return
        zero_ms = self._around.offset_ms(at)
        position_ms = max(0, zero_ms)
        if self._tongue is None:
            return
        # An outgoing call may be in a room before anybody was connected to the citizen alone.
        self._citizen.begin(position_ms, self._tongue)
        if role is PartyRole.SEAT:
            self._operator.end(position_ms)
            self._seats_apart[leg_id] = (SeatId(who), at)
        voice = Voice(side=side_of(role), leg_id=leg_id, who=who, zero_ms=zero_ms)
        self._own[leg_id] = self._add(voice, position_ms)

    def party_became_seat(self, leg_id: LegId, seat_id: SeatId, at: datetime) -> None:
        """A supervisor took the call over: from here on the same leg holds the operator's side."""
        before = self._own.get(leg_id)
        if before is None or before.voice.side is Side.OPERATOR or self._finished:
            return
        position_ms = self._around.position_ms(at)
        before.end(position_ms)
        before.leg_is_over()
        self._operator.end(position_ms)
        self._seats_apart[leg_id] = (seat_id, at)
        voice = replace(before.voice, side=Side.OPERATOR, who=seat_id)
        self._own[leg_id] = self._add(voice, position_ms)

    def party_left(self, leg_id: LegId) -> None:
        """A third party or supervisor is gone; what his leg still holds is heard.

        A seat's end is told otherwise: who has become one meanwhile is not gone.
        """
        if leg_id not in self._seats_apart:
            self._party_gone(leg_id)

    def call_ended(self, at: datetime) -> None:
        """The call is over; what the legs still hold is heard to the end."""
        self._over = True
        self._operator.end(self._around.position_ms(at))
        for scribe in self._scribes:
            scribe.leg_is_over()

    async def run(self) -> None:
        """Work until the call is over and all voices are heard to the end."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for scribe in self._scribes:
                self._set_to_work(scribe, group)
        self._finished = True
        with call_fence(self._around.call_id):
            heard = self._utterances + sum(scribe.utterances for scribe in self._scribes)
            self._around.tell(
                TranscriptFinished(
                    at=self._around.now(), call_id=self._around.call_id, utterances=heard
                )
            )

    def _add(self, voice: Voice, from_ms: int | None = None) -> SideScribe:
        scribe = SideScribe(
            voice,
            self._around,
            self._voice_lost,
            self._voice_back,
            self._heard_until_ms.get((voice.side, voice.leg_id)),
            after_outage=self._after_outage,
        )
        self._scribes.append(scribe)
        if from_ms is not None:
            scribe.begin(from_ms, self._tongue)
        if self._over:
            scribe.leg_is_over()
        if self._group is not None:
            self._set_to_work(scribe, self._group)
        return scribe

    def _set_to_work(self, scribe: SideScribe, group: asyncio.TaskGroup) -> None:
        name = f"{scribe.voice.side} of {self._around.call_id}"
        group.create_task(self._fenced(scribe), name=name)

    def _party_gone(self, leg_id: LegId) -> None:
        self._seats_apart.pop(leg_id, None)
        if leg_id in self._own:
            self._own[leg_id].leg_is_over()

    async def _fenced(self, scribe: SideScribe) -> None:
        with call_fence(self._around.call_id):
            await scribe.run()
        if self._over:
            self._away.discard(scribe.voice)
        else:
            self._voice_back(scribe.voice)

    def _voice_lost(self, voice: Voice, why: str) -> None:
        was_paused = self.paused
        self._away.add(voice)
        if not was_paused:
            self._around.tell(
                TranscriptionPaused(at=self._around.now(), call_id=self._around.call_id, reason=why)
            )

    def _voice_back(self, voice: Voice) -> None:
        if voice not in self._away:
            return
        self._away.discard(voice)
        if not self.paused:
            self._around.tell(
                TranscriptionResumed(at=self._around.now(), call_id=self._around.call_id)
            )
