"""Projects: the state of each micro-project of a matter, and what each step may assume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from wugong import (
    N_,
    Act,
    Fact,
    Fold,
    HoldLifted,
    HoldPlaced,
    Matter,
    Ref,
    Refusal,
    TaskAccepted,
    Waiting,
    after_days,
    local_day,
)
from wugong_building.events import (
    CLAIMING,
    WORK,
    Claimed,
    ClaimGivenUp,
    ClaimLapsed,
    CostSettled,
    Delivered,
    DeliveryReturned,
    ProjectListed,
)

V = TypeVar("V")
EMPTY: Mapping[int, Any] = MappingProxyType({})


def with_item(known: Mapping[int, V], number: int, value: V) -> Mapping[int, V]:
    """Return ``known`` with one entry set."""
    return MappingProxyType({**known, number: value})


@dataclass(frozen=True, slots=True)
class Claim:
    """Who took a project on, until when, and how it stands."""

    id: int
    project: int
    by: str
    due: datetime
    status: Literal["active", "delivered", "accepted", "over"] = "active"
    delivery: int | None = None
    hours: int = 0

    @property
    def open(self) -> bool:
        """Whether it keeps others from claiming."""
        return self.status in ("active", "delivered")


@dataclass(frozen=True, slots=True)
class Project:
    """A micro-project in the catalogue."""

    id: int
    title: str
    estimate_fen: int
    days: int
    support: str = ""
    claim: int | None = None  # the last one
    accepted: int | None = None
    public_cost_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The projects of one matter and their claims, by the number of the fact that made them."""

    projects: Mapping[int, Project] = field(default_factory=lambda: EMPTY)
    claims: Mapping[int, Claim] = field(default_factory=lambda: EMPTY)
    held_since: Mapping[int, datetime] = field(default_factory=lambda: EMPTY)

    def claim_of(self, project: int) -> Claim | None:
        """Return the claim that stands on a project, or ``None`` when it is free."""
        number = self.projects[project].claim
        claim = None if number is None else self.claims[number]
        return claim if claim is not None and claim.status != "over" else None


@dataclass(frozen=True, slots=True)
class Saving:
    """What residents' work saved the public purse, over the projects accepted and settled."""

    projects: int
    estimate_fen: int
    public_cost_fen: int

    @property
    def fen(self) -> int:
        """Estimate less public cost; negative when the public paid more than estimated."""
        return self.estimate_fen - self.public_cost_fen

    @property
    def share(self) -> Fraction | None:
        """The saving as a share of the estimate, exact; ``None`` when nothing was estimated."""
        return Fraction(self.fen, self.estimate_fen) if self.estimate_fen else None


def saving(catalogue: Catalogue) -> Saving:
    """Add up what the settled projects were estimated at and what they cost the public."""
    settled = [
        (p.estimate_fen, p.public_cost_fen)
        for p in catalogue.projects.values()
        if p.public_cost_fen is not None
    ]
    return Saving(len(settled), sum(e for e, _ in settled), sum(c for _, c in settled))


def last_day(due: datetime) -> str:
    """Return the last day on which something due before ``due`` can still be done."""
    return local_day(due - timedelta(milliseconds=1)).isoformat()


# How facts change the catalogue


def fold(catalogue: Catalogue, fact: Fact) -> Catalogue:
    """Return the catalogue after a fact."""
    match fact.event:
        case ProjectListed() as listed:
            made = Project(fact.seq, listed.title, listed.estimate_fen, listed.days, listed.support)
            return replace(catalogue, projects=with_item(catalogue.projects, made.id, made))
        case Claimed(project=number):
            due = after_days(fact.at, catalogue.projects[number].days)
            claim = Claim(fact.seq, number, fact.who, due)
            return _with_project(_with_claim(catalogue, claim), number, claim=claim.id)
        case ClaimGivenUp(claim=number) | ClaimLapsed(claim=number):
            return _with_claim(catalogue, replace(catalogue.claims[number], status="over"))
        case Delivered(claim=number, hours=hours):
            claim = catalogue.claims[number]
            done = replace(claim, status="delivered", delivery=fact.seq, hours=hours)
            return _with_claim(catalogue, done)
        case DeliveryReturned(claim=number, days=days):
            due = after_days(fact.at, days)
            again = replace(catalogue.claims[number], status="active", delivery=None, due=due)
            return _with_claim(catalogue, again)
        case TaskAccepted(task=number):
            return _accept(catalogue, number, fact.seq)
        case CostSettled(project=number, public_cost_fen=cost):
            return _with_project(catalogue, number, public_cost_fen=cost)
        case HoldPlaced(stage=stage) if stage & WORK:
            since = with_item(catalogue.held_since, fact.seq, fact.at)
            return replace(catalogue, held_since=since)
        case HoldLifted(hold=number) if number in catalogue.held_since:
            return _release(catalogue, number, fact.at)
    return catalogue


def _with_claim(catalogue: Catalogue, claim: Claim) -> Catalogue:
    return replace(catalogue, claims=with_item(catalogue.claims, claim.id, claim))


def _with_project(catalogue: Catalogue, number: int, **changes: Any) -> Catalogue:
    project = replace(catalogue.projects[number], **changes)
    return replace(catalogue, projects=with_item(catalogue.projects, number, project))


def _accept(catalogue: Catalogue, number: int, seq: int) -> Catalogue:
    claim = catalogue.claim_of(number) if number in catalogue.projects else None
    if claim is None:
        return catalogue
    accepted = _with_claim(catalogue, replace(claim, status="accepted"))
    return _with_project(accepted, number, accepted=seq)


def _release(catalogue: Catalogue, hold: int, at: datetime) -> Catalogue:
    """Give back the time of a hold: nobody could deliver, so it must not count.

    Of several holds at once the last one lifted gives back the time since the first.
    """
    left = {k: v for k, v in catalogue.held_since.items() if k != hold}
    since = catalogue.held_since[hold]
    if left:
        first = min(left, key=left.__getitem__)
        left[first] = min(left[first], since)
        return replace(catalogue, held_since=MappingProxyType(left))
    claims = {
        number: replace(claim, due=claim.due + (at - since)) if claim.status == "active" else claim
        for number, claim in catalogue.claims.items()
    }
    return replace(catalogue, held_since=EMPTY, claims=MappingProxyType(claims))


CATALOGUE = Fold(
    "building.catalogue",
    initial=Catalogue(),
    fold=fold,
    hears=(
        ProjectListed,
        Claimed,
        ClaimGivenUp,
        ClaimLapsed,
        Delivered,
        DeliveryReturned,
        CostSettled,
        TaskAccepted,
        HoldPlaced,
        HoldLifted,
    ),
)


def claimants(matter: Matter) -> frozenset[str]:
    """Return who has taken on a project that is not accepted yet."""
    return frozenset(c.by for c in matter.state(CATALOGUE).claims.values() if c.open)


# What each step may assume


def refusal(code: str, **details: int | str) -> Refusal:
    """Return a refusal of this plugin."""
    return Refusal(f"building.{code}", source=CLAIMING, details=details)


def claim_refusals(catalogue: Catalogue, project: int, roles: frozenset[str]) -> list[Refusal]:
    """Say why a project cannot be claimed by somebody with those roles.

    One claim at a time; never by whoever would supervise it.
    """
    listed = catalogue.projects.get(project)
    if listed is None:
        return [refusal("not_here")]
    found: list[Refusal] = []
    standing = catalogue.claim_of(project)
    if listed.accepted is not None:
        found.append(refusal("already_accepted", title=listed.title))
    elif standing is not None:
        found.append(refusal("already_claimed", title=listed.title, until=last_day(standing.due)))
    if "supervisor" in roles:
        found.append(refusal("supervisor_claims"))
    return found


def own_claim_refusals(catalogue: Catalogue, number: int, who: str) -> list[Refusal]:
    """Say why ``who`` cannot deliver under a claim, or give it back."""
    claim = catalogue.claims.get(number)
    if claim is None:
        return [refusal("not_here")]
    if claim.by != who:
        return [refusal("not_claimant")]
    if claim.status in ("delivered", "accepted"):
        return [refusal("delivered_already")]
    return [refusal("claim_over")] if claim.status == "over" else []


def lapse_refusals(catalogue: Catalogue, number: int, at: datetime) -> list[Refusal]:
    """Say why a claim has not lapsed."""
    claim = catalogue.claims.get(number)
    if claim is None:
        return [refusal("not_here")]
    if claim.status != "active":
        return [refusal("delivered_already" if claim.open else "claim_over")]
    return [refusal("not_due", until=last_day(claim.due))] if at < claim.due else []


def return_refusals(catalogue: Catalogue, number: int) -> list[Refusal]:
    """Say why there is nothing to send back under a claim."""
    claim = catalogue.claims.get(number)
    if claim is None:
        return [refusal("not_here")]
    return [] if claim.status == "delivered" else [refusal("not_delivered")]


def acceptance_refusals(catalogue: Catalogue, task: int, delivery: int | None) -> list[Refusal]:
    """Say why work cannot be accepted: it was not handed over, or not as named."""
    project = catalogue.projects.get(task)
    if project is None:
        return [refusal("not_here")]
    if project.accepted is not None:
        return [refusal("already_accepted", title=project.title)]
    claim = catalogue.claim_of(task)
    if claim is None or claim.delivery is None:
        return [refusal("not_delivered")]
    if delivery is not None and delivery != claim.delivery:
        return [refusal("other_delivery")]
    return []


def settlement_refusals(catalogue: Catalogue, number: int) -> list[Refusal]:
    """Say why the public cost of a project cannot be settled."""
    project = catalogue.projects.get(number)
    if project is None:
        return [refusal("not_here")]
    if project.accepted is None:
        return [refusal("not_accepted", title=project.title)]
    if project.public_cost_fen is not None:
        return [refusal("settled_already", title=project.title)]
    return []


def closing_refusals(catalogue: Catalogue) -> list[Refusal]:
    """Say why building is not done: somebody is at work, or work awaits its acceptance."""
    count = sum(claim.open for claim in catalogue.claims.values())
    return [refusal("claims_open", count=count)] if count else []


def guard(matter: Matter, act: Act) -> list[Refusal]:
    """Return what speaks against an act on the catalogue."""
    catalogue = matter.state(CATALOGUE)
    match act.event:
        case Claimed(project=number):
            roles = matter.standing.roles(act.who, matter.id, act.at)
            return claim_refusals(catalogue, number, roles)
        case Delivered(claim=number) | ClaimGivenUp(claim=number):
            return own_claim_refusals(catalogue, number, act.who)
        case ClaimLapsed(claim=number):
            return lapse_refusals(catalogue, number, act.at)
        case DeliveryReturned(claim=number):
            return return_refusals(catalogue, number)
        case TaskAccepted(task=number, delivery=delivery):
            return acceptance_refusals(catalogue, number, delivery)
        case CostSettled(project=number):
            return settlement_refusals(catalogue, number)
    return []


def waiting(matter: Matter) -> Iterator[Waiting]:
    """Yield what is awaited: the delivery of each claim, the acceptance of each delivery."""
    catalogue = matter.state(CATALOGUE)
    held = bool(catalogue.held_since)
    acceptor = "supervisor" if matter.standing.holders("supervisor", matter.id) else "officer"
    for claim in catalogue.claims.values():
        title = catalogue.projects[claim.project].title
        if claim.status == "active":
            yield Waiting(
                what=N_("Hand over “{title}”"),
                who=f"member:{claim.by}",
                by=None if held else claim.due,  # its days stand still while the stage is held
                act="building.delivered",
                then=None if held else ClaimLapsed(claim=Ref(claim.id)),
                about=claim.id,
                source=CLAIMING,
                details={"title": title},
            )
        elif claim.status == "delivered":
            yield Waiting(
                what=N_("Look at “{title}” and accept it or send it back"),
                who=acceptor,
                act="building.task_accepted",
                about=claim.project,
                source=CLAIMING,
                details={"title": title},
            )
