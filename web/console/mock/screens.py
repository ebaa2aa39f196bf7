"""Pictures of every page for docs/screens, from the pretended service: filled, empty, ill, and in English.

    python web/console/mock/screens.py docs/screens [name ...]

Needs a built console, node and Chromium; `desk` takes every picture whose name begins so. Whatever is
cut off without a title, or makes the page scroll sideways, is told. Pictures of the telephone in the
page come from the browser tests: HOTLINE_SHOTS=docs/screens. 截图
"""

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

CONSOLE = Path(__file__).parents[1]
SIZES = ((1366, 768), (1920, 1080))
CHROMIUM_WORDS = ("--no-sandbox", "--disable-gpu", "--lang=zh-CN", "--hide-scrollbars")
SETTLE_MS = 700
CUT = """() => [...document.querySelectorAll('body *')].filter(one => {
    const look = getComputedStyle(one)
    const hides = one.scrollWidth > one.clientWidth + 1 && ['hidden', 'clip'].includes(look.overflowX)
    const words = one.childElementCount === 0 && one.textContent.trim() !== ''
    return hides && words && one.clientWidth > 4 && !one.closest('[title]') && !one.closest('.visually-hidden')
}).map(one => one.textContent.trim().slice(0, 40))"""
WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"

Act = Callable[[Page], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture: whose page, and what is done there before it is taken. 场景"""

    name: str
    who: str = "ban"
    path: str
    act: Act | None = None
    mood: str = ""
    """How the service feels: "", empty, ill, slow."""
    call: str = ""
    """A call that comes to 8001 before, and how far it goes: ringing, talking, wrap_up."""
    english: bool = False


def press(name: str, *, role: str = "button", nth: int = 0) -> Act:
    """The button, tab or link of that name."""
    return lambda page: page.get_by_role(role, name=re.compile(name)).nth(nth).click()  # type: ignore[arg-type]


def take(selector: str, nth: int = 0) -> Act:
    """The element that the selector finds."""
    return lambda page: page.locator(selector).nth(nth).click()


def keys(*pressed: str) -> Act:
    """Keys one after the other, from the page itself."""

    def act(page: Page) -> None:
        for one in pressed:
            page.keyboard.press(one)
            page.wait_for_timeout(300)

    return act


def then(*acts: Act) -> Act:
    """Each after the one before has settled."""

    def act(page: Page) -> None:
        for one in acts:
            one(page)
            page.wait_for_timeout(SETTLE_MS)

    return act


def log_in(password: str) -> Act:
    """As the administrator, with a password that the pretended service takes in its own way."""

    def act(page: Page) -> None:
        page.get_by_label("用户名").fill("admin")
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()

    return act


def hear(page: Page) -> None:
    """Two seconds of a recording, after its purpose was said."""
    page.locator(".player .play").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("质量抽检").first.click()
    dialog.locator("button.primary").click()
    page.wait_for_timeout(2_000)
    page.locator(".player .play").click()
    page.wait_for_timeout(1_500)


REPLAYED = "/recordings/hl1-1763715.5-1"
LINE = "/calls/hl1-1763716.21"

SCENES = (
    Scene(name="login", who="", path="/login"),
    Scene(name="login-wrong", who="", path="/login", act=log_in("wrong")),
    Scene(name="login-locked", who="", path="/login", act=log_in("locked")),
    Scene(name="login-code", who="", path="/login", act=log_in("code")),
    Scene(name="login-english", who="", path="/login", english=True),
    Scene(name="welcome", who="", path="/login", act=log_in("new")),
    Scene(
        name="second-factor",
        who="",
        path="/login",
        act=then(log_in("factor"), lambda page: page.locator("input").first.fill("demo"), take("button.primary")),
    ),
    Scene(name="account", who="admin", path="/account"),
    Scene(name="account-ill", who="zhang", path="/account", mood="ill"),
    # 受理台
    Scene(name="desk-idle", who="zhang", path="/desk"),
    Scene(name="desk-empty", who="zhang", path="/desk", mood="empty"),
    Scene(name="desk-ill", who="zhang", path="/desk", mood="ill"),
    Scene(name="desk-reasons", who="zhang", path="/desk", act=keys("Alt+u")),
    Scene(name="desk-keys", who="zhang", path="/desk", act=keys("?")),
    Scene(name="desk-ringing", who="zhang", path="/desk", call="ringing"),
    Scene(name="desk-talking", who="zhang", path="/desk", call="talking"),
    Scene(
        name="desk-search",
        who="zhang",
        path="/desk",
        call="talking",
        act=then(keys("Alt+s"), lambda page: page.keyboard.insert_text("供水")),
    ),
    Scene(
        name="desk-sentences",
        who="zhang",
        path="/desk",
        call="talking",
        act=then(keys("Alt+s"), lambda page: page.keyboard.insert_text("查询")),
    ),
    Scene(name="desk-hang-up", who="zhang", path="/desk", call="talking", act=keys("Alt+e")),
    Scene(name="desk-wrap-up", who="zhang", path="/desk", call="wrap_up"),
    Scene(name="desk-english", who="zhang", path="/desk", call="talking", english=True),
    Scene(name="picker", who="zhang", path="/desk", call="talking", act=keys("Alt+q")),
    # 通话
    Scene(name="calls", path=LINE),
    Scene(name="calls-empty", path="/calls", mood="empty"),
    Scene(name="calls-ill", path="/calls", mood="ill"),
    Scene(name="call-ended", path="/calls/hl1-1763715.3"),
    Scene(name="call-forbidden", who="admin", path=LINE),
    Scene(name="calls-english", path=LINE, english=True),
    # 现场
    Scene(name="board", path="/floor"),
    Scene(name="board-seat", path="/floor", act=take("[data-seat='8002']")),
    Scene(name="board-pick", path="/floor", act=press("指派")),
    Scene(name="board-misses", path="/floor", act=press("未及时接听", role="tab")),
    Scene(name="board-notices", path="/floor", act=press("通知", role="tab")),
    Scene(name="board-emergency", path="/floor", act=take("[data-switch='emergency']")),
    Scene(name="board-empty", path="/floor", mood="empty"),
    Scene(name="board-ill", path="/floor", mood="ill"),
    Scene(name="board-english", path="/floor", english=True),
    Scene(name="wall", who="screen", path="/wall"),
    Scene(name="wall-empty", who="screen", path="/wall", mood="empty"),
    Scene(name="wall-ill", who="screen", path="/wall", mood="ill"),
    Scene(name="wall-english", who="screen", path="/wall", english=True),
    Scene(name="seats", path="/seats"),
    Scene(name="seats-empty", path="/seats", mood="empty"),
    Scene(name="own-seat", who="zhang", path="/seats"),
    # 工单
    Scene(name="orders", path="/orders"),
    Scene(name="orders-none", path="/orders", act=lambda page: page.locator("input").first.fill("彩虹桥")),
    Scene(name="orders-empty", path="/orders", mood="empty"),
    Scene(name="orders-ill", path="/orders", mood="ill"),
    Scene(name="orders-english", path="/orders", english=True),
    Scene(name="order", path="/orders/20261121-000023"),
    Scene(name="order-done", path="/orders/20261121-000025"),
    Scene(name="order-course", path="/orders/20261121-000025", act=press("流转")),
    Scene(name="order-before", path="/orders/20261121-000025", act=press("历史")),
    Scene(name="order-gone", path="/orders/20261121-999999"),
    Scene(name="order-english", path="/orders/20261121-000023", english=True),
    # 录音
    Scene(name="search", path="/recordings", who="zhi"),
    Scene(name="search-found", path="/recordings?q=煤气", who="zhi"),
    Scene(name="search-none", path="/recordings?q=彩虹桥", who="zhi"),
    Scene(name="search-empty", path="/recordings", who="zhi", mood="empty"),
    Scene(name="search-ill", path="/recordings", who="zhi", mood="ill"),
    Scene(name="replay-purpose", path=REPLAYED, who="zhi", act=press("播放")),
    Scene(name="replay", path=REPLAYED + "?q=煤气", who="zhi", act=hear),
    Scene(name="replay-mark", path=REPLAYED, who="zhi", act=then(hear, keys("m"))),
    Scene(name="replay-keys", path=REPLAYED, who="zhi", act=keys("?")),
    Scene(name="replay-raised", path=REPLAYED, act=press("提示", role="tab")),
    Scene(name="replay-heard", path=REPLAYED, act=then(hear, press("谁听过", role="tab"))),
    Scene(name="replay-english", path=REPLAYED, who="li", english=True),
    # 其余
    Scene(name="callbacks", path="/callbacks", who="zhang"),
    Scene(name="callbacks-empty", path="/callbacks", mood="empty"),
    Scene(name="callbacks-ill", path="/callbacks", mood="ill"),
    Scene(name="messages", path="/messages", who="zhang", act=take(".rows .one")),
    Scene(name="messages-empty", path="/messages", mood="empty"),
    Scene(name="quality-cues", path="/quality", act=press("提示记录", role="tab")),
    Scene(name="quality-signals", path="/quality", act=press("待复核", role="tab")),
    Scene(name="quality-hits", path="/quality", act=press("命中", role="tab")),
    Scene(name="quality-drafting", path="/quality", act=press("草拟", role="tab")),
    Scene(name="quality-ratings", path="/quality", act=press("评价", role="tab")),
    Scene(name="quality-rerun", path="/quality", act=press("重新检测")),
    Scene(name="quality-empty", path="/quality", mood="empty"),
    Scene(name="quality-english", path="/quality", english=True),
    Scene(name="blocks", path="/blocks"),
    Scene(name="blocks-empty", path="/blocks", mood="empty"),
    Scene(name="limited", path="/blocks", act=press("受限来电")),
    Scene(name="silent", path="/blocks", act=press("无声来电")),
    # 规则与提示音
    Scene(name="rules-routing", who="admin", path="/rules/routing"),
    Scene(name="rules-text", who="admin", path="/rules/texts"),
    Scene(name="rules-flows", who="admin", path="/rules/flows"),
    Scene(name="rules-groups", who="admin", path="/rules/groups"),
    Scene(name="rules-english", who="admin", path="/rules/policies", english=True),
    Scene(name="prompts", who="admin", path="/prompts/recording-notice"),
    Scene(name="prompts-ill", who="admin", path="/prompts", mood="ill"),
    # 管理
    Scene(name="admin", who="admin", path="/admin"),
    Scene(name="admin-english", who="admin", path="/admin", english=True),
    Scene(name="people", who="admin", path="/admin/people"),
    Scene(name="people-menu", who="admin", path="/admin/people", act=take("[data-person='ouyangxiuwen'] [aria-expanded]")),
    Scene(name="people-empty", who="admin", path="/admin/people", act=lambda page: page.get_by_role("searchbox").fill("没有此人")),
    Scene(name="people-ill", who="admin", path="/admin/people", mood="ill"),
    Scene(name="people-english", who="admin", path="/admin/people", english=True),
    Scene(name="person-form", who="admin", path="/admin/people", act=take("[data-command='create']")),
    Scene(name="phones", who="admin", path="/admin/seats"),
    Scene(name="phones-english", who="admin", path="/admin/seats", english=True),
    Scene(name="seat-form", who="admin", path="/admin/seats", act=take("[data-command='edit']")),
    Scene(name="calendar", who="admin", path="/admin/calendar"),
    Scene(name="calendar-unknown", who="admin", path="/admin/calendar", act=press("下一年")),
    Scene(name="calendar-english", who="admin", path="/admin/calendar", english=True),
    Scene(name="audit", who="admin", path="/admin/audit", act=take("[data-command='check']")),
    Scene(name="audit-empty", who="admin", path="/admin/audit", mood="empty"),
    Scene(name="audit-english", who="admin", path="/admin/audit", english=True),
    Scene(name="doctor", who="admin", path="/admin/doctor"),
    Scene(name="doctor-english", who="admin", path="/admin/doctor", english=True),
    Scene(name="health", path="/health"),
    Scene(name="missing", path="/nowhere"),
)  # fmt: skip


@contextlib.contextmanager
def pretended() -> Iterator[str]:
    """A fresh service of one's own: what a scene leaves behind is nobody else's."""
    words = ["node", "mock/server.mjs", "0", "0"]
    with subprocess.Popen(words, cwd=CONSOLE, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield running.stdout.readline().strip()
        finally:
            running.terminate()


def photograph(scene: Scene, browser: Browser, size: tuple[int, int], folder: Path) -> list[str]:
    """Take it; what is wrong with its fit is told."""
    with pretended() as address:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        cookies = {"hotline": scene.who, "mood": scene.mood}
        context.add_cookies(
            [{"name": k, "value": v, "url": address} for k, v in cookies.items() if v]
        )
        if scene.english:
            context.add_init_script("localStorage.setItem('hotline.locale', 'en')")
        page = context.new_page()
        told = []
        page.on("pageerror", lambda error: told.append(f"error: {error}"))
        if scene.call:
            asked = f"{address}/pretend/call?seat=8001&rate=40&until={scene.call}"
            urllib.request.urlopen(asked).close()
        page.goto(address + scene.path)
        if scene.call:
            state = "wrap_up" if scene.call == "wrap_up" else scene.call
            expect(page.locator(f"[data-state={state}]").first).to_be_visible(timeout=15_000)
            page.wait_for_timeout(3_000 if scene.call == "talking" else 0)
        expect(page.locator("main").first).to_be_visible(timeout=30_000)
        page.wait_for_timeout(SETTLE_MS)
        expect(page.locator(".notice.loading")).to_have_count(0, timeout=15_000)
        if scene.act is not None:
            try:
                scene.act(page)
            except Exception as failed:  # noqa: BLE001 - told with the scene's name
                told.append(f"act: {str(failed)[:160]}")
            page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=folder / f"{scene.name}-{size[0]}.png")
        if page.evaluate(WIDE) > 0:
            told.append("scrolls sideways")
        told += [f"cut: {words}" for words in page.evaluate(CUT)]
        context.close()
    return told


def main() -> None:
    """See above."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("names", nargs="*", help="beginnings of names; none: all")
    asked.add_argument("--size", type=int, choices=[one[0] for one in SIZES])
    given = asked.parse_args()
    wanted = [one for one in SCENES if one.name.startswith(tuple(given.names) or "")]
    program = next(
        (path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=list(CHROMIUM_WORDS),
        )
        for scene in wanted:
            for size in SIZES:
                if given.size in (None, size[0]):
                    told = photograph(scene, browser, size, given.folder)
                    sys.stdout.write(f"{scene.name}-{size[0]}: {' | '.join(told) or 'well'}\n")
                    sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main()
