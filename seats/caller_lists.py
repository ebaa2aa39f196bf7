"""Callers who are known to be something: elderly, enterprise, nuisance, blocked. 来电名单"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from seats.errors import CallerListUnknown, CallerNotListed, CallerNumberInvalid
from seats.events import CallerListed, CallerUnlisted
from seats.ports import Now, Tell
from seats.rule_documents.routing_table import LISTS

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_MOBILE = re.compile(r"(?:\+86|0086|86)?0?(1[0-9]{10})")
_CITY = re.compile(r"(?:\+86|0086)0?([1-9][0-9]{8,11})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCaller:
    """One number on one list. 名单条目"""

    list_name: str
    caller_number: str
    until: datetime | None
    """None: without end. 截止"""
    by: str
    at: datetime
    note: str


def caller_key(number: str) -> str:
    """The same phone however the trunk writes it: +86138…, 0138…, 138…; +86315… is 0315…."""
    mobile = _MOBILE.fullmatch(number)
    if mobile is not None:
        return mobile[1]
    city = _CITY.fullmatch(number)
    return number if city is None else f"0{city[1]}"


class CallerLists:
    """Sole owner of the lists of callers. 来电名单

    The table is this owner's events written down. Entries whose end has come count no longer.
    """

    def __init__(self, tell: Tell, now: Now, stored: Iterable[ListedCaller] = ()) -> None:
        self._tell = tell
        self._now = now
        self._entries: dict[tuple[str, str], ListedCaller] = {
            (one.list_name, one.caller_number): one for one in stored
        }

    def lookup(self, number: str) -> frozenset[str]:
        """The lists that the number is on now."""
        key, now = caller_key(number), self._now()
        return frozenset(
            name
            for name in LISTS
            if (entry := self._entries.get((name, key))) is not None and _holds(entry, now)
        )

    def entries(self, list_name: str) -> tuple[ListedCaller, ...]:
        """Those that count now, the newest first. Raises CallerListUnknown."""
        _check_list(list_name)
        now = self._now()
        found = [e for e in self._entries.values() if e.list_name == list_name and _holds(e, now)]
        return tuple(sorted(found, key=lambda entry: entry.at, reverse=True))

    def add(
        self, list_name: str, number: str, *, until: datetime | None, by: str, note: str
    ) -> ListedCaller:
        """Put on a list, or change the entry. Raises CallerListUnknown, CallerNumberInvalid."""
        _check_list(list_name)
        if not _NUMBER.fullmatch(number):
            raise CallerNumberInvalid
        entry = ListedCaller(
            list_name=list_name,
            caller_number=caller_key(number),
            until=until,
            by=by,
            at=self._now(),
            note=note,
        )
        self._entries[list_name, entry.caller_number] = entry
        self._tell(
            CallerListed(
                at=entry.at,
                list_name=list_name,
                caller_number=entry.caller_number,
                until=until,
                by=by,
                note=note,
            )
        )
        return entry

    def remove(self, list_name: str, number: str, *, by: str) -> None:
        """Raises CallerListUnknown, CallerNotListed."""
        _check_list(list_name)
        key = caller_key(number)
        if self._entries.pop((list_name, key), None) is None:
            raise CallerNotListed
        self._tell(CallerUnlisted(at=self._now(), list_name=list_name, caller_number=key, by=by))


def _holds(entry: ListedCaller, now: datetime) -> bool:
    return entry.until is None or now < entry.until


def _check_list(list_name: str) -> None:
    if list_name not in LISTS:
        raise CallerListUnknown
