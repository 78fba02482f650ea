"""A matter with two people who disagree, a mediator, a second pair, and curious others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import wugong_mediation
from wugong import Fact, Ref, seal
from wugong.testing import Rehearsal
from wugong_mediation.cases import CASES, Case
from wugong_mediation.events import (
    Agreed,
    Answered,
    ConflictDeclared,
    Ended,
    MediatorAccepted,
    MediatorProposed,
    NoteFiled,
    OfferMade,
    Requested,
    Signed,
)

MEMBERS: dict[str, tuple[str, ...]] = {
    "wang": ("officer",),
    "root": ("admin",),
    "li": (),
    "chen": (),
    "zhou": (),
    "wu": (),
    "sun": ("agent",),
    "mei": ("mediator",),
    "tan": ("mediator",),
}


@dataclass
class Dispute:
    """Short ways to act in mediations of one matter; each returns the fact's number."""

    r: Rehearsal
    matter: str

    def act(self, by: str, event: Any) -> int:
        return self.r.act(by, self.matter, event).seq

    def ask(self, by: str = "li", other: str = "chen", **more: Any) -> int:
        return self.act(by, Requested(other=other, claim=seal("My window is dark"), **more))

    def reply(self, case: int, agree: bool = True, by: str = "chen") -> int:
        return self.act(by, Answered(case=Ref(case), agree=agree))

    def propose(self, case: int, mediator: str = "mei", by: str = "li") -> int:
        return self.act(by, MediatorProposed(case=Ref(case), mediator=mediator))

    def accept(self, case: int, by: str, accept: bool = True, **more: Any) -> int:
        return self.act(by, MediatorAccepted(case=Ref(case), accept=accept, **more))

    def declare(self, case: int, by: str = "mei", grounds: Any = "kin") -> int:
        return self.act(by, ConflictDeclared(case=Ref(case), grounds=grounds))

    def note(self, case: int, by: str, readers: Any = "mediator") -> int:
        return self.act(by, NoteFiled(case=Ref(case), text=seal("In confidence"), readers=readers))

    def offer(self, case: int, by: str = "chen") -> int:
        return self.act(by, OfferMade(case=Ref(case), terms=seal("A window")))

    def write(self, case: int, by: str = "mei") -> int:
        return self.act(by, Agreed(case=Ref(case), terms=seal("A window by May")))

    def sign(self, case: int, by: str, **more: Any) -> int:
        return self.act(by, Signed(case=Ref(case), **more))

    def end(self, case: int, by: str, reason: Any = "withdrawn") -> int:
        return self.act(by, Ended(case=Ref(case), reason=reason))

    def mediated(self, by: str = "li", other: str = "chen", mediator: str = "mei") -> int:
        """Take a case as far as a mediator whom both accepted."""
        case = self.ask(by, other)
        self.reply(case, by=other)
        self.propose(case, mediator, by=by)
        self.accept(case, by)
        self.accept(case, other)
        return case

    def settled(self) -> int:
        """Take a case as far as an agreement in effect."""
        case = self.mediated()
        self.write(case)
        for who in ("li", "chen", "mei"):
            self.sign(case, who)
        return case

    def case(self, number: int) -> Case:
        return self.r.matter(self.matter).state(CASES).by_id[number]

    def seen(self, member: str) -> list[Fact]:
        """Return the facts of mediation that a member may read."""
        viewer = self.r.viewer(self.matter, member)
        facts = self.r.engine.facts(self.matter, viewer, limit=500)
        return [fact for fact in facts if fact.kind.startswith("mediation.")]


@pytest.fixture
def dispute() -> Dispute:
    r = Rehearsal({"mediation": wugong_mediation}, members=MEMBERS)
    return Dispute(r, r.open("A lift in stair 1", by="li"))
