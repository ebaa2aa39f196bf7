"""A talk written down as a script: one line a sentence, 市民 or 座席 before the colon."""

from asr.events import Side, UtteranceHeard
from cti.ids import CallId
from orders.drafting import propose
from orders.model import FieldValue, OrderField
from orders.reading import read
from tests.fakes.floor import NOON, call

SIDES = {"市": Side.CITIZEN, "座": Side.OPERATOR}


def heard(
    text: str, side: Side = Side.CITIZEN, at_s: float = 0.0, call_id: CallId | None = None
) -> UtteranceHeard:
    starts_at_ms = int(at_s * 1000)
    return UtteranceHeard(
        at=NOON,
        call_id=call_id or call(1),
        side=side,
        text=text,
        starts_at_ms=starts_at_ms,
        ends_at_ms=starts_at_ms + 200 * len(text),
        confidence=1.0,
    )


def talk(script: str, call_id: CallId | None = None) -> list[UtteranceHeard]:
    """市: and 座: lines; each begins half a second after the one before has ended."""
    said: list[UtteranceHeard] = []
    at_s = 0.0
    for line in script.strip().splitlines():
        side, text = line.strip().split("：", 1)
        said.append(heard(text, SIDES[side], at_s, call_id))
        at_s = said[-1].ends_at_ms / 1000 + 0.5
    return said


def drafted(script: str, caller_number: str = "13800000001") -> dict[OrderField, FieldValue]:
    return dict(propose([read(u) for u in talk(script)], caller_number, {}))
