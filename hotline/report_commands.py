"""`hotline report drafting`: what operators made of the machine's proposals. 报表命令

Reads the database alone; a running service is not disturbed.
"""

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta

from hotline.administration import CommandRefused, open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.places import Places
from orders.drafting_report import DraftQuality, FieldQuality, quality_of, weekly
from orders.model import FIELD_NAMES
from orders.serial import SHANGHAI
from store.drafts import StoredDrafts

Say = Callable[[str], None]
USUAL_SPAN = timedelta(days=27)
"""Four weeks with today. 默认跨度"""


async def report_drafting(arguments: Namespace, places: Places, config: Config, say: Say) -> int:
    """Per field and per week, over days in China; `say` gets the report line by line."""
    until = utc_now().astimezone(SHANGHAI).date()
    since = _day(arguments.since) if arguments.since else until - USUAL_SPAN
    async with open_database(places, config) as database:
        tallies = await StoredDrafts(database).draft_tallies(since, until)
    whole, weeks = quality_of(tallies), weekly(tallies)
    if arguments.json:
        told = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            **asdict(whole),
            "weeks": [{"monday": monday.isoformat(), **asdict(week)} for monday, week in weeks],
        }
        say(json.dumps(told, ensure_ascii=False))
        return 0
    _tell(f"{since} 至 {until}", whole, say)
    for monday, week in weeks:
        _tell(f"{monday} 起一周", week, say)
    return 0


def _tell(span: str, quality: DraftQuality, say: Say) -> None:
    say(f"{span}：工单 {quality.orders} 张")
    if quality.orders:
        for one in quality.fields:
            say(_line(one))


def _line(one: FieldQuality) -> str:
    distance = "—" if one.mean_distance is None else f"{one.mean_distance:.3f}"
    return (
        f"  {FIELD_NAMES[one.name]}  建议 {one.proposed}  采用 {one.confirmed}  修改 {one.edited}"
        f"  弃用 {one.rejected}  人工补填 {one.added}  平均编辑距离 {distance}"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise CommandRefused(f"not a day like 2026-10-01: {text}") from wrong
