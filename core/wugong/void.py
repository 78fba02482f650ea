"""What makes a decision void before any share is looked at: the wrong body, a notice too short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from wugong.decision_options import Options
from wugong.figures import Undecidable, told
from wugong.polls import apply
from wugong.procedure_parts import MEASURE_OF
from wugong.procedures import Item, Procedure, Requirement
from wugong.words import N_


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is void, with the article."""

    code: str
    source: str
    text: Mapping[str, str]


def reasons(
    procedure: Procedure,
    procedures: Mapping[str, Procedure],
    options: Options,
    whole: Mapping[str, int],
    on: date,
    notice_on: date | None,
) -> Iterator[Reason]:
    """Say everything that makes the decision void."""
    _fits(procedure, procedures, options)
    yield from _matter(procedure, procedures, options)
    yield from _notice(procedure, options, on, notice_on)
    yield from _petition(procedure, options, whole)
    collected, issued = options.collected, options.issued
    if collected is not None and issued is not None and collected > issued:
        message = N_("More ballots were collected ({collected}) than issued ({issued}).")
        text = told(message, collected=collected, issued=issued)
        yield Reason("ballots_above_issued", "", text)
    for rule in procedure.incompatible:
        for person, parts in sorted(options.people.items()):
            if {rule.one, rule.other} <= set(parts):
                message = N_("{name} cannot be {one} and {other} at once [{source}].")
                names = {"name": person, "one": rule.one, "other": rule.other}
                text = told(message, **names, source=rule.source)
                yield Reason("incompatible", rule.source, text)


def _fits(procedure: Procedure, procedures: Mapping[str, Procedure], options: Options) -> None:
    """Refuse options that this procedure does not know: what is misspelt must not go unseen."""
    message = N_("{where} has no meaning under {procedure}.")
    for where, given, fits in (
        ("options.petition", options.petition, procedure.petition),
        ("options.cause", options.cause, procedure.causes),
    ):
        if given and not fits:
            raise Undecidable("option_unfit", message, where=where, procedure=procedure.id)
    parts = {
        part for its in procedures.values() for r in its.incompatible for part in (r.one, r.other)
    }
    for person, held in options.people.items():
        if unknown := [part for part in held if part not in parts]:
            message = N_("{name} is said to be {part}; known: {known}.")
            known = ", ".join(sorted(parts))
            raise Undecidable(
                "part_unknown", message, name=person, part=unknown[0][:40], known=known
            )
    if (options.issued is None) != (options.collected is None):
        figure = "options.issued" if options.issued is None else "options.collected"
        raise Undecidable(
            "figure_missing", N_("{figure} is missing: a test needs it."), figure=figure
        )


def _matter(
    procedure: Procedure, procedures: Mapping[str, Procedure], options: Options
) -> Iterator[Reason]:
    if options.instead_of and options.instead_of not in procedures:
        message = N_("There is no procedure {procedure}.")
        raise Undecidable("procedure_unknown", message, procedure=options.instead_of[:80])
    if options.instead_of and procedure.customary:
        statute = procedures[options.instead_of]
        source = statute.basis[0].article
        message = N_("Discussion and its rules cannot replace {procedure} [{source}].")
        text = told(message, procedure=statute.id, source=source)
        yield Reason("customary_for_statutory", source, text)
    if {"5", "6"} <= set(options.items) and procedure.body == "owners_assembly":
        message = N_("Using the maintenance fund and raising it are two questions, not one.")
        raise Undecidable("two_matters", message)
    for number in options.items:
        yield from _item(procedure, procedures, number)


def _item(
    procedure: Procedure, procedures: Mapping[str, Procedure], number: str
) -> Iterator[Reason]:
    item = next((one for one in procedure.items if one.number == number), None)
    if item is None:
        yield from _of_another(procedure, procedures, number)
    elif not item.delegable:
        message = N_("{item} cannot be decided by delegates [{source}].")
        yield Reason("not_delegable", item.source, _named(message, item))
    elif item.belongs_to:
        message = N_("{item} is decided under {procedure}, not here [{source}].")
        text = _named(message, item, procedure=item.belongs_to)
        yield Reason("another_body", item.source, text)


def _of_another(
    procedure: Procedure, procedures: Mapping[str, Procedure], number: str
) -> Iterator[Reason]:
    found = [
        (one.id, item)
        for _, one in sorted(procedures.items())
        if one.body == procedure.body and one.id != procedure.id
        for item in one.items
        if item.number == number
    ]
    if found:
        message = N_("{item} is decided under {procedure}, not here [{source}].")
        text = _named(message, found[0][1], procedure=", ".join(name for name, _ in found))
        yield Reason("another_procedure", found[0][1].source, text)
    elif procedure.all_items or not procedure.items:
        message = N_("{procedure} has no matter {item}.")
        raise Undecidable("item_unknown", message, procedure=procedure.id, item=number[:40])


def _named(message: str, item: Item, **details: object) -> dict[str, str]:
    return {
        language: told(message, item=item.title[language], source=item.source, **details)[language]
        for language in item.title
    }


def _notice(
    procedure: Procedure, options: Options, on: date, notice_on: date | None
) -> Iterator[Reason]:
    if notice_on is None:
        return
    least = procedure.notice_days + (1 if options.clear_days and procedure.notice_days else 0)
    given = (on - notice_on).days
    if given < 0:
        raise Undecidable("notice_after", N_("The notice is later than the meeting."))
    if given >= least or (options.urgent and procedure.notice_may_be_shorter):
        return
    message = N_("Notice was given {given} days before, at least {least} are needed [{source}].")
    text = told(message, given=given, least=least, source=procedure.notice_source)
    yield Reason("notice_too_short", procedure.notice_source, text)


def _petition(procedure: Procedure, options: Options, whole: Mapping[str, int]) -> Iterator[Reason]:
    """A recall starts when one of the shares asks for it; all are looked at."""
    if not options.petition or not procedure.petition:
        return
    short: list[tuple[str, str]] = []
    for rule in procedure.petition:
        if rule.unit not in options.petition:
            continue
        if rule.unit not in whole:
            message = N_("{figure} is missing: a test needs it.")
            raise Undecidable("figure_missing", message, figure=f"all.{rule.unit}")
        have, of = options.petition[rule.unit], whole[rule.unit]
        if have > of:
            message = N_("{unit}: {group} is {part}, more than {of} with {all}.")
            details = {"unit": rule.unit, "group": "petition", "of": "all", "part": have, "all": of}
            raise Undecidable("part_above_all", message, **details)
        test = Requirement("petition", MEASURE_OF[rule.unit], "all", rule.threshold)
        applied = apply(test, have, of)
        if applied.met:
            return
        short.append((str(applied.needed), applied.source))
    if not short:
        message = N_("{figure} is missing: a test needs it.")
        raise Undecidable(
            "figure_missing", message, figure=f"petition.{procedure.petition[0].unit}"
        )
    message = N_("Too few asked for it: {needed} are needed [{source}].")
    text = told(message, needed=short[0][0], source=short[0][1])
    yield Reason("petition_too_small", short[0][1], text)


def refuse_vote(procedure: Procedure, options: Options) -> None:
    """Say that nobody votes here, or that the cause is none of those that allow it."""
    source = procedure.basis[0].article
    if not procedure.causes:
        under = [one for step in procedure.steps for one in step.under]
        message = (
            N_("Nobody votes here; the vote is held under {procedure} [{source}].")
            if under
            else N_("Nobody votes here [{source}].")
        )
        raise Undecidable("no_vote", message, procedure=", ".join(under), source=source)
    if options.cause not in procedure.causes:
        message = N_("Not a listed danger, so owners must vote; listed: {known} [{source}].")
        known, source = ", ".join(procedure.causes), procedure.causes_source or source
        raise Undecidable("cause_not_listed", message, known=known, source=source)
    raise Undecidable(
        "no_vote", N_("Nobody votes here: the authority decides [{source}]."), source=source
    )
