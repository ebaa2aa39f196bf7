"""A voice message from the citizen's telephone to the order: left, found, heard, read, one click."""

import asyncio
import re

from playwright.sync_api import expect

from hotline.sounds.voice import speak
from tests.browser.test_console import shot
from tests.browser.test_speech import WITNESS, heard

CITIZEN = "13800000701"
SAID = "我要投诉，楼下的路灯坏了三天没人修"
AGAIN = "就是楼下的路灯坏了"
"""As people do; a busy machine loses sound, and then words."""
RECORDING_MS, TEXT_MS = 30_000, 90_000
"""How long it may take on a loaded machine; the words are made up in what the live calls leave over."""


async def leaves_a_message(stage) -> str:
    """He waits, presses 2, speaks, is content with it; the call's id."""
    citizen, call = await stage.queues(CITIZEN)
    call_id = call["call_id"]
    await asyncio.sleep(3)  # he has heard that he must wait
    await citizen.press("2")
    legs = stage.places.legs
    await stage.eventually(
        lambda: list(legs.glob(f"{call_id}-own-*-m1*")), 20, "no message is recorded"
    )
    await citizen.say(speak(f"{SAID}，{AGAIN}"))
    await citizen.press("#")
    # He hears the question first; a key pressed into its beginning would be the recording's end twice.
    await asyncio.sleep(1)
    await citizen.press("1")
    await citizen.until_gone(40)
    return call_id


def test_a_voice_message_is_found_heard_read_and_made_an_order_by_one_click(desk, product):
    operator = desk("8001", "/messages")
    operator.add_init_script(WITNESS)
    operator.reload()
    expect(operator.get_by_text("实时连接正常")).to_be_visible()
    call_id = product.do(leaves_a_message(product.stage))

    # It comes to the list by itself, with how long it is and how long it waits.
    row = operator.locator(f"[id^='message-{call_id}']")
    expect(row).to_be_visible(timeout=RECORDING_MS)
    # Whose it is, is told to who takes it.
    expect(row).to_contain_text(re.compile(r"138\*+0701"))
    expect(operator.locator("nav").get_by_role("link", name=re.compile("留言"))).to_contain_text(
        re.compile(r"[1-9]")
    )
    # The sound is fetched when the message is opened, from the citizen's own leg.
    with operator.expect_response(re.compile(r"/api/messages/.*/audio")) as sound:
        row.click()
    assert sound.value.status in (200, 206)
    operator.wait_for_url(re.compile("/messages/"))

    # Read, once the words are made up.
    words = operator.get_by_role("region", name="留言文本")
    expect(words.get_by_text(re.compile("路灯坏了"))).to_be_visible(timeout=TEXT_MS)
    expect(row).to_contain_text("路灯坏了")
    shot(operator, "messages")

    # Heard in the browser.
    player = operator.get_by_role("group", name="录音播放器")
    player.get_by_role("button", name="播放", exact=True).click()
    assert heard(operator, "play") == 0
    expect(player.locator(".clock")).to_contain_text(re.compile(r"^00:0[1-9]"), timeout=20_000)

    # One click: the order is there, with what he said and the number that he called from.
    operator.locator("[data-command=order-message]").click()
    operator.wait_for_url(re.compile(r"/orders/\d{8}-\d{6}"))
    order_id = operator.url.rsplit("/", 1)[1]
    expect(operator.get_by_label("联系电话")).to_have_value(CITIZEN)
    content = operator.get_by_label("诉求内容")
    expect(content).to_have_value(re.compile("路灯坏了"))
    order = product.do(_asked(product, f"/api/orders/{order_id}"))
    assert (order["call_id"], order["state"], order["channel"]) == (call_id, "draft", "message")

    # Nobody does it twice: it is done, by him, and leads to the order.
    operator.goto(f"{product.address}/messages")
    expect(operator.locator(f"[id^='message-{call_id}']")).to_have_count(0)
    operator.get_by_role("button", name=re.compile("^已处理")).click()
    operator.locator(f"[id^='message-{call_id}']").click()
    expect(operator.get_by_role("link", name="打开工单")).to_have_attribute(
        "href", f"/orders/{order_id}"
    )
    expect(operator.locator("[data-command=order-message]")).to_have_count(0)


async def _asked(product, path):
    api = await product.stage.api("8001")
    return await api.get(path)
