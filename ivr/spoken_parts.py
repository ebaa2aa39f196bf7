"""Names of the sounds that values are put together from. 播报片段"""

import string
from collections.abc import Mapping
from types import MappingProxyType

PREFIX = "say-"
"""Before the name of each part's file, so that no text's sound has the same name. 片段前缀"""

LETTERS: Mapping[str, str] = MappingProxyType(
    {f"letter-{letter}": letter.upper() for letter in string.ascii_lowercase}
)
