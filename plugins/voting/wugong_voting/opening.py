"""May this poll be opened? What is asked, by which rule, on which roll."""

from __future__ import annotations

from datetime import datetime

from wugong import Matter, PollOpened, Procedure, Refusal, RollFrozen, VotingRule
from wugong_voting import silence
from wugong_voting.ballot_forms import ABSTAIN, candidates, unusable, yuan
from wugong_voting.counted import CountedRule, trial
from wugong_voting.law import procedure_of
from wugong_voting.outcome import figures, measures
from wugong_voting.rules.yes_no_abstain import RULE as YES_OR_NO
from wugong_voting.state import still_open

# These follow every tie: with more options a poll full of ties could not be counted in the second
# that a closing has. Everything else counts as many options as a poll can have.
FOLLOWED = {"irv": 10, "ranked_pairs": 10}
# Raising every share step by step takes longer the more there is to buy, and the more money.
MOST_RAISED, MOST_RAISED_FEN = 20, 1_000_000_00


def refusals(opened: PollOpened, procedure: Procedure, rule: VotingRule | None) -> list[Refusal]:
    """Say why this question cannot be put; the engine has looked at roster, hour and procedure."""
    source = article(procedure)
    reasons = []
    if rule is None:
        reasons.append(Refusal("voting.rule_unknown", source, {"rule": opened.rule}))
    elif rule.fixed_options and {o.id for o in opened.options} != set(rule.fixed_options):
        details = {"options": ", ".join(rule.fixed_options)}
        reasons.append(Refusal("voting.options_of_the_rule", source, details))
    if procedure.decides and not procedure.consent and rule and rule.fixed_options:
        # Without a test of consent, one yes against a hundred noes would carry.
        details = {"procedure": procedure.id}
        reasons.append(Refusal("voting.no_test_of_consent", source, details))
    if isinstance(rule, CountedRule):
        reasons += _countable(opened, rule, source)
    reasons += silence.refusals(opened, procedure, source)
    reasons += _budgeted(opened, procedure, rule, source)
    if opened.roster != procedure.roster:
        details = {"roster": opened.roster, "needed": procedure.roster}
        reasons.append(Refusal("voting.roster_of_another_body", source, details))
    if opened.opens_at is not None and opened.opens_at >= opened.closes_at:
        reasons.append(Refusal("voting.opens_after_closing", source))
    if opened.counting_hours and (opened.secret or "paper" not in opened.channels):
        reasons.append(Refusal("voting.counting_without_paper", source))
    if not opened.channels:
        reasons.append(Refusal("voting.no_channel", source))
    if "meeting" in opened.channels and opened.secret:
        reasons.append(Refusal("voting.roll_call_not_secret", source))
    if opened.opposed_most and (opened.secret or opened.rule != YES_OR_NO.id):
        reasons.append(Refusal("voting.groups_are_unknown", source))
    reasons += _by_lot(opened, procedure, rule, source)
    if procedure.secrecy == "secret" and opened.secrecy != "scrutineers":  # level B
        reasons.append(Refusal("voting.needs_scrutineers", source))
    return reasons


def other_modes(
    matter: Matter, opened: PollOpened, procedure: Procedure, at: datetime
) -> list[Refusal]:
    """Say whether the same assembly is asked in another mode already: two are never added up."""
    known = matter.standing.procedures
    mine = known.get(procedure.origin, procedure)
    if not (mine.family and mine.decides):
        return []
    for poll in still_open(matter):
        its = procedure_of(matter, poll)
        other = known.get(its.origin, its) if its else None
        if other is None or other.family != mine.family or other.id == mine.id:
            continue
        apart = bool(opened.groups and poll.opened.groups) and not (
            set(opened.groups) & set(poll.opened.groups)
        )
        if not apart and not poll.is_over(at):
            asked = {"procedure": other.id, "question": poll.opened.question}
            return [Refusal("voting.modes_mixed", article(procedure), asked)]
    return []


def _by_lot(
    opened: PollOpened, procedure: Procedure, rule: VotingRule | None, source: str
) -> list[Refusal]:
    """Say why a tie of this poll cannot be settled by lot."""
    if opened.ties != "lot":
        return []
    reasons = [Refusal("voting.lot_decides_nothing", source)] if procedure.decides else []
    if not isinstance(rule, CountedRule) or rule.counting.picks != "one":
        reasons.append(Refusal("voting.lot_for_one_option", source))
    return reasons


def _countable(opened: PollOpened, rule: CountedRule, source: str) -> list[Refusal]:
    """Say why this rule could not count ballots for these options."""
    options = tuple(option.id for option in opened.options)
    if bad := unusable(options):
        return [Refusal("voting.option_id", source, {"options": " ".join(bad)})]
    if len(candidates(options)) < 2:
        return [Refusal("voting.too_few_options", source)]
    if rule.form.kind == "projects" and (reasons := _affordable(opened, rule, source)):
        return reasons
    able = len(candidates(options))
    if able > FOLLOWED.get(rule.id, able):
        details: dict[str, int | str] = {"options": able}
        return [Refusal("voting.rule_cannot_count", source, details)]
    try:  # a rule that counts so many options only up to a limit says so here
        trial(rule, options)
    except ValueError:
        return [Refusal("voting.rule_cannot_count", source, {"options": able})]
    return []


def _affordable(opened: PollOpened, rule: CountedRule, source: str) -> list[Refusal]:
    """Say what is missing for projects to share a budget, or what would take too long to count."""
    free = [o.title for o in opened.options if o.id != ABSTAIN and not o.cost]
    if not opened.budget:
        return [Refusal("voting.budget_missing", source)]
    if free:
        return [Refusal("voting.cost_missing", source, {"options": ", ".join(free)[:200]})]
    raised = rule.settings.get("completion", "none") != "none"
    if raised and (len(opened.options) > MOST_RAISED or opened.budget > MOST_RAISED_FEN):
        details: dict[str, int | str] = {"most": MOST_RAISED, "budget": yuan(MOST_RAISED_FEN)}
        return [Refusal("voting.too_much_to_raise", source, details)]
    return []


def _budgeted(
    opened: PollOpened, procedure: Procedure, rule: VotingRule | None, source: str
) -> list[Refusal]:
    """Say why a budget has no place in this poll."""
    spends = isinstance(rule, CountedRule) and rule.form.kind == "projects"
    if not spends:
        money = opened.budget or any(option.cost for option in opened.options)
        return [Refusal("voting.budget_without_projects", source)] if money else []
    return [Refusal("voting.budget_is_an_opinion", source)] if procedure.decides else []


def roll_refusals(roll: RollFrozen, procedure: Procedure) -> list[Refusal]:
    """Say which measure that the procedure tests is nowhere on the roll."""
    source = article(procedure)
    weighs = figures(roll)
    return [
        Refusal(f"voting.roll_without_{measure}", source)
        for measure in measures(procedure)
        if weighs[measure] == 0
    ]


def article(procedure: Procedure | None) -> str:
    """Return the first article that a procedure rests on."""
    return procedure.basis[0].article if procedure and procedure.basis else ""
