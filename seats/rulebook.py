"""The rules that hold now, in memory. 规则簿

    rule_versions ─► look (every LOOK_EVERY_S, and after a publish) ─► read, check ─► in force ─► watchers

The service looks at the table instead of being told: so it does not matter who published (console,
command line, a scheduled hour, a restored backup), nobody needs a password or a port for it, and a
message cannot be lost. A call that is in hand keeps what it was given.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import structlog

from cti.ids import SeatId, SkillGroupCode
from documents.calendar import Calendar
from documents.problems import DocumentKind, errors_in
from seats.errors import RuleRecordsAway
from seats.events import RulesPublished
from seats.model import SeatDefinition, SkillGroup
from seats.ports import Now, Tell
from seats.routing import Arrival, Destination, Table, route
from seats.rule_documents.codes import CodeRow
from seats.rule_documents.directory import DirectoryRow
from seats.rule_documents.documents import (
    Documents,
    FurtherCheck,
    Surroundings,
    check_whole,
    read_all,
)
from seats.rule_documents.groups import Groups
from seats.rule_documents.places import PlaceRow
from seats.rule_documents.policies import Policies
from seats.rule_documents.posts import Post, skills_now
from seats.rule_documents.sentences import Sentence
from seats.rule_documents.words import WordLists
from seats.rule_versions import RuleRecords, RuleVersion, shipped
from seats.rules import Rules

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
"""One read of a small index; a publication of the command line holds within this."""


class Rulebook:
    """Owner of the documents that hold. 规则簿"""

    name = "rulebook"

    def __init__(
        self,
        records: RuleRecords,
        calendar: Calendar,
        prompts: Collection[str] | None,
        tell: Tell,
        now: Now,
        further: tuple[FurtherCheck, ...] = (),
    ) -> None:
        self._records = records
        self._calendar = calendar
        self._prompts = prompts
        self._tell = tell
        self._now = now
        self._further = further
        self._watchers: list[Callable[[], None]] = []
        self._base: Mapping[SeatId, SeatDefinition] = {}
        self._versions = {kind: shipped(kind) for kind in DocumentKind}
        self._refused: dict[DocumentKind, int] = {}
        self._looking = asyncio.Lock()
        self._documents, _ = read_all(_texts(self._versions))
        self._work_out()
        self.refused: Counter[str] = Counter()
        """Stored versions that could not be taken up, by kind; and looks that a sick store refused."""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call it after every change of documents or shift; it must not raise."""
        self._watchers.append(watcher)

    async def restore(self) -> None:
        """Take up what holds; before any call."""
        self._base = await self._records.seats()
        await self.look()

    # What holds.

    def rules(self) -> Rules:
        return self._rules

    def version(self, kind: DocumentKind) -> RuleVersion:
        return self._versions[kind]

    def current(self, kind: DocumentKind) -> str:
        """The text."""
        return self._versions[kind].body

    def route(self, arrival: Arrival) -> Destination:
        return route(self._table, arrival, self._now())

    @property
    def groups(self) -> Groups:
        return self._documents.groups

    @property
    def seats_named(self) -> frozenset[SeatId]:
        """Those that a post or a shift speaks of."""
        documents = self._documents
        shifts = {seat_id for shift in documents.shifts for seat_id in shift.skills}
        return frozenset(shifts | {post.seat_id for post in documents.posts})

    @property
    def skill_groups(self) -> tuple[SkillGroup, ...]:
        """In the order of the document."""
        return tuple(SkillGroup(code=row.code, name=row.rules.name) for row in self.groups.values())

    @property
    def directory(self) -> tuple[DirectoryRow, ...]:
        return self._documents.directory

    @property
    def codes(self) -> tuple[CodeRow, ...]:
        return self._documents.codes

    @property
    def policies(self) -> Policies:
        return self._documents.policies

    @property
    def words(self) -> WordLists:
        return self._documents.words

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return self._documents.sentences

    @property
    def places(self) -> tuple[PlaceRow, ...]:
        """The city's names, in the order of the document."""
        return self._documents.places

    @property
    def posts(self) -> tuple[Post, ...]:
        return self._documents.posts

    def serving_minimum(self, code: SkillGroupCode) -> int:
        """So many seats must serve the group now: none outside its hours, none if there is no such."""
        row = self.groups.get(code)
        if row is None:
            return 0
        closed = row.hours is not None and not row.hours.open_at(self._now(), self._calendar)
        return 0 if closed else row.minimum

    def seat_definitions(self) -> Iterable[SeatDefinition]:
        """Every seat with the skills that it has at this instant."""
        return self._definitions.values()

    # How it changes.

    async def look(self) -> None:
        """Take up what has come into force, and tell it; also a change of shift."""
        async with self._looking:
            due = await self._records.due_versions(self._now())
            news = {
                kind: version
                for kind, version in due.items()
                if version != self._versions[kind].version and version != self._refused.get(kind)
            }
            if news:
                found = await self._records.due(self._now())
                self._base = await self._records.seats()
                self._take_up({kind: found[kind] for kind in news if kind in found})
            elif skills_now_of(self._documents, self._base, self._calendar, self._now) != (
                self._definitions
            ):
                self._work_out()
                self._notify()

    async def look_at_seats(self) -> None:
        """Seats were defined, changed or retired."""
        async with self._looking:
            self._base = await self._records.seats()
            self._work_out()
            self._notify()

    async def run(self) -> None:
        """Look again and again; a sick store is looked at again later."""
        while True:
            try:
                await self.look()
            except RuleRecordsAway:
                self.refused["store"] += 1
                log.warning("rules could not be looked up; those in force stay")
            await asyncio.sleep(LOOK_EVERY_S)

    def _take_up(self, news: Mapping[DocumentKind, RuleVersion]) -> None:
        """All together; if they do not fit each other, one by one those that do."""
        whole = {**self._versions, **news}
        if self._fits(whole):
            accepted = dict(news)
        else:
            accepted = {}
            for kind, version in news.items():
                if self._fits({**self._versions, **accepted, kind: version}):
                    accepted[kind] = version
                else:
                    self.refused[kind] += 1
                    self._refused[kind] = version.version
                    log.error(
                        "a stored rule version has errors; the one before it stays",
                        kind=kind.value,
                        version=version.version,
                    )
        if not accepted:
            return
        self._versions = {**self._versions, **accepted}
        self._documents, _ = read_all(_texts(self._versions))
        self._work_out()
        for version in accepted.values():
            log.info("rules in force", kind=version.kind.value, version=version.version)
            if version.in_force_at is None:
                at = self._now()
                self._versions[version.kind] = replace(version, in_force_at=at)
                self._tell(
                    RulesPublished(
                        at=at,
                        kind=version.kind.value,
                        version=version.version,
                        by=version.by,
                        note=version.note,
                    )
                )
        self._notify()

    def _fits(self, versions: Mapping[DocumentKind, RuleVersion]) -> bool:
        texts = _texts(versions)
        documents, problems = read_all(texts)
        surroundings = Surroundings(
            calendar=self._calendar,
            seats=self._base,
            prompts=self._prompts,
            further=self._further,
        )
        return not errors_in([*problems, *check_whole(texts, documents, surroundings)])

    def _work_out(self) -> None:
        documents = self._documents
        self._rules = Rules(
            version=state_number(
                self._versions[DocumentKind.GROUPS].version,
                self._versions[DocumentKind.POLICIES].version,
            ),
            groups=MappingProxyType({code: row.rules for code, row in documents.groups.items()}),
            priority_worth_s=documents.policies.priority_worth_s,
            sticky_s=documents.policies.sticky_s,
        )
        self._table = Table(
            rows=documents.routing,
            groups=documents.groups,
            calendar=self._calendar,
            version=self._versions[DocumentKind.ROUTING].version,
        )
        self._definitions = skills_now_of(documents, self._base, self._calendar, self._now)

    def _notify(self) -> None:
        for watcher in self._watchers:
            watcher()


def state_number(groups: int, policies: int) -> int:
    """Both documents' versions in one number: 7 and 12 are 7000012.

    The higher of the two would name two states: a publication for a later hour has the lower number
    and comes into force after the higher one.
    """
    return groups * 1_000_000 + policies


def skills_now_of(
    documents: Documents, base: Mapping[SeatId, SeatDefinition], calendar: Calendar, now: Now
) -> dict[SeatId, SeatDefinition]:
    return skills_now(base, documents.posts, documents.shifts, calendar, now())


def _texts(versions: Mapping[DocumentKind, RuleVersion]) -> dict[DocumentKind, str]:
    return {kind: versions[kind].body for kind in DocumentKind}
