"""The router's grounds as Chinese sentences. 路由说明

The router keeps numbers; a sentence is made only for what is told or asked for.
"""

from collections.abc import Sequence
from datetime import datetime

from cti.ids import SkillGroupCode
from seats.events import CallRouted, SeatReserved
from seats.floor import Floor
from seats.line import Line
from seats.model import GroupPresence, WaitingCitizen
from seats.router import Decision, Reasons
from seats.rules import ANY_LEVEL, Rules, Step, microseconds

NOT_ASSIGNED = "尚未分配座席。"


def why_this_offer(
    decision: Decision,
    rules: Rules,
    at_joining: GroupPresence,
    ahead_at_joining: int,
) -> tuple[str, ...]:
    """Why he waited, then why this seat; empty for a decision without an offer."""
    offer, reasons = decision.offer, decision.reasons
    if offer is None or reasons is None:
        return ()
    name = rules.name_of(offer.skill_group)
    return (
        *_why_him(reasons, name, at_joining, ahead_at_joining),
        *_relaxed(reasons, offer.skill_group, rules),
        *_why_this_seat(offer.seat_id, reasons, rules),
    )


def why_picked(
    by: str, seat_id: str, waited_ms: int, name: str, at_joining: GroupPresence, ahead: int
) -> tuple[str, ...]:
    """A supervisor's choice needs no other ground."""
    waited = f"市民已等候{_seconds(waited_ms)}秒{_had_to(waited_ms, name, at_joining, ahead)}"
    return (waited, f"班长{by}指派给座席{seat_id}")


def why_waiting(
    citizen: WaitingCitizen, line: Line, floor: Floor, rules: Rules, now: datetime
) -> str:
    """Why he waits now, and what will change by itself; one sentence without its full stop."""
    group = citizen.skill_group
    waited_us = microseconds(now) - microseconds(citizen.joined_at)
    steps = rules.service(group).steps
    steps = steps[-1:] if floor.deserted(group) else steps
    index = max((i for i, s in enumerate(steps) if s.after_us <= waited_us), default=0)
    step = steps[index]
    parts = [_why_nobody(one, step, floor, rules) for one in step.groups]
    said = "；".join(parts)
    before = line.ahead_of(citizen, rules).get(group, 0)
    if before:
        said += f"，本组前面还有{before}位市民"
    if index + 1 < len(steps):
        coming = steps[index + 1]
        left_s = -((waited_us - coming.after_us) // 1_000_000)
        said += f"，再等{left_s}秒后{_admits(coming, group, rules)}"
    return said


def sentence(
    decisions: Sequence[SeatReserved], routed: CallRouted | None = None, waits: str | None = None
) -> str:
    """Why the call waits, or why it waited and went where it went, in one Chinese sentence."""
    row = "" if routed is None else f"路由表第{routed.number}行“{routed.row}”，"
    return row + (_where_to(decisions) if waits is None else f"正在等候：{waits}。")


def _where_to(decisions: Sequence[SeatReserved]) -> str:
    if not decisions:
        return NOT_ASSIGNED
    last = decisions[-1]
    tried = f"此前已试{len(decisions) - 1}个座席未接，" if len(decisions) > 1 else ""
    flags = f"，提示座席：{'、'.join(last.flags)}" if last.flags else ""
    return f"{tried}分配给座席{last.seat_id}：{'；'.join(last.reasons)}{flags}。"


def _why_him(
    reasons: Reasons, name: str, at_joining: GroupPresence, ahead_at_joining: int
) -> tuple[str, ...]:
    waited = f"已等候{_seconds(reasons.waited_ms)}秒"
    first = f"市民优先级{reasons.priority}，{waited}" if reasons.priority else f"市民{waited}"
    first += _had_to(reasons.waited_ms, name, at_joining, ahead_at_joining)
    if reasons.ahead == 0:
        return (f"{first}，排在队首",)
    return (f"{first}，前面{reasons.ahead}位市民的技能组暂无空闲座席",)


def _had_to(waited_ms: int, name: str, at_joining: GroupPresence, ahead: int) -> str:
    """What he found when he came; nothing to say if he was served at once."""
    if waited_ms < 1000:
        return ""
    found = [] if at_joining.free else [_states(name, at_joining)]
    if ahead:
        found.append(f"前面有{ahead}位市民")
    return f"（进线时{'，'.join(found)}）" if found else ""


def _relaxed(reasons: Reasons, group: SkillGroupCode, rules: Rules) -> tuple[str, ...]:
    if reasons.step == 0 or reasons.sticky:
        return ()
    step = next(s for s in rules.service(group).steps if s.number == reasons.step)
    what = _admits(step, group, rules)
    if reasons.waited_ms * 1000 < step.after_us:
        return (f"技能组“{rules.name_of(group)}”无人签入，已直接{what}",)
    return (f"等候满{step.after_us // 1_000_000}秒，已{what}",)


def _admits(step: Step, group: SkillGroupCode, rules: Rules) -> str:
    level = "不限等级" if step.max_level >= ANY_LEVEL else f"放宽到等级{step.max_level}"
    others = [f"“{rules.name_of(one)}”" for one in step.groups if one != group]
    return f"{level}，并可由{'、'.join(others)}座席接听" if others else level


def _why_this_seat(seat_id: str, reasons: Reasons, rules: Rules) -> tuple[str, ...]:
    name, level, count = rules.name_of(reasons.found_by), reasons.level, reasons.considered
    if reasons.sticky:
        return (f"座席{seat_id}有其未办结的工单，且当前空闲",)
    if count == 1:
        return (f"座席{seat_id}是技能组“{name}”唯一空闲的座席，技能等级{level}",)
    best = f"座席{seat_id}技能等级{level}，为技能组“{name}”{count}个空闲座席中最优"
    if reasons.same_level == 1:
        return (best,)
    idle = _seconds(reasons.idle_ms)
    return (best, f"同等级{reasons.same_level}个座席中空闲最久，已空闲{idle}秒")


def _why_nobody(group: SkillGroupCode, step: Step, floor: Floor, rules: Rules) -> str:
    name, presence = rules.name_of(group), floor.presence(group)
    if presence.free:
        return f"技能组“{name}”{presence.free}个空闲座席的等级不在要求的{step.max_level}级以内"
    return _states(name, presence)


def _states(name: str, presence: GroupPresence) -> str:
    words = (
        ("预占", presence.reserved),
        ("振铃", presence.ringing),
        ("通话", presence.talking),
        ("话后处理", presence.wrap_up),
        ("示忙", presence.not_ready),
        ("话机离线", presence.unreachable),
    )
    parts = [f"{word}{number}" for word, number in words if number]
    if parts:
        return f"技能组“{name}”没有空闲座席：{'、'.join(parts)}"
    if presence.signed_out:
        return f"技能组“{name}”的{presence.signed_out}个座席均未签入"
    return f"没有座席服务技能组“{name}”"


def _seconds(ms: int) -> int:
    return ms // 1000
