"""Counting rules in polls: ballots as written become profiles, one in each measure.

A :class:`~wugong_voting.counting.rule.CountingRule` knows profiles, a poll knows ballots with
weights. :func:`counted` joins them to a rule that polls can choose, a third party's too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from math import isqrt
from typing import Any

from wugong import N_, Ballot, Measure, VotingRule
from wugong_voting.ballot_forms import (
    ABSTAIN,
    BallotForm,
    Kind,
    Written,
    candidates,
    read,
    supported,
)
from wugong_voting.counting.budget import BudgetProfile, budget_profile
from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import Asks, CountingRule
from wugong_voting.counting.settings import Choice, settled
from wugong_voting.summaries import ALL, Sums, count, in_measure, summed
from wugong_voting.tallies import Tally, counts

MEASURES: tuple[Measure, ...] = ("heads", "households", "area")
KINDS: Mapping[Asks, Kind] = {
    "choose": "choose",
    "approval": "approval",
    "ranked": "ranked",
    "grades": "grades",
    "score": "grades",
    "points": "points",
    "squares": "points",
    "projects": "projects",
    "knapsack": "projects",
}
LEVELS = Choice("levels", "6", about=N_("How many grades there are"))
MOST = Choice("most", "0", about=N_("How many options a ballot may name; 0: any number"))
FEWEST_LEVELS, MOST_LEVELS = 2, 21
MOST_POINTS = 100
VALID, SPOILT = "valid", "!"
TOO_MANY_TIES = N_("There are too many ties to follow every way; nobody is chosen.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRule(VotingRule):
    """A rule of a poll that counts profiles, with its kind of ballot and its settings."""

    counting: CountingRule
    form: BallotForm
    settings: Mapping[str, str] = field(default_factory=dict)


CHOOSE = BallotForm("choose")


def form_of(rule: VotingRule | None) -> BallotForm:
    """Return the kind of ballot that a rule asks for."""
    return rule.form if isinstance(rule, CountedRule) else CHOOSE


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a shard of ballots comes to: who agrees to what, and the rule's summary by measure.

    ``received`` counts the ballots that agree to each option, ``cast`` all ballots: ``valid``,
    ``-`` for blank, ``!reason`` for spoilt.
    """

    received: Sums
    cast: Sums
    by: Mapping[Measure, Any]

    def merge(self, other: Counted) -> Counted:
        """Return the summary of both shards."""
        return Counted(
            self.received.merge(other.received),
            self.cast.merge(other.cast),
            {measure: self.by[measure].merge(other.by[measure]) for measure in MEASURES},
        )


def takes_part_in_polls(counting: CountingRule) -> bool:
    """Tell whether a poll can be counted by it, from ballots that a voter fills in.

    Rules that share seats among classes count classes, not options, and spend no ballot of these.
    """
    if counting.picks == "several":
        return counting.asks in ("approval", "ranked")
    return counting.asks in KINDS


@dataclass(frozen=True, slots=True)
class Sale:
    """What projects cost, in the order of the ballot paper, and what they share; in 分."""

    costs: tuple[tuple[str, int], ...] = ()
    budget: int = 0


def counted(
    counting: CountingRule, given: Mapping[str, str] | None = None, sale: Sale = Sale()
) -> CountedRule:
    """Make a rule that polls can choose; ``ValueError`` for a setting that it does not have."""
    if not takes_part_in_polls(counting):
        raise ValueError(f"rule {counting.id} does not choose options from such ballots")
    kind = KINDS[counting.asks]
    own = {"grades": (LEVELS,), "approval": (MOST,)}.get(kind, ())
    settings = settled((*counting.settings, *own), given or {})
    form = _form(counting.asks, settings, sale)
    return CountedRule(
        id=counting.id,
        title=counting.title,
        partial=partial(_summarise, counting, form),
        decide=partial(_decide, counting, form, _of_the_rule(settings)),
        source=counting.source,
        counting=counting,
        form=form,
        settings=settings,
    )


def _form(asks: Asks, settings: Mapping[str, str], sale: Sale) -> BallotForm:
    kind, squared = KINDS[asks], asks == "squares"
    if kind == "projects":
        within = asks == "knapsack"
        return BallotForm(kind, costs=sale.costs, budget=sale.budget, within=within)
    if kind == "points":
        points = _whole(settings, "points")
        if not 1 <= points <= MOST_POINTS:
            raise ValueError(f"points must be 1 to {MOST_POINTS}, got {points}")
        levels = (isqrt(points) if squared else points) + 1
        return BallotForm(kind, levels, points=points, squared=squared)
    form = BallotForm(kind, _whole(settings, "levels"), _whole(settings, "most"))
    if kind == "grades" and not FEWEST_LEVELS <= form.levels <= MOST_LEVELS:
        raise ValueError(f"levels must be {FEWEST_LEVELS} to {MOST_LEVELS}, got {form.levels}")
    return form


def _of_the_rule(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings without those of the ballot."""
    ballots = (LEVELS.name, MOST.name)
    return {name: value for name, value in settings.items() if name not in ballots}


def _whole(settings: Mapping[str, str], name: str) -> int:
    text = settings.get(name, "0")
    if not (text.isdecimal() and text.isascii() and len(text) < 4):
        raise ValueError(f"{name} must be a whole number, got {text!r}")
    return int(text)


# Ballots to summaries


def _summarise(
    counting: CountingRule, form: BallotForm, ballots: Sequence[Ballot], options: Sequence[str]
) -> Counted:
    texts = summed((b.choice, (b.ballots, b.heads, b.households, b.area_dm2)) for b in ballots)
    read_as = {text: read(text, form, options) for text, _ in texts.rows}
    by = {m: counting.partial(_profile(texts, read_as, form, options, m)) for m in MEASURES}
    received = (
        (option, weighs)
        for text, weighs in texts.rows
        for option in _received(text, read_as[text], form)
    )
    cast = ((_sort(read_as[text]), weighs) for text, weighs in texts.rows)
    return Counted(summed(received), summed(cast), by)


def _received(text: str, written: Written, form: BallotForm) -> tuple[str, ...]:
    return (ABSTAIN,) if text.strip() == ABSTAIN else supported(written, form)


def _sort(written: Written) -> str:
    if written.spoilt:
        return SPOILT + written.spoilt
    return VALID if written.named else "-"


def profile_of(
    ballots: Sequence[Ballot], form: BallotForm, options: Sequence[str], measure: Measure
) -> Profile | BudgetProfile:
    """Return the profile of ballots in one measure, equal ballots joined."""
    texts = summed((b.choice, (b.ballots, b.heads, b.households, b.area_dm2)) for b in ballots)
    read_as = {text: read(text, form, options) for text, _ in texts.rows}
    return _profile(texts, read_as, form, options, measure)


def _profile(
    texts: Sums,
    read_as: Mapping[str, Written],
    form: BallotForm,
    options: Sequence[str],
    measure: Measure,
) -> Profile | BudgetProfile:
    if form.kind == "projects":
        return _budget(texts, read_as, form, measure)
    able = candidates(options)
    place = {option: number for number, option in enumerate(able)}
    good = [(read_as[text], s) for text, s in texts.rows if not read_as[text].spoilt]
    bad = [weighs for text, weighs in texts.rows if read_as[text].spoilt]
    made = from_orders(
        able,
        [[[place[option] for option in group] for group in w.groups] for w, _ in good],
        [in_measure(weighs, measure) for _, weighs in good],
        form.levels if form.numbered else None,
    )
    return replace(made, spoilt=sum(in_measure(weighs, measure) for weighs in bad))


def _budget(
    texts: Sums, read_as: Mapping[str, Written], form: BallotForm, measure: Measure
) -> BudgetProfile:
    """Return the ballots for projects; a spoilt one is no voter to share the money with."""
    good = [(read_as[text], s) for text, s in texts.rows if not read_as[text].spoilt]
    return budget_profile(
        {project: Fraction(cost, 100) for project, cost in form.costs},
        Fraction(form.budget, 100),
        [written.named for written, _ in good],
        [in_measure(weighs, measure) for _, weighs in good],
    )


# Summaries to tallies


def seats_of(rule: VotingRule) -> int:
    """Return how many seats a rule fills; 0 where it chooses one option."""
    if not isinstance(rule, CountedRule) or rule.counting.picks != "several":
        return 0
    return int(rule.settings["seats"])


def trial(rule: CountedRule, options: Sequence[str]) -> None:
    """Count one ballot: ``ValueError`` where the rule cannot count these options or settings."""
    first = candidates(options)[0]
    ballot = Ballot(f"{first}:1" if rule.form.numbered else first, 1, 1, 1)
    if seats_of(rule) > len(candidates(options)):
        raise ValueError("there are more seats than options")
    profile = profile_of([ballot], rule.form, options, "heads")
    rule.counting.count(profile, _of_the_rule(rule.settings))


def _decide(
    counting: CountingRule,
    form: BallotForm,
    settings: Mapping[str, str],
    summary: Counted,
    options: Sequence[str],
    given: Mapping[str, Any],
) -> Tally:
    """Count in every measure that the procedure counts in.

    Whoever wins in all of them leads. Where the measures choose differently, each that wins in one
    of them leads: a tie, which no measure alone may decide. Of several seats those are filled
    that all measures fill alike.
    """
    able, winners, told = candidates(options), [], []
    for measure in given["measures"]:
        result = _result(counting, settings, summary, able, measure)
        winners.append(set(result.winners))
        told.append(_told(result, summary, measure))
    chosen = set.intersection(*winners)
    if not chosen and counting.picks == "one" and all(winners):
        chosen = set.union(*winners)
    leaders = tuple(option for option in options if option in chosen)
    said = {
        "form": "wugong-count/1",
        "rule": counting.id,
        "asks": form.kind,
        "candidates": list(able),
        "levels": form.levels or None,
        "counts": told,
    }
    return Tally(
        counts=counts(summary.received, options),
        taken_part=count(ALL, summary.cast.total),
        leaders=leaders,
        tested=leaders,
        seats=int(settings["seats"]) if counting.picks == "several" else 0,
        count=json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    )


def _result(
    counting: CountingRule,
    settings: Mapping[str, str],
    summary: Counted,
    able: Sequence[str],
    measure: Measure,
) -> Result:
    if in_measure(summary.cast.of(VALID), measure) == 0:
        return Result(counting.id, (), options=settings)
    try:
        return counting.decide(summary.by[measure], settings)
    except ValueError:  # ties beyond what can be followed: a tie of everybody, said as it is
        everybody = tuple(o for o in able if in_measure(summary.received.of(o), measure) > 0)
        sure = everybody if counting.picks == "one" else ()
        return Result(counting.id, sure, everybody, options={**settings, "ties": "too_many"})


def _told(result: Result, summary: Counted, measure: Measure) -> dict[str, Any]:
    spoilt = {
        sort[1:]: in_measure(weighs, measure)
        for sort, weighs in summary.cast.rows
        if sort.startswith(SPOILT)
    }
    made = result.json()
    if result.options.get("ties") == "too_many":
        made["certificate"] = [{"says": TOO_MANY_TIES}]
    return {
        "measure": measure,
        "valid": in_measure(summary.cast.of(VALID), measure),
        "blank": in_measure(summary.cast.of("-"), measure),
        "spoilt": spoilt,
        **made,
    }
