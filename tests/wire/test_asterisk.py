"""The real Asterisk under the product's own configuration: clean start, least rights, clean end."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.asterisk.bundle import AsteriskProgram, provide
from hotline.asterisk.checks import check_ports, check_running
from hotline.asterisk.errors import AsteriskDidNotStart, AsteriskNotRunning, AsteriskPortTaken
from hotline.asterisk.log import read_troubles
from hotline.asterisk.server import AsteriskServer
from hotline.asterisk.values import asterisk_values, extra_conf, wanted_ports
from hotline.config import AsteriskConfig
from hotline.installation import sound_folders
from hotline.places import ROOT, Places
from hotline.ports_file import provide_ports
from hotline.secrets_file import open_secrets
from hotline.sounds.hold_music import provide_hold_music
from hotline.sounds.names import sound_path
from tests.wire.sip_phone import Account, SipPhone

START_LIMIT_S = 30
DEFAULTS = AsteriskConfig()
STAND_IN = {
    "extensions.conf": """
[hotline-in]
exten => 12345,1,Answer()
 same => n,Set(__HOTLINE_CALL=${UNIQUEID})
 same => n,MusicOnHold(default)
exten => 200,1,Answer()
 same => n,Playback(hotline/goodbye)
 same => n,UserEvent(Played,Status: ${PLAYBACKSTATUS})
exten => failed,1,Hangup()
[seat-out]
exten => failed,1,Hangup()
""",
    "queues.conf": "[general]\n[lifeboat]\nstrategy = rrmemory\nmusicclass = default\n",
}


@pytest.fixture(scope="module")
def program() -> AsteriskProgram:
    places = Places(ROOT / "var")
    return provide("auto", "sid", places.bundle, lambda _: None)


class Installation:
    """A whole installation's Asterisk under one folder. 测试用安装"""

    def __init__(
        self, program: AsteriskProgram, var: Path, config: AsteriskConfig = DEFAULTS
    ) -> None:
        self.ports = provide_ports(var / "ports.json", wanted_ports(config, 0))
        self.secrets = open_secrets(var / "secrets.toml", ["8001", "8002"])
        self.values = asterisk_values(
            config,
            self.ports,
            self.secrets,
            legs=var / "legs",
            spool=var / "spool",
            music=provide_hold_music(var / "music"),
        )
        self.templates = var / "templates"
        self.templates.mkdir(exist_ok=True)
        for template in (ROOT / "asterisk-conf").glob("*.conf"):
            (self.templates / template.name).write_bytes(template.read_bytes())
        for name, text in STAND_IN.items():
            (self.templates / name).write_text(text, encoding="utf-8")
        self.program, self.folder = program, var / "asterisk"
        self.prompts = var / "prompts"
        self.extra = extra_conf(config, ["8001", "8002"], self.secrets)

    def server(self) -> AsteriskServer:
        return AsteriskServer(
            self.program,
            self.folder,
            self.templates,
            self.values,
            extra_conf=self.extra,
            sounds=sound_folders(self.prompts),
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[AsteriskServer]:
        server = self.server()
        server.prepare()
        await server.start(START_LIMIT_S)
        try:
            yield server
        finally:
            server.kill()
            await server.stop(5)


@pytest.fixture
def installation(program, tmp_path) -> Installation:
    return Installation(program, tmp_path)


class Ami:
    """As much of the AMI as a test of its rights needs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, *headers: str) -> dict[str, str]:
        self._writer.write("\r\n".join((*headers, "", "")).encode())
        while "Response" not in (message := await self.next()):
            pass
        return message

    async def next(self) -> dict[str, str]:
        async with asyncio.timeout(10):
            text = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        pairs = [line.split(": ", 1) for line in text.splitlines() if ": " in line]
        variables = " ".join(value for name, value in pairs if name == "ChanVariable")
        return {**dict(pairs), "ChanVariable": variables}


@contextlib.asynccontextmanager
async def ami(installation: Installation, secret: str) -> AsyncIterator[tuple[Ami, dict[str, str]]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", installation.ports["ami"])
    try:
        await reader.readline()
        link = Ami(reader, writer)
        yield link, await link.ask("Action: Login", "Username: hotline", f"Secret: {secret}")
    finally:
        writer.close()
        await writer.wait_closed()


async def test_the_products_configuration_starts_without_a_single_warning(installation):
    async with installation.running() as server:
        assert server.messages_log.exists()
        assert read_troubles(server.messages_log) == []
        # Fully booted is said a moment before the last commands are there.
        for _ in range(50):
            answer = await server.cli("core show settings")
            if "No such command" not in answer:
                break
        assert "System name:                 node1" in answer
        modules = await server.cli("module show")
        assert "Not Running" not in modules
        assert (await check_running(server)).ok
        assert check_ports(server, {"ami": installation.ports["ami"]}, "127.0.0.1").ok


async def test_our_ami_user_may_do_its_work_and_nothing_more(installation):
    async with installation.running(), ami(installation, installation.secrets.ami) as (link, login):
        assert login["Response"] == "Success"
        for allowed in ("CoreShowChannels", "QueueStatus", "DeviceStateList", "Ping"):
            assert (await link.ask(f"Action: {allowed}"))["Response"] == "Success"
        for denied in ("Command", "UpdateConfig", "DBPut", "ModuleLoad", "Reload"):
            answer = await link.ask(
                f"Action: {denied}", "Command: core show version", "Family: a", "Key: b", "Val: c"
            )
            assert (answer["Response"], answer["Message"]) == ("Error", "Permission denied")
        program = await link.ask(
            "Action: Originate",
            "Channel: Local/12345@hotline-in",
            "Application: System",
            "Data: true",
        )
        assert program["Response"] == "Error"


async def test_a_wrong_ami_secret_is_refused(installation):
    async with installation.running(), ami(installation, "wrong") as (_, login):
        assert login["Response"] == "Error"


async def test_events_carry_the_call_and_leave_out_the_noise(installation):
    async with installation.running(), ami(installation, installation.secrets.ami) as (link, _):
        await link.ask(
            "Action: Originate",
            "Channel: Local/12345@hotline-in",
            "Application: Wait",
            "Data: 30",
            "Async: true",
        )
        heard = []
        while not heard or heard[-1].get("Event") != "MusicOnHoldStart":
            heard.append(await link.next())
        names = {message.get("Event") for message in heard}
        assert "Newchannel" in names
        assert not names & {"VarSet", "Newexten", "TestEvent", "RTCPSent", "RTCPReceived"}
        assert heard[-1]["Class"] == "default"
        assert "HOTLINE_CALL=node1-" in heard[-1]["ChanVariable"]


async def test_prompts_are_found_and_played_in_chinese(installation):
    sound_path(installation.prompts, "zh", "goodbye").parent.mkdir(parents=True)
    sound_path(installation.prompts, "zh", "goodbye").write_bytes(bytes(1600))
    async with installation.running() as server:
        async with ami(installation, installation.secrets.ami) as (link, _):
            await link.ask(
                "Action: Originate",
                "Channel: Local/200@hotline-in",
                "Application: Wait",
                "Data: 30",
                "Async: true",
            )
            while (heard := await link.next()).get("UserEvent") != "Played":
                pass
        assert heard["Status"] == "SUCCESS"
        assert heard["Language"] == "zh"
        assert read_troubles(server.messages_log) == []


async def test_only_those_who_prove_themselves_get_in(installation):
    seat = Account(user="8001", password=installation.secrets.seats["8001"])
    trunk = Account(user="trunk", password=installation.secrets.trunk)
    async with installation.running() as server:
        phone = SipPhone(installation.ports["sip"])
        try:
            ask = asyncio.to_thread
            assert await ask(phone.register, "8001", seat) == 200
            assert await ask(phone.register, "8002", Account(user="8002", password="x")) == 401
            assert await ask(phone.register, "nobody", Account(user="nobody", password="x")) == 401
            # Who proves to be 8001 registers 8001, whatever name stands in the address.
            assert await ask(phone.register, "8002", seat) == 200
            contacts = await server.cli("pjsip show contacts")
            assert "8001/sip:" in contacts
            assert "8002/sip:" not in contacts
            assert await ask(phone.invite, "12345", "13800000001", None) == 401
            assert await ask(phone.invite, "12345", "8001", None) == 401
            # A telephone may dial nothing, and the citizen's line is not its to call.
            assert await ask(phone.invite, "12345", "8001", seat) == 404
            # The carrier's caller may even bear a seat's number: the digest says who is asking.
            assert await ask(phone.invite, "12345", "13800000001", trunk) == 200
            assert await ask(phone.invite, "12345", "8001", trunk) == 200
            channels = await server.cli("core show channels concise")
        finally:
            phone.close()
        legs = [line.split("!") for line in channels.splitlines() if line.startswith("PJSIP/")]
        assert [(leg[0][:12], leg[1], leg[7]) for leg in legs] == [
            ("PJSIP/trunk-", "hotline-in", "8001"),
            ("PJSIP/trunk-", "hotline-in", "13800000001"),
        ]
        assert read_troubles(server.messages_log) == []
        for log in ("messages", "security"):
            assert "13800000001" not in (installation.folder / "log" / log).read_text()


async def test_a_configured_carrier_is_known_by_its_address(program, tmp_path):
    carrier = Installation(program, tmp_path, replace(DEFAULTS, trunk_host="127.0.0.1"))
    async with carrier.running() as server:
        phone = SipPhone(carrier.ports["sip"])
        try:
            assert await asyncio.to_thread(phone.invite, "12345", "13800000001", None) == 200
            channels = await server.cli("core show channels concise")
        finally:
            phone.close()
        leg = channels.splitlines()[0].split("!")
        assert (leg[0][:14], leg[1], leg[7]) == ("PJSIP/carrier-", "hotline-in", "13800000001")
        assert read_troubles(server.messages_log) == []


async def test_sigterm_ends_it_cleanly(installation):
    async with installation.running() as server:
        os.kill(server.pid, signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await server.wait() == 0
        assert not server.alive
        assert not (server.run_folder / "asterisk.ctl").exists()
        with pytest.raises(AsteriskNotRunning):
            await server.cli("core show uptime")


async def test_the_next_one_adopts_what_still_runs_and_can_stop_it(installation):
    async with installation.running() as server:
        later = installation.server()
        await later.start(START_LIMIT_S)
        assert later.adopted
        assert later.pid == server.pid
        await later.stop(10)
        assert not later.alive
        assert not server.alive
        assert later.find_running() is None


async def test_a_killed_one_is_noticed_and_started_again(installation):
    async with installation.running() as server:
        first = server.pid
        server.kill()
        async with asyncio.timeout(10):
            assert await server.wait() == -signal.SIGKILL
        await server.start(START_LIMIT_S)
        assert not server.adopted
        assert server.pid not in (None, first)


async def test_a_frozen_one_is_ended_after_the_limit(installation):
    async with installation.running() as server:
        os.kill(server.pid, signal.SIGSTOP)
        await server.stop(0.2)
        assert not server.alive


async def test_it_outlives_a_ctrl_c_on_our_terminal(installation):
    async with installation.running() as server:
        assert os.getsid(server.pid) == server.pid != os.getsid(0)


async def test_a_start_that_fails_says_why(installation):
    async with installation.running():
        second = installation.server()
        second.folder = installation.folder.with_name("second")
        second.run_folder = second.folder / "run"
        second.prepare()
        (second.etc / "modules.conf").write_text("[modules]\nrequire = no_such_module.so\n")
        with pytest.raises(AsteriskDidNotStart, match="no_such_module"):
            await second.start(START_LIMIT_S)
        assert not second.alive


async def test_a_port_that_somebody_else_holds_is_no_start(installation, program, tmp_path):
    (tmp_path / "other").mkdir()
    second = Installation(program, tmp_path / "other")
    second.values["AMI_PORT"] = installation.values["AMI_PORT"]
    async with installation.running():
        server = second.server()
        server.prepare()
        with pytest.raises(AsteriskPortTaken, match="AMI server"):
            await server.start(START_LIMIT_S)
        assert not server.alive


async def test_a_folder_too_deep_for_the_control_socket_still_works(program, tmp_path):
    deep = tmp_path / ("座席" * 12)
    deep.mkdir()
    installation = Installation(program, deep)
    server = installation.server()
    try:
        assert server.run_folder.parent == Path("/tmp")
        async with installation.running():
            assert "uptime" in await server.cli("core show uptime")
    finally:
        shutil.rmtree(server.run_folder)
