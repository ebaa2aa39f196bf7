"""A telephone of a few lines: sends one SIP request, answers a digest challenge, tells the status."""

import hashlib
import re
import secrets
import socket
from dataclasses import dataclass

LIMIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the telephone proves itself with."""

    user: str
    password: str


class SipPhone:
    """One UDP socket on loopback. Blocking: call it from a thread."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(LIMIT_S)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def close(self) -> None:
        self._socket.close()

    def register(self, user: str, account: Account | None) -> int:
        return self.ask("REGISTER", f"sip:127.0.0.1:{self._server[1]}", user, user, account)

    def invite(self, called: str, caller: str, account: Account | None) -> int:
        return self.ask(
            "INVITE", f"sip:{called}@127.0.0.1:{self._server[1]}", caller, called, account
        )

    def ask(self, method: str, uri: str, caller: str, called: str, account: Account | None) -> int:
        """The final status of a request, after at most one answered challenge."""
        call = secrets.token_hex(8)
        status, text = self._exchange(method, uri, caller, called, call, 1, "")
        if status == 401 and account is not None:
            self._acknowledge(method, uri, caller, called, call, 1, text)
            proof = _digest(method, uri, account, text)
            status, text = self._exchange(method, uri, caller, called, call, 2, proof)
        self._acknowledge(method, uri, caller, called, call, 2, text)
        return status

    def _exchange(
        self, method: str, uri: str, caller: str, called: str, call: str, turn: int, proof: str
    ) -> tuple[int, str]:
        sound = (
            f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        )
        body = sound if method == "INVITE" else ""
        kind = "Content-Type: application/sdp\r\n" if body else ""
        head = self._head(method, uri, caller, called, call, turn)
        self._send(f"{head}{proof}{kind}Content-Length: {len(body)}\r\n\r\n{body}")
        while True:
            text = self._socket.recv(65536).decode()
            found = re.match(r"SIP/2\.0 (\d+)", text)
            ours = f"Call-ID: {call}" in text and f"CSeq: {turn} {method}" in text
            if found and int(found[1]) >= 200 and ours:
                return int(found[1]), text

    def _acknowledge(
        self, method: str, uri: str, caller: str, called: str, call: str, turn: int, answer: str
    ) -> None:
        if method != "INVITE":
            return
        head = self._head("ACK", uri, caller, called, call, turn)
        tag = re.search(r"^To: .*$", answer, re.M)
        assert tag is not None
        head = re.sub(r"^To: .*$", tag[0].strip(), head, flags=re.M)
        self._send(f"{head}Content-Length: 0\r\n\r\n")

    def _head(self, method: str, uri: str, caller: str, called: str, call: str, turn: int) -> str:
        here = f"127.0.0.1:{self.port}"
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{call}{turn}\r\n"
            f"From: <sip:{caller}@127.0.0.1>;tag=t{call}\r\nTo: <sip:{called}@127.0.0.1>\r\n"
            f"Call-ID: {call}\r\nCSeq: {turn} {method}\r\nMax-Forwards: 10\r\n"
            f"Contact: <sip:{caller}@{here}>\r\n"
        )

    def _send(self, text: str) -> None:
        self._socket.sendto(text.encode(), self._server)


def _digest(method: str, uri: str, account: Account, challenge: str) -> str:
    found = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', challenge))
    realm, nonce = found["realm"], found["nonce"]
    one = _md5(f"{account.user}:{realm}:{account.password}")
    answer = _md5(f"{one}:{nonce}:00000001:c:auth:{_md5(f'{method}:{uri}')}")
    return (
        f'Authorization: Digest username="{account.user}", realm="{realm}", nonce="{nonce}", '
        f'uri="{uri}", response="{answer}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", '
        f'opaque="{found.get("opaque", "")}"\r\n'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
