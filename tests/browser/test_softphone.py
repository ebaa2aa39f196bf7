"""An operator whose telephone is his browser: real SIP, real sound, every trouble that he meets."""

import re

import pytest
from playwright.sync_api import expect

from hotline.outside.tones import hears_tone, tone
from tests.browser.conftest import BROWSER_HZ

SEAT = "8004"
"""It has no telephone on its desk."""
CITIZEN_HZ = 1300
HEARD_IN_PAGE = """
async ([hz, limitMs]) => {
  const far = window.farEnd
  const context = new AudioContext()
  await context.resume()
  const analyser = context.createAnalyser()
  analyser.fftSize = 4096
  analyser.smoothingTimeConstant = 0
  context.createMediaStreamSource(far).connect(analyser)
  const bins = new Float32Array(analyser.frequencyBinCount)
  const ends = performance.now() + limitMs
  try {
    while (performance.now() < ends) {
      analyser.getFloatFrequencyData(bins)
      const loudest = bins.indexOf(Math.max(...bins))
      const found = loudest * context.sampleRate / analyser.fftSize
      if (Math.abs(found - hz) < 30 && bins[loudest] > -60) return true
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return false
  } finally {
    await context.close()
  }
}
"""
KEEP_FAR_END = """
const told = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
  ...told,
  set(stream) {
    if (stream !== null) window.farEnd = stream
    told.set.call(this, stream)
  },
})
"""


@pytest.fixture(scope="module")
def station(browser, browser_context_args, product):
    """The operator of a seat without a desk telephone, logged in; his pages share what a browser shares."""
    context = browser.new_context(**browser_context_args, permissions=["microphone"])
    context.add_init_script(KEEP_FAR_END)
    page = context.new_page()
    log_in(page, product)
    telephone_is(page, "ready")
    product.do(ready(product))
    yield page
    context.close()


def log_in(page, product):
    page.goto(f"{product.address}/")
    page.get_by_label("用户名").fill(SEAT)
    page.get_by_label("密码").fill(product.password(SEAT))
    page.get_by_role("button", name="登录").click()


def telephone_is(page, how):
    expect(page.locator(f"[data-softphone={how}]")).to_be_visible(timeout=15_000)


def strip(page, what):
    return page.locator(f"[data-softphone-strip={what}]")


def citizen_hears(product, citizen, hz=BROWSER_HZ):
    """That tone, in what he hears from now on."""
    before = len(citizen.heard())
    product.do(
        product.stage.eventually(
            lambda: hears_tone(citizen.heard()[before:], hz), 15, "he hears no tone"
        )
    )


def operator_hears(page, product, citizen):
    """The page's own analyser finds the citizen's tone, while he makes it."""
    product.do(citizen.begin_to_say(tone(CITIZEN_HZ, seconds=4)))
    assert page.evaluate(HEARD_IN_PAGE, [CITIZEN_HZ, 6000])


async def ready(product):
    stage = product.stage
    api = await stage.api(SEAT)
    await stage.until(f"/api/seats/{SEAT}", lambda s: s["phone_reachable"], api=api)
    shown = await api.get(f"/api/seats/{SEAT}")
    if shown["state"] == "signed_out":
        await api.post(f"/api/seats/{SEAT}/sign-in")
    if shown["state"] == "wrap_up":
        code = {"code": "consultation"}
        await api.post(f"/api/calls/{shown['last_call_id']}/code", code)
        await api.post(f"/api/seats/{SEAT}/finish-wrap-up")
    if (await api.get(f"/api/seats/{SEAT}"))["state"] == "not_ready":
        await api.post(f"/api/seats/{SEAT}/ready")
    await stage.seat_is(SEAT, "ready")


@pytest.fixture
def talk(station, product):
    """A citizen who talks with the operator's browser: (page, his telephone, the call's id)."""
    product.do(ready(product))
    number = "13800000031"
    citizen = product.do(product.stage.world.dial(number))
    station.get_by_role("button", name="接听").click(timeout=15_000)
    telephone_is(station, "talking")
    call = product.do(product.stage.call_of(number))
    yield station, citizen, call["call_id"]
    product.do(citizen.hang_up())
    product.do(product.stage.call_is(call["call_id"], "ended"))


def test_both_hear_each_other_and_a_muted_microphone_is_heard_by_nobody(talk, product):
    page, citizen, _ = talk
    citizen_hears(product, citizen)
    operator_hears(page, product, citizen)


def test_a_page_that_is_loaded_anew_has_its_call_again(talk, product):
    page, citizen, call_id = talk
    citizen_hears(product, citizen)
    page.reload()
    telephone_is(page, "talking")
    citizen_hears(product, citizen)
    operator_hears(page, product, citizen)
