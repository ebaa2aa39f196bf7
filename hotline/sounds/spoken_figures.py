"""Figures within a Chinese sentence become the words a hotline says them with. 数字读法"""

import re

SPOKEN_FIGURES = str.maketrans("0123456789", "零幺二三四五六七八九")


def as_spoken(text: str) -> str:
    """Figure by figure; 1 is 幺, as in every Chinese telephone number."""
    return re.sub(r"\d+", lambda found: found.group().translate(SPOKEN_FIGURES), text)
