"""An operator whose telephone is his browser: real SIP, real sound, and every trouble that he meets."""

import asyncio
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.station import (
    KEEP_FAR_END,
    NUMBER,
    SEAT,
    Station,
    goes_quiet,
    log_in,
    no_more_calls,
    ready,
    shot,
    strip,
    telephone_is,
)
from tests.live.cable import Cable


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
    product.do(no_more_calls(product))


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
    product.do(goes_quiet(product, citizen))
    panel.get_by_role("button", name="取消静音").click()
    page.keyboard.press("Escape")
    station.is_heard_by(citizen)


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
