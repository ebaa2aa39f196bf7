"""What each role may not see or do, as its browser meets it; every route × every role is tests/unit/rights.txt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NO_RIGHT = "您的角色没有这个权限。"
NO_WORDS = "您的角色不能查看这个通话的内容。"
NO_SOUND = "管理员不能收听通话，可查看调听记录。"

Act = tuple[str, str, object]

WORDS_AND_SOUND: tuple[Act, ...] = (
    ("GET", "/api/calls/{call}/transcript", None),
    ("GET", "/api/recordings/{recording}/audio", None),
    ("GET", "/api/recordings/{recording}/replay", None),
    ("GET", "/api/orders/{order}", None),
)
WRITING: tuple[Act, ...] = (
    ("PATCH", "/api/orders/{order}", {"revision": 1, "fields": {"address": "别处"}}),
    ("POST", "/api/orders/{order}/submit", {"revision": 1}),
    ("POST", "/api/orders/{order}/query-code", None),
)
CALL: tuple[Act, ...] = (
    ("POST", "/api/calls/{call}/hang-up", {"reason": "done"}),
    ("POST", "/api/calls/{call}/hold", None),
    ("POST", "/api/seats/8001/ready", None),
)
SUPERVISION: tuple[Act, ...] = (
    (
        "POST",
        "/api/calls/{call}/supervise",
        {"how": "listen", "seat_id": "8002", "reason": "好奇"},
    ),
    ("GET", "/api/blocks", None),
    ("POST", "/api/notices", {"text": "请注意"}),
)
LEADING: tuple[Act, ...] = (
    ("POST", "/api/seats/8001/force", {"state": "not_ready", "reason": "离席"}),
    ("POST", "/api/switches/emergency", {"on": True, "reason": "演练", "text": "演练"}),
)
ADMINISTRATION: tuple[Act, ...] = (
    (
        "POST",
        "/api/rules/routing/publish",
        {"body": 'kind = "routing"', "note": "试", "accept_warnings": True},
    ),
    ("POST", "/api/rules/routing/undo", {"note": "试"}),
    ("GET", "/api/people", None),
    ("POST", "/api/people/8001/reset-password", {"reason": "忘记密码"}),
    ("GET", "/api/audit", None),
    ("GET", "/api/doctor", None),
    ("GET", "/api/seat-definitions", None),
)
ADMIN_PAGES = dict.fromkeys(("/admin", "/admin/people", "/admin/audit", "/admin/doctor"), NO_RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One role's; a page without words leads back to its own."""

    pages: Mapping[str, str | None]
    acts: Sequence[Act]
    no_link: Sequence[str] = ()
    no_command: Sequence[tuple[str, str]] = ()


REFUSED = {
    # Another operator, whose call it was not.
    "8002": Refused(
        pages={
            "/calls/{call}": NO_WORDS,
            "/orders/{order}": NO_RIGHT,
            "/recordings/{recording}": NO_RIGHT,
            "/quality": NO_RIGHT,
            "/blocks": NO_RIGHT,
            "/rules/routing": NO_RIGHT,
            "/prompts": NO_RIGHT,
            **ADMIN_PAGES,
        },
        no_link=("/admin", "/rules", "/prompts", "/quality", "/blocks"),
        acts=(*WORDS_AND_SOUND, *WRITING, *CALL, *SUPERVISION, *LEADING, *ADMINISTRATION),
    ),
    "leader": Refused(
        pages=ADMIN_PAGES,
        no_link=("/admin",),
        no_command=(("/rules/routing", "publish"), ("/rules/routing", "undo")),
        acts=ADMINISTRATION,
    ),
    "inspector": Refused(
        pages={"/blocks": NO_RIGHT, "/rules/routing": NO_RIGHT, **ADMIN_PAGES},
        no_link=("/admin", "/rules", "/blocks"),
        no_command=(("/seats", "force"),),
        acts=(*WRITING, *CALL, *SUPERVISION, *LEADING, *ADMINISTRATION),
    ),
    # He runs the system, and hears nothing.
    "keeper": Refused(
        pages={
            "/calls/{call}": NO_WORDS,
            "/orders/{order}": NO_RIGHT,
            "/recordings/{recording}": NO_SOUND,
            "/messages": NO_RIGHT,
            "/quality": NO_RIGHT,
            "/blocks": NO_RIGHT,
        },
        no_link=("/messages", "/quality", "/blocks"),
        acts=(*WORDS_AND_SOUND, *WRITING, *CALL, *SUPERVISION),
    ),
    "wall": Refused(
        pages={"/calls": None, "/floor": None, "/admin/people": None},
        acts=(
            *WORDS_AND_SOUND, *WRITING, *CALL, *SUPERVISION, *LEADING, *ADMINISTRATION,
            ("GET", "/api/calls?state=live", None),
            ("GET", "/api/seats", None),
        ),
    ),
}  # fmt: skip


def refusals_of(refused: Refused, ids: Mapping[str, str]) -> list[Act]:
    """What is asked, about that call, its order and its recording."""
    return [(method, path.format(**ids), body) for method, path, body in refused.acts]
