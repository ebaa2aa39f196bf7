"""The account of a screen on the wall: sums to look at, and nothing else. 大屏账号

Nobody sits before the screen and anybody may walk up to it, so its login opens a few answers without a
citizen in them. What is allowed is listed here, not what is forbidden: a new route is closed to it by
itself. It stays logged in for long, because nobody can type a password on a wall.
"""

from web.errors import Forbidden
from web.ports import Role, User
from web.settings import WebSettings

WALL_MAY = frozenset({"/api/session", "/api/wall", "/api/service-level/trend"})


def hangs_on_wall(viewer: User) -> bool:
    return viewer.roles == {Role.WALL}


def keep_to_wall(viewer: User, path: str) -> None:
    """Raises Forbidden when a wall's account asks for anything else."""
    if hangs_on_wall(viewer) and path not in WALL_MAY:
        raise Forbidden


def session_hours(viewer: User, settings: WebSettings) -> int:
    """How long his login lasts."""
    return settings.wall_session_days * 24 if hangs_on_wall(viewer) else settings.session_hours
