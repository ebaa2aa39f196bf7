"""The main pages for everybody: axe finds nothing serious, the keyboard reaches everything and shows where
it is, nothing moves for who does not want it, and the first load stays small."""

import re

import pytest
from playwright.sync_api import expect

from hotline.places import ROOT

AXE = ROOT / "web" / "console" / "node_modules" / "axe-core" / "axe.min.js"
MOST_BYTES = 300_000
SLOW_MS = 30_000
PAGES = {
    "8001": ("/desk", "/calls", "/account"),
    "admin": (
        "/calls", "/floor", "/seats", "/orders", "/recordings", "/callbacks", "/messages", "/samples", "/quality",
        "/blocks", "/rules", "/rules/routing", "/prompts", "/health", "/account", "/admin",
        "/admin/people", "/admin/seats", "/admin/calendar", "/admin/audit", "/admin/doctor",
    ),
}  # fmt: skip
MARKED = (
    "/calls",
    "/orders",
    "/recordings",
    "/callbacks",
    "/samples",
    "/blocks",
    "/admin/people",
    "/admin/audit",
)
"""Pages that show citizens' numbers, words or recordings, or accounts."""
RUN_AXE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    return violations
        .filter(one => ['serious', 'critical'].includes(one.impact))
        .map(one => `${one.id}: ` + one.nodes.slice(0, 4).map(node => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`).join(' | '))
}"""


def findings(page) -> list[str]:
    page.evaluate(AXE.read_text())
    return page.evaluate(RUN_AXE)


@pytest.mark.parametrize("username", PAGES)
def test_axe_finds_nothing_serious_on_any_page(username, desk, product):
    page = desk(username, "/account")
    found = {}
    for path in PAGES[username]:
        page.goto(f"{product.address}{path}")
        expect(page.locator("main h1, main h2").first).to_be_visible(timeout=SLOW_MS)
        expect(page.locator(".notice.loading")).to_have_count(0, timeout=SLOW_MS)
        found[path] = findings(page)
    assert {path: serious for path, serious in found.items() if serious} == {}


def test_axe_finds_nothing_serious_in_an_opened_call(desk, floor, product):
    floor.ready("8001")
    _, call_id = floor.talks("13800000053", "8001")
    page = desk("8001", "/desk")
    expect(page.locator(f"[data-call='{call_id}']")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#order-content")).to_be_visible(timeout=SLOW_MS)
    assert findings(page) == []
    page.keyboard.press("Alt+S")
    page.keyboard.insert_text("等")
    expect(page.locator("[data-found=sentences]").first).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Alt+Q")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert findings(page) == []
    leader = desk("admin", f"/calls/{call_id}")
    expect(leader.get_by_text("13800000053").first).to_be_visible()
    assert findings(leader) == []


def test_axe_finds_nothing_serious_in_dialogs(desk, product):
    page = desk("admin", "/admin/people")
    for path in ("/admin/people", "/admin/seats"):
        page.goto(f"{product.address}{path}")
        page.locator("[data-command=create]").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert findings(page) == []
    page.goto(f"{product.address}/floor")
    page.locator("[data-switch=emergency]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert findings(page) == []


def test_axe_finds_nothing_serious_where_a_newcomer_is_welcomed(
    browser, browser_context_args, product
):
    person = {"username": "xinren", "name": "新人", "roles": ["supervisor"], "reason": "测试"}
    made = product.do(_create(product, person))
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.goto(product.address)
    page.get_by_label("用户名").fill("xinren")
    page.get_by_label("密码").fill(made["password"])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("新人，您好")).to_be_visible()
    found = findings(page)
    context.close()
    assert found == []


async def _create(product, person):
    return await (await product.stage.api()).post("/api/people", person)


def test_sensitive_pages_bear_the_name_and_the_time_and_take_every_click(desk, product):
    page = desk("admin", "/calls")
    for path in MARKED:
        page.goto(f"{product.address}{path}")
        mark = page.locator(".watermark")
        expect(mark).to_have_count(1)
        told = mark.get_attribute("data-words")
        assert "admin" in told
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", told)
        covered = mark.evaluate(
            """one => {
                const [mine, all] = [one.getBoundingClientRect(), one.closest('main').getBoundingClientRect()]
                return mine.width === all.width && mine.height === all.height
                    && !document.elementsFromPoint(mine.x + 40, mine.y + 40).includes(one)
            }"""
        )
        assert covered, path
    page.goto(f"{product.address}/health")
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.locator(".watermark")).to_have_count(0)


def test_axe_finds_nothing_serious_on_the_wall(desk, product):
    page = desk("admin", "/floor")
    page.goto(f"{product.address}/wall")
    expect(page.locator("main.wall")).to_have_attribute("data-fresh", "fresh")
    assert findings(page) == []


def test_axe_finds_nothing_serious_before_the_login(page, product):
    page.goto(f"{product.address}/login")
    expect(page.get_by_label("用户名")).to_be_visible()
    assert findings(page) == []


def test_axe_finds_nothing_serious_on_a_board_with_a_line_a_talk_and_a_dialog(desk, floor, product):
    floor.ready("8001")
    floor.talks("13800000051", "8001")
    floor.ready("8101")
    _, call_id = floor.arrives("13800000052")
    page = desk("admin", "/floor")
    page.locator("[data-seat='8001']").click()
    expect(page.locator(f"[data-waiting='{call_id}']")).to_be_visible()
    assert findings(page) == []
    page.locator(f"[data-waiting='{call_id}']").get_by_role("button", name="指派").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert findings(page) == []


def test_the_keyboard_goes_through_the_board_in_order_and_shows_where_it_is(desk, floor):
    floor.ready("8001")
    page = desk("admin", "/floor")
    expect(page.locator("[data-seat='8001']")).to_be_visible()
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    reached, without = [], []
    for _ in range(80):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
                const at = document.activeElement
                const look = getComputedStyle(at)
                const box = at.getBoundingClientRect()
                return [at.dataset.seat ?? at.dataset.switch ?? at.getAttribute('role') ?? at.tagName,
                    look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2, box.width > 0]
            }"""
        )
        reached.append(told[0])
        if told[0] != "BODY" and not (told[1] and told[2]):
            without.append(told[0])
    assert without == []
    places = [reached.index(name) for name in ("emergency", "8001", "tab")]
    assert places == sorted(places)


def test_nothing_moves_for_who_asked_for_less_motion(browser, browser_context_args, product):
    context = browser.new_context(**browser_context_args, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{product.address}/login")
    button = page.get_by_role("button", name="登录")
    moves = button.evaluate(
        "one => [getComputedStyle(one).transitionDuration, getComputedStyle(one).animationName]"
    )
    context.close()
    assert moves == ["0s", "none"]


def test_alarms_are_spoken(desk):
    page = desk("admin", "/floor")
    expect(page.get_by_role("region", name="告警").locator("[aria-live]")).to_have_count(1)
    urgent = page.get_by_role("region", name="紧急提示").locator("[aria-live=assertive]")
    expect(urgent).to_have_count(1)


def test_the_operators_first_load_is_small(browser, browser_context_args, product):
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    sizes = {}

    def note(response):
        if re.search(r"\.(js|css)$", response.url):
            sizes[response.url] = response.request.sizes()["responseBodySize"]

    page.on("requestfinished", lambda request: note(request.response()))
    page.goto(f"{product.address}/")
    page.get_by_label("用户名").fill("8001")
    page.get_by_label("密码").fill(product.password("8001"))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("实时连接正常")).to_be_visible()
    page.wait_for_load_state("networkidle")
    context.close()
    assert len(sizes) > 5
    largest = sorted(sizes.items(), key=lambda one: -one[1])
    assert sum(sizes.values()) <= MOST_BYTES, largest
