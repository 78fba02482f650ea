"""Ballots that were signed for and did not come back: what they count as, and where."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import cast, charter, decided, heads, opened, rehearsal
from tests.plugins.voting.test_papers import DELIVERED, RETURNED, log, papers
from wugong import PollDecided
from wugong.testing import Rehearsal
from wugong_server.testing import browse

ABSTAIN, FOLLOW = "signed_receipt_is_abstain", "follow_majority_if_rules_say"
ABOVE = "follow_majority_above_half"
CLAUSE = {"nonresponse_clause": "Whoever signs and stays silent follows the majority."}
LAW = (
    '[{ policy = "strict_returned", source = "民法典 278", confidence = "I" },'
    f' {{ policy = "{ABSTAIN}", source = "四川省物業管理條例 31", confidence = "V" }},'
    f' {{ policy = "{FOLLOW}", source = "指導規則 26(2)", confidence = "S" }},'
    f' {{ policy = "{ABOVE}", op = ">", share = "1/2",'
    ' source = "浙江省物業管理條例 (2009) 10", confidence = "V" }]'
)
HALF = 'base = "all", op = ">=", share = "1/2", source = "章程 4"'
BOTH = (
    f'[{{ id = "part_heads", measure = "heads", {HALF} }},'
    f' {{ id = "part_area", measure = "area", {HALF} }}]'
)


def begun(policy: str, **more: Any) -> tuple[Rehearsal, str, int]:
    r = rehearsal(charter(silence=LAW, quorum=BOTH))
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, nonresponse=policy, **more)


def closed(r: Rehearsal, matter: str, poll: int) -> PollDecided:
    r.wait(days=7)
    return decided(r, matter, poll)


def test_only_papers_that_were_signed_for_and_stay_out_count_as_silence() -> None:
    r, matter, poll = begun(ABSTAIN)
    log(r, matter, poll, DELIVERED, "101", "102", "201", signed=True)
    log(r, matter, poll, DELIVERED, "301")
    log(r, matter, poll, RETURNED, "201")
    cast(r, matter, poll, "zhao", "yes")
    made = closed(r, matter, poll)
    assert made.silent is not None and made.silent_as == "abstain"
    assert (made.silent.ballots, made.silent.heads, made.silent.area_dm2) == (1, 1, 80_00)
    assert heads(made) == {"yes": 1, "no": 0, "abstain": 0}, "what was cast stays what it was"
    assert (made.taken_part.heads, made.taken_part.area_dm2) == (2, 150_00)
    assert [(t.id, t.have, t.of, t.met) for t in made.tests] == [
        ("part_heads", 2, 4, True),
        ("part_area", 150_00, 400_00, False),
        ("agree", 1, 2, False),
    ]


@pytest.mark.parametrize(
    ("policy", "verdict", "part", "agree"),
    [
        pytest.param("strict_returned", "no_quorum", 1, (1, 1), id="no part"),
        pytest.param(ABSTAIN, "rejected", 4, (1, 4), id="abstained"),
        pytest.param(FOLLOW, "passed", 4, (4, 4), id="followed"),
    ],
)
def test_the_same_returns_under_each_policy(
    policy: str, verdict: str, part: int, agree: tuple[int, int]
) -> None:
    clause: dict[str, Any] = CLAUSE if policy == FOLLOW else {}
    r, matter, poll = begun(policy, **clause)
    log(r, matter, poll, DELIVERED, "101", "102", "201", "301", signed=True)
    cast(r, matter, poll, "zhao", "yes")
    made = closed(r, matter, poll)
    assert (made.verdict, made.taken_part.heads) == (verdict, part)
    assert (made.tests[-1].have, made.tests[-1].of) == agree
    assert (made.silent is None) is (policy == "strict_returned")


@pytest.mark.parametrize(
    ("ballots", "side"),
    [
        pytest.param({"sun": "no"}, "no", id="against"),
        pytest.param({"sun": "yes", "zhao": "no"}, "abstain", id="as many heads"),
        pytest.param({"qian": "no", "zhao": "yes", "sun": "abstain"}, "abstain", id="tie of heads"),
        pytest.param(
            {"li": "yes", "zhao": "yes", "qian": "no"}, "abstain", id="150 m² on each side"
        ),
        pytest.param({"zhao": "yes", "sun": "yes", "li": "no"}, "yes", id="both measures"),
        pytest.param({}, "abstain", id="nobody voted"),
    ],
)
def test_silence_follows_a_majority_that_is_the_same_in_every_measure(
    ballots: dict[str, str], side: str
) -> None:
    r, matter, poll = begun(FOLLOW, **CLAUSE)
    out = {"101": "li", "102": "zhao", "201": "qian", "301": "sun"}
    log(r, matter, poll, DELIVERED, *out, signed=True)
    for who, choice in ballots.items():
        cast(r, matter, poll, who, choice, unit="201" if who == "qian" else "")
    made = closed(r, matter, poll)
    assert made.silent_as == side and made.silent is not None
    assert made.silent.ballots == 4 - len(ballots)


@pytest.mark.parametrize(
    ("ballots", "side"),
    [
        pytest.param({"zhao": "yes", "li": "yes"}, "abstain", id="half of the heads, 150 of 400"),
        pytest.param({"sun": "yes", "li": "yes"}, "abstain", id="half of the heads, 180 of 400"),
        pytest.param({"qian": "yes", "zhao": "yes", "li": "yes"}, "yes", id="3 of 4, 300 of 400"),
        pytest.param({"qian": "no", "zhao": "no", "li": "no"}, "no", id="against, too"),
    ],
)
def test_silence_follows_a_majority_that_is_more_than_half_of_all(
    ballots: dict[str, str], side: str
) -> None:
    r, matter, poll = begun(ABOVE, **CLAUSE)
    log(r, matter, poll, DELIVERED, "101", "102", "201", "301", signed=True)
    for who, choice in ballots.items():
        cast(r, matter, poll, who, choice, unit="201" if who == "qian" else "")
    path, client = f"/m/{matter}/polls/{poll}", browse(r, "wang")
    assert "本身超过全体一半" in client.get(f"{path}/sheets").text
    assert closed(r, matter, poll).silent_as == side
    assert ("无从跟随" in client.get(path).text) is (side == "abstain")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"nonresponse": FOLLOW}, "silence_clause_missing", id="no clause"),
        pytest.param({"nonresponse": ABOVE}, "silence_clause_missing", id="no clause for half"),
        pytest.param(
            {"nonresponse": FOLLOW, "nonresponse_clause": "  "},
            "silence_clause_missing",
            id="blank",
        ),
        pytest.param(CLAUSE, "silence_clause_unused", id="a clause for nothing"),
        pytest.param(
            {"nonresponse": ABSTAIN, "secrecy": "secret"}, "silence_of_open_papers", id="secret"
        ),
        pytest.param(
            {"nonresponse": ABSTAIN, "channels": ["web"]}, "silence_of_open_papers", id="no paper"
        ),
    ],
)
def test_what_silence_cannot_mean_is_refused_at_the_opening(
    more: dict[str, Any], code: str
) -> None:
    r = rehearsal(charter(silence=LAW))
    matter = r.open("Lights", by="li")
    head = r.engine.head("example")
    with r.refuses(f"voting.{code}"):
        opened(r, matter, **more)
    assert r.engine.head("example") == head


@pytest.mark.parametrize("policy", [ABSTAIN, FOLLOW])
def test_where_the_law_does_not_say_so_silence_counts_for_nothing(policy: str) -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    clause: dict[str, Any] = CLAUSE
    with r.refuses("voting.silence_not_allowed"):
        opened(r, matter, nonresponse=policy, **clause)


def test_nobody_signs_for_a_paper_in_the_post() -> None:
    r, matter, poll = begun(ABSTAIN)
    with r.refuses("voting.posted_unsigned"):
        log(r, matter, poll, DELIVERED, "101", how="posted", signed=True)
    assert papers(r, poll) == {}


def test_ballot_paper_page_and_certificate_say_what_silence_counts_as_and_by_which_text() -> None:
    r, matter, poll = begun(FOLLOW, **CLAUSE)
    path, client = f"/m/{matter}/polls/{poll}", browse(r, "wang")
    for page in (client.get(path).text, client.get(f"{path}/sheets").text):
        assert "算入多数一方" in page and CLAUSE["nonresponse_clause"] in page
        assert "指導規則" in page or "指导规则" in page
    log(r, matter, poll, DELIVERED, "101", "102", signed=True)
    cast(r, matter, poll, "zhao", "yes")
    closed(r, matter, poll)
    page = browse(r, "li").get(path).text
    assert "1张选票已签收而没有交回，按“同意”计入参与" in page
    assert "已签收未交回" in page and CLAUSE["nonresponse_clause"] in page
    assert "没有签收也没有交回的票不算参与" in page


def test_the_log_takes_the_signature_in_the_browser() -> None:
    r, matter, poll = begun(ABSTAIN)
    from tests.plugins.voting.test_papers_pages import send

    client, path = browse(r, "wang"), f"/m/{matter}/polls/{poll}"
    send(client, path, entitlements=["101"], what="delivered", signed="true")
    send(client, path, entitlements=["102"], what="delivered")
    assert [papers(r, poll)[unit].get("signed", False) for unit in ("101", "102")] == [True, False]
