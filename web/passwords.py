"""Which passwords are good enough, and new ones. 密码规则"""

import secrets

from web.errors import PasswordTooWeak

SHORTEST = 10
LONGEST = 200
KINDS_WANTED = 2
"""Of letters, digits and everything else."""
SAME_IN_A_ROW = 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No characters that look alike: one person reads it to another."""
COMMON = ("password", "qwerty", "abcdef", "123456", "654321", "admin", "hotline", "iloveyou")
"""What is tried first by whoever guesses."""


def check_password(password: str, username: str) -> None:
    """Raises PasswordTooWeak with the reason's word."""
    why = weakness(password, username)
    if why is not None:
        raise PasswordTooWeak(why=why, shortest=SHORTEST)


def weakness(password: str, username: str) -> str | None:
    """too-short, too-long, one-kind, has-name, repeats, common; None when it is good enough."""
    low = password.lower()
    letters = any(c.isalpha() for c in password)
    digits = any(c.isdecimal() for c in password)
    others = any(not c.isalnum() for c in password)
    rest = low
    for word in COMMON:
        rest = rest.replace(word, "")
    if len(password) < SHORTEST:
        return "too-short"
    if len(password) > LONGEST:
        return "too-long"
    if letters + digits + others < KINDS_WANTED:
        return "one-kind"
    if username.lower() in low:
        return "has-name"
    if any(c * SAME_IN_A_ROW in low for c in set(low)):
        return "repeats"
    # A common word with little around it is still that word.
    return "common" if len(rest) < SHORTEST // 2 else None


def new_password() -> str:
    """For somebody's first or next log-in only: twelve characters in groups, 59 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def new_recovery_code() -> str:
    """Ten characters in two groups, 49 bits; guessing is stopped by the lock-out."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2))
    return "-".join(groups)
