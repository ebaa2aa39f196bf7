"""The console in a real Chromium, on the running product, with real calls."""

import os
import re

import pytest
from playwright.sync_api import expect


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


def test_an_order_without_its_mandatory_fields_is_not_accepted_and_they_are_named(
    visit, product, phone
):
    order_id = product.do(_short_call(product, "13800000002"))
    page = visit("8001", f"/orders/{order_id}")
    page.get_by_role("button", name="提交受理").click()
    expect(page.get_by_text(re.compile("还不能提交，请先填写：.*诉求类别"))).to_be_visible()
    assert product.do(_order(product, order_id))["state"] == "draft"


async def _short_call(product, number):
    """The order of a call in which nobody said a word."""
    stage = product.stage
    await _free(product)
    citizen = await stage.world.dial(number)
    call_id = (await stage.call_of(number))["call_id"]
    await stage.call_is(call_id, "talking")
    await citizen.hang_up()
    await stage.call_is(call_id, "ended")
    return (await stage.until(f"/api/calls/{call_id}", lambda call: call["order_id"]))["order_id"]


async def _order(product, order_id):
    return await (await product.stage.api()).get(f"/api/orders/{order_id}")


async def _free(product):
    """Its operator has signed in and waits for a call, whatever was before."""
    stage = product.stage
    api = await stage.api("8001")
    seat = await stage.until(
        "/api/seats/8001",
        lambda s: s["phone_reachable"] and s["state"] in ("signed_out", "not_ready", "wrap_up", "ready"),
    )  # fmt: skip
    if seat["state"] == "wrap_up":
        code = {"code": "consultation"}
        await api.post(f"/api/calls/{seat['last_call_id']}/code", code)
        await api.post("/api/seats/8001/finish-wrap-up")
    elif seat["state"] == "signed_out":
        await api.post("/api/seats/8001/sign-in")
    if (await api.get("/api/seats/8001"))["state"] == "not_ready":
        await api.post("/api/seats/8001/ready")
    await stage.seat_is("8001", "ready")


def test_a_supervisor_sees_the_floor_and_makes_a_seat_not_ready_with_a_reason(
    visit, product, phone
):
    product.do(_free(product))
    page = visit("admin", "/seats")
    buttons = page.get_by_role("group", name="座席 8001 的操作")
    buttons.get_by_role("button", name="示忙").click()
    page.get_by_role("menuitem", name="培训").click()
    expect(page.get_by_text("培训").first).to_be_visible()
    seat = product.do(product.stage.seat_is("8001", "not_ready"))
    assert seat["reason"] == "training"
    shot(page, "seats")


def test_the_page_says_when_the_service_is_away_and_comes_back_by_itself(visit, product):
    page = visit("admin", "/calls")
    expect(page.get_by_text("实时连接正常")).to_be_visible()
    # Nobody starts it again before the page has said so, however quick that is.
    with product.stage.no_watchdog():
        killed = product.stage.kill_service()
        expect(page.get_by_text("实时连接正常")).to_have_count(0)
    product.do(product.stage.new_service(killed))
    expect(page.get_by_text("实时连接正常")).to_be_visible(timeout=30_000)
    citizen = product.do(product.stage.world.dial("13800000003"))
    expect(page.get_by_text("13800000003").first).to_be_visible()
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
