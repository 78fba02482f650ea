"""May this be done in a draw, what follows from it, and what it waits for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from wugong import (
    ROSTER,
    Act,
    Books,
    Fact,
    Matter,
    Ref,
    Refusal,
    Stage,
    Waiting,
    read_entitlement,
    write_time,
)
from wugong_voting import lots
from wugong_voting.draw_events import (
    MOST_PARTS,
    MOST_PEOPLE,
    OWN_LOTS,
    DrawAnnounced,
    DrawFailed,
    DrawListed,
    GroupSeats,
    Listed,
    LotsDrawn,
    PublicValueNoted,
    SeatDeclined,
    SeedPartCommitted,
    SeedPartRevealed,
    SubstituteCalled,
)
from wugong_voting.draw_words import NOTE_VALUE, REVEAL, RUNS
from wugong_voting.draws import (
    LISTS,
    Draw,
    draws_of,
    list_of,
    people_of,
    quotas_of,
    still_running,
    withheld_by,
)
from wugong_voting.events import VOTING
from wugong_voting.lots import Person
from wugong_voting.state import polls_of, tied_in

ACTS = (
    *(DrawAnnounced, SeedPartCommitted, SeedPartRevealed),
    *(PublicValueNoted, DrawFailed, SeatDeclined),
)
HEX = re.compile(r"[0-9a-f]{64}")
Details = dict[str, int | str]


def _no(code: str, **details: int | str) -> list[Refusal]:
    return [Refusal(f"voting.{code}", OWN_LOTS, details)]


# Guards


def refusals(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    """Say why this act of a draw must not happen."""
    if isinstance(act.event, DrawAnnounced):
        return [*_when(matter, act, act.event), *_what(matter, act, act.event, books)]
    number = int(act.event.draw)
    draw = draws_of(matter).get(number)
    if draw is None:
        return _no("draw_elsewhere", draw=number)
    match act.event:
        case SeedPartCommitted(commitment=commitment):
            return _committing(draw, act, commitment) or _withheld_before(matter, act)
        case SeedPartRevealed(part=part, words=words):
            return _revealing(draw, act, int(part), words)
        case PublicValueNoted(value=value):
            return _noting(draw, act, value)
        case DrawFailed():
            return _over(draw)
        case _:
            return _declining(draw, act)


def _when(matter: Matter, act: Act, announced: DrawAnnounced) -> list[Refusal]:
    reasons = []
    if announced.commits_until <= act.at:
        reasons += _no("draw_ends_in_the_past")
    if announced.reveals_until <= announced.commits_until:
        reasons += _no("draw_reveals_too_soon")
    if bool(announced.public_value.strip()) is (announced.public_at is None):
        reasons += _no("public_value_half")
    if announced.public_at is not None and announced.public_at < announced.reveals_until:
        reasons += _no("public_value_too_soon")
    if any(draw.announced.purpose == announced.purpose for draw in still_running(matter)):
        reasons += _no("draw_runs_already", purpose=announced.purpose)
    return reasons


def _what(matter: Matter, act: Act, announced: DrawAnnounced, books: Books) -> list[Refusal]:
    if announced.poll is not None:
        return _settling(matter, announced)
    edition = matter.standing.rosters.get(announced.roster)
    if edition is None:
        return _no("draw_roster_unknown", roster=announced.roster)
    if edition != announced.edition:
        return _no("draw_roster_changed", roster=announced.roster, edition=edition)
    people = _people(matter, announced, books, act)
    if not people:
        return _no("draw_list_empty")
    if len(people) > MOST_PEOPLE:
        return _no("draw_list_too_long", people=len(people), most=MOST_PEOPLE)
    return _seated(announced, people)


def _settling(matter: Matter, announced: DrawAnnounced) -> list[Refusal]:
    """Say why a lot cannot settle which option of a poll it is."""
    number = int(announced.poll or 0)
    poll = polls_of(matter).get(number)
    if poll is None:
        return _no("poll_elsewhere", poll=number)
    if not tied_in(poll):
        return _no("lot_without_a_tie", poll=number)
    if poll.opened.ties != "lot":
        return _no("lot_not_foreseen", poll=number)
    if any(draw.announced.poll == number and not draw.failed for draw in draws_of(matter).values()):
        return _no("lot_drawn_already", poll=number)
    plain = announced.seats == 1 and not (announced.roster or announced.edition)
    if not plain or announced.groups or announced.strata or announced.in_proportion:
        return _no("lot_draws_one_option")
    return []


def _people(
    matter: Matter, announced: DrawAnnounced, books: Books, thing: Act | Fact
) -> list[Person]:
    if announced.poll is not None:
        return [Person(option) for option in tied_in(polls_of(matter)[announced.poll])]
    entries = (value for _, value in books.scan(ROSTER, f"{announced.edition}/"))
    return people_of(map(read_entitlement, entries), announced, matter.standing, thing.at)


def _seated(announced: DrawAnnounced, people: list[Person]) -> list[Refusal]:
    """Say which seats nobody could be drawn for."""
    seats = announced.seats
    if seats > len(people):
        return _no("draw_too_many_seats", seats=seats, people=len(people))
    if not announced.strata:
        return []
    if announced.in_proportion:
        return _no("draw_groups_in_two_ways")
    named = Counter(one.group for one in announced.strata)
    sizes = Counter(one.group for one in people)
    reasons = [
        one
        for group, times in named.items()
        if times > 1
        for one in _no("draw_group_twice", group=group)
    ]
    for one in announced.strata:
        if one.seats > sizes[one.group]:
            details: Details = {"group": one.group, "seats": one.seats, "people": sizes[one.group]}
            reasons += _no("draw_group_too_small", **details)
    given = sum(one.seats for one in announced.strata)
    return reasons if given == seats else [*reasons, *_no("draw_seats", given=given, seats=seats)]


def _over(draw: Draw) -> list[Refusal]:
    if draw.seed:
        return _no("draw_done_already", draw=draw.id)
    return _no("draw_came_to_nothing", draw=draw.id) if draw.failed else []


def _committing(draw: Draw, act: Act, commitment: str) -> list[Refusal]:
    if reasons := _over(draw):
        return reasons
    if not draw.takes_parts(act.at):
        return _no("seed_part_too_late", until=write_time(draw.announced.commits_until))
    if not HEX.fullmatch(commitment):
        return _no("seed_part_not_a_hash")
    if any(part.by == act.who for part in draw.parts):
        return _no("seed_part_twice")
    if any(part.commitment == commitment for part in draw.parts):
        return _no("seed_part_of_another")
    if len(draw.parts) >= MOST_PARTS:
        return _no("seed_parts_enough", most=MOST_PARTS)
    return []


def _revealing(draw: Draw, act: Act, number: int, words: str) -> list[Refusal]:
    if reasons := _over(draw):
        return reasons
    if act.at < draw.announced.commits_until:
        return _no("seed_part_too_early", since=write_time(draw.announced.commits_until))
    part = draw.part(number)
    if part is None:
        return _no("seed_part_elsewhere", part=number)
    if part.revealed_at is not None:
        return _no("seed_part_revealed_already", part=number)
    if act.at >= draw.announced.reveals_until:  # who knew the public value would choose
        return _no("seed_part_revealed_late", until=write_time(draw.announced.reveals_until))
    if "\n" in words or sha256(words.encode()).hexdigest() != part.commitment:
        return _no("seed_part_wrong", part=number)
    return []


def _withheld_before(matter: Matter, act: Act) -> list[Refusal]:
    """Say that whoever stopped a draw by hiding their words does not bring any to the next one."""
    draw = withheld_by(matter, act.who)
    return _no("seed_part_withheld_before", draw=draw.id) if draw else []


def _noting(draw: Draw, act: Act, value: str) -> list[Refusal]:
    if reasons := _over(draw):
        return reasons
    if not draw.joins_a_value:
        return _no("public_value_not_foreseen", draw=draw.id)
    if not draw.takes_value(act.at):
        return _no("public_value_too_early", since=write_time(draw.until))
    if not value.strip() or value != value.strip() or "\n" in value or "\r" in value:
        return _no("public_value_one_line")
    return []


def _declining(draw: Draw, act: Act) -> list[Refusal]:
    if not draw.seed:
        return _no("draw_not_done", draw=draw.id)
    member = act.event.member
    if draw.announced.poll or member not in draw.sitting:
        return _no("no_seat_by_lot", draw=draw.id)
    if member != act.who and "officer" not in act.roles:
        return _no("seat_of_another")
    return []


def stage_refusals(open_stages: Stage, leaving: Stage, running: tuple[Draw, ...]) -> list[Refusal]:
    """Say why a stage must stay open: the parts of a running draw would have nowhere to go."""
    if not running or not leaving & VOTING or open_stages & VOTING & ~leaving:
        return []
    its = running[0].announced
    return _no("draw_still_runs", purpose=its.purpose, until=write_time(running[0].until))


# What happens together, whichever stages are open


def together(
    matter: Matter, fact: Fact, books: Books
) -> list[DrawListed] | list[LotsDrawn] | list[SubstituteCalled] | None:
    """Fix the list of a draw, draw with the last part of the seed, call a substitute; each once."""
    match fact.event:
        case DrawAnnounced() as announced:
            listed = draws_of(matter)[fact.seq].digest
            return None if listed else [_listed(matter, fact, announced, books)]
        case SeedPartRevealed(draw=number):
            draw = draws_of(matter)[number]
            waits = draw.seed or draw.hidden or draw.joins_a_value
            return None if waits else [_drawn(draw, books)]
        case PublicValueNoted(draw=number):
            draw = draws_of(matter)[number]
            return None if draw.seed else [_drawn(draw, books)]
        case SeatDeclined(draw=number):
            return _called(draws_of(matter)[number], fact, books)
    return None


def _listed(matter: Matter, fact: Fact, announced: DrawAnnounced, books: Books) -> DrawListed:
    people = _people(matter, announced, books, fact)
    return DrawListed(
        draw=Ref(fact.seq),
        count=len(people),
        digest=lots.digest(people),
        people=tuple(Listed(id=one.id, group=one.group) for one in people),
    )


def _drawn(draw: Draw, books: Books) -> LotsDrawn:
    people = list_of(books.get(LISTS, str(draw.id)))
    said = [part.words for part in draw.parts if part.revealed_at is not None]
    seed = lots.joined(said, draw.value)
    quotas = quotas_of(draw.announced, people, seed)
    found = lots.draw(people, seed, draw.announced.seats, quotas)
    group = {one.id: one.group for one in people}
    return LotsDrawn(
        draw=Ref(draw.id),
        form=lots.FORM,
        seed=seed,
        digest=lots.digest(people),
        quotas=tuple(GroupSeats(group=name, seats=n) for name, n in quotas.items()),
        drawn=tuple(Listed(id=name, group=group[name]) for name in found.drawn),
        substitutes=tuple(Listed(id=name, group=group[name]) for name in found.substitutes),
    )


def _called(draw: Draw, fact: Fact, books: Books) -> list[SubstituteCalled] | None:
    seat = next((one for one in draw.seats if one.freed_by == fact.seq), None)
    if seat is None:
        return None  # called already: another stage is open, too
    people = list_of(books.get(LISTS, str(draw.id)))
    after = lots.following(people, draw.seed, draw.called, seat.group if draw.quotas else None)
    if after is None:
        return None  # the seat stays empty, and the page says so
    return [SubstituteCalled(draw=Ref(draw.id), declined=Ref(fact.seq), member=after)]


# What is awaited


def waiting(matter: Matter) -> Iterable[Waiting]:
    """Yield what each running draw waits for, and what the clock owes it."""
    for draw in still_running(matter):
        its = draw.announced
        details: Details = {"purpose": its.purpose, "since": write_time(its.commits_until)}
        if draw.enough and draw.joins_a_value:
            yield _value(draw)
        else:
            until = its.reveals_until if draw.enough else its.commits_until
            why = "withheld" if draw.enough else "too_few"
            failed = DrawFailed(draw=Ref(draw.id), why=why)  # type: ignore[arg-type]
            yield Waiting(RUNS, "clock", until, then=failed, about=draw.id, details=details)
        for part in draw.hidden:
            yield Waiting(
                REVEAL,
                who=f"member:{part.by}",
                by=its.reveals_until,
                act="voting.seed_part_revealed",
                about=draw.id,
                source=OWN_LOTS,
                details=details,
            )


def _value(draw: Draw) -> Waiting:
    """Return that the public value is to be noted; without it nothing is drawn, nor given up."""
    its = draw.announced
    return Waiting(
        NOTE_VALUE,
        who="officer",
        by=draw.until,
        act="voting.public_value_noted",
        about=draw.id,
        source=OWN_LOTS,
        details={
            "purpose": its.purpose,
            "value": its.public_value,
            "since": write_time(draw.until),
        },
    )
