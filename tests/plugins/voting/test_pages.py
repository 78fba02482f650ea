"""A voter's way: read, choose, check, cast, keep the code; and what everybody reads afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

import wugong_planning
import wugong_rural
import wugong_urban
import wugong_voting
from wugong import Procedure, Setting, hookimpl, read_procedure
from wugong.testing import Rehearsal
from wugong_server import hookimpl as pages_hook
from wugong_server.accounts import set_password
from wugong_server.plugins import installed_pages
from wugong_server.testing import app_of, browse
from wugong_voting import showing
from wugong_voting.showing import in_order
from wugong_voting.state import polls_of

OWNERS = [
    ("101", "li", "1", 80_00),
    ("102", "zhao", "1", 70_00),
    ("201", "qian", "2", 80_00),
    ("202", "qian", "2", 70_00),
]
CHARTER = """
id = "charter"
body = "owners_assembly"
setting = "urban"
roster = "owners"
effective_from = 2021-01-01
quorum = [
  { id = "area", measure = "area", base = "all", op = ">=", share = "2/3", source = "章程 4" },
  { id = "heads", measure = "heads", base = "all", op = ">=", share = "2/3", source = "章程 4" },
]
consent = [
  { id = "yes", measure = "heads", base = "part", op = ">", share = "1/2", source = "章程 5" },
]
basis = [{ article = "民法典 278", text_year = 2020, confidence = "V" }]
[title]
zh_Hans = "章程"
zh_Hant = "章程"
en = "Charter"
"""


class Charters:
    @hookimpl
    def register(self) -> list[Procedure]:
        return [read_procedure(CHARTER)]


def polling(**more: Any) -> tuple[Rehearsal, str, int]:
    plugins = {"voting": wugong_voting, "planning": wugong_planning, "charters": Charters()}
    members: dict[str, tuple[str, ...]] = {
        "wang": ("officer",),
        "desk": ("agent",),
        **dict.fromkeys(("li", "zhao", "qian", "tenant"), ()),
    }
    r = Rehearsal(plugins, members=members)
    r.roster("owners", OWNERS)
    matter = r.open("Lights", by="li")
    body = {
        "question": "是否装路灯？",
        "options": [
            {"id": "yes", "title": "同意"},
            {"id": "no", "title": "反对"},
            {"id": "abstain", "title": "弃权"},
        ],
        "procedure": "charter",
        "roster": "owners",
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
        **more,
    }
    return r, matter, r.act("wang", matter, "voting.poll_opened", body).seq


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the first form about a ballot."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if "entitlement" in f)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def vote(client: TestClient, matter: str, poll: int, choice: str) -> str:
    """Go through the pages of a ballot and return the receipt page."""
    path = f"/m/{matter}/polls/{poll}"
    first = fields(client.get(path).text)
    checked = client.post(f"{path}/ballot", data={**first, "choice": choice, "step": "check"})
    assert checked.status_code == 200, checked.text
    cast = client.post(f"{path}/ballot", data={**fields(checked.text), "step": "cast"})
    assert cast.status_code == 303, cast.text
    return str(client.get(cast.headers["location"]).text)


def test_a_ballot_is_checked_before_it_is_cast_and_leaves_a_code() -> None:
    r, matter, poll = polling()
    client = browse(r, "li")
    page = client.get(f"/m/{matter}/polls/{poll}").text
    assert "是否装路灯？" in page and "您代表101投票" in page and "80.00平方米" in page
    head = r.engine.head("example")
    path = f"/m/{matter}/polls/{poll}/ballot"
    data = {**fields(page), "choice": "yes", "step": "check"}
    assert "核对选票" in client.post(path, data=data).text
    assert r.engine.head("example") == head, "checking records nothing"
    receipt = vote(client, matter, poll, "yes")
    assert "已收到您的选票" in receipt
    assert "同意" not in re.sub(r"<footer.*", "", receipt, flags=re.S)
    assert re.search(r'class="code">[0-9A-Z ]+<', receipt)


def test_at_the_desk_a_ballot_is_read_out_before_it_is_cast() -> None:
    r, matter, poll = polling()
    set_password(r.engine, "desk", "a long enough secret", {"example": "desk"})
    desk = browse(r)
    account = {"account": "desk", "password": "a long enough secret"}
    assert desk.post("/c/example/sign-in", data=account).status_code == 303
    desk.post("/c/example/desk/start", data={"member": "li", "channel": "assisted"})
    agree_at(desk, matter, poll)
    for client, said in ((desk, True), (browse(r, "zhao"), False)):
        page = client.get(f"/m/{matter}/polls/{poll}").text
        data = {**fields(page), "choice": "yes", "step": "check"}
        checked = client.post(f"/m/{matter}/polls/{poll}/ballot", data=data).text
        assert ("请念给li听，由本人决定：" in checked) is said
        assert ('class="card stack read"' in checked) is said


def agree_at(desk: TestClient, matter: str, poll: int) -> None:
    """Record at the desk, before a witness, that the person who sits there wants help."""
    path = f"/m/{matter}/do/voting.help_agreed"
    hidden = re.findall(r'name="(csrf|key)" value="(.*?)"', desk.get(f"{path}?poll={poll}").text)
    said = {"poll": str(poll), "consent": "thumbprint", "witness": "zhao", "act-step": "checked"}
    assert desk.post(path, data={**dict(hidden), **said}).status_code == 303


def test_at_the_desk_consent_comes_before_the_ballot_and_a_slip_after_it() -> None:
    r, matter, poll = polling()
    set_password(r.engine, "desk", "a long enough secret", {"example": "desk"})
    desk = browse(r)
    desk.post("/c/example/sign-in", data={"account": "desk", "password": "a long enough secret"})
    desk.post("/c/example/desk/start", data={"member": "li", "channel": "assisted"})
    place = f"/m/{matter}/polls/{poll}"
    before = desk.get(place).text
    assert "登记本人同意和见证人" in before
    assert 'name="choice"' not in before
    agree_at(desk, matter, poll)
    slip = vote(desk, matter, poll, "yes")
    for told in ("打印回执", "见证人", "zhao", "代办员", "本人签名或按手印"):
        assert told in slip
    assert "同意</" not in slip
    assert "登记本人同意和见证人" in desk.get(place).text  # for another ballot


def test_who_votes_alone_is_not_asked_to_agree_to_help() -> None:
    r, matter, _ = polling()
    page = browse(r, "li").get(f"/m/{matter}").text
    assert "voting.help_agreed" not in page


def test_going_back_keeps_the_choice_and_a_second_ballot_replaces_the_first() -> None:
    r, matter, poll = polling()
    client = browse(r, "li")
    first = fields(client.get(f"/m/{matter}/polls/{poll}").text)
    path = f"/m/{matter}/polls/{poll}/ballot"
    back = client.post(path, data={**first, "choice": "no", "step": "back"}).text
    assert re.search(r'value="no" required checked', back)
    vote(client, matter, poll, "yes")
    assert "您已经投过票" in client.get(f"/m/{matter}/polls/{poll}").text
    vote(client, matter, poll, "no")
    r.wait(days=7)
    decided = polls_of(r.matter(matter))[poll].decided
    assert decided is not None
    assert [count.ballots for count in decided.counts] == [0, 1, 0]


@pytest.mark.parametrize(
    ("member", "waits"),
    [
        pytest.param("li", True, id="on the roll, has not voted"),
        pytest.param("zhao", False, id="on the roll, voted"),
        pytest.param("tenant", False, id="not on the roll"),
        pytest.param("wang", False, id="an officer, not on the roll"),
    ],
)
@pytest.mark.parametrize("secrecy", ["open", "secret"])
def test_a_poll_waits_for_who_can_vote_and_has_not(member: str, waits: bool, secrecy: str) -> None:
    r, matter, poll = polling(secrecy=secrecy)
    vote(browse(r, "zhao"), matter, poll, "yes")
    client = browse(r, member)
    home, mine = client.get("/c/example").text, client.get("/c/example/mine").text
    assert ("等您办的事1件" in home) is waits
    assert ("等您办的" in mine) is waits
    listed = client.get(f"/m/{matter}").text.partition('id="can"')[2].partition("</table>")[0]
    assert "投票：是否装路灯？" in listed
    assert ("（您）" in listed) is waits


def test_a_ballot_is_offered_only_where_there_is_a_poll() -> None:
    r, matter, _ = polling()
    other = r.open("Benches", by="li")
    client = browse(r, "li")
    for kind in ("voting.ballot_cast", "voting.mandate_given"):
        assert kind not in client.get(f"/m/{other}").text
        assert client.get(f"/m/{other}/do/{kind}").status_code == 200  # who has the address
    assert "投票" in client.get(f"/m/{matter}").text


def test_in_a_closed_poll_nothing_is_offered_but_an_objection() -> None:
    r, matter, poll = polling()
    client = browse(r, "zhao")
    assert f"/m/{matter}/do/voting.mandate_given" in client.get(f"/m/{matter}").text
    r.wait(days=7)
    page = client.get(f"/m/{matter}").text
    assert "do/voting.mandate_given" not in page and "do/voting.ballot_cast" not in page
    assert f"/m/{matter}/do/voting.ballot_contested" in page
    form = f"/m/{matter}/do/voting.mandate_given"
    assert "没有可选" in client.get(form).text
    assert f'name="poll" value="{poll}"' in client.get(f"{form}?poll={poll}").text  # an old link
    r.wait(days=30)
    assert "do/voting.ballot_contested" not in client.get(f"/m/{matter}").text


def test_a_plugin_that_does_not_know_what_can_be_named_takes_nothing_off() -> None:
    class Lost:
        @pages_hook
        def can_name(self, seq: int) -> bool:
            raise RuntimeError("nobody knows")

    r, matter, poll = polling()
    app = app_of(r, pages={**installed_pages({"voting": wugong_voting}), "lost": Lost()})
    page = browse(r, "zhao", app=app).get(f"/m/{matter}/do/voting.mandate_given").text
    assert f'name="poll" value="{poll}"' in page


def test_a_poll_waits_until_each_entitlement_was_used() -> None:
    r, matter, poll = polling()
    client = browse(r, "qian")  # two flats, one member: one entitlement
    assert "等您办的事1件" in client.get("/c/example").text
    vote(client, matter, poll, "yes")
    assert "眼下没有等您办的事" in client.get("/c/example").text


def test_a_plugin_that_does_not_know_what_waits_takes_nothing_off() -> None:
    class Lost:
        @pages_hook
        def still_waits(self, viewer: Any) -> bool:
            raise RuntimeError("nobody knows")

    r, _, _ = polling()
    app = app_of(r, pages={**installed_pages({"voting": wugong_voting}), "lost": Lost()})
    assert "等您办的事1件" in browse(r, "li", app=app).get("/c/example").text
    assert "眼下没有等您办的事" in browse(r, "wang", app=app).get("/c/example").text


MOST_STATEMENTS = 45


@pytest.mark.parametrize("member", ["li", "wang", None])
def test_the_page_of_a_matter_asks_the_database_little(member: str | None) -> None:
    """While ballots are cast every page that is read waits for them, and they for it."""
    r, matter, _poll = polling()
    client = browse(r, member)
    assert client.get(f"/m/{matter}").status_code == 200
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(r.engine.storage.pool, "before_cursor_execute", note)
    assert client.get(f"/m/{matter}").status_code == 200
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)


def test_who_took_part_is_weighed_without_a_look_at_the_ballots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    r, matter, poll = polling()
    r.act(
        "qian", matter, "voting.ballot_cast", {"poll": poll, "entitlement": "201", "choice": "no"}
    )
    monkeypatch.setattr(showing, "ballots_of", None)
    found = showing.turnout_of(
        r.engine, r.engine.matter(matter), polls_of(r.engine.matter(matter))[poll]
    )
    assert found is not None
    part = found.taken_part
    assert (part.ballots, part.heads, part.area_dm2) == (1, 1, 150_00)


@pytest.mark.parametrize("member", ["li", "wang", None])
def test_turnout_is_shown_while_the_poll_runs_and_votes_are_not(member: str | None) -> None:
    r, matter, poll = polling()
    vote(browse(r, "zhao"), matter, poll, "no")
    page = browse(r, member).get(f"/m/{matter}/polls/{poll}").text
    assert "已有1，共3人" in page and "已有70.00，共300.00平方米" in page
    assert "面积还差130.00平方米" in page and "人数还差1人" in page
    assert "截止后才公布" in page
    panel = browse(r, member).get(f"/m/{matter}").text
    assert "已有1人参与" in panel and '<h2 id="panel-' in panel and "表决</h2>" in panel


def test_who_is_signed_out_or_not_on_the_roll_casts_nothing() -> None:
    r, matter, poll = polling()
    path = f"/m/{matter}/polls/{poll}"
    assert "不在这次表决的名册上" in browse(r, "tenant").get(path).text
    assert 'name="choice"' not in browse(r).get(path).text
    client = browse(r, "tenant")
    data = {"entitlement": "101", "choice": "yes", "step": "cast", "key": "k" * 22}
    answer = client.post(f"{path}/ballot", data=data)
    assert answer.status_code == 409
    assert "101只能由本人投票" in answer.text
    assert polls_of(r.matter(matter))[poll].decided is None


def test_a_late_ballot_is_refused_with_the_hour() -> None:
    r, matter, poll = polling()
    client = browse(r, "li")
    path = f"/m/{matter}/polls/{poll}"
    data = {**fields(client.get(path).text), "choice": "yes", "step": "cast", "key": "k" * 22}
    r.clock.move(days=7)
    answer = client.post(f"{path}/ballot", data=data)
    assert answer.status_code == 409
    assert "不再收票" in answer.text


def test_the_certificate_states_votes_tests_articles_and_what_was_missing() -> None:
    r, matter, poll = polling()
    vote(browse(r, "li"), matter, poll, "yes")
    vote(browse(r, "zhao"), matter, poll, "no")
    r.wait(days=7)
    page = browse(r).get(f"/m/{matter}/polls/{poll}").text
    assert "参与不足，表决无效" in page
    assert "面积还差50.00平方米" in page
    assert "3 × 15,000 = 45,000 &lt;\N{NO-BREAK SPACE}2 × 30,000 = 60,000" in page
    assert "3 × 2 = 6 ≥\N{NO-BREAK SPACE}2 × 3 = 6" in page
    assert "民法典第278条" in page
    assert re.search(r'class="code">[0-9A-Z ]+<', page)


def test_the_calculator_opens_with_the_figures_of_the_result_and_agrees() -> None:
    r, matter, poll = polling()
    for member, choice in (("li", "yes"), ("zhao", "no"), ("qian", "yes")):
        vote(browse(r, member), matter, poll, choice)
    r.wait(days=7)
    client = browse(r)
    page = client.get(f"/m/{matter}/polls/{poll}").text
    link = re.search(r'href="(/procedures/charter\?[^"]+)#result"', page)
    assert link is not None and "yes.heads=2" in link[1] and "all.area=300.00" in link[1]
    tried = client.get(link[1].replace("&amp;", "&")).text
    assert 'id="result"' in tried and "3中有2，需要2" in tried and "还差" not in tried
    fewer = link[1].replace("&amp;", "&").replace("yes.heads=2", "yes.heads=1")
    assert "3中有1，需要2，<b>还差1</b>" in re.sub(r"\s+<b>", "<b>", client.get(fewer).text)


def test_the_result_is_posted_as_a_sheet_for_the_board() -> None:
    r, matter, poll = polling()
    for member in ("li", "zhao", "qian"):
        vote(browse(r, member), matter, poll, "yes")
    r.wait(days=7)
    seq = polls_of(r.matter(matter))[poll].decided_by
    sheet = browse(r).get(f"/m/{matter}/notices/{seq}")
    assert sheet.status_code == 200
    assert "表决结果：是否装路灯？" in sheet.text and "通过" in sheet.text


def opening(r: Rehearsal, matter: str, **more: str) -> Any:
    client = browse(r, "wang")
    page = client.get(f"/m/{matter}/polls/new")
    form = next(f for f in re.findall(r"<form.*?</form>", page.text, re.S) if "closes_at" in f)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    closes_at = (r.clock.now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    typed = {"question": "放几张凳子？", "procedure": "charter", "channels": "web", **more}
    typed = {"closes_at": closes_at, **typed}
    return client.post(f"/m/{matter}/polls/new", data={**hidden, **typed})


def test_an_officer_opens_a_poll_and_reads_what_it_needs() -> None:
    r, matter, _ = polling()
    page = browse(r, "wang").get(f"/m/{matter}/polls/new").text
    assert "200.00平方米" in page and "2人" in page
    answer = opening(r, matter, rule="plurality", options="两张\n四张\n", groups="1")
    assert answer.status_code == 303, answer.text
    newest = list(polls_of(r.matter(matter)).values())[-1]
    assert [o.title for o in newest.opened.options] == ["两张", "四张", "弃权"]
    assert (newest.opened.roster, newest.opened.groups) == ("owners", ("1",))
    assert newest.roll is not None and newest.roll.heads == 2


def test_an_opening_that_is_refused_keeps_what_was_typed() -> None:
    r, matter, _ = polling()
    answer = opening(r, matter, rule="yes_no_abstain", closes_at="2026-03-01T09:00")
    assert answer.status_code == 409
    assert "放几张凳子？" in answer.text


def test_residents_are_not_offered_to_open_polls() -> None:
    r, matter, _ = polling()
    assert browse(r, "li").get(f"/m/{matter}/polls/new").status_code == 409


def test_the_procedures_are_shown_with_their_law() -> None:
    r, _, _ = polling()
    page = browse(r).get("/c/example/procedures").text
    assert "章程" in page and "民法典" in page and "原文" in page


@pytest.mark.parametrize(
    ("base", "words"),
    [
        pytest.param("all", "超过全体的二分之一", id="all"),
        pytest.param("present", "超过到会的二分之一", id="present"),
        pytest.param("voted", "超过所投票数的二分之一", id="votes cast"),
        pytest.param("sides", "超过同意和反对合计的二分之一", id="for and against"),
    ],
)
def test_a_condition_is_told_whatever_it_is_measured_against(base: str, words: str) -> None:
    class Other:
        @hookimpl
        def register(self) -> list[Procedure]:
            text = CHARTER.replace('base = "part"', f'base = "{base}"')
            return [read_procedure(text)]

    r = Rehearsal({"voting": wugong_voting, "other": Other()}, members={"wang": ("officer",)})
    page = browse(r).get("/c/example/procedures")
    assert page.status_code == 200
    assert words in page.text
    assert "2021年1月1日" in page.text  # a day is never written as machines write it


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        pytest.param("zh-Hans", ["同意", "反对", "随便"], id="简体"),
        pytest.param("zh-Hant", ["同意", "反對", "随便"], id="繁體"),
        pytest.param("en", ["For", "Against", "随便"], id="English"),
    ],
)
def test_options_that_a_form_gave_are_read_in_the_reader_s_language(
    language: str, titles: list[str]
) -> None:
    given = [("yes", "同意"), ("no", "反对"), ("abstain", "随便")]  # the last is somebody's own
    r, matter, poll = polling(options=[{"id": o, "title": title} for o, title in given])
    client = browse(r, "li", language=language)
    page = client.get(f"/m/{matter}/polls/{poll}").text
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if "entitlement" in f)
    assert re.findall(r"<b>([^<]*)</b>", form) == titles
    data = {**fields(page), "choice": "no", "step": "check"}
    checked = client.post(f"/m/{matter}/polls/{poll}/ballot", data=data).text
    assert f"<b>{titles[1]}</b>" in checked
    r.wait(days=7)
    heads = re.findall(r'<th scope="row">([^<]*)<', client.get(f"/m/{matter}/polls/{poll}").text)
    assert heads[:3] == titles


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_pages_speak_the_reader_s_language(language: str) -> None:
    r, matter, poll = polling()
    page = browse(r, "li", language=language).get(f"/m/{matter}/polls/{poll}").text
    expected = {"zh-Hant": "下一步：核對選票", "en": "Next: check your ballot"}[language]
    assert expected in page
    joint = "人。幾項" if language == "zh-Hant" else "short. All must"
    assert joint in re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize(
    ("setting", "there", "elsewhere"),
    [
        pytest.param("rural", "村民代表会议", "居民代表会议", id="a village"),
        pytest.param("urban", "居民代表会议", "村民代表会议", id="a town"),
    ],
)
def test_a_poll_is_opened_under_procedures_of_its_kind_of_community(
    setting: str, there: str, elsewhere: str
) -> None:
    plugins = {"voting": wugong_voting, "urban": wugong_urban, "rural": wugong_rural}
    r = Rehearsal(plugins, setting=setting, members={"wang": ("convenor",), "li": ()})
    r.roster("representatives", [("D1", "li", "一组", 0)])
    matter = r.open("Street lights", by="li")
    client = browse(r, "wang")
    for page in (f"/m/{matter}/polls/new", "/c/example/procedures"):
        shown = client.get(page).text
        assert there in shown, page
        assert elsewhere not in shown, page


def test_a_kind_of_community_without_procedures_of_its_own_has_all() -> None:
    campus = SimpleNamespace(register=hookimpl(lambda: [Setting("campus", title="Campus")]))
    packs = {"urban": wugong_urban, "rural": wugong_rural, "campus": campus}
    r = Rehearsal({"voting": wugong_voting, **packs}, setting="campus", members={"li": ()})
    shown = browse(r, "li").get("/c/example/procedures").text
    assert "村民代表会议" in shown and "居民代表会议" in shown


@pytest.mark.parametrize(
    ("groups", "ordered"),
    [
        (["三组", "一组", "二组", "一组"], ["一组", "二组", "三组"]),
        (["十一组", "九组", "二十组", "十组"], ["九组", "十组", "十一组", "二十组"]),
        (["10单元", "9单元"], ["9单元", "10单元"]),
        (["南三", "北十", "北二"], ["北二", "北十", "南三"]),
        ([], []),
    ],
)
def test_groups_stand_in_the_order_of_their_numbers(groups: list[str], ordered: list[str]) -> None:
    assert in_order(groups) == ordered


def test_the_record_of_what_the_rules_did_says_so() -> None:
    r, matter, poll = polling()
    page = browse(r, "zhao").get(f"/m/{matter}/records/{poll + 1}").text
    said = re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0])
    assert "名册冻结" in said and "按规则自动" in said and "plugin" not in said
