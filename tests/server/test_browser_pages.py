"""The pages in a real Chromium: readable, reachable and accessible, with script and without."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from tests.stories.looking import axe_faults
from tests.support.commits import lost_commit
from wugong import RoleGranted
from wugong.testing import Rehearsal
from wugong_server import Notice, Settings, create_app, hookimpl
from wugong_server.accounts import set_password
from wugong_server.serving import server_options
from wugong_server.testing import Signed

PASSWORD = "a long enough secret"
HELP = "社区办事点，周一至周六9:00至17:30，电话000-0000-0000（示例）。"


class Board:
    """Posts one notice a matter, so that the board and the sheet have something to show."""

    @hookimpl
    def list_notices(self, matter: Any) -> list[Notice]:
        if matter.is_standing:
            return []
        lines = (("应到", "35人"), ("实到", "29人，达到三分之二"), ("同意", "26人，超过到会一半"))
        return [
            Notice(
                seq=matter.last,
                title="关于安装路灯的决议",
                posted_at=matter.opened_at,
                until=matter.opened_at + timedelta(days=15, hours=15),
                days=15,
                body="村民代表会议通过：在主路和3条支路安装太阳能路灯42盏，预算126,000.00元。",
                lines=lines,
                place="村公告栏",
                source="村組法 (2025) 29, 30, 35",
            )
        ]


@dataclass
class Site:
    """A server that runs for the tests of this module."""

    address: str
    rehearsal: Rehearsal
    matter: str
    paths: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    members = {"zhou": ("officer", "admin", "agent"), "li": (), "wang": ()}
    rehearsal = Rehearsal({}, members=members, title="梧桐苑社区（示例）", community="wutong")
    matter = rehearsal.open("3幢加装电梯", by="li", summary="3个单元、72户，六层，没有电梯。")
    rehearsal.open("东门晚上太黑", by="wang")
    receipt = rehearsal.act("zhou", "wutong", RoleGranted(member="li", role="steward"))
    set_password(rehearsal.engine, "zhou", PASSWORD, {"wutong": "zhou"})
    settings = Settings(secret=b"browser", rate_limits=False, demonstration=True, help_line=HELP)
    app = create_app(rehearsal.engine, settings, {"board": Board(), "zz": Signed()})
    with running(app) as address:
        yield Site(address, rehearsal, matter, paths_of(matter, receipt.code))


def paths_of(matter: str, code: str) -> dict[str, str]:
    return {
        "home": "/c/wutong",
        "mine": "/c/wutong/mine",
        "matters": "/c/wutong/matters?search=电梯",
        "nothing found": "/c/wutong/matters?search=xyz",
        "matter": f"/m/{matter}",
        "record": f"/m/{matter}/records/{matter.rpartition('.')[2]}",
        "notices": "/c/wutong/notices",
        "notice": f"/m/{matter}/notices/{matter.rpartition('.')[2]}",
        "journal": "/c/wutong/journal",
        "verify": f"/c/wutong/verify?code={code}",
        "duties": "/c/wutong/duties",
        "sign-in": "/c/wutong/sign-in",
        "act": "/m/wutong/do/wugong.member_enrolled",
        "act with lists": f"/m/{matter}/do/voting.poll_opened",
        "refused act": f"/m/{matter}/do/funds.payment_made",
        "desk": "/c/wutong/desk",
        "admin": "/c/wutong/admin",
        "people": "/c/wutong/admin/people",
        "roster": "/c/wutong/admin/roster",
        "plugins": "/c/wutong/admin/plugins",
        "settings": "/c/wutong/admin/settings",
        "about": "/about/accessibility",
        "not found": "/c/nowhere",
    }


class running:
    """A uvicorn in a thread, on a free port, as the command line runs it."""

    def __init__(self, app: Any) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", **server_options())
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def __exit__(self, *_error: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@dataclass(frozen=True)
class Look:
    """How somebody looks at the pages."""

    name: str
    width: int
    locale: str = "zh-CN"
    scheme: Any = "light"
    elder: str = ""
    script: bool = True


LOOKS = (
    Look("a phone in Simplified Chinese", 360),
    Look("a desk in Traditional Chinese, dark", 1280, "zh-TW", "dark"),
    Look("large type in English", 360, "en-US", elder="on"),
    Look("the largest type, dark", 360, scheme="dark", elder="max"),
    Look("a desk without script", 1280, script=False),
)


def page_for(browser: Browser, site: Site, look: Look, member: str | None = "zhou") -> Page:
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        locale=look.locale,
        color_scheme=look.scheme,
        java_script_enabled=look.script,
        extra_http_headers={"x-rehearsal-member": member} if member else {},
    )
    if look.elder:
        context.add_cookies([{"name": "wg-elder", "value": look.elder, "url": site.address}])
    return context.new_page()


# What a page must show, in the words of WCAG 2.2 AA as far as a program can tell.
def faults(page: Page, script: bool) -> list[str]:
    found = []
    if script:  # axe itself is a script
        found += axe_faults(page)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        found.append(f"{wide} pixels wider than the window")
    if page.locator("h1").count() + page.locator("section.refuse h2").count() < 1:
        found.append("no heading")
    if page.locator("*").count() > 800:
        found.append(f"{page.locator('*').count()} elements")
    small = page.evaluate(
        """[...document.querySelectorAll('.btn, .nav a, input[type=text], select')]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    return found + [f"too small to touch: {one}" for one in small]


@pytest.mark.parametrize("look", [pytest.param(look, id=look.name) for look in LOOKS])
def test_every_page_is_accessible(browser: Browser, site: Site, look: Look) -> None:
    told: list[str] = []
    page = page_for(browser, site, look)
    page.on("pageerror", lambda error: told.append(f"script: {error}"))
    page.on(
        "console",
        lambda said: told.append(said.text) if "Security Policy" in said.text else None,
    )
    for name, path in site.paths.items():
        page.goto(site.address + path)
        told += [f"{name}: {fault}" for fault in faults(page, look.script)]
    page.context.close()
    assert told == []


def test_a_first_view_stays_within_its_budget(browser: Browser, site: Site) -> None:
    page = page_for(browser, site, LOOKS[0], None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}/c/wutong")
    page.wait_for_load_state("networkidle")
    assert 1 < len(asked) <= 4, asked  # the page, the sheet, htmx, our script; the icon is inline
    assert all(url.startswith(site.address) for url in asked)
    page.context.close()


def test_signing_in_and_acting_works_without_script(browser: Browser, site: Site) -> None:
    page = page_for(browser, site, LOOKS[4], None)
    page.goto(f"{site.address}/m/wutong/do/wugong.matter_opened")
    expect(page).to_have_url(re.compile("/c/wutong/sign-in"))
    page.get_by_label("账号").fill("zhou")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/m/wutong/do/wugong.matter_opened"))
    page.get_by_label("是什么事？").fill("车棚漏雨")
    page.get_by_role("button", name="提出议题").click()
    expect(page.get_by_role("status")).to_contain_text("已记入实录第")
    expect(page.get_by_role("heading", level=1)).to_have_text("车棚漏雨")
    page.get_by_text("程序步骤").click()
    page.get_by_role("link", name="开启阶段").click()
    page.get_by_text("共享", exact=True).click()
    page.get_by_role("button", name="开启阶段").click()
    expect(page.get_by_role("alert")).to_contain_text("要先共建，再共享")
    expect(page.get_by_role("alert")).to_contain_text("没有留下任何改动")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="登录", exact=True)).to_be_visible()
    page.context.close()


def test_a_binding_act_is_checked_first_and_can_go_back(browser: Browser, site: Site) -> None:
    for look in (LOOKS[0], LOOKS[4]):
        page = page_for(browser, site, look)
        before = site.rehearsal.engine.head("wutong")
        page.goto(f"{site.address}/m/wutong/do/wugong.erased?member=wang")
        page.get_by_label("理由").fill("本人要求")
        page.get_by_role("button", name="下一步：核对").click()
        expect(page.get_by_role("heading", name="核对后再记入")).to_be_visible()
        expect(page.get_by_text("本人要求")).to_be_visible()
        page.get_by_role("button", name="回去改").click()
        expect(page.get_by_label("理由")).to_have_value("本人要求")
        assert site.rehearsal.engine.head("wutong") == before
        page.context.close()


def test_htmx_narrows_the_list_in_place_and_the_back_key_works(
    browser: Browser, site: Site
) -> None:
    page = page_for(browser, site, LOOKS[0])
    page.goto(f"{site.address}/c/wutong/matters")
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.get_by_label("标题里的字").fill("东门")
    page.get_by_role("button", name="查找").click()
    expect(page).to_have_url(re.compile("search="))
    expect(page.locator("#found .matter")).to_have_count(1)
    assert loads == []
    page.go_back()
    expect(page.locator("#found .matter")).to_have_count(site_matters(site))
    page.context.close()


def site_matters(site: Site) -> int:
    return site.rehearsal.engine.matters("wutong", site.rehearsal.viewer("wutong", "zhou"))[1]


def test_an_error_takes_the_focus_and_its_link_leads_to_the_field(
    browser: Browser, site: Site
) -> None:
    page = page_for(browser, site, LOOKS[0])
    page.goto(f"{site.address}/m/wutong/do/wugong.matter_opened")
    title = page.get_by_label("是什么事？")
    title.evaluate("field => field.removeAttribute('maxlength')")
    title.fill("长" * 81)
    page.get_by_role("button", name="提出议题").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("1项要改")
    expect(alert).to_be_focused()
    alert.get_by_role("link").click()
    expect(page.get_by_label("是什么事？")).to_be_focused()
    expect(page.get_by_label("是什么事？")).to_have_value("长" * 81)
    page.context.close()


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[4]], ids=["with script", "without"])
def test_what_perhaps_was_recorded_is_sent_again_and_counts_once(
    browser: Browser, site: Site, look: Look
) -> None:
    page, engine = page_for(browser, site, look), site.rehearsal.engine
    before = engine.head("wutong").seq
    page.goto(f"{site.address}/m/wutong/do/wugong.matter_opened")
    page.get_by_label("是什么事？").fill("楼道灯不亮")
    with lost_commit(engine, written=True):
        page.get_by_role("button", name="提出议题").click()
        expect(page.get_by_role("heading", name="不清楚是否已经记入")).to_be_visible()
    if look.script:
        expect(page.get_by_role("alert")).to_be_focused()
    assert faults(page, look.script) == []
    page.get_by_role("button", name="提出议题").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("楼道灯不亮")
    assert engine.head("wutong").seq == before + 1
    page.context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Site) -> None:
    page = page_for(browser, site, LOOKS[0])
    page.goto(f"{site.address}/c/wutong")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.context.close()


def test_a_notice_fits_one_sheet_of_a4(browser: Browser, site: Site) -> None:
    page = page_for(browser, site, LOOKS[1])
    page.goto(site.address + site.paths["notice"])
    sheet = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.context.close()


def test_the_largest_type_is_30_pixels(browser: Browser, site: Site) -> None:
    sizes = {}
    for look in (LOOKS[0], LOOKS[2], LOOKS[3]):
        page = page_for(browser, site, look)
        page.goto(f"{site.address}/c/wutong")
        size = page.evaluate("getComputedStyle(document.querySelector('main p')).fontSize")
        sizes[look.elder] = round(float(size.removesuffix("px")))
        page.context.close()
    assert sizes == {"": 17, "on": 20, "max": 30}
