"""What the product's Asterisk templates are filled with. Asterisk 配置取值"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cti.seat_devices import BROWSER_SUFFIX
from hotline.asterisk.errors import PlaceholderValueUnsafe
from hotline.config import AsteriskConfig
from hotline.secrets_file import Secrets

SIP_REALM = "hotline"
ASTERISK_PORTS = ("sip", "ami", "agi", "http")
"""Names under which ports_file remembers them."""
NODE = re.compile(r"[A-Za-z0-9_]{1,20}")  # no "-" nor ".": those separate the parts of a call id
SEAT = re.compile(r"[A-Za-z0-9]{1,20}")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}|[0-9A-Fa-f:]{1,39})")
NUMBER = re.compile(r"\+?[0-9]{1,20}")


def wanted_ports(config: AsteriskConfig, agi_port: int) -> dict[str, int]:
    """Configured ports by name, 0 where one is to be chosen: an argument for provide_ports()."""
    return {"sip": config.sip_port, "ami": config.ami_port, "agi": agi_port, "http": 0}


def asterisk_values(
    config: AsteriskConfig,
    ports: Mapping[str, int],
    secrets: Secrets,
    *,
    legs: Path,
    spool: Path,
    music: Path,
) -> dict[str, str]:
    """The placeholders of `asterisk-conf/*.conf`, but for those AsteriskServer adds. Raises PlaceholderValueUnsafe."""
    _check("node", config.node, NODE)
    for number in config.numbers:
        _check("number", number, NUMBER)
    return {
        "NODE": config.node,
        "SIP_ADDRESS": config.sip_address,
        "SIP_PORT": str(ports["sip"]),
        "NUMBER_LINES": "\n".join(f"exten => {number},1,NoOp()" for number in config.numbers),
        "MEDIA_LINES": _media_lines(config.sip_address),
        "BROWSER_MEDIA_LINES": _browser_media_lines(config.sip_address),
        "RTP_FIRST_PORT": str(config.rtp_first_port),
        "RTP_LAST_PORT": str(config.rtp_last_port),
        "AMI_PORT": str(ports["ami"]),
        "AMI_SECRET": secrets.ami,
        "AGI_PORT": str(ports["agi"]),
        "HTTP_PORT": str(ports["http"]),
        "TRUNK_SECRET": secrets.trunk,
        # Without a carrier calls go out where the password trunk has registered.
        "LINE_OUT": "carrier" if config.trunk_host else "trunk",
        "LEGS_FOLDER": str(legs.absolute()),
        "SPOOL_FOLDER": str(spool.absolute()),
        "MUSIC_FOLDER": str(music.absolute()),
    }


def extra_conf(config: AsteriskConfig, seat_ids: Sequence[str], secrets: Secrets) -> dict[str, str]:
    """The files that are made rather than filled in, by name. Raises PlaceholderValueUnsafe."""
    return {
        "pjsip_seats.conf": seats_conf({seat: secrets.seats[seat] for seat in seat_ids}),
        "pjsip_carrier.conf": carrier_conf(config.trunk_host, config.trunk_port),
    }


def seats_conf(passwords: Mapping[str, str]) -> str:
    """For each seat two endpoints, the telephone's and the browser's, each with its own password."""
    sections = ["; Written by the service at each start, one seat after the other.\n"]
    for seat, password in sorted(passwords.items()):
        _check("seat", seat, SEAT)
        web = browser_line(seat)
        sections.append(
            f"\n[{seat}](seat)\nauth = {seat}\naors = {seat}\ncallerid = {seat} <{seat}>\n"
            f"[{seat}](seat-auth)\nusername = {seat}\npassword = {password}\n"
            f"[{seat}](seat-aor)\n"
            f"[{web}](browser)\nauth = {web}\naors = {web}\ncallerid = {seat} <{seat}>\n"
            f"[{web}](seat-auth)\nusername = {web}\npassword = {browser_password(password)}\n"
            f"[{web}](browser-aor)\n"
        )
    return "".join(sections)


def browser_line(seat: str) -> str:
    """Under this name a seat's browser registers."""
    return f"{seat}{BROWSER_SUFFIX}"


def browser_password(password: str) -> str:
    """A seat's browser has a password of its own, made from its telephone's: who reads it out of the page
    cannot register as the telephone."""
    return hmac.new(password.encode(), b"browser softphone", hashlib.sha256).hexdigest()[:32]


def carrier_conf(host: str, port: int) -> str:
    """The carrier, known by its address; nothing while none is configured."""
    head = "; Written by the service at each start.\n"
    if not host:
        return head
    _check("trunk_host", host, HOST)
    address = f"[{host}]" if ":" in host else host
    return head + (
        "\n[carrier](line)\ntransport = transport-udp\naors = carrier\nidentify_by = ip\n"
        f"[carrier]\ntype = aor\ncontact = sip:{address}:{port}\nqualify_frequency = 60\n"
        f"[carrier]\ntype = identify\nendpoint = carrier\nmatch = {host}\n"
    )


def _media_lines(address: str) -> str:
    """Sound stays on the address SIP listens on; on "all addresses" Asterisk finds the right one by itself."""
    if address in ("0.0.0.0", "::"):
        return "; media address: found by Asterisk"
    return f"media_address = {address}\nbind_rtp_to_media_address = yes"


def _browser_media_lines(address: str) -> str:
    """ICE never offers loopback, so browsers on this machine are met on its other addresses."""
    if address in ("127.0.0.1", "::1"):
        return "; media address: found by ICE"
    return _media_lines(address)


def _check(what: str, value: str, shape: re.Pattern[str]) -> None:
    if shape.fullmatch(value) is None:
        raise PlaceholderValueUnsafe(f"{what} {value!r} cannot stand in Asterisk's configuration")
