"""What would have changed a count: the comparison that decided it, read off the result itself.

Only what is true whatever the rule does besides: how far apart two options are where the rule
compared them last, or who came nearest to a seat, which the certificate of some rules says.
Returns a sentence as results write them: ``says`` with its details.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from wugong import N_
from wugong_voting.counting.nearest import LEVEL, WON

Said = dict[str, Any]


def decisive(told: Mapping[str, Any], able: Sequence[str]) -> Said | None:
    """Return the comparison that decided, or ``None`` where the result shows none."""
    winners, rounds = told["winners"], told.get("rounds") or [{}]
    if told["tied"] and (len(winners) != 1 or not {*told["tied"]} & {*winners}):
        return {
            "says": N_("{options} are level, and this rule does not break ties."),
            "options": list(told["tied"]),
        }
    if said := next((one for one in told["certificate"] if one["says"] in (LEVEL, WON)), None):
        return dict(said)
    if "quota_votes" in told["options"]:
        return _seat(rounds)
    if len(winners) > 1:
        return _edge(winners, told, able)
    if not winners and told["rule"] == "condorcet":
        return _nearest(told["matrix"], able)
    if len(winners) != 1 or len(able) < 2:
        return None
    winner = winners[0]
    last = rounds[-1]
    if "duel" in last:
        return _final(winner, last, told)
    scores = last.get("votes") or last.get("points")
    if scores and len(scores) > 1:
        return _lead(winner, scores, told)
    if "middle_grades" in last:
        return _middle(winner, last, able)
    return _closest(winner, told.get("matrix", ()), able)


def _final(winner: str, last: Mapping[str, Any], told: Mapping[str, Any]) -> Said | None:
    duels = [one for one in told["rounds"] if "duel" in one]
    if len(duels) > 1:  # several were level for a place in it: the closest of the duels
        last = min(duels, key=lambda one: abs(Fraction(one["margin"])))
    others = [option for option in last["duel"] if option != winner]
    margin = abs(Fraction(last["margin"]))
    if len(others) != 1:
        return None
    other = others[0]
    if len(duels) > 1:
        says = N_("Closest was the duel with {other}: {winner} was {margin} ahead.")
        return {"says": says, "winner": winner, "other": other, "margin": str(margin)}
    if margin == 0:
        says = N_("The last duel, {winner} against {other}, was level; the sums decided.")
        return {"says": says, "winner": winner, "other": other}
    says = N_("In the last duel {winner} was {margin} ahead of {other}.")
    return {"says": says, "winner": winner, "other": other, "margin": str(margin)}


def _edge(winners: Sequence[str], told: Mapping[str, Any], able: Sequence[str]) -> Said | None:
    """Of several seats filled by one sum: how far the last one was ahead of who missed it."""
    rounds = told.get("rounds") or [{}]
    scores, others = rounds[0].get("votes"), [o for o in able if o not in winners]
    if len(rounds) != 1 or not scores or not others:
        return None
    last = min(winners, key=lambda option: Fraction(scores[option]))
    first = max(others, key=lambda option: Fraction(scores[option]))
    margin = Fraction(scores[last]) - Fraction(scores[first])
    says = N_("{winner} had the last seat, {margin} ahead of {other}.")
    return {"says": says, "winner": last, "other": first, "margin": str(margin)}


def _seat(rounds: Sequence[Mapping[str, Any]]) -> Said | None:
    """Of seats filled by transfers: the last comparison between who went on and who did not."""
    for one in reversed(rounds):
        votes = {option: Fraction(number) for option, number in one["votes"].items()}
        kept = [option for option in one.get("elected", ()) if option in votes]
        lost = [option for option in votes if option not in kept]
        says = N_("In round {round} {winner} had a seat, {margin} ahead of {other}.")
        if not kept:
            lost = [option for option in one.get("out", ()) if option in votes]
            kept = [option for option in votes if option not in lost]
            says = N_("In round {round} {other} dropped out, {margin} behind {winner}.")
        if not lost or not kept:
            continue
        last = min(kept, key=lambda option: (votes[option], option))
        first = max(lost, key=lambda option: (votes[option], option))
        margin = votes[last] - votes[first]
        if margin <= 0:
            return None  # level: an earlier round or a tie break decided
        told = {"round": one["round"], "winner": last, "other": first, "margin": str(margin)}
        return {"says": says, **told}
    return None


def _nearest(matrix: Sequence[Sequence[Any]], able: Sequence[str]) -> Said:
    """Where nobody wins every duel: who lost the worst of their duels by least."""
    margins = [
        [Fraction(row[b]) - Fraction(matrix[b][a]) for b in range(len(able)) if b != a]
        for a, row in enumerate(matrix)
    ]
    mine = max(range(len(able)), key=lambda a: min(margins[a]))
    found = _closest(able[mine], matrix, able)
    assert found is not None
    votes = {"votes": found["votes"], "others": found["others"]}
    if Fraction(votes["votes"]) == Fraction(votes["others"]):
        says = N_("Nearest to it was {winner}, level with {other}, {votes} to {others}.")
    else:
        says = N_("Nearest to it was {winner}, who lost to {other}, {votes} to {others}.")
    return {"says": says, "winner": able[mine], "other": found["other"], **votes}


def _lead(winner: str, scores: Mapping[str, Any], told: Mapping[str, Any]) -> Said:
    others = {option: Fraction(score) for option, score in scores.items() if option != winner}
    second = max(others, key=lambda option: others[option])
    margin = Fraction(scores[winner]) - others[second]
    says = N_("{winner} was {margin} ahead of {other}; with {margin} more, {other} would be level.")
    if len(told["rounds"]) > 1:
        says = N_("In the last round {winner} was {margin} ahead of {other}.")
    return {"says": says, "winner": winner, "other": second, "margin": str(margin)}


def _middle(winner: str, last: Mapping[str, Any], able: Sequence[str]) -> Said:
    middles, width = last["middle_grades"], len(next(iter(last["grades"].values())))
    second = min((o for o in able if o != winner), key=lambda option: middles[option])
    grades = {"grade": width - 1 - middles[winner], "other_grade": width - 1 - middles[second]}
    if middles[winner] == middles[second]:
        says = N_("{winner} and {other} have the same middle grade; those next to it decided.")
    else:
        says = N_("The middle grade of {winner} is {grade}, that of {other} {other_grade}.")
    return {"says": says, "winner": winner, "other": second, **grades}


def _closest(winner: str, matrix: Sequence[Sequence[Any]], able: Sequence[str]) -> Said | None:
    """Return the duel that the winner won by least, or lost by most."""
    if not matrix:
        return None
    mine = able.index(winner)
    margins = {
        other: Fraction(matrix[mine][n]) - Fraction(matrix[n][mine])
        for n, other in enumerate(able)
        if n != mine
    }
    other = min(margins, key=lambda option: margins[option])
    there = able.index(other)
    says = (
        N_("The closest duel was {winner} against {other}: {votes} to {others}.")
        if margins[other] >= 0
        else N_("{winner} lost to {other}, {votes} to {others}; the other duels decided.")
    )
    details = {"votes": matrix[mine][there], "others": matrix[there][mine]}
    return {"says": says, "winner": winner, "other": other, **details}
