"""The page of every procedure: its calculator at each number of the law, and just short of it.

Made from the procedures themselves, so that a new one cannot arrive without its page being tried.
Only what the page offers is filled in; what is read is what a person would see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil, floor
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.law.lawbook import LAW
from tests.law.pages import WORDS, fields, said, submitted
from wugong import Procedure, Requirement
from wugong.describing import condition
from wugong.explaining import OUTCOMES
from wugong.figures import write_figure
from wugong.procedures import Composition

WHOLE = 1200  # divisible by every denominator there is
SEATED = 60  # members of a body that no rule gives a number


def figures(
    procedure: Procedure, kind: str, test: Requirement, number: int, offered: set[str]
) -> dict[str, str]:
    """Fill in what the form asks for: everybody everywhere, but ``number`` in one test."""
    whole = dict.fromkeys(procedure.units, WHOLE)
    part = {**whole, test.counts: number} if kind == "quorum" else whole
    yes = {**part, test.counts: number}
    no = {unit: part[unit] - yes[unit] for unit in part}
    groups = {"all": whole, "part": part, "present": part, "yes": yes, "no": no}
    given = {
        f"{group}.{unit}": str(write_figure(unit, count))
        for group, its in groups.items()
        for unit, count in its.items()
    }
    if procedure.kind == "election":
        votes = part[test.counts] if kind == "quorum" else number
        given |= {"seats": "1", "candidates": f"A {votes}"}
    return {name: value for name, value in given.items() if name in offered}


def thresholds() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for kind, tests in (("quorum", procedure.quorum), ("consent", procedure.consent)):
            for test in tests:
                yield pytest.param(procedure, kind, test, id=f"{name}-{test.id}")


def headlines(procedure: Procedure) -> tuple[str, str]:
    """Return what the page says of a poll that passes, and of one that is rejected."""
    if procedure.kind == "election":
        return WORDS(OUTCOMES["elected"], names="A"), WORDS(OUTCOMES["nobody"], names="")
    passed = "recalled" if procedure.kind == "recall" else "passed"
    return WORDS(OUTCOMES[passed]), WORDS(OUTCOMES["rejected"])


@pytest.mark.parametrize(("procedure", "kind", "test"), [*thresholds()])
def test_the_outcome_and_its_test_change_on_the_page_at_the_number_of_the_law(
    client: TestClient, procedure: Procedure, kind: str, test: Requirement
) -> None:
    exact = test.threshold.share * WHOLE
    enough = int(exact) if test.threshold.inclusive else floor(exact) + 1
    offered = fields(client.get(f"/procedures/{procedure.id}").text, "vote")
    shown = [
        said(
            submitted(
                client,
                procedure.id,
                "vote",
                figures(procedure, kind, test, number, offered),
            )
        )
        for number in (enough - 1, enough)
    ]
    below, at = shown
    tests = (*procedure.quorum, *procedure.consent)
    (place,) = [n for n, one in enumerate(tests) if one is test]
    told = condition(test.counts, test.threshold, test.base, WORDS)
    for one, met in ((below, False), (at, True)):
        assert one.test(place)[0] is met
        assert told in one.test(place)[1]
    short = write_figure(test.counts, 1)
    assert f"还差{short}" in below.test(place)[1] and "还差" not in at.test(place)[1]
    passed, rejected = headlines(procedure)
    assert (WORDS(OUTCOMES["no_quorum"]) if kind == "quorum" else rejected) in below.headline
    # More than the quorum may have to agree of ALL; then this number lets the vote be, not pass.
    agreed = all(row.startswith("ok ") for row in at.tests)
    assert (passed if agreed else rejected) in at.headline
    if kind == "consent":
        assert agreed


RECALLS = [one for _, one in sorted(LAW.items()) if one.petition]


@pytest.mark.parametrize("procedure", [pytest.param(one, id=one.id) for one in RECALLS])
def test_whoever_asked_for_a_recall_can_be_typed_with_all_of_whom_they_are_a_share(
    client: TestClient, procedure: Procedure
) -> None:
    offered = fields(client.get(f"/procedures/{procedure.id}").text, "vote")
    for rule in procedure.petition:
        full = {f"{group}.{unit}": WHOLE for group in ("part", "yes") for unit in procedure.units}
        enough = int(rule.threshold.share * WHOLE)
        for asked, outcome in ((enough - 1, "void"), (enough, "recalled")):
            given = {**full, f"petition.{rule.unit}": asked, f"all.{rule.unit}": WHOLE}
            given |= {f"all.{unit}": WHOLE for unit in procedure.units}
            assert given.keys() <= offered
            typed = {name: str(number) for name, number in given.items()}
            page = said(submitted(client, procedure.id, "vote", typed))
            assert WORDS(OUTCOMES[outcome]) in page.headline


ADULTS = {"all.persons": "1203", "present.persons": "602", "yes.persons": "302"}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        pytest.param({"on": "2026-06-30", "notice_on": "2026-06-20"}, "passed", id="10 days"),
        pytest.param(
            {"on": "2026-06-30", "notice_on": "2026-06-20", "clear_days": "1"},
            "void",
            id="9 clear days",
        ),
        pytest.param(
            {"on": "2026-06-30", "notice_on": "2026-06-19", "clear_days": "1"},
            "passed",
            id="10 clear days",
        ),
    ],
)
def test_the_day_of_the_meeting_may_be_left_out_on_the_page(
    client: TestClient, given: dict[str, str], outcome: str
) -> None:
    page = submitted(client, "villagers.assembly.adults", "vote", {**ADULTS, **given})
    assert WORDS(OUTCOMES[outcome]) in said(page).headline


@pytest.mark.parametrize(
    ("on", "article"),
    [
        pytest.param("2025-12-31", "（2018年文本）第22条", id="the older text"),
        pytest.param("2026-01-01", "（2025）第26条", id="the text in force"),
    ],
)
def test_the_page_judges_a_day_by_the_text_of_that_day(
    client: TestClient, on: str, article: str
) -> None:
    page = submitted(client, "villagers.assembly.adults", "vote", {**ADULTS, "on": on})
    assert article in said(page).test(0)[1]


@pytest.mark.parametrize("name", ["discussion.twelve", "discussion.nantang"])
def test_on_its_page_a_custom_cannot_take_the_place_of_a_statute(
    client: TestClient, name: str
) -> None:
    given = {"part.members": "5", "yes.members": "3", "no.members": "2"}
    offered = fields(client.get(f"/procedures/{name}").text, "vote")
    figures = {key: number for key, number in given.items() if key in offered}
    assert WORDS(OUTCOMES["passed"]) in said(submitted(client, name, "vote", figures)).headline
    page = submitted(client, name, "vote", {**figures, "instead_of": "owners.special"})
    assert WORDS(OUTCOMES["void"]) in said(page).headline and "民法典" in page


def least_of(rule: Composition, members: int, each: int) -> int:
    """Return the smallest lawful count of a rule on anything but the members."""
    if rule.for_each:
        return rule.number * each
    return ceil(rule.threshold.share * members) if rule.threshold else rule.number


def body(rules: tuple[Composition, ...], members: int, **instead: int) -> dict[str, int]:
    """Return the smallest lawful body of so many members; ``instead`` by place of a rule."""
    made = {"members": members}
    for n, rule in enumerate(rules):
        if rule.count != "members":
            least = instead.get(f"r{n}", least_of(rule, members, made.get(rule.of, members)))
            made[rule.count] = max(least, made.get(rule.count, 0))
    return {**{rule.of: members for rule in rules if rule.of}, **made}


def limits() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for n, rule in enumerate(procedure.composition):
            yield pytest.param(procedure, n, rule, id=f"{name}-{rule.id}")


@pytest.mark.parametrize(("procedure", "n", "rule"), [*limits()])
def test_a_body_is_lawful_on_the_page_from_its_number_on(
    client: TestClient, procedure: Procedure, n: int, rule: Composition
) -> None:
    rules = procedure.composition
    least = [one.number for one in rules if one.count == "members" and one.number]
    members = max([*least, 0]) or SEATED
    if rule.count == "representatives" and rule.number:
        members = rule.number  # so few that no share of the members asks for more
    each = body(rules, members).get(rule.of, members)
    last = rule.most * (each if rule.for_each else 1) or (
        rule.number if rule.count == "members" else least_of(rule, members, each)
    )
    beyond = last + 1 if rule.most else last - 1
    offered = fields(client.get(f"/procedures/{procedure.id}").text, "composition")
    shown = []
    for count in (last, beyond):
        counts = (
            body(rules, count)
            if rule.count == "members"
            else body(rules, members, **{f"r{n}": count})
        )
        titled = {f"classes.{one.id}" for one in procedure.classes}
        given = {
            (f"classes.{name}" if f"classes.{name}" in titled else name): str(number)
            for name, number in counts.items()
        }
        asked = {name: value for name, value in given.items() if name in offered}
        shown.append(said(submitted(client, procedure.id, "composition", asked)))
    at, past = shown
    assert at.test(n)[0] and not past.test(n)[0]
    assert ("多出1" if rule.most else "还差1") in past.test(n)[1]
    assert WORDS(OUTCOMES["lawful"]) in at.headline
    assert WORDS(OUTCOMES["unlawful"]) in past.headline


QUIET = [one for _, one in sorted(LAW.items()) if not (one.quorum or one.consent)]


@pytest.mark.parametrize("procedure", [pytest.param(one, id=one.id) for one in QUIET])
def test_what_no_figures_settle_has_no_calculator_or_says_so(
    client: TestClient, procedure: Procedure
) -> None:
    page = client.get(f"/procedures/{procedure.id}").text
    if not procedure.causes:
        assert 'name="check" value="vote"' not in page
        return
    for cause in procedure.causes:
        answer = submitted(client, procedure.id, "vote", {"cause": cause})
        assert re.search(r'<p class="err" role="alert">[^<]+</p>', answer)
        assert 'id="result"' not in answer


def test_every_procedure_that_is_installed_is_tried_here(client: TestClient) -> None:
    assert client.app.state.engine.registry.procedures.keys() == LAW.keys()  # type: ignore[attr-defined]
    tried = {case.values[0].id for case in (*thresholds(), *limits())}
    assert tried | {one.id for one in QUIET} == LAW.keys()
