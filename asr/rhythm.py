"""When a growing leg is worth the next look. 节奏

Asterisk's buffer is full at regular instants: a look just before the next one finds nothing and costs as
much as one that does. So the length between two growths is learnt, and looks are taken when one is due.

Only a growth that was waited for, one close look in vain before it, says when it came. One that was there
at the first look may have been there for long: then the next look is taken earlier.
"""

_LEARNT = 0.3
"""Of the newest length in the average."""
_EARLIER = 0.9
_CLOSE_S = 0.025
"""Between two looks when a growth is due."""
_CLOSE_LOOKS = 6
"""When it did not come after so many, the leg rests, and so do we."""
_SHORTEST_S = 0.05
_LONGEST_S = 1.5
"""Two growths farther apart say nothing: the leg rested in between."""


class Rhythm:
    """Of one leg. 节奏"""

    def __init__(self, poll_s: float) -> None:
        self._poll_s = poll_s
        self._every_s: float | None = None
        self._grew_at_s: float | None = None
        self._exactly = False
        self._looks = 0

    def grew(self, now_s: float) -> None:
        """After a look in vain one found something."""
        exactly = self._every_s is None or self._looks > 0
        if self._grew_at_s is not None:
            every_s = now_s - self._grew_at_s
            if self._every_s is None:
                self._every_s = every_s if _SHORTEST_S <= every_s <= _LONGEST_S else None
            elif not exactly:
                self._every_s = max(_SHORTEST_S, self._every_s * _EARLIER)
            elif self._exactly and _SHORTEST_S <= every_s <= _LONGEST_S:
                self._every_s += _LEARNT * (every_s - self._every_s)
        self._grew_at_s = now_s
        self._exactly = exactly
        self._looks = 0

    def rest_s(self, now_s: float) -> float:
        """How long to rest after a look in vain."""
        if self._every_s is None or self._grew_at_s is None or self._looks >= _CLOSE_LOOKS:
            return self._poll_s
        due_s = self._grew_at_s + self._every_s - _CLOSE_S
        if now_s < due_s:
            return due_s - now_s
        self._looks += 1
        return _CLOSE_S
