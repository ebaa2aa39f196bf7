"""`hotline rules`: rule documents from the command line. 规则命令

Works on the database alone, so it does the same whether the service runs or not; a running service
sees a new version within a second (seats/rulebook.py).
"""

import getpass
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind, errors_in
from documents.reading import kind_of
from hotline.administration import CommandRefused, open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.flow_joints import flow_problems
from hotline.places import Places
from hotline.prompt_joints import prompt_problems
from seats.attendance import BEIJING
from seats.errors import RulesRefused
from seats.publishing import RuleOffice, kind_named, shown
from seats.rule_versions import RuleVersion, difference
from store.rules import StoredRules

FAILED = 1
Say = Callable[[str], None]


async def carry_out(arguments: Namespace, places: Places, config: Config, say: Say) -> int:
    """Run one of them; `say` gets its result line by line. Raises the errors of seats.errors."""
    async with _office(places, config) as office:
        return await _ACTIONS[arguments.action](office, arguments, say)


@asynccontextmanager
async def _office(places: Places, config: Config) -> AsyncIterator[RuleOffice]:
    async with open_database(places, config) as database:
        yield RuleOffice(
            StoredRules(database),
            shipped_calendar(),
            None,
            utc_now,
            (flow_problems, prompt_problems(places.prompts)),
        )


async def _show(office: RuleOffice, arguments: Namespace, say: Say) -> int:
    found = await office.version(kind_named(arguments.kind), arguments.version)
    say(found.body.rstrip("\n"))
    return 0


async def _check(office: RuleOffice, arguments: Namespace, say: Say) -> int:
    kind, body = _read(arguments.file)
    problems = await office.check(kind, body)
    for problem in problems:
        say(_problem(shown(problem)))
    if not problems:
        say("没有问题")
    return FAILED if errors_in(problems) else 0


async def _publish(office: RuleOffice, arguments: Namespace, say: Say) -> int:
    kind, body = _read(arguments.file)
    try:
        made = await office.publish(
            kind,
            body,
            by=_who(),
            note=arguments.note,
            effective_at=None if arguments.at is None else _instant(arguments.at),
            accept_warnings=arguments.accept_warnings,
        )
    except RulesRefused as refused:
        for problem in refused.details["problems"]:
            say(_problem(problem))
        raise
    say(_line(made))
    return 0


async def _undo(office: RuleOffice, arguments: Namespace, say: Say) -> int:
    say(_line(await office.undo(kind_named(arguments.kind), by=_who(), note=arguments.note)))
    return 0


async def _history(office: RuleOffice, arguments: Namespace, say: Say) -> int:
    for version in await office.history(kind_named(arguments.kind)):
        say(_line(version))
    return 0


async def _diff(office: RuleOffice, arguments: Namespace, say: Say) -> int:
    kind = kind_named(arguments.kind)
    old = await office.version(kind, arguments.old)
    say(difference(old, await office.version(kind, arguments.new)) or "没有差异")
    return 0


_ACTIONS = {
    "show": _show,
    "check": _check,
    "publish": _publish,
    "undo": _undo,
    "history": _history,
    "diff": _diff,
}


def _read(file: Path) -> tuple[DocumentKind, str]:
    """Raises CommandRefused, RuleKindUnknown."""
    try:
        body = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise CommandRefused(f"{file}: {type(trouble).__name__}") from trouble
    return kind_named(kind_of(body) or ""), body


def _who() -> str:
    # Whoever may run this command may do anything: his name is for the history, not for a check.
    return f"命令行:{getpass.getuser()}"


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandRefused(f"{text}: write the instant as 2026-10-01T00:00") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=BEIJING)


def _problem(problem: dict[str, Any]) -> str:
    sign = {"error": "错误", "warning": "提醒"}[problem["severity"]]
    return f"{problem['kind']}:{problem['line']}: {sign} {problem['code']} {problem['reason']}"


def _line(version: RuleVersion) -> str:
    since = version.effective_at
    when = "-" if since is None else since.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return f"{version.kind.value} v{version.version}  {when}  {version.by or '-'}  {version.note}"
