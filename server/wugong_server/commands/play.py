"""``wugong play``: a whole story, act by act, on a community of its own."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from wugong import Engine, Words
from wugong.cases import Case, CaseError, Played, Story, engine_for, read_case
from wugong_server import stories
from wugong_server.commands.console import (
    FOUND,
    as_json,
    aside,
    print_json,
    progress,
    say,
    with_packs,
    words,
)
from wugong_server.commands.reasons import reason


@click.command("play")
@click.argument("case_file", metavar="CASE.toml", type=click.Path(exists=True, dir_okay=False))
@click.option("--quiet", "-q", is_flag=True, help="Print only what went wrong.")
@with_packs
@as_json
def command(case_file: str, quiet: bool, packs: Path | None, in_json: bool) -> int:
    """Play CASE.toml on a fresh community in memory with a scripted clock.

    Prints a line an act. Exit 1 when an expectation fails, naming the first; nothing is kept.
    """
    try:
        case = read_case(Path(case_file))
    except (CaseError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{case_file}: {error}") from None
    engine, clock = engine_for(case, packs=packs)
    aloud = not quiet and not in_json
    with engine:
        told = Teller(engine, case, words(engine.registry.packages))
        played = []
        with nullcontext() if aloud else progress(case.title, len(case.steps)) as advance:
            for one in Story(case, engine, clock).play():
                played.append(one)
                if advance:
                    advance(one.number)
                else:
                    say(told.line(one))
        failed = [one for one in played if one.problem]
        if in_json:
            print_json([told.entry(one) for one in played])
    for one in failed[:1]:
        aside(f"step {one.number} ({told.what(one)}): {one.problem}")
    if aloud:
        say(f"{len(played)} steps, {len(failed)} not as expected")
    return FOUND if failed else 0


class Teller:
    """Says what a step came to, in the words of the case and of the plugins."""

    def __init__(self, engine: Engine, case: Case, words: Words) -> None:
        self.engine, self.case, self.words = engine, case, words

    def what(self, one: Played) -> str:
        """Return the title of what was done or expected."""
        return stories.what(one.step, self.engine.registry, self.words)

    def who(self, one: Played) -> str:
        """Return the name of who acted."""
        return stories.who(one.step, self.case)

    def line(self, one: Played) -> str:
        """Return one line: day, number or outcome, who, what."""
        mark = f"{one.seq:>5}" if one.seq else "    –"
        if one.problem:
            mark = "    ✗"
        parts = [one.at.strftime("%Y-%m-%d"), mark, self.who(one), self.what(one)]
        text = "  ".join(part for part in parts if part)
        if one.refusals:
            registry = self.engine.registry
            reasons = "; ".join(reason(registry, self.words, r, one.at) for r in one.refusals)
            text += f"  ⟂ {reasons}"
        return f"{text}  ← {one.problem}" if one.problem else text

    def entry(self, one: Played) -> dict[str, Any]:
        """Return a step as JSON."""
        return {
            "step": one.number,
            "at": one.at.isoformat(),
            "by": one.step.get("by", ""),
            "do": one.step.get("do", ""),
            "matter": one.matter,
            "seq": one.seq,
            "refused": [{"code": r.code, "source": r.source} for r in one.refusals],
            "problem": one.problem,
        }
