"""The pages of a mediation: a whole case in the browser, and nothing for anybody else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from wugong import PLAN
from wugong_server.testing import browse


def sent(client: Any, page: str, action: str, **fields: Any) -> Any:
    """Open ``page``, find its form for ``action`` and send it as a browser would."""
    shown = client.get(page)
    assert shown.status_code == 200, shown.text
    start = shown.text.index(f'<form method="post" action="{action}"')
    form = shown.text[start : shown.text.index("</form>", start)]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(action, data={**hidden, **fields})


@pytest.fixture
def at(dispute: Any) -> str:
    return f"/m/{dispute.matter}/mediation"


def test_a_whole_case_from_the_request_to_the_court(dispute: Any, at: str) -> None:
    li, chen, mei = (browse(dispute.r, who) for who in ("li", "chen", "mei"))
    done = sent(li, f"{at}/new", f"{at}/new", other="chen", claim="窗前太暗")
    assert done.status_code == 303
    page = done.headers["location"].split("?")[0]
    case = int(page.rpartition("/")[2])

    def step(client: Any, verb: str, where: str = page, **fields: Any) -> None:
        answer = sent(client, where, f"{page}/{verb}", **fields)
        assert answer.status_code == 303, answer.text

    step(chen, "answered", agree="yes", text="井道不能移")
    assert dispute.r.matter(dispute.matter).status(PLAN) == "held"
    step(li, "mediator_proposed", mediator="mei")
    step(mei, "conflict_declared", grounds="kin", detail="远房表亲")
    step(li, "mediator_accepted", accept="yes")
    step(chen, "mediator_accepted", accept="yes")
    step(li, "note_filed", readers="mediator", text="孩子明年高考")
    assert "孩子明年高考" in mei.get(page).text
    assert "孩子明年高考" not in chen.get(page).text
    step(chen, "offer_made", terms="装隔音窗")
    assert "装隔音窗" in li.get(page).text
    step(mei, "agreed", terms="五月前装好隔音窗")
    for client in (li, chen, mei):
        assert "五月前装好隔音窗" in client.get(f"{page}/signed").text
        step(client, "signed", where=f"{page}/signed")
    assert dispute.case(case).reason == "agreed"
    step(li, "confirmation_sought")
    step(chen, "confirmation_sought")
    assert not dispute.case(case).confirmable


def test_both_buttons_look_alike_and_the_refusal_stands_first(dispute: Any, at: str) -> None:
    case = dispute.ask()
    page = browse(dispute.r, "chen").get(f"{at}/{case}").text
    buttons = re.findall(r'<button class="(.*?)" name="agree" value="(\w+)">', page)
    assert buttons == [("btn", "no"), ("btn", "yes")]


def test_a_refusal_ends_the_case_and_the_page_says_where_else_to_go(dispute: Any, at: str) -> None:
    case = dispute.ask()
    chen = browse(dispute.r, "chen")
    sent(chen, f"{at}/{case}", f"{at}/{case}/answered", agree="no")
    for who in ("li", "chen"):
        page = browse(dispute.r, who).get(f"{at}/{case}").text
        assert "对方不愿意调解" in page and "也可以起诉" in page


@pytest.mark.parametrize("who", [None, "wang", "root", "zhou", "tan", "sun"])
def test_for_everybody_else_there_is_no_such_page(dispute: Any, at: str, who: str) -> None:
    case = dispute.mediated()
    client = browse(dispute.r, who)
    for number in (case, 99_999):
        assert client.get(f"{at}/{number}").status_code == 404
        assert client.get(f"{at}/{number}/signed").status_code == 404
    hidden, nothing = (client.post(f"{at}/{n}/ended", data={"key": "k"}) for n in (case, 99_999))
    assert hidden.status_code == nothing.status_code != 303


@pytest.mark.parametrize("who", [None, "wang", "root", "zhou"])
def test_the_matter_page_tells_others_that_it_rests_and_nothing_more(
    dispute: Any, at: str, who: str
) -> None:
    case = dispute.mediated()
    client = browse(dispute.r, who)
    page = client.get(f"/m/{dispute.matter}").text
    assert "暂停" in page
    # What the clock owes the case, or its hold, stands in no row of what is awaited.
    for telling in (f"{at}/{case}", "接受这位调解员", "主持会谈", "mei", "chen", "到期自动"):
        assert telling not in page
    listed = client.get(f"/api/v1/matters/{dispute.matter}/waiting").json()["waiting"]
    assert [one for one in listed if one["who"] == "clock"] == []
    board = client.get(f"/c/{dispute.r.community}").text
    for telling in (f"{at}/{case}", "主持会谈", "申请了调解", "签字"):
        assert telling not in board


def test_two_pairs_in_one_matter_find_their_own_case_alone(dispute: Any, at: str) -> None:
    one, two = dispute.mediated(), dispute.mediated("zhou", "wu", "tan")
    page = browse(dispute.r, "zhou").get(f"/m/{dispute.matter}").text
    assert f"{at}/{two}" in page and f"{at}/{one}" not in page
    assert browse(dispute.r, "zhou").get(f"{at}/{one}").status_code == 404


def test_whoever_is_concerned_finds_the_case_under_mine(dispute: Any, at: str) -> None:
    case = dispute.mediated()
    mine = f"/c/{dispute.r.community}/mine"
    assert f"{at}/{case}" in browse(dispute.r, "chen").get(mine).text
    assert f"{at}/{case}" not in browse(dispute.r, "zhou").get(mine).text


def test_a_refused_act_shows_the_case_with_the_reason_and_what_was_typed(
    dispute: Any, at: str
) -> None:
    case = dispute.mediated()
    chen = browse(dispute.r, "chen")
    shown = chen.get(f"{at}/{case}").text
    dispute.end(case, "li")  # the other side stops while chen writes
    key = re.findall(r'name="key" value="([^"]*)"', shown)[0]
    csrf = re.findall(r'name="csrf" value="([^"]*)"', shown)[0]
    told = chen.post(
        f"{at}/{case}/offer_made", data={"csrf": csrf, "key": key, "terms": "装隔音窗"}
    )
    assert told.status_code == 409 and "这件调解已经结束" in told.text


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_each_step_stands_in_three_languages_for_each_of_its_people(
    dispute: Any, at: str, language: str
) -> None:
    people = {who: browse(dispute.r, who, language=language) for who in ("li", "chen", "mei")}

    def all_read(case: int, *who: str) -> None:
        for one in who:
            page = people[one].get(f"{at}/{case}")
            assert page.status_code == 200 and f'lang="{language}"' in page.text

    assert people["li"].get(f"{at}/new").status_code == 200
    case = dispute.ask()
    all_read(case, "li", "chen")
    dispute.reply(case)
    all_read(case, "li", "chen")
    dispute.propose(case)
    all_read(case, "li", "chen", "mei")
    dispute.declare(case)
    all_read(case, "li", "chen", "mei")
    for who in ("li", "chen"):
        dispute.accept(case, who, despite_conflict=True)
    all_read(case, "li", "chen", "mei")
    dispute.write(case)
    dispute.sign(case, "li")
    all_read(case, "li", "chen", "mei")
    for who in ("chen", "mei"):
        dispute.sign(case, who)
    all_read(case, "li", "chen", "mei")
