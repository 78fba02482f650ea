"""The steps of procedures, and the record of one: figures that fit, once, and of this matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from wugong import Contribution, Refused, StepRecorded, Unreadable, hookimpl, read_procedure
from wugong.steps import placed_in, steps_of, title_of
from wugong.testing import Rehearsal

HEAD = """
body = "town"
setting = "urban"
roster = ""
effective_from = 2026-01-01
basis = [{article = "34", text_year = 2021, confidence = "V"}]
title = {en = "A flow"}
"""
NO_VOTE = 'kind = "no_vote"\ndecides = false\nquorum = []\nconsent = []\n'
VOTE = """
quorum = []
consent = [{id = "c", measure = "heads", base = "all", op = ">", share = "1/2", source = "278"}]
"""
STEP = """
[[steps]]
id = "{id}"
{more}
source = "34"
confidence = "V"
zh_Hans = "{id}"
zh_Hant = "{id}"
en = "Step {id}"
"""
TERM = """
[[terms]]
id = "hang"
days = 15
kind = "posted"
source = "34"
confidence = "V"
zh_Hans = "挂"
zh_Hant = "掛"
en = "Hang"
"""


def flow(name: str, kind: str = NO_VOTE, more: str = "", **steps: str) -> Any:
    listed = "".join(STEP.format(id=one, more=key) for one, key in steps.items())
    return read_procedure(f'id = "{name}"\n{kind}{HEAD}{more}{listed}{TERM}')


LIFT = flow(
    "town.lift", more='matters = ["lift"]\n', plan="", post='posts = "hang"', vote='under = ["a"]'
)
ANYWHERE = flow("town.talk", talk="", tell='posts = "no_days"')


class Town:
    """A plugin that brings the flows, one of another setting and one that is over."""

    @hookimpl
    def register(self) -> list[Contribution]:
        """Contribute the flows."""
        walk = flow("far.flow", walk="")
        over = replace(flow("old.flow", run=""), effective_to=date(2026, 2, 1))
        owners = flow("town.owners", VOTE, 'matters = ["lift"]\n', tell="")
        return [LIFT, ANYWHERE, owners, replace(walk, setting="rural"), over]


@pytest.fixture
def r() -> Rehearsal:
    return Rehearsal({"town": Town()}, members={"zhou": ("officer",), "li": ()})


@pytest.fixture
def lift(r: Rehearsal) -> str:
    return r.open("A lift", by="li", category="lift")


def sheet(step: str = "town.lift.plan", **more: Any) -> StepRecorded:
    return StepRecorded(
        **{"step": step, "held_on": date(2026, 3, 2), "resolved": "As drawn.", **more}
    )


def test_a_matter_has_the_steps_of_its_kind_and_those_of_every_matter(
    r: Rehearsal, lift: str
) -> None:
    other = r.open("A bench", by="li")
    today = date(2026, 3, 2)
    assert list(steps_of(r.matter(lift), today)) == [
        *("town.lift.plan", "town.lift.post", "town.lift.vote"),
        *("town.talk.talk", "town.talk.tell", "town.owners.tell"),
    ]
    assert list(steps_of(r.matter(other), today)) == ["town.talk.talk", "town.talk.tell"]


def test_a_procedure_has_its_steps_only_while_it_is_in_force(r: Rehearsal, lift: str) -> None:
    last, over = date(2026, 2, 1), date(2026, 2, 2)
    assert "old.flow.run" in steps_of(r.matter(lift), last)
    assert "old.flow.run" not in steps_of(r.matter(lift), over)


def test_what_a_step_posts_hangs_for_its_term() -> None:
    plan, post, _vote = placed_in(LIFT)
    assert plan.term is None
    assert post.term is not None
    assert (post.term.days, post.number, post.of) == (15, 2, 3)
    assert [one.term for one in placed_in(ANYWHERE)] == [None, None]


def test_a_step_cannot_post_for_a_term_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="step post: posts names 'plan', which is no term"):
        flow("town.lift", post='posts = "plan"')


def test_a_step_is_told_in_words_and_an_unknown_one_by_its_name() -> None:
    known = {"town.lift": LIFT}
    assert title_of("town.lift.plan", known, "en") == "Step plan"
    assert title_of("town.lift.fly", known, "en") == "town.lift.fly"
    assert title_of("no.such", known, "en") == "no.such"


def test_the_record_keeps_who_was_due_and_who_came(r: Rehearsal, lift: str) -> None:
    seq = r.act("zhou", lift, sheet(due=30, present=30, yes=20, no=6, abstain=4)).seq
    fact = r.engine.fact(r.community, seq, r.viewer(lift))
    assert fact is not None
    assert (fact.event.due, fact.event.present) == (30, 30)
    assert r.matter(lift).steps == {"town.lift.plan": seq}


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        pytest.param({"due": 9, "present": 9, "yes": 9}, "", id="all came, all for"),
        pytest.param({"due": 9, "present": 8, "yes": 9}, "impossible", id="one vote too many"),
        pytest.param({"due": 9, "present": 10}, "impossible", id="one came too many"),
        pytest.param(
            {"due": 9, "present": 9, "yes": 5, "no": 4, "abstain": 1},
            "impossible",
            id="ten of nine",
        ),
        pytest.param({"due": 9}, "missing", id="nobody says who came"),
        pytest.param({"present": 9}, "missing", id="nobody says who was due"),
        pytest.param({"yes": 9}, "missing", id="votes of nobody"),
        pytest.param({}, "", id="no meeting"),
        pytest.param({"due": 0, "present": 0, "yes": 0}, "", id="nobody at all"),
    ],
)
def test_figures_must_fit(r: Rehearsal, lift: str, figures: dict[str, Any], code: str) -> None:
    if not code:
        assert r.act("zhou", lift, sheet(**figures)).seq
        return
    with r.refuses(f"wugong.attendance_{code}"):
        r.act("zhou", lift, sheet(**figures))


@pytest.mark.parametrize("step", ["far.flow.walk", "old.flow.run", "town.lift.fly", "x"])
def test_a_step_of_another_place_or_time_is_refused(r: Rehearsal, lift: str, step: str) -> None:
    with r.refuses("wugong.step_unknown"):
        r.act("zhou", lift, sheet(step))


def test_a_step_of_another_kind_of_matter_is_refused(r: Rehearsal) -> None:
    bench = r.open("A bench", by="li")
    with r.refuses("wugong.step_unknown"):
        r.act("zhou", bench, sheet())


def test_a_step_that_is_a_vote_has_its_poll(r: Rehearsal, lift: str) -> None:
    with r.refuses("wugong.step_is_a_vote"):
        r.act("zhou", lift, sheet("town.lift.vote"))


def test_a_step_is_recorded_once_and_corrected_by_name(r: Rehearsal, lift: str) -> None:
    first = r.act("zhou", lift, sheet()).seq
    other = r.act("zhou", lift, sheet("town.lift.post")).seq
    with r.refuses("wugong.step_done"):
        r.act("zhou", lift, sheet())
    with r.refuses("wugong.step_corrects_another"):
        r.act("zhou", lift, sheet(corrects=other))
    second = r.act("zhou", lift, sheet(corrects=first, due=3, present=2)).seq
    with r.refuses("wugong.step_corrects_another"):
        r.act("zhou", lift, sheet(corrects=first))
    assert r.matter(lift).steps["town.lift.plan"] == second


def test_the_day_is_today_or_earlier(r: Rehearsal, lift: str) -> None:
    with r.refuses("wugong.day_to_come"):
        r.act("zhou", lift, sheet(held_on=date(2026, 3, 3)))
    assert r.act("zhou", lift, sheet(held_on=date(2026, 3, 2))).seq


def test_a_resident_does_not_enter_it(r: Rehearsal, lift: str) -> None:
    with r.refuses("wugong.not_your_role"):
        r.act("li", lift, sheet())


@pytest.mark.parametrize("body", [{"due": -1}, {"due": 1_000_001}, {"held_on": "2026-02-30"}])
def test_what_is_no_number_or_day_is_not_read(r: Rehearsal, body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        r.engine.read(
            "wugong.step_recorded",
            {"step": "a", "held_on": "2026-03-02", "resolved": "x", **body},
        )


def test_the_community_itself_has_the_steps_that_name_no_kind_of_matter(r: Rehearsal) -> None:
    assert next(iter(steps_of(r.matter(r.community), date(2026, 3, 2)))) == "town.talk.talk"
    with pytest.raises(Refused):
        r.act("zhou", r.community, sheet())
    assert r.act("zhou", r.community, sheet("town.talk.talk")).seq


@pytest.mark.parametrize(
    ("term", "message"),
    [
        pytest.param('starts = "fly"', "starts names 'fly', which is no step", id="no such start"),
        pytest.param('starts = "file"\nends = "fly"', "ends names 'fly'", id="no such end"),
        pytest.param('starts = "passed"', "needs both", id="nothing could ever end it"),
        pytest.param('ends = "file"', "needs both", id="nothing could ever start it"),
        pytest.param("only = [7]", "only must be a list of kinds", id="kinds that are none"),
    ],
)
def test_a_term_that_runs_names_steps_that_are_there(term: str, message: str) -> None:
    within = TERM.replace('kind = "posted"', f'kind = "within"\n{term}')
    listed = STEP.format(id="file", more="")
    with pytest.raises(ValueError, match=message):
        read_procedure(f'id = "town.rules"\n{NO_VOTE}{HEAD}{listed}{within}')


def test_a_term_is_kept_from_its_start_until_its_end_is_on_record() -> None:
    within = TERM.replace('kind = "posted"', 'kind = "within"\nstarts = "passed"\nends = "file"')
    listed = STEP.format(id="file", more="")
    (term,) = read_procedure(f'id = "town.rules"\n{NO_VOTE}{HEAD}{listed}{within}').terms
    assert (term.starts, term.ends, term.only) == ("passed", "file", ())


def test_a_poll_brings_the_steps_of_its_procedure_into_a_matter_of_any_kind(r: Rehearsal) -> None:
    other = r.open("A bench", by="li")
    matter, today = r.matter(other), date(2026, 3, 2)
    assert "town.owners.tell" not in steps_of(matter, today)
    polled = replace(matter, polled=frozenset({"town.owners"}))
    assert list(steps_of(polled, today))[-1] == "town.owners.tell"


def test_what_is_only_told_is_no_step_that_anybody_records() -> None:
    made = flow("town.lift", plan="", beside="note = true", post='posts = "hang"')
    assert [one.id for one in made.steps] == ["plan", "beside", "post"]
    assert [(one.step.id, one.number, one.of) for one in placed_in(made)] == [
        *(("plan", 1, 2), ("post", 2, 2)),
    ]
    with pytest.raises(ValueError, match="a note has no actor"):
        flow("town.lift", beside='note = true\nactor = "owner"')
