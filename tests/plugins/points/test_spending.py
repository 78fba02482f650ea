"""Points as people spend them: stock, batches, reversal; and that they change no vote."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.points.support import (
    POLL,
    adopt,
    balance,
    decided_poll,
    give,
    stocked,
)
from wugong import (
    Ref,
    RollFrozen,
    seal,
)
from wugong.jobs import Job
from wugong.testing import Rehearsal
from wugong.writer import process
from wugong_points.accounts import BALANCES, STATEMENTS, STOCK
from wugong_points.events import (
    AwardApproved,
    AwardProposed,
    ItemRestocked,
    Redeemed,
    Reversed,
)

# Redemption


def test_of_five_redemptions_in_one_batch_two_have_the_points(street: Rehearsal) -> None:
    give(street, "li", 11)
    item = stocked(street, points=5, stock=5)

    assert redeemed_at_once(street, item, ("li",) * 5) == 2
    assert balance(street, "li") == 1
    assert street.engine.book(STOCK, street.community) == {str(int(item)): 3}


def test_of_five_redemptions_in_one_batch_two_find_stock(street: Rehearsal) -> None:
    people = ("li", "qian", "wu", "zheng", "sun")
    for who in people:
        give(street, who, 10)
    item = stocked(street, points=5, stock=2)

    assert redeemed_at_once(street, item, people) == 2
    assert street.engine.book(STOCK, street.community) == {str(int(item)): 0}
    assert sum(balance(street, who) for who in people) == 40
    assert sum(street.engine.book(BALANCES, street.community).values()) == 0


def redeemed_at_once(street: Rehearsal, item: Ref, people: tuple[str, ...]) -> int:
    """Let the writer do one redemption each in one batch; return how many succeeded."""
    jobs = [Job(street.community, [(street.community, Redeemed(item=item))], w) for w in people]
    process(street.engine._means, jobs, street.engine._committed)
    return sum(isinstance(job.result, list) for job in jobs)


@pytest.mark.parametrize(
    ("points", "refused"),
    [
        pytest.param(4, True, id="one short"),
        pytest.param(5, False, id="exactly enough"),
        pytest.param(6, False, id="more than enough"),
    ],
)
def test_an_item_costs_its_points(street: Rehearsal, points: int, refused: bool) -> None:
    give(street, "li", points)
    item = stocked(street, points=5)
    if refused:
        with street.refuses("points.too_few_points"):
            street.act("li", street.community, Redeemed(item=item))
    else:
        street.act("li", street.community, Redeemed(item=item))
        assert balance(street, "li") == points - 5


def test_what_is_out_of_stock_can_be_stocked_again(street: Rehearsal) -> None:
    give(street, "li", 20)
    item = stocked(street, points=5, stock=0)
    with street.refuses("points.out_of_stock"):
        street.act("li", street.community, Redeemed(item=item))

    street.act("wang", street.community, ItemRestocked(item=item, added=1))
    street.act("li", street.community, Redeemed(item=item))
    with street.refuses("points.out_of_stock"):
        street.act("li", street.community, Redeemed(item=item))


def test_a_member_sees_only_their_own_redemptions(street: Rehearsal) -> None:
    give(street, "li", 10)
    item = stocked(street, points=5)
    street.act("li", street.community, Redeemed(item=item))

    def sees(who: str) -> list[str]:
        viewer = street.viewer(street.community, who)
        facts = street.engine.facts(street.community, viewer, kinds=("points.redeemed",))
        return [fact.who for fact in facts]

    assert (sees("li"), sees("qian"), sees("wang")) == (["li"], [], ["li"])


# Reversal


def test_an_award_is_reversed_as_it_stands_and_once(street: Rehearsal) -> None:
    give(street, "li", 10)
    entry = entry_of(street, "li")

    def reversal(points: int, member: str = "li") -> Reversed:
        return Reversed(entry=entry, member=member, points=points, reason=seal("A mistake"))

    with street.refuses("points.reversal_differs"):
        street.act("wang", street.community, reversal(9))
    with street.refuses("points.nothing_to_reverse"):
        street.act("wang", street.community, reversal(10, "qian"))
    street.act("wang", street.community, reversal(10))
    assert balance(street, "li") == 0
    with street.refuses("points.nothing_to_reverse"):
        street.act("wang", street.community, reversal(10))


def entry_of(street: Rehearsal, member: str) -> Ref:
    """Return the number of the newest entry of a member's statement."""
    newest = max(street.engine.book(STATEMENTS, street.community, prefix=f"{member}/"))
    return Ref(int(newest.rpartition("/")[2]))


def test_a_statement_keeps_an_entry_and_its_reversal(street: Rehearsal) -> None:
    give(street, "li", 10)
    award = entry_of(street, "li")
    undone = Reversed(entry=award, member="li", points=10, reason=seal("A mistake"))
    reversal = street.act("wang", street.community, undone)

    first, second = street.engine.book(STATEMENTS, street.community, prefix="li/").values()
    assert (first["what"], first["points"], first["reversed"]) == ("award", 10, reversal.seq)
    assert (second["what"], second["points"], second["about"]) == ("reversal", -10, award)


def test_spent_points_are_not_taken_back_below_zero(street: Rehearsal) -> None:
    give(street, "li", 10)
    award = entry_of(street, "li")
    item = stocked(street, points=5)
    street.act("li", street.community, Redeemed(item=item))
    with street.refuses("points.already_spent"):
        reversal = Reversed(entry=award, member="li", points=10, reason=seal("A mistake"))
        street.act("wang", street.community, reversal)

    returned = Reversed(
        entry=entry_of(street, "li"), member="li", points=5, reason=seal("Given back"), item=item
    )
    street.act("wang", street.community, returned)
    assert balance(street, "li") == 10
    assert street.engine.book(STOCK, street.community) == {str(int(item)): 2}
    reversal = Reversed(entry=award, member="li", points=10, reason=seal("A mistake"))
    street.act("wang", street.community, reversal)
    assert street.engine.book(BALANCES, street.community) == {
        "account/issued": 0,
        "account/redeemed": 0,
        "member/li": 0,
    }


def test_nobody_reverses_on_their_own_account(street: Rehearsal) -> None:
    proposed = AwardProposed(member="wang", points=4, reason=seal("Snow"))
    number = Ref(street.act("zhao", street.community, proposed).seq)
    street.act("sun", street.community, AwardApproved(proposal=number))

    with street.refuses("points.own_account"):
        reversal = Reversed(
            entry=entry_of(street, "wang"), member="wang", points=4, reason=seal("Mine")
        )
        street.act("wang", street.community, reversal)


# Never an electorate


def test_points_change_neither_a_roll_nor_a_weight(street: Rehearsal) -> None:
    before = decided_poll(street, ("li", "qian"))
    give(street, "li", 100)
    give(street, "qian", 50)
    item = stocked(street, points=10)
    street.act("li", street.community, Redeemed(item=item))
    after = decided_poll(street, ("li", "qian"))

    assert roll_of(street, before) == roll_of(street, after)
    assert outcome_of(street, before) == outcome_of(street, after)


def roll_of(street: Rehearsal, matter: str) -> tuple[Any, ...]:
    frozen: RollFrozen = fact_of(street, matter, "voting.roll_frozen")
    return (frozen.roll, frozen.entitlements, frozen.heads, frozen.households, frozen.area_dm2)


def outcome_of(street: Rehearsal, matter: str) -> tuple[Any, ...]:
    made = fact_of(street, matter, "voting.poll_decided")
    return made.verdict, made.counts, made.tests, made.taken_part


def fact_of(street: Rehearsal, matter: str, kind: str) -> Any:
    (fact,) = street.engine.facts(matter, street.viewer(matter, "wang"), kinds=(kind,))
    return fact.event


def test_rebuilt_books_are_the_same(street: Rehearsal) -> None:
    adopt(street, POLL, points=3)
    decided_poll(street, ("li", "qian"))
    item = stocked(street, points=2)
    street.act("li", street.community, Redeemed(item=item))
    before = street.engine.book(BALANCES, street.community)

    street.engine.rebuild()

    assert street.engine.book(BALANCES, street.community) == before
    assert before["member/li"] == 1
