"""Draft, check, publish, undo: the one way by which a rule document changes. 规则发布

Works on the stored documents, so it is the same for the running service and for the command line of
a stopped one. What is published is taken up by the `Rulebook`, which looks for it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from documents.calendar import Calendar
from documents.problems import (
    DocumentKind,
    Problem,
    Severity,
    errors_in,
    warnings_in,
)
from seats.errors import (
    NothingToUndo,
    PublicationInThePast,
    RuleDraftMissing,
    RuleKindUnknown,
    RulesChangedMeanwhile,
    RulesDoubtful,
    RulesRefused,
    RuleVersionUnknown,
    SeatError,
)
from seats.ports import Now
from seats.rule_documents.documents import FurtherCheck, Surroundings, check
from seats.rule_versions import RuleDraft, RuleRecords, RuleVersion, shipped

SCHEDULED_REPLACED = "scheduled-replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStatus:
    """How a kind stands. 规则状态"""

    holds: RuleVersion
    scheduled: RuleVersion | None
    draft: RuleDraft | None


def kind_named(name: str) -> DocumentKind:
    """Raises RuleKindUnknown."""
    try:
        return DocumentKind(name)
    except ValueError:
        raise RuleKindUnknown from None


class RuleOffice:
    """Takes rule documents in and puts them into force. 规则发布处"""

    def __init__(
        self,
        records: RuleRecords,
        calendar: Calendar,
        prompts: Collection[str] | None,
        now: Now,
        further: tuple[FurtherCheck, ...] = (),
    ) -> None:
        self._records = records
        self._calendar = calendar
        self._prompts = prompts
        self._now = now
        self._further = further
        self.refused: Counter[str] = Counter()
        """Documents that were not published, by the error's code."""

    async def status(self, kind: DocumentKind) -> RuleStatus:
        holds = (await self._records.due(self._now())).get(kind) or shipped(kind)
        newest = (await self._records.newest()).get(kind)
        scheduled = newest is not None and newest.version > holds.version
        return RuleStatus(
            holds=holds,
            scheduled=newest if scheduled else None,
            draft=await self._records.draft(kind),
        )

    async def version(self, kind: DocumentKind, version: int | None = None) -> RuleVersion:
        """That one, or the one that holds. Raises RuleVersionUnknown."""
        if version is None:
            return (await self.status(kind)).holds
        for one in await self.history(kind):
            if one.version == version:
                return one
        raise RuleVersionUnknown

    async def history(self, kind: DocumentKind) -> Sequence[RuleVersion]:
        """Newest first, at the end what was shipped."""
        return [*await self._records.history(kind), shipped(kind)]

    async def check(self, kind: DocumentKind, body: str) -> list[Problem]:
        """Against the newest documents of the other kinds."""
        newest = await self._records.newest()
        surroundings = Surroundings(
            calendar=self._calendar,
            seats=await self._records.seats(),
            prompts=self._prompts,
            further=self._further,
        )
        found = check(kind, body, _texts(newest), surroundings)
        last = newest.get(kind)
        if last is not None and last.effective_at is not None and last.effective_at > self._now():
            reason = f"第 {last.version} 版尚未到生效时间，发布后它不再生效"
            found.append(_warning(kind, reason))
        return found

    async def save_draft(self, kind: DocumentKind, body: str, by: str) -> list[Problem]:
        """Keep it as it is, and say what is wrong with it."""
        newest = (await self._records.newest()).get(kind)
        await self._records.save_draft(
            RuleDraft(
                kind=kind,
                body=body,
                by=by,
                at=self._now(),
                based_on=0 if newest is None else newest.version,
            )
        )
        return await self.check(kind, body)

    async def publish(
        self,
        kind: DocumentKind,
        body: str | None,
        *,
        by: str,
        note: str,
        effective_at: datetime | None = None,
        accept_warnings: bool = False,
        based_on: int | None = None,
    ) -> RuleVersion:
        """Without a body: the draft.

        Raises RulesRefused, RulesDoubtful, RulesChangedMeanwhile, RuleDraftMissing,
        PublicationInThePast.
        """
        try:
            return await self._publish(
                kind, body, by, note, effective_at, accept_warnings, based_on
            )
        except SeatError as refused:
            self.refused[refused.code] += 1
            raise

    async def undo(self, kind: DocumentKind, *, by: str, note: str = "") -> RuleVersion:
        """Publish the text before the last one as a new version; two undos are none.

        Also takes back a publication that is still to come. Raises NothingToUndo, RulesRefused.
        """
        history = await self.history(kind)
        if len(history) < 2:
            self.refused[NothingToUndo.code] += 1
            raise NothingToUndo
        last, before = history[0], history[1]
        return await self._add(
            kind,
            before.body,
            by=by,
            note=note or f"撤销第 {last.version} 版，恢复第 {before.version} 版",
            effective_at=self._now(),
            undoes=last.version,
            follows=last.version,
        )

    async def _publish(
        self,
        kind: DocumentKind,
        body: str | None,
        by: str,
        note: str,
        effective_at: datetime | None,
        accept_warnings: bool,
        based_on: int | None,
    ) -> RuleVersion:
        now = self._now()
        if effective_at is not None and effective_at <= now:
            raise PublicationInThePast
        if body is None:
            draft = await self._records.draft(kind)
            if draft is None:
                raise RuleDraftMissing
            body = draft.body
            based_on = draft.based_on if based_on is None else based_on
        newest = (await self._records.newest()).get(kind)
        follows = 0 if newest is None else newest.version
        if based_on is not None and based_on != follows:
            raise RulesChangedMeanwhile
        problems = await self.check(kind, body)
        if not accept_warnings and warnings_in(problems) and not errors_in(problems):
            raise RulesDoubtful([shown(one) for one in problems])
        return await self._add(
            kind,
            body,
            by=by,
            note=note,
            effective_at=effective_at or now,
            undoes=None,
            follows=follows,
        )

    async def _add(
        self,
        kind: DocumentKind,
        body: str,
        *,
        by: str,
        note: str,
        effective_at: datetime,
        undoes: int | None,
        follows: int,
    ) -> RuleVersion:
        problems = await self.check(kind, body)
        if errors_in(problems):
            raise RulesRefused([shown(one) for one in problems])
        return await self._records.add(
            kind,
            body,
            by=by,
            at=self._now(),
            note=note,
            effective_at=effective_at,
            undoes=undoes,
            follows=follows,
        )


def shown(problem: Problem) -> dict[str, str | int]:
    """For people and programs."""
    return {
        "kind": problem.kind.value,
        "line": problem.line,
        "code": problem.code,
        "severity": problem.severity.value,
        "reason": problem.reason,
    }


def _texts(newest: Mapping[DocumentKind, RuleVersion]) -> dict[DocumentKind, str]:
    return {kind: (newest.get(kind) or shipped(kind)).body for kind in DocumentKind}


def _warning(kind: DocumentKind, reason: str) -> Problem:
    return Problem(
        kind=kind, line=1, code=SCHEDULED_REPLACED, reason=reason, severity=Severity.WARNING
    )
