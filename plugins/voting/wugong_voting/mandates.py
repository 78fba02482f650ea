"""Who votes for whom: written mandates (委託) for one poll, their period and their cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from wugong import Act, Entitlement, Fact, Fold, Matter, Procedure, Refusal, write_time
from wugong_voting.events import MandateGiven, MandateWithdrawn
from wugong_voting.state import Poll


@dataclass(frozen=True, slots=True)
class Mandate:
    """One entitlement's mandate: whoever gave it, who holds it, from when until when."""

    poll: int
    entitlement: str
    giver: str
    holder: str
    since: datetime
    until: datetime  # the first moment without
    withdrawn_at: datetime | None = None

    def runs(self, at: datetime) -> bool:
        """Tell whether its holder may vote under it at that time."""
        return self.withdrawn_at is None and self.since <= at < self.until

    def usable(self, opens_at: datetime) -> bool:
        """Tell whether a ballot could ever have been cast under it.

        One that was withdrawn before it could serve leaves its place free again. Any other keeps
        it to the end of the poll: else a holder could vote for three, and then for three more.
        """
        return self.withdrawn_at is None or self.withdrawn_at > max(self.since, opens_at)


Mandates = tuple[Mandate, ...]
Standing = Mapping[int, Mandates]  # by poll, in the order of their giving
NONE: Standing = MappingProxyType({})


def _fold(standing: Standing, fact: Fact) -> Standing:
    match fact.event:
        case MandateGiven(poll=poll) as given:
            since = max(fact.at, given.since or fact.at)
            made = Mandate(poll, given.entitlement, fact.who, given.holder, since, given.until)
            changed = (*standing.get(poll, ()), made)
        case MandateWithdrawn(poll=poll, entitlement=entitlement):
            last = latest(standing.get(poll, ()), entitlement)
            changed = tuple(
                replace(one, withdrawn_at=fact.at) if one is last else one
                for one in standing.get(poll, ())
            )
        case _:
            return standing
    return MappingProxyType({**standing, int(poll): changed})


MANDATES: Fold[Standing] = Fold(
    "voting.mandates", initial=NONE, fold=_fold, hears=(MandateGiven, MandateWithdrawn)
)


def mandates_of(matter: Matter, poll: int) -> Mandates:
    """Return all mandates of a poll, those withdrawn or over among them."""
    return matter.state(MANDATES).get(poll, ())


def latest(mandates: Iterable[Mandate], entitlement: str) -> Mandate | None:
    """Return the mandate that was given last for an entitlement."""
    return next((m for m in reversed((*mandates,)) if m.entitlement == entitlement), None)


def held_by(mandates: Iterable[Mandate], member: str, at: datetime) -> Mandates:
    """Return the mandates under which ``member`` may vote at that time."""
    return tuple(m for m in mandates if m.holder == member and m.runs(at))


def giving_refusals(
    poll: Poll | None,
    right: Entitlement | None,
    act: Act,
    procedure: Procedure | None,
    mandates: Mandates,
    households: tuple[str, str] = ("", ""),
) -> list[Refusal]:
    """Say why nobody may be named for this entitlement: who gives, who holds, how long, how many.

    ``right`` is what the frozen roll holds under the entitlement, ``procedure`` that of the poll,
    ``households`` those of giver and holder, empty where nobody said.
    """
    given: MandateGiven = act.event
    rule = procedure.proxies if procedure else None
    source = rule.source if rule else ""
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": given.poll})]
    if poll.is_over(act.at):
        return [_closed(poll, source)]
    if rule is None or not rule.allowed:
        return [Refusal("voting.mandates_not_allowed", source)]
    if right is None:
        details: dict[str, int | str] = {"entitlement": given.entitlement}
        return [Refusal("voting.not_on_the_roll", source, details)]
    if right.member != act.who:  # whoever holds a mandate cannot pass it on
        return [Refusal("voting.mandate_not_yours", source, {"entitlement": right.id})]
    reasons = _period_refusals(poll, given, act.at, source)
    last = latest(mandates, right.id)
    if last is not None and last.withdrawn_at is None and act.at < last.until:
        reasons.append(Refusal("voting.mandate_stands", source, {"until": write_time(last.until)}))
    if given.holder == act.who:
        reasons.append(Refusal("voting.mandate_to_oneself", source))
    if given.holder in poll.opened.candidates and not rule.candidates:
        reasons.append(Refusal("voting.mandate_to_a_candidate", source))
    if rule.household and (not households[0] or households[0] != households[1]):
        reasons.append(Refusal("voting.mandate_to_another_household", source))
    kept = (m for m in mandates if m.holder == given.holder and m.usable(poll.opens_at))
    others = {m.entitlement for m in kept} - {right.id}
    if rule.most is not None and len(others) >= rule.most:
        reasons.append(Refusal("voting.mandates_too_many", source, {"most": rule.most}))
    return reasons


def _closed(poll: Poll, source: str) -> Refusal:
    closed_at = write_time(poll.closed_at or poll.opened.closes_at)
    return Refusal("voting.poll_is_closed", source, {"closed_at": closed_at})


def _period_refusals(poll: Poll, given: MandateGiven, at: datetime, source: str) -> list[Refusal]:
    since = max(at, given.since or at, poll.opens_at)
    if given.until <= since or since >= poll.opened.closes_at:
        details: dict[str, int | str] = {
            "opens_at": write_time(poll.opens_at),
            "closes_at": write_time(poll.opened.closes_at),
        }
        return [Refusal("voting.mandate_never_runs", source, details)]
    return []


def withdrawal_refusals(
    poll: Poll | None, act: Act, mandates: Mandates, source: str
) -> list[Refusal]:
    """Say why there is no mandate to take back."""
    taken: MandateWithdrawn = act.event
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": taken.poll})]
    if poll.is_over(act.at):
        return [_closed(poll, source)]
    last = latest(mandates, taken.entitlement)
    if last is None or last.withdrawn_at is not None or act.at >= last.until:
        return [Refusal("voting.mandate_missing", source, {"entitlement": taken.entitlement})]
    if last.giver != act.who:
        return [Refusal("voting.mandate_not_yours", source, {"entitlement": taken.entitlement})]
    return []


def casting_refusals(
    mandates: Mandates, right: Entitlement, act: Act, cast_by: str, source: str
) -> list[Refusal]:
    """Say why ``act.who``, who does not hold ``right`` themselves, may not vote with it.

    ``cast_by`` is who cast the ballot that counts so far, or empty: the own ballot of who is
    entitled is never replaced by another's.
    """
    last = latest(mandates, right.id)
    details: dict[str, int | str] = {"entitlement": right.id}
    if last is None or last.holder != act.who:
        return [Refusal("voting.not_your_entitlement", source, details)]
    if last.withdrawn_at is not None:
        details["withdrawn_at"] = write_time(last.withdrawn_at)
        return [Refusal("voting.mandate_withdrawn", source, details)]
    if act.at < last.since:
        return [Refusal("voting.mandate_not_begun", source, {"since": write_time(last.since)})]
    if act.at >= last.until:
        return [Refusal("voting.mandate_over", source, {"until": write_time(last.until)})]
    if cast_by == right.member:
        return [Refusal("voting.voted_themselves", source, details)]
    return []
