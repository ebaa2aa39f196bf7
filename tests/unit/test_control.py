"""How CallControl leads a leg that Asterisk does not let be led yet."""

import pytest

from cti.control import LEAD_AGAIN_S, CallControl
from cti.errors import ActionRefused, UnknownCall
from cti.ids import LegId

SEAT = LegId("p1-node1-1.1")
ON_ITS_WAY = "Redirect: Redirect failed, extra channel not up."


class Refusing:
    """Refuses with these words one after the other, then obeys. 拒绝指令的机房"""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.asked: list[str] = []

    async def act(self, name, fields=()):
        self.asked.append(name)
        if self.words:
            raise ActionRefused(self.words.pop(0))

    async def act_for_list(self, name, fields=()):
        raise NotImplementedError


async def test_a_leg_that_is_still_on_its_way_is_led_again():
    asterisk = Refusing(ON_ITS_WAY, ON_ITS_WAY)
    await CallControl(asterisk).lead([(SEAT, "talk-seat")])
    assert asterisk.asked == ["Redirect"] * 3


async def test_a_leg_that_turns_out_to_have_hung_up_is_unknown():
    asterisk = Refusing(ON_ITS_WAY, "Redirect: No such channel")
    with pytest.raises(UnknownCall):
        await CallControl(asterisk).lead([(SEAT, "talk-seat")])


async def test_a_leg_that_never_sets_out_is_refused_in_the_end():
    asterisk = Refusing(*[ON_ITS_WAY] * 50)
    with pytest.raises(ActionRefused):
        await CallControl(asterisk).lead([(SEAT, "talk-seat")])
    assert len(asterisk.asked) == len(LEAD_AGAIN_S) + 1


async def test_any_other_refusal_is_final():
    asterisk = Refusing("Redirect: no")
    with pytest.raises(ActionRefused):
        await CallControl(asterisk).lead([(SEAT, "talk-seat")])
    assert asterisk.asked == ["Redirect"]
