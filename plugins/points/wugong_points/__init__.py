"""Points, community currency and the volunteers' bank (積分·社區幣·志願銀行)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wugong import (
    N_,
    Act,
    Books,
    Contribution,
    Fact,
    Matter,
    Reads,
    Ref,
    Refusal,
    SettingChanged,
    Waiting,
    at,
    hookimpl,
    on,
)
from wugong_points import accounts, rules
from wugong_points.events import (
    Award,
    AwardApproved,
    AwardDeclined,
    Awarded,
    AwardProposed,
    Counted,
    HandedOver,
    ItemRestocked,
    ItemStocked,
    Redeemed,
    RedemptionBooked,
    Reversed,
    RuleAdopted,
    RuleRetired,
)
from wugong_points.rules import POINTS
from wugong_points.texts import CONTRIBUTED

EVENTS = (
    RuleAdopted,
    RuleRetired,
    Counted,
    Awarded,
    AwardProposed,
    AwardApproved,
    AwardDeclined,
    ItemStocked,
    ItemRestocked,
    Redeemed,
    RedemptionBooked,
    HandedOver,
    Reversed,
)
MOST_WAITING = 50  # the oldest; a longer list helps nobody, and the engine takes at most 100

__version__ = "0.1.0"
TITLE = N_("Points")


@hookimpl
def register() -> Iterable[Contribution]:
    """Contribute rules, accounts, stock and statements; hear of ballots and delivered work."""
    return (
        *EVENTS,
        POINTS,
        accounts.BALANCES,
        accounts.MONTHS,
        accounts.CREDITS,
        accounts.COUNTED,
        accounts.STATEMENTS,
        accounts.STOCK,
        Reads(accounts.BALLOT, poll=Ref),
        Reads(accounts.PAPERS, poll=Ref, ballots=tuple[accounts.OneOfMany, ...]),
        Reads(accounts.HANDS, poll=Ref, people=tuple[accounts.OneOfMany, ...]),
        Reads(accounts.ANSWER, evaluation=Ref),
        Reads(rules.SURVEY, evaluation=Ref),
        Reads(accounts.DELIVERY),
        *CONTRIBUTED,
    )


@hookimpl
@on(SettingChanged, *EVENTS)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal] | None:
    """No points that nobody earned, above no cap, spent once, and never for oneself."""
    if not matter.is_standing:
        return [Refusal("points.elsewhere", rules.OWN_RULE)]
    match act.event:
        case RuleAdopted() as adopted:
            return rules.rule_refusals(adopted)
        case RuleRetired() as retired:
            return rules.retired_refusals(matter, retired)
        case Counted() as counted:
            return rules.counted_refusals(matter, counted, books)
        case Awarded() as awarded:
            return rules.award_refusals(matter, act, awarded, books)
        case AwardProposed() as proposed:
            return rules.proposal_refusals(matter, act, proposed)
        case AwardApproved() | AwardDeclined() as decision:
            return rules.decision_refusals(matter, act, decision)
        case Redeemed() as redeemed:
            return rules.redemption_refusals(matter, act, redeemed, books)
        case HandedOver() as handed:
            return rules.hand_over_refusals(act, handed, books)
        case Reversed() as reversal:
            return rules.reversal_refusals(act, reversal, books)
        case SettingChanged() as changed:
            return rules.setting_refusals(changed)
    return None


@hookimpl
@on(Counted, AwardApproved, Redeemed)
def co_share(matter: Matter, fact: Fact, books: Books) -> list[Any] | None:
    """Book what follows at once: the awards of a deed or an approval, the price of a redemption."""
    state = matter.state(POINTS)
    match fact.event:
        case Counted():
            return list(rules.consequences(matter, fact, books))
        case AwardApproved(proposal=number):
            one = state.proposals[number]
            rule = Ref(one.rule) if one.rule else None
            award = Award(member=one.member, points=one.points, rule=rule, about=number)
            return [Awarded(awards=(award,))]
        case Redeemed(item=item):
            price = state.items[item].points
            booked = RedemptionBooked(
                redemption=Ref(fact.seq), item=item, member=fact.who, points=price
            )
            return [booked]
    return None


@hookimpl
def published(facts: Sequence[Fact], matter: Matter) -> list[Any]:
    """Count what the community's rules reward, after it was recorded."""
    return [at(matter.id, deed) for deed in rules.deeds(facts, matter)]


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    """Each proposed award waits for a second person."""
    return [
        Waiting(
            N_("Decide on an award of {points} points"),
            who="officer",
            act="points.award_approved",
            about=proposal.seq,
            details={"points": proposal.points},
        )
        for proposal in matter.state(POINTS).pending[:MOST_WAITING]
    ]
