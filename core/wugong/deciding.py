"""One calculator: what a procedure makes of given figures, test by test, with its articles.

The tests are those of a poll's closing (:func:`wugong.polls.judge`); here the figures come from
people, so each is checked first, and what makes a decision void is looked at before any share.
Nothing here opens a file or a database, and no number is ever rounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wugong import void
from wugong.days import read_day
from wugong.decision_options import Options, read_options
from wugong.explaining import OUTCOMES, answer, composed, follow
from wugong.figures import Undecidable, read_figures, told, write_figure
from wugong.places import known_places, not_offered
from wugong.polls import Test, judge
from wugong.procedure_parts import MEASURE_OF
from wugong.procedures import Procedure
from wugong.rosters import Measure
from wugong.statutes import national_statutes
from wugong.taking_part import complete
from wugong.words import N_

Json = dict[str, Any]
Figures = dict[str, dict[str, int]]  # all, part, present, yes, no, abstain → unit → number
PLACE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
SIDES = ("yes", "no", "abstain")
GROUPS = ("all", "part", "present", *SIDES, "silent", "delivered")
COMPOSITION = {"members", "representatives", "women", "households", "classes"}
KEYS = {
    "procedure",
    "on",
    "notice_on",
    "place",
    "options",
    "seats",
    "candidates",
    "check",
    *COMPOSITION,
    *GROUPS,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A request, read: the procedure on its day, the figures and what stands beside them."""

    procedure: Procedure
    on: date
    notice_on: date | None
    figures: Figures
    options: Options
    seats: int
    candidates: Mapping[str, int]
    flags: tuple[Json, ...] = ()


def decide(request: Mapping[str, Any], procedures: Mapping[str, Procedure]) -> Json:
    """Say what ``request`` comes to under one of ``procedures``.

    ``{"procedure", "on", "all", "part", "present", "yes", "no", "abstain", "notice_on", "options",
    "seats", "candidates", "place"}`` give ``{"outcome", "tests", "basis", "text", "needed", …}``;
    areas are text with two decimals. With ``"check": "composition"`` a body's composition is
    tested; with a ``place`` the procedure must be one that is offered there.
    Raises :class:`~wugong.figures.Undecidable` where a figure is missing or impossible.
    """
    if not isinstance(request, Mapping):
        raise Undecidable("request_shape", N_("The request must be a JSON object."))
    if stray := sorted(str(key) for key in request if key not in KEYS):
        raise Undecidable("key_unknown", N_("Unknown key: {key}."), key=stray[0][:40])
    on = _day(request, "on")
    if on is None:
        raise Undecidable("date_missing", N_("Say on which day (on): the law of that day decides."))
    options = read_options(request.get("options", {}))
    procedure = find(request, procedures, on, options.form)
    unknown = _here(request.get("place", ""), procedure, procedures, on)
    if request.get("check", "composition") != "composition":
        raise Undecidable("check_unknown", N_("The only check is: composition."))
    if "check" in request:
        made = composed(procedure, request)
    elif kinds := sorted(COMPOSITION & request.keys()):
        message = N_('{where} is looked at only with "check": "composition".')
        raise Undecidable("check_missing", message, where=kinds[0])
    else:
        made = _decided(_read(request, procedure, on, options), procedures)
    made["flags"] += unknown
    return made


def _decided(case: Case, procedures: Mapping[str, Procedure]) -> Json:
    procedure, options, whole = case.procedure, case.options, case.figures["all"]
    if procedure.kind == "no_vote":
        void.refuse_vote(procedure, options)
    reasons = list(void.reasons(procedure, procedures, options, whole, case.on, case.notice_on))
    if reasons:
        return _voided(case, reasons)
    if not (procedure.quorum or procedure.consent):
        message = N_("{procedure} states no quorum and no share: no figures settle anything here.")
        raise Undecidable("no_test", message, procedure=procedure.id)
    return _elect(case) if procedure.kind == "election" else _vote(case)


def find(
    request: Mapping[str, Any], procedures: Mapping[str, Procedure], on: date, form: str
) -> Procedure:
    """Return the procedure that ``request`` names, in its form, as its text stood on that day.

    On a day before that text, an older one answers where it is known.
    """
    name = request.get("procedure")
    found = procedures.get(name) if isinstance(name, str) else None
    if found is None:
        found = _form_of(str(name), procedures, form, request)
    elif form and not _same_form(form, found.form):
        raise _no_form(found.id, form, [found])
    if not found.in_force(on):
        name = found.id
        older = (one for one in procedures.values() if one.later == name and one.in_force(on))
        found = next(older, found)
    if not found.in_force(on):
        raise Undecidable(
            "not_in_force",
            N_("{procedure} is not in force on {on}; it is from {since}{until}."),
            procedure=found.id,
            on=on.isoformat(),
            since=found.effective_from.isoformat(),
            until=f" – {found.effective_to.isoformat()}" if found.effective_to else "",
        )
    return found


def _here(
    place: Any, procedure: Procedure, procedures: Mapping[str, Procedure], on: date
) -> list[Json]:
    """Refuse a procedure that is not offered in ``place``: a jurisdiction, or ``""``.

    Where no law of that place is known the national procedure is taken, and a flag says so.
    """
    if not isinstance(place, str) or (place and not PLACE.fullmatch(place)):
        raise Undecidable(
            "place_unreadable",
            N_("{where} must be a place such as CN-SC, not {value}."),
            where="place",
            value=repr(place)[:40],
        )
    why = not_offered(procedure, procedures, place, on)
    if why is None:
        known = known_places(procedures.values(), national_statutes())
        text = told(N_("No law of {place} is known here, only the national one."), place=place)
        return [{"code": "place_unknown", "text": text}] if place and place not in known else []
    details = {"procedure": procedure.id, "place": place[:80], "where": "place"}
    if not why.instead:
        message = N_("{procedure} is for {of}, not for {place} [{source}].")
        of = procedure.jurisdiction
        raise Undecidable("another_place", message, of=of, source=why.source, **details)
    message = N_("In {place} a local pack is stricter: {instead}, not {procedure} [{source}].")
    instead = ", ".join(one.id for one in why.instead)
    raise Undecidable("stricter_here", message, instead=instead, source=why.source, **details)


def _form_of(
    name: str, procedures: Mapping[str, Procedure], form: str, request: Mapping[str, Any]
) -> Procedure:
    family = [one for _, one in sorted(procedures.items()) if one.family and one.family == name]
    if not family:
        raise Undecidable(
            "procedure_unknown", N_("There is no procedure {procedure}."), procedure=name[:80]
        )
    if form:
        fitting = [one for one in family if _same_form(form, one.form)]
    else:  # the units of the figures tell the form, unless two modes were mixed
        whole = request.get("all")
        units = set(whole) if isinstance(whole, Mapping) else set()
        fitting = [one for one in family if units & set(one.units)] if len(family) > 1 else family
        if len(fitting) > 1:
            raise _mixed(name)
    if len(fitting) != 1:
        raise _no_form(name, form, family)
    return fitting[0]


def _same_form(asked: str, form: str) -> bool:
    both = {"adults", "voters"}  # those who vote in an assembly of adults
    return asked == form or {asked, form} == both


def _no_form(name: str, form: str, family: Sequence[Procedure]) -> Undecidable:
    if not any(one.form for one in family):
        message = N_("{procedure} has one form only: leave options.form out.")
        return Undecidable("form_unknown", message, procedure=name)
    return Undecidable(
        "form_missing" if not form else "form_unknown",
        N_("{procedure} needs options.form, one of: {known}."),
        procedure=name,
        known=", ".join(one.form for one in family),
    )


def _mixed(name: str) -> Undecidable:
    return Undecidable(
        "modes_mixed",
        N_("{procedure} is held in one mode: give the figures of one, never add two together."),
        procedure=name,
    )


def _read(request: Mapping[str, Any], procedure: Procedure, on: date, options: Options) -> Case:
    figures = {group: read_figures(request.get(group, {}), group) for group in GROUPS}
    given = {unit for units in figures.values() for unit in units}
    counted = {"persons", "households", "members", "representatives"} & set(procedure.units)
    foreign = given & {"persons", "households", "members"} - set(procedure.units)
    foreign -= options.petition.keys()  # who asked for it may be counted otherwise than who votes
    if procedure.family and counted and foreign and figures["all"].keys() & foreign:
        raise _mixed(procedure.id)
    if not figures["part"]:
        figures["part"] = dict(figures["present"])
    seats, candidates = _standing(request, procedure)
    completed, flags = complete(procedure, figures, options, candidates)
    notice_on = _day(request, "notice_on")
    return Case(procedure, on, notice_on, completed, options, seats, candidates, tuple(flags))


def _standing(request: Mapping[str, Any], procedure: Procedure) -> tuple[int, Mapping[str, int]]:
    if procedure.kind != "election":
        if "candidates" in request or "seats" in request:
            raise Undecidable("no_election", N_("Candidates and seats belong to an election."))
        return 0, {}
    seats, candidates = request.get("seats"), request.get("candidates")
    if type(seats) is not int or seats < 1:
        raise Undecidable("seats_missing", N_("Say how many seats there are (seats, from 1)."))
    if not isinstance(candidates, Mapping) or not candidates:
        raise Undecidable("candidates_missing", N_("Say what each candidate received."))
    for name, votes in candidates.items():
        if not name.strip():
            raise Undecidable("candidate_unnamed", N_("Every candidate needs a name."))
        if type(votes) is not int or votes < 0:
            raise Undecidable(
                "not_a_count",
                N_("{where} must be a whole number from 0, not {value}."),
                where=f"candidates.{name}",
                value=repr(votes)[:40],
            )
    return seats, dict(candidates)


def _day(request: Mapping[str, Any], key: str) -> date | None:
    value = request.get(key)
    if value is None:
        return None
    try:
        return read_day(value)
    except ValueError:
        raise Undecidable(
            "date_unreadable",
            N_("{where} must be a day such as 2026-06-30, not {value}."),
            where=key,
            value=repr(value)[:40],
        ) from None


def _checked(case: Case) -> None:
    """Refuse figures that no vote can have, and say which figure of a test is missing."""
    figures, procedure = case.figures, case.procedure
    for group, unit in needed_figures(procedure):
        came = figures["part"] if group == "present" else {}
        if unit not in figures[group] and unit not in came:
            raise _missing(group, unit)
    total = figures["all"]
    if total.get("heads", 0) >= 4 and 99_50 <= total.get("area", 0) <= 100_50:
        raise Undecidable(
            "area_is_share",
            N_("{where} is {value}, a percentage. Write the area itself in m²."),
            where="all.area",
            value=write_figure("area", total["area"]),
        )
    for unit, whole in figures["all"].items():
        _within(figures, unit, "present", "all", whole)
        _within(figures, unit, "part", "all", whole)
        _within(figures, unit, "yes", "all", whole)
    for unit, part in figures["part"].items():
        if figures["present"]:
            _within(figures, unit, "part", "present", figures["present"].get(unit, part))
        given = sum(figures[side].get(unit, 0) for side in SIDES)
        if given > part:
            raise Undecidable(
                "sides_above_part",
                N_("{unit}: yes, no and abstain are {given} together, more than the {part} cast."),
                unit=unit,
                given=write_figure(unit, given),
                part=write_figure(unit, part),
            )


def _within(figures: Figures, unit: str, group: str, of: str, most: int) -> None:
    if figures[group].get(unit, 0) > most:
        raise Undecidable(
            "part_above_all",
            N_("{unit}: {group} is {part}, more than {of} with {all}."),
            unit=unit,
            group=group,
            of=of,
            part=write_figure(unit, figures[group][unit]),
            all=write_figure(unit, most),
        )


def _missing(group: str, unit: str) -> Undecidable:
    return Undecidable(
        "figure_missing", N_("{figure} is missing: a test needs it."), figure=f"{group}.{unit}"
    )


def needed_figures(procedure: Procedure) -> tuple[tuple[str, str], ...]:
    """Return the figures that the tests of ``procedure`` ask for, as group and unit."""
    asked: list[tuple[str, str]] = []
    for test in (*procedure.quorum, *procedure.consent):
        if test.base == "all":
            asked.append(("all", test.counts))
        if test.base in ("part", "voted", "present") or test in procedure.quorum:
            asked.append(("present" if _meets(procedure) else "part", test.counts))
        if test in procedure.consent and procedure.kind != "election":
            asked.append(("yes", test.counts))
        if test.base == "sides":
            asked.append(("no", test.counts))
    return tuple(dict.fromkeys(asked))


def _judge(case: Case, yes: Mapping[Measure, int]) -> tuple[bool, bool, tuple[Test, ...]]:
    """Apply the tests of a closing poll; whether the quorum and the consent are reached."""
    procedure, figures = case.procedure, case.figures
    whole, part, no = (_weighed(procedure, figures[group]) for group in ("all", "part", "no"))
    filled = {measure: whole.get(measure, part.get(measure, 0)) for measure in procedure.measures}
    present = _weighed(procedure, figures["present"]) if _meets(procedure) else None
    against = no if any(test.base == "sides" for test in procedure.consent) else None
    _, made = judge(procedure, filled, part, yes, present or None, against)
    quorum = made[: len(procedure.quorum)]
    asked = {group for group, _ in needed_figures(procedure)}
    came = any(part.values()) or not asked & {"part", "present"}
    enough = all(test.met for test in made[len(quorum) :])
    return came and all(test.met for test in quorum), enough, made


def _meets(procedure: Procedure) -> bool:
    """Tell whether the body meets, so that those who came are its base, not those who voted."""
    return not any(test.base in ("part", "voted") for test in procedure.consent)


def _weighed(procedure: Procedure, figures: Mapping[str, int]) -> dict[Measure, int]:
    return {MEASURE_OF[unit]: figures[unit] for unit in procedure.units if unit in figures}


def _vote(case: Case) -> Json:
    _checked(case)
    procedure = case.procedure
    quorum, consent, tests = _judge(case, _weighed(procedure, case.figures["yes"]))
    outcome = "no_quorum" if not quorum else "passed" if consent else "rejected"
    said = "recalled" if outcome == "passed" and procedure.kind == "recall" else outcome
    return answer(procedure, outcome, tests, told(OUTCOMES[said]), case.flags)


def _elect(case: Case) -> Json:
    _checked(case)
    procedure, unit = case.procedure, case.procedure.consent[0].counts
    voted = case.figures["part"][unit]
    for name, votes in case.candidates.items():
        if votes > voted:
            raise Undecidable(
                "votes_above_cast",
                N_("{name} has {votes} votes, more than the {voted} ballots cast."),
                name=name,
                votes=votes,
                voted=voted,
            )
    if sum(case.candidates.values()) > voted * max(case.seats, 1):
        raise Undecidable(
            "votes_above_seats",
            N_("The candidates have more votes than {voted} ballots with {seats} names each."),
            voted=voted,
            seats=case.seats,
        )
    ranked = sorted(case.candidates.items(), key=lambda one: (-one[1], one[0]))
    tests: list[Test] = []
    reached, valid = [], True
    for name, votes in ranked:
        valid, enough, made = _judge(case, {MEASURE_OF[unit]: votes})
        quorum = made[: len(procedure.quorum)]
        tests = tests or list(quorum)
        tests += [replace(test, id=f"{test.id}.{name}"[:80]) for test in made[len(quorum) :]]
        if enough:
            reached.append((name, votes))
    elected, tied = _seated(reached, case.seats) if valid else ([], [])
    outcome = "no_quorum" if not valid else "passed" if elected else "rejected"
    text = told(
        OUTCOMES["no_quorum" if not valid else "elected" if elected else "nobody"],
        names=", ".join(elected),
    )
    made_answer = answer(procedure, outcome, tests, text, case.flags)
    if tied:
        flag = N_("{names} have equal votes for the last seat: none of them is elected yet.")
        made_answer["flags"].append({"code": "tied", "text": told(flag, names=", ".join(tied))})
    return {**made_answer, "elected": elected, "tied": tied}


def _seated(reached: list[tuple[str, int]], seats: int) -> tuple[list[str], list[str]]:
    """Return who has a seat; those with equal votes across its edge have none, whatever order."""
    if len(reached) <= seats:
        return [name for name, _ in reached], []
    edge = reached[seats - 1][1]
    if reached[seats][1] != edge:
        return [name for name, _ in reached[:seats]], []
    return (
        [name for name, votes in reached if votes > edge],
        [name for name, votes in reached if votes == edge],
    )


def _voided(case: Case, reasons: list[void.Reason]) -> Json:
    procedure = case.procedure
    tests: tuple[Test, ...] = ()
    try:
        _checked(case)
        yes = _weighed(procedure, case.figures["yes"])
        tests = _judge(case, yes)[2] if procedure.kind != "election" else ()
    except Undecidable:
        pass  # it is void whatever the figures are
    text = told(OUTCOMES["void"])
    for reason in reasons:
        text = follow(text, reason.text)
    made = answer(procedure, "void", tests, text, case.flags)
    return {
        **made,
        "reasons": [{"code": one.code, "source": one.source, "text": one.text} for one in reasons],
    }
