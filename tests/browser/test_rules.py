"""Rules, flows and switches in a real Chromium, on the running product: written, checked, in force, taken back."""

import re

from playwright.sync_api import expect

NOTE = "改用更短的说法"
ANNOUNCED = "今天16时起建设路一带抢修停水，预计22时恢复。"


def text_of(page):
    return page.get_by_label("提示音文本").locator("textarea")


def test_a_text_is_checked_published_compared_and_taken_back(desk, product):
    before = product.do(_in_force(product, "texts"))["version"]
    page = desk("admin", "/rules/texts")
    whole = text_of(page).input_value()
    sentence = re.search(r'zh = "(.+)"', whole)[1]

    text_of(page).fill(whole.replace('zh = "', "zh = ", 1))
    expect(page.locator(".problems [data-line]").first).to_be_visible()
    expect(page.locator("[data-command=publish]")).to_be_disabled()

    text_of(page).fill(whole.replace(sentence, f"{sentence}谢谢。", 1))
    expect(page.get_by_text("检查通过", exact=True)).to_be_visible()
    page.locator("[data-tab=compare]").click()
    expect(page.locator(".diff .lines p.added")).to_have_text(re.compile("谢谢。"))
    page.locator("[data-command=publish]").click()
    page.get_by_label("说明").fill(NOTE)
    if page.locator("dialog input[type=checkbox]").count():
        page.locator("dialog input[type=checkbox]").check()
    page.locator("[data-command=publish-now]").click()
    expect(page.locator(".chip.holds")).to_have_text(f"生效：第 {before + 1} 版")
    assert product.do(_in_force(product, "texts"))["note"] == NOTE

    page.locator("[data-command=undo]").click()
    page.locator("dialog button[type=submit]").click()
    expect(page.locator(".chip.holds")).to_have_text(f"生效：第 {before + 2} 版")
    assert product.do(_in_force(product, "texts"))["body"] == whole


async def _in_force(product, kind):
    api = await product.stage.api()
    return await api.get(f"/api/rules/{kind}")


ROW = '[[row]]\nname = "其余来电"\ngroup = "{}"'


def test_a_route_changed_in_the_page_leads_the_next_call_and_taken_back_the_call_after(
    desk, floor, product
):
    floor.ready("8001")
    floor.ready("8101")
    page = desk("admin", "/rules/routing")
    text = page.get_by_label("路由表").locator("textarea")
    whole = text.input_value()
    assert ROW.format("general") in whole
    chip = page.locator(".chip.holds")
    before = chip.inner_text()

    text.fill(whole.replace(ROW.format("general"), ROW.format("foreign_en")))
    expect(page.locator("[data-command=publish]")).to_be_enabled()
    page.locator("[data-command=publish]").click()
    page.get_by_label("说明").fill("英语座席分担一小时")
    if page.locator("dialog input[type=checkbox]").count():
        page.locator("dialog input[type=checkbox]").check()
    page.locator("[data-command=publish-now]").click()
    expect(chip).not_to_have_text(before)
    changed = product.do(_in_force(product, "routing"))["version"]
    expect(chip).to_have_text(f"生效：第 {changed} 版")
    _, call_id = floor.talks("13800000801", "8101")
    assert product.do(_led(product, call_id)) == ("8101", "foreign_en", changed)

    page.locator("[data-command=undo]").click()
    page.locator("dialog button[type=submit]").click()
    expect(chip).to_have_text(f"生效：第 {changed + 1} 版")
    expect(text).to_have_value(whole)
    _, call_id = floor.talks("13800000802", "8001")
    assert product.do(_led(product, call_id)) == ("8001", "general", changed + 1)


async def _led(product, call_id):
    """Its seat, its group, and by which version of the table."""
    api = await product.stage.api()
    call = await api.get(f"/api/calls/{call_id}")
    events = (await api.get(f"/api/calls/{call_id}/events"))["events"]
    (routed,) = (one for one in events if one["type"] == "CallRouted")
    assert routed["row"] == "其余来电"
    return call["seat_id"], call["skill_group"], routed["version"]


def test_every_flow_is_drawn_and_the_one_that_holds_is_named(desk, product):
    page = desk("admin", "/rules/flows")
    for tab in page.locator("[data-flow]").all():
        tab.click()
        picture = page.locator(".paper img")
        expect(picture).to_be_visible()
        page.wait_for_function("document.querySelector('.paper img')?.naturalWidth > 0")
    expect(page.locator(".profile").first).to_have_text("直通")


def test_an_emergency_is_announced_to_everybody_until_it_is_over(desk, product):
    leader, operator = desk("admin", "/floor"), desk("8001", "/calls")
    leader.locator("[data-switch=emergency]").click()
    leader.locator("dialog textarea").first.fill(ANNOUNCED)
    leader.locator("dialog button[type=submit]").click()
    expect(operator.get_by_text(ANNOUNCED)).to_be_visible()
    leader.goto(f"{product.address}/rules/flows")
    expect(leader.locator(".profile").first).to_have_text("突发事件")
    leader.goto(f"{product.address}/floor")
    leader.locator("[data-switch=emergency]").click()
    leader.locator("dialog button[type=submit]").click()
    expect(operator.get_by_text(ANNOUNCED)).to_be_hidden()
