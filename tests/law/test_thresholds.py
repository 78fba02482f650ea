"""Each threshold of each procedure, exactly on, just below and just above, made from the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.law.lawbook import LAW, ask, figures, outcome
from wugong import Procedure, Requirement, reaches
from wugong.procedures import Composition, Silence, Support

WHOLE = 1200  # divisible by every denominator there is: each share is met exactly


def cases() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for kind, tests in (("quorum", procedure.quorum), ("consent", procedure.consent)):
            for test in tests:
                for step in (-1, 0, 1):
                    exact = test.threshold.share * WHOLE
                    assert exact.denominator == 1, "choose a WHOLE that this share divides"
                    if exact + step <= WHOLE:
                        label = f"{name}-{test.id}-{step:+}"
                        yield pytest.param(procedure, kind, test, step, id=label)


@pytest.mark.parametrize(("procedure", "kind", "test", "step"), [*cases()])
def test_a_threshold_is_met_from_its_number_on(
    procedure: Procedure, kind: str, test: Requirement, step: int
) -> None:
    full = dict.fromkeys(procedure.units, WHOLE)
    number = int(test.threshold.share * WHOLE) + step
    part = {**full, test.counts: number} if kind == "quorum" else full
    yes = {**part, test.counts: number}
    reached = step > 0 or (step == 0 and test.threshold.op == ">=")
    request: dict[str, Any] = {"all": figures(full), "part": figures(part)}
    if procedure.kind == "election":
        votes = part[test.counts] if kind == "quorum" else number
        request |= {"seats": 1, "candidates": {"A": votes}}
    else:
        request |= {"yes": figures(yes)}
        request["no"] = figures({unit: part[unit] - yes[unit] for unit in part})
    failed = "no_quorum" if kind == "quorum" else "rejected"
    if kind == "quorum" and any(one.base == "all" for one in procedure.consent):
        # Fewer than a share of ALL who came cannot agree either; the quorum is told first.
        assert (outcome(procedure.id, **request) == "no_quorum") is not reached
        return
    assert outcome(procedure.id, **request) == ("passed" if reached else failed)


def compositions() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for rule in procedure.composition:
            exact = rule.threshold.share * WHOLE if rule.threshold else rule.number or rule.most
            exact *= WHOLE if rule.for_each else 1
            for step in (-1, 0, 1):
                label = f"{name}-{rule.id}-{step:+}"
                yield pytest.param(procedure, rule, int(exact), step, id=label)


@pytest.mark.parametrize(("procedure", "rule", "exact", "step"), [*compositions()])
def test_a_body_is_composed_lawfully_from_its_number_on(
    procedure: Procedure, rule: Composition, exact: int, step: int
) -> None:
    classes = {one.id: 0 for one in procedure.classes}
    all_of_them = rule.for_each or rule.count == "women"  # who are among the representatives
    counts = {"members": WHOLE, "representatives": WHOLE if all_of_them else 0, "women": 0}
    (classes if rule.count in classes else counts)[rule.count] = exact + step
    answer = ask(procedure.id, check="composition", classes=classes, **counts)
    (test,) = [test for test in answer["tests"] if test["id"] == rule.id]
    inclusive = rule.threshold is None or rule.threshold.op == ">="
    reached = step <= 0 if rule.most else step > 0 or (step == 0 and inclusive)
    assert test["met"] is reached and test["source"] == rule.source
    if not test["met"]:
        assert answer["outcome"] == "rejected"
        assert 1 in answer["needed"][rule.id].values()


@pytest.mark.parametrize(
    ("households", "unmet"),
    [
        pytest.param(None, [], id="not known: not looked at"),
        pytest.param(104, ["five_households_each"], id="one short of five for each"),
        pytest.param(105, [], id="exactly five for each"),
        pytest.param(315, [], id="exactly fifteen for each"),
        pytest.param(316, ["fifteen_households_each"], id="one more than fifteen for each"),
    ],
)
def test_a_delegate_stands_for_five_to_fifteen_households(
    households: int | None, unmet: list[str]
) -> None:
    known = {} if households is None else {"households": households}
    answer = ask("collective.delegates", check="composition", members=21, women=1, **known)
    assert [test["id"] for test in answer["tests"] if not test["met"]] == unmet
    assert answer["outcome"] == ("rejected" if unmet else "passed")
    assert len(answer["tests"]) == (2 if households is None else 4)


def petitions() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for rule in procedure.petition:
            for step in (-1, 0, 1):
                label = f"{name}-petition-{rule.unit}-{step:+}"
                exact = int(rule.threshold.share * WHOLE)
                yield pytest.param(procedure, rule, exact + step, id=label)


@pytest.mark.parametrize(("procedure", "rule", "asked"), [*petitions()])
def test_a_petition_is_enough_from_its_number_on_in_whatever_unit_they_asked(
    procedure: Procedure, rule: Support, asked: int
) -> None:
    full = dict.fromkeys(procedure.units, WHOLE)
    request: dict[str, Any] = {"all": {**full, rule.unit: WHOLE}, "part": full, "yes": full}
    answer = ask(procedure.id, **request, options={"petition": {rule.unit: asked}})
    needed = rule.threshold.share * WHOLE
    enough = asked >= needed if rule.threshold.inclusive else asked > needed
    assert answer["outcome"] == ("passed" if enough else "void")
    assert [one["source"] for one in answer.get("reasons", ())] == (
        [] if enough else [rule.threshold.source]
    )


def demands() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for rule in procedure.demands:
            for step in (-1, 0, 1):
                yield pytest.param(rule, step, id=f"{name}-demand-{rule.unit}-{step:+}")


@pytest.mark.parametrize(("rule", "step"), [*demands()])
def test_a_meeting_must_be_called_from_the_number_of_those_who_ask_on(
    rule: Support, step: int
) -> None:
    exact = rule.threshold.share * WHOLE
    assert exact.denominator == 1, "choose a WHOLE that this share divides"
    reached = step > 0 or (step == 0 and rule.threshold.inclusive)
    assert reaches(int(exact) + step, WHOLE, rule.threshold) is reached


def floors() -> Iterator[Any]:
    for name, procedure in sorted(LAW.items()):
        for rule in procedure.silence:
            if rule.threshold is not None:
                exact = int(rule.threshold.share * WHOLE)
                for step in (-1, 0, 1):
                    label = f"{name}-{rule.policy}-{step:+}"
                    yield pytest.param(procedure, rule, exact + step, id=label)


@pytest.mark.parametrize(("procedure", "rule", "voted"), [*floors()])
def test_silence_joins_a_majority_that_reaches_its_share_of_all_from_its_number_on(
    procedure: Procedure, rule: Silence, voted: int
) -> None:
    assert rule.threshold is not None
    full, yes = dict.fromkeys(procedure.units, WHOLE), dict.fromkeys(procedure.units, voted)
    silent = dict.fromkeys(procedure.units, WHOLE - voted)
    options = {"nonresponse": rule.policy, "clause": True, "warned": True, "delivered": True}
    request = {"all": full, "part": yes, "yes": yes, "silent": silent}
    given = {group: figures(units) for group, units in request.items()}
    answer = ask(procedure.id, **given, options=options)
    needed = rule.threshold.share * WHOLE
    joins = voted >= needed if rule.threshold.inclusive else voted > needed
    consent = [test for test in answer["tests"] if test["id"].endswith(("agrees", "agree"))]
    assert [test["have"] for test in consent] == [
        figures({test["unit"]: WHOLE if joins else voted})[test["unit"]] for test in consent
    ]
    codes = [flag["code"] for flag in answer["flags"]]
    assert ("majority_too_small" in codes) is not joins


DECIDED = [p for p in LAW.values() if p.kind in ("decision", "recall") and p.consent]


@given(
    procedure=st.sampled_from(DECIDED),
    numbers=st.lists(st.integers(1, 400), min_size=3, max_size=3).map(sorted),
    more=st.integers(0, 400),
)
def test_more_yes_never_turns_a_pass_into_a_fail(
    procedure: Procedure, numbers: list[int], more: int
) -> None:
    yes, part, whole = numbers
    after = min(part, yes + more)

    def asked(agreed: int) -> str:
        groups = {"all": whole, "part": part, "yes": agreed, "no": part - agreed}
        written = {name: figures(dict.fromkeys(procedure.units, n)) for name, n in groups.items()}
        return outcome(procedure.id, **written)

    if asked(yes) == "passed":
        assert asked(after) == "passed"


def test_every_answer_names_its_articles_and_what_is_needed() -> None:
    for procedure in DECIDED:
        groups = {name: figures(dict.fromkeys(procedure.units, 12)) for name in ("all", "yes")}
        answer = ask(procedure.id, **groups, part=groups["all"], no=figures(dict.fromkeys(procedure.units, 0)))  # fmt: skip # noqa: E501
        assert answer["basis"] and answer["version"] == procedure.version
        assert all(test["source"] and test["confidence"] for test in answer["tests"])
        assert answer["needed"].keys() == {test["id"] for test in answer["tests"]}
        assert set(answer["text"]) == {"zh_Hans", "zh_Hant", "en"}
