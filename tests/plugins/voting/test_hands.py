"""A show of hands: two tellers, who is counted, what a hand weighs, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import HEADS, agree, cast, charter, decided, heads, opened
from tests.plugins.voting.neighbourhood import rehearsal as neighbours
from tests.plugins.voting.test_batches import control
from tests.plugins.voting.test_guardians import imported
from tests.plugins.voting.test_mandates import give, lenient
from tests.plugins.voting.test_papers import DELIVERED, RETURNED, log
from wugong import Procedure, Refused
from wugong.testing import Rehearsal
from wugong_voting.ballots import BALLOTS
from wugong_voting.events import MOST_UNITS
from wugong_voting.export import exported
from wugong_voting.hand_events import MOST_RAISED
from wugong_voting.hands import shows_of
from wugong_voting.rules import RULES
from wugong_voting.showing import cast_in, taken_part, ways_of
from wugong_voting.state import polls_of

NOTED, ENTERED = "voting.presence_noted", "voting.hands_entered"
CONFIRMED, WITHDRAWN = "voting.hands_confirmed", "voting.hands_withdrawn"
THREE = ("101", "102", "301")  # li, zhao, sun
MORE = ("fang", "gao", "he", "jin")
ROOMS = dict(zip(("401", "402", "501", "502"), MORE, strict=True))
AREA = 'measure = "area", base = "all", op = ">=", share = "1/3", source = "章程 6"'


def met(*charters: Procedure, **more: Any) -> tuple[Rehearsal, str, int]:
    """Give an open poll that is held at a meeting, too, with two officers who can tell hands."""
    r = neighbours(*charters)
    for one in ("zhou", "xu"):
        r.enrol(one, ("officer",))
    for one in MORE:
        r.enrol(one)
    owners = [
        *[("101", "li", "1", 80_00), ("102", "zhao", "1", 70_00), ("301", "sun", "2", 100_00)],
        *[("201", "qian", "1", 80_00)],
        *[(room, who, "3", 80_00) for room, who in ROOMS.items()],
    ]
    r.roster("owners", owners)
    matter = r.open("Lights", by="li")
    channels = more.pop("channels", ["web", "paper", "assisted", "meeting"])
    return r, matter, opened(r, matter, channels=channels, **more)


def note(
    r: Rehearsal, matter: str, poll: int, named: Sequence[str] = THREE, *, left: bool = False
) -> None:
    r.act("wang", matter, NOTED, {"poll": poll, "entitlements": list(named), "left": left})


def hands(people: int = 3, **received: int) -> dict[str, Any]:
    options = [{"option": o, "count": n} for o, n in (received or {"yes": 2, "no": 1}).items()]
    return {"people": people, "options": options}


def enter(
    r: Rehearsal,
    matter: str,
    poll: int,
    named: Sequence[str] = THREE,
    counted: dict[str, Any] | None = None,
    number: int = 1,
    by: str = "wang",
) -> Any:
    its = {"entitlements": list(named), "counted": counted or hands()}
    return r.act(by, matter, ENTERED, {"poll": poll, "number": number, **its})


def confirm(
    r: Rehearsal,
    matter: str,
    poll: int,
    counted: dict[str, Any] | None = None,
    number: int = 1,
    by: str = "zhou",
) -> Any:
    body = {"poll": poll, "number": number, "counted": counted or hands()}
    return r.act(by, matter, CONFIRMED, body)


def told(r: Rehearsal, matter: str, poll: int) -> None:
    note(r, matter, poll)
    enter(r, matter, poll)
    confirm(r, matter, poll)


def test_hands_take_effect_when_a_second_teller_counted_the_same() -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    enter(r, matter, poll)
    assert r.engine.book(BALLOTS, "example") == {}, "nothing counts before it is confirmed"
    assert len(confirm(r, matter, poll).facts) == 2, "the confirmation and its effect, together"
    its = polls_of(r.matter(matter))[poll]
    assert taken_part(r.engine, "example", its).ballots == 3
    cast(r, matter, poll, "qian", "yes", unit="201")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 3, "no": 1, "abstain": 0}
    assert (made.verdict, made.taken_part.ballots, made.groups) == ("passed", 4, ())
    its = polls_of(r.matter(matter))[poll]
    ways = ways_of(r.engine, r.matter(matter), its)
    assert ways == [("on the web", 1), ("by show of hands", 3)]


def test_who_raises_no_hand_takes_part_and_agrees_to_nothing() -> None:
    r, matter, poll = met(charter(quorum=f'[{{ id = "q", {HEADS.replace("1/2", "1/4")} }}]'))
    note(r, matter, poll)
    enter(r, matter, poll, counted=hands(yes=1, no=1))
    confirm(r, matter, poll, counted=hands(yes=1, no=1))
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 1, "no": 1, "abstain": 0}
    assert (made.taken_part.heads, made.verdict) == (3, "rejected")


@pytest.mark.parametrize(
    ("received", "refused"),
    [
        pytest.param({"yes": 2}, False, id="one hand fewer"),
        pytest.param({"yes": 2, "no": 1}, False, id="exactly all"),
        pytest.param({"yes": 2, "no": 1, "abstain": 1}, True, id="one hand too many"),
    ],
)
def test_no_more_hands_than_people_in_the_room(received: dict[str, int], refused: bool) -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    if not refused:
        enter(r, matter, poll, counted=hands(**received))
        return
    with r.refuses("voting.hands_too_many"):
        enter(r, matter, poll, counted=hands(**received))
    assert shows_of(r.matter(matter), poll) == ()


@pytest.mark.parametrize("people", [2, 4])
def test_the_people_in_the_room_are_those_on_the_list(people: int) -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    with r.refuses("voting.hands_people_differ"):
        enter(r, matter, poll, counted=hands(people, yes=1))
    enter(r, matter, poll)
    with r.refuses("voting.hands_people_differ"):
        confirm(r, matter, poll, counted=hands(people, yes=2, no=1))


@pytest.mark.parametrize("count", [1, 3])
def test_two_tellers_who_differ_by_one_hand_have_no_count(count: int) -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    enter(r, matter, poll)
    with pytest.raises(Refused) as refused:
        confirm(r, matter, poll, counted=hands(yes=count, no=1))
    (reason,) = refused.value.reasons
    by = {1: "−1", 3: "+1"}[count]
    assert reason.code == "voting.hands_option_differs"
    assert dict(reason.details) == {"option": "For", "hand": count, "known": 2, "by": by}
    confirm(r, matter, poll)


def test_a_teller_does_not_confirm_the_own_count() -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    enter(r, matter, poll)
    with r.refuses("voting.hands_need_another"):
        confirm(r, matter, poll, by="wang")
    confirm(r, matter, poll)
    with r.refuses("voting.hands_not_waiting"):
        confirm(r, matter, poll, by="xu")


@pytest.mark.parametrize("who", ["li", "desk"])
def test_only_officers_and_scrutineers_tell_hands(who: str) -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    with r.refuses("wugong.not_your_role"):
        enter(r, matter, poll, by=who)
    enter(r, matter, poll)
    with r.refuses("wugong.not_your_role"):
        confirm(r, matter, poll, by=who)
    r.act("operator", r.community, "wugong.role_granted", {"member": who, "role": "scrutineer"})
    confirm(r, matter, poll, by=who)


def test_a_candidate_tells_no_hands() -> None:
    r, matter, poll = met(candidates=["wang", "zhou"])
    note(r, matter, poll)
    with r.refuses("voting.teller_is_a_candidate"):
        enter(r, matter, poll)
    enter(r, matter, poll, by="xu")
    with r.refuses("voting.teller_is_a_candidate"):
        confirm(r, matter, poll)


def test_only_those_who_are_noted_as_present_and_have_not_left_are_counted() -> None:
    r, matter, poll = met()
    note(r, matter, poll, THREE[:2])
    with r.refuses("voting.hands_absent"):
        enter(r, matter, poll)
    note(r, matter, poll, THREE)
    note(r, matter, poll, ["301"], left=True)
    with r.refuses("voting.hands_absent"):
        enter(r, matter, poll)
    enter(r, matter, poll, THREE[:2], hands(2, yes=2))


def test_only_who_is_on_the_roll_is_there_and_each_once() -> None:
    r, matter, poll = met()
    with r.refuses("voting.not_on_the_roll"):
        note(r, matter, poll, ["999"])
    with r.refuses("voting.entitlement_twice"):
        note(r, matter, poll, ["101", "101"])
    note(r, matter, poll)
    with r.refuses("voting.entitlement_twice"):
        enter(r, matter, poll, ["101", "101"], hands(2, yes=1))


# One ballot an entitlement, whatever the mix


def test_who_has_another_ballot_raises_no_hand() -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    cast(r, matter, poll, "sun", "no")
    with pytest.raises(Refused) as refused:
        enter(r, matter, poll)
    said = [(one.code, one.details["entitlement"]) for one in refused.value.reasons]
    assert said == [("voting.hands_voted_already", "301")]
    enter(r, matter, poll, THREE[:2], hands(2, yes=2))


def test_whose_paper_came_back_raises_no_hand() -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    log(r, matter, poll, DELIVERED, "301", how="door")
    log(r, matter, poll, RETURNED, "301")
    with r.refuses("voting.hands_paper_is_back"):
        enter(r, matter, poll)


@pytest.mark.parametrize("confirmed", [False, True], ids=["waiting", "confirmed"])
def test_whom_a_count_stands_for_cannot_vote_in_another_way(confirmed: bool) -> None:
    r, matter, poll = met()
    log(r, matter, poll, DELIVERED, "301", how="door")
    note(r, matter, poll)
    enter(r, matter, poll)
    if confirmed:
        confirm(r, matter, poll)
    agree(r, matter, poll, "li")
    for channel, by in (("web", "li"), ("assisted", "desk"), ("meeting", "wang")):
        body = {"poll": poll, "entitlement": "101", "choice": "no"}
        helped = {"channel": channel, "principal": None if by == "li" else "li"}
        with r.refuses("voting.counted_by_hand"):
            r.act(by, matter, "voting.ballot_cast", body, **helped)
    with r.refuses("voting.counted_by_hand"):
        log(r, matter, poll, RETURNED, "301")
    sheet = {"sheet": 1, "entitlement": "301", "choice": "no"}
    its = control({"sheets": 1, "options": {"no": 1}})
    with r.refuses("voting.counted_by_hand"):
        batch = {"poll": poll, "number": 1, "control": its, "ballots": [sheet]}
        r.act("wang", matter, "voting.batch_entered", batch)
    code = "voting.hands_in_another"
    with r.refuses(code):
        enter(r, matter, poll, number=2)
    cast(r, matter, poll, "qian", "yes", unit="201")  # whom it does not stand for


def test_who_holds_a_mandate_of_somebody_counted_cannot_vote_under_it() -> None:
    r, matter, poll = met(lenient())
    note(r, matter, poll)
    give(r, matter, poll, "li", "101", "qian")
    enter(r, matter, poll)
    with r.refuses("voting.counted_by_hand"):
        cast(r, matter, poll, "qian", "no", unit="101")
    give(r, matter, poll, "sun", "301", "zhou")
    with r.refuses("voting.helper_holds_a_mandate"):
        confirm(r, matter, poll)


def test_a_count_that_is_withdrawn_frees_whom_it_stood_for() -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    enter(r, matter, poll)
    r.act("zhou", matter, WITHDRAWN, {"poll": poll, "number": 1, "reason": "sun had left"})
    cast(r, matter, poll, "sun", "no")
    enter(r, matter, poll, THREE[:2], hands(2, yes=2))
    confirm(r, matter, poll, hands(2, yes=2))
    with r.refuses("voting.hands_not_waiting"):
        r.act("zhou", matter, WITHDRAWN, {"poll": poll, "number": 1, "reason": "again"})
    r.wait(days=7)
    assert heads(decided(r, matter, poll)) == {"yes": 2, "no": 1, "abstain": 0}


def test_a_count_that_nobody_confirms_counts_for_nothing_and_is_named() -> None:
    r, matter, poll = met()
    note(r, matter, poll)
    enter(r, matter, poll)
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.ballots == 0
    (show,) = shows_of(r.matter(matter), poll)
    assert (show.done, show.size, show.entitlements) == (False, 3, frozenset())
    with r.refuses("voting.poll_is_closed"):
        confirm(r, matter, poll)


def test_two_counts_of_one_poll_are_of_different_people() -> None:
    r, matter, poll = met()
    told(r, matter, poll)
    note(r, matter, poll, list(ROOMS))
    with r.refuses("voting.hands_entered_already"):
        enter(r, matter, poll, list(ROOMS), hands(4, yes=3))
    enter(r, matter, poll, list(ROOMS), hands(4, yes=3), number=2, by="zhou")
    confirm(r, matter, poll, hands(4, yes=3), number=2, by="xu")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 5, "no": 1, "abstain": 0}
    assert made.taken_part.heads == 7


# What a hand weighs


def test_where_area_counts_hands_that_weigh_differently_are_not_told() -> None:
    r, matter, poll = met(charter(quorum=f'[{{ id = "take_part", {AREA} }}]'))
    note(r, matter, poll, [*THREE, *ROOMS])
    with r.refuses("voting.hands_differ_in_area"):
        enter(r, matter, poll)
    enter(r, matter, poll, list(ROOMS), hands(4, yes=3, no=1))  # 80.00 m² each: exact
    confirm(r, matter, poll, hands(4, yes=3, no=1))
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert {c.option: c.area_dm2 for c in made.counts} == {"yes": 240_00, "no": 80_00, "abstain": 0}


def test_what_the_procedure_does_not_test_is_not_added_up() -> None:
    r, matter, poll = met()
    told(r, matter, poll)
    cast(r, matter, poll, "qian", "yes", unit="201")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.taken_part.area_dm2, made.taken_part.heads) == (0, 4)


def test_who_votes_for_a_ward_too_raises_one_hand() -> None:
    r = neighbours()
    imported(r, "101,li,80,登记簿,", "102,小明,80,登记簿,li", "301,sun,80,登记簿,")
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, channels=["web", "meeting"])
    note(r, matter, poll)
    with r.refuses("voting.hands_one_each"):
        enter(r, matter, poll)
    enter(r, matter, poll, ["101", "301"], hands(2, yes=2))


# Which polls


THREE_DESIGNS = [{"id": one, "title": one.upper()} for one in "abc"]
UNFIT = [
    pytest.param({"channels": ["web"]}, "voting.channel_not_offered", id="no meeting"),
    pytest.param({"opposed_most": 40}, "voting.hands_hide_groups", id="asked by group"),
    pytest.param(
        {"rule": "approval", "options": THREE_DESIGNS, "procedure": "opinion"},
        "voting.hands_choose_one",
        id="several options a ballot",
    ),
]


@pytest.mark.parametrize(("more", "code"), UNFIT)
def test_hands_are_told_only_where_a_hand_is_a_ballot(more: dict[str, Any], code: str) -> None:
    opinion = charter("opinion", quorum="[]", consent="[]", decides="false")
    r, matter, poll = met(charter(), opinion, **more)
    with r.refuses(code):
        note(r, matter, poll)


def test_one_of_several_designs_is_chosen_by_hand() -> None:
    opinion = charter("opinion", quorum="[]", consent="[]", decides="false")
    its = {"rule": "plurality", "options": THREE_DESIGNS, "procedure": "opinion"}
    r, matter, poll = met(charter(), opinion, **its)
    note(r, matter, poll)
    with r.refuses("voting.unknown_option"):
        enter(r, matter, poll, counted=hands(yes=1))
    enter(r, matter, poll, counted=hands(a=1, b=2))
    confirm(r, matter, poll, counted=hands(a=1, b=2))
    r.wait(days=7)
    assert decided(r, matter, poll).winners == ("b",)


@pytest.mark.parametrize(
    ("days", "code"), [(0, "voting.poll_not_open_yet"), (1, None), (7, "voting.poll_is_closed")]
)
def test_hands_are_told_while_the_poll_is_open(days: int, code: str | None) -> None:
    r, matter, poll = met(opens_at=datetime(2026, 3, 3, 1, tzinfo=UTC).isoformat())
    r.wait(days=days)
    if code is None:
        note(r, matter, poll)
        return
    with r.refuses(code):
        note(r, matter, poll)


# Counted again


def test_a_poll_with_a_show_of_hands_is_counted_again_by_another_program(tmp_path: Path) -> None:
    r, matter, poll = met()
    told(r, matter, poll)
    cast(r, matter, poll, "qian", "no", unit="201")
    r.wait(days=7)
    its = polls_of(r.matter(matter))[poll]
    rule = next(one for one in RULES if one.id == its.opened.rule)
    data = exported(its, rule, cast_in(r.engine, r.matter(matter), its), "heads", {"take_part"})
    assert sorted(one["weight"] for one in data["ballots"]) == [2, 2]
    assert not {"101", "zhao", "sun"} & set(json.dumps(data).split('"'))
    place = tmp_path / "poll.json"
    place.write_text(json.dumps(data), encoding="utf-8")
    program = Path(__file__).parents[3] / "tools" / "recount.py"
    run = [sys.executable, str(program), str(place)]
    assert subprocess.run(run, check=False, capture_output=True).returncode == 0
    data["ballots"][0]["weight"] += 1
    place.write_text(json.dumps(data), encoding="utf-8")
    assert subprocess.run(run, check=False, capture_output=True).returncode == 1


def test_what_somebody_raised_their_hand_for_is_nowhere() -> None:
    r, matter, poll = met()
    told(r, matter, poll)
    found = r.engine.book(BALLOTS, "example", prefix=f"{poll}/")
    assert {(one["choice"], one["channel"]) for one in found.values()} == {("", "hands")}


def test_a_whole_village_raises_hands_in_one_count() -> None:
    r = neighbours()
    for one in ("zhou",):
        r.enrol(one, ("officer",))
    r.roster("owners", [(f"{n}", f"m{n}", "1", 80_00) for n in range(MOST_RAISED)])
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, channels=["web", "meeting"])
    named = [str(n) for n in range(MOST_RAISED)]
    for start in range(0, MOST_RAISED, MOST_UNITS):
        note(r, matter, poll, named[start : start + MOST_UNITS])
    counted = hands(MOST_RAISED, yes=MOST_RAISED)
    enter(r, matter, poll, named, counted)
    confirm(r, matter, poll, counted)
    r.wait(days=7)
    assert heads(decided(r, matter, poll))["yes"] == MOST_RAISED
