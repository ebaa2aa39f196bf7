"""Setting up, confirming and taking away a second factor. 动态口令绑定

Begun: a nonce is stored, and its secret shown. Confirmed by a first code: from then on log-ins need
one, and ten recovery codes are shown once. A factor that was begun and not confirmed needs nothing.
"""

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import segno

from web import totp
from web.accounts import Accounts, hash_token
from web.admin_ports import AuditNote
from web.errors import FactorNotBegun, FactorThere, WrongCode, WrongOwnPassword
from web.passwords import new_recovery_code
from web.ports import User

ISSUER = "12345热线"
RECOVERY_CODES = 10
SVG_SCALE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What a telephone has to be told once. 绑定信息"""

    secret: str
    address: str
    svg: str


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The owner of an account's second factor. 第二因素"""

    accounts: Accounts

    async def begin(self, user: User, password: str) -> SetUp:
        """Raises WrongOwnPassword, FactorThere."""
        await self._check_password(user, password)
        if user.factor_since is not None:
            raise FactorThere
        nonce = secrets.token_hex(16)
        users = self.accounts.users
        await users.change(replace(user, factor_nonce=nonce, factor_step=0))
        secret = users.factor_secret(nonce)
        where = totp.address(secret, user.username, ISSUER)
        return SetUp(secret=totp.shown_secret(secret), address=where, svg=_qr(where))

    async def confirm(self, user: User, code: str, now: datetime, note: AuditNote) -> Sequence[str]:
        """The recovery codes. Raises FactorNotBegun, WrongCode."""
        if user.factor_nonce is None or user.factor_since is not None:
            raise FactorNotBegun
        if not await self.accounts.check_code(user, code, now):
            raise WrongCode
        users = self.accounts.users
        fresh = await users.find(user.username) or user
        await users.change(replace(fresh, factor_since=now), note)
        return await self.new_recovery_codes(fresh, replace(note, kind="account.recovery-codes"))

    async def new_recovery_codes(self, user: User, note: AuditNote) -> Sequence[str]:
        """Instead of those before; only their hashes are kept."""
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
        hashes = [hash_token(code) for code in codes]
        await self.accounts.users.put_recovery_codes(user.username, hashes, note)
        return codes

    async def remove(self, user: User, note: AuditNote) -> None:
        """Raises FactorNotBegun."""
        if user.factor_since is None:
            raise FactorNotBegun
        users = self.accounts.users
        await users.put_recovery_codes(user.username, (), note)
        gone = replace(user, factor_nonce=None, factor_since=None, factor_step=0)
        await users.change(gone)

    async def remove_own(self, user: User, password: str, note: AuditNote) -> None:
        """Raises FactorNotBegun, WrongOwnPassword."""
        await self._check_password(user, password)
        await self.remove(user, note)

    async def _check_password(self, user: User, password: str) -> None:
        if not await self.accounts.matches(user.password_hash, password):
            raise WrongOwnPassword


def _qr(address: str) -> str:
    """A picture that stands in the page, so no secret is in any address."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", scale=SVG_SCALE, border=2, xmldecl=False, svgns=True
    )
    return out.getvalue().decode()
