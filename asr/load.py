"""How far the transcripts are behind, and what was given up to catch up. 转写负载"""

from collections import Counter


class SpeechLoad:
    """What back-pressure did; shown in /metrics. 转写负载

    Partial results are given up first: by our server when many streams wait for it, by us when a
    voice is behind. Audio is never given up: it waits in its leg file.
    """

    def __init__(self) -> None:
        self.partials_dropped: Counter[str] = Counter()
        """By who gave them up: "server" or "behind"."""
        self.late = 0
        """Utterances told late and marked so."""
        self.left_out: Counter[str] = Counter()
        """Calls that were not taken down, by language."""
        self._behind: dict[object, int] = {}

    @property
    def worst_ms(self) -> int:
        """How much audio the voice that is farthest behind has waiting."""
        return max(self._behind.values(), default=0)

    @property
    def listening(self) -> int:
        """How many voices are being listened to."""
        return len(self._behind)

    def is_behind(self, voice: object, waiting_ms: int) -> None:
        """So much of this voice's audio has not been answered for."""
        self._behind[voice] = waiting_ms

    def is_done(self, voice: object) -> None:
        """It is not listened to any more."""
        self._behind.pop(voice, None)
