"""A small exchange that stands where the hotline stands, so that the simulator itself can be tested.

It registers the seats' phones, takes the trunk's calls (digest on both) and connects them at once:
it has no queue, no recording and no code of ours.
"""

import functools
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from hotline.asterisk.bundle import AsteriskProgram, provide
from hotline.asterisk.server import AsteriskServer
from hotline.outside.phone_lines import free_port
from hotline.outside.world import TEMPLATES
from hotline.places import ROOT, Places

TRUNK_SECRET = "exchange-trunk"
PHONES = {"8001": "exchange-one", "8002": "exchange-two"}
CALL_ID = "exchange-call-1"
ORDER = "order 7, of today & now"


@functools.cache
def asterisk_program() -> AsteriskProgram:
    """The Asterisk every wire and live test runs; its absence is a failure, not a skip."""
    return provide("auto", "sid", Places(ROOT / "var").bundle, lambda _text: None)


@asynccontextmanager
async def exchange(folder: Path) -> AsyncIterator[int]:
    """Run one; gives its SIP port. Numbers: 12345 and 8001 ring phone 8001, 8002 the other one; 1xx and
    1380000xxxx go out again over the trunk, with the caller's number and an order's."""
    sip_port = free_port(socket.SOCK_DGRAM)
    server = AsteriskServer(
        asterisk_program(),
        folder,
        TEMPLATES,
        {
            "AMI_PORT": str(free_port(socket.SOCK_STREAM)),
            "AMI_USER": "nobody",
            "AMI_SECRET": "unused-here",
            "RTP_FIRST_PORT": "24000",
            "RTP_LAST_PORT": "24999",
            **dict.fromkeys(
                ("SIP_PORT", "SYSTEM_HOST", "SYSTEM_PORT", "TRUNK_USER", "TRUNK_SECRET"), ""
            ),
            **dict.fromkeys(("PHONE_LINES", "SEAT_LINES", "GLOBAL_LINES", "HEARS"), ""),
        },
        extra_conf={
            "pjsip.conf": _pjsip(sip_port, PHONES),
            "extensions.conf": EXTENSIONS,
            "modules.conf": (TEMPLATES / "modules.conf").read_text(encoding="utf-8") + MODULES,
        },
    )
    server.prepare()
    await server.start(60)
    try:
        yield sip_port
    finally:
        await server.stop(10)


MODULES = """
load => res_pjsip_registrar.so
load => res_pjsip_endpoint_identifier_user.so
load => app_dial.so
"""

EXTENSIONS = f"""
[from-trunk]
exten => 12345,1,Answer()
 same => n,Goto(8001,1)
exten => 8001,1,Dial(PJSIP/8001,20,b(header^add^1))
 same => n,Hangup(17)
exten => 8002,1,Dial(PJSIP/8002,20,b(header^add^1))
 same => n,Hangup(17)
exten => _1XX,1,Dial(PJSIP/${{EXTEN}}@trunk,20,b(header^order^1)g)
 same => n,Hangup(${{HANGUPCAUSE}})
exten => _1380000XXXX,1,Dial(PJSIP/${{EXTEN}}@trunk,20,b(header^order^1)g)
 same => n,Hangup(${{HANGUPCAUSE}})
[header]
exten => add,1,Set(PJSIP_HEADER(add,X-Hotline-Call)={CALL_ID})
 same => n,Return()
exten => order,1,Set(PJSIP_HEADER(add,X-Hotline-Call)={CALL_ID})
 same => n,Set(PJSIP_HEADER(add,X-Hotline-Order)={ORDER})
 same => n,Return()
[from-seat]
exten => failed,1,Hangup()
"""


def _pjsip(sip_port: int, phones: Mapping[str, str]) -> str:
    return f"""
[global]
type = global
endpoint_identifier_order = auth_username,username
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{sip_port}
[trunk]
type = endpoint
transport = udp
context = from-trunk
disallow = all
allow = alaw
direct_media = no
identify_by = auth_username
auth = trunk
aors = trunk
[trunk]
type = aor
max_contacts = 1
remove_existing = yes
[trunk]
type = auth
auth_type = userpass
username = trunk
password = {TRUNK_SECRET}
""" + "".join(
        f"""
[{seat_id}]
type = endpoint
transport = udp
context = from-seat
disallow = all
allow = alaw
direct_media = no
identify_by = username,auth_username
auth = {seat_id}
aors = {seat_id}
[{seat_id}]
type = auth
auth_type = userpass
username = {seat_id}
password = {password}
[{seat_id}]
type = aor
max_contacts = 1
remove_existing = yes
"""
        for seat_id, password in phones.items()
    )
