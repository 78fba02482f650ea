"""The outcome of a poll: every number, every test and its article, from ballots and procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from wugong import (
    Ballot,
    Count,
    GroupCount,
    Measure,
    PollDecided,
    PollOpened,
    Procedure,
    Ref,
    RollFrozen,
    Test,
    VotingRule,
    judge,
)
from wugong_voting.groups import tests as tests_by_group
from wugong_voting.rules.yes_no_abstain import RULE as YES_OR_NO
from wugong_voting.silence import side_of, together
from wugong_voting.summaries import ALL
from wugong_voting.tallies import Tally

Figures = Mapping[Measure, int]
Verdict = Literal["passed", "rejected", "no_quorum", "tied", "advisory"]
NONE = Count(option=ALL, ballots=0, heads=0, households=0, area_dm2=0)


def figures(counted: Count | RollFrozen) -> Figures:
    """Return what ballots or a roll weigh, by measure."""
    return {
        "heads": counted.heads,
        "households": counted.households,
        "area": counted.area_dm2,
    }


def measures(procedure: Procedure) -> tuple[Measure, ...]:
    """Return what a procedure counts in; heads where it names no test."""
    return procedure.measures or ("heads",)


def tally(
    rule: VotingRule, procedure: Procedure, options: Sequence[str], ballots: Sequence[Ballot]
) -> Tally:
    """Count ballots by a rule, in one shard."""
    summary = rule.partial(ballots, options)
    counted = rule.decide(summary, options, {"measures": measures(procedure)})
    if not isinstance(counted, Tally):
        raise TypeError(f"rule {rule.id}: decide() returned {counted!r}, not a Tally")
    return counted


def conclude(
    poll: int,
    opened: PollOpened,
    roll: RollFrozen,
    procedure: Procedure,
    rule: VotingRule,
    ballots: Sequence[Ballot],
    grouped: Sequence[GroupCount] = (),
    silent: Count | None = None,
) -> PollDecided:
    """Return the outcome of a closed poll; ``grouped``: the heads of each group, where shown.

    Ballots that were not returned take no part (``strict_returned``, the safest reading of
    民法典 278) but for the ``silent`` ones, where the poll stated what they count as. A poll in
    which nobody took part has no quorum, whatever the procedure says.
    """
    counted = tally(rule, procedure, [option.id for option in opened.options], ballots)
    its = (opened, procedure, counted, measures(procedure), figures(roll))
    side = side_of(*its) if silent else ""
    judged = _joined(counted, silent, side)
    against = figures(judged.received("no")) if opened.rule == YES_OR_NO.id else None
    verdict, tests, winners = _judge(procedure, figures(roll), judged, against)
    if opened.opposed_most and verdict in ("passed", "rejected"):  # it can only be harder
        added = tests_by_group(grouped, opened.opposed_most)
        tests += added
        if not all(test.met for test in added):
            verdict, winners = "rejected", ()
    return PollDecided(
        poll=Ref(poll),
        verdict=verdict,
        winners=winners,
        counts=counted.counts,
        tests=tests,
        rule=opened.rule,
        procedure=procedure.id,
        basis=tuple(basis.dated for basis in procedure.basis),
        roll=roll.roll,
        taken_part=judged.taken_part,
        count=counted.count,
        groups=tuple(grouped),
        version=procedure.version if procedure.texts else "",
        silent=silent,
        silent_as=side,
    )


def _joined(counted: Tally, silent: Count | None, side: str) -> Tally:
    """Return what is judged: silent ballots take part, on their side; who leads stays."""
    if silent is None:
        return counted
    received = (together(c, silent) if c.option == side else c for c in counted.counts)
    part = together(counted.taken_part, silent)
    return replace(counted, counts=tuple(received), taken_part=part)


def _judge(
    procedure: Procedure, whole: Figures, counted: Tally, against: Figures | None = None
) -> tuple[Verdict, tuple[Test, ...], tuple[str, ...]]:
    """Return the verdict, every test as applied, and who wins by it.

    ``against`` are the noes of a plain yes or no, for customs that leave abstentions out.
    """
    part = figures(counted.taken_part)
    sides = [counted.received(option) for option in counted.tested] or [NONE]
    judged = [judge(procedure, whole, part, figures(side), no=against) for side in sides]
    verdict, tests = judged[0]
    if counted.taken_part.ballots == 0:
        return "no_quorum", tests, ()
    if verdict in ("no_quorum", "advisory"):
        return verdict, tests, counted.leaders if verdict == "advisory" else ()
    if counted.seats:  # each seat is for whoever won it and reaches the consent
        each = zip(sides, judged, strict=True)
        elected = [side.option for side, (said, _) in each if said == "passed" and counted.tested]
        return "passed" if elected else "rejected", _each(procedure, sides, judged), tuple(elected)
    if len(judged) > 1:  # nobody may decide a tie unseen: state how each of them stands
        return "tied", _each(procedure, sides, judged), counted.leaders
    if verdict == "passed" and counted.tested:
        return "passed", tests, counted.tested
    return "rejected", tests, ()


def _each(
    procedure: Procedure,
    sides: Sequence[Count],
    judged: Sequence[tuple[Verdict, tuple[Test, ...]]],
) -> tuple[Test, ...]:
    """State the quorum once and the tests of consent for each side, by its name."""
    if len(sides) == 1:
        return judged[0][1]
    quorum = judged[0][1][: len(procedure.quorum)]
    consent = [
        replace(test, id=f"{test.id}.{side.option}"[:80])
        for side, (_, tested) in zip(sides, judged, strict=True)
        for test in tested[len(quorum) :]
    ]
    return (*quorum, *consent)
