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


def test_an_operator_talks_by_browser(browser, browser_context_args, product):
    context = browser.new_context(**browser_context_args, permissions=["microphone"])
    page = context.new_page()
    page.on("console", lambda m: print("CONSOLE", m.text))
    page.on("pageerror", lambda e: print("ERROR", e))
    page.add_init_script(KEEP_FAR_END)
    page.goto(f"{product.address}/")
    page.get_by_label("用户名").fill(SEAT)
    page.get_by_label("密码").fill(product.password(SEAT))
    page.get_by_role("button", name="登录").click()
    expect(page.locator("[data-softphone=ready]")).to_be_visible(timeout=15_000)
    product.do(ready(product))
    citizen = product.do(product.stage.world.dial("13800000031"))
    page.get_by_role("button", name="接听").click(timeout=15_000)
    expect(page.locator("[data-softphone=talking]")).to_be_visible()
    product.do(citizen.say(tone(CITIZEN_HZ, seconds=3)))
    product.do(product.stage.eventually(lambda: hears_tone(citizen.heard(), BROWSER_HZ), 15, "no tone"))
    product.do(citizen.hang_up())


async def ready(product):
    stage = product.stage
    api = await stage.api(SEAT)
    await stage.until(f"/api/seats/{SEAT}", lambda s: s["phone_reachable"], api=api)
    await api.post(f"/api/seats/{SEAT}/sign-in")
    await api.post(f"/api/seats/{SEAT}/ready")
