"""What the tests of the stories share: the case files, and a story as it was played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wugong import Engine
from wugong.cases import Case, CaseError, Door, Played, Story, engine_for, read_case
from wugong.clock import ScriptedClock

CASES = Path(__file__).resolve().parents[1] / "cases"
MAIN = ("urban-elevator", "rural-lights")
EVERY = tuple(sorted(path.stem for path in CASES.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class Told:
    """A story that was played to its end, with the engine it was played on."""

    case: Case
    engine: Engine
    clock: ScriptedClock
    story: Story
    steps: tuple[Played, ...]

    @property
    def problems(self) -> list[tuple[int, str]]:
        """The steps that did not go as the case says."""
        return [(one.number, one.problem) for one in self.steps if one.problem]

    @property
    def refused(self) -> list[Played]:
        """The steps that the rules refused."""
        return [one for one in self.steps if one.refusals]

    @property
    def kinds(self) -> list[str]:
        """The kinds of all facts, in the order of the journal."""
        return [record["kind"] for record in self.engine.export(self.case.community)]


@contextmanager
def told(name: str, database: str = "sqlite://", **options: Any) -> Iterator[Told]:
    """Play a case file from the beginning to its end; the engine is closed afterwards."""
    with begun(name, database, **options) as (story, clock):
        steps: list[Played] = []
        try:
            steps.extend(story.play())
        except CaseError as error:  # what went wrong first says more than what was then missing
            for one in steps:
                if one.problem:
                    error.add_note(f"step {one.number}: {one.problem}")
            raise
        yield Told(story.case, story.engine, clock, story, tuple(steps))


@contextmanager
def begun(
    name: str, database: str = "sqlite://", door: Door | None = None, **options: Any
) -> Iterator[tuple[Story, ScriptedClock]]:
    """Make a fresh engine for a case file; nothing has been played yet."""
    case = read_case(CASES / f"{name}.toml")
    engine, clock = engine_for(case, database, **options)
    with engine:
        yield Story(case, engine, clock, door), clock
