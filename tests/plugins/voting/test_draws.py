"""Draws by lot: a list that was fixed, a seed that several people made, seats that pass on."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from recount import main as recount
from tests.plugins.voting.neighbourhood import rehearsal
from wugong import PLAN, Refused, Unreadable, seal
from wugong.testing import Rehearsal
from wugong_voting import lots
from wugong_voting.draw_events import SeatDeclined
from wugong_voting.draw_export import exported
from wugong_voting.draws import LISTS, Draw, draws_of, list_of

# Stair 1 has three people, one of whom owns two flats; stair 2 has three.
FLATS = [
    *[("101", "li", "1", 80_00), ("102", "zhao", "1", 70_00), ("201", "qian", "1", 80_00)],
    *[("202", "qian", "1", 70_00), ("301", "sun", "2", 90_00), ("302", "zhou", "2", 90_00)],
    ("303", "wu", "2", 90_00),
]
PEOPLE = ["li", "qian", "sun", "wu", "zhao", "zhou"]
WORDS = {
    "li": "the plum tree by the well",
    "sun": "eleven blue umbrellas",
    "tenant": "nobody wakes the cat",
}
ANNOUNCED, COMMITTED = "voting.draw_announced", "voting.seed_part_committed"
REVEALED, DECLINED = "voting.seed_part_revealed", "voting.seat_declined"


def people() -> tuple[Rehearsal, str]:
    r = rehearsal()
    for member in ("zhou", "wu"):
        r.enrol(member)
    r.roster("owners", FLATS)
    return r, r.open("Lights", by="li")


def announce(r: Rehearsal, matter: str, by: str = "wang", **more: Any) -> int:
    edition = r.matter(matter).standing.rosters["owners"]
    body = {
        "purpose": "Six observers of the works",
        "roster": "owners",
        "edition": edition,
        "seats": 2,
        "commits_until": (r.clock.now + timedelta(days=3)).isoformat(),
        "reveals_until": (r.clock.now + timedelta(days=5)).isoformat(),
        **more,
    }
    return r.act(by, matter, ANNOUNCED, body).seq


def commit(r: Rehearsal, matter: str, draw: int, who: str, words: str = "") -> int:
    hashed = sha256((words or WORDS[who]).encode()).hexdigest()
    return r.act(who, matter, COMMITTED, {"draw": draw, "commitment": hashed}).seq


def reveal(r: Rehearsal, matter: str, draw: int, part: int, words: str, by: str = "li") -> None:
    r.act(by, matter, REVEALED, {"draw": draw, "part": part, "words": words})


def its(r: Rehearsal, matter: str, draw: int) -> Draw:
    return draws_of(r.matter(matter))[draw]


def drawn(r: Rehearsal, matter: str, **more: Any) -> Draw:
    draw = announce(r, matter, **more)
    parts = {who: commit(r, matter, draw, who) for who in WORDS}
    r.wait(days=3)
    for who, part in reversed(parts.items()):
        reveal(r, matter, draw, part, WORDS[who], by=who)
    return its(r, matter, draw)


def listed(r: Rehearsal, draw: Draw) -> list[lots.Person]:
    return list_of(r.engine.book(LISTS, r.community, keys=[str(draw.id)])[str(draw.id)])


def test_announcing_fixes_the_list_and_a_later_roster_changes_nothing() -> None:
    r, matter = people()
    draw = its(r, matter, announce(r, matter))
    there = listed(r, draw)
    assert [(one.id, one.group) for one in there] == [
        *[("li", "1"), ("qian", "1"), ("sun", "2"), ("wu", "2"), ("zhao", "1"), ("zhou", "2")]
    ]
    assert (draw.count, draw.digest) == (6, lots.digest(there))
    r.roster("owners", FLATS[:2])
    assert listed(r, draw) == there


def test_with_the_last_part_the_lots_are_drawn_from_everybodys_words() -> None:
    r, matter = people()
    draw = drawn(r, matter)
    seed = sha256("\n".join(["wugong-seed/1", *WORDS.values()]).encode()).hexdigest()
    assert draw.seed == seed == lots.joined(list(WORDS.values()))
    assert draw.sitting == lots.draw([lots.Person(one) for one in PEOPLE], seed, 2).drawn
    fact = r.engine.fact(r.community, draw.drawn_by, r.engine.viewer(matter, "li"))
    assert fact is not None
    assert [one.id for one in (*fact.event.drawn, *fact.event.substitutes)] == sorted(
        PEOPLE, key=lambda one: lots.ticket(seed, one)
    )


def test_without_one_of_the_parts_nothing_is_drawn() -> None:
    r, matter = people()
    draw = announce(r, matter)
    parts = {who: commit(r, matter, draw, who) for who in WORDS}
    r.wait(days=3)
    reveal(r, matter, draw, parts["li"], WORDS["li"])
    reveal(r, matter, draw, parts["sun"], WORDS["sun"])
    assert not its(r, matter, draw).is_over
    r.wait(days=2)
    assert its(r, matter, draw).failed == "withheld"
    with r.refuses("voting.draw_came_to_nothing"):
        reveal(r, matter, draw, parts["tenant"], WORDS["tenant"])


@pytest.mark.parametrize(
    ("parts", "failed"),
    [pytest.param(2, "too_few", id="one short"), pytest.param(3, "", id="exactly enough")],
)
def test_a_draw_needs_as_many_parts_as_announced(parts: int, failed: str) -> None:
    r, matter = people()
    draw = announce(r, matter)
    for who in list(WORDS)[:parts]:
        commit(r, matter, draw, who)
    r.wait(days=3)
    assert its(r, matter, draw).failed == failed


def test_words_are_said_after_none_are_taken_any_more_and_not_later_than_announced() -> None:
    r, matter = people()
    draw = announce(r, matter, least=2)
    one, two = commit(r, matter, draw, "li"), commit(r, matter, draw, "sun")
    r.wait(days=3, minutes=-1)
    with r.refuses("voting.seed_part_too_early"):
        reveal(r, matter, draw, one, WORDS["li"])
    r.wait(minutes=1)
    with r.refuses("voting.seed_part_too_late"):
        commit(r, matter, draw, "tenant")
    reveal(r, matter, draw, one, WORDS["li"], by="tenant")  # whoever holds the slip
    r.wait(days=2, minutes=-1)
    reveal(r, matter, draw, two, WORDS["sun"])
    assert its(r, matter, draw).seed


def test_wrong_words_a_part_revealed_twice_and_that_of_another_draw_are_refused() -> None:
    r, matter = people()
    draw, other = announce(r, matter, least=2), announce(r, matter, purpose="Another", least=2)
    one, two = commit(r, matter, draw, "li"), commit(r, matter, draw, "sun")
    elsewhere = commit(r, matter, other, "li")
    commit(r, matter, other, "sun")
    r.wait(days=3)
    for words in (WORDS["sun"], WORDS["li"] + " ", WORDS["li"] + "\n"):
        with r.refuses("voting.seed_part_wrong"):
            reveal(r, matter, draw, one, words)
    with r.refuses("voting.seed_part_elsewhere"):
        reveal(r, matter, draw, elsewhere, WORDS["li"])
    reveal(r, matter, draw, one, WORDS["li"])
    with r.refuses("voting.seed_part_revealed_already"):
        reveal(r, matter, draw, one, WORDS["li"])
    reveal(r, matter, draw, two, WORDS["sun"])
    with r.refuses("voting.draw_done_already"):
        reveal(r, matter, draw, two, WORDS["sun"])
    another = r.open("Another matter", by="li")
    with r.refuses("voting.draw_elsewhere"):
        reveal(r, another, draw, one, WORDS["li"])


def test_a_part_is_brought_once_is_nobody_elses_and_is_a_hash() -> None:
    r, matter = people()
    draw = announce(r, matter)
    commit(r, matter, draw, "li")
    with r.refuses("voting.seed_part_twice"):
        commit(r, matter, draw, "li", "other words than before")
    with r.refuses("voting.seed_part_of_another"):
        commit(r, matter, draw, "sun", WORDS["li"])
    for wrong in ("f" * 63, "F" * 64, "g" * 64):
        with r.refuses("voting.seed_part_not_a_hash"):
            r.act("sun", matter, COMMITTED, {"draw": draw, "commitment": wrong})
    with pytest.raises(Unreadable, match="at most 64"):
        r.act("sun", matter, COMMITTED, {"draw": draw, "commitment": "f" * 65})


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"seats": 7}, "draw_too_many_seats"),
        ({"roster": "villagers"}, "draw_roster_unknown"),
        ({"edition": "0" * 64}, "draw_roster_changed"),
        ({"groups": ["9"]}, "draw_list_empty"),
        ({"commits_until": "2026-01-01T00:00:00Z"}, "draw_ends_in_the_past"),
        ({"reveals_until": "2026-01-01T00:00:00Z"}, "draw_reveals_too_soon"),
        ({"strata": [{"group": "1", "seats": 1}]}, "draw_seats"),
        ({"strata": [{"group": "1", "seats": 1}] * 2}, "draw_group_twice"),
        (
            {"seats": 4, "strata": [{"group": "1", "seats": 4}]},
            "draw_group_too_small",
        ),
        ({"strata": [{"group": "9", "seats": 2}]}, "draw_group_too_small"),
        (
            {"strata": [{"group": "1", "seats": 2}], "in_proportion": True},
            "draw_groups_in_two_ways",
        ),
    ],
)
def test_what_cannot_be_drawn_is_not_announced(more: dict[str, Any], code: str) -> None:
    r, matter = people()
    with r.refuses(f"voting.{code}"):
        announce(r, matter, **more)


def test_the_same_draw_is_not_announced_twice_while_it_runs() -> None:
    r, matter = people()
    announce(r, matter)
    with r.refuses("voting.draw_runs_already"):
        announce(r, matter)
    r.wait(days=3)  # nobody brought a part
    announce(r, matter)


@pytest.mark.parametrize("seats", [pytest.param(3, id="all of them"), pytest.param(1, id="one")])
def test_a_group_has_the_seats_that_were_announced_for_it(seats: int) -> None:
    r, matter = people()
    strata = [{"group": "1", "seats": seats}, {"group": "2", "seats": 1}]
    draw = drawn(r, matter, seats=seats + 1, strata=strata)
    assert [seat.group for seat in draw.seats].count("1") == seats
    assert dict(draw.quotas) == {"1": seats, "2": 1}


def test_groups_can_have_their_share_and_who_holds_a_role_can_be_left_out() -> None:
    r, matter = people()
    r.enrol("li", ("convenor",))
    draw = drawn(r, matter, in_proportion=True, without_office=True)
    assert dict(draw.quotas) == {"1": 1, "2": 1}
    assert "li" not in {one.id for one in listed(r, draw)}


def test_only_groups_that_were_named_are_drawn_from() -> None:
    r, matter = people()
    assert {one.id for one in listed(r, drawn(r, matter, groups=["2"]))} == {"sun", "wu", "zhou"}


def decline(r: Rehearsal, matter: str, draw: Draw, member: str, by: str = "", **more: Any) -> int:
    return r.act(by or member, matter, DECLINED, {"draw": draw.id, "member": member, **more}).seq


def test_the_next_of_the_group_steps_in_until_nobody_is_left() -> None:
    r, matter = people()
    strata = [{"group": "1", "seats": 1}, {"group": "2", "seats": 1}]
    draw = drawn(r, matter, strata=strata)
    of_two = sorted(("sun", "wu", "zhou"), key=lambda one: lots.ticket(draw.seed, one))
    other = next(seat.member for seat in draw.seats if seat.group == "1")
    for one, after in zip(of_two, [*of_two[1:], None], strict=True):
        decline(r, matter, draw, one)
        sitting = its(r, matter, draw.id).sitting
        assert set(sitting) == ({other, after} if after else {other})
    with r.refuses("wugong.not_your_role"):  # whoever has no seat any more
        decline(r, matter, draw, of_two[0])
    with r.refuses("voting.no_seat_by_lot"):
        decline(r, matter, draw, of_two[0], by="wang")


def test_only_the_office_declines_for_another_and_the_reason_is_sealed() -> None:
    r, matter = people()
    draw = drawn(r, matter)
    one, two = draw.sitting
    with r.refuses("voting.seat_of_another"):
        decline(r, matter, draw, one, by=two)
    number = decline(r, matter, draw, one, by="wang", reason="She is in hospital")
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in r.engine.export(r.community))
    assert "hospital" not in text
    for who, found in [(one, "She is in hospital"), ("wang", "She is in hospital"), (two, None)]:
        viewer = r.engine.viewer(matter, who)
        fact = r.engine.fact(r.community, number, viewer)
        assert fact is not None
        assert r.engine.open(fact, viewer).get("reason") == found


def test_a_seat_is_declined_while_things_are_built_too() -> None:
    r, matter = people()
    draw = drawn(r, matter)
    r.act("wang", matter, "wugong.stage_closed", {"stage": "plan"})
    r.act("wang", matter, "wugong.stage_opened", {"stage": "build"})
    decline(r, matter, draw, draw.sitting[0])
    assert len(its(r, matter, draw.id).sitting) == 2


def test_who_was_erased_is_not_passed_over_and_the_office_calls_the_next() -> None:
    r, matter = people()
    draw = drawn(r, matter)
    one = draw.sitting[0]
    r.act("operator", r.community, "wugong.erased", {"member": one, "reason": "moved away"})
    with pytest.raises(Refused, match="member_erased"):
        event = SeatDeclined(draw=draw.id, member=one, reason=seal("gone"))  # type: ignore[arg-type]
        r.act("wang", matter, event)
    decline(r, matter, draw, one, by="wang")
    assert one not in its(r, matter, draw.id).sitting


def test_nobody_but_the_draw_itself_says_who_was_drawn() -> None:
    r, matter = people()
    draw = announce(r, matter)
    with r.refuses("wugong.not_your_role"):
        announce(r, matter, by="li", purpose="My own")
    made = {"form": lots.FORM, "seed": "0" * 64, "digest": "0" * 64, "quotas": []}
    acts: list[tuple[str, dict[str, Any]]] = [
        ("voting.lots_drawn", {**made, "drawn": [{"id": "wang"}], "substitutes": []}),
        ("voting.draw_failed", {"why": "too_few"}),
        ("voting.substitute_called", {"declined": draw, "member": "wang"}),
    ]
    for kind, body in acts:
        with r.refuses("wugong.not_your_role"):
            r.act("wang", matter, kind, {"draw": draw, **body})


def test_a_stage_stays_open_while_a_draw_runs_and_no_seat_is_declined_before() -> None:
    r, matter = people()
    draw = announce(r, matter)
    with r.refuses("voting.draw_still_runs"):
        r.act("wang", matter, "wugong.stage_closed", {"stage": PLAN.key})
    with r.refuses("voting.draw_not_done"):
        decline(r, matter, its(r, matter, draw), "li", by="wang")


def test_whoever_committed_is_asked_for_the_words() -> None:
    r, matter = people()
    draw = announce(r, matter)
    commit(r, matter, draw, "li")
    waiting = [one for one in r.engine.waiting(matter) if one.act == REVEALED]
    assert [(one.who, one.about) for one in waiting] == [("member:li", draw)]


def test_the_file_of_a_draw_is_drawn_again_by_a_program_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    r, matter = people()
    path = tmp_path / "draw.json"
    ways: list[dict[str, Any]] = [{}, {"in_proportion": True}]
    ways.append({"strata": [{"group": "2", "seats": 2}]})
    for number, more in enumerate(ways):
        draw = drawn(r, matter, purpose=f"Draw {number}", **more)
        for _ in range(2):
            decline(r, matter, its(r, matter, draw.id), its(r, matter, draw.id).sitting[0])
        draw = its(r, matter, draw.id)
        told = exported(draw, listed(r, draw))
        assert len(told["declined"]) == 2
        path.write_text(json.dumps(told), encoding="utf-8")
        assert recount([str(path)]) == 0
        path.write_text(json.dumps({**told, "sitting": told["drawn"]}), encoding="utf-8")
        assert recount([str(path)]) == 1
        parts = [{**told["parts"][0], "words": "other words than these"}, *told["parts"][1:]]
        for change in ({"parts": parts}, {"parts": told["parts"][1:]}):
            path.write_text(json.dumps({**told, **change}), encoding="utf-8")
            assert recount([str(path)]) == 2
    assert "not those that were committed to" in capsys.readouterr().err
