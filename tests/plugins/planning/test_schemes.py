"""Versions of a scheme name the needs they answer; what is missing can be listed exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from wugong import JURISDICTION, PollClosed, Ref, Refused, SettingChanged
from wugong_planning import coverage
from wugong_planning.events import Clause
from wugong_planning.state import Scheme


def test_orphan_clauses_and_unanswered_needs_are_listed(place: Any) -> None:
    first, second, third = place.need(), place.need(by="chen"), place.need(by="zhao")
    place.scheme([first, third], [], [first])

    state = place.state
    assert coverage.orphan_clauses(state.scheme) == (2,)
    assert [need.id for need in coverage.unanswered_needs(state)] == [second]
    covered = coverage.coverage(state)
    assert (covered.part, covered.whole, covered.share) == (2, 3, Fraction(2, 3))


def test_no_share_is_taken_of_nothing(place: Any) -> None:
    assert coverage.coverage(place.state).share is None
    assert coverage.adoption(place.state).rate.share is None


def test_versions_count_up_and_the_newest_holds(place: Any) -> None:
    one = place.scheme([])
    two = place.scheme([], [], replaces=Ref(one))
    assert [(s.version, s.id) for s in place.state.schemes.values()] == [(1, one), (2, two)]
    assert place.state.scheme.id == two


def test_a_version_replaces_the_newest_not_an_older_one(place: Any) -> None:
    one = place.scheme([])
    place.scheme([], replaces=Ref(one))
    with place.r.refuses("planning.scheme_outdated"):
        place.scheme([], replaces=Ref(one))


def test_a_clause_cannot_answer_a_need_of_another_matter(place: Any) -> None:
    elsewhere = place.r.open("A bench", by="li")
    need = place.r.act("li", elsewhere, "planning.need_filed", {"text": "A bench"}).seq
    with place.r.refuses("planning.need_elsewhere"):
        place.scheme([need])


@pytest.mark.parametrize(
    ("lies", "source"),
    [
        pytest.param("", "", id="nowhere said: a custom"),
        pytest.param("CN-SC-Chengdu", "", id="a city without such a rule: a custom"),
        pytest.param("CN-BJ", "北京市物業管理條例 35", id="Beijing"),
        pytest.param("CN-ZJ-Hangzhou", "杭州物業規定 19", id="Hangzhou"),
        pytest.param("CN-ZJ", "", id="its province"),
    ],
)
def test_the_scheme_stays_as_it_is_while_people_vote_on_it(
    place: Any, lies: str, source: str
) -> None:
    if lies:
        place.r.act("operator", place.r.community, SettingChanged(name=JURISDICTION, value=lies))
    scheme = place.scheme([])
    place.notice(scheme)
    place.r.wait(days=15)
    poll = place.poll(scheme)
    with pytest.raises(Refused) as refused:
        place.scheme([])
    assert [(one.code, one.source) for one in refused.value.reasons] == [
        ("planning.scheme_frozen", source)
    ]
    place.act("wang", PollClosed(poll=Ref(poll)))
    assert place.scheme([]) == place.state.scheme.id


def test_a_need_is_followed_to_its_clauses_and_polls(place: Any) -> None:
    need, other = place.need(), place.need(by="chen")
    scheme = place.scheme([], [need])
    place.notice(scheme)
    place.r.wait(days=15)
    poll = place.poll(scheme)

    found = coverage.trace(place.state, need)
    assert [(s.version, number) for s, number in found.clauses] == [(1, 2)]
    assert [vote.id for vote in found.polls] == [poll]
    nothing = coverage.trace(place.state, other)
    assert (nothing.clauses, nothing.polls) == ((), ())


def version(*texts: str) -> Scheme:
    clauses = tuple(Clause(text=text) for text in texts)
    return Scheme(1, 1, "", clauses, 0, 0, "", "", None)  # type: ignore[arg-type]


def test_two_versions_are_compared_clause_by_clause() -> None:
    old = version("Lights", "Paint it white", "Open at 8")
    new = version("Lights", "Paint it blue", "Open at 8", "A bench")
    changes = coverage.compare(old, new)
    assert [change.what for change in changes] == ["kept", "changed", "kept", "added"]
    assert coverage.counts(changes) == {"kept": 2, "changed": 1, "added": 1}
    assert [c.what for c in coverage.compare(new, old)][-1] == "removed"
