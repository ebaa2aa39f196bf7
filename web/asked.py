"""Where a request comes from and what is noted of it. 请求来源

Behind a reverse proxy on this machine the browser's address is in X-Forwarded-For; from anybody else
that header is not believed.
"""

from typing import Any

from starlette.requests import HTTPConnection

from web.accounts import Origin
from web.admin_ports import AuditNote
from web.ports import Services, User

LOOPBACK = frozenset({"127.0.0.1", "::1"})
LONGEST_ADDRESS = 64


def address_of(connection: HTTPConnection) -> str:
    direct = connection.client.host if connection.client else ""
    told = connection.headers.get("x-forwarded-for", "")
    if direct in LOOPBACK and told:
        # The last one was added by our own proxy; the ones before it anybody may have written.
        direct = told.split(",")[-1].strip()
    return direct[:LONGEST_ADDRESS]


def origin_of(connection: HTTPConnection) -> Origin:
    return Origin(
        address=address_of(connection), device=connection.headers.get("user-agent", "")[:200]
    )


def note_of(
    connection: HTTPConnection, house: Services, viewer: User, kind: str, **details: Any
) -> AuditNote:
    return AuditNote(
        at=house.now(),
        who=viewer.username,
        kind=kind,
        subject=viewer.username,
        address=address_of(connection),
        details=details,
    )
