"""The page of prompts in a real Chromium: heard, rewritten, replaced by a recording, given back."""

import io
import math
import re
import struct
import wave

from playwright.sync_api import expect

from tests.browser.test_console import shot
from tests.browser.test_speech import WITNESS, heard

MADE_MS = 60_000
"""The sounds are made behind everything else that wants the processor."""
WORDS = "感谢您的来电，祝您生活愉快，再见。"


def recording() -> bytes:
    """Two seconds of a tone, as a studio would deliver it."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        tone = (round(9000 * math.sin(n * 440 * math.tau / 48_000)) for n in range(96_000))
        sound.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    return whole.getvalue()


def sound(page, name):
    return page.locator(f"[data-sound='zh/{name}']")


def test_a_text_is_found_rewritten_published_and_heard_anew(visit, product):
    page = visit("admin", "/prompts")
    page.add_init_script(WITNESS)
    page.reload()
    page.get_by_label("搜索文字或代码").fill("goodbye")
    rows = page.get_by_role("region", name="提示音列表").locator("li")
    expect(rows).to_have_count(1)
    rows.get_by_role("button").click()
    detail = page.get_by_role("region", name="goodbye")
    expect(detail.get_by_text("系统离线时播放")).to_be_visible()
    shot(page, "prompts")

    # A mistake is said in words and nothing is published.
    detail.locator("textarea").fill("再见{nobody}")
    detail.locator("[data-command=publish-text]").click()
    expect(detail.get_by_role("alert")).to_contain_text("nobody")
    expect(page.locator("[data-command=publish-now]")).to_have_count(0)

    detail.locator("textarea").fill(WORDS)
    detail.locator("textarea").press("Control+s")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("说明")).first.fill("多一句祝福")
    dialog.locator("[data-command=publish-now]").click()
    expect(page.get_by_text("已发布，正在重新合成。").first).to_be_visible()
    one = sound(page, "goodbye")
    expect(one).to_contain_text("祝您生活愉快")
    expect(one).to_contain_text("合成语音", timeout=MADE_MS)
    with page.expect_response(re.compile("/api/prompts/zh/goodbye/audio")) as answer:
        one.get_by_role("button", name="试听 goodbye").click()
    assert answer.value.status == 200
    assert heard(page, "play") == 0
    expect(one.get_by_role("button", name="试听 goodbye")).to_be_visible(timeout=30_000)
    assert product.do(_row(product))["spoken_text"] == WORDS


def test_a_studios_recording_takes_its_place_and_is_taken_back(visit, product):
    page = visit("admin", "/prompts/try-later?language=zh")
    one = sound(page, "try-later")
    upload = one.locator("input[type=file]")
    upload.set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": b"no recording"})
    expect(one.get_by_role("alert")).to_contain_text("WAV")
    upload.set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": recording()})
    expect(one).to_contain_text("录音棚", timeout=MADE_MS)
    expect(one).to_contain_text("2.0 秒")
    page.get_by_role("button", name="录音棚", exact=True).click()
    listed = page.get_by_role("region", name="提示音列表")
    expect(listed.get_by_text("try-later")).to_be_visible()
    one.locator("[data-command=drop]").click()
    page.get_by_role("dialog").get_by_role("button", name="恢复合成语音").click()
    expect(one).to_contain_text("合成语音", timeout=MADE_MS)
    expect(one.locator("[data-command=drop]")).to_have_count(0)


def test_a_leader_hears_prompts_by_the_keyboard_and_an_operator_has_no_such_page(visit, product):
    page = visit("8001", "/prompts")
    expect(page.get_by_text("您的角色没有这个权限。").first).to_be_visible()
    expect(page.locator("nav").get_by_role("link", name="提示音")).to_have_count(0)
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/login"))
    page = visit("admin", "/prompts")
    page.add_init_script(WITNESS)
    page.reload()
    first = page.get_by_role("region", name="提示音列表").locator("li button").first
    first.focus()
    first.press("Enter")
    page.keyboard.press("ArrowDown")
    second = page.get_by_role("region", name="提示音列表").locator("li button").nth(1)
    expect(second).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(" ")
    assert heard(page, "play") == 0
    page.keyboard.press(" ")
    heard(page, "pause")


async def _row(product):
    api = await product.stage.api()
    rows = (await api.get("/api/prompts?language=zh"))["prompts"]
    return next(row for row in rows if row["name"] == "goodbye")
