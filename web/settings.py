"""How HTTP is served. 网页设置"""

from dataclasses import dataclass


class UnknownRoleSet(Exception):
    """[web] second_factor_roles names a role that there is not. 角色名错误"""

    code = "unknown-role-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """HTTP. 网页与接口"""

    address: str = "127.0.0.1"
    """Listens here; other machines need https, from us or from a reverse proxy. 监听地址"""
    port: int = 12345
    """The console and the API. 端口"""
    certificate_file: str = ""
    """PEM with the certificate and the chain behind it, relative to var/: the console is https then; empty: http. 证书文件"""
    certificate_key_file: str = ""
    """PEM with its key, without a password. 私钥文件"""
    hsts_days: int = 180
    """Once seen by https, browsers ask this host by nothing else for so long; 0 means never said. 强制 https 天数"""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks. 可信代理"""
    session_hours: int = 12
    """A login lasts one shift. 会话时长"""
    wall_session_days: int = 365
    """A big screen's login lasts so long; it opens nothing but sums. 大屏会话天数"""
    failed_logins: int = 5
    """After so many wrong passwords the account is locked for lock_minutes. 失败次数"""
    lock_minutes: int = 15
    """How long it stays locked. 锁定时长"""
    idle_minutes: int = 240
    """A session that asks for nothing this long is over; 0 means never. 空闲时限"""
    sessions_per_user: int = 20
    """With one more, the one not seen for longest ends; 0 means any number. 并发会话上限"""
    second_factor_roles: tuple[str, ...] = ()
    """Roles that must have a second factor, such as ["administrator", "inspector"]; anybody may. 强制动态口令角色"""
    view_log_days: int = 400
    """How long it is kept who looked at what; the rule is at least six months. 查阅记录保存天数"""
    view_again_minutes: int = 10
    """The same person opening the same thing again within this is one view. 查阅合并时限"""
    board_every_ms: int = 50
    """Boards get events coalesced to this; a seat's own call at once. 合并间隔"""
