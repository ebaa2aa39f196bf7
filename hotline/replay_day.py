"""`hotline replay-day`: a day of the journal under other rules, beside what happened. 话务日重演

FILE is a rule document (`hotline rules show groups > FILE`, then change it); kinds that are not given
are those that hold now. Works on the database alone and changes nothing.
"""

from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median, quantiles
from types import MappingProxyType

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind, errors_in
from documents.reading import kind_of
from hotline.administration import CommandRefused, open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.places import Places
from seats.attendance import BEIJING
from seats.errors import RulesRefused
from seats.publishing import kind_named, shown
from seats.recorded_day import RecordedDay, read_day
from seats.replay import Served, as_it_was, replay, same_offers
from seats.rule_documents.documents import Documents, read_all
from seats.rule_versions import shipped
from seats.rulebook import skills_now_of
from seats.rules import Rules
from seats.service_level import measure
from seats.settings import ServiceLevelSettings
from store.days import StoredDays
from store.rules import StoredRules

Say = Callable[[str], None]
MIDDAY = time(12)


async def replay_day(arguments: Namespace, places: Places, config: Config, say: Say) -> int:
    """Raises CommandRefused, RuleKindUnknown, RulesRefused."""
    async with open_database(places, config) as database:
        stored, rules_stored = StoredDays(database), StoredRules(database)
        day = await _which_day(arguments.day, stored)
        since = datetime.combine(day, time(), BEIJING).astimezone(UTC)
        until = since + timedelta(days=1)
        texts = {kind: shipped(kind).body for kind in DocumentKind}
        for kind, version in (await rules_stored.due(utc_now())).items():
            texts[kind] = version.body
        for file in arguments.rules:
            kind, body = _read(file)
            texts[kind] = body
        documents = _documents(texts, say)
        midday = datetime.combine(day, MIDDAY, BEIJING).astimezone(UTC)
        definitions = skills_now_of(
            documents, await rules_stored.seats(), shipped_calendar(), lambda: midday
        )
        seats = await stored.seats_at(since, definitions.values())
        recorded = read_day(await stored.events(since, until), seats)
    rules = rules_from(documents)
    for line in report(day, recorded, rules, since, until):
        say(line)
    return 0


def rules_from(documents: Documents) -> Rules:
    """As the rulebook makes them."""
    return Rules(
        groups=MappingProxyType({code: row.rules for code, row in documents.groups.items()}),
        priority_worth_s=documents.policies.priority_worth_s,
        sticky_s=documents.policies.sticky_s,
    )


def report(
    day: date, recorded: RecordedDay, rules: Rules, since: datetime, until: datetime
) -> list[str]:
    """Line by line: what happened, beside what would have."""
    was, now = as_it_was(recorded), replay(recorded, rules)
    lines = [
        f"{day}  {len(recorded.visits)} 次排队  {len(was.offers)} 次分配，"
        f"重演后相同 {same_offers(was, now)} 次",
        _row("", "当天", "重演"),
    ]
    lines += _waits(was, now, since, until)
    lines += _groups(was, now, rules, until)
    lines += _seats(was, now)
    return lines


def _waits(was: Served, now: Served, since: datetime, until: datetime) -> list[str]:
    settings = ServiceLevelSettings()
    meters = [measure(one.waits, settings, since, until, until) for one in (was, now)]
    waits = [_answered_s(one) for one in (was, now)]
    limit = f"{settings.answer_limit_s:g}"
    return [
        _row("接通", *(str(m.tally.answered) for m in meters)),
        _row("放弃", *(str(m.tally.gave_up) for m in meters)),
        _row(f"{limit}秒接听率（全部）", *(_share(m.in_time_share) for m in meters)),
        _row(
            f"{limit}秒接听率（不含{limit}秒内放弃）",
            *(_share(m.in_time_share_of_patient) for m in meters),
        ),
        _row("接通率", *(_share(m.answer_rate) for m in meters)),
        _row("等候中位数 秒", *(_seconds(median(w) if w else None) for w in waits)),
        _row("等候 95 % 秒", *(_seconds(_p95(w)) for w in waits)),
        _row("等候最长 秒", *(_seconds(max(w, default=None)) for w in waits)),
    ]


def _groups(was: Served, now: Served, rules: Rules, until: datetime) -> list[str]:
    codes = sorted({wait.skill_group for one in (was, now) for wait in one.waits})
    lines = []
    for code in codes:
        cells = []
        for one in (was, now):
            own = [wait for wait in one.waits if wait.skill_group == code]
            answered = [w.waited_ms(until) / 1000 for w in own if w.answered_at is not None]
            waited = _seconds(median(answered) if answered else None)
            cells.append(f"{len(answered)}/{len(own)} {waited}")
        lines.append(_row(f"组 {rules.name_of(code)} 接通/排队 中位秒", *cells))
    return lines


def _seats(was: Served, now: Served) -> list[str]:
    ids = sorted({seat_id for one in (was, now) for seat_id, _, _ in one.busy})
    lines = []
    for wanted in ids:
        cells = []
        for one in (was, now):
            busy = [took for seat_id, _, took in one.busy if seat_id == wanted]
            minutes = sum(busy, timedelta()).total_seconds() / 60
            cells.append(f"{len(busy)} {minutes:.1f}")
        lines.append(_row(f"座席 {wanted} 通话数 占用分钟", *cells))
    return lines


def _answered_s(served: Served) -> list[float]:
    return [
        (wait.answered_at - wait.joined_at).total_seconds()
        for wait in served.waits
        if wait.answered_at is not None
    ]


def _p95(waits: Sequence[float]) -> float | None:
    if len(waits) < 2:
        return max(waits, default=None)
    return quantiles(waits, n=20, method="inclusive")[18]


def _row(what: str, was: str, now: str) -> str:
    # A Chinese character is two columns wide.
    width = sum(2 if ord(sign) > 0x2E80 else 1 for sign in what)
    return f"{what}{' ' * max(1, 40 - width)}{was:>14}{now:>14}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f}"


async def _which_day(word: str | None, stored: StoredDays) -> date:
    if word is not None:
        try:
            return date.fromisoformat(word)
        except ValueError:
            raise CommandRefused(f"{word}: write the day as 2026-10-01") from None
    last = await stored.last_day()
    if last is None:
        raise CommandRefused("nobody has ever joined the line here")
    return last.astimezone(BEIJING).date()


def _read(file: Path) -> tuple[DocumentKind, str]:
    try:
        body = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise CommandRefused(f"{file}: {type(trouble).__name__}") from trouble
    return kind_named(kind_of(body) or ""), body


def _documents(texts: dict[DocumentKind, str], say: Say) -> Documents:
    documents, problems = read_all(texts)
    wrong = errors_in(problems)
    if wrong:
        found = [shown(problem) for problem in wrong]
        for one in found:
            say(f"{one['kind']}:{one['line']}: {one['code']} {one['reason']}")
        raise RulesRefused(found)
    return documents
