"""The law on the command line: ``decide``, ``procedures``, ``deadline`` and ``roll``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from wugong import Measure, Procedure
from wugong.days import read_day
from wugong.deadlines import Calendar, deadline, rules
from wugong.deciding import decide, needed_figures
from wugong.describing import document
from wugong.figures import Undecidable, write_figure
from wugong.plugins import build, installed
from wugong.roster_files import MOST_BYTES, read_roster
from wugong.roster_rows import Reading
from wugong_server import nouns
from wugong_server.calendars import open_calendar
from wugong_server.commands.console import (
    FOUND,
    as_json,
    aside,
    language,
    print_json,
    print_table,
    say,
    with_calendar,
    with_packs,
    words,
)

MOST_JSON = 1_000_000
BOM = "\ufeff"  # some editors write it before the text


def law(packs: Path | None) -> Mapping[str, Procedure]:
    """Return the procedures of the installed plugins and of the local packs."""
    return build(installed(), packs).procedures


@click.command("decide")
@with_packs
def decide_command(packs: Path | None) -> int:
    """Say what figures come to: JSON on standard input, JSON on standard output.

    Exit 1 when the figures cannot be judged; the answer then says what is wrong with them.
    """
    text = sys.stdin.read(MOST_JSON + 1)
    try:
        if len(text) > MOST_JSON:
            raise click.UsageError(f"the request has more than {MOST_JSON} characters")
        request = json.loads(text.removeprefix(BOM), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError, too
        raise click.UsageError(f"standard input is no JSON: {error}") from None
    try:
        print_json(decide(request, law(packs)))
    except Undecidable as error:
        print_json({"error": {"code": error.code, "text": error.text}})
        return FOUND
    return 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; of two figures under one name nobody could say which counts."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(one for one in names if names.count(one) > 1)} is there twice")
    return made


@click.command("procedures")
@click.argument("name", required=False)
@with_packs
@as_json
def procedures_command(name: str | None, packs: Path | None, in_json: bool) -> None:
    """List the procedures and the figures that `wugong decide` needs; with NAME, tell that one."""
    spoken = language()
    known = law(packs)
    if name is not None and name not in known:
        raise click.UsageError(f"no procedure {name!r}; `wugong procedures` lists them")
    if name is not None and not in_json:
        say(document(known[name], words()))
        return
    found = [one for key, one in sorted(known.items()) if name in (None, key)]
    if in_json:
        listed = [
            {
                **nouns.procedure(one, "en"),
                "family": one.family,
                "form": one.form,
                "kind": one.kind,
                "version": one.version,
                "figures": [f"{group}.{unit}" for group, unit in needed_figures(one)],
            }
            for one in found
        ]
        print_json({"procedures": listed})
        return
    rows = [
        (
            one.id,
            one.title.get(spoken, one.id),
            " ".join(f"{group}.{unit}" for group, unit in needed_figures(one)) or "–",
            one.effective_from.isoformat(),
        )
        for one in found
    ]
    print_table(("id", "title", "figures", "in force from"), rows)


@click.command("deadline")
@click.argument("rule", required=False)
@click.option("--from", "start", metavar="DATE", help="The day on which it starts: 2026-03-01.")
@click.option("--clear-days", is_flag=True, help="Do not count the day of the meeting either.")
@with_calendar
@with_packs
@as_json
def deadline_command(
    rule: str | None,
    start: str | None,
    clear_days: bool,
    calendar: Path | None,
    packs: Path | None,
    in_json: bool,
) -> int:
    """Say when the days of RULE are over; without RULE, list the rules."""
    known = rules(law(packs))
    if rule is None:
        print_table(
            ("rule", "days", "kind", "source"),
            [(name, term.days, term.kind, term.source) for name, term in known.items()],
        )
        return 0
    if rule not in known:
        raise click.UsageError(f"no rule {rule!r}; `wugong deadline` lists them")
    try:
        over = deadline(known[rule], _day(start), _calendar(calendar), clear_days)
    except OverflowError:
        raise click.UsageError(f"{rule} from {start} ends after the year 9999") from None
    if in_json:
        print_json(
            {
                "rule": rule,
                "days": over.term.days,
                "kind": over.term.kind,
                "day": over.day.isoformat(),
                "moved": over.moved,
                "source": over.term.source,
                "confidence": over.term.confidence,
                "years_without_calendar": list(over.unknown_years),
            }
        )
    else:
        meaning = {
            "before": "earliest day of the meeting",
            "posted": "may come down from the morning of",
            "within": "last day",
        }[over.term.kind]
        moved = " (moved from a holiday)" if over.moved else ""
        say(f"{meaning}: {over.day.isoformat()}{moved} [{over.term.source}]")
    for year in over.unknown_years:
        aside(f"no calendar of {year}: weekends alone were taken for holidays")
    return 0


def _day(text: str | None) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise click.UsageError("say --from DATE, such as 2026-03-01") from None


def _calendar(path: Path | None) -> Calendar:
    return Calendar() if path is None else open_calendar(path)


@click.command("roll")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--procedure", "name", required=True, help="Whose ALL is wanted: owners.special.")
@with_packs
@as_json
def roll_command(file: Path, name: str, packs: Path | None, in_json: bool) -> int:
    """Add up who is entitled by FILE (CSV or XLSX), and explain each head that was merged.

    Nothing is written. Exit 1 when a row is wrong.
    """
    procedure = law(packs).get(name)
    if procedure is None:
        raise click.UsageError(f"no procedure {name!r}; `wugong procedures` lists them")
    if procedure.kind == "no_vote":
        raise click.UsageError(f"nobody votes under {name}, so nothing is added up for it")
    counted = procedure.measures
    measure: Measure = (
        "area" if "area" in counted else "households" if "households" in counted else "heads"
    )
    with file.open("rb") as stream:
        reading = read_roster(stream.read(MOST_BYTES + 1), measure)
    said = words(in_json=in_json)
    if reading.problems:
        if in_json:
            print_json(
                {"problems": [{"row": p.row, "text": p.say(said)} for p in reading.problems]}
            )
        else:
            for one in reading.problems:
                say(f"{one.say(said)} {one.mend(said)}")
        return FOUND
    whole = _whole(procedure, reading)
    notes = [{"text": note.say(said), "source": note.source} for note in reading.notes]
    if in_json:
        print_json({"procedure": procedure.id, "all": whole, "notes": notes})
        return 0
    for unit, number in whole.items():
        say(f"all.{unit}: {number}")
    for note in notes:
        say(note["text"] + (f" [{note['source']}]" if note["source"] else ""))
    return 0


def _whole(procedure: Procedure, reading: Reading) -> dict[str, Any]:
    sums = {
        "area": sum(holder.area_dm2 for holder in reading.holders),
        "households": sum(holder.households for holder in reading.holders),
    }
    units = procedure.units or ("heads",)
    return {unit: write_figure(unit, sums.get(unit, len(reading.holders))) for unit in units}
