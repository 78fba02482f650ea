"""Batches that are registered before the voting ends are entered and confirmed after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from wugong import Act, Fact, Fold, Matter, PollOpened, Refusal, write_time
from wugong_voting.batches import Batches, batches_of
from wugong_voting.events import OWN_RULE, BatchEntered, BatchRegistered, BatchWithdrawn
from wugong_voting.papers import Paper, taking_refusals
from wugong_voting.state import Poll


@dataclass(frozen=True, slots=True)
class Registered:
    """A batch that was there before the end: its number, its sheets, and who says so."""

    number: int
    sheets: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """The registered batches of a poll by number, and when its voting ends."""

    closes_at: datetime
    batches: Mapping[int, Registered]


Standing = Mapping[int, Desk]  # by poll
NONE: Standing = MappingProxyType({})


def _fold(standing: Standing, fact: Fact) -> Standing:
    """Register what is registered or entered before the end; nothing changes that after it."""
    if isinstance(fact.event, PollOpened):
        made = Desk(fact.event.closes_at, MappingProxyType({}))
        return MappingProxyType({**standing, fact.seq: made})
    desk = standing.get(fact.event.poll)
    if desk is None or fact.at >= desk.closes_at:
        return standing
    kept = {n: one for n, one in desk.batches.items() if n != fact.event.number}
    match fact.event:
        case BatchRegistered(number=number, sheets=sheets):
            kept[number] = Registered(number, sheets, fact.by, fact.at)
        case BatchEntered(number=number, ballots=ballots):
            kept[number] = Registered(number, len(ballots), fact.by, fact.at)
    made = replace(desk, batches=MappingProxyType(kept))
    return MappingProxyType({**standing, int(fact.event.poll): made})


REGISTERED: Fold[Standing] = Fold(
    "voting.batches_registered",
    initial=NONE,
    fold=_fold,
    hears=(PollOpened, BatchRegistered, BatchEntered, BatchWithdrawn),
)


def registered_in(matter: Matter, poll: int) -> Mapping[int, Registered]:
    """Return the batches of a poll that were registered or entered before its end, by number."""
    desk = matter.state(REGISTERED).get(poll)
    return desk.batches if desk else {}


def unfinished(matter: Matter, poll: int) -> tuple[Registered, ...]:
    """Return the registered batches that nobody has confirmed, by number."""
    counted = {batch.number for batch in batches_of(matter, poll) if batch.counted}
    known = registered_in(matter, poll)
    return tuple(known[number] for number in sorted(known) if number not in counted)


def awaited(matter: Matter, poll: Poll) -> tuple[Registered, ...]:
    """Return the batches that a poll waits for after its end; none where it states no hours."""
    return unfinished(matter, poll.id) if poll.opened.counting_hours else ()


# Guards


def registering_refusals(
    poll: Poll | None, act: Act, source: str, known: Mapping[int, Registered], batches: Batches
) -> list[Refusal]:
    """Say why this batch cannot be registered."""
    number = act.event.number
    if poll is not None and poll.is_counting(act.at):
        return [_too_late(poll, number)]
    if reasons := taking_refusals(poll, act, source):
        return reasons
    assert poll is not None
    if not poll.opened.counting_hours:
        return [Refusal("voting.no_counting_hours", OWN_RULE)]
    if act.at < poll.opens_at:
        details = {"opens_at": write_time(poll.opens_at)}
        return [Refusal("voting.poll_not_open_yet", source, details)]
    if number in known or any(batch.number == number for batch in batches):
        return [Refusal("voting.batch_registered_already", OWN_RULE, {"number": number})]
    return []


def late_refusals(
    poll: Poll | None, act: Act, known: Mapping[int, Registered]
) -> list[Refusal] | None:
    """Say why a batch cannot be touched after the end; ``None`` where the poll is not counting."""
    if poll is None or not poll.is_counting(act.at):
        return None
    number = act.event.number
    return [] if number in known else [_too_late(poll, number)]


def _too_late(poll: Poll, number: int) -> Refusal:
    details: dict[str, int | str] = {
        "number": number,
        "closes_at": write_time(poll.opened.closes_at),
    }
    return Refusal("voting.batch_not_registered", OWN_RULE, details)


def bundle_refusals(
    poll: Poll,
    act: Act,
    known: Mapping[int, Registered],
    log: Mapping[str, Paper | None],
) -> list[Refusal]:
    """Say where a batch is not the bundle that was registered.

    ``log`` is what was logged so far, by entitlement: after the end only papers are entered that
    had come back before it.
    """
    entered: BatchEntered = act.event
    reasons = []
    its = known.get(entered.number)
    if its is not None and its.sheets != len(entered.ballots):
        details: dict[str, int | str] = {
            "number": its.number,
            "sheets": its.sheets,
            "entered": len(entered.ballots),
        }
        reasons.append(Refusal("voting.batch_registered_otherwise", OWN_RULE, details))
    if poll.is_counting(act.at):
        for one in entered.ballots:
            if "returned" not in (log[one.entitlement] or {}):
                details = {"sheet": one.sheet, "entitlement": one.entitlement}
                reasons.append(Refusal("voting.paper_not_collected", OWN_RULE, details))
    return reasons
