"""Who gives to a levy and who is exempt: never both at once. Why somebody is exempt is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from wugong import Fact, Fold, Matter, Refusal
from wugong_rural.events import Freed, LevyExempted, LevyPayersListed, Payer
from wugong_rural.levies import PROVINCE

FREES: Mapping[Freed, frozenset[str]] = {
    "money": frozenset({"money"}),
    "labour": frozenset({"labour"}),
    "both": frozenset({"money", "labour"}),
    "none": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Exempted:
    """Who is exempt: one person, or with them their whole household."""

    levy: int
    household: str
    member: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of the levies of a matter: what each household owes, and what whole ones do not."""

    owed: Mapping[int, Mapping[str, frozenset[str]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    freed: Mapping[Exempted, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, levy: int, household: str) -> frozenset[str]:
        """Return what a household as a whole is free of."""
        its = (
            what
            for one, what in self.freed.items()
            if (one.levy, one.household) == (levy, household)
        )
        return frozenset().union(*its)


def owes(payer: Payer) -> frozenset[str]:
    """Return what a household gives: money, labour or both."""
    given = {"money": payer.persons, "labour": payer.workers}
    return frozenset(what for what, count in given.items() if count)


def _fold(known: Lists, fact: Fact) -> Lists:
    match fact.event:
        case LevyPayersListed(levy=levy, payers=payers):
            listed = MappingProxyType({one.household: owes(one) for one in payers})
            return replace(known, owed=MappingProxyType({**known.owed, int(levy): listed}))
        case LevyExempted() as exempted:
            one = Exempted(int(exempted.levy), exempted.household, exempted.member)
            # Of a person alone the household may still give; a later entry replaces the earlier.
            what = FREES[exempted.freed] if exempted.whole == "household" else frozenset()
            return replace(known, freed=MappingProxyType({**known.freed, one: what}))
    return known


LISTS: Fold[Lists] = Fold(
    "rural.levy_lists", initial=Lists(), fold=_fold, hears=(LevyPayersListed, LevyExempted)
)


def refuse_payers(matter: Matter, listed: LevyPayersListed) -> Iterator[Refusal]:
    """Refuse a list that names a household twice, for nothing, or although it is exempt."""
    names, known = [one.household for one in listed.payers], matter.state(LISTS)
    if twice := sorted({one for one in names if names.count(one) > 1}):
        yield Refusal("rural.levy_household_twice", PROVINCE, _named(twice))
    if empty := [one.household for one in listed.payers if not owes(one)]:
        yield Refusal("rural.levy_payer_owes_nothing", PROVINCE, _named(empty))
    levy = int(listed.levy)
    both = [o.household for o in listed.payers if owes(o) & known.of(levy, o.household)]
    if both:
        yield Refusal("rural.levy_payer_and_exempt", PROVINCE, _named(both))


def refuse_exemption(matter: Matter, exempted: LevyExempted) -> list[Refusal]:
    """Refuse to exempt a whole household from what the list says it gives."""
    if exempted.whole != "household":
        return []
    owed = matter.state(LISTS).owed.get(int(exempted.levy), {})
    if not FREES[exempted.freed] & owed.get(exempted.household, frozenset()):
        return []
    return [Refusal("rural.levy_payer_and_exempt", PROVINCE, _named([exempted.household]))]


def _named(households: list[str]) -> dict[str, int | str]:
    return {"count": len(households), "households": ", ".join(households)[:200]}
