"""Accounts, second factor, seats and the audit in a real Chromium, on the running product."""

import base64
import re
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.test_console import shot
from web import totp

OWN = "my own words 7"
REASON = "热线办〔2026〕41号"


@pytest.fixture
def somebody(browser, browser_context_args, product):
    """A browser that is nobody yet; closed afterwards."""
    pages = []

    def come():
        page = browser.new_context(**browser_context_args).new_page()
        pages.append(page)
        page.goto(product.address)
        return page

    yield come
    for page in pages:
        page.context.close()


def log_in(page, username, password):
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def create(page, product, username, name, roles, seat=None):
    """His first password, as the page shows it this once."""
    page.goto(f"{product.address}/admin/people")
    page.locator("[data-command=create]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("姓名").fill(name)
    dialog.get_by_label("用户名").fill(username)
    for role in roles:
        dialog.get_by_label(role).check()
    if seat is not None:
        dialog.get_by_label("座席").select_option(seat)
    dialog.get_by_label("依据").fill(REASON)
    dialog.get_by_role("button", name="保存").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    password = page.locator("[data-secret]").inner_text()
    page.get_by_role("button", name="已记下").click()
    return password


def choose_password(page, first, own=OWN):
    page.get_by_label("当前密码").fill(first)
    page.get_by_label(re.compile("^新密码")).fill(own)
    page.get_by_label("再输一次新密码").fill(own)
    page.get_by_role("button", name="修改密码").click()


def test_an_administrator_creates_an_operator_who_logs_in_and_is_refused_administration(
    desk, somebody, product
):
    admin = desk("admin", "/admin")
    shot(admin, "admin")
    first = create(admin, product, "zhaolei", "赵磊", ["话务员"], "8004")
    expect(admin.locator("[data-person=zhaolei]").get_by_text("待改密码")).to_be_visible()
    page = somebody()
    log_in(page, "zhaolei", first)
    expect(page.get_by_text("赵磊，您好")).to_be_visible()
    shot(page, "welcome")
    page.goto(f"{product.address}/calls")
    expect(page.get_by_text("赵磊，您好")).to_be_visible()
    choose_password(page, first)
    page.wait_for_url(re.compile("/desk"))
    page.goto(f"{product.address}/admin/people")
    expect(page.get_by_text("您的角色没有这个权限。").first).to_be_visible()
    refused = page.evaluate(
        """async () => Promise.all(['/api/people', '/api/audit', '/api/doctor', '/api/seat-definitions']
            .map(path => fetch(path).then(answer => answer.status)))"""
    )
    assert refused == [403] * 4
    admin.reload()
    expect(admin.locator("[data-person=zhaolei]").get_by_text("正常")).to_be_visible()
    shot(admin, "people")


def test_a_second_factor_is_set_up_by_its_picture_and_asked_for_at_the_next_log_in(
    desk, somebody, product
):
    admin = desk("admin", "/admin/people")
    first = create(admin, product, "wumin", "吴敏", ["质检员"])
    page = somebody()
    log_in(page, "wumin", first)
    choose_password(page, first)
    page.wait_for_url(lambda url: "welcome" not in url and "login" not in url)
    page.goto(f"{product.address}/account")
    page.get_by_role("button", name="绑定身份验证器").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("当前密码").fill(OWN)
    dialog.get_by_role("button", name="下一步").click()
    expect(dialog.get_by_alt_text("绑定用的二维码")).to_be_visible()
    assert page.evaluate("document.querySelector('dialog img').naturalWidth") > 100
    shot(page, "factor")
    phone = Phone(dialog.locator("[data-secret]").inner_text())
    dialog.get_by_label("验证器上显示的 6 位数字").fill(phone.next_code())
    dialog.get_by_role("button", name="确认绑定").click()
    expect(dialog.get_by_text("绑定成功")).to_be_visible()
    recovery = dialog.locator(".codes li").first.inner_text()
    dialog.get_by_role("button", name="已记下").click()
    expect(page.get_by_text("已绑定", exact=True)).to_be_visible()
    shot(page, "account")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/login"))

    log_in(page, "wumin", OWN)
    page.get_by_label("动态口令").fill("000000")
    page.get_by_role("button", name="验证并登录").click()
    expect(page.get_by_text(re.compile("动态口令不对"))).to_be_visible()
    shot(page, "login-code")
    page.get_by_label("动态口令").fill(phone.next_code())
    page.get_by_role("button", name="验证并登录").click()
    expect(page.get_by_text("实时连接正常")).to_be_visible()

    other = somebody()
    log_in(other, "wumin", OWN)
    other.get_by_label("动态口令").fill(recovery)
    other.get_by_role("button", name="验证并登录").click()
    expect(other.get_by_text("实时连接正常")).to_be_visible()


class Phone:
    """An authenticator that was told the key; never shows the same code twice."""

    def __init__(self, key):
        key = key.replace(" ", "")
        self._secret = base64.b32decode(key + "=" * (-len(key) % 8))
        self._step = 0

    def next_code(self):
        # The next half-minute's code counts already; so nobody waits here for the clock.
        self._step = max(self._step + 1, int(time.time()) // totp.STEP_S)
        return totp.code_at(self._secret, self._step)


def test_five_wrong_passwords_lock_and_the_page_says_until_when(desk, somebody, product):
    admin = desk("admin", "/admin/people")
    create(admin, product, "locked", "郑欣", ["质检员"])
    page = somebody()
    for _ in range(5):
        log_in(page, "locked", "guess at it")
        expect(page.get_by_text("用户名或密码错误。")).to_be_visible()
    log_in(page, "locked", "guess at it")
    expect(page.get_by_text(re.compile(r"账号已锁定，\d\d:\d\d:\d\d 后可再试"))).to_be_visible()
    shot(page, "login-locked")
    admin.reload()
    row = admin.locator("[data-person=locked]")
    expect(row.get_by_text(re.compile("锁定至"))).to_be_visible()
    row.get_by_role("button", name="解锁").click()
    expect(row.get_by_text("待改密码")).to_be_visible()


@contextmanager
def ended_elsewhere(product, username):
    """An administrator ends all his sessions while his page is open."""

    async def end():
        api = await product.stage.api()
        await api.post(f"/api/people/{username}/end-sessions")

    product.do(end())
    yield


def test_a_seat_is_made_and_retired_while_the_house_is_open_and_asterisk_knows_it(desk, product):
    page = desk("admin", "/admin/seats")
    page.locator("[data-command=create]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("座席号").fill("8055")
    dialog.get_by_label("名称").fill("新增席")
    dialog.get_by_role("button", name="保存").click()
    password = page.locator("[data-secret]").inner_text()
    assert len(password) == 24
    page.get_by_role("button", name="已记下").click()
    expect(page.locator("[data-seat='8055']")).to_be_visible()
    shot(page, "admin-seats")
    product.do(product.stage.becomes(lambda: _knows(product, "8055"), 10))
    row = page.locator("[data-seat='8055']")
    row.get_by_role("button", name="撤销").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(row).to_have_count(0)
    product.do(product.stage.becomes(lambda: _forgot(product, "8055"), 10))
    taken = page.locator("[data-seat='8001']")
    taken.get_by_role("button", name="撤销").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    expect(page.get_by_text(re.compile("座席还归属于|座席还有人签入"))).to_be_visible()


async def _knows(product, seat):
    listed = await product.stage.asterisk_says("pjsip list endpoints")
    return re.search(rf"Endpoint:\s+{seat}\b", listed) is not None


async def _forgot(product, seat):
    return not await _knows(product, seat)


def test_the_audit_knows_who_did_what_and_is_whole(desk, product):
    page = desk("admin", "/admin/people")
    create(page, product, "noted", "吴某", ["质检员"])
    page.goto(f"{product.address}/admin/audit")
    row = page.locator("tr", has_text="noted").filter(has_text="新建人员").first
    expect(row).to_contain_text(REASON)
    shot(page, "audit")
    page.locator("[data-command=check]").click()
    expect(page.get_by_text(re.compile("核验通过"))).to_be_visible()
    page.get_by_role("button", name="查阅", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text("查看")
    with page.expect_download() as taken:
        page.locator("[data-command=export]").click()
    sheet = taken.value.path().read_text(encoding="utf-8-sig")
    assert "（admin）" in sheet.splitlines()[0]


def test_the_doctor_and_the_year_are_pages(desk, product):
    page = desk("admin", "/admin/doctor")
    expect(page.get_by_text("语音交换运行")).to_be_visible(timeout=30_000)
    shot(page, "doctor")
    page.goto(f"{product.address}/admin/calendar")
    expect(page.get_by_text(re.compile(r"工作日 \d+ 天"))).to_be_visible()
    expect(page.locator(".holiday").first).to_be_visible()
    shot(page, "calendar")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_every_page_of_administration_fits_both_screens(desk, product, size):
    page = desk("admin", "/admin")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in ("", "/people", "/seats", "/calendar", "/audit", "/doctor"):
        page.goto(f"{product.address}/admin{path}")
        expect(page.locator(".card").first).to_be_visible(timeout=30_000)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
        shot(page, f"admin{path.replace('/', '-')}")


def test_a_session_that_ends_leaves_the_page_and_what_was_typed_there(desk, somebody, product):
    admin = desk("admin", "/admin/people")
    first = create(admin, product, "qianwei", "钱伟", ["管理员"])
    page = somebody()
    log_in(page, "qianwei", first)
    choose_password(page, first)
    page.wait_for_url(lambda url: "welcome" not in url and "login" not in url)
    page.goto(f"{product.address}/admin/people")
    page.locator("[data-command=create]").click()
    form = page.get_by_role("dialog", name="新建人员")
    form.get_by_label("姓名").fill("孙莉")
    form.get_by_label("用户名").fill("sunli")
    form.get_by_label("班长").check()
    form.get_by_label("依据").fill(REASON)
    with ended_elsewhere(product, "qianwei"):
        # Whatever the page asks for by itself may meet the end first, and ask for the log-in over the form.
        form.get_by_role("button", name="提交审批").dispatch_event("click")
    again = page.get_by_role("dialog", name="登录已失效，请重新登录")
    expect(again).to_be_visible()
    shot(page, "again")
    again.get_by_label("密码").fill(OWN)
    again.get_by_role("button", name="登录", exact=True).click()
    # The very request that met the end of the session is done now; nothing was typed twice.
    expect(page.locator("[data-request=sunli]")).to_be_visible()
    expect(page.get_by_text("实时连接正常")).to_be_visible()


def test_what_one_administrator_asks_for_another_gives(desk, somebody, product):
    """After the story before there are two of them, and one has asked."""
    page = desk("admin", "/admin/people")
    expect(page.locator("[data-person=sunli]")).to_have_count(0)
    page.locator("[data-command=requests]").click()
    row = page.locator("[data-request=sunli]")
    expect(row).to_contain_text("新账号")
    shot(page, "requests")
    row.locator("[data-command=approve]").click()
    page.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(page.locator("[data-secret]")).to_be_visible()
    first = page.locator("[data-secret]").inner_text()
    page.get_by_role("button", name="已记下").click()
    expect(row).to_have_count(0)
    new = somebody()
    log_in(new, "sunli", first)
    expect(new.get_by_text("孙莉，您好")).to_be_visible()

    page.get_by_role("tab", name="人员").click()
    page.locator("[data-person=sunli] [data-command=edit]").click()
    form = page.get_by_role("dialog")
    form.get_by_label("质检员").check()
    form.get_by_label("依据").fill(REASON)
    form.get_by_role("button", name="提交审批").click()
    asked = page.locator("[data-request=sunli]")
    expect(asked).to_contain_text("增加 质检员")
    # Nobody gives what he asked for himself.
    expect(asked.locator("[data-command=approve]")).to_have_count(0)
    asked.locator("[data-command=withdraw]").click()
    expect(asked).to_have_count(0)
