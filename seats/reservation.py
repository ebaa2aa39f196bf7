"""What is told of an offer: the seat, the sentences and the numbers behind them. 预占记录"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cti.ids import SeatId
from seats import explain
from seats.events import SeatReserved
from seats.floor import Floor
from seats.line import Line
from seats.model import GroupPresence, WaitingCitizen
from seats.router import Decision
from seats.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a citizen found when he came; kept while he is sent from seat to seat. 进线情形"""

    joined_at: datetime
    presence: GroupPresence
    ahead: int


def joining_of(citizen: WaitingCitizen, line: Line, floor: Floor, rules: Rules) -> Joining:
    """As it is at this moment, he himself being in the line already."""
    return Joining(
        joined_at=citizen.joined_at,
        presence=floor.presence(citizen.skill_group),
        ahead=sum(line.ahead_of(citizen, rules).values()),
    )


def routed(
    decision: Decision, citizen: WaitingCitizen, joining: Joining, rules: Rules, now: datetime
) -> SeatReserved | None:
    """The router's choice; None for a decision without an offer."""
    offer, reasons = decision.offer, decision.reasons
    if offer is None or reasons is None:
        return None
    return SeatReserved(
        at=now,
        seat_id=offer.seat_id,
        call_id=offer.call_id,
        skill_group=offer.skill_group,
        reasons=explain.why_this_offer(decision, rules, joining.presence, joining.ahead),
        considered=reasons.considered,
        rules_version=reasons.rules_version,
        joined_at=citizen.joined_at,
        priority=reasons.priority,
        waited_ms=reasons.waited_ms,
        ahead=reasons.ahead,
        ahead_at_joining=joining.ahead,
        at_joining=joining.presence,
        step=reasons.step,
        found_by=reasons.found_by,
        level=reasons.level,
        flags=() if reasons.flag is None else (reasons.flag,),
        sticky_seat=citizen.sticky_seat,
    )


def picked(
    citizen: WaitingCitizen,
    seat_id: SeatId,
    by: str,
    joining: Joining,
    ahead: int,
    rules: Rules,
    now: datetime,
) -> SeatReserved:
    """A supervisor's choice."""
    waited_ms = max(0, (now - citizen.joined_at) // timedelta(milliseconds=1))
    name = rules.name_of(citizen.skill_group)
    return SeatReserved(
        at=now,
        seat_id=seat_id,
        call_id=citizen.call_id,
        skill_group=citizen.skill_group,
        reasons=explain.why_picked(by, seat_id, waited_ms, name, joining.presence, joining.ahead),
        considered=1,
        rules_version=rules.version,
        joined_at=citizen.joined_at,
        priority=citizen.priority,
        waited_ms=waited_ms,
        ahead=ahead,
        ahead_at_joining=joining.ahead,
        at_joining=joining.presence,
        sticky_seat=citizen.sticky_seat,
        by=by,
    )
