"""Could contested ballots have changed a result? From its own figures and their weight alone.

What a contested ballot says is not looked at: the answer would tell how somebody voted. So each
test is asked at its worst, as if all contested ballots stood on the side that it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wugong import Entitlement, PollDecided, Procedure, Test, Threshold, reaches
from wugong_voting.outcome import Figures


@dataclass(frozen=True, slots=True)
class Shaken:
    """The tests that contested ballots could have changed, and whether the verdict hangs on it."""

    tests: tuple[Test, ...]
    verdict: bool


def weight_of(rights: Iterable[Entitlement]) -> Figures:
    """Return what entitlements weigh together, by measure."""
    listed = list(rights)
    return {
        "heads": sum(right.heads for right in listed),
        "households": sum(right.households for right in listed),
        "area": sum(right.area_dm2 for right in listed),
    }


def could_change(test: Test, weight: int, *, quorum: bool) -> bool:
    """Tell whether contested ballots of ``weight`` could have brought this test to its opposite.

    A quorum counts who took part: without them it may fall, and it cannot rise, since they are
    in it. Consent may lose them all to the other side, or win them all from it; ballots that are
    struck out altogether move a share less than that. Where nobody was for or against, one
    who abstained could have been.
    """
    if weight <= 0 or (quorum and not test.met):
        return False
    if test.of == 0:
        return test.base == "sides"
    threshold = Threshold(test.share, inclusive=test.op == ">=", source=test.source)
    other = max(0, test.have - weight) if test.met else min(test.of, test.have + weight)
    return reaches(other, test.of, threshold) is not test.met


def shaken(decided: PollDecided, procedure: Procedure, weight: Figures) -> Shaken:
    """Tell what contested ballots of ``weight`` could have changed in a result.

    Where options are weighed against each other, or nothing is tested, no weight is small enough
    to be sure of; that is said instead of guessed.
    """
    if not any(weight.values()):
        return Shaken((), verdict=False)
    first = len(procedure.quorum)
    tests = tuple(
        test
        for place, test in enumerate(decided.tests)
        if could_change(test, weight[test.measure], quorum=place < first)
    )
    if decided.count or decided.verdict in ("tied", "advisory"):
        return Shaken(tests, verdict=True)
    if decided.verdict == "passed":
        return Shaken(tests, verdict=bool(tests))
    unmet = [test for test in decided.tests if not test.met]
    return Shaken(tests, verdict=all(test in tests for test in unmet))
