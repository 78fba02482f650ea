"""What is rewarded, proposed and on offer, and when points are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from wugong import (
    N_,
    Act,
    Books,
    Fact,
    Fold,
    Matter,
    PollDecided,
    Ref,
    Refusal,
    SettingChanged,
    TaskAccepted,
    kind_of,
)
from wugong_points.accounts import (
    ANSWER,
    BALANCES,
    BALLOT,
    COUNTED,
    CREDITS,
    MONTHS,
    STATEMENTS,
    STOCK,
    counted_key,
    entry_key,
    member_account,
    month_key,
)
from wugong_points.events import (
    MOST_AWARDS,
    Award,
    AwardApproved,
    AwardDeclined,
    Awarded,
    AwardProposed,
    Counted,
    HandedOver,
    ItemStocked,
    Redeemed,
    Reversed,
    RuleAdopted,
    RuleRetired,
)

OWN_RULE = N_("Our own rules of points")  # the community's own, no statute
PROPOSED_MOST, DEFAULT_MOST = "points.proposed_most", "100"
POLL, SURVEY = kind_of(PollDecided).name, "evaluation.published"
ACCEPTANCE = kind_of(TaskAccepted).name
# Rewarded in a list at the end, never a fact a ballot; and who asks for mediation stays unnamed.
AT_THE_END = {BALLOT: POLL, ANSWER: SURVEY}
NEVER = ("points", "wugong", "mediation")
EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of fact that earns points."""

    seq: int
    kind: str
    points: int
    cap: int
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """An award that a second person decides."""

    seq: int
    member: str
    points: int
    rule: int | None
    by: str
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """Something on offer."""

    seq: int
    title: str
    points: int


@dataclass(frozen=True, slots=True)
class Points:
    """Rules by kind, proposals and items, by their numbers."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: EMPTY)
    proposals: Mapping[int, Proposal] = field(default_factory=lambda: EMPTY)
    items: Mapping[int, Item] = field(default_factory=lambda: EMPTY)

    def rule(self, number: int | None) -> Rule | None:
        """Return the standing rule of that number."""
        return next((rule for rule in self.rules.values() if rule.seq == number), None)

    @property
    def pending(self) -> list[Proposal]:
        """The proposals that wait for a decision."""
        return [one for one in self.proposals.values() if not one.decided]


def _with(mapping: Mapping[Any, Any], key: Any, value: Any) -> Mapping[Any, Any]:
    return MappingProxyType({**mapping, key: value})


def fold(state: Points, fact: Fact) -> Points:
    """Return the state after ``fact``."""
    seq = fact.seq
    match fact.event:
        case RuleAdopted() as adopted:
            approval = adopted.needs_approval
            rule = Rule(seq, adopted.kind, adopted.points, adopted.cap_per_month, approval)
            return replace(state, rules=_with(state.rules, rule.kind, rule))
        case RuleRetired(rule=number):
            left = {kind: rule for kind, rule in state.rules.items() if rule.seq != number}
            return replace(state, rules=MappingProxyType(left))
        case AwardProposed(member=member, points=points, rule=number):
            proposal = Proposal(seq, member, points, number, fact.who)
            return replace(state, proposals=_with(state.proposals, seq, proposal))
        case AwardApproved(proposal=number) | AwardDeclined(proposal=number):
            decided = replace(state.proposals[number], decided=True)
            return replace(state, proposals=_with(state.proposals, int(number), decided))
        case ItemStocked(title=title, points=points):
            return replace(state, items=_with(state.items, seq, Item(seq, title, points)))
    return state


POINTS: Fold[Points] = Fold(
    "points.rules",
    initial=Points(),
    fold=fold,
    hears=(RuleAdopted, RuleRetired, AwardProposed, AwardApproved, AwardDeclined, ItemStocked),
)


# What earns


def is_person(member: str) -> bool:
    """Tell whether a member acted, and not the clock, the host or a plugin."""
    return bool(member) and member not in ("clock", "operator") and ":" not in member


def earns(matter: Matter, member: str) -> bool:
    """Tell whether a member may earn: the staff earns nothing by doing its duties."""
    staff = (*matter.standing.holders("officer"), *matter.standing.holders("admin"))
    return is_person(member) and member not in staff


def deeds(facts: Sequence[Fact], standing: Matter) -> list[Counted]:
    """Return what earns points among ``facts`` under the rules of the community."""
    rules = standing.state(POINTS).rules
    found: list[Counted] = []
    for fact in facts:
        rule = rules.get(fact.kind)
        if rule is None or fact.seq < rule.seq:
            continue  # a rule looks ahead, never back
        number, deed = Ref(rule.seq), Ref(fact.seq)
        match fact.event:
            case PollDecided(poll=poll):
                found.append(Counted(rule=number, deed=deed, through=poll))
            case TaskAccepted(delivery=delivery):
                if delivery is not None:
                    found.append(Counted(rule=number, deed=deed, through=delivery))
            case event if fact.kind == SURVEY:
                found.append(Counted(rule=number, deed=deed, through=event.evaluation))
            case _:
                if earns(standing, fact.who):
                    found.append(Counted(rule=number, deed=deed, member=fact.who))
    return found


def awards_for(matter: Matter, fact: Fact, books: Books) -> list[Award]:
    """Return the awards for a counted deed, ordered by member, each cut to what the cap leaves."""
    counted: Counted = fact.event
    rule = matter.state(POINTS).rule(counted.rule)
    if rule is None:
        return []
    if counted.through is None:
        had = {counted.member: books.get(MONTHS, month_key(rule.seq, fact.at, counted.member)) or 0}
    else:
        prefix = f"{int(counted.through)}/"
        members = [key.removeprefix(prefix) for key, _ in books.scan(CREDITS, prefix)]
        start = month_key(rule.seq, fact.at, "")
        so_far = {key.removeprefix(start): value for key, value in books.scan(MONTHS, start)}
        had = {member: so_far.get(member, 0) for member in members}
    return [
        Award(
            member=member,
            points=min(rule.points, rule.cap - had[member]),
            rule=Ref(rule.seq),
            about=counted.deed,
        )
        for member in sorted(had)
        if earns(matter, member) and had[member] < rule.cap
    ]


def consequences(matter: Matter, fact: Fact, books: Books) -> Iterable[Any]:
    """Return the lists, or the proposals, that a counted deed leads to."""
    counted: Counted = fact.event
    rule = matter.state(POINTS).rule(counted.rule)
    awards = awards_for(matter, fact, books)
    if rule and rule.needs_approval:
        return [
            AwardProposed(member=a.member, points=a.points, about=a.about, rule=a.rule)
            for a in awards
        ]
    return [
        Awarded(awards=tuple(awards[start : start + MOST_AWARDS]))
        for start in range(0, len(awards), MOST_AWARDS)
    ]


# When it is refused


def rule_refusals(event: RuleAdopted) -> list[Refusal]:
    """A rule names a kind of another plugin and a cap that one deed does not exceed."""
    refusals = []
    plugin, dot, verb = event.kind.partition(".")
    if not (dot and plugin.isidentifier() and verb.isidentifier()):
        refusals.append(Refusal("points.not_a_kind", OWN_RULE, {"kind": event.kind}))
    elif plugin in NEVER:
        refusals.append(Refusal("points.kind_not_rewarded", OWN_RULE, {"kind": event.kind}))
    elif event.kind in AT_THE_END:
        details = {"kind": AT_THE_END[event.kind]}
        refusals.append(Refusal("points.rewarded_at_the_end", OWN_RULE, details))
    if event.kind in AT_THE_END.values() and event.needs_approval:
        refusals.append(Refusal("points.no_approval_for_taking_part", OWN_RULE))
    if event.cap_per_month < event.points:
        cap = {"cap": event.cap_per_month, "points": event.points}
        refusals.append(Refusal("points.cap_below_points", OWN_RULE, cap))
    return refusals


def counted_refusals(matter: Matter, event: Counted, books: Books) -> list[Refusal]:
    """A deed is counted once, under a rule that stands."""
    if matter.state(POINTS).rule(event.rule) is None:
        return [Refusal("points.no_rule", OWN_RULE)]
    if books.get(COUNTED, counted_key(event.rule, event.deed)):
        return [Refusal("points.already_counted", OWN_RULE, {"deed": int(event.deed)})]
    return []


def retired_refusals(matter: Matter, event: RuleRetired) -> list[Refusal]:
    """Only a rule that stands can end."""
    known = matter.state(POINTS).rule(event.rule)
    return [] if known else [Refusal("points.no_rule", OWN_RULE)]


def proposed_most(matter: Matter) -> int:
    """Return the most points that a member can be given by proposals in a month."""
    text = matter.setting(PROPOSED_MOST, DEFAULT_MOST)
    return int(text) if text.isascii() and text.isdigit() else int(DEFAULT_MOST)


def proposal_refusals(matter: Matter, act: Act, event: AwardProposed) -> list[Refusal]:
    """Nobody proposes points for themselves, nor more than a month allows."""
    refusals = []
    if event.member in (act.by, act.who):
        refusals.append(Refusal("points.own_award", OWN_RULE))
    if event.rule is None and event.points > proposed_most(matter):
        details = {"cap": proposed_most(matter), "points": event.points}
        refusals.append(Refusal("points.above_proposal_cap", OWN_RULE, details))
    if event.rule is not None and not act.by.startswith("plugin:"):
        refusals.append(Refusal("points.rules_count_themselves", OWN_RULE))
    return refusals


def decision_refusals(
    matter: Matter, act: Act, event: AwardApproved | AwardDeclined
) -> list[Refusal]:
    """A proposal is decided once, and not by whoever would receive the points."""
    proposal = matter.state(POINTS).proposals.get(event.proposal)
    if proposal is None:
        return []  # the engine says so
    if proposal.decided:
        return [Refusal("points.already_decided", OWN_RULE)]
    if isinstance(event, AwardApproved) and proposal.member in (act.by, act.who):
        return [Refusal("points.own_award", OWN_RULE)]
    return []


def award_refusals(matter: Matter, act: Act, event: Awarded, books: Books) -> list[Refusal]:
    """No list goes above a cap, whoever made it; and a list is ordered by member."""
    members = [award.member for award in event.awards]
    if members != sorted(members):
        return [Refusal("points.list_not_ordered", OWN_RULE)]
    state = matter.state(POINTS)
    total: dict[str, int] = {}
    caps: dict[str, int] = {}
    for award in event.awards:
        rule = state.rule(award.rule)
        key = month_key(award.rule, act.at, award.member)
        caps[key] = rule.cap if rule else proposed_most(matter)
        total[key] = total.get(key, books.get(MONTHS, key) or 0) + award.points
    over = [key for key in total if total[key] > caps[key]]
    if not over:
        return []
    details = {"cap": caps[over[0]], "over": total[over[0]] - caps[over[0]]}
    return [Refusal("points.cap_reached", OWN_RULE, details)]


def redemption_refusals(matter: Matter, act: Act, event: Redeemed, books: Books) -> list[Refusal]:
    """An item is had for the points it costs, while it is in stock."""
    item = matter.state(POINTS).items.get(event.item)
    if item is None:
        return []  # the engine says so
    refusals = []
    balance = books.get(BALANCES, member_account(act.who)) or 0
    if balance < item.points:
        details = {"balance": balance, "short": item.points - balance}
        refusals.append(Refusal("points.too_few_points", OWN_RULE, details))
    if not books.get(STOCK, str(int(event.item))):
        refusals.append(Refusal("points.out_of_stock", OWN_RULE, {"item": item.title}))
    return refusals


def reversal_refusals(act: Act, event: Reversed, books: Books) -> list[Refusal]:
    """An entry is reversed once, as it stands, not on one's own account nor below 0."""
    if event.member in (act.by, act.who):
        return [Refusal("points.own_account", OWN_RULE)]
    entry = books.get(STATEMENTS, entry_key(event.member, event.entry))
    if entry is None or entry["reversed"] or entry["what"] == "reversal":
        return [Refusal("points.nothing_to_reverse", OWN_RULE)]
    if (abs(entry["points"]), entry["item"]) != (event.points, int(event.item or 0)):
        details = {"booked": abs(entry["points"]), "points": event.points}
        return [Refusal("points.reversal_differs", OWN_RULE, details)]
    balance = books.get(BALANCES, member_account(event.member)) or 0
    if event.item is None and balance < event.points:
        details = {"balance": balance, "short": event.points - balance}
        return [Refusal("points.already_spent", OWN_RULE, details)]
    return []


def hand_over_refusals(act: Act, event: HandedOver, books: Books) -> list[Refusal]:
    """A redemption that stands is handed over once, and not by whoever redeemed it."""
    if event.member in (act.by, act.who):
        return [Refusal("points.own_redemption", OWN_RULE)]
    entry = books.get(STATEMENTS, entry_key(event.member, event.entry))
    if entry is None or entry["what"] != "redemption":
        return [Refusal("points.no_redemption", OWN_RULE)]
    if entry["reversed"]:
        return [Refusal("points.redemption_reversed", OWN_RULE, {"seq": entry["reversed"]})]
    if handed := entry.get("handed"):
        return [Refusal("points.handed_already", OWN_RULE, {"seq": handed})]
    return []


def setting_refusals(event: SettingChanged) -> list[Refusal]:
    """Our setting is a whole number."""
    if event.name == PROPOSED_MOST and not (event.value.isascii() and event.value.isdigit()):
        return [Refusal("points.not_a_number", OWN_RULE, {"value": event.value[:40]})]
    return []
