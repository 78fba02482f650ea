"""Who loses by a scheme must be heard before anybody votes on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from wugong import Act, Fact, Fold, Matter, PollOpened, Procedure, Refusal
from wugong_urban.events import (
    CHARTER,
    AffectedListed,
    ContactLogged,
    MediationOffered,
    StatementTaken,
)

ATTEMPTS = 3  # logged attempts that stand in for a statement
LIFT = "lift"  # the category of matters in which neighbours lose light, air or quiet
SPECIAL = "owners.special"
REBUILDING = "民法典 278(1)(七)"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An affected unit and what was done to hear it."""

    unit: str
    effect: str = ""  # "" while it stands on no list
    member: str = ""
    attempts: int = 0
    stance: str = ""  # of the latest statement; "" without one
    form: str = ""  # of the latest statement: spoken, unsigned or signed
    mediation: str = ""  # the answer to the latest offer; "" without one

    @property
    def was_heard(self) -> bool:
        """Whether it made a statement or could not be reached in three logged attempts."""
        return bool(self.stance) or self.attempts >= ATTEMPTS

    @property
    def is_touched(self) -> bool:
        """Whether it gains or loses, so that the vote concerns it directly."""
        return self.effect in ("gain", "loss")

    @property
    def needs_offer(self) -> bool:
        """Whether it objects and nobody has offered it mediation."""
        return self.stance == "object" and not self.mediation


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The affected units of a matter by unit; ``listed`` once a list was made."""

    units: Mapping[str, Neighbour] = field(default_factory=lambda: MappingProxyType({}))
    listed: bool = False

    def losing(self) -> tuple[Neighbour, ...]:
        """Return the units that lose, ordered by unit."""
        return tuple(u for _, u in sorted(self.units.items()) if u.effect == "loss")


def _fold(known: Neighbourhood, fact: Fact) -> Neighbourhood:
    match fact.event:
        case AffectedListed(units=listed):
            # What was said and tried stays, also for a unit that a newer list leaves out.
            kept = {unit: replace(n, effect="", member="") for unit, n in known.units.items()}
            for row in listed:
                before = kept.get(row.unit, Neighbour(row.unit))
                kept[row.unit] = replace(before, effect=row.effect, member=row.member)
            return Neighbourhood(MappingProxyType(kept), listed=True)
        case ContactLogged(unit=unit):
            return _changed(known, unit, attempts=known.units[unit].attempts + 1)
        case StatementTaken(unit=unit, stance=stance, form=form):
            return _changed(known, unit, stance=stance, form=form)
        case MediationOffered(unit=unit, answer=answer):
            return _changed(known, unit, mediation=answer)
    return known


def _changed(known: Neighbourhood, unit: str, **changes: str | int) -> Neighbourhood:
    neighbour = replace(known.units[unit], **changes)  # type: ignore[arg-type]
    return replace(known, units=MappingProxyType({**known.units, unit: neighbour}))


NEIGHBOURS: Fold[Neighbourhood] = Fold(
    "urban.neighbours",
    initial=Neighbourhood(),
    fold=_fold,
    hears=(AffectedListed, ContactLogged, StatementTaken, MediationOffered),
)


def affected_members(matter: Matter) -> frozenset[str]:
    """Return the members of the units that lose: the relation ``urban.affected``."""
    return frozenset(n.member for n in matter.state(NEIGHBOURS).losing() if n.member)


def listing_refusals(listed: AffectedListed) -> list[Refusal]:
    """Say whether a list names a unit twice."""
    units = [row.unit for row in listed.units]
    twice = sorted({unit for unit in units if units.count(unit) > 1})
    return (
        [Refusal("urban.unit_listed_twice", CHARTER, {"units": ", ".join(twice)})] if twice else []
    )


def unit_refusals(known: Neighbourhood, act: Act) -> list[Refusal]:
    """Say why nothing can be noted about this unit, or not by this person."""
    unit: str = act.event.unit
    neighbour = known.units.get(unit)
    if neighbour is None or not neighbour.effect:
        return [Refusal("urban.unit_not_listed", CHARTER, {"unit": unit})]
    if isinstance(act.event, StatementTaken):
        own = bool(neighbour.member) and neighbour.member == act.who
        if not own and "officer" not in act.roles:
            return [Refusal("urban.unit_of_another", CHARTER, {"unit": unit})]
    if isinstance(act.event, MediationOffered) and neighbour.stance != "object":
        return [Refusal("urban.nobody_objected", CHARTER, {"unit": unit})]
    return []


def poll_refusals(matter: Matter, opened: PollOpened, procedure: Procedure) -> list[Refusal]:
    """Say who must still be heard before owners vote."""
    known = matter.state(NEIGHBOURS)
    reasons = []
    if matter.category == LIFT and opened.rule == "yes_no_abstain" and procedure.origin != SPECIAL:
        reasons.append(Refusal("urban.needs_special_majority", REBUILDING))
    if matter.category == LIFT and not known.listed:
        reasons.append(Refusal("urban.affected_not_listed", CHARTER))
    if unheard := [n for n in known.losing() if not n.was_heard]:
        reasons.append(Refusal("urban.affected_not_heard", CHARTER, _units(unheard)))
    if alone := [n for n in known.losing() if n.needs_offer]:
        reasons.append(Refusal("urban.mediation_not_offered", CHARTER, _units(alone)))
    return reasons


def _units(neighbours: list[Neighbour]) -> dict[str, int | str]:
    units = ", ".join(neighbour.unit for neighbour in neighbours)
    return {"count": len(neighbours), "units": units, "attempts": ATTEMPTS}
