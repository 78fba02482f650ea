"""Steps on paper: which sheets a matter has, where their codes lead, and what is entered."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

import wugong_rural
import wugong_urban
import wugong_voting
from tests.server.test_documents_pages import form_of, photo
from wugong import Option, PollOpened, Ref, StepRecorded
from wugong.testing import Rehearsal
from wugong_rural.events import CommitteesConsulted, HomesteadApplied, PartyProposed
from wugong_server.hookspecs import hookimpl
from wugong_server.sheet_codes import code_of
from wugong_server.testing import app_of, browse
from wugong_voting.events import BallotCast

MEMBERS = {"zhou": ("officer",), "sun": ("convenor",), "fang": ("party_member",), "li": ()}
PLAN = "owners.lift.plan"
RECORD = "wugong.step_recorded"


@pytest.fixture
def town() -> Rehearsal:
    plugins = {"urban": wugong_urban, "voting": wugong_voting}
    r = Rehearsal(plugins, members=MEMBERS, community="wutong")
    r.roster("owners", [("101", "li", "", 9000)])
    return r


@pytest.fixture
def village() -> Rehearsal:
    plugins = {"rural": wugong_rural, "voting": wugong_voting}
    return Rehearsal(plugins, members=MEMBERS, setting="rural", community="linli")


@pytest.fixture
def lift(town: Rehearsal) -> str:
    return town.open("3幢加装电梯（示例）", by="li", category="lift")


def sheet(step: str = PLAN, **more: Any) -> StepRecorded:
    given = {"step": step, "held_on": date(2026, 3, 2), "resolved": "方案如图。", **more}
    return StepRecorded(**given)


def seen(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))


def found(r: Rehearsal, code: str, member: str | None = "zhou") -> Any:
    return browse(r, member).get(f"/c/{r.community}/sheet", params={"code": code})


def refused(r: Rehearsal, code: str, reason: str, member: str | None = "zhou") -> None:
    before = r.engine.head(r.community)
    answer = found(r, code, member)
    assert answer.status_code == 409
    assert reason in answer.text
    assert "没有留下任何改动" in answer.text
    assert r.engine.head(r.community) == before


def test_a_matter_lists_the_flow_of_its_kind_and_names_the_others(
    town: Rehearsal, lift: str
) -> None:
    page = browse(town, "zhou").get(f"/m/{lift}/sheets")
    words = seen(page.text)
    assert "打印11页记录单" in words
    assert "下一步" in words
    assert f'href="/m/{lift}/sheets?flow=owners.special"' in page.text
    assert f'href="/m/{lift}/sheets/owners.lift.post/notice"' in page.text
    assert f'href="/m/{lift}/sheets/{PLAN}/notice"' not in page.text
    other = browse(town, "zhou").get(f"/m/{lift}/sheets?flow=owners.special")
    assert "书面公告表决结果" in seen(other.text)


def test_a_sheet_says_matter_step_basis_and_code(town: Rehearsal, lift: str) -> None:
    page = browse(town, "zhou").get(f"/m/{lift}/sheets/{PLAN}")
    words, code = seen(page.text), code_of(lift, PLAN)
    for told in (
        "3幢加装电梯",
        "拟定方案",
        "第2步，共11步",
        "第10条",
        "应到",
        "实到",
        "弃权",
        code,
    ):
        assert told in words, told
    assert 'class="qr"' in page.text


def test_a_vote_says_what_it_needs(town: Rehearsal, lift: str) -> None:
    words = seen(browse(town, "zhou").get(f"/m/{lift}/sheets/owners.lift.vote").text)
    assert "参与表决的3/4以上" in words
    assert "每张选票都在表决里录入" in words


def test_what_is_from_a_secondary_text_says_so(village: Rehearsal) -> None:
    m = village.open("村规民约", by="li", category="village_rules")
    words = seen(browse(village, "zhou").get(f"/m/{m}/sheets/villagers.rules.ask").text)
    assert "第二手" in words or "间接" in words or "转述" in words


@pytest.mark.parametrize("step", ["owners.lift.fly", "villagers.rules.ask", "x"])
def test_a_step_that_the_matter_has_not_has_no_sheet(town: Rehearsal, lift: str, step: str) -> None:
    assert browse(town, "zhou").get(f"/m/{lift}/sheets/{step}").status_code == 404
    assert browse(town, "zhou").get(f"/m/{lift}/sheets/{step}/notice").status_code == 404


def test_a_step_that_posts_nothing_has_no_notice(town: Rehearsal, lift: str) -> None:
    assert browse(town, "zhou").get(f"/m/{lift}/sheets/{PLAN}/notice").status_code == 404


def test_the_code_opens_the_form_with_the_step_chosen(town: Rehearsal, lift: str) -> None:
    answer = found(town, code_of(lift, PLAN).lower())
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/m/{lift}/do/{RECORD}?step={PLAN}"
    form = browse(town, "zhou").get(answer.headers["location"])
    assert f'<option value="{PLAN}" selected>拟定方案' in form.text
    assert "owners.lift.vote" not in form.text


def test_a_resident_is_told_whose_step_it_is(town: Rehearsal, lift: str) -> None:
    answer = found(town, code_of(lift, PLAN), "li")
    assert answer.status_code == 303
    assert browse(town, "li").get(answer.headers["location"]).status_code == 403


def test_without_a_code_there_is_the_field(town: Rehearsal) -> None:
    answer = found(town, "")
    assert answer.status_code == 200
    assert 'name="code"' in answer.text


def test_a_mistyped_code_leads_nowhere(town: Rehearsal, lift: str) -> None:
    code = code_of(lift, PLAN)
    wrong = code[:-1] + ("3" if code[-1] == "2" else "2")
    refused(town, wrong, "有字符不对")
    refused(town, "<script>", "有字符不对")
    refused(town, code * 9, "有字符不对")


def test_a_code_of_another_community_leads_nowhere(town: Rehearsal, lift: str) -> None:
    number = lift.partition(".")[2]
    refused(town, code_of(f"linli.{number}", PLAN), "是别的社区的")


@pytest.mark.parametrize("step", ["owners.lift.fly", "owners.fund_use.scope", "four_two.review"])
def test_a_code_of_a_step_that_is_not_here_leads_nowhere(
    town: Rehearsal, lift: str, step: str
) -> None:
    refused(town, code_of(lift, step), "没有哪一步")


def test_a_code_of_a_matter_that_is_not_there_leads_nowhere(town: Rehearsal, lift: str) -> None:
    refused(town, code_of("wutong.999999", PLAN), "没有哪一步")


def test_a_matter_of_members_is_unknown_to_others(town: Rehearsal) -> None:
    m = town.open("内部（示例）", by="li", category="lift", audience="members")
    refused(town, code_of(m, PLAN), "没有哪一步", None)
    assert found(town, code_of(m, PLAN), "zhou").status_code == 303


def test_a_finished_step_is_not_entered_again_by_its_code(town: Rehearsal, lift: str) -> None:
    seq = town.act("zhou", lift, sheet()).seq
    refused(town, code_of(lift, PLAN), "这一步已经办完")
    assert f'href="/m/{lift}/sheets/{PLAN}"' in browse(town).get(f"/m/{lift}/sheets").text
    assert f'href="/m/{lift}/records/{seq}"' in browse(town).get(f"/m/{lift}/sheets").text


def test_the_sheet_is_entered_with_its_figures_and_its_picture(town: Rehearsal, lift: str) -> None:
    client = browse(town, "zhou")
    address = found(town, code_of(lift, PLAN)).headers["location"]
    sent = form_of(client.get(address).text) | {
        **{"step": PLAN, "held_on": "2026-03-02", "place": "活动室", "chair": "sun"},
        **{"due": "24", "present": "20", "yes": "16", "no": "3", "abstain": "1"},
        "resolved": "方案如图。",
    }
    files = {"documents-files": ("sheet.jpg", photo(), "image/jpeg")}
    to = f"/m/{lift}/do/{RECORD}"
    checked = client.post(to, data=sent, files=files)
    assert "拟定方案" in seen(checked.text)  # the step in words, before anything is recorded
    assert town.matter(lift).steps == {}
    done = client.post(to, data={**form_of(checked.text), "act-step": "checked"})
    assert done.status_code == 303
    fact = town.engine.fact("wutong", town.matter(lift).steps[PLAN], town.viewer(lift, "li"))
    assert fact is not None
    assert (fact.event.due, fact.event.present, fact.event.yes) == (24, 20, 16)
    assert len(fact.event.documents) == 1
    refused(town, code_of(lift, PLAN), "这一步已经办完")


def test_figures_that_do_not_fit_are_refused_and_kept_in_the_form(
    town: Rehearsal, lift: str
) -> None:
    client, before = browse(town, "zhou"), town.engine.head("wutong")
    to = f"/m/{lift}/do/{RECORD}"
    sent = form_of(client.get(f"{to}?step={PLAN}").text) | {
        **{"step": PLAN, "held_on": "2026-03-02", "resolved": "方案如图。"},
        **{"due": "24", "present": "25"},
    }
    answer = client.post(to, data=sent)
    assert answer.status_code == 409
    assert "应到24人，实到25人" in seen(answer.text)
    assert 'value="25"' in answer.text
    assert town.engine.head("wutong") == before


def test_a_vote_leads_to_its_poll_until_that_is_decided(town: Rehearsal) -> None:
    town.roster("representatives", [("D1", "li", "", 0)])
    rules = town.open("居民公约（示例）", by="li", category="residents_covenant")
    code = code_of(rules, "residents.rules.delegated")
    to = found(town, code).headers["location"]
    assert "procedure=residents.representatives" in to
    first = town.act("sun", rules, asked(town)).seq
    assert f"/polls/{first}/" in found(town, code).headers["location"]
    town.wait(days=2)
    assert found(town, code).headers["location"] == to  # nobody came: it is held again
    second = town.act("sun", rules, asked(town)).seq
    town.act("li", rules, BallotCast(poll=Ref(second), entitlement="D1", choice="yes"))
    town.wait(days=2)
    refused(town, code, "这一步已经办完")


def asked(r: Rehearsal) -> PollOpened:
    return PollOpened(
        question="通过公约？",
        options=tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain")),
        procedure="residents.representatives",
        roster="representatives",
        closes_at=r.engine.now() + timedelta(days=1),
    )


def test_the_board_shows_what_a_recorded_step_posted(town: Rehearsal, lift: str) -> None:
    client, post = browse(town, "zhou"), "owners.lift.post"
    blank = client.get(f"/m/{lift}/sheets/{post}/notice")
    assert "不少于15日" in seen(blank.text)
    seq = town.act("zhou", lift, sheet(post, place="各单元", resolved="方案全文。")).seq
    assert client.get(f"/m/{lift}/sheets/{post}/notice").headers["location"] == (
        f"/m/{lift}/notices/{seq}"
    )
    words = seen(client.get(f"/m/{lift}/notices/{seq}").text)
    for told in ("方案全文", "各单元", "3月18日", "第11条"):
        assert told in words, told
    assert "方案在小区和每个单元公示" in seen(client.get("/c/wutong/notices").text)
    later = town.act(
        "zhou", lift, sheet(post, resolved="方案全文（更正）。", corrects=Ref(seq))
    ).seq
    assert client.get(f"/m/{lift}/notices/{seq}").status_code == 404
    assert client.get(f"/m/{lift}/notices/{later}").status_code == 200


def test_working_days_of_a_homestead_are_named_as_such(village: Rehearsal) -> None:
    m = village.open("宅基地（示例）", by="li", category="homestead")
    page = browse(village).get(f"/m/{m}/sheets/homestead.application.discuss/notice")
    assert "不少于5个工作日" in seen(page.text)


def test_the_application_for_a_homestead_is_entered_by_its_own_act(village: Rehearsal) -> None:
    m = village.open("宅基地（示例）", by="li", category="homestead")
    sheet_of = f"/m/{m}/sheets/homestead.application.apply"
    enter = f"/m/{m}/do/rural.homestead_applied"
    client = browse(village, "zhou")

    def next_on_paper() -> str:
        return str(client.get(f"/m/{m}").text).partition("<details")[0]

    assert enter in next_on_paper() and client.get(sheet_of).status_code == 200
    with village.refuses("wugong.step_unknown"):
        village.act("zhou", m, sheet("homestead.application.apply"))
    village.act("zhou", m, HomesteadApplied(household="1组5号", applicant="li"))
    assert enter not in next_on_paper()
    assert "step=homestead.application.one_plot" in next_on_paper()


def test_a_notice_without_days_in_the_text_leaves_them_open(village: Rehearsal) -> None:
    m = village.open("村规民约（示例）", by="li", category="village_rules")
    page = browse(village).get(f"/m/{m}/sheets/villagers.rules.publish/notice")
    assert "条文没有写明天数" in seen(page.text)


def test_the_matter_says_what_comes_next_and_who_may_enter_it_can(
    town: Rehearsal, lift: str
) -> None:
    first = f'href="/m/{lift}/sheets/owners.lift.body"'
    enter = "step=owners.lift.body"
    officer, resident = (browse(town, who).get(f"/m/{lift}").text for who in ("zhou", "li"))
    assert first in officer and enter in officer
    assert first in resident and enter not in resident
    assert all("三亚市电梯安全管理规定第15条" in seen(page) for page in (officer, resident))
    assert "业主大会" in seen(resident).partition("先定范围")[2][:80]
    assert first not in browse(town).get(f"/m/{lift}").text
    town.act("zhou", lift, sheet("owners.lift.body"))
    assert first not in browse(town, "zhou").get(f"/m/{lift}").text
    assert f'href="/m/{lift}/sheets/{PLAN}"' in browse(town, "zhou").get(f"/m/{lift}").text


def test_the_timeline_says_the_step_in_words(town: Rehearsal, lift: str) -> None:
    town.act("zhou", lift, sheet())
    assert "已录入记录单：拟定方案" in seen(browse(town).get(f"/m/{lift}").text)


def test_the_steps_of_four_two_lead_to_their_own_acts(village: Rehearsal) -> None:
    m = village.open("装路灯（示例）", by="li", category="four_two")
    for step, act in (("proposal", "party_proposed"), ("review", "party_members_reviewed")):
        to = found(village, code_of(m, f"four_two.{step}"), "fang").headers["location"]
        assert to == f"/m/{m}/do/rural.{act}"
    village.act("fang", m, PartyProposed(proposal="装路灯"))
    refused(village, code_of(m, "four_two.proposal"), "这一步已经办完")
    short = CommitteesConsulted(due=7, present=7, yes=3)
    village.act("zhou", m, short)
    assert found(village, code_of(m, "four_two.consultation")).status_code == 303
    village.act("zhou", m, CommitteesConsulted(due=7, present=7, yes=4))
    refused(village, code_of(m, "four_two.consultation"), "这一步已经办完")


def test_the_review_sheet_says_its_shares(village: Rehearsal) -> None:
    m = village.open("装路灯（示例）", by="li", category="four_two")
    words = seen(browse(village, "fang").get(f"/m/{m}/sheets/four_two.review").text)
    assert "2/3以上" in words
    assert "党员大会" in words


def test_a_disclosure_says_how_long_the_village_posts(village: Rehearsal) -> None:
    m = village.open("装路灯（示例）", by="li", category="four_two")
    page = browse(village).get(f"/m/{m}/sheets/four_two.decision/notice")
    assert "不少于15日" in seen(page.text)


class Broken:
    """Pages whose sheets fail."""

    @hookimpl
    def list_sheets(self) -> list[Any]:
        """Fail."""
        raise RuntimeError("broken")


def test_a_plugin_whose_sheets_fail_is_left_out(town: Rehearsal, lift: str) -> None:
    app = app_of(town, pages={"zz": Broken()})
    assert browse(town, "zhou", app=app).get(f"/m/{lift}/sheets").status_code == 200


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_sheets_read_in_other_languages(town: Rehearsal, lift: str, language: str) -> None:
    client = browse(town, "zhou", language=language)
    wanted = {"zh-Hant": ("記錄單", "擬定方案"), "en": ("Recordsheet", "Aplan")}[language]
    words = seen(client.get(f"/m/{lift}/sheets/{PLAN}").text)
    assert all(one in words for one in wanted)
    assert client.get(f"/m/{lift}/sheets").status_code == 200
    assert client.get("/c/wutong/sheet?code=2").status_code == 409
