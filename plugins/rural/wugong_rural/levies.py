"""一事一議 籌資籌勞: who may decide a levy, who is exempt, and what may not be asked."""

from __future__ import annotations

from collections.abc import Iterator

from wugong import Fact, Fold, Matter, PollOpened, Refusal
from wugong_rural.bodies import ASSEMBLY, LEVYING, REPRESENTATIVES_ON_LEVY
from wugong_rural.events import LEVY_LAW, LevyProposed

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


def _fold(levies: tuple[tuple[int, str], ...], fact: Fact) -> tuple[tuple[int, str], ...]:
    if isinstance(fact.event, LevyProposed):
        return (*levies, (fact.seq, fact.event.body))
    return levies


LEVIES: Fold[tuple[tuple[int, str], ...]] = Fold(
    "rural.levies", initial=(), fold=_fold, hears=(LevyProposed,)
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
    asked = [body for seq, body in matter.state(LEVIES) if seq in poll.about]
    if not asked:
        return []
    if procedure not in LEVYING:
        return [Refusal("rural.levy_wrong_body", LEVY_LAW)]
    if any(procedure not in DECIDES[body] for body in asked):
        return [Refusal("rural.levy_other_body", LEVY_LAW)]
    return []
