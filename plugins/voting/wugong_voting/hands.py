"""A show of hands (舉手表決): told by two people, for those at the meeting without another ballot.

What each of them raised their hand for is nowhere. So a count takes effect as a whole, stands only
where every hand weighs the same, and whom it stands for cannot vote again in another way. See
docs/decisions/0015-a-show-of-hands.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from wugong import (
    Act,
    Ballot,
    Book,
    Books,
    Entitlement,
    Fact,
    Fold,
    Matter,
    Measure,
    PollClosed,
    Ref,
    Refusal,
    VotingRule,
)
from wugong_voting.ballot_forms import BLANK
from wugong_voting.ballots import BALLOTS, Cast, key, right_on, weighed
from wugong_voting.casting import not_running
from wugong_voting.chosen import rule_of
from wugong_voting.counted import form_of
from wugong_voting.hand_events import (
    OWN_HANDS,
    Hands,
    HandsConfirmed,
    HandsCounted,
    HandsEntered,
    HandsWithdrawn,
    PresenceNoted,
    Raiser,
)
from wugong_voting.law import procedure_of
from wugong_voting.mandates import held_by, mandates_of
from wugong_voting.outcome import measures
from wugong_voting.papers import PAPERS, each
from wugong_voting.state import Poll, polls_of

ACTS = (PresenceNoted, HandsEntered, HandsConfirmed, HandsWithdrawn)
MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Show:
    """One count of raised hands; ``seq`` is the fact by which it was entered, ``by`` who did."""

    number: int
    seq: int
    by: str
    people: frozenset[str]  # who entered it, and for whom
    at: datetime
    size: int
    entitlements: frozenset[str]  # whom it stands for; forgotten when the poll closes
    counted: Hands
    second: str = ""  # who counted the same
    done: bool = False  # it took effect

    @property
    def received(self) -> Mapping[str, int]:
        """How many hands each option received."""
        return _received(self.counted)

    @property
    def idle(self) -> int:
        """How many were there and raised no hand."""
        return self.size - sum(self.received.values())


def _received(counted: Hands) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for marks in counted.options:
        found[marks.option] += marks.count
    return found


Shows = tuple[Show, ...]
Standing = Mapping[int, Shows]  # by poll, in the order of their entering
NONE: Standing = MappingProxyType({})


def _fold(standing: Standing, fact: Fact) -> Standing:
    before = standing.get(fact.event.poll, ())
    match fact.event:
        case HandsEntered(number=number, entitlements=named, counted=counted):
            people = frozenset({fact.by, fact.who})
            its = (number, fact.seq, fact.by, people, fact.at, len(named), frozenset(named))
            after = (*before, Show(*its, counted))
        case HandsWithdrawn(number=number):
            after = tuple(one for one in before if one.number != number)
        case HandsConfirmed(number=number):
            after = _changed(before, number, second=fact.by)
        case HandsCounted(number=number):
            after = _changed(before, number, done=True)
        case _:
            after = tuple(replace(one, entitlements=frozenset()) for one in before)
    return MappingProxyType({**standing, int(fact.event.poll): after})


def _changed(shows: Shows, number: int, **what: Any) -> Shows:
    return tuple(replace(one, **what) if one.number == number else one for one in shows)


SHOWS: Fold[Standing] = Fold(
    "voting.hands",
    initial=NONE,
    fold=_fold,
    hears=(HandsEntered, HandsConfirmed, HandsWithdrawn, HandsCounted, PollClosed),
)


def shows_of(matter: Matter, poll: int) -> Shows:
    """Return the counts of raised hands in a poll, as entered; withdrawn ones are gone."""
    return matter.state(SHOWS).get(poll, ())


def waiting_in(shows: Shows, number: int) -> Show | None:
    """Return the count of that number if it waits for a second teller."""
    return next((one for one in shows if one.number == number and not one.done), None)


def standing_for(shows: Shows, entitlement: str) -> Show | None:
    """Return the count that stands for an entitlement, confirmed or not."""
    return next((one for one in shows if entitlement in one.entitlements), None)


# Who is at the meeting


def _keys(thing: Act | Fact) -> Iterable[str]:
    return [key(thing.event.poll, one) for one in thing.event.entitlements]


def _note(value: bool | None, _key: str, fact: Fact) -> bool | None:
    if isinstance(fact.event, HandsEntered):
        return value
    return None if fact.event.left else True


PRESENT: Book[bool] = Book(
    "voting.present",
    keys=_keys,
    fold=_note,
    hears=(PresenceNoted, HandsEntered),
    shown_to="officer",
)


# What is counted


def all_ballots(
    cast: Iterable[tuple[str, Cast]],
    roll: Mapping[str, Entitlement],
    shows: Shows,
    tested: Iterable[Measure],
) -> list[Ballot]:
    """Return every ballot of an open poll with its weight, those by show of hands together.

    Where hands were told, only heads and what is ``tested`` are added up: of anything else nobody
    knows on which side it stood.
    """
    listed = list(cast)
    ballots = list(weighed(listed, roll))
    told = [one for one in shows if one.done]
    if not told:
        return ballots
    for show in told:
        mine = [roll[place] for place, one in listed if one.get("number") == show.number]
        ballots += _told(show, mine)
    kept = frozenset(tested)
    return [_only(one, kept) for one in ballots]


def _told(show: Show, rights: list[Entitlement]) -> Iterator[Ballot]:
    """Return the ballots of a count; ``ValueError`` where the store has fewer or more."""
    if len(rights) != show.size:
        raise ValueError(f"show of hands {show.number} is of {show.size}, found {len(rights)}")
    weighs = rights[0]
    for choice, hands in (*sorted(show.received.items()), (BLANK, show.idle)):
        if hands:
            its = weighs.heads * hands, weighs.households * hands, weighs.area_dm2 * hands
            yield Ballot(choice, *its, hands)


def _only(ballot: Ballot, tested: Collection[str]) -> Ballot:
    return Ballot(
        ballot.choice,
        ballot.heads,
        ballot.households if "households" in tested else 0,
        ballot.area_dm2 if "area" in tested else 0,
        ballot.ballots,
    )


# Guards


def _no(code: str, **details: int | str) -> list[Refusal]:
    return [Refusal(f"voting.{code}", OWN_HANDS, details)]


def bound_refusals(matter: Matter, poll: int, named: Iterable[str]) -> list[Refusal]:
    """Say for whom a count of raised hands stands, so that they have no other ballot."""
    shows = shows_of(matter, poll)
    reasons = []
    for one in named if shows else ():
        if show := standing_for(shows, one):
            reasons += _no("counted_by_hand", entitlement=one, number=show.number)
    return reasons


def refusals(matter: Matter, act: Act, books: Books, article: str) -> list[Refusal]:
    """Say why this act of a show of hands must not happen."""
    number = int(act.event.poll)
    poll = polls_of(matter).get(number)
    if poll is None:
        return [Refusal("voting.poll_elsewhere", article, {"poll": number})]
    if reasons := not_running(poll, act, article) + unfit(poll, _rule(matter, poll)):
        return reasons
    shows = shows_of(matter, number)
    if isinstance(act.event, HandsWithdrawn):
        return _waits_not(shows, act.event.number)
    rights = _rights(books, act)
    if isinstance(act.event, PresenceNoted):
        return _named(act, rights, article)
    reasons = _tellers(matter, poll, act)
    if isinstance(act.event, HandsConfirmed):
        return reasons + _confirming(shows, act, poll)
    if any(one.number == act.event.number for one in shows):
        return _no("hands_entered_already", number=act.event.number)
    reasons += _named(act, rights, article) + _free(act, books, shows)
    alike = _alike(rights, tested_in(matter, poll))
    return reasons or alike + _sums(poll, act.event.counted, len(rights))


def tested_in(matter: Matter, poll: Poll) -> tuple[Measure, ...]:
    """Return the measures that the procedure of a poll tests."""
    procedure = procedure_of(matter, poll)
    return measures(procedure) if procedure else ("heads",)


def _rule(matter: Matter, poll: Poll) -> VotingRule | None:
    return rule_of(matter.standing.rules, poll.opened)


def unfit(poll: Poll, rule: VotingRule | None) -> list[Refusal]:
    """Say why hands cannot be told in this poll at all."""
    if MEETING not in poll.opened.channels:
        return _no("channel_not_offered", channel=MEETING)
    if form_of(rule).kind != "choose":
        return _no("hands_choose_one")
    if poll.opened.opposed_most:
        return _no("hands_hide_groups")
    return []


def uneven(rights: Iterable[Entitlement], tested: Iterable[Measure]) -> list[Measure]:
    """Return in which of the tested measures these hands do not all weigh the same."""
    listed = list(rights)
    found = {"heads": set[int](), "households": set[int](), "area": set[int]()}
    for one in listed:
        found["heads"].add(one.heads)
        found["households"].add(one.households)
        found["area"].add(one.area_dm2)
    return [one for one in dict.fromkeys(("heads", *tested)) if len(found[one]) > 1]


def _alike(rights: Mapping[str, Entitlement | None], tested: Iterable[Measure]) -> list[Refusal]:
    differ = uneven((one for one in rights.values() if one), tested)
    return [one for measure in differ for one in _no(f"hands_differ_in_{measure}")]


def _rights(books: Books, act: Act) -> dict[str, Entitlement | None]:
    named = getattr(act.event, "entitlements", ())
    return {one: right_on(books, act.event.poll, one) for one in named}


def _named(act: Act, rights: Mapping[str, Entitlement | None], article: str) -> list[Refusal]:
    """Say who is named twice, is not on the roll, or has one hand for several entitlements."""
    named = Counter(act.event.entitlements)
    reasons = each("voting.entitlement_twice", (o for o in named if named[o] > 1), OWN_HANDS)
    reasons += each("voting.not_on_the_roll", (o for o in named if rights[o] is None), article)
    if isinstance(act.event, HandsEntered):
        seen: set[str] = set()
        for one, right in rights.items():
            if right is not None and right.member in seen:
                reasons += _no("hands_one_each", entitlement=one)
            seen.add(right.member if right else "")
    return reasons


def _free(act: Act, books: Books, shows: Shows) -> list[Refusal]:
    """Say who is not at the meeting, or has a ballot already: whatever way, it is one."""
    entered: HandsEntered = act.event
    at = {one: key(entered.poll, one) for one in dict.fromkeys(entered.entitlements)}
    absent = [one for one, place in at.items() if not books.get(PRESENT, place)]
    again = [one for one in at if standing_for(shows, one)]
    voted = [one for one, place in at.items() if books.get(BALLOTS, place) and one not in again]
    back = [one for one, p in at.items() if "returned" in (books.get(PAPERS, p) or {})]
    return [
        *each("voting.hands_absent", absent, OWN_HANDS),
        *each("voting.hands_in_another", again, OWN_HANDS),
        *each("voting.hands_voted_already", voted, OWN_HANDS),
        *each("voting.hands_paper_is_back", [o for o in back if o not in voted], OWN_HANDS),
    ]


def _tellers(matter: Matter, poll: Poll, act: Act) -> list[Refusal]:
    """Say why who counts must not: they stand for election, or vote for others."""
    reasons = []
    if {act.by, act.who} & set(poll.opened.candidates):
        reasons += _no("teller_is_a_candidate")
    if held_by(mandates_of(matter, poll.id), act.by, act.at):
        reasons += _no("helper_holds_a_mandate")
    return reasons


def _sums(poll: Poll, counted: Hands, size: int) -> list[Refusal]:
    """Say where the figures of a teller cannot be of these people."""
    received = _received(counted)
    if unknown := [option for option in received if option not in poll.options]:
        options = ", ".join(option.title for option in poll.opened.options)
        return _no("unknown_option", choice=unknown[0], options=options)
    reasons = _differs("hands_people_differ", counted.people, size)
    hands = sum(received.values())
    if hands > size:
        reasons += _no("hands_too_many", hands=hands, people=size, over=hands - size)
    return reasons


def _differs(code: str, hand: int, known: int, **what: str) -> list[Refusal]:
    if hand == known:
        return []
    by = f"{hand - known:+d}".replace("-", "−")
    return _no(code, **what, hand=hand, known=known, by=by)


def _confirming(shows: Shows, act: Act, poll: Poll) -> list[Refusal]:
    confirmed: HandsConfirmed = act.event
    show = waiting_in(shows, confirmed.number)
    if show is None:
        return _waits_not(shows, confirmed.number)
    if show.people & {act.by, act.who}:
        return _no("hands_need_another", number=show.number)
    reasons = _differs("hands_people_differ", confirmed.counted.people, show.size)
    titles = {option.id: option.title for option in poll.opened.options}
    mine, first = _received(confirmed.counted), show.received
    for option in dict.fromkeys([*poll.options, *mine]):
        its = mine.get(option, 0), first.get(option, 0)
        reasons += _differs("hands_option_differs", *its, option=titles.get(option, option))
    return reasons


def _waits_not(shows: Shows, number: int) -> list[Refusal]:
    return [] if waiting_in(shows, number) else _no("hands_not_waiting", number=number)


# What happens together


def effective(matter: Matter, fact: Fact, roll: Mapping[str, Entitlement]) -> HandsCounted | None:
    """Return the act by which a count takes effect that was just confirmed, once.

    ``roll`` is by ballot key.
    """
    poll, number = int(fact.event.poll), fact.event.number
    show = waiting_in(shows_of(matter, poll), number)
    if show is None:
        return None  # counted already: another stage is open, too
    people = tuple(
        Raiser(entitlement=one, member=roll[key(poll, one)].member)
        for one in sorted(show.entitlements)
    )
    return HandsCounted(poll=Ref(poll), number=number, people=people)
