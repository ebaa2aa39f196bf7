"""The operator's desk in Chromium: how soon a call is on the screen, F5, and memory over many calls.

`pop`: the real product (both Asterisks, service, database) with so many real calls waiting in line.
Seat 8001 becomes ready again and again; each time the call that waits longest comes. Two spans are
measured for each, both until caller and form are painted: from the service's decision, and from
Asterisk's word that the telephone rings (below 0: on the screen before it rings). Then the page is
loaded anew in mid-call, and it is measured until call and form are there again.

`board`: the shift leader's board beside so many real calls in line. Citizens dial one after another, and it
is measured from Asterisk's word that each stands in line until his row is painted; a page must show
him, though it asks at most five times a second.

`memory`: one tab against web/console/mock/server.mjs, whose calls are simulated: every event of a call
with its words, cues and fields, many times faster than people speak. What the page holds after a
collection is read on the way.

Prints one JSON line. `python -m bench.console pop [live calls] [pops]`, `board [live calls] [callers]` or
`memory [calls]`.
Wants the built console in web/static, and Asterisk as tests/live does.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Request, async_playwright

from hotline.suite import BROWSERS
from tests.live.stage import Stage, make_ready_var, open_stage

SEAT = "8001"
CONSOLE = Path(__file__).parent.parent / "web" / "console"
WORDS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--js-flags=--expose-gc"]
AT_ONCE = 6
"""Citizens who dial at the same moment."""
AT_REST_S = 1.0
MOCK_RATE = 150
LOOKS = 10
GLANCES, GLANCE_EVERY_S = 5, 2.0
"""The least of so many: a call that is just going on holds more than the end of one, and answers that a busy
machine still owes hold the pages that asked for them."""
AFTER_S = 30.0
"""So long after the last call the last look is taken: an answer is waited for no longer."""
UNSEEN = 10
FIRST_LOOKS = 2
"""Until then caches fill; growth is counted from there."""


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    program = next(path for name in BROWSERS if (path := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=WORDS)
        try:
            yield browser
        finally:
            await browser.close()


async def log_in(browser: Browser, address: str, username: str, password: str) -> Page:
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_label("用户名").fill(username)
    await page.get_by_label("密码").fill(password)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_url(lambda url: "/login" not in url)
    return page


async def sit_down(browser: Browser, address: str, username: str, password: str) -> Page:
    page = await log_in(browser, address, username, password)
    await page.wait_for_url("**/desk")
    await page.wait_for_selector("[data-seat-state]")
    return page


async def painted_at(page: Page, call_id: str) -> float:
    """When the desk showed that call, in seconds since the epoch."""
    found = (
        "name => { const mark = performance.getEntriesByName(name)[0];"
        " return mark ? performance.timeOrigin + mark.startTime : null }"
    )
    shown = await page.wait_for_function(found, arg=f"desk:{call_id}", timeout=20_000)
    return float(await shown.json_value()) / 1000


async def told_at(stage: Stage, call_id: str, kind: str) -> float:
    api = await stage.api()
    story = (await api.get(f"/api/calls/{call_id}/events"))["events"]
    event = next(one for one in story if one["type"] == kind)
    return datetime.fromisoformat(event["at"]).timestamp()


async def one_pop(stage: Stage, page: Page) -> tuple[float, float, float]:
    """(decision → painted, ringing → painted, F5 → call and form again), in ms.

    With the end of the wrap-up the seat is ready, and whoever waits longest comes at once.
    """
    api = await stage.api(SEAT)
    seat = await stage.until(f"/api/seats/{SEAT}", lambda s: s["state"] == "talking", 20.0)
    call_id = seat["call_id"]
    shown = await painted_at(page, call_id)
    decided = await told_at(stage, call_id, "SeatReserved")
    rang = await told_at(stage, call_id, "CallOffered")
    began = time.perf_counter()
    await page.reload(wait_until="commit")
    await page.wait_for_selector(f"[data-call='{call_id}'] #order-address")
    resumed = time.perf_counter() - began
    # The next call comes to a desk that is at rest, not to one that is still loading.
    await page.wait_for_selector("[data-live=connected]")
    await asyncio.sleep(AT_REST_S)
    await api.post(f"/api/calls/{call_id}/hang-up", {"reason": "bench"})
    await stage.seat_is(SEAT, "wrap_up")
    await api.post(f"/api/calls/{call_id}/code", {"code": "consultation"})
    await api.post(f"/api/seats/{SEAT}/finish-wrap-up")
    return (shown - decided) * 1000, (shown - rang) * 1000, resumed * 1000


async def pop(live: int, pops: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        ready = make_ready_var(Path(folder) / "r")
        async with (
            open_stage(ready, Path(folder), seats=(SEAT,)) as stage,
            open_browser() as browser,
        ):
            password = stage.secrets["others"][f"user-{SEAT}"]
            page = await sit_down(browser, stage.address, SEAT, password)
            await stage.take_seat(SEAT)
            return await _pops(stage, page, live, pops)


async def _pops(stage: Stage, page: Page, live: int, pops: int) -> dict[str, Any]:
    api = await stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})
    await fill_line(stage, live + pops)
    await api.post(f"/api/seats/{SEAT}/ready")
    found = [await one_pop(stage, page) for _ in range(pops)]
    decided, rang, resumed = (list(column) for column in zip(*found, strict=True))
    return {
        "live_calls": live, "pops": pops,
        "decision_to_painted_ms": {"p50": percentile(decided, 0.5), "p95": percentile(decided, 0.95)},
        "ringing_to_painted_ms": {"p50": percentile(rang, 0.5), "p95": percentile(rang, 0.95)},
        "f5_to_call_and_form_ms": {"p50": percentile(resumed, 0.5), "p95": percentile(resumed, 0.95)},
    }  # fmt: skip


NOTE_PAINTED = """() => {
  window.painted = {}
  const note = () => {
    const now = [...document.querySelectorAll('[data-waiting]')].map(row => row.dataset.waiting)
    const fresh = now.filter(id => !(id in window.painted))
    for (const id of fresh) window.painted[id] = null
    if (fresh.length) requestAnimationFrame(() => setTimeout(() => {
      for (const id of fresh) window.painted[id] = performance.timeOrigin + performance.now()
    }))
  }
  note()
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true})
}"""
"""A task after the next frame: the row has been painted then."""


async def board(live: int, callers: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        ready = make_ready_var(Path(folder) / "r")
        async with (
            open_stage(ready, Path(folder), seats=(SEAT,)) as stage,
            open_browser() as browser,
        ):
            page = await log_in(
                browser, stage.address, "admin", stage.secrets["others"]["user-admin"]
            )
            await page.goto(f"{stage.address}/floor")
            await page.wait_for_selector("[data-seat]")
            await fill_line(stage, live)
            await page.evaluate(NOTE_PAINTED)
            delays = [await _one_row(stage, page, f"1380001{n:04d}") for n in range(callers)]
    return {
        "live_calls": live, "callers": callers,
        "in_line_to_painted_ms": {"p50": percentile(delays, 0.5), "p95": percentile(delays, 0.95)},
    }  # fmt: skip


async def _one_row(stage: Stage, page: Page, number: str) -> float:
    """CallQueued → his row painted, in ms."""
    await stage.world.dial(number)
    call_id = (await stage.call_of(number))["call_id"]
    shown = await page.wait_for_function("id => window.painted[id]", arg=call_id, timeout=20_000)
    return float(await shown.json_value()) - await told_at(stage, call_id, "CallQueued") * 1000


async def fill_line(stage: Stage, live: int) -> None:
    for first in range(0, live, AT_ONCE):
        numbers = [f"1380000{n:04d}" for n in range(first, min(first + AT_ONCE, live))]
        await asyncio.gather(*(stage.world.dial(number) for number in numbers))


async def held(page: Page) -> dict[str, int]:
    """What the page holds once everything that can go has gone."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.enable")
    await session.send("HeapProfiler.collectGarbage")
    await session.send("Performance.enable")
    answer = await session.send("Performance.getMetrics")
    await session.detach()
    wanted = {"JSHeapUsedSize": "heap", "Nodes": "nodes", "JSEventListeners": "listeners"}
    return {
        wanted[one["name"]]: int(one["value"]) for one in answer["metrics"] if one["name"] in wanted
    }


async def memory(calls: int) -> dict[str, Any]:
    mock = subprocess.Popen(
        ["node", "mock/server.mjs", "0", str(MOCK_RATE), SEAT, str(calls)],
        cwd=CONSOLE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert mock.stdout is not None
        address = (await asyncio.to_thread(mock.stdout.readline)).strip()
        async with open_browser() as browser:
            page = await sit_down(browser, address, "zhang", "any")
            return await _looks(page, calls)
    finally:
        mock.terminate()
        await asyncio.to_thread(mock.wait)


async def _looks(page: Page, calls: int) -> dict[str, Any]:
    count = "() => (window.seen ??= new Set()).size"
    await page.evaluate(
        "() => { window.seen = new Set(); new MutationObserver(() => {"
        " const id = document.querySelector('[data-call]')?.dataset.call; if (id) window.seen.add(id) })"
        ".observe(document.body, {subtree: true, childList: true, attributes: true}) }"
    )
    waiting: set[Request] = set()
    page.on("request", lambda one: waiting.add(one))
    for ends in ("requestfinished", "requestfailed"):
        page.on(ends, lambda one: waiting.discard(one))  # type: ignore[call-overload]
    looks: list[dict[str, int]] = []
    for number in range(1, LOOKS + 1):
        # The last ones are too quick for every one of them to be drawn.
        want = min(calls * number // LOOKS, calls - UNSEEN)
        await page.wait_for_function(f"() => window.seen.size >= {want}", timeout=600_000)
        seen = [await held(page)]
        for _ in range(1, GLANCES):
            await asyncio.sleep(GLANCE_EVERY_S)
            seen.append(await held(page))
        if number == LOOKS:
            await asyncio.sleep(AFTER_S)
            seen = [await held(page)]
        least = {name: min(one[name] for one in seen) for name in seen[0]}
        looks.append(
            {"calls": int(await page.evaluate(count)), "unanswered": len(waiting), **least}
        )
    before, after = looks[FIRST_LOOKS - 1], looks[-1]
    return {
        "calls": after["calls"],
        "heap_mb": [round(one["heap"] / 1e6, 2) for one in looks],
        "nodes": [one["nodes"] for one in looks],
        "listeners": [one["listeners"] for one in looks],
        "unanswered": [one["unanswered"] for one in looks],
        "growth_after_warm_up": round(after["heap"] / before["heap"], 3),
    }


def main(words: list[str]) -> None:
    what, *numbers = words or ["pop"]
    if what == "memory":
        found = asyncio.run(memory(int(numbers[0]) if numbers else 500))
    else:
        live, pops = (int(numbers[n]) if len(numbers) > n else d for n, d in enumerate((50, 25)))
        found = asyncio.run((board if what == "board" else pop)(live, pops))
    sys.stdout.write(json.dumps({"bench": f"console {what}", **found}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
