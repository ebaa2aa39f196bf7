"""The console's own certificate: read, judged, renewed without a restart. 证书

    two PEM files ─► read_certificate ─► Certificate (whose, until when) + an SSLContext
         └─ changed ─► the same context is given the new ones: who connects from then on meets them

A certificate that is not yet or no longer valid is served all the same, and said aloud: browsers warn,
but a desk that can be opened is better than none. One that cannot be used at all stops the first start;
in a running house the old one is served on, and after a restart the console waits for a good one while
calls go on.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hotline.clock import utc_now

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 15.0
NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME: when it is valid we say in our own words."""
HANDSHAKE_TURNS = 5
"""Two would do."""


class CertificateError(Exception):
    """The certificate cannot be used. 证书无法使用"""

    code = "certificate-error"


class CertificateMissing(CertificateError):
    """The certificate or its key is not there, or may not be read. 证书或私钥文件缺失或不可读"""

    code = "certificate-missing"


class CertificateUnreadable(CertificateError):
    """This is no PEM certificate or no open PEM key that a server can use. 证书或私钥内容无效"""

    code = "certificate-unreadable"


class CertificateKeyDiffers(CertificateError):
    """The key belongs to another certificate. 私钥与证书不匹配"""

    code = "certificate-key-differs"


class CertificateExpired(CertificateError):
    """The certificate is valid no longer; browsers warn. 证书已过期"""

    code = "certificate-expired"


class CertificateNotYetValid(CertificateError):
    """The certificate is not valid yet: is the clock right? 证书尚未生效"""

    code = "certificate-not-yet-valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """Where certificate (with the chain behind it) and key lie. 证书文件"""

    certificate: Path
    key: Path

    def stamp(self) -> tuple[tuple[int, int, int] | None, ...]:
        """Another one whenever a file is another."""
        return tuple(_stamp(path) for path in (self.certificate, self.key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says of itself. 证书"""

    names: tuple[str, ...]
    """Host names and addresses that it is for. 适用主机名"""
    valid_from: datetime
    valid_until: datetime

    def trouble(self, now: datetime) -> CertificateError | None:
        """CertificateExpired, CertificateNotYetValid, or None when all is well."""
        if now >= self.valid_until:
            return CertificateExpired(f"{self.valid_until:%Y-%m-%d %H:%M} UTC")
        if now < self.valid_from:
            return CertificateNotYetValid(f"{self.valid_from:%Y-%m-%d %H:%M} UTC")
        return None


def certificate_files(certificate: str, key: str, folder: Path) -> CertificateFiles | None:
    """As configured, relative names in `folder`; None: plain http. Raises CertificateMissing."""
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise CertificateMissing("[web] certificate_file 与 certificate_key_file 须同时配置")
    return CertificateFiles(certificate=folder / certificate, key=folder / key)


def read_certificate(files: CertificateFiles) -> tuple[ssl.SSLContext, Certificate]:
    """For a server, and what the certificate says.

    Raises CertificateMissing, CertificateUnreadable, CertificateKeyDiffers.
    """
    for path in (files.certificate, files.key):
        try:
            path.read_bytes()
        except OSError as missing:
            raise CertificateMissing(f"{path}: {missing.strerror}") from missing
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    _take(context, files)
    return context, _said_by(context, files)


def _take(context: ssl.SSLContext, files: CertificateFiles) -> None:
    try:
        # The empty password keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except ssl.SSLError as wrong:
        if wrong.reason == "KEY_VALUES_MISMATCH":
            raise CertificateKeyDiffers(str(files.key)) from wrong
        why = "私钥带口令，请换成不带口令的" if _is_locked(files.key) else wrong.reason
        raise CertificateUnreadable(f"{files.certificate}, {files.key}: {why}") from wrong


def _is_locked(key: Path) -> bool:
    return b"ENCRYPTED" in key.read_bytes()


def _said_by(server: ssl.SSLContext, files: CertificateFiles) -> Certificate:
    """Asked in a handshake with ourselves: whatever a browser would stumble over, we do first."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        # The file's first certificate is its own authority here: whose it is browsers judge.
        client.load_verify_locations(cafile=files.certificate)
        ends = (
            client.wrap_bio(to_client, to_server),
            server.wrap_bio(to_server, to_client, server_side=True),
        )
        for end in ends * HANDSHAKE_TURNS:
            _shake(end)
    except ssl.SSLError as wrong:
        raise CertificateUnreadable(f"{files.certificate}: {wrong.reason}") from wrong
    said = ends[0].getpeercert() or {}
    names = tuple(str(one[1]) for one in said.get("subjectAltName", ()))
    return Certificate(
        names=names,
        valid_from=_instant(str(said["notBefore"])),
        valid_until=_instant(str(said["notAfter"])),
    )


def _shake(end: ssl.SSLObject) -> None:
    # It waits for what the other end has not said yet.
    with contextlib.suppress(ssl.SSLWantReadError):
        end.do_handshake()


def _instant(told: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


class ServedCertificate:
    """The certificate that the console is served with, always the newest usable one. 在用证书"""

    name = "certificate"

    def __init__(self, files: CertificateFiles, look_every_s: float = LOOK_EVERY_S) -> None:
        self._files = files
        self._look_every_s = look_every_s
        self._context: ssl.SSLContext | None = None
        self._ready = asyncio.Event()
        self.valid_until: datetime | None = None
        self.trouble: str | None = None
        """Code of what is wrong with the files that lie there now. 证书问题"""

    async def context(self) -> ssl.SSLContext:
        """As soon as there is a usable one."""
        await self._ready.wait()
        assert self._context is not None
        return self._context

    async def run(self) -> None:
        """Take what is there, and whatever takes its place."""
        seen: object = None
        while True:
            found = self._files.stamp()
            if found != seen:
                seen = found
                self._renew()
            await asyncio.sleep(self._look_every_s)

    def _renew(self) -> None:
        try:
            # Judged in a context of its own: a half-written file never reaches the one in use.
            fresh, certificate = read_certificate(self._files)
            if self._context is None:
                self._context = fresh
            else:
                _take(self._context, self._files)
        except CertificateError as trouble:
            self._say(trouble)
            return
        self.valid_until = certificate.valid_until
        self._ready.set()
        self._say(certificate.trouble(utc_now()))

    def _say(self, trouble: CertificateError | None) -> None:
        self.trouble = None if trouble is None else trouble.code
        if trouble is None:
            log.info("the certificate is in use", until=str(self.valid_until))
        else:
            log.error(
                "something is wrong with the certificate", code=trouble.code, why=str(trouble)
            )


class CertificateCollector(Collector):
    """When it has to be renewed, as a metric. 证书指标"""

    def __init__(self, served: ServedCertificate) -> None:
        self._served = served

    def collect(self) -> Iterable[Metric]:
        until = self._served.valid_until
        yield GaugeMetricFamily(
            "hotline_certificate_valid_until_seconds",
            "When the console's certificate ends, seconds since 1970; 0: there is no usable one",
            0.0 if until is None else until.timestamp(),
        )
