"""`hotline doctor` for the console: the same questions, asked anew, off the service's loop. 体检连接件"""

import asyncio
from collections.abc import Sequence

from hotline.asterisk.checks import Check
from hotline.config import Config
from hotline.doctor import examine
from hotline.places import Places
from web.admin_ports import Finding


class DoctorOnCall:
    """One examination at a time, in a thread with a loop of its own: it reads files and asks programs. 体检"""

    def __init__(self, places: Places, config: Config) -> None:
        self._places = places
        self._config = config
        self._busy = asyncio.Lock()

    async def examine(self) -> Sequence[Finding]:
        async with self._busy:
            checks = await asyncio.to_thread(self._examine)
        return [
            Finding(name=one.name, ok=one.ok, detail=one.detail, advice=one.advice)
            for one in checks
        ]

    def _examine(self) -> Sequence[Check]:
        return asyncio.run(examine(self._places, self._config))
