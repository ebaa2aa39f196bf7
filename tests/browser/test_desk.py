"""The operator's desk in a real browser: a whole call without a mouse, and what happens when the page,
the session or the tab goes away in the middle of one."""

import re
import time

from playwright.sync_api import expect

from tests.browser.people import says_until
from tests.browser.test_console import shot
from tests.browser.test_floor import command

COMPLAINT = "我要投诉，阳光花园三号楼的电梯坏了"
SLOW_MS = 60_000
CHOSEN = ("request_type", "urgency")
RESUME_LIMIT_S = 10.0
"""The target is 2 s (bench/console.py measures it); a loaded test machine gets more."""


def state_is(page, state: str):
    expect(page.locator(f"[data-seat-state={state}]")).to_be_visible(timeout=SLOW_MS)


def tab_to(page, name: str) -> None:
    """From the first empty field on with the tabulator, as a person does."""
    page.keyboard.press("Alt+O")
    for _ in range(90):
        if page.evaluate("document.activeElement.id") == f"order-{name}":
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by keyboard")


def field(page, name: str):
    return page.locator(f"#order-{name}")


def fill_in(page, names) -> None:
    """By keyboard."""
    for name in names:
        tab_to(page, name)
        if name in CHOSEN:
            for key in ("Enter", "ArrowDown", "Enter"):
                page.keyboard.press(key)
        else:
            page.keyboard.insert_text("电梯故障")


def test_an_operator_takes_a_whole_call_by_keyboard_only(desk, floor, product):
    phone = product.stage.world.phone("8003")
    page = desk("8003", "/desk")
    floor.attends("8003")
    product.do(phone.registered())
    product.do(phone.let_ring())
    state_is(page, "signed_out")
    page.keyboard.press("Alt+R")
    state_is(page, "not_ready")
    expect(page.get_by_text("话机离线")).to_have_count(0, timeout=SLOW_MS)
    page.keyboard.press("Alt+R")
    state_is(page, "ready")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    shot(page, "desk-idle")

    citizen, call_id = floor.arrives("13800000041")
    product.do(phone.ringing())
    # Number and form are there before he answers.
    call = page.locator(f"[data-call='{call_id}']")
    expect(call.get_by_text("13800000041").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("来电振铃，请接听")).to_be_visible()
    shot(page, "desk-ringing")
    product.do(phone.answer())
    expect(command(page, "hangUp")).to_be_enabled(timeout=SLOW_MS)
    says_until(product, citizen, COMPLAINT, page.get_by_text(re.compile("电梯坏了")).first)

    page.keyboard.press("Alt+H")
    expect(page.locator(".call .head [data-state=held]")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Alt+H")
    expect(page.locator(".call .head [data-state=talking]")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Alt+S")
    page.keyboard.insert_text("急救")
    expect(page.get_by_role("region", name="查询").get_by_text("120")).to_be_visible()

    tab_to(page, "caller_name")
    page.keyboard.insert_text("王先生")
    expect(field(page, "caller_name")).to_have_value("王先生")
    page.keyboard.press("Control+S")
    expect(page.get_by_text("已保存。").first).to_be_visible(timeout=SLOW_MS)
    shot(page, "desk-talking")

    page.keyboard.press("Alt+E")
    expect(page.get_by_role("dialog", name="挂断")).to_be_visible()
    page.keyboard.press("Enter")
    state_is(page, "wrap_up")
    # What the machine left empty is written, field by field.
    fill_in(page, product.do(missing(product, call_id)))
    shot(page, "desk-wrap-up")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"工单 \d{8}-\d{6} 已受理。")).first).to_be_visible(
        timeout=SLOW_MS
    )
    page.keyboard.press("Escape")
    product.do(_ended(product, call_id))


async def _ended(product, call_id):
    await product.stage.call_is(call_id, "ended")


async def missing(product, call_id):
    """The mandatory fields that neither the machine nor anybody else has filled."""
    api = await product.stage.api()
    order_id = (await api.get(f"/api/calls/{call_id}"))["order_id"]
    return (await api.get(f"/api/orders/{order_id}"))["missing"]


def test_the_page_reloaded_in_mid_call_has_the_call_and_the_unsaved_words_again(
    desk, floor, product
):
    floor.ready("8001")
    page = desk("8001", "/desk")
    _, call_id = floor.talks("13800000042", "8001")
    expect(command(page, "hangUp")).to_be_enabled(timeout=SLOW_MS)
    field(page, "address").fill("建设路二十六号，还没有保存")
    began = time.monotonic()
    page.reload()
    expect(page.locator(f"[data-call='{call_id}']")).to_be_visible(timeout=SLOW_MS)
    expect(field(page, "address")).to_have_value("建设路二十六号，还没有保存", timeout=SLOW_MS)
    expect(command(page, "hangUp")).to_be_enabled(timeout=SLOW_MS)
    assert time.monotonic() - began < RESUME_LIMIT_S
    expect(page.get_by_text("已恢复上次未保存的修改。")).to_be_visible()
    shot(page, "desk-resumed")
    call = product.do(_call(product, call_id))
    assert call["state"] == "talking"


async def _call(product, call_id):
    return await (await product.stage.api()).get(f"/api/calls/{call_id}")


def test_a_session_that_ends_in_mid_call_takes_neither_the_call_nor_the_words(desk, floor, product):
    floor.ready("8001")
    page = desk("8001", "/desk")
    _, call_id = floor.talks("13800000043", "8001")
    expect(command(page, "hangUp")).to_be_enabled(timeout=SLOW_MS)
    field(page, "address").fill("和平路七号")
    page.context.clear_cookies()
    page.keyboard.press("Control+S")
    again = page.get_by_role("dialog")
    expect(again.get_by_label("密码")).to_be_visible(timeout=SLOW_MS)
    shot(page, "desk-session-over")
    assert product.do(_call(product, call_id))["state"] == "talking"
    again.get_by_label("密码").fill(product.password("8001"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW_MS)
    # What was asked before is done now.
    expect(page.get_by_text("已保存。").first).to_be_visible(timeout=SLOW_MS)
    expect(field(page, "address")).to_have_value("和平路七号")
    expect(command(page, "hangUp")).to_be_enabled()


def test_a_second_tab_watches_and_takes_over_when_it_is_told_to(desk, floor, product):
    floor.ready("8001")
    first = desk("8001", "/desk")
    second = first.context.new_page()
    second.goto(f"{product.address}/desk")
    watching = second.get_by_text("本座席正在另一个标签页中受理，这里只能查看。")
    expect(watching).to_be_visible(timeout=SLOW_MS)
    expect(first.get_by_text("本座席正在另一个标签页中受理")).to_have_count(0)
    second.get_by_role("button", name="改在此处受理").click()
    expect(watching).to_have_count(0)
    expect(first.get_by_text("本座席正在另一个标签页中受理")).to_be_visible(timeout=SLOW_MS)
    # When that tab goes, the first has the seat again by itself.
    second.close()
    expect(first.get_by_text("本座席正在另一个标签页中受理")).to_have_count(0, timeout=SLOW_MS)


def test_what_a_logged_out_user_typed_does_not_stay_on_the_machine(browser, product, floor):
    floor.ready("8002")
    page = browser.new_context().new_page()
    page.goto(f"{product.address}/")
    page.get_by_label("用户名").fill("8002")
    page.get_by_label("密码").fill(product.password("8002"))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/desk$"))
    floor.talks("13800000044", "8002")
    field(page, "address").fill("不该留下的地址")
    kept = "Object.keys(localStorage).filter(key => key.startsWith('hotline.typed.')).length"
    assert page.evaluate(kept) == 1
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/login"))
    assert page.evaluate(kept) == 0
    page.context.close()
