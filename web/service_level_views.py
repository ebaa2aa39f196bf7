"""Service level, line and floor as JSON; a board, a wall and a report show the same sums. 服务水平视图"""

from datetime import datetime
from typing import Any

from seats.service_level import CAUSE_WORDS, FloorCount, Meter, Miss
from seats.service_level_clock import Board, Window
from seats.service_level_report import DayReport
from seats.service_level_trend import Column
from seats.settings import ServiceLevelSettings
from web.views import instant

Json = dict[str, Any]


def targets(settings: ServiceLevelSettings) -> Json:
    return {
        "answer_limit_s": settings.answer_limit_s,
        "in_time": settings.in_time_target,
        "answer_rate": settings.answer_rate_target,
        "gave_up_at_once_s": settings.gave_up_at_once_s,
        "window_min": settings.window_min,
    }


def window(of: Window) -> Json:
    groups = {code: meter(one) for code, one in of.groups.items()}
    return {**meter(of.whole), "groups": groups}


def report(of: DayReport) -> Json:
    return {
        "day": of.day.isoformat(),
        **meter(of.whole),
        "groups": {code: meter(one) for code, one in of.groups.items()},
        "hours": [meter(hour) for hour in of.hours],
        "misses": [miss(one) for one in of.misses],
    }


def meter(of: Meter) -> Json:
    tally = of.tally
    return {
        **span(of.since, of.until),
        "offered": tally.offered,
        "answered": tally.answered,
        "in_time": tally.in_time,
        "gave_up": tally.gave_up,
        "gave_up_at_once": tally.gave_up_at_once,
        "gave_up_before_limit": tally.gave_up_before_limit,
        "in_time_share": rounded(of.in_time_share),
        "in_time_share_of_patient": rounded(of.in_time_share_of_patient),
        "answer_rate": rounded(of.answer_rate),
        "answer_rate_of_patient": rounded(of.answer_rate_of_patient),
        "causes": [
            {"cause": cause.value, "word": CAUSE_WORDS[cause], "count": count}
            for cause, count in sorted(tally.causes.items(), key=lambda one: (-one[1], one[0]))
        ],
    }


def miss(of: Miss) -> Json:
    wait = of.wait
    return {
        "call_id": wait.call_id,
        "skill_group": wait.skill_group,
        "joined_at": instant(wait.joined_at),
        "answered_at": instant(wait.answered_at),
        "gave_up_at": instant(wait.gave_up_at),
        "cause": of.cause.value,
        "word": CAUSE_WORDS[of.cause],
        "sentence": of.sentence,
    }


def span(since: datetime | None, until: datetime | None) -> Json:
    return {"since": instant(since), "until": instant(until)}


def rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def windows(board: Board) -> Json:
    return {
        "recent": window(board.recent),
        "today": window(board.today),
        "day": window(board.day),
    }


def floor_count(count: FloorCount) -> Json:
    return {
        "signed_in": count.signed_in,
        "free": count.free,
        "talking": count.talking,
        "wrap_up": count.wrap_up,
        "not_ready": count.not_ready,
        "occupancy": rounded(count.occupancy),
    }


def column(one: Column) -> Json:
    return {
        "since": instant(one.since),
        "offered": one.tally.offered,
        "answered": one.tally.answered,
        "in_time": one.tally.in_time,
        "gave_up": one.tally.gave_up,
        "mean_wait_ms": one.mean_wait_ms,
        "longest_wait_ms": one.longest_wait_ms,
    }
