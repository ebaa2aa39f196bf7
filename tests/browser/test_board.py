"""The shift leader's board and the wall in a real Chromium, with real calls on the line."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.test_console import shot

LARGE = {"width": 1920, "height": 1080}


def line(page):
    return page.get_by_role("region", name="排队市民")


def tile(page, seat):
    return page.locator(f"[data-seat='{seat}']")


def test_a_caller_is_dragged_onto_a_free_seat_of_another_group(desk, floor, product):
    floor.ready("8101")
    _, call_id = floor.arrives("13800000041")
    page = desk("admin", "/floor")
    row = page.locator(f"[data-waiting='{call_id}']")
    expect(row).to_be_visible()
    # Why he waits, and that no seat will be free for him in time.
    expect(row.get_by_text(re.compile("技能组"))).to_be_visible()
    expect(row.locator("[data-expected]")).to_have_attribute(
        "data-expected", re.compile("late|will-be-late")
    )
    shot(page, "board-waiting")
    row.drag_to(tile(page, "8101"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("派给座席")).to_have_value("8101")
    shot(page, "board-drop")
    dialog.get_by_role("button", name="指派").click()
    product.do(product.stage.world.phone("8101").talking())
    assert product.do(product.stage.call_is(call_id, "talking"))["seat_id"] == "8101"
    expect(row).to_have_count(0)


def test_a_caller_is_given_to_a_seat_with_the_keyboard_alone(desk, floor, product):
    floor.ready("8101")
    _, call_id = floor.arrives("13800000042")
    page = desk("admin", "/floor")
    pick = page.locator(f"[data-waiting='{call_id}']").get_by_role("button", name="指派")
    expect(pick).to_be_enabled()
    pick.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("派给座席")).to_have_value("8101")
    page.keyboard.press("Enter")
    product.do(product.stage.world.phone("8101").talking())
    assert product.do(product.stage.call_is(call_id, "talking"))["seat_id"] == "8101"


def test_a_supervisor_listens_and_whispers_from_the_board(desk, floor, product):
    floor.ready("8001")
    _, call_id = floor.talks("13800000043", "8001")
    floor.ready("8003")
    page = desk("admin", "/floor")
    tile(page, "8001").click()
    expect(tile(page, "8001")).to_have_attribute("aria-pressed", "true")
    bar = page.get_by_role("region", name="班长操作")
    for name, room in (("监听", "listening"), ("密语", "whispering")):
        bar.get_by_role("button", name=name).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("使用话机").select_option("8003")
        dialog.get_by_role("button", name=name).click()
        product.do(product.stage.world.phone("8003").talking())
        call = product.do(
            product.stage.until(
                f"/api/calls/{call_id}",
                lambda call, room=room: any(
                    one["who"] == "8003" and one["room"] == room for one in call["parties"]
                ),
            )
        )
        assert call["state"] == "talking"
        shot(page, f"board-{room}")
        product.do(product.stage.world.phone("8003").hang_up())
        product.do(
            product.stage.until("/api/seats/8003", lambda s: s["state"] in ("ready", "not_ready"))
        )


def test_a_notice_is_shown_at_the_desk_until_it_is_read_and_the_board_says_who_has(
    desk, floor, product
):
    floor.ready("8001")
    board, seat = desk("admin", "/floor"), desk("8001", "/calls")
    board.get_by_role("tab", name=re.compile("座席通知")).click()
    board.locator("[data-command=notice]").click()
    board.get_by_label("通知内容").fill("今晚十点系统升级，请提前保存工单")
    board.get_by_role("button", name="发布").click()
    told = seat.locator("p[data-notice]").filter(has_text="今晚十点系统升级")
    expect(told).to_be_visible()
    shot(seat, "notice")
    posted = board.get_by_role("tabpanel").get_by_text(re.compile("已阅 0 /"))
    expect(posted).to_be_visible()
    seat.reload()
    told.get_by_role("button", name="知道了").click()
    expect(told).to_have_count(0)
    expect(board.get_by_role("tabpanel").get_by_text(re.compile("已阅 1 /"))).to_be_visible()
    shot(board, "board-notices")
    board.get_by_role("button", name="撤回").click()
    expect(board.get_by_text("当前没有通知。")).to_be_visible()


def test_a_cause_opens_its_calls_and_one_of_them_its_story(desk, floor, product):
    citizen, call_id = floor.arrives("13800000044")
    product.do(product.stage.call_is(call_id, "queued"))
    product.do(citizen.hang_up())
    product.do(product.stage.call_is(call_id, "abandoned"))
    page = desk("admin", "/floor")
    page.locator("[data-cause=gave-up-at-once]").click()
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_text("市民刚进入等候即挂机。").first).to_be_visible()
    shot(page, "board-misses")
    page.locator("[data-command=trend]").click(timeout=45_000)
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    shot(page, "board-trend")
    page.keyboard.press("Escape")
    panel.get_by_role("link").first.click()
    page.wait_for_url(re.compile(re.escape(call_id)))


@pytest.fixture
def screen(browser, browser_context_args, product):
    """A big screen, logged in with an account that is for nothing else."""
    username = f"wall-{secrets.token_hex(3)}"
    product.hire(username, "大屏", "wall")
    context = browser.new_context(**{**browser_context_args, "viewport": LARGE})
    page = context.new_page()
    page.goto(f"{product.address}/wall")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(product.password(username))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/wall"))
    yield page
    context.close()


def test_the_wall_shows_the_line_says_when_it_is_old_and_comes_back_by_itself(
    screen, floor, product
):
    wall = screen.locator("main.wall")
    expect(wall).to_have_attribute("data-fresh", "fresh")
    _, call_id = floor.arrives("13800000045")
    product.do(product.stage.call_is(call_id, "queued"))
    waiting = screen.get_by_role("region", name="正在排队").locator(".number")
    expect(waiting).to_contain_text("1")
    shot(screen, "wall")
    assert "1380000" not in screen.content()
    screen.context.set_offline(True)
    expect(wall).to_have_attribute("data-fresh", "old", timeout=15_000)
    expect(screen.get_by_text(re.compile("数据已过期"))).to_be_visible()
    shot(screen, "wall-old")
    screen.context.set_offline(False)
    expect(wall).to_have_attribute("data-fresh", "fresh", timeout=15_000)
    # Its account has no other page.
    screen.goto(f"{product.address}/calls")
    shot(screen, "wall-elsewhere")
    expect(screen).to_have_url(re.compile("/wall$"))
    status = screen.evaluate("async () => (await fetch('/api/calls?state=live')).status")
    assert status == 403
