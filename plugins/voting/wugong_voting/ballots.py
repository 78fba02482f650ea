"""The ballots of open polls: one an entitlement, the last one counts; no page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wugong import (
    ROLL,
    Act,
    Ballot,
    Book,
    Books,
    BoxOpened,
    Entitlement,
    Fact,
    PollClosed,
    Prefix,
    read_entitlement,
)
from wugong_voting.events import NOBODY, BallotCast, BatchCounted
from wugong_voting.hand_events import HandsCounted, HandsEntered

BY_HAND = "hands"  # the way of a ballot that is somewhere in a show of hands
Cast = Mapping[str, Any]


def key(poll: int, entitlement: str) -> str:
    """Return the key of one entitlement's ballot in a poll; the frozen roll uses the same."""
    return f"{int(poll)}/{entitlement}"


def under(poll: int) -> Prefix:
    """Return the keys of all ballots of a poll."""
    return Prefix(f"{int(poll)}/")


def right_on(books: Books, poll: int, entitlement: str) -> Entitlement | None:
    """Return an entitlement as the frozen roll of a poll, or of a petition, has it."""
    entry = books.get(ROLL, key(poll, entitlement))
    return read_entitlement(entry) if entry else None


def _keys(thing: Act | Fact) -> Iterable[str]:
    match thing.event:
        case BallotCast(poll=poll, entitlement=entitlement):
            return (key(poll, entitlement),)
        case BatchCounted(poll=poll, ballots=ballots):
            return [key(poll, one.entitlement) for one in ballots]
        case HandsEntered(poll=poll, entitlements=named):
            return [key(poll, one) for one in named]
        case HandsCounted(poll=poll, people=people):
            return [key(poll, one.entitlement) for one in people]
        case PollClosed(poll=poll):
            return (under(poll),)
    return ()


def _fold(value: Cast | None, place: str, fact: Fact) -> Cast | None:
    times = value["times"] + 1 if value else 1
    if isinstance(fact.event, HandsEntered):
        return value  # it is asked whether there is a ballot
    if isinstance(fact.event, HandsCounted):
        its = {"by": "", "since": fact.seq, "number": fact.event.number}
        return {"choice": "", "times": times, "channel": BY_HAND, **its}
    if isinstance(fact.event, BallotCast):
        by, choice, since, channel = fact.who, fact.event.choice, fact.seq, fact.channel
    else:
        mine = place.partition("/")[2]
        one = next(ballot for ballot in fact.event.ballots if ballot.entitlement == mine)
        if value and value["since"] > one.since and value["by"] == one.member:
            return value  # cast after the paper came in: the last of their own counts
        by, choice, since, channel = one.member, one.choice, one.since, "paper"
    return {"choice": choice, "times": times, "channel": channel, "by": by, "since": since}


BALLOTS: Book[Cast] = Book(
    "voting.ballots",
    keys=_keys,
    fold=_fold,
    hears=(BallotCast, BatchCounted, HandsEntered, HandsCounted, PollClosed),
    version=3,  # since batches of paper: since when it stands
    shown_to=NOBODY,
)


def weighed(cast: Iterable[tuple[str, Cast]], roll: Mapping[str, Entitlement]) -> Iterator[Ballot]:
    """Join ballots to the frozen roll under the same keys; what a rule sees names nobody.

    Raised hands are left out: :func:`wugong_voting.hands.all_ballots` has them, too. ``KeyError``
    for a ballot outside the roll: the guards let none in, so the store was changed.
    """
    for place, ballot in cast:
        right = roll[place]
        if ballot["channel"] != BY_HAND:
            yield Ballot(ballot["choice"], right.heads, right.households, right.area_dm2)


def alike(box: BoxOpened) -> Iterator[Ballot]:
    """Return the ballots of an opened box, those filled in alike together."""
    for one in box.counts:
        yield Ballot(one.choice, one.heads, one.households, one.area_dm2, one.ballots)
