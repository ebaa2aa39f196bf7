"""`hotline flow`: flows checked, walked and drawn from the command line. 流程命令

With --flows or --texts a file takes the place of what holds, so a flow can be tried before it is
published (`hotline rules publish`).
"""

from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from documents.calendar import BEIJING, shipped_calendar
from documents.problems import DocumentKind, Problem, errors_in
from hotline.administration import CommandRefused, open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.flow_joints import flow_problems
from hotline.places import Places
from ivr.flow_book import FlowBook
from ivr.flow_choice import Surroundings
from ivr.flow_document import read_flows
from ivr.flow_drawing import pictures
from ivr.flow_simulator import WalkWordUnknown, simulate
from seats.publishing import RuleOffice
from seats.rule_documents.documents import read_all
from store.rules import StoredRules

FAILED = 1
Say = Callable[[str], None]


async def carry_out(arguments: Namespace, places: Places, config: Config, say: Say) -> int:
    """Run one of them; `say` gets its result line by line. Raises CommandRefused."""
    texts = await _in_force(places, config)
    for kind, path in (
        (DocumentKind.FLOWS, arguments.flows),
        (DocumentKind.TEXTS, arguments.texts),
    ):
        if path is not None:
            texts[kind] = _read(path)
    documents, _ = read_all(texts)
    problems = flow_problems(texts, documents)
    match arguments.action:
        case "check":
            return _check(problems, say)
        case "draw":
            return _draw(texts, arguments.folder, say)
        case _:
            return _walk(texts, arguments, say)


async def _in_force(places: Places, config: Config) -> dict[DocumentKind, str]:
    async with open_database(places, config) as database:
        office = RuleOffice(StoredRules(database), shipped_calendar(), None, utc_now)
        return {kind: (await office.version(kind)).body for kind in DocumentKind}


def _check(problems: list[Problem], say: Say) -> int:
    for one in problems:
        say(f"{one.kind.value}.toml:{one.line}: {one.severity.value} {one.code} {one.reason}")
    say(f"错误 {len(errors_in(problems))} 处，提醒 {len(problems) - len(errors_in(problems))} 处")
    return FAILED if errors_in(problems) else 0


def _draw(texts: dict[DocumentKind, str], folder: Path, say: Say) -> int:
    book = FlowBook()
    book.take_up(0, texts[DocumentKind.FLOWS], texts[DocumentKind.TEXTS])
    flows, _ = read_flows(texts[DocumentKind.FLOWS])
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures(flows, book.texts).items():
        (folder / name).write_text(picture, encoding="utf-8")
        say(str(folder / name))
    return 0


def _walk(texts: dict[DocumentKind, str], arguments: Namespace, say: Say) -> int:
    book = FlowBook()
    book.take_up(0, texts[DocumentKind.FLOWS], texts[DocumentKind.TEXTS])
    around = Surroundings(
        at=_instant(arguments.at),
        calendar=shipped_calendar(),
        called_number=arguments.called,
        lists=frozenset(arguments.list),
        language=arguments.language,
        waiting=arguments.waiting,
        switches=frozenset(arguments.switch),
    )
    if arguments.flow:
        walk = book.named(arguments.flow, around)
    else:
        chosen = book.choose(around)
        walk = None if chosen is None else chosen.walk
    if walk is None:
        raise CommandRefused("没有这个流程，或者没有适用的方案")
    say(f"流程：{walk.flow.name}（{walk.flow.code}）")
    try:
        for line in simulate(walk, book.texts, arguments.words):
            say(line)
    except WalkWordUnknown as unknown:
        raise CommandRefused(f"看不懂“{unknown}”") from unknown
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise CommandRefused(f"读不了 {path}：{wrong}") from wrong


def _instant(written: str | None) -> datetime:
    if written is None:
        return utc_now()
    try:
        at = datetime.fromisoformat(written)
    except ValueError as wrong:
        raise CommandRefused(f"看不懂时间“{written}”，应如 2026-10-01T09:00") from wrong
    return at if at.tzinfo is not None else at.replace(tzinfo=BEIJING)
