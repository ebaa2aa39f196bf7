"""An operator whose telephone is his browser: real SIP, real sound, and every trouble that he meets."""

import asyncio
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from hotline.outside.tones import hears_tone, tone
from tests.browser.conftest import BROWSER_HZ
from tests.browser.test_console import shot as picture
from tests.live.cable import Cable

SEAT = "8004"
"""It has no telephone on its desk."""
NUMBER = "13800000031"
CITIZEN_HZ = 1300
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


@pytest.fixture(scope="module")
def cable(product):
    """The network cable of the operator's machine, and the address at its near end."""
    near = product.do(_laid(product))
    port = near.server.sockets[0].getsockname()[1]
    yield near.cable, f"http://127.0.0.1:{port}"
    product.do(near.taken_up())


@dataclass(frozen=True)
class Laid:
    cable: Cable
    server: asyncio.Server

    async def taken_up(self):
        self.cable.cut()
        self.server.close()


async def _laid(product):
    cable = Cable(int(product.address.rpartition(":")[2]))
    return Laid(cable, await asyncio.start_server(cable.carry, "127.0.0.1", 0))


@pytest.fixture(scope="module")
def station(browser, browser_context_args, product, cable):
    context = browser.new_context(**browser_context_args, permissions=["microphone"])
    context.add_init_script(KEEP_FAR_END)
    station = Station(context, product, *cable)
    problems = []
    station.page.on("pageerror", lambda error: problems.append(str(error)))
    log_in(station.page, product, station.address)
    telephone_is(station.page, "ready")
    yield station
    context.close()
    assert problems == []


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
        code = {"code": "consultation"}
        await api.post(f"/api/calls/{shown['last_call_id']}/code", code)
        await api.post(f"/api/seats/{SEAT}/finish-wrap-up")
    if (await api.get(f"/api/seats/{SEAT}"))["state"] == "not_ready":
        await api.post(f"/api/seats/{SEAT}/ready")
    await stage.seat_is(SEAT, "ready")


@pytest.fixture
def talk(station, product):
    """A citizen who talks with the operator's browser: (his telephone, the call's id)."""
    telephone_is(station.page, "ready")
    product.do(ready(product))
    citizen = product.do(product.stage.world.dial(NUMBER))
    expect(strip(station.page, "rings")).to_be_visible()
    shot(station.page, "softphone-rings")
    station.page.keyboard.press("Alt+A")
    telephone_is(station.page, "talking")
    call_id = product.do(product.stage.call_of(NUMBER))["call_id"]
    yield citizen, call_id
    product.do(citizen.hang_up())
    product.do(product.stage.call_is(call_id, "ended"))
    product.do(_no_more_calls(product))


async def _no_more_calls(product):
    await ready(product)
    api = await product.stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})


def test_both_hear_each_other_and_keys_reach_the_far_end(station, talk, product):
    citizen, _ = talk
    page = station.page
    station.is_heard_by(citizen)
    station.hears(citizen)
    page.locator("[data-softphone]").click()
    panel = page.get_by_role("region", name="软电话")
    shot(page, "softphone-talks")
    for key in "12#":
        panel.get_by_role("button", name=key, exact=True).click()
    product.do(citizen.until_keys("12#", 15))
    panel.get_by_role("button", name="麦克风静音").click()
    expect(panel.get_by_role("button", name="取消静音")).to_be_visible()
    product.do(_goes_quiet(product, citizen))
    panel.get_by_role("button", name="取消静音").click()
    page.keyboard.press("Escape")
    station.is_heard_by(citizen)


async def _goes_quiet(product, citizen):
    """Asterisk writes what he hears every two seconds: one whole piece without the tone."""
    piece = 2 * 8000 * 2

    def quiet():
        heard = citizen.heard()
        return len(heard) > 2 * piece and not hears_tone(heard[-piece:], BROWSER_HZ)

    await product.stage.eventually(quiet, 15, "he still hears the tone")


def test_a_cut_socket_ends_no_talk_and_is_mended_by_itself(station, talk, product):
    citizen, call_id = talk
    product.do(station.cut())
    expect(strip(station.page, "line-lost")).to_be_visible()
    shot(station.page, "softphone-line-lost")
    station.is_heard_by(citizen)
    station.hears(citizen)
    # Those who tried meanwhile were taken and told nothing: they give it up, and try anew.
    product.do(station.mend())
    expect(strip(station.page, "line-lost")).to_have_count(0)
    station.is_heard_by(citizen)
    assert "CallHeld" not in product.do(product.stage.told(call_id))


def test_a_page_that_is_loaded_anew_has_its_call_again(station, talk, product):
    citizen, call_id = talk
    station.is_heard_by(citizen)
    station.page.reload()
    telephone_is(station.page, "talking")
    station.is_heard_by(citizen)
    station.hears(citizen)
    assert product.do(product.stage.told(call_id)).count("CallQueued") == 1


def test_another_tab_says_where_the_telephone_is_and_takes_it_with_its_call(station, talk, product):
    citizen, _ = talk
    first, second = station.page, station.context.new_page()
    second.goto(f"{station.address}/calls")
    expect(strip(second, "elsewhere")).to_be_visible()
    shot(second, "softphone-elsewhere")
    second.get_by_role("button", name="改到本页接听").click()
    telephone_is(second, "talking")
    telephone_is(first, "elsewhere")
    station.is_heard_by(citizen)
    # Its tab is closed in mid-call: the first one is next, and the citizen comes along.
    second.close()
    telephone_is(first, "talking")
    station.is_heard_by(citizen)
    station.hears(citizen)


def test_without_a_microphone_no_citizen_is_offered_and_the_page_says_why(
    browser, browser_context_args, station, product
):
    station.page.goto("about:blank")
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    log_in(page, product, product.address)
    expect(strip(page, "denied")).to_contain_text("麦克风被浏览器禁止")
    shot(page, "softphone-denied")
    product.do(product.stage.until(f"/api/seats/{SEAT}", lambda s: not s["phone_reachable"]))
    context.grant_permissions(["microphone"])
    strip(page, "denied").get_by_role("button", name="重试").click()
    telephone_is(page, "ready")
    product.do(product.stage.until(f"/api/seats/{SEAT}", lambda s: s["phone_reachable"]))
    context.close()


def test_a_service_that_dies_ends_no_talk_by_browser(station, product, request):
    station.page.goto(station.address)
    citizen, call_id = request.getfixturevalue("talk")
    station.is_heard_by(citizen)
    with product.stage.no_watchdog():
        killed = product.stage.kill_service()
        expect(strip(station.page, "line-lost")).to_be_visible()
        station.is_heard_by(citizen)
    product.do(product.stage.new_service(killed))
    expect(strip(station.page, "line-lost")).to_have_count(0, timeout=30_000)
    station.hears(citizen)
    assert product.do(product.stage.told(call_id)).count("CallAnswered") == 1


def test_where_a_telephone_stands_on_the_desk_the_page_leaves_the_calls_to_it(
    browser, browser_context_args, product
):
    product.do(product.stage.world.phone("8001").registered())
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    log_in(page, product, product.address, "8001")
    telephone_is(page, "desk")
    page.locator("[data-softphone]").click()
    expect(page.get_by_role("button", name="改用浏览器软电话")).to_be_visible()
    context.close()
