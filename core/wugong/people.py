"""The core's own books: who is enrolled, who stands in a roster, who is on the roll of a poll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wugong.books import Book, Prefix
from wugong.errors import Refusal
from wugong.events import Act, Fact
from wugong.petitions import PetitionOpened
from wugong.polls import Law, PollOpened, RollFrozen
from wugong.rosters import (
    Entitlement,
    Totals,
    read_entitlement,
    roll_hash,
    totals,
    write_entitlement,
)
from wugong.vocabulary import Erased, MemberEnrolled, RosterImported

MANDATE = "voting.mandate_given"


def _members(act: Act | Fact) -> Iterable[str]:
    match act.event:
        case MemberEnrolled(member=member) | Erased(member=member):
            return (member,)
    if act.kind == MANDATE:  # some may only name somebody of their own household
        return (act.who, act.event.holder)
    return ()


def _member(value: Any, _key: str, fact: Fact) -> Mapping[str, Any] | None:
    match fact.event:
        case MemberEnrolled() as enrolled:
            contact = enrolled.contact
            return {
                "name": [enrolled.name.id, enrolled.name.commitment],
                "contact": [contact.id, contact.commitment] if contact else None,
                "household": enrolled.household,
                "group": enrolled.group,
                "seq": fact.seq,
            }
        case Erased():
            return {"name": None, "contact": None, "household": "", "group": "", "seq": fact.seq}
    return value  # type: ignore[no-any-return]


MEMBERS: Book[Mapping[str, Any]] = Book(
    "wugong.members",
    keys=_members,
    fold=_member,
    hears=(MemberEnrolled, Erased, MANDATE),
)


WHOLE_EDITION = "voting.draw_announced"


def _roster_keys(act: Act | Fact) -> Iterator[str]:
    if act.kind == WHOLE_EDITION:
        yield edition_prefix(act.event.edition)
        return
    match act.event:
        case RosterImported() as imported if act.seq is not None:
            yield from (f"{imported.edition}/{e.id}" for e in imported.entitlements)


def _roster(_value: Any, key: str, fact: Fact) -> Any:
    imported: RosterImported = fact.event
    wanted = key.partition("/")[2]
    return write_entitlement(_by_id(imported)[wanted])


_ids: tuple[RosterImported | None, dict[str, Entitlement]] = (None, {})  # the last one asked for


def _by_id(imported: RosterImported) -> dict[str, Entitlement]:
    global _ids
    known, found = _ids  # taken once: another thread may change it meanwhile
    if known is not imported:
        found = {e.id: e for e in imported.entitlements}
        _ids = imported, found
    return found


ROSTER: Book[dict[str, Any]] = Book(
    "wugong.rosters", keys=_roster_keys, fold=_roster, hears=(RosterImported, WHOLE_EDITION)
)
"""Every edition of every roster, keyed ``edition/entitlement``.

Guards and reactions of a draw that is announced find the whole edition that it names.
"""


WHOLE_ROLL = (
    *("voting.poll_closed", "voting.batch_confirmed", "voting.hands_confirmed"),
    *("voting.roll_contested", "voting.objection_answered"),
)
ONE_ON_THE_ROLL = (
    *("voting.ballot_cast", "voting.mandate_given"),
    *("voting.ballot_contested", "voting.sheet_scanned"),
)
SOME_ON_THE_ROLL = (
    *("voting.paper_delivered", "voting.paper_returned"),
    *("voting.presence_noted", "voting.hands_entered"),
)
A_BATCH = "voting.batch_entered"
ONE_SIGNS = ("voting.petition_signed", "voting.petition_signature_withdrawn")
SOME_SIGN = "voting.petition_papers_entered"


def _roll_keys(act: Act | Fact) -> Iterable[str]:
    if act.kind in WHOLE_ROLL:
        return (Prefix(f"{int(act.event.poll)}/"),)
    if act.kind in ONE_ON_THE_ROLL:
        return (f"{int(act.event.poll)}/{act.event.entitlement}",)
    if act.kind in SOME_ON_THE_ROLL:
        return [f"{int(act.event.poll)}/{one}" for one in act.event.entitlements]
    if act.kind == A_BATCH:
        return [f"{int(act.event.poll)}/{one.entitlement}" for one in act.event.ballots]
    if act.kind in ONE_SIGNS:
        return (f"{int(act.event.petition)}/{act.event.entitlement}",)
    if act.kind == SOME_SIGN:
        return [f"{int(act.event.petition)}/{one}" for one in act.event.entitlements]
    if act.kind == "voting.poll_opened":  # a recall is put to the vote on its petition
        return [Prefix(f"{int(number)}/") for number in act.event.about]
    return ()


def _roll(value: Any, _key: str, _fact: Fact) -> Any:
    return value


ROLL: Book[dict[str, Any]] = Book(
    "wugong.roll",
    keys=_roll_keys,
    fold=_roll,
    hears=(
        *(RollFrozen, PollOpened, *WHOLE_ROLL, *ONE_ON_THE_ROLL, *SOME_ON_THE_ROLL, A_BATCH),
        *(*ONE_SIGNS, SOME_SIGN),
    ),
)
"""The roll of a poll or petition, keyed ``poll/entitlement``; filled when it is frozen.

Guards of ballots and papers find their entitlements here, guards and reactions of a closing, of
a confirmed batch or of an objection to the roll the whole roll.
"""

CORE_BOOKS = (MEMBERS, ROSTER, ROLL)


def edition_prefix(edition: str) -> Prefix:
    """Return the keys of one roster edition."""
    return Prefix(f"{edition}/")


def roll_of(entries: Iterable[Mapping[str, Any]], groups: tuple[str, ...]) -> list[Entitlement]:
    """Return who may vote: the entries of an edition, cut down to ``groups``, in order of id."""
    found = (read_entitlement(dict(entry)).within(groups) for entry in entries)
    return sorted((e for e in found if e is not None), key=lambda e: e.id)


def freeze(poll: int, edition: str, roll: list[Entitlement], law: Law | None) -> RollFrozen:
    """Return the fact that fixes the roll of a poll and the text that decides it."""
    its: Totals = totals(roll)
    return RollFrozen(
        poll=poll,  # type: ignore[arg-type]
        edition=edition,
        roll=roll_hash(roll),
        entitlements=its.entitlements,
        heads=its.heads,
        households=its.households,
        area_dm2=its.area_dm2,
        law=law,
    )


def empty_roll(opened: PollOpened | PetitionOpened) -> Refusal:
    """Return the refusal of a poll in which nobody could vote, or a petition nobody could sign."""
    return Refusal("wugong.roster_empty", details={"roster": opened.roster})
