"""What all commands share: the engine they open, how they print, and how they end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from wugong import LANGUAGES, N_, Misconfigured, Words
from wugong_server.environment import Environment, read_environment

if TYPE_CHECKING:
    from wugong import Engine

F = TypeVar("F", bound=Callable[..., Any])

# How a command ends; `wugong --help` prints this list.
FOUND = 1  # it ran, and what it looked for is there: a fault, a refusal that was not expected
WRONG = 2  # the command is wrong (click's own code)
SETUP = 3  # the set-up is wrong: storage, plugins, schema version
TAKEN = 4  # the port is in use
REFUSED = 5  # the rules refuse the act
BUSY = 6  # nothing was recorded, try again: too much is waiting, or the disk is full
UNKNOWN = 7  # the database went away during the commit: look whether it was recorded
FULL = N_("database or disk is full")  # as SQLite says it
LATER = 2.0  # seconds after which work shows its progress

EXITS = """Exit codes: 0 done; 1 something was found wrong (verify, play, check, import-roster …);
2 wrong command; 3 wrong set-up (storage, plugins, database version); 4 port in use;
5 refused by the rules; 6 busy or disk full, try again; 7 perhaps recorded, look."""


def with_database(command: F) -> F:
    """Add ``--database`` and ``--keys`` to a command."""
    command = click.option(
        "--keys", metavar="FILE", help="File of people's keys. [env: WUGONG_KEYS]"
    )(command)
    return click.option(
        "--database",
        metavar="URL",
        help="SQLite or PostgreSQL. [env: WUGONG_DATABASE_URL, DATABASE_URL]",
    )(command)


def with_packs(command: F) -> F:
    """Add ``--packs`` to a command that reads the law."""
    return click.option(
        "--packs",
        type=click.Path(path_type=Path),
        envvar="WUGONG_PACKS",
        help="Folder of local packs (*.toml), each stricter than its parent. [env: WUGONG_PACKS]",
    )(command)


def with_calendar(command: F) -> F:
    """Add ``--calendar`` to a command that counts working days."""
    return click.option(
        "--calendar",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="WUGONG_CALENDAR",
        help="JSON of holidays and worked weekends by year. [env: WUGONG_CALENDAR]",
    )(command)


def as_json(command: F) -> F:
    """Add ``--json`` to a command that prints data."""
    return click.option("--json", "in_json", is_flag=True, help="Print JSON.")(command)


@contextmanager
def opened(
    database: str | None, keys: str | None, *, packs: bool = False, **options: Any
) -> Iterator[tuple[Engine, Environment]]:
    """Open the engine that the options and the environment name; close it at the end.

    ``packs``: with the local packs and the calendar, for what may open or decide a poll.
    """
    from wugong import Engine  # the database is loaded by the commands that open one
    from wugong_server.calendars import CalendarFile

    environment = read_environment(database_url=database, keys=keys)
    if packs:
        options["packs"] = environment.packs
        options["calendar"] = CalendarFile(environment.calendar).now
    engine = Engine(environment.database_url, keys=environment.keys, **options)
    try:
        yield engine, environment
    finally:
        engine.close()


def place(engine: Engine, community: str) -> str:
    """Check that a community exists and return its name."""
    known = [name for name, _title, _setting in engine.communities()]
    if community not in known:
        none = in_words(N_("there is none yet; `wugong found` makes one"))
        listed = ", ".join(known) or none
        where = engine.storage.url.render_as_string(hide_password=True)
        stop(
            N_("no community {community} in {where}; known: {listed}"),
            community=repr(community),
            where=where,
            listed=listed,
        )
    return community


def say(text: str = "") -> None:
    """Print a line of the answer."""
    click.echo(text)


def aside(text: str) -> None:
    """Print a line that is not part of the answer."""
    click.echo(text, err=True)


def tell(message: str, /, **details: object) -> None:
    """Print a line of the answer in the language of the terminal."""
    say(in_words(message, **details))


def warn(message: str, /, **details: object) -> None:
    """Print a line that is not part of the answer in the language of the terminal."""
    aside(in_words(message, **details))


def stop(message: str, /, **details: object) -> NoReturn:
    """End the command by saying why, in the language of the terminal."""
    raise click.ClickException(in_words(message, **details))


def print_json(value: Any) -> None:
    """Print the answer as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in columns; Chinese takes two cells a character."""
    from rich.cells import cell_len

    texts = [[str(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = (c + " " * (w - cell_len(c)) for c, w in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar once work takes over two seconds; never where nobody looks on.

    What is yielded is told how much is done; work of one step need not tell anything.
    """
    bar = _Bar(title, total)
    timer = Timer(LATER, bar.show)
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield bar.advance
    finally:
        timer.cancel()
        if timer.ident is not None:  # it was started, and may be drawing the bar just now
            timer.join()
        bar.stop()


class _Bar:
    """A bar that may not be shown yet."""

    def __init__(self, title: str, total: int | None) -> None:
        self._title, self._total, self._done = title, total, 0
        self._shown: Any = None

    def show(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        bar = Progress(console=Console(stderr=True))
        bar.add_task(self._title, total=self._total, completed=self._done)
        bar.start()
        self._shown = bar

    def advance(self, done: int) -> None:
        self._done = done
        if self._shown is not None:
            self._shown.update(self._shown.task_ids[0], completed=done)

    def stop(self) -> None:
        if self._shown is not None:
            self._shown.stop()


def language() -> str:
    """Return the language of the terminal, as far as we speak it.

    ``WUGONG_LANGUAGE`` goes before what the system says, but for ``LC_ALL``, which is said last.
    """
    named = os.environ.get("WUGONG_LANGUAGE", "")
    if named in LANGUAGES and not os.environ.get("LC_ALL"):
        return named
    tag = next((os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), "")
    if tag.startswith(("zh_TW", "zh_HK", "zh_MO", "zh_Hant")):
        return "zh_Hant"
    return "zh_Hans" if tag.startswith("zh") else "en"


def in_words(message: str, /, **details: object) -> str:
    """Say a message in the language of the terminal; JSON is never translated."""
    return words()(message, **details)


def told(error: Exception) -> str:
    """Say what went wrong in the language of the terminal, as far as its words are known."""
    if isinstance(error, Misconfigured) and error.details:
        return in_words(error.message, **error.details)
    text = str(error)
    return text if "{" in text else in_words(text)


def words(packages: Mapping[str, str] | None = None, *, in_json: bool = False) -> Words:
    """Return the words of the server, the engine and the plugins in the terminal's language.

    ``in_json``: for what a program reads, in English whatever the terminal speaks.
    """
    chosen = "en" if in_json else language()
    if chosen not in LANGUAGES:
        raise ValueError(chosen)
    return Words(chosen, ["wugong_server", "wugong", *(packages or {}).values()])
