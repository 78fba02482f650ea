"""一事一議 籌資籌勞: who may decide a levy, who is exempt, and what may not be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from wugong import Act, Fact, Fold, Matter, PollOpened, Refusal, RollFrozen
from wugong_rural.bodies import ASSEMBLY, LEVYING, REPRESENTATIVES_ON_LEVY
from wugong_rural.events import LEVY_LAW, LevyProposed, LevySignaturesTaken

CEILING_FEN = "rural.levy_ceiling_fen"
CEILING_DAYS = "rural.levy_ceiling_days"
NO_CEILING = ""
PROVINCE = "各省籌資籌勞辦法"

EXEMPT_FROM_MONEY = frozenset({"soldiers", "minimum_living"})
EXEMPT_FROM_LABOUR = frozenset({"soldiers", "disabled_veterans", "students", "new_mothers"})
DECIDES = {
    "villagers_assembly": frozenset(ASSEMBLY),
    "representatives": frozenset({REPRESENTATIVES_ON_LEVY}),
}


LEAST_HOUSEHOLDS, MOST_HOUSEHOLDS = 5, 15  # that one representative stands for
LISTS = "村組法 (2025) 29"


@dataclass(frozen=True, slots=True)
class Visited:
    """A representative's list of households: who signed when visited, and who did not."""

    signed: frozenset[str]
    unsigned: frozenset[str]

    @property
    def households(self) -> frozenset[str]:
        """All of the list."""
        return self.signed | self.unsigned


@dataclass(frozen=True, slots=True)
class Levies:
    """The levies of a matter: for which body, who was visited, and the polls on them."""

    bodies: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    visited: Mapping[tuple[int, str], Visited] = field(default_factory=lambda: MappingProxyType({}))
    polls: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))  # poll → levy

    def lists(self, levy: int) -> dict[str, Visited]:
        """Return the lists of one levy by representative."""
        return {who: one for (number, who), one in self.visited.items() if number == levy}


def _fold(known: Levies, fact: Fact) -> Levies:
    match fact.event:
        case LevyProposed(body=body):
            return replace(known, bodies=MappingProxyType({**known.bodies, fact.seq: body}))
        case LevySignaturesTaken() as taken:
            listed = Visited(frozenset(taken.signed), frozenset(taken.unsigned))
            place = (int(taken.levy), taken.representative)
            return replace(known, visited=MappingProxyType({**known.visited, place: listed}))
        case PollOpened(about=about):
            levy = next((int(n) for n in about if n in known.bodies), None)
            if levy is not None and known.bodies[levy] == "representatives":
                return replace(known, polls=MappingProxyType({**known.polls, fact.seq: levy}))
    return known


LEVIES: Fold[Levies] = Fold(
    "rural.levies",
    initial=Levies(),
    fold=_fold,
    hears=(LevyProposed, LevySignaturesTaken, PollOpened),
)


def refuse_levy(matter: Matter, levy: LevyProposed) -> Iterator[Refusal]:
    """Refuse a levy for the wrong body, on the exempt, by force or above the local ceiling."""
    if levy.body not in DECIDES:
        yield Refusal("rural.levy_wrong_body", LEVY_LAW)
    if not (levy.per_person_fen or levy.workdays_per_person):
        yield Refusal("rural.levy_empty", LEVY_LAW)
    if levy.money_for_labour == "required":
        yield Refusal("rural.levy_money_for_labour", PROVINCE)
    owed = (EXEMPT_FROM_MONEY if levy.per_person_fen else frozenset()) | (
        EXEMPT_FROM_LABOUR if levy.workdays_per_person else frozenset()
    )
    if missing := owed - set(levy.exempt):
        yield Refusal("rural.levy_exemptions_missing", PROVINCE, {"count": len(missing)})
    money, days = _ceiling(matter, CEILING_FEN), _ceiling(matter, CEILING_DAYS)
    if money is not None and levy.per_person_fen > money:
        details = {"asked_fen": levy.per_person_fen, "ceiling_fen": money}
        yield Refusal("rural.levy_too_much_money", PROVINCE, details)
    if days is not None and levy.workdays_per_person > days:
        details = {"asked": levy.workdays_per_person, "ceiling": days}
        yield Refusal("rural.levy_too_many_days", PROVINCE, details)


def _ceiling(matter: Matter, setting: str) -> int | None:
    value = matter.setting(setting, NO_CEILING)
    return None if value == NO_CEILING else int(value)


def refuse_poll(matter: Matter, poll: PollOpened, procedure: str) -> list[Refusal]:
    """Refuse to put a levy to a body that may not decide it, or to another than proposed.

    ``procedure`` is the statute's, which a local pack may have made stricter.
    """
    known = matter.state(LEVIES)
    asked = [body for seq, body in known.bodies.items() if seq in poll.about]
    if not asked:
        return []
    if procedure not in LEVYING:
        return [Refusal("rural.levy_wrong_body", LEVY_LAW)]
    if any(procedure not in DECIDES[body] for body in asked):
        return [Refusal("rural.levy_other_body", LEVY_LAW)]
    by_them = [seq for seq, body in known.bodies.items() if body == "representatives"]
    return [one for seq in by_them if seq in poll.about for one in _unsigned(known, seq)]


def _unsigned(known: Levies, levy: int) -> Iterator[Refusal]:
    lists = known.lists(levy)
    if not lists:
        yield Refusal("rural.levy_not_visited", PROVINCE)
    elif missing := sorted({one for its in lists.values() for one in its.unsigned}):
        details: dict[str, int | str] = {
            "count": len(missing),
            "households": ", ".join(missing)[:200],
        }
        yield Refusal("rural.levy_unsigned", PROVINCE, details)


def refuse_roll(matter: Matter, roll: RollFrozen) -> list[Refusal]:
    """Refuse a poll of representatives while households that they stand for were not visited."""
    known = matter.state(LEVIES)
    levy = known.polls.get(int(roll.poll))
    if levy is None:
        return []
    visited = {one for its in known.lists(levy).values() for one in its.signed}
    if len(visited) >= roll.households:
        return []
    details = {"visited": len(visited), "of": roll.households}
    return [Refusal("rural.levy_not_all_visited", PROVINCE, details)]


def refuse_signatures(matter: Matter, act: Act, taken: LevySignaturesTaken) -> Iterator[Refusal]:
    """Refuse a list of another's, of too few or too many, or that names a household again."""
    known, mine = matter.state(LEVIES), taken.representative
    if known.bodies.get(int(taken.levy)) != "representatives":
        yield Refusal("rural.levy_not_by_representatives", PROVINCE)
        return
    if act.who != mine and not act.roles & {"officer", "convenor"}:
        yield Refusal("rural.levy_list_of_another", PROVINCE)
    listed = [*taken.signed, *taken.unsigned]
    if not LEAST_HOUSEHOLDS <= len(listed) <= MOST_HOUSEHOLDS:
        limits = {"count": len(listed), "least": LEAST_HOUSEHOLDS, "most": MOST_HOUSEHOLDS}
        yield Refusal("rural.levy_list_size", LISTS, limits)
    if twice := sorted({one for one in listed if listed.count(one) > 1}):
        yield Refusal("rural.levy_household_twice", PROVINCE, {"households": ", ".join(twice)})
    others = known.lists(int(taken.levy)).items()
    elsewhere = {one for who, its in others if who != mine for one in its.households}
    if both := sorted(elsewhere & set(listed)):
        yield Refusal("rural.levy_in_two_lists", PROVINCE, {"households": ", ".join(both)[:200]})
