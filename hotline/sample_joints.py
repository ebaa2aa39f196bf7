"""Sampling, joined to the house: who may inspect is asked of the accounts. 抽样连接件"""

from collections.abc import Awaitable, Callable, Sequence

from quality.errors import QualityRecordsAway
from quality.ports import Now, Tell
from quality.sampler import Sampler
from quality.sampling import Inspector
from seats.rule_documents.policies import SamplePolicy
from store.database import Database
from store.samples import StoredSamples
from web.errors import StoreAway
from web.ports import Role, Users
from web.sample_ports import Samples


class InspectorsOfAccounts:
    """Open accounts that have the role; implements quality.ports.Inspectors. 质检员名册"""

    def __init__(self, users: Users) -> None:
        self._users = users

    async def __call__(self) -> Sequence[Inspector]:
        """Raises QualityRecordsAway."""
        try:
            everybody = await self._users.all()
        except StoreAway as away:
            raise QualityRecordsAway from away
        return [
            Inspector(username=one.username, seat_id=one.seat_id, area=one.area)
            for one in everybody
            if Role.INSPECTOR in one.roles and one.disabled_at is None
        ]


def sampling_rooms(
    database: Database,
    users: Users,
    policy: Callable[[], SamplePolicy],
    written_down: Callable[[], Awaitable[object]],
    tell: Tell,
    now: Now,
) -> tuple[Sampler, Samples]:
    """Built; draws by itself once it runs."""
    stored = StoredSamples(database)
    sampler = Sampler(stored, InspectorsOfAccounts(users), policy, written_down, tell, now)
    return sampler, Samples(lists=stored, desk=sampler)
