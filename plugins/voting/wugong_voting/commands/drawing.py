"""``wugong draw``: commit to a seed, then draw lots that anybody can repeat."""

from __future__ import annotations

import csv
import json
import secrets
from pathlib import Path
from typing import Any

import click

from wugong_voting.lots import Drawn, Person, commitment, digest, draw, shares

OTHERWISE = 1  # the seed or the list is not the one that was committed to


@click.command("draw")
@click.argument("path", type=click.Path(exists=True, dir_okay=False))
@click.option("--commit", is_flag=True, help="Make a seed and print what to publish before it.")
@click.option("--seed", help="The seed, once revealed.")
@click.option("--commitment", "promised", help="What was published before; checked.")
@click.option("--list", "listed", help="The digest of the list that was published; checked.")
@click.option("--seats", type=click.IntRange(1), help="How many are drawn.")
@click.option("--class", "column", help="The column with everybody's class.")
@click.option("--quota", "quotas", multiple=True, metavar="CLASS=N", help="Seats of a class.")
@click.option("--json", "in_json", is_flag=True, help="Print all of it, for tools/recount.py.")
def draw_lots(
    path: str,
    commit: bool,
    seed: str | None,
    promised: str | None,
    listed: str | None,
    seats: int | None,
    column: str | None,
    quotas: tuple[str, ...],
    in_json: bool,
) -> None:
    """Draw lots from PATH, a table (CSV, UTF-8) with a column «id».

    First `--commit`: publish the commitment and the digest of the list, keep the seed. Later draw
    with `--seed`. With `--class` seats go to classes in proportion, or as each `--quota` says.
    """
    try:
        people = _people(Path(path), column)
        if commit:
            made = secrets.token_hex(16)
            click.echo(f"seed (keep it until the list is closed): {made}")
            click.echo(f"commitment (publish now): {commitment(made)}")
            click.echo(f"list (publish now): {digest(people)}")
            return
        if seed is None:
            raise ValueError("name --seed, or --commit to make one")
        _kept("commitment", promised, commitment(seed))
        _kept("list", listed, digest(people))
        given = dict(_quota(text) for text in quotas)
        if given and column is None:
            raise ValueError("quotas are for classes: name --class")
        number = seats or sum(given.values())
        if not number:
            raise ValueError("name --seats")
        if column is not None and not given:
            given = shares(people, number, seed)
        found = draw(people, seed, number, given)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if in_json:
        click.echo(json.dumps(_told(people, seed, number, found), ensure_ascii=False))
        return
    _say(people, seed, found)


def _say(people: list[Person], seed: str, found: Drawn) -> None:
    click.echo(f"commitment: {commitment(seed)}")
    click.echo(f"list: {digest(people)} ({len(people)} people)")
    groups = {one.id: one.group for one in people}
    for place, name in enumerate(found.drawn, 1):
        click.echo(f"{place:>4}  {name}  {groups[name]}".rstrip())
    for name, number in found.unfilled.items():
        of_class = f" of {name}" if name else ""
        click.echo(f"{number} seats{of_class} stay empty: nobody is left for them")
    if found.substitutes:
        click.echo(
            f"then: {', '.join(found.substitutes[:5])}" + " …" * (found.substitutes[5:] != ())
        )


def _told(people: list[Person], seed: str, seats: int, found: Drawn) -> dict[str, Any]:
    return {
        "form": "wugong-draw/1",
        "seed": seed,
        "commitment": commitment(seed),
        "list": digest(people),
        "people": [{"id": one.id, "class": one.group} for one in people],
        "seats": seats,
        "quotas": dict(found.quotas),
        "drawn": list(found.drawn),
        "unfilled": dict(found.unfilled),
    }


def _kept(what: str, promised: str | None, found: str) -> None:
    if promised is not None and promised.strip().lower() != found:
        click.echo(f"the {what} is not the one that was published: {found}", err=True)
        raise click.exceptions.Exit(OTHERWISE)


def _people(path: Path, column: str | None) -> list[Person]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            names = table.fieldnames or []
            for needed in ("id", *([column] if column else [])):
                if needed not in names:
                    raise ValueError(f"{path.name} has no column {needed!r}")
            rows = list(table)
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not UTF-8 text") from None
    group = column or ""
    return [Person((row["id"] or "").strip(), (row.get(group) or "").strip()) for row in rows]


def _quota(text: str) -> tuple[str, int]:
    name, equals, number = text.rpartition("=")
    if not equals or not (number.isascii() and number.isdecimal()):
        raise ValueError(f"a quota is CLASS=N, not {text!r}")
    return name, int(number)
