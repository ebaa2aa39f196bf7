"""What the web needs to know of which call is of which district. 区域端口"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cti.ids import CallId


class Districts(Protocol):
    """Districts of calls, by the orders they left. 区域归属"""

    async def of_calls(self, call_ids: Sequence[CallId]) -> Mapping[CallId, frozenset[str]]:
        """Of those that have any."""
