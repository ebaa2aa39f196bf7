"""Names of the sounds that values are put together from. 播报片段"""

import string
from collections.abc import Mapping
from types import MappingProxyType

PREFIX = "say-"
"""Before the name of each part's file, so that no text's sound has the same name. 片段前缀"""

LETTERS: Mapping[str, str] = MappingProxyType(
    {f"letter-{letter}": letter.upper() for letter in string.ascii_lowercase}
)
SIGNS: Mapping[str, str] = MappingProxyType(
    {letter: f"letter-{letter}" for letter in string.ascii_lowercase}
    | {digit: f"n-{digit}" for digit in string.digits}
    | {"-": "dash", "*": "star", "#": "hash"}
)
"""How a sign is said that stands alone, unless its language says otherwise. 单字播报"""


def spelled(row: str, otherwise: Mapping[str, str] = MappingProxyType({})) -> tuple[str, ...]:
    """Sign by sign; what nobody says is left out."""
    parts = (otherwise.get(sign) or SIGNS.get(sign) for sign in row.lower())
    return tuple(part for part in parts if part)
