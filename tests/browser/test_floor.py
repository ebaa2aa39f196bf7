"""The floor in real browsers: several people at once, their telephones, and a line outside."""

import re

from playwright.sync_api import expect

from tests.browser.people import says_until
from tests.browser.test_console import shot

DEPARTMENT = "13800009001"
COMPLAINT = "我要投诉，阳光花园三号楼的电梯坏了"


def command(page, name: str):
    return page.locator(f"[data-command={name}]")


def state_of_call(page, state: str):
    return page.locator(f"header.head [data-state={state}]")


def test_an_operator_asks_a_department_makes_three_of_it_and_leaves_them(desk, floor, product):
    line = product.stage.world.line(DEPARTMENT)
    product.do(line.answer_after(0.3))
    floor.ready("8001")
    page = desk("8001", "/calls")
    citizen, call_id = floor.talks("13800000011", "8001")
    page.wait_for_url(re.compile(re.escape(call_id)))
    command(page, "consult").click()
    page.get_by_role("combobox").fill(DEPARTMENT)
    page.keyboard.press("Enter")
    product.do(line.talking())
    expect(state_of_call(page, "consulting")).to_be_visible()
    expect(page.get_by_role("list", name="通话各方").get_by_text("外线号码")).to_be_visible()
    shot(page, "consulting")
    page.keyboard.press("Alt+J")
    expect(state_of_call(page, "conference")).to_be_visible()
    page.keyboard.press("Alt+L")
    product.do(product.stage.seat_is("8001", "wrap_up"))
    call = product.do(_call(product, call_id))
    assert [party["who"] for party in call["parties"]] == ["outside"]
    assert call["ended_at"] is None
    product.do(citizen.hang_up())
    # The wrap-up ends by a code: one key and Enter.
    expect(page.get_by_role("radio", name="咨询")).to_be_visible()
    shot(page, "wrap-up")
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="咨询")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("小结：咨询")).to_be_visible()
    product.do(product.stage.seat_is("8001", "ready"))
    assert product.do(_code(product, call_id)) == "consultation"
    expect(page.get_by_role("region", name="时间轴").get_by_text("外线号码")).to_be_visible()
    shot(page, "call-ended")


async def _call(product, call_id):
    return await (await product.stage.api()).get(f"/api/calls/{call_id}")


async def _code(product, call_id):
    api = await product.stage.api()
    return (await api.get(f"/api/calls/{call_id}/code"))["summary"]["code"]


def test_whoever_takes_a_call_over_sees_number_form_and_words_before_he_answers(
    desk, floor, product
):
    floor.ready("8001")
    # Her page is open from before the call on, as it is on every working day.
    second = desk("8002", "/calls")
    citizen, call_id = floor.talks("13800000012", "8001")
    first = desk("8001", f"/calls/{call_id}")
    says_until(product, citizen, COMPLAINT, first.get_by_text(re.compile("电梯坏了")).first)
    floor.ready("8002", answers_after_s=None)
    command(first, "transfer").click()
    first.get_by_role("combobox").fill("8002")
    first.keyboard.press("Enter")
    product.do(product.stage.world.phone("8002").ringing())
    second.wait_for_url(re.compile(re.escape(call_id)))
    expect(second.locator("header.head").get_by_text("13800000012")).to_be_visible()
    expect(second.get_by_text(re.compile("电梯坏了")).first).to_be_visible()
    expect(second.get_by_role("region", name="工单草稿").get_by_text("投诉").first).to_be_visible()
    shot(second, "transfer-rings")
    product.do(product.stage.world.phone("8002").answer())
    expect(command(second, "hangUp")).to_be_enabled()
    call = product.do(
        product.stage.until(f"/api/calls/{call_id}", lambda c: c["seat_id"] == "8002")
    )
    assert call["state"] == "talking"


def test_an_operator_who_signs_out_is_told_what_is_missing_and_goes_on_after_the_code(
    desk, floor, product
):
    floor.ready("8001")
    citizen, call_id = floor.talks("13800000013", "8001")
    page = desk("8001", "/seats")
    product.do(citizen.hang_up())
    product.do(product.stage.seat_is("8001", "wrap_up"))
    page.get_by_role("group", name="座席 8001 的操作").get_by_role(
        "button", name="完成话后处理"
    ).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("尚未登记话后小结，也未提交工单")).to_be_visible()
    shot(page, "unsaved")
    page.keyboard.press("8")
    page.keyboard.press("Enter")
    product.do(product.stage.seat_is("8001", "ready"))
    assert product.do(_code(product, call_id)) == "silent"


def test_a_supervisor_listens_forces_a_seat_and_its_operator_is_told(desk, floor, product):
    floor.ready("8001")
    _, call_id = floor.talks("13800000014", "8001")
    floor.ready("8003")
    operator, supervisor = desk("8001", f"/calls/{call_id}"), desk("admin", f"/calls/{call_id}")
    command(supervisor, "listen").click()
    supervisor.get_by_label("使用话机").select_option("8003")
    shot(supervisor, "listen")
    supervisor.get_by_role("dialog").get_by_role("button", name="监听").click()
    product.do(product.stage.world.phone("8003").talking())
    expect(supervisor.get_by_role("region", name="时间轴").get_by_text("监听")).to_be_visible()
    supervisor.goto(f"{product.address}/seats")
    seat = supervisor.get_by_role("group", name="座席 8001 的操作")
    seat.locator("[data-command=force]").click()
    supervisor.get_by_role("menuitem", name="强制示忙").click()
    supervisor.get_by_role("dialog").get_by_role("button", name="强制示忙").click()
    expect(operator.get_by_text(re.compile("admin 将您的座席设为“示忙”"))).to_be_visible()
    # By the shipped policy an operator is told of force, and not that somebody listens.
    expect(operator.get_by_text("监听")).to_have_count(0)
    shot(operator, "told")
    # Never at the cost of a live call.
    assert product.do(_call(product, call_id))["state"] == "talking"


def test_a_supervisor_gives_a_waiting_citizen_to_a_seat_of_another_group(desk, floor, product):
    floor.ready("8101")
    _, call_id = floor.arrives("13800000015")
    page = desk("admin", "/floor")
    expect(page.get_by_role("region", name="排队市民").get_by_text("13800000015")).to_be_visible()
    shot(page, "floor-waiting")
    command(page, "pick").click()
    page.get_by_role("dialog").get_by_role("button", name="指派").click()
    product.do(product.stage.world.phone("8101").talking())
    call = product.do(product.stage.call_is(call_id, "talking"))
    assert call["seat_id"] == "8101"


def test_an_operator_is_refused_supervision(desk, floor, product):
    floor.ready("8001")
    _, call_id = floor.talks("13800000016", "8001")
    page = desk("8002", f"/calls/{call_id}")
    expect(page.get_by_text("您的角色不能查看这个通话的内容。")).to_be_visible()
    expect(command(page, "listen")).to_have_count(0)
    answer = page.evaluate(
        """async (call) => (await fetch(`/api/calls/${call}/supervise`, {
            method: 'POST', headers: {'Content-Type': 'application/json'},
            body: JSON.stringify({how: 'listen', seat_id: '8002', reason: '好奇'}),
        })).status""",
        call_id,
    )
    assert answer == 403


def test_a_nuisance_is_warned_twice_hung_up_and_blocked_by_another_supervisor(desk, floor, product):
    floor.ready("8001")
    _, call_id = floor.talks("13800000017", "8001")
    page = desk("8001", f"/calls/{call_id}")
    expect(command(page, "nuisance")).to_be_enabled()
    page.keyboard.press("Alt+N")
    dialog = page.get_by_role("dialog")
    hang_up = dialog.get_by_role("button", name="以骚扰挂断")
    expect(hang_up).to_be_disabled()
    dialog.get_by_role("button", name="已读出").click()
    expect(hang_up).to_be_disabled()
    dialog.get_by_role("button", name="已读出").click()
    expect(hang_up).to_be_enabled()
    dialog.get_by_label("申请理由").fill("反复来电辱骂")
    dialog.get_by_role("button", name="申请拦截").click()
    expect(dialog.get_by_text(re.compile("待审批，至"))).to_be_visible()
    hang_up.click()
    product.do(product.stage.call_is(call_id, "ended"))
    supervisor = desk("admin", "/blocks")
    supervisor.get_by_role("row", name=re.compile("13800000017")).get_by_role(
        "button", name="批准"
    ).click()
    supervisor.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(supervisor.get_by_role("button", name="拦截中 1")).to_be_visible()
