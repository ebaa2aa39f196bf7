"""The rule documents of the floor demonstration: what an administrator would publish. 演示规则

The shipped documents, changed where the demonstration needs it: special groups at any hour, five numbers
that lead to them, four seats with their skills, one department. Published through the service, like any
other change, while it runs.
"""

from dataclasses import dataclass

MARK = "# 专席演示"
"""Stands in every document that is already the demonstration's. 标记"""
DEPARTMENT = "demo_water"
DEPARTMENT_NUMBER = "13800009001"
GENERAL_NUMBER = "12345"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialGroup:
    """A group, the number that leads to it, and the seat that serves it. 专席"""

    code: str
    title: str
    called_number: str
    seat_id: str


SPECIAL_GROUPS = (
    SpecialGroup(code="housing_fund", title="公积金专家席", called_number="12329", seat_id="8001"),
    SpecialGroup(code="social_security", title="人社专家席", called_number="12333", seat_id="8002"),
    SpecialGroup(code="dialect", title="唐山话席", called_number="96001", seat_id="8003"),
    SpecialGroup(code="foreign_en", title="英语席", called_number="96002", seat_id="8004"),
    SpecialGroup(code="foreign_ja", title="日语席", called_number="96003", seat_id="8003"),
)
NUMBERS = (GENERAL_NUMBER, *(group.called_number for group in SPECIAL_GROUPS))
"""All numbers that are ours in the demonstration. 接入号码"""
NAMES = {"8001": "王明", "8002": "李华", "8003": "张敏", "8004": "刘洋"}


def groups(shipped: str) -> str:
    """At any hour: the demonstration is also shown on Sundays."""
    return "\n".join(line for line in shipped.splitlines() if not line.startswith("hours"))


def routing(shipped: str) -> str:
    """The special numbers first."""
    rows = "\n".join(
        f'[[row]]\nname = "演示·{group.title}"\ncalled = "{group.called_number}"\n'
        f'group = "{group.code}"\n'
        for group in SPECIAL_GROUPS
    )
    head, *tables = shipped.split("[[row]]")
    # Rows for the same numbers further down could never be reached, and are refused as such.
    kept = "".join(f"[[row]]{table}" for table in tables if not _of_these_numbers(table))
    return f"{head}{rows}\n{kept}"


def posts(shipped: str) -> str:
    """Who has which skills."""
    skills: dict[str, list[str]] = {seat: ["general = 1"] for seat in NAMES}
    for group in SPECIAL_GROUPS:
        skills[group.seat_id].append(f"{group.code} = 1")
    rows = "\n".join(
        f'[[post]]\nseat = "{seat}"\noperator = "{seat}"\nname = "{name}"\n'
        f"skills = {{ {', '.join(skills[seat])} }}\n"
        for seat, name in NAMES.items()
    )
    return f"{shipped}\n{rows}"


def directory(shipped: str) -> str:
    """With a department that can be called."""
    return (
        f'{shipped}\n[[line]]\ncode = "{DEPARTMENT}"\nname = "演示·供水值班室"\n'
        f'number = "{DEPARTMENT_NUMBER}"\nkind = "department"\n'
    )


def _of_these_numbers(table: str) -> bool:
    return any(f'called = "{group.called_number}"' in table for group in SPECIAL_GROUPS)
