"""``wugong import-roster``: who is entitled, from a spreadsheet; tried first, then written."""

from __future__ import annotations

from pathlib import Path

import click

from wugong import N_, Engine, Measure, Words
from wugong.importing import Plan, plan_import
from wugong.roster_files import MOST_BYTES, read_roster, template_csv, template_xlsx
from wugong.roster_rows import Reading
from wugong_server.commands.console import (
    FOUND,
    as_json,
    in_words,
    language,
    opened,
    place,
    print_json,
    progress,
    say,
    tell,
    warn,
    with_database,
    words,
)
from wugong_server.importing import MEASURES, plan_json, problem_json


@click.command("import-roster")
@click.argument("community", required=False)
@click.argument("roster", required=False)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--measure",
    type=click.Choice(MEASURES),
    default="area",
    show_default=True,
    help="area: owners of units; heads: people; households: one representative each.",
)
@click.option("--write", is_flag=True, help="Import it; without this only the check is done.")
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write an empty roster to fill in (.csv or .xlsx) and stop.",
)
@with_database
@as_json
def command(
    community: str | None,
    roster: str | None,
    file: str | None,
    measure: Measure,
    write: bool,
    template: Path | None,
    database: str | None,
    keys: str | None,
    in_json: bool,
) -> int:
    """Check FILE (CSV or XLSX) as the roster ROSTER of COMMUNITY; with --write, import it.

    Exit 1 when any row is wrong: then nothing is written. Importing the same file again changes
    nothing.
    """
    if template is not None:
        return _template(template, measure)
    if not (community and roster and file):
        raise click.UsageError("name COMMUNITY, ROSTER and FILE, or --template FILE")
    with progress(in_words(N_("reading {file}"), file=file)):
        reading = read_roster(_content(Path(file)), measure)
    with opened(database, keys) as (engine, _environment):
        place(engine, community)
        said = words(engine.registry.packages, in_json=in_json)
        if reading.problems:
            _tell_problems(reading, said, in_json)
            return FOUND
        title = N_("importing {roster}") if write else N_("checking {roster}")
        with progress(in_words(title, roster=roster)):
            plan = plan_import(engine, community, roster, reading)
            if write and plan.acts:
                engine.record_many(plan.acts, by="operator")
        _tell_plan(engine, reading, plan, write, said, in_json)
    return 0


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _template(path: Path, measure: Measure) -> int:
    makers = {".csv": template_csv, ".xlsx": template_xlsx}
    if path.suffix not in makers:
        raise click.BadParameter("ends in .csv or .xlsx", param_hint="--template")
    path.write_bytes(makers[path.suffix](measure, language()))
    tell(N_("wrote {path}"), path=path)
    return 0


def _tell_problems(reading: Reading, said: Words, in_json: bool) -> None:
    if in_json:
        print_json({"problems": [problem_json(one, said) for one in reading.problems]})
        return
    for one in reading.problems:
        say(f"{one.say(said)} {one.mend(said)}")
    count = len(reading.problems)
    single = N_("1 problem; nothing was written")
    warn(single if count == 1 else N_("{count} problems; nothing was written"), count=count)


def _tell_plan(
    engine: Engine, reading: Reading, plan: Plan, write: bool, said: Words, in_json: bool
) -> None:
    written = write and bool(plan.acts)
    if in_json:
        print_json(plan_json(plan, reading, said, written))
        return
    for note in reading.notes:
        say(note.say(said) + (f" [{note.source}]" if note.source else ""))
    tell(
        N_(
            "{all} entitled: {new} new, {changed} changed, {same} the same, {leaving} leaving; "
            "{enrolled} people to enrol"
        ),
        all=len(reading.holders),
        new=plan.new,
        changed=plan.changed,
        same=plan.same,
        leaving=plan.leaving,
        enrolled=plan.enrolled,
    )
    if not plan.acts:
        tell(N_("the roster is the same already; nothing to write"))
    elif written:
        tell(N_("imported, edition {edition}"), edition=plan.edition[:16])
    else:
        tell(N_("checked; add --write to import"))
