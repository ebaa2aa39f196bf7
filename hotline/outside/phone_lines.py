"""The lines of the simulator's configuration that depend on which seats there are. 话机配置"""

import socket
from collections.abc import Mapping


def phone_lines(phones: Mapping[str, str], system: str) -> dict[str, str]:
    """Placeholders of asterisk-conf/outside for seats and their passwords; `system` is host:port."""
    return {
        "PHONE_LINES": "\n".join(_registration(s, secret, system) for s, secret in phones.items()),
        "SEAT_LINES": "\n".join(_extension(s) for s in phones),
        "GLOBAL_LINES": "\n".join(_mode(s) for s in phones),
    }


def free_port(kind: socket.SocketKind) -> int:
    """A loopback port that nobody has right now. 空闲端口"""
    with socket.socket(socket.AF_INET, kind) as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _registration(seat_id: str, password: str, system: str) -> str:
    return f"""[seat-{seat_id}]
type = registration
transport = udp
server_uri = sip:{system}
client_uri = sip:{seat_id}@{system}
contact_user = {seat_id}
outbound_auth = seat-{seat_id}
expiration = 60
retry_interval = 1
forbidden_retry_interval = 2
fatal_retry_interval = 2
max_retries = 100000
max_random_initial_delay = 0
auth_rejection_permanent = no
[seat-{seat_id}]
type = auth
auth_type = userpass
username = {seat_id}
password = {password}
"""


def _extension(seat_id: str) -> str:
    return f"exten => {seat_id},1,Set(OUTSIDE_PHONE={seat_id})\n same => n,Goto(phone,rings,1)"


def _mode(seat_id: str) -> str:
    return f"MODE_{seat_id}=ring\nDELAY_{seat_id}=1"
