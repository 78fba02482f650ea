"""A closed poll as JSON that anybody can count again: ballots by kind, never voters.

The form is that of ``tools/recount.py``, a program of its own. Equal ballots are joined and sorted;
nothing says when, how or with which entitlement they were cast.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from wugong import Ballot, Measure, PollDecided, VotingRule
from wugong_voting.ballot_forms import BallotForm, candidates, read, yuan
from wugong_voting.counted import form_of
from wugong_voting.groups import group_of
from wugong_voting.outcome import figures
from wugong_voting.rules.yes_no_abstain import RULE as YES_OR_NO
from wugong_voting.state import Poll
from wugong_voting.summaries import in_measure, summed

FORM = "wugong-poll/1"


def measures_of(decided: PollDecided) -> tuple[Measure, ...]:
    """Return the measures in which a poll was counted; of a plain yes or no those of its tests."""
    if not decided.count:
        return tuple(dict.fromkeys(test.measure for test in decided.tests)) or ("heads",)
    return tuple(told["measure"] for told in json.loads(decided.count)["counts"])


def exported(
    poll: Poll,
    rule: VotingRule,
    ballots: Sequence[Ballot],
    measure: Measure,
    quorum: Collection[str],
) -> dict[str, Any]:
    """Write a decided poll in one measure; ``ValueError`` for one in which it was not counted.

    ``quorum``: the ids of the tests that ask for taking part, not for a yes.
    """
    decided = poll.decided
    if decided is None or measure not in measures_of(decided):
        raise ValueError(f"the poll was not counted in {measure}")
    form = form_of(rule)
    found = summed((b.choice, (b.ballots, b.heads, b.households, b.area_dm2)) for b in ballots)
    weighed = [(text, in_measure(weighs, measure)) for text, weighs in found.rows]
    spoilt = {text[1:]: weight for text, weight in weighed if text.startswith("!")}
    return {
        "form": FORM,
        "poll": poll.id,
        "question": poll.opened.question,
        "titles": {option.id: option.title for option in poll.opened.options},
        "measure": measure,
        "measures": list(measures_of(decided)),
        "verdict": decided.verdict,
        "candidates": list(candidates(poll.options)),
        "levels": form.levels or None,
        "ballots": [
            {"weight": weight, "groups": [list(g) for g in read(text, form, poll.options).groups]}
            for text, weight in weighed
            if not text.startswith("!")
        ],
        "spoilt": spoilt,
        **_sale(form),
        **_found(decided, measure),
        **_tested(poll, decided, measure, quorum),
    }


def _tested(
    poll: Poll, decided: PollDecided, measure: Measure, quorum: Collection[str]
) -> dict[str, Any]:
    """Return the tests of a plain yes or no in this measure, with what they are made from.

    Those of groups are left out: nothing here says in which group a ballot was cast.
    """
    if poll.opened.rule != YES_OR_NO.id or poll.roll is None:
        return {}
    silent = decided.silent
    mine = [
        {
            "id": test.id,
            "asks": "part" if test.id in quorum else "yes",
            "base": test.base,
            "op": test.op,
            "share": f"{test.share.numerator}/{test.share.denominator}",
            "have": test.have,
            "of": test.of,
            "needed": test.needed,
            "met": test.met,
            "source": test.source,
        }
        for test in decided.tests
        if test.measure == measure and group_of(test, decided.groups) is None
    ]
    return {
        "whole": figures(poll.roll)[measure],
        "silent": {decided.silent_as: figures(silent)[measure]} if silent else {},
        "tests": mine,
    }


def _sale(form: BallotForm) -> dict[str, Any]:
    """Return what projects cost and what they share, as exact text in yuan."""
    if form.kind != "projects":
        return {}
    costs = {project: yuan(cost) for project, cost in form.costs}
    return {"costs": costs, "budget": yuan(form.budget)}


def _found(decided: PollDecided, measure: Measure) -> dict[str, Any]:
    """Return rule, settings and winners as the result states them in this measure."""
    if decided.count:
        told = next(t for t in json.loads(decided.count)["counts"] if t["measure"] == measure)
        return {name: told[name] for name in ("rule", "options", "winners", "tied")}
    # A plain yes or no: recounted as most first choices, and each of its tests, see ``_tested``.
    sides = {c.option: figures(c)[measure] for c in decided.counts if c.option != "abstain"}
    most = max(sides.values(), default=0)
    ahead = [option for option, weight in sides.items() if weight == most > 0]
    return {
        "rule": "plurality",
        "options": {},
        "winners": ahead,
        "tied": ahead if ahead[1:] else [],
    }
