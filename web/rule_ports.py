"""What the web needs of the rules. 规则端口"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from documents.problems import DocumentKind, Problem
from seats.caller_lists import ListedCaller
from seats.house_switches import Switch, SwitchName
from seats.publishing import RuleStatus
from seats.rule_versions import RuleVersion


class RulesInForce(Protocol):
    """The rules that hold now. 规则簿"""

    async def look(self) -> None:
        """Take up what was just published, now rather than at the next look."""


class RulePublishing(Protocol):
    """Draft, check, publish, undo. 规则发布"""

    async def status(self, kind: DocumentKind) -> RuleStatus: ...
    async def version(self, kind: DocumentKind, version: int | None = None) -> RuleVersion: ...
    async def history(self, kind: DocumentKind) -> Sequence[RuleVersion]: ...
    async def check(self, kind: DocumentKind, body: str) -> Sequence[Problem]: ...
    async def save_draft(self, kind: DocumentKind, body: str, by: str) -> Sequence[Problem]: ...
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
    ) -> RuleVersion: ...
    async def undo(self, kind: DocumentKind, *, by: str, note: str = "") -> RuleVersion: ...


class CallerListing(Protocol):
    """Lists of callers. 来电名单"""

    def entries(self, list_name: str) -> Sequence[ListedCaller]: ...
    def add(
        self, list_name: str, number: str, *, until: datetime | None, by: str, note: str
    ) -> ListedCaller: ...
    def remove(self, list_name: str, number: str, *, by: str) -> None: ...


class HouseSwitching(Protocol):
    """The switches of the whole house. 开关"""

    @property
    def switches(self) -> Mapping[SwitchName, Switch]: ...
    @property
    def languages(self) -> Sequence[str]:
        """Those in which something may be announced, Chinese first."""

    def turn(
        self,
        name: str,
        *,
        on: bool,
        by: str,
        reason: str,
        text: str = "",
        others: Mapping[str, str] = ...,
    ) -> Switch: ...
