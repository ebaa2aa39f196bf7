"""Whatever an operator's machine and network may do to his browser telephone: said in plain words, with a way on.

Where Chromium can do it, it is done for real: no device, a page that is not secure, a permission that is
taken back, UDP that does not pass, a slow line, a certificate.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM_WORDS
from tests.browser.station import (
    KEEP_FAR_END,
    LIMIT_MS,
    NUMBER,
    SEAT,
    Station,
    goes_quiet,
    log_in,
    may_be_ready,
    no_more_calls,
    ready,
    shot,
    strip,
    telephone_is,
)
from tests.wire.certificates import fingerprint, make_certificate

OTHER = "8001"
"""It has a telephone on its desk."""
NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
LAN_NAME = "console.test"
LATE_MS = 3500
NEVER_SOUNDED_MS = 4000
"""More than a page waits at least, less than it waits at most (telephone.ts)."""


class Machine:
    """One operator's machine after the other, each with a browser of its own."""

    def __init__(self, browser_type, launch, context, product):
        self._browser_type, self._launch, self._context = browser_type, launch, context
        self._product, self._browsers, self.problems = product, [], []

    def sit_down(self, *words, fake_device=True, address=None, **how):
        """Somebody of the seat without a desk telephone logs in."""
        given = self._launch["args"] if fake_device else CHROMIUM_WORDS
        browser = self._browser_type.launch(**{**self._launch, "args": [*given, *words]})
        self._browsers.append(browser)
        context = browser.new_context(**{**self._context, "permissions": ["microphone"], **how})
        context.add_init_script(KEEP_FAR_END)
        station = Station(context, self._product, None, address or self._product.address)
        station.page.on("pageerror", lambda error: self.problems.append(str(error)))
        log_in(station.page, self._product, station.address)
        return station

    def leave(self):
        for browser in self._browsers:
            browser.close()


@pytest.fixture
def machine(browser_type, browser_type_launch_args, browser_context_args, product):
    machine = Machine(browser_type, browser_type_launch_args, browser_context_args, product)
    yield machine
    machine.leave()
    assert machine.problems == []


@pytest.fixture
def citizens(product):
    """Who calls, and hangs up in the end: citizens(station) talks with it."""
    come = []

    def comes(station):
        telephone_is(station.page, "ready")
        product.do(ready(product))
        citizen = product.do(product.stage.world.dial(NUMBER))
        come.append(citizen)
        expect(strip(station.page, "rings")).to_be_visible(timeout=LIMIT_MS)
        station.page.keyboard.press("Alt+A")
        telephone_is(station.page, "talking")
        call_id = product.do(product.stage.call_of(NUMBER))["call_id"]
        product.do(product.stage.call_is(call_id, "talking"))
        return citizen, call_id

    yield comes
    for citizen in come:
        product.do(citizen.hang_up())


def is_not_offered(product):
    product.do(product.stage.until(f"/api/seats/{SEAT}", lambda s: not s["phone_reachable"]))


def is_served_by_another(product, floor, call_id):
    """He is in the line again, and another seat takes him."""
    floor.ready(OTHER)
    product.do(product.stage.world.phone(OTHER).talking())
    call = product.do(product.stage.until(f"/api/calls/{call_id}", lambda c: c["seat_id"] == OTHER))
    assert call["state"] == "talking"
    product.do(product.stage.until(f"/api/calls/{call_id}/events", twice_answered))
    return call


def twice_answered(answer):
    return [one["type"] for one in answer["events"]].count("CallAnswered") == 2


def test_without_a_device_it_says_so_and_takes_the_headset_that_is_plugged_in(machine, product):
    page = machine.sit_down(fake_device=False).page
    expect(strip(page, "no-microphone")).to_contain_text("没有找到麦克风")
    shot(page, "softphone-no-device")
    is_not_offered(product)
    # What Chromium cannot do: a device comes. Its sound is made by the page.
    page.evaluate("""() => {
        const context = new AudioContext()
        const stream = context.createMediaStreamDestination().stream
        navigator.mediaDevices.getUserMedia = () => Promise.resolve(stream)
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
    }""")
    telephone_is(page, "ready")
    expect(strip(page, "no-microphone")).to_have_count(0)


def test_a_page_that_came_by_plain_http_from_another_machine_says_why_it_is_deaf(machine, product):
    port = product.address.rpartition(":")[2]
    rules = f"--host-resolver-rules=MAP {LAN_NAME} 127.0.0.1"
    page = machine.sit_down(rules, address=f"http://{LAN_NAME}:{port}").page
    expect(strip(page, "insecure")).to_contain_text("请改用 https 地址")
    assert not page.evaluate("isSecureContext")
    shot(page, "softphone-insecure")
    is_not_offered(product)
    strip(page, "insecure").get_by_role("button", name="改用桌面话机").click()
    telephone_is(page, "desk")


def test_mute_is_one_thing_wherever_it_is_pressed(machine, citizens, product):
    station = machine.sit_down()
    page = station.page
    citizen, call_id = citizens(station)
    station.is_heard_by(citizen)
    page.keyboard.press("Alt+M")
    expect(page.locator("[data-command=unmute]")).to_be_visible()
    page.locator("[data-softphone]").click()
    panel = page.get_by_role("region", name="软电话")
    product.do(goes_quiet(product, citizen))
    shot(page, "softphone-muted")
    panel.get_by_role("button", name="取消静音").click()
    expect(page.locator("[data-command=mute]")).to_be_visible()
    page.keyboard.press("Escape")
    station.is_heard_by(citizen)
    # It never left the page: nobody was led anywhere for it.
    assert "TalkChanged" not in product.do(product.stage.told(call_id))


def test_a_microphone_that_is_taken_away_in_mid_call_ends_no_call(machine, citizens, product):
    station = machine.sit_down()
    page = station.page
    citizen, call_id = citizens(station)
    station.is_heard_by(citizen)
    station.context.clear_permissions()
    expect(strip(page, "denied")).to_contain_text("麦克风被浏览器禁止", timeout=LIMIT_MS)
    shot(page, "softphone-denied-in-call")
    # Silence is sent in its place: a leg that sends nothing counts as dead.
    before = product.do(packets_received(product))
    station.hears(citizen)
    assert product.do(packets_received(product)) > before
    station.context.grant_permissions(["microphone"])
    strip(page, "denied").get_by_role("button", name="重试").click()
    expect(strip(page, "denied")).to_have_count(0)
    station.is_heard_by(citizen)
    told = product.do(product.stage.told(call_id))
    assert "CallHeld" not in told
    assert told.count("CallAnswered") == 1


async def packets_received(product):
    said = await product.stage.asterisk_says("pjsip show channelstats")
    (row,) = (row for row in said.splitlines() if f"{SEAT}-web" in row)
    found = re.search(r" alaw +(\d+)", row)
    assert found, row
    return int(found[1])


def test_where_no_sound_passes_the_citizen_goes_back_to_the_line_and_the_page_takes_no_more(
    machine, citizens, floor, product
):
    station = machine.sit_down(NO_UDP)
    _, call_id = citizens(station)
    expect(strip(station.page, "no-way")).to_contain_text("没有声音通道", timeout=20_000)
    shot(station.page, "softphone-no-way")
    is_not_offered(product)
    is_served_by_another(product, floor, call_id)


def test_a_call_without_sound_is_the_last_one_even_if_the_citizen_ends_it_first(
    machine, citizens, product
):
    station = machine.sit_down(NO_UDP)
    citizen, call_id = citizens(station)
    station.page.wait_for_timeout(NEVER_SOUNDED_MS)
    product.do(citizen.hang_up())
    product.do(product.stage.call_is(call_id, "ended"))
    expect(strip(station.page, "no-way")).to_contain_text("没有声音通道")
    is_not_offered(product)


def test_a_page_that_is_closed_while_the_service_is_down_loses_no_citizen(
    machine, citizens, floor, product
):
    """In a room, where hold and retrieve have led both; the plain talk is in test_dialplan_on_asterisk.py."""
    station = machine.sit_down()
    citizen, call_id = citizens(station)
    station.is_heard_by(citizen)
    for state in ("held", "talking"):
        station.page.keyboard.press("Alt+H")
        before = product.do(product.stage.call_is(call_id, state))
    with product.stage.no_watchdog():
        killed = product.stage.kill_service()
        station.context.close()
        product.do(in_the_lifeboat(product))
    product.do(product.stage.new_service(killed))
    call = is_served_by_another(product, floor, call_id)
    assert call["joined_at"] == before["joined_at"]


async def in_the_lifeboat(product):
    async def there():
        said = await product.stage.asterisk_says("queue show lifeboat")
        return "No Callers" not in said

    await product.stage.becomes(there, 90)


OF_A_PROXY = {
    413: "内容太大，没有发送成功，请缩短或拆分后重试。",
    502: "服务暂时没有回应，可能正在重启，通话不受影响，请稍后重试。",
}
"""What a person reads when a reverse proxy answers; the other codes are in console/test/answers.test.ts."""


def of_a_proxy(status):
    body = f"<html><body><h1>{status} nginx</h1></body></html>"
    return lambda route: route.fulfill(status=status, content_type="text/html", body=body)


def test_whatever_a_proxy_answers_is_one_plain_sentence_and_the_button_works_again(
    machine, product
):
    page = machine.sit_down().page
    telephone_is(page, "ready")
    product.do(no_more_calls(product))
    may_be_ready(page)
    on_duty = re.compile(f"/api/seats/{SEAT}/ready$")
    for status, sentence in OF_A_PROXY.items():
        page.route(on_duty, of_a_proxy(status), times=1)
        page.keyboard.press("Alt+R")
        expect(page.get_by_text(sentence).first).to_be_visible(), status
        shot(page, f"proxy-{status}")
        page.reload()
        telephone_is(page, "ready")
        may_be_ready(page)
    page.keyboard.press("Alt+R")
    product.do(product.stage.seat_is(SEAT, "ready"))
    product.do(no_more_calls(product))


def test_on_a_slow_line_the_page_says_that_it_waits_and_sends_nothing_twice(machine, product):
    station = machine.sit_down()
    page = station.page
    telephone_is(page, "ready")
    product.do(no_more_calls(product))
    may_be_ready(page)
    asked = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/ready") else None)
    line = station.context.new_cdp_session(page)
    slow = {
        "offline": False,
        "latency": LATE_MS + 1000,
        "downloadThroughput": 4000,
        "uploadThroughput": 4000,
    }
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", slow)
    for _ in range(3):
        page.keyboard.press("Alt+R")
    expect(page.get_by_text("网络较慢，正在等待服务回应，请勿重复操作。")).to_be_visible(
        timeout=LIMIT_MS
    )
    shot(page, "slow-network")
    product.do(product.stage.seat_is(SEAT, "ready"))
    expect(page.get_by_text("网络较慢")).to_have_count(0, timeout=LIMIT_MS)
    assert len(asked) == 1
    line.send(
        "Network.emulateNetworkConditions",
        {**slow, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    product.do(no_more_calls(product))


def test_by_https_with_the_citys_own_certificate_everything_goes(machine, citizens, product):
    certificate, key = make_certificate(product.stage.places.var)
    product.do(product.stage.serve_https(certificate.name, key.name))
    seen = []
    station = machine.sit_down(f"--ignore-certificate-errors-spki-list={fingerprint(certificate)}")
    station.page.on("websocket", lambda one: seen.append(one.url))
    telephone_is(station.page, "ready")
    station.page.reload()
    citizen, _ = citizens(station)
    station.is_heard_by(citizen)
    station.hears(citizen)
    shot(station.page, "softphone-https")
    assert {url.split("?")[0] for url in seen} == {
        product.address.replace("https", "wss") + path for path in ("/sip", "/live")
    }
    (cookie,) = station.context.cookies()
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")
    answer = station.page.request.get(f"{product.address}/healthz", ignore_https_errors=True)
    assert "max-age=" in answer.headers["strict-transport-security"]
