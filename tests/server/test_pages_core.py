"""The pages of the server itself, as people meet them."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.forms import sent_again
from wugong import PLAN, STAGES, RoleGranted, StageClosed, StageOpened
from wugong.testing import Rehearsal
from wugong_server import Notice, Panel, hookimpl
from wugong_server.testing import app_of, browse

HOSTILE = '<script>alert(1)</script>" onload="x\' {{ 7*7 }}'


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal(
        {},
        members={"wang": ("officer", "admin"), "li": (), "sun": ("agent",)},
        title="梧桐苑社区",
        community="wutong",
    )


@pytest.fixture
def matter(rehearsal: Rehearsal) -> str:
    return rehearsal.open("3幢加装电梯", by="li", summary="六层，没有电梯。")


PATHS = (
    "/c/wutong",
    "/c/wutong/mine",
    "/c/wutong/matters",
    "/c/wutong/notices",
    "/c/wutong/journal",
    "/c/wutong/verify",
    "/c/wutong/duties",
    "/c/wutong/sign-in",
    "/about/accessibility",
    "/about/privacy",
    "/law",
    "/law/four-two",
    "/procedures",
    "/rehearsals",
    "/m/wutong.8",
    "/m/wutong.8/records/8",
)
STAFF_PATHS = (
    "/c/wutong/admin",
    "/c/wutong/admin/people",
    "/c/wutong/admin/roster",
    "/c/wutong/admin/plugins",
    "/c/wutong/admin/settings",
    "/m/wutong/do/wugong.role_granted",
    "/m/wutong/do/wugong.matter_opened",
    "/m/wutong.8/do/wugong.stage_skipped",
)


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_anybody_reads_what_is_public_in_their_language(
    rehearsal: Rehearsal, matter: str, path: str, language: str
) -> None:
    page = browse(rehearsal, language=language).get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert len(re.findall("<h1", page.text)) == 1
    if language != "en":
        assert not re.search(r">[^<{]*\b(?:the|and|your|of)\b[^<]*<", page.text), path


@pytest.mark.parametrize("path", STAFF_PATHS)
def test_staff_reach_administration_and_nobody_else_does(
    rehearsal: Rehearsal, matter: str, path: str
) -> None:
    assert browse(rehearsal, "wang").get(path).status_code == 200
    if "/admin" in path:
        assert browse(rehearsal, "li").get(path).status_code == 403
        assert browse(rehearsal).get(path).status_code == 403


def test_the_matter_page_shows_stages_in_words_and_what_can_be_done(
    rehearsal: Rehearsal, matter: str
) -> None:
    page = browse(rehearsal, "wang").get(f"/m/{matter}").text
    assert re.search(r'class="slip open" aria-current="step"><b>共谋</b><span>进行中', page)
    assert page.count('class="slip todo"') == 4
    assert "提出议题：3幢加装电梯" in page
    assert f"/m/{matter}/do/wugong.stage_skipped" in page
    assert (
        f"/m/{matter}/do/wugong.stage_skipped"
        not in browse(rehearsal, "li").get(f"/m/{matter}").text
    )


def test_a_skipped_and_a_returned_stage_are_said_in_words(
    rehearsal: Rehearsal, matter: str
) -> None:
    rehearsal.act("wang", matter, StageClosed(stage=PLAN))
    rehearsal.act("wang", matter, StageOpened(stage=PLAN, reason="方案要改"))
    page = browse(rehearsal).get(f"/m/{matter}").text
    assert "共谋开始" in page and "共谋完成" in page


def test_a_matter_for_members_is_unknown_to_others(rehearsal: Rehearsal) -> None:
    hidden = rehearsal.open("只给成员看", by="li", audience="members")
    assert browse(rehearsal).get(f"/m/{hidden}").status_code == 404
    assert browse(rehearsal, "li").get(f"/m/{hidden}").status_code == 200
    assert "只给成员看" not in browse(rehearsal).get("/c/wutong/matters").text
    assert "只给成员看" not in browse(rehearsal).get("/c/wutong").text
    assert "只给成员看" not in browse(rehearsal).get("/c/wutong/journal").text


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/c/none", "/m/none.7", "/m/wutong.899", "/m/wutong.8/records/3", "/about/x"],
)
def test_what_is_not_there_is_said_kindly(rehearsal: Rehearsal, matter: str, path: str) -> None:
    page = browse(rehearsal).get(path)
    assert page.status_code == 404
    assert "没有这一页" in page.text and "<h1>" in page.text


def test_raising_a_matter_records_it_and_says_so(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    form = {
        "title": "东门晚上太黑",
        "summary": "",
        "category": "",
        "audience": "public",
        "key": "k",
    }
    made = client.post("/m/wutong/do/wugong.matter_opened", data=form)
    assert made.status_code == 303
    page = client.get(made.headers["location"]).text
    assert "已记入实录第8条" in page and "核对码" in page
    forged = re.sub(r"done=8", "done=9", made.headers["location"])
    assert "已记入实录" not in client.get(forged).text
    assert "已记入实录" not in browse(rehearsal, "wang").get(made.headers["location"]).text


def test_the_same_form_sent_twice_is_one_act(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    form = {"title": "东门晚上太黑", "audience": "public", "key": "same"}
    first = client.post("/m/wutong/do/wugong.matter_opened", data=form)
    second = client.post("/m/wutong/do/wugong.matter_opened", data=form)
    assert first.headers["location"] == second.headers["location"]
    other = client.post("/m/wutong/do/wugong.matter_opened", data={**form, "title": "别的"})
    assert other.status_code == 409 and "这张表单已经用来办过别的事" in other.text


def test_a_wrong_form_comes_back_filled_with_the_error_at_its_field(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    form = {"title": "长" * 81, "summary": "六楼下不来", "audience": "public", "key": "k"}
    page = client.post("/m/wutong/do/wugong.matter_opened", data=form)
    assert page.status_code == 422
    assert "有81个字，最多80个" in page.text
    assert "六楼下不来" in page.text and "长" * 81 in page.text
    assert 'aria-invalid="true" aria-describedby="f-title-err"' in page.text
    assert re.search(r'<a href="#f-title">', page.text)
    assert "<title>1项要改" in page.text


def test_a_refused_act_shows_why_and_keeps_what_was_typed(
    rehearsal: Rehearsal, matter: str
) -> None:
    client = browse(rehearsal, "wang")
    form = {"stage": "manage", "reason": "着急", "key": "k", "act-step": "checked"}
    page = client.post(f"/m/{matter}/do/wugong.stage_opened", data=form)
    assert page.status_code == 409
    assert 'class="refuse" role="alert"' in page.text
    assert "要先共建，再共管" in page.text and "wugong.stage_out_of_order" in page.text
    assert "着急" in page.text


def test_htmx_gets_the_fragment_and_others_the_page(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal, "wang")
    whole = client.get("/c/wutong/matters")
    part = client.get("/c/wutong/matters", headers={"hx-request": "true"})
    assert part.text.startswith('<div id="found"') and "<html" not in part.text
    assert "HX-Request" in whole.headers["vary"] and "HX-Request" in part.headers["vary"]
    form = {"stage": "manage", "reason": "x", "key": "k"}
    sheet = client.post(
        f"/m/{matter}/do/wugong.stage_opened", data=form, headers={"hx-request": "true"}
    )
    assert sheet.status_code == 409 and sheet.text.startswith('<div id="act"')


def test_an_act_of_another_role_says_whose_it_is(rehearsal: Rehearsal, matter: str) -> None:
    page = browse(rehearsal, "li").get(f"/m/{matter}/do/wugong.stage_skipped")
    assert page.status_code == 403
    assert "这件事由" in page.text and "社区工作者" in page.text


def test_an_erasure_is_summed_up_before_it_is_recorded(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "wang")
    before = rehearsal.engine.head("wutong")
    form = {"member": "li", "reason": "本人要求", "key": "k"}
    check = client.post("/m/wutong/do/wugong.erased", data=form)
    assert check.status_code == 200 and "核对后再记入" in check.text
    assert "个人信息保护法第47条" in check.text and "本人要求" in check.text
    assert rehearsal.engine.head("wutong") == before
    back = client.post("/m/wutong/do/wugong.erased", data={**form, "act-step": "back"})
    assert form.items() <= sent_again(back.text, "/m/wutong/do/wugong.erased").items()
    assert rehearsal.engine.head("wutong") == before
    done = client.post("/m/wutong/do/wugong.erased", data={**form, "act-step": "checked"})
    assert done.status_code == 303
    assert rehearsal.matter("wutong").standing.erased == {"li"}


@pytest.mark.parametrize("matters", [0, 1])
def test_the_home_page_has_five_columns_empty_ones_too(rehearsal: Rehearsal, matters: int) -> None:
    for n in range(matters):
        rehearsal.open(f"路灯{n}", by="li")
    board = browse(rehearsal).get("/c/wutong").text.partition('class="board"')[2]
    columns = re.findall(r'<section aria-labelledby="col-(\w+)">(.*?)</section>', board, re.S)
    titles = [re.search(r"<b>([^<]*)</b>", text) for _key, text in columns]
    assert [one and one[1] for one in titles] == ["共谋", "共建", "共管", "共评", "共享"]
    assert [key for key, _text in columns] == [stage.key for stage in STAGES]
    empty = [key for key, text in columns if "目前没有" in text]
    assert empty == [stage.key for stage in STAGES][matters:]


def test_search_and_stage_narrow_the_list(rehearsal: Rehearsal) -> None:
    for n in range(23):
        rehearsal.open(f"路灯{n}", by="li")
    rehearsal.open("电梯", by="li")
    client = browse(rehearsal)
    assert client.get("/c/wutong/matters").text.count('class="matter"') == 20
    second = client.get("/c/wutong/matters?page=2").text
    assert second.count('class="matter"') == 4 and 'aria-current="page">2' in second
    assert client.get("/c/wutong/matters?search=电梯").text.count('class="matter"') == 1
    assert client.get("/c/wutong/matters?stage=build").text.count('class="matter"') == 0
    nothing = client.get("/c/wutong/matters?search=%25").text
    assert "没有找到" in nothing and "您找的是“%”" in nothing


def test_words_are_found_in_the_timeline_of_one_matter(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal, "wang")
    assert 'name="words"' not in client.get(f"/m/{matter}").text  # one page needs no search
    for n in range(12):
        rehearsal.act("wang", matter, StageClosed(stage=PLAN))
        reason = f"第{n}次，等厂家<回话>"
        rehearsal.act("wang", matter, StageOpened(stage=PLAN, reason=reason))
    assert 'name="words"' in client.get(f"/m/{matter}").text
    found = client.get(f"/m/{matter}", params={"words": "第11次，等厂家<回话>"}).text
    told = found.partition('id="told"')[2]
    assert told.count("/records/") == 1 and f'value="{escape("第11次，等厂家<回话>")}"' in told
    page = client.get(f"/m/{matter}", params={"words": "没有的词"}).text
    nothing = page.partition('id="told"')[2]
    assert "/records/" not in nothing and "没有的词" in nothing
    assert f'href="/m/{matter}"' in nothing  # the way back


def test_a_receipt_is_proved_up_to_the_root_that_the_journal_shows(rehearsal: Rehearsal) -> None:
    receipt = rehearsal.act("wang", "wutong", RoleGranted(member="li", role="steward"))
    client = browse(rehearsal)
    found = client.get("/c/wutong/verify", params={"code": receipt.code}).text
    shown = re.search(r"<dt>树根</dt><dd><code>([0-9a-f]{64})</code>", found)
    assert shown is not None
    assert shown[1] in client.get("/c/wutong/journal").text
    link = re.search(r'href="([^"]+)" download="receipt.json"', found)
    assert link is not None
    proof = client.get(link[1]).json()["inclusion"]
    assert (proof["root"], proof["index"]) == (shown[1], receipt.seq - 1)
    path = re.findall(r"<li><code>([0-9a-f]{64})</code></li>", found)
    assert path == proof["path"]
    index, size, node = proof["index"], proof["size"], b"\0" + bytes.fromhex(receipt.digest)
    node, last = hashlib.sha256(node).digest(), size - 1
    for other in map(bytes.fromhex, path):  # RFC 9162, 2.1.3.2
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        index, last = index // 2, last // 2
    assert node.hex() == shown[1]


def test_the_journal_shows_both_heads_and_a_receipt_is_found_by_its_code(
    rehearsal: Rehearsal,
) -> None:
    receipt = rehearsal.act("wang", "wutong", RoleGranted(member="li", role="steward"))
    client = browse(rehearsal)
    head = rehearsal.engine.head("wutong")
    page = client.get("/c/wutong/journal").text
    assert head.digest in page and head.sm3 in page
    found = client.get("/c/wutong/verify", params={"code": receipt.code.lower()})
    assert found.status_code == 200 and receipt.digest in found.text
    assert client.get("/c/wutong/verify?code=AAAA-AAAA-AAAA-AAAA").status_code == 404
    misspelt = client.get("/c/wutong/verify?code=0O1I")
    assert misspelt.status_code == 404 and "0、O、1和I" in misspelt.text


def test_the_list_of_duties_is_the_declarations(rehearsal: Rehearsal) -> None:
    page = browse(rehearsal).get("/c/wutong/duties").text
    row = re.search(r"删除个人资料.*?</tr>", page, re.S)
    assert row is not None
    assert "管理员" in row[0] and "个人信息保护法第47条" in row[0] and "社区工作者可见" in row[0]


def test_the_list_of_duties_shows_a_stage_at_a_time(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal)
    every = client.get("/c/wutong/duties").text
    assert 'id="d-any"' in every and 'id="d-plan"' not in every
    assert 'part=plan"' in every
    assert 'id="d-plan"' in client.get("/c/wutong/duties?part=plan").text


def test_a_refusal_has_a_heading_of_its_own(rehearsal: Rehearsal) -> None:
    page = browse(rehearsal, "li").get("/c/wutong/admin")
    assert page.status_code == 403 and page.text.count("<h1>") == 1


def test_settings_of_the_reader_are_remembered(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal)
    client.get("/preferences?elder=max&language=en&theme=light&next=/c/wutong")
    page = client.get("/c/wutong").text
    assert '<html lang="en" data-elder="max" data-theme="light">' in page
    answer = client.get("/preferences?elder=on&next=https://evil.example/")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("zh-TW,en", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("en-GB;q=0.5, zh-SG", "zh-Hans"),
        ("fr, en;q=0.3", "en"),
        ("fr", "zh-Hans"),
        ("", "zh-Hans"),
        (";;;q=x,", "zh-Hans"),
    ],
)
def test_the_browsers_language_is_understood(
    rehearsal: Rehearsal, accepts: str, language: str
) -> None:
    page = browse(rehearsal, language=accepts).get("/c/wutong").text
    assert f'<html lang="{language}"' in page


class Hostile:
    """Pages of a plugin with one good panel, one that raises, one whose template fails."""

    @hookimpl
    def register_routes(self) -> list[Route]:
        return [Route("/m/{matter}/hostile", self.crash, name="hostile.crash")]

    @staticmethod
    def crash(request: Request) -> Response:
        raise RuntimeError("the secret detail")

    @hookimpl
    def render_panels(self, matter: Any, page: str) -> list[Panel]:
        if page == "home":
            raise RuntimeError("no panel today")
        return [
            Panel(1, HOSTILE, "index.html", {"communities": []}),
            Panel(2, "Broken", "index.html", {}),
        ]

    @hookimpl
    def list_notices(self, matter: Any) -> list[Notice]:
        if matter.is_standing:
            return []
        return [
            Notice(
                seq=8,
                title=HOSTILE,
                posted_at=matter.opened_at,
                until=None,
                days=15,
                body=HOSTILE,
                lines=((HOSTILE, HOSTILE),),
                place=HOSTILE,
                source=HOSTILE,
            )
        ]


def test_a_stage_is_closed_only_where_it_is_open(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal, "wang")
    page = client.get(f"/m/{matter}/do/wugong.stage_closed").text
    assert re.findall(r'name="stage" value="(\w+)"', page) == ["plan"]
    page = client.get(f"/m/{matter}/do/wugong.stage_opened").text
    assert re.findall(r'name="stage" value="(\w+)"', page) == [
        "build",
        "manage",
        "evaluate",
        "share",
    ]
    page = client.get(f"/m/{matter}/do/wugong.stage_skipped").text
    assert len(re.findall(r'name="stage" value="(\w+)"', page)) == 5


def test_a_failing_plugin_costs_its_own_panel(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal, "wang", app=app_of(rehearsal, pages={"hostile": Hostile()}))
    assert client.get("/c/wutong").status_code == 200
    page = client.get(f"/m/{matter}").text
    assert "这一页少了一部分" in page and "提出议题" in page


def test_hostile_text_is_text_everywhere(rehearsal: Rehearsal) -> None:
    made = rehearsal.open(HOSTILE[:80], by="li", summary=HOSTILE)
    app = app_of(rehearsal, pages={"hostile": Hostile()})
    client = browse(rehearsal, "wang", app=app)
    paths = [
        "/c/wutong",
        "/c/wutong/matters?search=" + HOSTILE,
        "/c/wutong/journal",
        "/c/wutong/notices",
        "/c/wutong/verify?code=" + HOSTILE,
        f"/m/{made}",
        f"/m/{made}/records/8",
        f"/m/{made}/notices/8",
        f"/m/{made}/do/wugong.stage_skipped?reason={HOSTILE}",
        f"/m/wutong/do/wugong.matter_opened?title={HOSTILE}",
        f"/c/wutong/sign-in?next={HOSTILE}",
    ]
    for path in paths:
        page = client.get(path)
        assert page.status_code in (200, 404), path
        assert "<script>alert" not in page.text, path
        assert not re.search(r'<[^>]*"\s*onload=', page.text), path
        assert "49" not in re.findall(r"\{\{[^}]*\}\}|x' (\d+)", page.text), path
    assert str(escape(HOSTILE)) in client.get(f"/m/{made}/notices/8").text


def test_a_crash_is_told_without_its_secrets(rehearsal: Rehearsal, matter: str) -> None:
    from starlette.testclient import TestClient

    app = app_of(rehearsal, pages={"hostile": Hostile()})
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get(f"/m/{matter}/hostile", headers={"accept-language": "zh-Hans"})
    assert answer.status_code == 500
    assert "我们这边出了故障" in answer.text
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_notice_prints_with_a_code_and_the_way_to_object(
    rehearsal: Rehearsal, matter: str
) -> None:
    client = browse(rehearsal, "li", app=app_of(rehearsal, pages={"hostile": Hostile()}))
    board = client.get("/c/wutong/notices").text
    assert f'href="/m/{matter}/notices/8"' in board
    sheet = client.get(f"/m/{matter}/notices/8").text
    proof = rehearsal.engine.proof("wutong", 8)
    assert proof is not None
    code = proof.code.replace("-", "")
    assert " ".join(code[i : i + 4] for i in range(0, 16, 4)) in sheet
    assert '<svg role="img"' in sheet and "有意见怎么提" in sheet and 'class="chops"' in sheet
    assert client.get(f"/m/{matter}/notices/7").status_code == 404


def test_no_template_carries_script_style_or_handlers() -> None:
    from pathlib import Path

    import wugong_server

    folder = Path(wugong_server.__file__).parent / "templates"
    for file in folder.rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|\|\s*safe\b", text), (
            file
        )
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag, file


def test_what_a_browser_loads_is_small(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal)
    assert len(client.get("/static/wugong.css").content) < 20 * 1024
    assert len(client.get("/static/wugong.js").content) < 2 * 1024
    for path in PATHS:
        assert len(client.get(path).content) < 60 * 1024, path


def test_what_happened_names_its_matter_once(rehearsal: Rehearsal, matter: str) -> None:
    rehearsal.act("wang", matter, StageClosed(stage=PLAN))
    link = f'<a href="/m/{matter}">'
    for path in ("/c/wutong", "/c/wutong/journal"):
        recent = re.findall(r"<li><time.*?</li>", browse(rehearsal).get(path).text, re.S)
        (opened,) = [one for one in recent if "提出议题" in one]
        (closed,) = [one for one in recent if "共谋" in one]
        assert f"{link}提出议题：3幢加装电梯</a>" in opened and opened.count("3幢加装电梯") == 1
        assert f"{link}3幢加装电梯</a>：" in closed and closed.count("3幢加装电梯") == 1
