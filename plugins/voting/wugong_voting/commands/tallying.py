"""Commands that count: ``wugong tally`` for a file of ballots, ``wugong rules`` for the list."""

from __future__ import annotations

import json
from typing import Any

import click

from wugong_voting.counting.tally import rules, tally


@click.command("tally")
@click.argument("path", type=click.Path(exists=True, dir_okay=False))
@click.option("--rule", required=True, help="One of `wugong rules`.")
@click.option("--seats", type=click.IntRange(1), help="How many are elected.")
@click.option("--completion", type=click.Choice(["none", "add1", "add1u"]), help="Equal shares.")
@click.option("--tie-break", help="paper, or every option once: a>b>c; budgets also cheapest …")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Any other option.")
@click.option("--json", "in_json", is_flag=True, help="Print the whole result as JSON.")
def tally_file(
    path: str,
    rule: str,
    seats: int | None,
    completion: str | None,
    tie_break: str | None,
    settings: tuple[str, ...],
    in_json: bool,
) -> None:
    """Count the ballots of PATH: PrefLib .soc .soi .toc .toi .cat or Pabulib .pb."""
    given = dict(_pair(text) for text in settings)
    try:
        found = tally(path, rule, seats, completion, tie_break, given)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if in_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"{found['rule']}  {found['file']}  {found['voters']} voters")
    click.echo(f"winners: {', '.join(found['winners']) or '-'}")
    if found["tied"]:
        click.echo(f"tied: {', '.join(found['tied'])}")
    for sentence in found["certificate"]:
        click.echo(_said(sentence))


@click.command("rules")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def list_rules(in_json: bool) -> None:
    """List the counting rules with their options, sources and claims."""
    if in_json:
        click.echo(json.dumps(rules(), ensure_ascii=False))
        return
    for rule in rules():
        click.echo(f"{rule['rule']:<20} {rule['title']}")
        for option in rule["options"]:
            values = f" ({', '.join(option['values'])})" if option["values"] else ""
            click.echo(f"    {option['name']}={option['default']}{values}")
        if rule["source"]:
            click.echo(f"    {rule['source']}")
        if rule["claims"]:
            click.echo(f"    claims {', '.join(rule['claims'])}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"an option is NAME=VALUE, not {text!r}")
    return name, value


def _said(sentence: dict[str, Any]) -> str:
    details = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in sentence.items()
        if name != "says"
    }
    said: str = sentence["says"].format_map(details)
    return said
