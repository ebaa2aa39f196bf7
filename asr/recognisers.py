"""Which recogniser gets the next stream. 转写服务选择"""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass

import structlog

from asr.connection import SpeechConnection, open_connection
from asr.errors import NoRecogniser, RecogniserLost, RecognisersBusy, RecogniserSilent
from asr.protocol import StreamConfig

log = structlog.get_logger(__name__)

_FIRST_REST_S = 1.0
_LONGEST_REST_S = 15.0
_CONNECT_LIMIT_S = 3.0
"""A handshake needs no recognition, so a slow one means trouble long before a slow answer does."""


@dataclass(slots=True)
class _Place:
    streams: int = 0
    rest_s: float = 0.0
    away_until: float = 0.0


class RecogniserPool:
    """Hands out streams at the least loaded recogniser that answers. 转写服务池

    An address that did not answer is left out for a while (1 s, doubling to 15 s) and then tried
    again. Own workers come and go by `add` and `remove`; configured servers are there for ever. Each
    takes so many streams and not one more: few good transcripts rather than many bad ones.
    """

    def __init__(
        self,
        config: StreamConfig,
        answer_limit_s: float,
        servers: tuple[str, ...] = (),
        streams_each: int = 0,
    ) -> None:
        self._config = config
        self._answer_limit_s = answer_limit_s
        self._streams_each = streams_each or sys.maxsize
        self.troubles: Counter[str] = Counter()
        """What recognisers, and peers of our own ones, did wrong, by code; shown in /metrics."""
        self._places = {address: _Place() for address in servers}

    @property
    def streams(self) -> dict[str, int]:
        """How many streams each known address has now."""
        return {address: place.streams for address, place in self._places.items()}

    @property
    def available(self) -> int:
        """How many addresses are not left out at the moment."""
        now = asyncio.get_running_loop().time()
        return sum(place.away_until <= now for place in self._places.values())

    @property
    def room(self) -> int:
        """How many more streams would be taken now."""
        now = asyncio.get_running_loop().time()
        return sum(
            max(0, self._streams_each - place.streams)
            for place in self._places.values()
            if place.away_until <= now
        )

    def add(self, address: str) -> None:
        """A recogniser is ready there."""
        self._places[address] = _Place()

    def remove(self, address: str) -> None:
        """It is gone for good; streams on it end by themselves."""
        self._places.pop(address, None)

    async def connect(self) -> SpeechConnection:
        """A fresh stream. Raises NoRecogniser when nobody answers, RecognisersBusy when all are full."""
        tried: set[str] = set()
        while (address := self._least_loaded(tried)) is not None:
            tried.add(address)
            place = self._places[address]
            place.streams += 1
            opened = False
            try:
                connection = await open_connection(
                    address,
                    self._config,
                    self._answer_limit_s,
                    _CONNECT_LIMIT_S,
                    on_close=lambda place=place: _one_less(place),  # type: ignore[misc]
                )
                opened = True
            except (RecogniserLost, RecogniserSilent) as gone:
                self._leave_out(address, place, gone.code)
            else:
                place.rest_s = 0.0
                return connection
            finally:
                if not opened:
                    _one_less(place)
        if self._all_full(tried):
            self.troubles[RecognisersBusy.code] += 1
            raise RecognisersBusy("every recogniser has enough to do")
        raise NoRecogniser("no recogniser answers")

    def _least_loaded(self, tried: set[str]) -> str | None:
        now = asyncio.get_running_loop().time()
        here = [
            (place.streams, address)
            for address, place in self._places.items()
            if place.away_until <= now
            and place.streams < self._streams_each
            and address not in tried
        ]
        return min(here)[1] if here else None

    def _all_full(self, tried: set[str]) -> bool:
        now = asyncio.get_running_loop().time()
        return any(
            place.away_until <= now and place.streams >= self._streams_each
            for address, place in self._places.items()
            if address not in tried
        )

    def _leave_out(self, address: str, place: _Place, why: str) -> None:
        self.troubles[why] += 1
        if place.away_until > asyncio.get_running_loop().time():
            return  # many streams broke at once: that is one trouble
        place.rest_s = min(max(_FIRST_REST_S, place.rest_s * 2), _LONGEST_REST_S)
        place.away_until = asyncio.get_running_loop().time() + place.rest_s
        log.warning("recogniser left out for a while", address=address, why=why)


def _one_less(place: _Place) -> None:
    place.streams -= 1
