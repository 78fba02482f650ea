"""The terms that run in a matter: from which day each counts, and what is to be done within it.

A procedure states a term with what starts it and what ends it; here they are found among the facts
of one matter. When it is over is counted in :mod:`wugong.deadlines`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from wugong.matter import Matter
from wugong.places import JURISDICTION, law_in
from wugong.procedure_parts import DECIDED, PASSED, Term
from wugong.procedures import Procedure
from wugong.steps import procedures_in

NO_DECISION = frozenset({"no_quorum", "advisory"})
CARRIED = "passed"


@dataclass(frozen=True, slots=True)
class Result:
    """The last result of the polls under a procedure, or the last that carried: its day."""

    on: date
    verdict: str


@dataclass(frozen=True, slots=True)
class Running:
    """A term of a procedure that counts since a day; what ends it is not on record yet."""

    procedure: Procedure
    term: Term
    since: date

    @property
    def ends(self) -> str:
        """The name of the step that ends it, as its record names it; empty where days alone do."""
        return f"{self.procedure.origin}.{self.term.ends}" if self.term.ends else ""


def running(
    matter: Matter,
    on: date,
    results: Mapping[str, tuple[Result, ...]],
    records: Mapping[str, date],
) -> Iterator[Running]:
    """Yield the terms that run in ``matter`` on a day.

    ``results`` are those of its polls by the origin of their procedure, ``records`` the days of its
    steps by name. A term of the law of a place runs in a community that said it lies there.
    """
    place = matter.setting(JURISDICTION, "")
    for procedure in procedures_in(matter, on):
        for term in procedure.terms:
            if (term.only and matter.category not in term.only) or not law_in(place, term.source):
                continue
            since = _start(procedure, term, results, records)
            if since is None:
                continue
            one = Running(procedure, term, since)
            if not one.ends or records.get(one.ends, date.min) < since:
                yield one


def _start(
    procedure: Procedure,
    term: Term,
    results: Mapping[str, tuple[Result, ...]],
    records: Mapping[str, date],
) -> date | None:
    """Return the last day that started a term, ``None`` where nothing did."""
    if term.starts not in (DECIDED, PASSED):
        return records.get(f"{procedure.origin}.{term.starts}") if term.starts else None
    under = {procedure.origin, *(name for step in procedure.steps for name in step.under)}
    held = [one for name in under for one in results.get(name, ())]
    if term.starts == PASSED:
        days = [one.on for one in held if one.verdict == CARRIED]
    else:
        days = [one.on for one in held if one.verdict not in NO_DECISION]
    return max(days, default=None)
