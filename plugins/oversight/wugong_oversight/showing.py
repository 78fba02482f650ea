"""What pages say about findings, apart from the pages themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wugong import N_, Fact, Matter
from wugong_oversight.findings import Finding, Findings, Inspection

STATES = {"open": N_("To mend"), "rectified": N_("To re-check"), "closed": N_("Closed")}
SEVERITIES = {"critical": N_("Critical"), "major": N_("Major"), "minor": N_("Minor")}
HINTS = {
    "critical": N_("Danger or a fault that cannot stay; stops acceptance and payment"),
    "major": N_("Has to be mended before the work is done"),
    "minor": N_("A blemish"),
}
GRAVEST = tuple(SEVERITIES)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: open before closed, the gravest first, then the one due first."""
    return sorted(
        findings, key=lambda f: (f.status == "closed", GRAVEST.index(f.severity), f.due, f.id)
    )


def mended_by_finding(facts: Iterable[Fact]) -> dict[int, Fact]:
    """Return the last report that each finding is mended."""
    return {int(fact.event.finding): fact for fact in facts}


@dataclass(frozen=True, slots=True)
class Looked:
    """An inspection as a list shows it."""

    inspection: Inspection
    fact: Fact | None
    findings: list[Finding]


def inspections(state: Findings, facts: Iterable[Fact]) -> list[Looked]:
    """Return the inspections, newest first, each with what it found."""
    told = {fact.seq: fact for fact in facts}
    return [
        Looked(
            one,
            told.get(one.id),
            in_order(f for f in state.findings.values() if f.inspection == one.id),
        )
        for one in sorted(state.inspections.values(), key=lambda one: -one.id)
    ]


def looks_again(matter: Matter, finding: Finding, member: str) -> bool:
    """Tell whether it is this reader who inspects a finding again."""
    return bool(member) and finding.finder == member and finding.status == "rectified"
