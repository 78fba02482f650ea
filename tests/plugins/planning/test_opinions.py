"""Every opinion is answered with a reason before the stage closes and before people vote."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from wugong import PLAN, Ref, Refused, Unreadable, seal
from wugong_planning import coverage
from wugong_planning.events import OpinionContested


def close(place: Any) -> None:
    place.r.act("wang", place.matter, "wugong.stage_closed", {"stage": "plan"})


def contest(place: Any, answer: int, by: str = "li") -> int:
    said: int = place.act(by, OpinionContested(answer=Ref(answer), text=seal("It does not")))
    return said


def test_planning_does_not_close_over_an_unanswered_opinion(place: Any) -> None:
    scheme = place.scheme([])
    first, second = place.opinion(scheme), place.opinion(scheme, by="chen")
    place.answer(first, "not_adopted")
    with pytest.raises(Refused) as refused:
        close(place)
    (reason,) = refused.value.reasons
    assert reason.code == "planning.opinion_unanswered"
    assert reason.details == {"count": 1, "all": 2, "first": second}
    assert reason.source == "中辦發〔2015〕41號"

    place.answer(second, "partly")
    close(place)
    assert place.r.matter(place.matter).status(PLAN) == "done"


def test_leaving_planning_out_is_no_way_round_the_opinions(place: Any) -> None:
    place.opinion(place.scheme([]))
    skipped = {"stage": "plan", "reason": "We know enough"}
    with place.r.refuses("planning.opinion_unanswered"):
        place.r.act("wang", place.matter, "wugong.stage_skipped", skipped)


def test_a_reason_is_needed_whatever_the_decision(place: Any) -> None:
    opinion = place.opinion(place.scheme([]))
    body = {"opinion": opinion, "decision": "adopted", "reason": " "}
    with pytest.raises(Unreadable, match="reason"):
        place.r.act("wang", place.matter, "planning.opinion_answered", body)


def test_nobody_answers_their_own_opinion(place: Any) -> None:
    opinion = place.opinion(place.scheme([]), by="wang")
    with place.r.refuses("wugong.needs_another_person"):
        place.answer(opinion, by="wang")
    place.answer(opinion, by="zhao")


def test_a_resident_does_not_answer(place: Any) -> None:
    opinion = place.opinion(place.scheme([]))
    with place.r.refuses("wugong.not_your_role"):
        place.answer(opinion, by="chen")


def test_an_opinion_is_answered_once_unless_it_was_contested(place: Any) -> None:
    opinion = place.opinion(place.scheme([]))
    answer = place.answer(opinion, "not_adopted")
    with place.r.refuses("planning.already_answered"):
        place.answer(opinion)

    contest(place, answer)
    with place.r.refuses("planning.opinion_unanswered"):
        close(place)
    second = place.answer(opinion, "partly")
    with place.r.refuses("planning.answer_final"):
        place.answer(opinion)
    with place.r.refuses("planning.contested_once"):
        contest(place, second)
    close(place)


def test_only_its_author_contests_an_answer(place: Any) -> None:
    answer = place.answer(place.opinion(place.scheme([])))
    with place.r.refuses("planning.not_your_opinion"):
        contest(place, answer, by="chen")


def test_an_opinion_of_another_matter_is_not_answered_here(place: Any) -> None:
    opinion = place.opinion(place.scheme([]))
    place.matter = place.r.open("A bench", by="li")
    with place.r.refuses("planning.not_in_this_matter"):
        place.answer(opinion)


def test_the_adoption_rate_is_exact_and_leaves_out_who_still_waits(place: Any) -> None:
    scheme = place.scheme([])
    opinions = [place.opinion(scheme, by=who) for who in ("li", "chen", "sun", "zhao")]
    for opinion, decision in zip(opinions, ("adopted", "partly", "not_adopted"), strict=False):
        place.answer(opinion, decision)
    found = coverage.adoption(place.state)
    assert (found.adopted, found.partly, found.not_adopted, found.waiting) == (1, 1, 1, 1)
    assert (found.rate.part, found.rate.whole, found.rate.share) == (2, 3, Fraction(2, 3))


def test_officers_see_how_many_answers_are_owed_and_until_when(place: Any) -> None:
    scheme = place.scheme([])
    first = place.opinion(scheme)
    place.r.wait(days=1)
    place.opinion(scheme, by="chen")
    (owed,) = (w for w in place.r.engine.waiting(place.matter) if w.act)
    assert (owed.what, owed.details, owed.about) == (
        "Opinions to answer: {count}",
        {"count": 2},
        first,
    )
    # Given on 2 March; the three days after it are over when 6 March begins in China.
    assert owed.by is not None and owed.by.isoformat() == "2026-03-05T16:00:00+00:00"
