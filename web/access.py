"""Who may do what. 权限

An operator sees and drives his own seat and hears his own calls; a supervisor the whole floor; an
inspector hears every call; an administrator runs the system and hears nothing (DB1302/T 604-2025
4.3, 8.4.1; requirement SEC-11).
"""

from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from cti.call import Call
from cti.events import PartyRole
from cti.ids import SeatId
from web.accounts import COOKIE, Accounts
from web.areas import admit, sees_everything
from web.errors import Forbidden, ForeignOrigin, NotLoggedIn
from web.ports import Role, Services, User
from web.wall import keep_to_wall
from web.within import within

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def services_of(connection: HTTPConnection) -> Services:
    found = connection.app.state.services
    assert isinstance(found, Services)
    return found


def accounts_of(connection: HTTPConnection) -> Accounts:
    found = connection.app.state.accounts
    assert isinstance(found, Accounts)
    return found


def refuse_foreign_origin(connection: HTTPConnection) -> None:
    """Other sites' pages may not act with our cookie. Raises ForeignOrigin."""
    origin = connection.headers.get("origin")
    if origin is not None and origin.split("://")[-1] != connection.headers.get("host"):
        raise ForeignOrigin


async def viewer_of(connection: HTTPConnection) -> User:
    """The user behind the cookie. Raises NotLoggedIn, Owing, or Forbidden for a wall's account."""
    viewer = await newcomer_of(connection)
    owing = accounts_of(connection).owes(viewer)
    if owing is not None:
        raise owing
    keep_to_wall(viewer, connection.url.path)
    return viewer


async def newcomer_of(connection: HTTPConnection) -> User:
    """As viewer_of, even one who must choose his password first. Raises NotLoggedIn."""
    viewer = await _behind_cookie(connection)
    connection.state.viewer = viewer  # for what is noted of the request
    return viewer


async def _behind_cookie(connection: HTTPConnection) -> User:
    """Asked once in a request. Raises NotLoggedIn."""
    known = getattr(connection.state, "behind_cookie", None)
    if isinstance(known, User):
        return known
    now = services_of(connection).now()
    found = await accounts_of(connection).who(connection.cookies.get(COOKIE), now)
    connection.state.behind_cookie = found
    return found


async def logged_in(request: Request) -> User:
    if request.method not in READING_METHODS:
        refuse_foreign_origin(request)
    return await viewer_of(request)


async def logged_in_somehow(request: Request) -> User:
    if request.method not in READING_METHODS:
        refuse_foreign_origin(request)
    return await newcomer_of(request)


async def the_services(request: Request) -> Services:
    """The house as the viewer may see it; the one place that knows of districts. Raises OutsideArea."""
    house = services_of(request)
    try:
        viewer = await _behind_cookie(request)
    except NotLoggedIn:
        return house  # a log-in; everything else asks for its viewer, and is refused there
    if sees_everything(viewer):
        return house
    request.state.viewer = viewer
    await admit(viewer, request.path_params, house)
    return within(house, viewer)


Viewer = Annotated[User, Depends(logged_in)]
Newcomer = Annotated[User, Depends(logged_in_somehow)]
"""For the little that is open to somebody who has yet to choose his password. 待完善账号的用户"""
House = Annotated[Services, Depends(the_services)]


def require(viewer: User, *roles: Role) -> None:
    """Raises Forbidden unless the viewer has one of the roles."""
    if viewer.roles.isdisjoint(roles):
        raise Forbidden


def is_own_seat(viewer: User, seat_id: SeatId | str | None) -> bool:
    return viewer.seat_id is not None and viewer.seat_id == seat_id


def seat_through_which(viewer: User, call: Call) -> SeatId | None:
    """The viewer's own seat while it takes part in the call or is rung for it; else the citizen's.

    So whoever is to take a call sees its number, form and words before he answers (CTI-15).
    """
    invited = any(
        is_own_seat(viewer, party.who) and party.role is not PartyRole.THIRD
        for party in call.parties
    )
    return viewer.seat_id if invited else call.seat_id


def may_hear(viewer: User, seat_id: SeatId | str | None) -> bool:
    """Whether the viewer may read a transcript or replay a recording of that seat's call."""
    hears_all = not viewer.roles.isdisjoint({Role.SUPERVISOR, Role.INSPECTOR})
    return hears_all or is_own_seat(viewer, seat_id)


def require_hearing(viewer: User, seat_id: SeatId | str | None) -> None:
    if not may_hear(viewer, seat_id):
        raise Forbidden


def require_seat_command(viewer: User, seat_id: SeatId | str) -> None:
    """A seat is driven by its operator or by a supervisor."""
    if Role.SUPERVISOR not in viewer.roles and not is_own_seat(viewer, seat_id):
        raise Forbidden
