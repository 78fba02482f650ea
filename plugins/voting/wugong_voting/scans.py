"""Scans of paper ballots: of which sheet, whose it is, and who may look at them when."""

from __future__ import annotations

from wugong import Act, Entitlement, Fact, Matter, Refusal, Relation, write_time
from wugong_voting.batches import Batches
from wugong_voting.events import OWN_RULE, SheetScanned
from wugong_voting.state import Poll, polls_of

OFFICER = "officer"


def _officers(matter: Matter) -> frozenset[str]:
    """Return who holds the role of an officer; whether still, is asked when they read."""
    if all(poll.closed_at is None for poll in polls_of(matter).values()):
        return frozenset()
    return frozenset(g.member for g in matter.standing.grants if g.role == OFFICER)


def _readers(matter: Matter, fact: Fact) -> frozenset[str]:
    """Return who may look at a scan: while the poll runs it would tell a part of the tally."""
    if not isinstance(fact.event, SheetScanned):
        return frozenset()
    poll = polls_of(matter).get(fact.event.poll)
    return _officers(matter) if poll is not None and poll.closed_at is not None else frozenset()


def relation(title: str) -> Relation:
    """Return the relation of officers to the scans of polls that are closed."""
    return Relation("voting.examiner", _officers, _readers, title=title, among=OFFICER)


def refusals(
    poll: Poll | None, act: Act, right: Entitlement | None, batches: Batches, source: str
) -> list[Refusal]:
    """Say why this scan is not of a sheet that was entered, or not of whose ballot it is."""
    scan: SheetScanned = act.event
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": scan.poll})]
    if poll.closed_at is not None:  # which sheets a batch has is forgotten then
        details: dict[str, int | str] = {"closed_at": write_time(poll.closed_at)}
        return [Refusal("voting.poll_is_closed", source, details)]
    sheets = {
        (batch.number, one.sheet, one.entitlement) for batch in batches for one in batch.ballots
    }
    if (scan.number, scan.sheet, scan.entitlement) not in sheets:
        details = {
            "number": scan.number,
            "sheet": scan.sheet,
            "entitlement": scan.entitlement,
        }
        return [Refusal("voting.sheet_not_in_batch", OWN_RULE, details)]
    if right is None or right.member != scan.voter:
        details = {"sheet": scan.sheet, "entitlement": scan.entitlement}
        return [Refusal("voting.sheet_of_another", OWN_RULE, details)]
    return []
