"""One citizen's call through everybody's hands, in real browsers on real Asterisk: taken, heard, written down,
supervised, made three of, rated, wrapped up, found again; and refused to whom it does not concern."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from hotline.outside.tones import hears_tone, tone
from tests.browser.conftest import BROWSER_HZ
from tests.browser.people import says_until
from tests.browser.refusals import REFUSED, refusals_of
from tests.browser.station import (
    HEARD_IN_PAGE,
    KEEP_FAR_END,
    SEAT,
    Station,
    log_in,
    strip,
    telephone_is,
)
from tests.browser.test_console import shot
from tests.browser.test_desk import field, fill_in, missing, state_is
from tests.browser.test_floor import command
from tests.browser.test_speech import SLOW_MS, WITNESS, heard
from tests.live.test_citizen_flows import at_node

CITIZEN, DEPARTMENT = "13800000901", "13800009001"
SAID = "我要投诉，阳光花园三号楼的电梯坏了，老人上下楼很不方便"
WORD = "电梯"
PROMISE = "您好，我们会尽快派人来维修"
HOUSING = f"""
[[line]]
code = "housing"
name = "住房和城乡建设局"
number = "{DEPARTMENT}"
kind = "department"
"""
SUPERVISOR_HZ, DEPARTMENT_HZ = 2300, 1900
CORRECTED = "阳光花园5号楼"
WHY = "投诉核查"


@pytest.fixture(scope="module")
def house(product):
    """Everybody has an account of his own, and the directory knows a department."""
    for username, name, role in (
        ("leader", "赵班长", "supervisor"),
        ("inspector", "钱质检", "inspector"),
        ("wall", "一号大屏", "wall"),
        # From the second administrator on, accounts need the word of two.
        ("keeper", "孙管理", "administrator"),
    ):
        product.hire(username, name, role)
    product.do(_department_is_known(product))
    return product


async def _department_is_known(product):
    api = await product.stage.api()
    body = (await api.get("/api/rules/directory"))["body"] + HOUSING
    await api.post(
        "/api/rules/directory/publish", {"body": body, "note": "新增", "accept_warnings": True}
    )
    await product.stage.world.line(DEPARTMENT).answer_after(0.3)


@pytest.fixture(scope="module")
def operator(browser, browser_context_args, house):
    """At seat 8004, which has no telephone but its browser."""
    context = browser.new_context(**browser_context_args, permissions=["microphone"])
    context.add_init_script(KEEP_FAR_END)
    station = Station(context, house, None, house.address)
    problems = []
    station.page.on("pageerror", lambda error: problems.append(str(error)))
    log_in(station.page, house, house.address)
    telephone_is(station.page, "ready")
    yield station
    context.close()
    assert problems == []


def heard_by(product, telephone, hz):
    product.do(
        product.stage.eventually(
            lambda: hears_tone(telephone.heard(), hz), 20, f"{hz} Hz was not heard"
        )
    )


def test_a_call_goes_from_its_ring_to_the_accepted_order(operator, desk, floor, product):
    page, stage = operator.page, product.stage
    state_is(page, "signed_out")
    page.keyboard.press("Alt+R")
    state_is(page, "not_ready")
    page.keyboard.press("Alt+R")
    state_is(page, "ready")
    citizen = product.do(stage.world.dial(CITIZEN))
    expect(strip(page, "rings")).to_contain_text(CITIZEN)
    page.keyboard.press("Alt+A")
    telephone_is(page, "talking")
    call_id = product.do(stage.call_of(CITIZEN))["call_id"]
    operator.is_heard_by(citizen)
    operator.hears(citizen)

    # What he says is read, and fills the form; the operator knows better.
    words = page.get_by_role("region", name="实时转写")
    says_until(product, citizen, SAID, words.get_by_text(re.compile(WORD)).first)
    expect(field(page, "address")).not_to_have_value("", timeout=SLOW_MS)
    field(page, "address").fill(CORRECTED)
    page.keyboard.press("Control+S")
    expect(page.get_by_text("已保存。").first).to_be_visible()
    shot(page, "story-talk")

    _is_supervised(operator, citizen, call_id, desk, floor, product)
    _becomes_three(operator, citizen, product)

    # The citizen rates him, alone with the machine, while he finishes the order.
    page.keyboard.press("Alt+P")
    state_is(page, "wrap_up")
    product.do(at_node(stage, call_id, "survey"))
    product.do(citizen.press("5"))
    product.do(citizen.until_gone(30))
    product.do(stage.call_is(call_id, "ended"))
    fill_in(page, product.do(missing(product, call_id)))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"工单 \d{8}-\d{6} 已受理。")).first).to_be_visible()
    expect(page.locator(".digits")).to_have_text(re.compile(r"^\d{6}$"))
    page.get_by_role("button", name="已告知").click()
    expect(page.locator(".digits")).to_have_count(0)
    shot(page, "story-wrap-up")
    page.keyboard.press("Alt+R")
    state_is(page, "ready")
    product.do(_rests(product))

    order = product.do(_order_of(product, call_id))
    assert (order["state"], order["submitted_by"]) == ("accepted", SEAT)
    assert order["fields"]["request_type"]["value"] == "complaint"
    assert order["fields"]["address"] == {
        "value": CORRECTED, "by": "person", "confidence": 1.0, "proof": None,
    }  # fmt: skip
    _its_page_shows_all_of_it(desk("leader", f"/orders/{order['order_id']}"))


def _is_supervised(operator, citizen, call_id, desk, floor, product):
    """The leader listens to both, then whispers to the operator alone."""
    phone = product.stage.world.phone("8003")
    floor.ready("8003")
    leader = desk("leader", f"/calls/{call_id}")
    for name, how in (("监听", "listen"), ("密语", "whisper")):
        command(leader, how).click()
        leader.get_by_label("使用话机").select_option("8003")
        leader.get_by_role("dialog").get_by_role("button", name=name).click()
        far_end = product.do(phone.talking())
        heard_by(product, phone, BROWSER_HZ)
        if how == "listen":
            operator.hears(citizen)
            heard_by(product, phone, 1300)
        else:
            before = len(citizen.heard())
            product.do(far_end.begin_to_say(tone(SUPERVISOR_HZ, 8)))
            assert operator.page.evaluate(HEARD_IN_PAGE, [SUPERVISOR_HZ, 12_000])
            # Two whole pieces later the citizen has heard the operator, and nothing of it.
            product.do(
                product.stage.eventually(
                    lambda at=before: len(citizen.heard()) > at + 2 * 32_000, 20, "no sound"
                )
            )
            assert not hears_tone(citizen.heard()[before:], SUPERVISOR_HZ)
            assert hears_tone(citizen.heard()[before:], BROWSER_HZ)
        shot(leader, f"story-{how}")
        product.do(phone.hang_up())
        product.do(
            product.stage.until("/api/seats/8003", lambda s: s["state"] in ("ready", "not_ready"))
        )


def _becomes_three(operator, citizen, product):
    """The department is asked aside, then all three hear each other; it goes, and the talk goes on."""
    page, line = operator.page, product.stage.world.line(DEPARTMENT)
    page.keyboard.press("Alt+Q")
    page.get_by_role("dialog").get_by_role("combobox").fill("住房和城乡")
    page.keyboard.press("Enter")
    far_end = product.do(line.talking())
    expect(page.locator(".call .head [data-state=consulting]")).to_be_visible()
    page.keyboard.press("Alt+J")
    expect(page.locator(".call .head [data-state=conference]")).to_be_visible()
    expect(
        page.get_by_role("list", name="通话各方").get_by_text("住房和城乡建设局")
    ).to_be_visible()
    product.do(far_end.begin_to_say(tone(DEPARTMENT_HZ, 8)))
    assert page.evaluate(HEARD_IN_PAGE, [DEPARTMENT_HZ, 12_000])
    heard_by(product, citizen, DEPARTMENT_HZ)
    heard_by(product, line, BROWSER_HZ)
    product.do(citizen.begin_to_say(tone(1300, 8)))
    heard_by(product, line, 1300)
    words = page.get_by_role("region", name="实时转写")
    says_until(product, far_end, PROMISE, words.get_by_text(re.compile("维修")).first)
    shot(page, "story-three")
    product.do(line.hang_up())
    expect(page.locator(".call .head [data-state=talking]")).to_be_visible()


def _its_page_shows_all_of_it(page):
    """What was written and by whom, what was said, how it was rated, where its sound is."""
    form = page.get_by_role("region", name="工单", exact=True)
    expect(form.get_by_text("已受理").first).to_be_visible()
    expect(form.get_by_text(CORRECTED)).to_be_visible()
    words = page.get_by_role("region", name="实时转写")
    expect(words.get_by_text(re.compile(WORD)).first).to_be_visible()
    expect(words.get_by_text("住房和城乡建设局").first).to_be_visible()
    expect(page.locator("[data-rating=satisfied]")).to_be_visible()
    expect(page.get_by_role("link", name="听录音")).to_be_visible()
    shot(page, "story-order")
    page.get_by_role("button", name="流转记录").click()
    course = page.locator(".course")
    expect(course.get_by_text(re.compile(f"地址.*→.*{CORRECTED}"))).to_be_visible()
    expect(course.locator(".state").first).to_contain_text("已受理")
    shot(page, "story-course")


async def _rests(product):
    """The next test's calls are somebody else's."""
    api = await product.stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})


async def _order_of(product, call_id):
    api = await product.stage.api()
    order_id = (await api.get(f"/api/calls/{call_id}"))["order_id"]
    return await api.get(f"/api/orders/{order_id}")


async def _call(product):
    """The story's, over and archived: its call and its recording."""
    api = await product.stage.api()
    calls = (await api.get("/api/calls?state=ended"))["calls"]
    call = next(one for one in calls if one["caller_number"] == CITIZEN)
    return call, await product.stage.archived(call["call_id"])


async def _said(product, call_id):
    api = await product.stage.api()
    words = (await api.get(f"/api/calls/{call_id}/transcript"))["utterances"]
    return next(one for one in words if WORD in one["text"])


def test_the_inspector_finds_it_by_a_spoken_word_and_plays_that_second(house, desk):
    call, recording = house.do(_call(house))
    said = house.do(_said(house, call["call_id"]))
    page = desk("inspector", "/recordings")
    page.add_init_script(WITNESS)
    page.goto(f"{house.address}/recordings")
    page.get_by_label("通话里说过的话").fill(WORD)
    found = page.locator(f"[data-found='{recording['recording_id']}']")
    expect(found.locator("mark").first).to_have_text(WORD)
    hit = found.locator("[data-hit-ms]").first
    at_ms = int(hit.get_attribute("data-hit-ms"))
    assert said["starts_at_ms"] <= at_ms < said["ends_at_ms"]
    hit.click()
    why = page.get_by_role("dialog", name="调听目的")
    why.get_by_label(WHY).check()
    why.get_by_label("依据").fill("投诉单 901 号")
    why.get_by_role("button", name="确认并播放").click()
    assert heard(page, "play") == at_ms / 1000
    position = page.get_by_label("播放位置")
    expect(position).not_to_have_attribute("data-ms", str(at_ms))
    page.keyboard.press("k")
    assert at_ms / 1000 < heard(page, "pause") < at_ms / 1000 + 30
    shot(page, "story-replay")


@pytest.mark.parametrize("who", REFUSED)
def test_each_role_is_refused_what_it_may_not_do(who, house, desk, browser, browser_context_args):
    call, recording = house.do(_call(house))
    ids = {
        "call": call["call_id"], "order": call["order_id"], "recording": recording["recording_id"],
    }  # fmt: skip
    refused = REFUSED[who]
    open_page = partial(_wall_page, browser, browser_context_args, house)
    page = open_page() if who == "wall" else desk(who, "/calls")
    for path, told in refused.pages.items():
        page.goto(f"{house.address}{path.format(**ids)}")
        if told is None:
            expect(page).to_have_url(re.compile("/wall$"))
        else:
            expect(page.get_by_text(told).first).to_be_visible()
        shot(page, f"refused-{who}{path.split('{')[0].replace('/', '-')}")
    for path in refused.no_link:
        expect(page.locator(f"nav a[href='{path}']")).to_have_count(0)
    for path, name in refused.no_command:
        page.goto(f"{house.address}{path.format(**ids)}")
        expect(page.locator("main h1, main h2, main header").first).to_be_visible()
        expect(command(page, name)).to_have_count(0)
    asked = refusals_of(refused, ids)
    answers = page.evaluate(
        """(asked) => Promise.all(asked.map(([method, path, body]) => fetch(path, {
            method,
            ...(body === null ? {} : {headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}),
        }).then((answer) => `${method} ${path} ${answer.status}`)))""",
        asked,
    )
    assert answers == [f"{method} {path} 403" for method, path, _ in asked]
    if who == "wall":
        page.context.close()


def _wall_page(browser, context_args, house):
    page = browser.new_context(**context_args).new_page()
    page.goto(f"{house.address}/wall")
    page.get_by_label("用户名").fill("wall")
    page.get_by_label("密码").fill(house.password("wall"))
    page.get_by_role("button", name="登录").click()
    expect(page.locator("main.wall")).to_be_visible()
    return page
