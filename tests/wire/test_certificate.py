"""The console's certificate: what it says, every way in which it can be wrong, and its renewal in a running house."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from hotline.certificate import (
    CertificateExpired,
    CertificateFiles,
    CertificateKeyDiffers,
    CertificateMissing,
    CertificateNotYetValid,
    CertificateUnreadable,
    ServedCertificate,
    certificate_files,
    read_certificate,
)
from hotline.clock import utc_now
from hotline.config import Config
from hotline.doctor import check_certificate
from hotline.installation import open_installation
from hotline.places import Places
from hotline.web_server import WebServer
from tests.wire.certificates import lock, make_certificate
from web.app import SecurityHeaders
from web.settings import WebSettings


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    certificate, key = make_certificate(folder)
    return CertificateFiles(certificate=certificate, key=key)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    certificate, key = make_certificate(tmp_path_factory.mktemp("other"), days=300)
    return CertificateFiles(certificate=certificate, key=key)


def test_it_says_whose_it_is_and_until_when(made):
    context, said = read_certificate(made)
    assert said.names == ("hotline.test", "localhost", "127.0.0.1")
    assert timedelta(days=89) < said.valid_until - utc_now() < timedelta(days=91)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert said.trouble(utc_now()) is None
    assert isinstance(said.trouble(utc_now() + timedelta(days=91)), CertificateExpired)
    assert isinstance(said.trouble(utc_now() - timedelta(days=2)), CertificateNotYetValid)


def test_every_wrong_file_has_its_own_name(made, other, tmp_path):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")
    locked = tmp_path / "locked.key"
    lock(made.key, locked)
    for files, trouble in (
        (replace(made, certificate=tmp_path / "none.pem"), CertificateMissing),
        (replace(made, key=tmp_path), CertificateMissing),
        (replace(made, key=other.key), CertificateKeyDiffers),
        (replace(made, certificate=wrong), CertificateUnreadable),
        (replace(made, key=made.certificate), CertificateUnreadable),
        (replace(made, key=locked), CertificateUnreadable),
    ):
        with pytest.raises(trouble) as refused:
            read_certificate(files)
        assert str(refused.value)
    assert "口令" in str(refused.value)


def test_both_files_are_configured_or_none(tmp_path):
    assert certificate_files("", "", tmp_path) is None
    with pytest.raises(CertificateMissing):
        certificate_files("server.pem", "", tmp_path)
    found = certificate_files("server.pem", "/etc/ssl/server.key", tmp_path)
    assert found is not None
    assert found.certificate == tmp_path / "server.pem"
    assert str(found.key) == "/etc/ssl/server.key"


def test_the_doctor_says_what_is_wrong_with_it(made, other, tmp_path):
    def said(certificate, key):
        web = WebSettings(certificate_file=str(certificate), certificate_key_file=str(key))
        places = Places(tmp_path / "var")
        return check_certificate(open_installation(replace(Config(), web=web), places))

    assert said("", "").ok
    well = said(made.certificate, made.key)
    assert well.ok
    assert "hotline.test" in well.detail
    differs = said(made.certificate, other.key)
    assert not differs.ok
    assert differs.detail.startswith("certificate-key-differs：私钥与证书不匹配")
    assert said(tmp_path / "none", made.key).detail.startswith("certificate-missing")
    short = make_certificate(tmp_path, "short", days=3)
    assert not said(*short).ok


@asynccontextmanager
async def served(files):
    async def hello(request):
        return PlainTextResponse(request.url.scheme)

    app = SecurityHeaders(Starlette(routes=[Route("/", hello)]), hsts_days=180)
    certificate = ServedCertificate(files, look_every_s=0.05)
    web = WebServer(app, WebSettings(port=0), certificate)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(part.run(), name=part.name) for part in (certificate, web)]
        try:
            yield web, certificate
        finally:
            for part in running:
                part.cancel()


def trusting(files):
    return ssl.create_default_context(cafile=str(files.certificate))


def nobody_asked():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def ask(port, context):
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="localhost"
    )
    lines = ["GET / HTTP/1.1", "Host: localhost", "Connection: close"]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = (await reader.read()).decode()
    until = (writer.get_extra_info("peercert") or {}).get("notAfter")
    writer.close()
    return answer, until


async def test_https_is_said_to_be_the_only_way_from_now_on(made):
    async with served(made) as (web, _), asyncio.timeout(20):
        answer, _ = await ask(await web.started(), trusting(made))
        assert answer.endswith("https")
        assert "strict-transport-security: max-age=15552000" in answer.lower()
        # Plain http at a https port is closed at once and hurts nobody.
        with socket.create_connection(("127.0.0.1", await web.started())) as plain:
            plain.setblocking(False)
            await asyncio.get_running_loop().sock_sendall(plain, b"GET / HTTP/1.1\r\n\r\n")
        assert (await ask(await web.started(), trusting(made)))[0].endswith("https")


async def test_a_renewed_certificate_is_met_by_whoever_connects_next_and_a_broken_one_by_nobody(
    made, other, tmp_path
):
    live = CertificateFiles(certificate=tmp_path / "live.pem", key=tmp_path / "live.key")
    live.certificate.write_bytes(made.certificate.read_bytes())

    # The key comes later: the house is up, the console waits.
    async with served(live) as (web, certificate), asyncio.timeout(30):
        live.key.write_bytes(made.key.read_bytes())
        port = await web.started()
        _, first = await ask(port, trusting(made))
        # Half of the new pair: the old one is served on.
        live.certificate.write_bytes(other.certificate.read_bytes())
        while certificate.trouble is None:
            assert (await ask(port, trusting(made)))[1] == first
        assert certificate.trouble == "certificate-key-differs"
        assert (await ask(port, trusting(made)))[1] == first
        live.key.write_bytes(other.key.read_bytes())
        while certificate.trouble is not None:
            await ask(port, nobody_asked())
        assert (await ask(port, trusting(other)))[1] != first


async def test_a_proxy_in_front_says_how_the_browser_came(made):
    settings = WebSettings(port=0)

    async def hello(request):
        return PlainTextResponse(f"{request.url.scheme} {request.client.host}")

    app = SecurityHeaders(Starlette(routes=[Route("/", hello)]), hsts_days=180)
    for trusted, said, kept in (
        (settings.trusted_proxies, "https 192.0.2.9", True),
        (("192.0.2.1",), "http 127.0.0.1", False),
    ):
        web = WebServer(app, replace(settings, trusted_proxies=trusted))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(web.run(), name="web")
            reader, writer = await asyncio.open_connection("127.0.0.1", await web.started())
            writer.write(
                b"GET / HTTP/1.1\r\nHost: hotline.test\r\nConnection: close\r\n"
                b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n"
            )
            answer = (await reader.read()).decode()
            writer.close()
            running.cancel()
        assert answer.endswith(said)
        assert ("strict-transport-security" in answer.lower()) is kept
