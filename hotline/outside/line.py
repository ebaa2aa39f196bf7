"""Any number outside that the system under test calls over the trunk. 外部线路

A department, an emergency line (110, 119, 120, 122), a citizen who is called back. Until it is told how
to take a call, nobody has that number: 404.
"""

from hotline.outside.called import CalledEnd
from hotline.outside.simulator_link import SimulatorLink


class Line(CalledEnd):
    """A number in the public network. 外部线路"""

    def __init__(self, link: SimulatorLink, number: str) -> None:
        super().__init__(link, number)
        self.number = number

    async def disconnect(self) -> None:
        """From now on nobody has this number (again): 404 Not Found."""
        await self._take("nobody")
