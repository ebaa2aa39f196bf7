"""An inspector finds a call by a spoken word and hears that second; what he heard is kept; keyboard only."""

import re

import pytest
from playwright.sync_api import expect

from hotline.sounds.voice import speak
from tests.browser.people import Floor
from tests.browser.test_console import shot
from tests.browser.test_speech import SLOW_MS, WITNESS, heard

CITIZEN = "13800000601"
WORD = "消防通道"
SAID = (
    ("phone", "您好，12345政务服务便民热线，请问有什么可以帮您"),
    ("citizen", "你好，我们小区的消防通道被私家车堵住了，物业不管"),
    ("phone", "好的，我为您登记"),
)
WHY = "投诉核查"


@pytest.fixture(scope="module")
def spoken(product):
    """(call, recording, where the word is on its clock) of a call in which it was said."""
    floor = Floor(product)
    product.do(product.stage.world.reachable())
    floor.ready("8001")
    citizen, call_id = floor.talks(CITIZEN, "8001")
    sides = {"phone": product.stage.world.phone("8001"), "citizen": citizen}
    for side, text in SAID:
        product.do(sides[side].say(speak(text)))
    said = product.do(_said(product, call_id))
    product.do(citizen.hang_up())
    product.do(product.stage.seat_is("8001", "wrap_up"))
    recording = product.do(product.stage.archived(call_id))
    product.do(floor.clear())
    return call_id, recording, said


async def _said(product, call_id):
    """The sentence with the word, once it is taken down."""
    api = await product.stage.api()
    said = None

    async def taken_down():
        nonlocal said
        words = (await api.get(f"/api/calls/{call_id}/transcript"))["utterances"]
        said = next((one for one in words if WORD in one["text"]), None)
        return said is not None

    await product.stage.becomes(taken_down, 40)
    return said


async def _hearers(product, recording_id, by):
    """Everything that person ever heard of the recording, once something of it was told."""
    api = await product.stage.api()
    found = None

    async def told():
        nonlocal found
        people = (await api.get(f"/api/recordings/{recording_id}/listenings"))["people"]
        found = next((one for one in people if one["by"] == by and one["spans"]), None)
        return found is not None

    await product.stage.becomes(told, 30)
    return found


def test_a_call_is_found_by_a_spoken_word_and_that_second_is_heard(desk, product, spoken):
    _, recording, said = spoken
    page = desk("admin", "/recordings")
    page.add_init_script(WITNESS)
    page.goto(f"{product.address}/recordings")
    page.get_by_label("通话里说过的话").fill(WORD)
    found = page.locator(f"[data-found='{recording['recording_id']}']")
    expect(found.locator("mark").first).to_have_text(WORD, timeout=SLOW_MS)
    shot(page, "search")
    hit = found.locator("[data-hit-ms]").first
    at_ms = int(hit.get_attribute("data-hit-ms"))
    assert said["starts_at_ms"] <= at_ms < said["ends_at_ms"]
    hit.click()

    # Nothing sounds before he says why, and this purpose needs a reference.
    why = page.get_by_role("dialog", name="调听目的")
    expect(why).to_be_visible()
    shot(page, "replay-purpose")
    assert page.evaluate("heard.length") == 0
    why.get_by_label(WHY).check()
    expect(why.get_by_role("button", name="确认并播放")).to_be_disabled()
    why.get_by_label("依据").fill("投诉单 601 号")
    why.get_by_role("button", name="确认并播放").click()
    assert heard(page, "play") == at_ms / 1000
    expect(page.locator(".line.current .sought").first).to_be_visible()
    expect(page.get_by_role("list", name="提示、标注与命中").locator(".hit").first).to_be_visible()
    position = page.get_by_label("播放位置")
    expect(position).not_to_have_attribute("data-ms", str(at_ms), timeout=SLOW_MS)
    page.wait_for_timeout(1500)
    page.keyboard.press("k")
    stopped = heard(page, "pause") * 1000
    shot(page, "replay")

    # What sounded is kept, and no more than that.
    person = product.do(_hearers(product, recording["recording_id"], "admin"))
    assert person["purposes"] == [WHY]
    ((first, last),) = person["spans"]
    assert at_ms - 50 <= first <= at_ms + 1000
    assert first + 200 < last <= stopped + 100
    page.get_by_role("tab", name="谁听过").click()
    expect(page.locator("[data-hearer=admin]")).to_contain_text("投诉单 601 号")
    shot(page, "replay-heard")


def test_the_story_is_heard_and_marked_without_a_mouse(desk, product, spoken):
    _, _, said = spoken
    page = desk("admin", "/recordings")
    page.add_init_script(WITNESS)
    page.evaluate("sessionStorage.clear()")
    page.goto(f"{product.address}/recordings")
    expect(page.locator("[data-found]").first).to_be_visible(timeout=SLOW_MS)
    keys = page.keyboard
    keys.press("/")
    keys.insert_text(WORD)
    expect(page.locator("[data-found] mark").first).to_be_visible(timeout=SLOW_MS)
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(page.locator("[data-hit-ms]").first).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="调听目的")).to_be_visible()
    keys.press("1")
    keys.press("Enter")
    assert heard(page, "play") >= said["starts_at_ms"] / 1000
    keys.press("k")
    heard(page, "pause")
    position = page.get_by_label("播放位置")
    before = int(position.get_attribute("data-ms"))
    keys.press("Shift+ArrowLeft")
    expect(position).to_have_attribute("data-ms", str(before - 1000))
    keys.press("m")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.insert_text("首问负责，处理得当")
    keys.press("Enter")
    mark = page.locator("[data-mark]", has_text="处理得当")
    expect(mark).to_be_visible()
    keys.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    shot(page, "replay-keys")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("j")
    place = max(0, before - 11_000)
    expect(position).to_have_attribute("data-ms", str(place))
    keys.press("s")
    expect(page.get_by_role("button", name="跳过静音")).to_have_attribute("aria-pressed", "true")
    keys.press("s")
    shot(page, "replay-mark")


def test_an_operator_hears_his_own_call_without_a_question_and_that_is_kept_too(
    desk, product, spoken
):
    _, recording, said = spoken
    page = desk("8001", "/recordings")
    page.add_init_script(WITNESS)
    page.goto(f"{product.address}/recordings?q={WORD}")
    page.locator(f"[data-found='{recording['recording_id']}'] [data-hit-ms]").first.click()
    assert heard(page, "play") >= said["starts_at_ms"] / 1000
    page.wait_for_timeout(1500)
    # The page is left while it plays: what sounded is told all the same.
    page.goto(f"{product.address}/calls")
    person = product.do(_hearers(product, recording["recording_id"], "8001"))
    assert (person["own"], person["purposes"]) == (True, [])
    assert person["heard_ms"] > 200
    page.goto(f"{product.address}/recordings/{recording['recording_id']}")
    expect(page.get_by_role("tab", name="存证信息")).to_be_visible()
    expect(page.get_by_role("tab", name="谁听过")).to_have_count(0)
    expect(page.get_by_role("tab", name="标注")).to_have_count(0)


async def _short_calls_are_drawn_too(product):
    """The calls of this test last some seconds."""
    api = await product.stage.api()
    rules = await api.get("/api/rules/policies")
    body = rules["body"].replace("shortest_s = 30", "shortest_s = 0")
    wish = {"body": body, "note": "试抽", "based_on": rules["version"]}
    await api.post("/api/rules/policies/publish", wish)


def test_a_call_is_drawn_by_lot_and_worked_off_from_its_list(desk, product, spoken):
    call_id, recording, _ = spoken
    product.do(_short_calls_are_drawn_too(product))
    page = desk("admin", "/samples")
    page.locator("[data-command=draw]").click()
    page.get_by_role("dialog").get_by_label("原因").fill("专项检查")
    page.get_by_role("dialog").get_by_role("button", name="立即抽样").click()
    row = page.locator(f"[data-sampled='{call_id}']")
    expect(row).to_contain_text("待质检")
    assert len(page.locator("[data-seed]").inner_text()) == 32
    shot(page, "samples")
    page.locator("[data-command=next]").click()
    page.wait_for_url(re.compile(f"recordings/{re.escape(recording['recording_id'])}"))
    expect(page.get_by_role("button", name="播放", exact=True)).to_be_visible(timeout=SLOW_MS)
    shot(page, "sample-replay")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/samples/"))
    expect(row).to_contain_text("已质检")
    expect(page.locator("[data-agent='8001']")).to_contain_text("1/1")
