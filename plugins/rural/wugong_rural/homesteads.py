"""宅基地: who may apply. One household, one plot; whoever gave one away gets none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wugong import N_, Act, Book, Books, Fact, Prefix, Refusal, RosterImported
from wugong_rural.events import HomesteadApplied

LAW = "土地管理法 62"
APPLIES = "土地管理法實施條例 34"
# No law that was read asks for the neighbours; that their bounds are signed is good practice.
OWN_RULE = N_("Our own rules for homesteads")
ROSTER = "collective_members"


def _keys(act: Act | Fact) -> Iterable[str]:
    match act.event:
        case RosterImported(roster=roster):
            return (ROSTER,) if roster == ROSTER else ()
    return (Prefix(ROSTER),)


def _members(_value: list[str] | None, _key: str, fact: Fact) -> list[str]:
    imported: RosterImported = fact.event
    return sorted({one.member for one in imported.entitlements})


MEMBERS: Book[list[str]] = Book(
    "rural.collective_members", keys=_keys, fold=_members, hears=(RosterImported, HomesteadApplied)
)
"""Who is on the collective's roster in force: one value for all."""


def refuse_application(act: Act, books: Books) -> Iterator[Refusal]:
    """Refuse an application of no member, for a second plot, or with bounds that are open."""
    applied: HomesteadApplied = act.event
    household = {"household": applied.household}
    listed = dict(books.scan(MEMBERS, ROSTER)).get(ROSTER)
    if listed is not None and applied.applicant not in listed:
        yield Refusal("rural.homestead_not_a_member", APPLIES, household)
    if applied.plots:
        yield Refusal("rural.homestead_second", LAW, {**household, "plots": applied.plots})
    if applied.gave_up == "yes":
        yield Refusal("rural.homestead_given_up", LAW, household)
    if applied.unsigned:
        names = ", ".join(applied.unsigned)[:200]
        details: dict[str, int | str] = {"households": names, "count": len(applied.unsigned)}
        yield Refusal("rural.homestead_bounds_open", OWN_RULE, details)
