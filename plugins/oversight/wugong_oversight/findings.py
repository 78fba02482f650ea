"""Findings: inspections, what they found, and whether it was mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from wugong import N_, Act, Fact, Fold, Matter, Ref, Refusal, Waiting, after_days, local_day
from wugong_oversight.events import (
    CHARTER,
    FindingFiled,
    FindingHandedOver,
    FindingOverdue,
    Inspected,
    Rectified,
    Reinspected,
)

V = TypeVar("V")
EMPTY: Mapping[int, Any] = MappingProxyType({})
LOOKING = frozenset({"supervisor", "professional", "observer"})
PAYMENT_REQUESTED = "funds.payment_requested"


@dataclass(frozen=True, slots=True)
class Inspection:
    """One look at one item; ``task`` when it belongs to a project."""

    id: int
    item: str
    task: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and how far its mending has come."""

    id: int
    inspection: int
    item: str
    task: int | None
    severity: Literal["minor", "major", "critical"]
    text: str
    finder: str
    owner: str
    due_days: int
    due: datetime
    status: Literal["open", "rectified", "closed"] = "open"
    failed: int = 0  # re-inspections that it did not pass
    overdue: bool = False
    mended_by: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """The inspections and findings of one matter, and which task each payment was asked for."""

    inspections: Mapping[int, Inspection] = field(default_factory=lambda: EMPTY)
    findings: Mapping[int, Finding] = field(default_factory=lambda: EMPTY)
    requests: Mapping[int, int | None] = field(default_factory=lambda: EMPTY)

    @property
    def unclosed(self) -> tuple[Finding, ...]:
        """The findings not verified as mended, in order."""
        return tuple(f for f in self.findings.values() if f.status != "closed")

    def stopping(self, task: int | None) -> tuple[Finding, ...]:
        """Return the critical findings that stop the acceptance of a task or payment for it.

        A finding on no particular task stops all of them, and a payment for no particular task
        (``None``) is stopped by each.
        """
        return tuple(
            f
            for f in self.unclosed
            if f.severity == "critical" and (task is None or f.task in (None, task))
        )


def rework_rate(findings: Findings) -> Fraction | None:
    """Return the share of inspections that found something to be done again.

    >>> rework_rate(Findings()) is None
    True
    """
    if not findings.inspections:
        return None
    reworked = {f.inspection for f in findings.findings.values()}
    return Fraction(len(reworked), len(findings.inspections))


def rectification_rate(findings: Findings) -> Fraction | None:
    """Return the share of findings that were mended and verified by whoever found them (整改率)."""
    if not findings.findings:
        return None
    closed = len(findings.findings) - len(findings.unclosed)
    return Fraction(closed, len(findings.findings))


def last_day(due: datetime) -> str:
    """Return the last day on which something due before ``due`` can still be done."""
    return local_day(due - timedelta(milliseconds=1)).isoformat()


# How facts change the findings


def _with(known: Mapping[int, V], number: int, value: V) -> Mapping[int, V]:
    return MappingProxyType({**known, number: value})


def fold(state: Findings, fact: Fact) -> Findings:
    """Return the findings after a fact."""
    match fact.event:
        case Inspected(item=item, task=task):
            made = Inspection(fact.seq, item, task)
            return replace(state, inspections=_with(state.inspections, made.id, made))
        case FindingFiled() as filed:
            return _put(state, _found(state.inspections[filed.inspection], filed, fact))
        case Rectified(finding=number):
            mended = replace(state.findings[number], status="rectified", mended_by=fact.who)
            return _put(state, replace(mended, overdue=False))
        case Reinspected(finding=number, passed=passed):
            return _put(state, _looked_again(state.findings[number], passed, fact.at))
        case FindingHandedOver(finding=number, to=to):
            return _put(state, replace(state.findings[number], finder=to))
        case FindingOverdue(finding=number):
            return _put(state, replace(state.findings[number], overdue=True))
    if fact.kind == PAYMENT_REQUESTED:
        return replace(state, requests=_with(state.requests, fact.seq, fact.event.task))
    return state


def _put(state: Findings, finding: Finding) -> Findings:
    return replace(state, findings=_with(state.findings, finding.id, finding))


def _found(inspection: Inspection, filed: FindingFiled, fact: Fact) -> Finding:
    return Finding(
        id=fact.seq,
        inspection=inspection.id,
        item=inspection.item,
        task=inspection.task,
        severity=filed.severity,
        text=filed.text,
        finder=fact.who,
        owner=filed.owner,
        due_days=filed.due_days,
        due=after_days(fact.at, filed.due_days),
    )


def _looked_again(finding: Finding, passed: bool, at: datetime) -> Finding:
    if passed:
        return replace(finding, status="closed", overdue=False)
    return replace(
        finding,
        status="open",
        failed=finding.failed + 1,
        overdue=False,
        due=after_days(at, finding.due_days),
    )


FINDINGS = Fold(
    "oversight.findings",
    initial=Findings(),
    fold=fold,
    hears=(
        Inspected,
        FindingFiled,
        Rectified,
        Reinspected,
        FindingHandedOver,
        FindingOverdue,
        PAYMENT_REQUESTED,
    ),
)


def owners(matter: Matter) -> frozenset[str]:
    """Return who was named to mend a problem that is not closed."""
    return frozenset(f.owner for f in matter.state(FINDINGS).unclosed if f.owner)


# What each step may assume


def refusal(code: str, **details: int | str) -> Refusal:
    """Return a refusal of this plugin about a finding."""
    return Refusal(f"oversight.{code}", source=CHARTER, details=details)


def filing_refusals(state: Findings, filed: FindingFiled, who: str) -> list[Refusal]:
    """Say why a finding cannot be filed: another matter's inspection, or one's own work."""
    if filed.inspection not in state.inspections:
        return [refusal("not_here")]
    return [refusal("own_finding")] if filed.owner == who else []


def mending_refusals(state: Findings, number: int, who: str) -> list[Refusal]:
    """Say why ``who`` cannot report a problem mended."""
    finding = state.findings.get(number)
    if finding is None:
        return [refusal("not_here")]
    if finding.status == "closed":
        return [refusal("closed_already")]
    if finding.status == "rectified":
        return [refusal("awaiting_reinspection")]
    return [refusal("own_finding")] if who == finding.finder else []


def reinspection_refusals(state: Findings, number: int, who: str) -> list[Refusal]:
    """Say why ``who`` cannot close or reopen a finding: only the finder can, once it is mended."""
    finding = state.findings.get(number)
    if finding is None:
        return [refusal("not_here")]
    reasons = []
    if finding.status == "closed":
        reasons.append(refusal("closed_already"))
    elif finding.status == "open":
        reasons.append(refusal("not_mended"))
    if who != finding.finder:
        reasons.append(refusal("only_finder"))
    return reasons


def handing_refusals(matter: Matter, handed: FindingHandedOver, at: datetime) -> list[Refusal]:
    """Say why a finding stays with its finder, or cannot go to the one named."""
    finding = matter.state(FINDINGS).findings.get(handed.finding)
    if finding is None:
        return [refusal("not_here")]
    if finding.status == "closed":
        return [refusal("closed_already")]
    reasons = []
    if matter.standing.roles(finding.finder, matter.id, at) & LOOKING:
        reasons.append(refusal("finder_serves"))
    if not matter.standing.roles(handed.to, matter.id, at) & LOOKING:
        reasons.append(refusal("no_supervisor"))
    if handed.to in (finding.owner, finding.mended_by):
        reasons.append(refusal("own_finding"))
    return reasons


def overdue_refusals(state: Findings, number: int, at: datetime) -> list[Refusal]:
    """Say why a finding is not overdue."""
    finding = state.findings.get(number)
    if finding is None:
        return [refusal("not_here")]
    if finding.status != "open" or finding.overdue or at < finding.due:
        return [refusal("not_overdue", until=last_day(finding.due))]
    return []


def stopping_refusals(state: Findings, task: int | None, code: str) -> list[Refusal]:
    """Refuse acceptance or payment while a critical finding is open."""
    stopping = state.stopping(task)
    if not stopping:
        return []
    items = "; ".join(dict.fromkeys(finding.item for finding in stopping))
    return [refusal(code, count=len(stopping), items=items)]


def closing_refusals(state: Findings) -> list[Refusal]:
    """Say why managing is not done: problems are still open."""
    count = len(state.unclosed)
    return [refusal("findings_open", count=count)] if count else []


def guard(matter: Matter, act: Act) -> list[Refusal]:
    """Return what speaks against a step of an inspection."""
    state = matter.state(FINDINGS)
    match act.event:
        case FindingFiled() as filed:
            return filing_refusals(state, filed, act.who)
        case Rectified(finding=number):
            return mending_refusals(state, number, act.who)
        case Reinspected(finding=number):
            return reinspection_refusals(state, number, act.who)
        case FindingHandedOver() as handed:
            return handing_refusals(matter, handed, act.at)
        case FindingOverdue(finding=number):
            return overdue_refusals(state, number, act.at)
    return []


# What is awaited


def waiting(matter: Matter) -> Iterator[Waiting]:
    """Yield for each problem who must mend it by when, or who must look again."""
    for finding in matter.state(FINDINGS).unclosed:
        if finding.status == "rectified":
            yield _await(finding, N_("Look again: {item}"), f"member:{finding.finder}", again=True)
        elif finding.overdue:
            yield _await(finding, N_("Overdue, see that it is mended: {item}"), "officer")
            if finding.owner:
                yield _await(finding, N_("Overdue, please mend: {item}"), _mender(finding))
        else:
            yield _await(finding, N_("Please mend: {item}"), _mender(finding), clock=True)


def _mender(finding: Finding) -> str:
    return f"member:{finding.owner}" if finding.owner else "officer"


def _await(
    finding: Finding, what: str, who: str, *, again: bool = False, clock: bool = False
) -> Waiting:
    return Waiting(
        what=what,
        who=who,
        by=None if again else finding.due,
        act="oversight.reinspected" if again else "oversight.rectified",
        then=FindingOverdue(finding=Ref(finding.id)) if clock else None,
        about=finding.id,
        source=CHARTER,
        details={"item": finding.item, "severity": finding.severity},
    )
