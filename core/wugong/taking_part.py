"""Who counts as taking part: ballots that did not come back, and votes cast for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wugong.decision_options import Options, wrong
from wugong.figures import Undecidable, told, write_figure
from wugong.procedures import Procedure
from wugong.thresholds import Threshold, reaches
from wugong.words import N_

Figures = dict[str, dict[str, int]]
Flag = dict[str, object]
STRICT, ABSTAIN = "strict_returned", "signed_receipt_is_abstain"


def complete(
    procedure: Procedure, figures: Figures, options: Options, candidates: Mapping[str, int]
) -> tuple[Figures, list[Flag]]:
    """Return the figures with silent ballots and proxies as the procedure counts them."""
    figures, flags = _with_proxies(procedure, figures, options, candidates)
    made, more = _with_silent(procedure, figures, options)
    return made, flags + more


def _with_silent(
    procedure: Procedure, figures: Figures, options: Options
) -> tuple[Figures, list[Flag]]:
    policy = options.nonresponse or STRICT
    if policy not in {one.policy for one in procedure.silence} | {STRICT}:
        raise wrong("nonresponse", policy)
    if policy == STRICT:
        return figures, []
    part, yes, no = figures["part"], figures["yes"], figures["no"]
    silent = figures["silent"] or _not_back(part, figures["delivered"])
    if missing := [unit for unit in part if unit not in silent]:
        message = N_("{figure} is missing: a test needs it.")
        where = "delivered" if figures["delivered"] and not figures["silent"] else "silent"
        raise Undecidable("figure_missing", message, figure=f"{where}.{missing[0]}")
    joined = {unit: number + silent.get(unit, 0) for unit, number in part.items()}
    taken = {**figures, "part": joined}
    if policy == ABSTAIN:
        return taken, []
    if not (options.clause and options.warned and options.delivered):
        raise Undecidable(
            "clause_missing",
            N_(
                "Silent ballots follow the majority only if the rules of the assembly say so "
                "(options.clause), the ballot warned of it (options.warned) and its delivery is "
                "proved (options.delivered)."
            ),
        )
    leads = {_leader(yes.get(unit, 0), no.get(unit, 0)) for unit in part}
    if len(leads) != 1 or "" in leads:
        flag = N_("Heads and area have different majorities: silent ballots count as abstentions.")
        return taken, [{"code": "majorities_differ", "text": told(flag)}]
    side = leads.pop()
    floor = next(one.threshold for one in procedure.silence if one.policy == policy)
    if floor is not None and not _above(floor, figures[side], figures["all"], part):
        flag = N_("The majority that voted is too small: silent ballots count as abstentions.")
        return taken, [{"code": "majority_too_small", "text": told(flag)}]
    grown = {unit: figures[side].get(unit, 0) + silent.get(unit, 0) for unit in part}
    return {**taken, side: grown}, []


def _above(
    floor: Threshold, voted: Mapping[str, int], whole: Mapping[str, int], units: Iterable[str]
) -> bool:
    """Tell whether the majority that voted reaches a share of all in every unit, by itself."""
    if missing := [unit for unit in units if unit not in whole]:
        message = N_("{figure} is missing: a test needs it.")
        raise Undecidable("figure_missing", message, figure=f"all.{missing[0]}")
    return all(
        voted.get(unit, 0) <= whole[unit]
        and whole[unit] > 0
        and reaches(voted.get(unit, 0), whole[unit], floor)
        for unit in units
    )


def _not_back(part: Mapping[str, int], delivered: Mapping[str, int]) -> dict[str, int]:
    """Return how many of the delivered ballots did not come back."""
    for unit, number in delivered.items():
        if part.get(unit, 0) > number:
            message = N_("{unit}: {group} is {part}, more than {of} with {all}.")
            told_in = {"part": write_figure(unit, part[unit]), "all": write_figure(unit, number)}
            details = {"unit": unit, "group": "part", "of": "delivered"}
            raise Undecidable("part_above_all", message, **details, **told_in)
    return {unit: number - part.get(unit, 0) for unit, number in delivered.items()}


def _leader(yes: int, no: int) -> str:
    return "yes" if yes > no else "no" if no > yes else ""


def _with_proxies(
    procedure: Procedure, figures: Figures, options: Options, candidates: Mapping[str, int]
) -> tuple[Figures, list[Flag]]:
    rule = procedure.proxies
    if not options.proxies:
        return figures, []
    if rule is None or not rule.allowed:
        message = N_("Nobody may vote for another here [{source}].")
        raise Undecidable("proxy_not_allowed", message, source=rule.source if rule else "")
    if not rule.candidates and (barred := sorted(options.proxies.keys() & candidates.keys())):
        message = N_("{name} is a candidate and cannot vote for others [{source}].")
        raise Undecidable("proxy_of_candidate", message, name=barred[0], source=rule.source)
    if options.in_person is None:
        return figures, []
    unit = procedure.units[0]
    most = rule.most
    good = sum(n if most is None else min(n, most) for n in options.proxies.values())
    refused = sum(options.proxies.values()) - good
    cast = options.in_person + good
    if figures["part"].get(unit, cast) != cast:
        raise Undecidable(
            "part_differs",
            N_("part is {part}, but {cast} ballots count: in person and by valid proxies."),
            part=figures["part"][unit],
            cast=cast,
        )
    message = N_("{count} proxies above {most} a holder were refused [{source}].")
    text = told(message, count=refused, most=most, source=rule.source)
    flags: list[Flag] = [{"code": "proxies_refused", "count": refused, "text": text}]
    return {**figures, "part": {**figures["part"], unit: cast}}, flags if refused else []
