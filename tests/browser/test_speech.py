"""From words to a work order: what is said is read, cued, drafted and proved, in real browsers."""

import contextlib
import os
import re
import signal

from playwright.sync_api import expect

from hotline.sounds.voice import speak
from tests.browser.test_console import shot
from tests.browser.test_floor import command

CITIZEN = "13800000401"
GREETING = "您好，12345政务服务便民热线，请问有什么可以帮您"
EMERGENCY = "我要求助，路北区建设路二十六号燃气泄漏了，家里也停水了"
SINCE = "从昨天晚上八点开始的，到现在没有人来修，希望你们尽快派人来维修"
NAME_ASKED = "请问您贵姓，请问您的联系电话是多少"
NAME_TOLD = "我姓陈，我的电话是一三八零零零零四六一七"
SLOW_MS = 60_000
"""How long a word may take to the screen on a loaded machine."""

WITNESS = """
    window.heard = []
    for (const what of ['play', 'pause']) {
        const real = HTMLMediaElement.prototype[what]
        HTMLMediaElement.prototype[what] = function () {
            window.heard.push({what, source: this.src, at: this.currentTime})
            return real.call(this)
        }
    }
"""
"""Notes from where and up to where a page lets sound be heard."""


def test_a_spoken_emergency_becomes_an_order_whose_proofs_can_be_heard(desk, floor, product):
    floor.ready("8001")
    operator, leader = desk("8001", "/calls"), desk("admin", "/floor")
    operator.add_init_script(WITNESS)
    citizen, call_id = floor.talks(CITIZEN, "8001")
    operator.goto(f"{product.address}/calls/{call_id}")
    phone = product.stage.world.phone("8001")
    product.do(phone.say(speak(GREETING)))
    product.do(citizen.say(speak(EMERGENCY)))
    product.do(citizen.say(speak(SINCE)))

    # Read as people write it.
    words = operator.get_by_role("region", name="实时转写")
    expect(words.get_by_text(re.compile("建设路26号")).first).to_be_visible(timeout=SLOW_MS)

    # The operator is warned at once, and so is who leads the shift.
    cue = operator.locator(".cue.red")
    expect(cue.first).to_contain_text("燃气泄漏", timeout=SLOW_MS)
    expect(operator.get_by_role("alert").filter(has_text="红色提示：")).to_have_count(1)
    shown = leader.get_by_role("region", name="紧急提示")
    expect(shown.get_by_text("燃气泄漏").first).to_be_visible(timeout=SLOW_MS)
    expect(shown.get_by_text("8001")).not_to_have_count(0)
    shot(leader, "floor-cues")

    # The form fills itself, each value with the sound that proves it.
    draft = operator.get_by_role("region", name="工单草稿")
    expect(draft.get_by_text("求助", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(draft.get_by_text("非常紧急", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(draft.get_by_text(re.compile("建设路26号")).first).to_be_visible(timeout=SLOW_MS)
    shot(operator, "speech")
    order = product.do(_order_of(product, call_id))
    proof = order["fields"]["address"]["proof"]
    with operator.expect_request(re.compile(r"/api/recordings/.*/audio")):
        draft.locator("[data-proof=address]").click()
    assert heard(operator, "play") == proof["starts_at_ms"] / 1000
    expect(words.locator(".hit").first).to_be_visible()
    assert "建设路" in "".join(words.locator(".hit").all_inner_texts())

    # What he writes stays, saved or not, whatever is proposed later.
    operator.goto(f"{product.address}/orders/{order['order_id']}")
    operator.get_by_label("地址").fill("建设路28号")
    operator.get_by_role("button", name="保存").click()
    expect(operator.get_by_text("已保存。").first).to_be_visible()
    operator.get_by_label("诉求人").first.fill("王")
    product.do(phone.say(speak(NAME_ASKED)))
    product.do(citizen.say(speak(NAME_TOLD)))
    product.do(citizen.say(speak("地址是建设路二十六号")))
    product.do(_proposed(product, order["order_id"], "contact_number"))
    expect(operator.get_by_label("联系电话")).not_to_have_value("", timeout=SLOW_MS)
    expect(operator.get_by_label("诉求人").first).to_have_value("王")
    expect(operator.get_by_label("地址")).to_have_value("建设路28号")
    shot(operator, "order-proof")
    operator.get_by_role("button", name="保存").click()
    expect(operator.get_by_text("有未保存的修改")).to_have_count(0)

    # The leader hears of it, looks, and says that it was a false alarm: the operator sees that.
    shown.get_by_role("link", name="查看并监听").first.click()
    leader.wait_for_url(re.compile(re.escape(call_id)))
    expect(command(leader, "listen")).to_be_visible()
    cue_id = leader.locator(".cue.red").first.get_attribute("data-cue")
    leader.locator(".cue.red .judge").first.click()
    expect(leader.get_by_text("已标记为误报。").first).to_be_visible()
    operator.goto(f"{product.address}/calls/{call_id}")
    operator.get_by_role("button", name=re.compile(r"全部 \d+ 条")).click()
    expect(operator.locator(f"[data-cue='{cue_id}']")).to_contain_text("已标记误报")

    product.do(citizen.hang_up())
    product.do(product.stage.seat_is("8001", "wrap_up"))
    order = product.do(_proposed(product, order["order_id"], "summary"))
    assert order["fields"]["caller_name"]["by"] == "person"
    assert order["fields"]["address"] == {
        "value": "建设路28号", "by": "person", "confidence": 1.0, "proof": None,
    }  # fmt: skip
    summary = order["fields"]["summary"]["value"]
    assert 50 <= len(summary) <= 150
    wrap_up = operator.get_by_role("region", name="话后小结")
    expect(wrap_up.get_by_text(summary)).to_be_visible()
    expect(wrap_up.get_by_text(re.compile(r"\d+ 字，合适"))).to_be_visible()
    shot(operator, "wrap-up-summary")


def heard(page, what: str, after: int = 1) -> float:
    """Where the sound was when that was done to it for the n-th time, in seconds."""
    at = f"heard.filter(one => one.what === '{what}')[{after - 1}]?.at ?? null"
    for _ in range(SLOW_MS // 100):
        if (found := page.evaluate(at)) is not None:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"no {what}")


async def _order_of(product, call_id):
    api = await product.stage.api()
    order_id = (await api.get(f"/api/calls/{call_id}"))["order_id"]
    return await _proposed(product, order_id, "address")


async def _proposed(product, order_id, name):
    """The order once that field holds something."""
    order = None

    async def look():
        nonlocal order
        # The seat's own view: an operator may read his own orders.
        api = await product.stage.api("8001")
        order = await api.get(f"/api/orders/{order_id}")
        return bool(order["fields"].get(name, {}).get("value"))

    await product.stage.becomes(look, SLOW_MS / 1000)
    return order


def test_the_quality_page_counts_words_and_takes_back_a_mark(desk, product):
    page = desk("admin", "/quality")
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("row").nth(1)).to_be_visible()
    shot(page, "quality-hits")
    page.get_by_role("tab", name="提示记录").click()
    marked = panel.get_by_role("button", name="已标记误报")
    expect(marked.first).to_be_visible()
    shot(page, "quality-cues")
    count = marked.count()
    marked.first.click()
    expect(marked).to_have_count(count - 1)
    page.get_by_role("tab", name="待复核").click()
    expect(page.get_by_role("tabpanel", name="待复核")).to_be_visible()
    shot(page, "quality-signals")
    page.get_by_role("tab", name="草拟质量").click()
    expect(page.get_by_role("tabpanel", name="草拟质量")).to_be_visible()
    shot(page, "quality-drafting")
    page.get_by_role("button", name="重新检测").click()
    page.get_by_role("button", name="开始").click()
    rerun = page.get_by_role("dialog").locator("[data-rerun]")
    expect(rerun).to_contain_text("已完成", timeout=SLOW_MS)
    shot(page, "quality-rerun")
    page.keyboard.press("Escape")


def test_the_archived_call_plays_a_proof_to_its_end_and_shows_its_cues(desk, product):
    call = product.do(_call_of(product, CITIZEN))
    recording = product.do(product.stage.archived(call["call_id"]))
    page = desk("admin", "/recordings")
    page.add_init_script(WITNESS)
    page.goto(f"{product.address}/recordings/{recording['recording_id']}")
    expect(page.get_by_label("播放位置")).to_be_visible()
    flags = page.get_by_role("list", name="提示、标注与命中")
    expect(flags.get_by_role("button").first).to_be_visible()
    page.get_by_role("tab", name="存证信息").click()
    expect(page.get_by_text("最长静默")).to_be_visible(timeout=SLOW_MS)
    replay = product.do(_replay(product, recording["recording_id"]))
    proof = replay["order"]["fields"]["urgency"]["proof"]
    assert recording["duration_ms"] > proof["ends_at_ms"] + 5000
    page.get_by_role("tab", name="工单").click()
    page.locator("[data-proof=urgency]").click()
    page.get_by_role("button", name="确认并播放").click()
    stopped = heard(page, "pause")
    assert proof["ends_at_ms"] / 1000 <= stopped < proof["ends_at_ms"] / 1000 + 3
    shot(page, "recording-cues")

    # A click on a word begins at that word.
    word = page.locator(".said .part").nth(3)
    begin = int(word.get_attribute("data-ms"))
    word.click()
    assert heard(page, "play", after=2) == begin / 1000
    expect(page.locator(".part.now").first).to_be_visible()


async def _call_of(product, number):
    api = await product.stage.api()
    calls = (await api.get("/api/calls?state=ended"))["calls"]
    return next(call for call in calls if call["caller_number"] == number)


async def _replay(product, recording_id):
    return await (await product.stage.api()).get(f"/api/recordings/{recording_id}/replay")


def test_an_operator_is_told_when_there_is_no_text_and_why(desk, floor, product):
    floor.ready("8001")
    page, other = desk("8001", "/calls"), desk("8101", "/calls")
    citizen, call_id = floor.talks("13800000402", "8001")
    page.goto(f"{product.address}/calls/{call_id}")
    words = page.get_by_role("region", name="实时转写")
    product.do(product.stage.world.phone("8001").say(speak(GREETING)))
    expect(words.get_by_text(re.compile("有什么")).first).to_be_visible(timeout=SLOW_MS)
    with nobody_listening(product.stage):
        product.do(citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修")))
        expect(words.get_by_text("转写已暂停")).to_be_visible(timeout=SLOW_MS)
        shot(page, "speech-paused")
    expect(words.get_by_text("后补", exact=True).first).to_be_visible(timeout=SLOW_MS)
    expect(words.get_by_text("转写已暂停")).to_have_count(0)

    # A group whose language has no model: the sound is kept, and the seat knows that there is no text.
    floor.ready("8101")
    product.do(_to_line(product, call_id, "foreign_en"))
    product.do(product.stage.world.phone("8101").talking())
    other.goto(f"{product.address}/calls/{call_id}")
    expect(
        other.get_by_role("region", name="实时转写").get_by_text(re.compile("没有识别模型"))
    ).to_be_visible(timeout=SLOW_MS)
    shot(other, "speech-left-out")


async def _to_line(product, call_id, group):
    api = await product.stage.api("8001")
    await api.post(f"/api/calls/{call_id}/to-line", {"skill_group": group})


def test_a_second_call_of_the_same_citizen_shows_his_first_order_and_is_marked(
    desk, floor, product
):
    first = product.do(_call_of(product, CITIZEN))["order_id"]
    floor.ready("8001")
    citizen, call_id = floor.talks(CITIZEN, "8001")
    product.do(citizen.hang_up())
    operator = desk("8001", f"/calls/{call_id}")
    operator.get_by_role("link", name="打开工单").first.click()
    row = operator.get_by_role("region", name="疑似重复").locator(f"[data-repeat='{first}']")
    expect(row).to_contain_text("同号")
    operator.get_by_label("地址").fill("建设路28号")
    operator.locator("#order-summary").fill(
        "市民再次来电，反映路北区建设路28号燃气泄漏、家里停水，希望尽快派人"
    )
    operator.get_by_label("区县").fill("北京路区")
    operator.get_by_role("button", name="保存").click()
    expect(operator.get_by_text("“北京路区”不在区县名单中")).to_be_visible()
    operator.get_by_label("区县").fill("路北")
    operator.get_by_role("option", name="路北区").click()
    operator.get_by_role("button", name="保存").click()
    expect(row).to_contain_text(re.compile(r"[1-9]\d%"))
    shot(operator, "order-repeat")
    row.get_by_role("button", name=f"查看工单 {first}").click()
    earlier = operator.get_by_role("dialog", name=re.compile("只读"))
    expect(earlier.get_by_text("建设路28号", exact=True)).to_be_visible()
    shot(operator, "order-earlier")
    operator.keyboard.press("Escape")
    row.get_by_role("button", name="标为重复").click()
    expect(operator.get_by_role("button", name=f"重复于 {first}")).to_be_visible()
    order = product.do(_order_of(product, call_id))
    assert (order["repeat_of"], order["fields"]["district"]["value"]) == (first, "路北区")


@contextlib.contextmanager
def nobody_listening(stage):
    """Every speech worker hangs; afterwards they go on, unless they were replaced."""
    hanging = stage.worker_pids()
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in hanging:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
