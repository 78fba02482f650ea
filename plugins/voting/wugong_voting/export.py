"""A closed poll as JSON that anybody can count again: ballots by kind, never voters.

The form is that of ``tools/recount.py``, a program of its own. Equal ballots are joined and sorted;
nothing says when, how or with which entitlement they were cast.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wugong import Ballot, Measure, PollDecided, VotingRule
from wugong_voting.ballot_forms import BallotForm, candidates, read, yuan
from wugong_voting.counted import form_of
from wugong_voting.state import Poll
from wugong_voting.summaries import in_measure, summed

FORM = "wugong-poll/1"


def measures_of(decided: PollDecided) -> tuple[Measure, ...]:
    """Return the measures in which a poll was counted."""
    if not decided.count:
        return ("heads",)
    return tuple(told["measure"] for told in json.loads(decided.count)["counts"])


def exported(
    poll: Poll, rule: VotingRule, ballots: Sequence[Ballot], measure: Measure
) -> dict[str, Any]:
    """Write a decided poll in one measure; ``ValueError`` for one in which it was not counted."""
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
    # A plain yes or no: recounted as most first choices; the tests stand in the certificate.
    most = max((c.heads for c in decided.counts if c.option != "abstain"), default=0)
    ahead = [c.option for c in decided.counts if c.heads == most > 0 and c.option != "abstain"]
    return {
        "rule": "plurality",
        "options": {},
        "winners": ahead,
        "tied": ahead if ahead[1:] else [],
    }
