"""``wugong check-rule``: does a counting rule keep what it promises?"""

from __future__ import annotations

import json
from typing import Any

import click

from wugong import VotingRule
from wugong.plugins import build, installed
from wugong_voting.counted import CountedRule
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.rule import CountingRule
from wugong_voting.kit import Finding, examine

BROKEN = 1  # a property does not hold


@click.command("check-rule")
@click.argument("rule")
@click.option("--elections", default=200, type=click.IntRange(1, 100_000), show_default=True)
@click.option("--seed", default=1, show_default=True, help="Another seed, other elections.")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def check_rule(rule: str, elections: int, seed: int, in_json: bool) -> None:
    """Try the properties of RULE, one of `wugong rules`: what every rule keeps, and its claims.

    Each is tried on small random elections with ties, gaps, weights and blank ballots. Exit 1 and
    an example where one does not hold.
    """
    try:
        findings = examine(_counting(rule), elections, seed)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if in_json:
        click.echo(
            json.dumps({"rule": rule, "seed": seed, "findings": [_told(f) for f in findings]})
        )
    else:
        for finding in findings:
            click.echo(_line(finding))
    if not all(finding.held for finding in findings):
        raise click.exceptions.Exit(BROKEN)


def _counting(name: str) -> CountingRule:
    rules: dict[str, VotingRule] = build(installed()).rules
    known = {rule.id: rule.counting for rule in rules.values() if isinstance(rule, CountedRule)}
    try:
        return {**COUNTING, **known}[name]
    except KeyError:
        listed = ", ".join(sorted({**COUNTING, **known}))
        raise click.UsageError(f"no counting rule {name!r}; there are: {listed}") from None


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "property": finding.property,
        "held": finding.held,
        "elections": finding.elections,
        "example": finding.example,
    }


def _line(finding: Finding) -> str:
    if finding.held:
        return f"kept    {finding.property} ({finding.elections} elections)"
    return f"BROKEN  {finding.property}: {finding.example}"
