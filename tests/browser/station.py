"""An operator at his browser telephone, as the browser tests see him."""

import re

from playwright.sync_api import expect

from hotline.outside.tones import hears_tone, tone
from tests.browser.conftest import BROWSER_HZ
from tests.browser.test_console import shot as picture

SEAT = "8004"
"""It has no telephone on its desk."""
NUMBER = "13800000031"
CITIZEN_HZ = 1300
LIMIT_MS = 15_000
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
HEARD_IN_PAGE = """
async ([hz, limitMs]) => {
  const context = new AudioContext()
  await context.resume()
  const analyser = context.createAnalyser()
  analyser.fftSize = 4096
  analyser.smoothingTimeConstant = 0
  context.createMediaStreamSource(window.farEnd).connect(analyser)
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


class Station:
    """The operator's browser; its pages share what the pages of one browser share."""

    def __init__(self, context, product, cable, address) -> None:
        self.context, self.product = context, product
        self.cable, self.address = cable, address
        self.page = context.new_page()

    async def cut(self):
        self.cable.cut(silent=True)

    async def mend(self):
        self.cable.join()

    def hears(self, citizen):
        """The page's own analyser finds the citizen's tone while he makes it."""
        self.product.do(citizen.begin_to_say(tone(CITIZEN_HZ, seconds=8)))
        assert self.page.evaluate(HEARD_IN_PAGE, [CITIZEN_HZ, 12_000])

    def is_heard_by(self, citizen):
        """The microphone's tone is in what the citizen hears from now on."""
        before = len(citizen.heard())
        self.product.do(
            self.product.stage.eventually(
                lambda: hears_tone(citizen.heard()[before:], BROWSER_HZ), 15, "he hears no tone"
            )
        )


def shot(page, name):
    """At both sizes, when somebody asks for pictures."""
    for width, height in ((1920, 1080), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        picture(page, name)


def telephone_is(page, how):
    expect(page.locator(f"[data-softphone={how}]")).to_be_visible()


def strip(page, what):
    return page.locator(f"[data-softphone-strip={what}]")


def log_in(page, product, address, seat=SEAT):
    page.goto(f"{address}/")
    page.get_by_label("用户名").fill(seat)
    page.get_by_label("密码").fill(product.password(seat))
    page.get_by_role("button", name="登录").click()


async def ready(product):
    stage = product.stage
    api = await stage.api(SEAT)
    shown = await stage.until(
        f"/api/seats/{SEAT}",
        lambda s: s["phone_reachable"] and s["state"] in ("signed_out", "not_ready", "ready", "wrap_up"),
        api=api,
    )  # fmt: skip
    if shown["state"] == "signed_out":
        await api.post(f"/api/seats/{SEAT}/sign-in")
    if shown["state"] == "wrap_up":
        call_id = shown["last_call_id"]
        # Whose citizen went on to another seat has nothing to save.
        if (await (await stage.api()).get(f"/api/calls/{call_id}"))["seat_id"] == SEAT:
            await api.post(f"/api/calls/{call_id}/code", {"code": "consultation"})
        await api.post(f"/api/seats/{SEAT}/finish-wrap-up")
    if (await api.get(f"/api/seats/{SEAT}"))["state"] == "not_ready":
        await api.post(f"/api/seats/{SEAT}/ready")
    await stage.seat_is(SEAT, "ready")


async def no_more_calls(product):
    await ready(product)
    api = await product.stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})


def may_be_ready(page):
    """The page has heard that its seat is not ready; before, its key asks for nothing."""
    expect(page.get_by_role("button", name=re.compile("^示闲"))).to_be_visible()


async def goes_quiet(product, citizen):
    """Asterisk writes what he hears every two seconds: one whole piece without the tone."""
    piece = 2 * 8000 * 2

    def quiet():
        heard = citizen.heard()
        return len(heard) > 2 * piece and not hears_tone(heard[-piece:], BROWSER_HZ)

    await product.stage.eventually(quiet, 15, "he still hears the tone")
