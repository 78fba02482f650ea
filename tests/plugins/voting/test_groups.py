"""How groups voted: shown where nobody can be told from it, and a condition that may be added."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wugong_planning
import wugong_voting
from tests.plugins.voting.neighbourhood import (
    YES_NO,
    Charters,
    charter,
    decided,
)
from wugong import Entitlement, Part, PollDecided, Unreadable
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.groups import FEWEST, by_group, group_of
from wugong_voting.state import polls_of

QUARTER = 'measure = "heads", base = "all", op = ">=", share = "1/4", source = "章程 4"'
PEOPLE = [f"m{n:02}" for n in range(12)]


def estate(*sizes: int) -> tuple[Rehearsal, str]:
    """Return owners in stairs of these sizes, named 1, 2, … (the last members have no stair)."""
    its = charter(quorum=f'[{{ id = "take_part", {QUARTER} }}]')
    plugins = {"voting": wugong_voting, "planning": wugong_planning, "charters": Charters(its)}
    stairs = [str(n) for n, size in enumerate(sizes, 1) for _ in range(size)]
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), **dict.fromkeys(PEOPLE, ())}
    r = Rehearsal(plugins, members=members)
    r.roster("owners", [(f"u{m}", m, g, 50_00) for m, g in zip(PEOPLE, stairs, strict=False)])
    return r, r.open("Lights", by=PEOPLE[0])


def vote(r: Rehearsal, matter: str, choices: str, **more: Any) -> tuple[int, PollDecided]:
    """Open a poll, cast what each member's letter says (y, n, a; . for none), wait for its end."""
    body = {
        "question": "Shall we?",
        "options": YES_NO,
        "procedure": "charter",
        "roster": "owners",
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
        **more,
    }
    poll = r.act("wang", matter, "voting.poll_opened", body).seq
    for member, letter in zip(PEOPLE, choices, strict=False):
        if letter != ".":
            choice = {"y": "yes", "n": "no", "a": "abstain"}[letter]
            its = {"poll": poll, "entitlement": f"u{member}", "choice": choice}
            r.act(member, matter, "voting.ballot_cast", its, key=f"{int(member[1:]):032x}")
    r.wait(days=7)
    return poll, decided(r, matter, poll)


@pytest.mark.parametrize(
    ("most", "verdict", "met"),
    [
        pytest.param(41, "passed", [True, True], id="just below the limit"),
        pytest.param(40, "passed", [True, True], id="exactly at the limit"),
        pytest.param(39, "rejected", [True, False], id="just above the limit"),
        pytest.param(0, "passed", [], id="no such condition"),
    ],
)
def test_two_of_five_against_in_one_stair(most: int, verdict: str, met: list[bool]) -> None:
    r, matter = estate(5, 5)
    _, made = vote(r, matter, "yyyyyyyynn", opposed_most=most)
    its = [test for test in made.tests if test.id.startswith("not_opposed.")]
    assert made.verdict == verdict
    assert made.winners == (("yes",) if verdict == "passed" else ())
    assert [test.met for test in its] == met
    assert [(one.group, one.yes, one.no) for one in made.groups] == [("1", 5, 0), ("2", 3, 2)]
    if its:
        named = group_of(its[1], made.groups)
        assert named is not None and named.group == "2"
        assert (its[1].have, its[1].of) == (3, 5)


def test_the_condition_never_carries_what_the_procedure_rejects() -> None:
    r, matter = estate(5, 5)
    _, made = vote(r, matter, "nnnnnnnnny", opposed_most=99)
    assert made.verdict == "rejected"
    r, matter = estate(5, 5)
    _, made = vote(r, matter, "nn........", opposed_most=99)
    assert made.verdict == "no_quorum"


def test_abstentions_are_not_against() -> None:
    r, matter = estate(5, 5)
    _, made = vote(r, matter, "yyyyyyaaan", opposed_most=20)
    assert made.verdict == "passed"
    assert [(one.yes, one.no, one.abstain) for one in made.groups] == [(5, 0, 0), (1, 1, 3)]


@pytest.mark.parametrize(
    ("sizes", "choices", "shown"),
    [
        pytest.param((5, 4), "yyyyynnnn", [], id="four would be told apart"),
        pytest.param((5, 5), "yyyyynnnn.", [], id="only those who voted count"),
        pytest.param((6, 3, 3), "yyyyyynnnnny", [("1", 6), ("", 6)], id="two small ones joined"),
        pytest.param((6, 5, 1), "y" * 12, [("1", 6), ("", 6)], id="joined with the next larger"),
        pytest.param((12,), "y" * 12, [], id="one group is the whole"),
    ],
)
def test_a_group_is_shown_only_where_five_stand_together(
    sizes: tuple[int, ...], choices: str, shown: list[tuple[str, int]]
) -> None:
    r, matter = estate(*sizes)
    _, made = vote(r, matter, choices)
    assert [(one.group, one.taken_part) for one in made.groups] == shown


BALLOTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["", "1", "2", "3", "4"]), min_size=1, max_size=2),
        st.sampled_from(["yes", "no", "abstain", "!illegible"]),
    ),
    max_size=40,
)


@given(BALLOTS)
def test_every_group_that_is_shown_has_five_heads_and_the_rest_cannot_be_worked_out(
    ballots: list[tuple[list[str], str]],
) -> None:
    roll = {
        str(n): Entitlement(str(n), f"m{n}", parts=tuple(Part(group=g) for g in its))
        for n, (its, _) in enumerate(ballots)
    }
    cast = [(str(n), {"choice": choice}) for n, (_, choice) in enumerate(ballots)]
    shown = by_group(cast, roll)
    assert by_group(reversed(cast), roll) == shown
    for one in shown:
        assert one.taken_part >= FEWEST
        assert one.yes + one.no + one.abstain <= one.taken_part
    if shown:
        assert len(shown) >= 2
        single = sum(one.taken_part for one in shown)
        assert single >= len(ballots)  # nobody is left over; who is in two groups counts twice


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"secrecy": "secret"}, id="secret ballots"),
        pytest.param({"rule": "plurality"}, id="another rule"),
    ],
)
def test_the_condition_needs_open_ballots_for_or_against(more: dict[str, Any]) -> None:
    r, matter = estate(5, 5)
    with r.refuses("voting.groups_are_unknown"):
        vote(r, matter, "", opposed_most=40, **more)


@pytest.mark.parametrize("most", [-1, 100])
def test_the_limit_is_a_share_of_a_hundred(most: int) -> None:
    r, matter = estate(5, 5)
    with pytest.raises(Unreadable, match="opposed_most"):
        vote(r, matter, "", opposed_most=most)


def test_secret_ballots_are_never_told_by_group() -> None:
    r, matter = estate(5, 5)
    _, made = vote(r, matter, "yyyyynnnnn", secrecy="secret")
    assert made.groups == () and made.taken_part.heads == 10


def test_the_certificate_and_the_sheet_name_the_group_that_is_against() -> None:
    r, matter = estate(5, 5)
    poll, _ = vote(r, matter, "yyyyyyyynn", opposed_most=39)
    page = browse(r).get(f"/m/{matter}/polls/{poll}").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "2：反对过多" in text and "各组人数" in text and "不反对的人数" in text
    seq = polls_of(r.matter(matter))[poll].decided_by
    assert "各组人数" in browse(r).get(f"/m/{matter}/notices/{seq}").text


def test_the_opening_page_asks_for_the_limit() -> None:
    r, matter = estate(5, 5)
    client = browse(r, "wang")
    page = client.get(f"/m/{matter}/polls/new").text
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if "closes_at" in f)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    closes_at = (r.clock.now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    typed = {
        "question": "装灯吗？",
        "procedure": "charter",
        "channels": "web",
        "rule": "yes_no_abstain",
        "closes_at": closes_at,
        "opposed_most": "40",
    }
    answer = client.post(f"/m/{matter}/polls/new", data={**hidden, **typed})
    assert answer.status_code == 303, answer.text
    (newest,) = polls_of(r.matter(matter)).values()
    assert newest.opened.opposed_most == 40
