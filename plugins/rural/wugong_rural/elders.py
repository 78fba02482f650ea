"""鄉賢議事會: heard before the villagers vote, and never deciding (議而不決)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wugong import Act, Fact, Fold, Matter, PollDecided, Refusal
from wugong_rural.bodies import COUNCIL
from wugong_rural.events import EldersHeard, InterestDeclared

ROLE = "elder"
CHARTER = "村組法 (2025) 33; 鄉賢議事會章程"
HEARING = "rural.elders_first"


@dataclass(frozen=True, slots=True)
class Council:
    """What the elders said of a matter, and which of them have an interest in it."""

    heard: tuple[int, ...] = ()
    interested: frozenset[str] = frozenset()


def _fold(council: Council, fact: Fact) -> Council:
    match fact.event:
        case InterestDeclared():
            return replace(council, interested=council.interested | {fact.who})
        case EldersHeard(recused=recused):
            away = council.interested | set(recused)
            return Council((*council.heard, fact.seq), away)
        case PollDecided(procedure=procedure, verdict="advisory") if procedure == COUNCIL:
            return replace(council, heard=(*council.heard, fact.seq))
    return council


ELDERS: Fold[Council] = Fold(
    "rural.elders",
    initial=Council(),
    fold=_fold,
    hears=(InterestDeclared, EldersHeard, PollDecided),
)


def recused(matter: Matter) -> frozenset[str]:
    """Return the elders who left the room for this matter."""
    return matter.state(ELDERS).interested


def must_be_heard(matter: Matter) -> bool:
    """Tell whether the village has a council that asks to be heard."""
    wanted = matter.setting(HEARING, "yes") == "yes"
    return wanted and bool(matter.standing.holders(ROLE, matter.id))


def were_heard(matter: Matter) -> bool:
    """Tell whether the council gave its opinion on this matter."""
    return bool(matter.state(ELDERS).heard)


def refuse_poll(matter: Matter) -> list[Refusal]:
    """Refuse to ask the villagers before the council was heard."""
    if must_be_heard(matter) and not were_heard(matter):
        return [Refusal("rural.elders_not_heard", CHARTER)]
    return []


def refuse_opinion(matter: Matter, act: Act, filed: EldersHeard) -> Iterator[Refusal]:
    """Refuse an opinion that names strangers, forgets who is interested, or is theirs."""
    council = frozenset(matter.standing.holders(ROLE, matter.id))
    away = frozenset(filed.recused)
    if strangers := away - council:
        yield Refusal("rural.not_an_elder", CHARTER, {"count": len(strangers)})
    if forgotten := (recused(matter) & council) - away:
        yield Refusal("rural.recusal_missing", CHARTER, {"count": len(forgotten)})
    if act.who in away | recused(matter):
        yield Refusal("rural.recused_may_not_file", CHARTER)
    if not council - away:
        yield Refusal("rural.no_elder_left", CHARTER)
