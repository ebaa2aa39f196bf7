"""How HTTP is served. 网页设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """HTTP. 网页与接口"""

    address: str = "127.0.0.1"
    """Listens here; anything but loopback belongs behind HTTPS. 监听地址"""
    port: int = 12345
    """The console and the API. 端口"""
    session_hours: int = 12
    """A login lasts one shift. 会话时长"""
    failed_logins: int = 5
    """After so many wrong passwords the account is locked for lock_minutes. 失败次数"""
    lock_minutes: int = 15
    """How long it stays locked. 锁定时长"""
    board_every_ms: int = 50
    """Boards get events coalesced to this; a seat's own call at once. 合并间隔"""
