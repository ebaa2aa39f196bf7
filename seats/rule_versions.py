"""One text of a rule document, with who and when. 规则版本"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cti.ids import SeatId
from documents.problems import DocumentKind
from seats.model import SeatDefinition

DEFAULTS = Path(__file__).parent / "defaults"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """A published text. 规则版本

    Versions count through all kinds, in the order of publishing. 0 is what this release ships. The
    highest version of a kind whose `effective_at` has come holds; so whatever is published later
    takes the place of an earlier publication that was still to come.
    """

    kind: DocumentKind
    version: int
    body: str
    by: str
    at: datetime | None
    note: str
    effective_at: datetime | None
    undoes: int | None = None
    in_force_at: datetime | None = None
    """When a running service took it up. 生效时刻"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A text that somebody is still writing; one of each kind. 规则草稿"""

    kind: DocumentKind
    body: str
    by: str
    at: datetime
    based_on: int


class RuleRecords(Protocol):
    """Where rule documents are kept. 规则存储"""

    async def due(self, now: datetime) -> Mapping[DocumentKind, RuleVersion]:
        """Of each kind the one that holds at that instant; kinds never published are missing."""

    async def newest(self) -> Mapping[DocumentKind, RuleVersion]:
        """Of each kind the last published, due or not."""

    async def due_versions(self, now: datetime) -> Mapping[DocumentKind, int]:
        """As `due`, the numbers alone."""

    async def history(self, kind: DocumentKind) -> Sequence[RuleVersion]:
        """Newest first."""

    async def add(
        self,
        kind: DocumentKind,
        body: str,
        *,
        by: str,
        at: datetime,
        note: str,
        effective_at: datetime,
        undoes: int | None,
        follows: int,
    ) -> RuleVersion:
        """In one transaction. Raises RulesChangedMeanwhile unless `follows` is the kind's newest."""

    async def draft(self, kind: DocumentKind) -> RuleDraft | None: ...
    async def save_draft(self, draft: RuleDraft) -> None: ...
    async def seats(self) -> Mapping[SeatId, SeatDefinition]:
        """Every seat as it is defined without posts."""


def shipped(kind: DocumentKind) -> RuleVersion:
    """What holds until something is published."""
    return RuleVersion(
        kind=kind,
        version=0,
        body=(DEFAULTS / f"{kind.value}.toml").read_text(encoding="utf-8"),
        by="",
        at=None,
        note="出厂默认",
        effective_at=None,
    )


def difference(old: RuleVersion, new: RuleVersion) -> str:
    """What a reader compares: a unified diff."""
    return "\n".join(
        difflib.unified_diff(
            old.body.splitlines(),
            new.body.splitlines(),
            f"{old.kind} v{old.version}",
            f"{new.kind} v{new.version}",
            lineterm="",
        )
    )
