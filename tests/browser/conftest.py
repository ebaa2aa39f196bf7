"""A running product with its outside world, driven from blocking browser tests.

The stage lives on a loop of its own in a thread; `product.do(...)` runs a coroutine there.
"""

import asyncio
import contextlib
import secrets
import shutil
import tempfile
import threading
import wave
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hotline.api_client import ApiClient
from hotline.outside.tones import RATE_HZ, tone
from hotline.suite import BROWSERS
from tests.browser.people import Floor
from tests.live.stage import Stage, open_stage

SEATS = {"8001": "general", "8002": "general", "8003": "general", "8101": "foreign_en"}
"""Seats with a telephone outside; the last serves a group of its own."""
CHROMIUM_WORDS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
BROWSER_HZ = 700
DO_LIMIT_S = 120
LAST_LINES = 60
PATIENCE_MS = 30_000
"""What a page shall show, it shows within this time on a loaded machine too; what it takes on a free one is
measured in bench/."""
NO_HURRY = """
[ivr]
ring_s = 60
[seats]
wrap_up_limit_s = 180
[seats.limits]
ringing_s = 75
"""
"""No telephone gives up and no wrap-up ends while a test looks at a slow page."""
expect.set_options(timeout=PATIENCE_MS)


class Product:
    """The stage, for code that does not await."""

    def __init__(self, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
        self.stage = stage
        self._loop = loop
        self.own_passwords: dict[str, str] = {}
        """Of those whom a test gave an account."""

    @property
    def address(self) -> str:
        return self.stage.address

    def do(self, story):
        return asyncio.run_coroutine_threadsafe(story, self._loop).result(DO_LIMIT_S)

    def password(self, username: str) -> str:
        own = self.own_passwords.get(username)
        return own or self.stage.secrets["others"][f"user-{username}"]

    def hire(self, username: str, name: str, role: str) -> None:
        """An account whose owner has chosen his password."""
        self.do(self._hire(username, name, role))

    async def _hire(self, username, name, role):
        wanted = f"Own-{secrets.token_urlsafe(12)}-7"
        person = {"username": username, "name": name, "roles": [role], "reason": "热线办批复"}
        first = (await (await self.stage.api()).post("/api/people", person))["password"]
        his = ApiClient(self.address)
        await his.log_in(username, first)
        await his.post("/api/account/password", {"password": first, "new_password": wanted})
        self.own_passwords[username] = wanted


@pytest.fixture(scope="module")
def product(ready_var):
    """One for each file: what a story leaves behind is nobody else's."""
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        started, ended = threading.Event(), threading.Event()
        seen = {}

        async def live():
            async with open_stage(
                ready_var, Path(folder), NO_HURRY, hears=True, seats=SEATS
            ) as stage:
                seen["product"] = Product(stage, asyncio.get_running_loop())
                started.set()
                await asyncio.to_thread(ended.wait)

        def run():
            try:
                asyncio.run(live())
            except BaseException as trouble:  # noqa: BLE001 - told to the waiting test
                seen["trouble"] = trouble
            finally:
                started.set()

        thread = threading.Thread(target=run, name="stage")
        thread.start()
        started.wait()
        try:
            if "trouble" in seen:
                raise seen["trouble"]
            yield seen["product"]
        finally:
            ended.set()
            thread.join()


@pytest.fixture(scope="session")
def spoken_tone(tmp_path_factory):
    """What every microphone of these browsers hears, over and over: one tone."""
    path = tmp_path_factory.mktemp("microphone") / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(tone(BROWSER_HZ, seconds=2.0))
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, spoken_tone):
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, "Chromium is missing; bin/hotline test installs it"
    return {
        **browser_type_launch_args,
        "executable_path": found,
        "args": [
            *CHROMIUM_WORDS,
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={spoken_tone}",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
    }


@pytest.fixture
def visit(page, product):
    """Log in as somebody and open a page; fails on any error the page logs."""
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))

    def log_in(username: str, path: str = "/"):
        page.goto(f"{product.address}/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(product.password(username))
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "login" not in url)
        if path != "/":
            page.goto(f"{product.address}{path}")
        return page

    yield log_in
    assert problems == []
    with contextlib.suppress(Exception):
        page.close()


@pytest.fixture(scope="module")
def desk(browser, browser_context_args, product):
    """A logged-in browser for each person; fails on any error a page logs."""
    desks, problems = {}, []

    def sit_down(username: str, path: str):
        if username not in desks:
            page = browser.new_context(**browser_context_args).new_page()
            page.on("pageerror", lambda error: problems.append(f"{username}: {error}"))
            page.goto(f"{product.address}/")
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(product.password(username))
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(lambda url: "login" not in url)
            desks[username] = page
        page = desks[username]
        page.goto(f"{product.address}{path}")
        expect(page.get_by_text("实时连接正常")).to_be_visible()
        return page

    yield sit_down
    for page in desks.values():
        page.context.close()
    assert problems == []


@pytest.fixture
def floor(product):
    """Who is ready is said by the test; afterwards nobody is."""
    floor = Floor(product)
    product.do(product.stage.world.reachable())
    yield floor
    product.do(floor.clear())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """What the service said meanwhile stands beside what the page showed."""
    report = yield
    product = item.funcargs.get("product") if hasattr(item, "funcargs") else None
    if report.failed and product is not None:
        said = product.stage.log.read_text().splitlines()[-LAST_LINES:]
        report.sections.append(("the service said", "\n".join(said)))
    return report
