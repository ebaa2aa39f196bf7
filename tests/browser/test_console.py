"""The console in a real Chromium, on the running product, with real calls."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from hotline.sounds.voice import speak

CITIZEN = "13800000001"
OPENING = "您好，请问有什么可以帮您"
COMPLAINT = "我要投诉，阳光花园三号楼的电梯坏了，老人上下楼很不方便"


def shot(page, name: str) -> None:
    """Keep a picture when somebody asks for it: HOTLINE_SHOTS=folder."""
    folder = os.environ.get("HOTLINE_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png")


@pytest.fixture(scope="module")
def phone(product):
    """The phone of seat 8001, registered and picking up by itself."""
    return product.do(_ready_phone(product))


async def _ready_phone(product):
    phone = product.stage.world.phone("8001")
    await phone.registered()
    await phone.answer_after(0.5)
    return phone


def test_a_wrong_password_is_told_in_plain_chinese(page, product):
    page.goto(product.address)
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill("not the password")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("用户名或密码错误。")).to_be_visible()
    shot(page, "login")


def test_an_operator_takes_a_spoken_call_and_submits_its_order(visit, product, phone):
    page = visit("8001", "/seats")
    page.get_by_role("button", name="签入").click()
    page.get_by_role("button", name="示闲").click()
    expect(page.get_by_text("正在等待来电。")).to_be_visible()
    citizen = product.do(product.stage.world.dial(CITIZEN))
    page.goto(f"{product.address}/calls")
    row = page.get_by_text(CITIZEN).first
    expect(row).to_be_visible(timeout=15_000)
    product.do(phone.talking())
    row.click()
    expect(page.get_by_text(re.compile("分配给座席8001"))).to_be_visible(timeout=15_000)
    product.do(phone.say(speak(OPENING)))
    product.do(citizen.say(speak(COMPLAINT)))
    expect(page.get_by_text(re.compile("电梯坏了")).first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("投诉", exact=True).first).to_be_visible(timeout=15_000)
    shot(page, "operator-call")
    product.do(citizen.hang_up())
    page.get_by_role("link", name="打开工单").or_(
        page.get_by_role("button", name="打开工单")
    ).click()
    page.get_by_label("诉求人").first.fill("王先生")
    page.get_by_label("地址").fill("阳光花园3号楼")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。").first).to_be_visible()
    page.get_by_role("button", name="提交受理").click()
    expect(page.get_by_text(re.compile(r"工单 \d{8}-\d{6} 已受理。")).first).to_be_visible()
    # The code that the citizen is told stands there once.
    expect(page.locator(".digits")).to_have_text(re.compile(r"^\d{6}$"))
    page.get_by_role("button", name="已告知").click()
    expect(page.locator(".digits")).to_have_count(0)
    order = product.do(_newest_order(product, "accepted"))
    assert order["fields"]["caller_name"] == {
        "value": "王先生", "by": "person", "confidence": 1.0, "proof": None,
    }  # fmt: skip
    assert order["fields"]["request_type"]["value"] == "complaint"
    assert order["submitted_by"] == "8001"


async def _newest_order(product, state):
    api = await product.stage.api()
    return (await api.get(f"/api/orders?state={state}"))["orders"][0]


def test_an_order_without_its_mandatory_fields_is_not_accepted_and_they_are_named(
    visit, product, phone
):
    product.do(_short_call(product, phone, "13800000002"))
    draft = product.do(_newest_order(product, "draft"))
    page = visit("8001", f"/orders/{draft['order_id']}")
    page.get_by_role("button", name="提交受理").click()
    expect(page.get_by_text(re.compile("还不能提交，请先填写：.*诉求类别"))).to_be_visible()
    assert product.do(_newest_order(product, "draft"))["order_id"] == draft["order_id"]


async def _short_call(product, phone, number):
    stage = product.stage
    api = await stage.api("8001")
    seat = await api.get("/api/seats/8001")
    if seat["state"] == "wrap_up":
        code = {"code": "consultation"}
        await api.post(f"/api/calls/{seat['last_call_id']}/code", code)
        await api.post("/api/seats/8001/finish-wrap-up")
    await stage.seat_is("8001", "ready")
    citizen = await stage.world.dial(number)
    call = await stage.call_of(number)
    await phone.talking()
    await citizen.hang_up()
    await stage.call_is(call["call_id"], "ended")


def test_an_inspector_finds_the_call_and_hears_the_sentence_he_clicks(visit, product):
    recording = product.do(_recording_of(product, CITIZEN))
    page = visit("admin", f"/recordings/{recording['recording_id']}")
    page.get_by_role("tab", name="存证信息").click()
    expect(page.get_by_text(recording["sha256"])).to_be_visible(timeout=15_000)
    sentence = page.locator(".said", has_text="电梯坏了").first
    expect(sentence).to_be_visible()
    sentence.click()
    page.get_by_role("button", name="确认并播放").click()
    position = page.get_by_label("播放位置")
    expect(position).not_to_have_attribute("data-ms", "0", timeout=10_000)
    heard = product.do(_said(product, recording["call_id"]))
    said = next(u for u in heard if "电梯坏了" in u["text"])
    # A mouse goes to the very word that it meets.
    place = float(position.get_attribute("data-ms"))
    assert said["starts_at_ms"] - 100 < place < said["ends_at_ms"] + 2500
    shot(page, "recordings")


async def _recording_of(product, number):
    api = await product.stage.api()
    calls = (await api.get("/api/calls?state=ended"))["calls"]
    call = next(c for c in calls if c["caller_number"] == number)
    return await product.stage.archived(call["call_id"])


async def _said(product, call_id):
    api = await product.stage.api()
    return (await api.get(f"/api/calls/{call_id}/transcript"))["utterances"]


def test_a_supervisor_sees_the_floor_and_makes_a_seat_not_ready_with_a_reason(visit, product):
    product.do(_until_idle(product))
    page = visit("admin", "/seats")
    buttons = page.get_by_role("group", name="座席 8001 的操作")
    buttons.get_by_role("button", name="示忙").click()
    page.get_by_role("menuitem", name="培训").click()
    expect(page.get_by_text("培训").first).to_be_visible()
    seat = product.do(product.stage.seat_is("8001", "not_ready"))
    assert seat["reason"] == "training"
    shot(page, "seats")


async def _until_idle(product):
    api = await product.stage.api("8001")
    seat = await api.get("/api/seats/8001")
    if seat["state"] == "wrap_up":
        code = {"code": "consultation"}
        await api.post(f"/api/calls/{seat['last_call_id']}/code", code)
        await api.post("/api/seats/8001/finish-wrap-up")
    await product.stage.seat_is("8001", "ready")


def test_an_operator_is_refused_what_belongs_to_others(visit, product):
    page = visit("8002", "/calls")
    answers = page.evaluate(
        """async (recording) => Promise.all([
            fetch('/api/seats/8001/ready', {method: 'POST'}),
            fetch(`/api/recordings/${recording}/audio`),
        ]).then(all => all.map(a => a.status))""",
        product.do(_recording_of(product, CITIZEN))["recording_id"],
    )
    assert answers == [403, 403]


def test_the_page_says_when_the_service_is_away_and_comes_back_by_itself(visit, product):
    page = visit("admin", "/calls")
    expect(page.get_by_text("实时连接正常")).to_be_visible()
    killed = product.stage.service_pid()
    os.kill(killed, signal.SIGKILL)
    expect(page.get_by_text("实时连接正常")).not_to_be_visible(timeout=10_000)
    product.do(product.stage.new_service(killed))
    expect(page.get_by_text("实时连接正常")).to_be_visible(timeout=30_000)
    citizen = product.do(product.stage.world.dial("13800000003"))
    expect(page.get_by_text("13800000003").first).to_be_visible(timeout=15_000)
    product.do(citizen.hang_up())


PAGES = (
    "calls", "seats", "orders", "recordings", "callbacks", "floor", "quality", "blocks", "health",
)  # fmt: skip


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_every_page_fits_both_screens_without_a_sideways_scroll(visit, product, size):
    page = visit("admin")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in PAGES:
        page.goto(f"{product.address}/{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
        shot(page, path)
