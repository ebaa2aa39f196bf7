"""One-time codes of an authenticator app: RFC 6238 with SHA-1, six digits, 30 seconds. 动态口令

The algorithm is twenty lines of the standard library; what a code opens and that it counts once is
`web/second_factor.py`.
"""

import base64
import hmac
import struct
from datetime import datetime
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
LATE_STEPS = 1
"""A telephone's clock may be off by this many steps in either direction (RFC 6238, 5.2)."""


def code_at(secret: bytes, step: int) -> str:
    """The code of one step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // STEP_S


def matching_step(secret: bytes, code: str, at: datetime, after: int) -> int | None:
    """Which step's code this is, of those that still count; none up to `after` counts again."""
    now = step_at(at)
    found = None
    for step in range(now - LATE_STEPS, now + LATE_STEPS + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if same and step > after:
            found = step
    return found


def shown_secret(secret: bytes) -> str:
    """Base32 in groups of four, for somebody who types it into his telephone."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def address(secret: bytes, username: str, issuer: str) -> str:
    """The otpauth: address that a QR code carries."""
    plain = shown_secret(secret).replace(" ", "")
    return (
        f"otpauth://totp/{quote(issuer)}:{quote(username)}"
        f"?secret={plain}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP_S}"
    )
