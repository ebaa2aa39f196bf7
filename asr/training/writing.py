"""Chinese writing. 汉字"""

import re

_CHINESE = re.compile("[\u4e00-\u9fff]+")


def is_chinese(word: str) -> bool:
    """Chinese characters only."""
    return _CHINESE.fullmatch(word) is not None
