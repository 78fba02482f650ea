"""The six steps of 四議兩公開 as pages and paper show them: state, figures, tests, what is next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from wugong import N_, Matter, Test
from wugong_rural import four_two
from wugong_rural.bodies import steps
from wugong_rural.events import FOUR_TWO, POSTING_LAW
from wugong_rural.four_two import FLOW, Flow, Sitting
from wugong_rural.postings import Posting

State = Literal["todo", "next", "open", "short", "done"]
WORDS: dict[State, str] = {
    "todo": N_("Not yet"),
    "next": N_("Next"),
    "open": N_("Under way"),
    "short": N_("Fell short"),
    "done": N_("Done"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One step: what it is, how it stands, and the figures behind that."""

    name: str
    title: str  # message id
    act: str  # the kind of event that does it
    source: str
    state: State = "todo"
    seq: int = 0
    at: datetime | None = None
    sitting: Sitting | None = None
    tests: tuple[Test, ...] = ()
    posting: Posting | None = None
    poll: int = 0

    @property
    def word(self) -> str:
        """The message id of its state."""
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the record holds of a step."""

    state: State = "todo"
    seq: int = 0
    sitting: Sitting | None = None
    tests: tuple[Test, ...] = ()
    posting: Posting | None = None
    poll: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    title: str
    act: str
    source: str
    look: Callable[[Flow, str], _Found] = field(repr=False)


def _proposal(flow: Flow, _base: str) -> _Found:
    return _Found("done", flow.proposal) if flow.proposal else _Found()


def _consultation(flow: Flow, _base: str) -> _Found:
    return _sitting(flow.consultation, "four_two.committees")


def _review(flow: Flow, base: str) -> _Found:
    return _sitting(flow.review, f"four_two.party_members.{base}")


def _sitting(sitting: Sitting | None, test: str) -> _Found:
    if sitting is None:
        return _Found()
    outcome, tests = four_two.sat(sitting, steps()[test])
    state: State = "done" if outcome == "carried" else "short"
    return _Found(state, sitting.seq, sitting, tests)


def _resolution(flow: Flow, _base: str) -> _Found:
    if flow.resolutions:
        return _Found("done", flow.resolutions[-1], poll=flow.asked.poll if flow.asked else 0)
    if flow.asked is None:
        return _Found()
    state: State = "short" if flow.asked.verdict else "open"
    return _Found(state, flow.asked.poll, poll=flow.asked.poll)


def _decision(flow: Flow, _base: str) -> _Found:
    return _posting(flow.decision)


def _result(flow: Flow, _base: str) -> _Found:
    return _posting(flow.result)


def _posting(posting: Posting | None) -> _Found:
    if posting is None:
        return _Found()
    return _Found("done" if posting.ended else "open", posting.seq, posting=posting)


STEPS = (
    _Step("proposal", N_("Proposal"), "rural.party_proposed", f"{FOUR_TWO} 一議", _proposal),
    _Step(
        "consultation",
        N_("Consultation"),
        "rural.committees_consulted",
        f"{FOUR_TWO} 二議",
        _consultation,
    ),
    _Step("review", N_("Review"), "rural.party_members_reviewed", f"{FOUR_TWO} 三議", _review),
    _Step(
        "resolution",
        N_("Resolution"),
        "voting.poll_opened",
        f"{FOUR_TWO} 四議; 村組法 (2025) 26, 30",
        _resolution,
    ),
    _Step(
        "decision",
        N_("Resolution posted"),
        "rural.decision_posted",
        f"{FOUR_TWO} 公開一; {POSTING_LAW}",
        _decision,
    ),
    _Step(
        "result",
        N_("Result posted"),
        "rural.result_posted",
        f"{FOUR_TWO} 公開二; {POSTING_LAW}",
        _result,
    ),
)


def sheets(matter: Matter) -> tuple[Sheet, ...]:
    """Return the six steps of ``matter`` in their order; the first that is not there is next."""
    flow, base = matter.state(FLOW), matter.setting(four_two.REVIEW_BASE, "due")
    listed: list[Sheet] = []
    for step in STEPS:
        found = step.look(flow, base)
        ready = all(one.state in ("done", "open") for one in listed)
        state: State = "next" if found.state == "todo" and ready else found.state
        head = matter.heads.get(found.seq)
        listed.append(
            Sheet(
                step.name,
                step.title,
                step.act,
                step.source,
                state,
                found.seq,
                head.at if head else None,
                found.sitting,
                found.tests,
                found.posting,
                found.poll,
            )
        )
    return tuple(listed)


def current(listed: tuple[Sheet, ...]) -> int:
    """Return the number of the step that the matter stands at, from 1; 7 when all are done."""
    return next((n for n, one in enumerate(listed, start=1) if one.state != "done"), 7)
