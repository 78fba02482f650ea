"""A small community that plans: two officers, three residents, a way to vote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

import wugong_planning
from wugong import Contribution, Option, PollOpened, Ref, hookimpl, read_procedure, seal
from wugong.testing import Rehearsal
from wugong_planning.events import (
    Clause,
    NeedFiled,
    NoticePosted,
    OpinionAnswered,
    OpinionGiven,
    SchemePublished,
)
from wugong_planning.state import PLANNING, Planning

PROCEDURE = """
id = "{id}"
title = {{ en = "A meeting" }}
body = "assembly"
setting = "urban"
roster = "owners"
notice_days = {days}
notice_source = "example 1"
effective_from = 2020-01-01
quorum = []
basis = [{{ article = "example 2", text_year = 2020, confidence = "I" }}]
[[consent]]
id = "yes"
measure = "heads"
op = ">"
base = "part"
share = "1/2"
source = "example 2"
"""


class Town:
    """Two ways to decide: one without notice of its own, one that wants 30 days."""

    @hookimpl
    def register(self) -> Iterable[Contribution]:
        return [
            read_procedure(PROCEDURE.format(id="town.meeting", days=0)),
            read_procedure(PROCEDURE.format(id="town.solemn", days=30)),
        ]


@dataclass
class Place:
    """A matter in a rehearsal and short ways to act in it; each returns the fact's number."""

    r: Rehearsal
    matter: str
    kept: dict[str, int] = field(default_factory=dict)

    def act(self, by: str, event: Any) -> int:
        return self.r.act(by, self.matter, event).seq

    def need(self, by: str = "li", **more: Any) -> int:
        return self.act(by, NeedFiled(text=seal("The stairs are dark"), **more))

    def scheme(self, *answers: Iterable[int], **more: Any) -> int:
        clauses = tuple(
            Clause(text=f"Clause {n}", answers=tuple(map(Ref, named)))
            for n, named in enumerate(answers or ((),), 1)
        )
        return self.act("wang", SchemePublished(title="Lights", clauses=clauses, **more))

    def opinion(self, scheme: int, by: str = "li") -> int:
        return self.act(by, OpinionGiven(scheme=Ref(scheme), text=seal("Why there?")))

    def answer(self, opinion: int, decision: Any = "adopted", by: str = "wang") -> int:
        told = OpinionAnswered(opinion=Ref(opinion), decision=decision, reason="Clause 1 says so")
        return self.act(by, told)

    def notice(self, *about: int, days: int = 15) -> int:
        posted = NoticePosted(title="The scheme", about=tuple(map(Ref, about)), days=days)
        return self.act("wang", posted)

    def poll(self, *about: int, procedure: str = "town.meeting") -> int:
        return self.act("wang", self.ballot(*about, procedure=procedure))

    def ballot(self, *about: int, procedure: str = "town.meeting") -> PollOpened:
        return PollOpened(
            question="Build it?",
            options=(Option(id="yes", title="Yes"), Option(id="no", title="No")),
            procedure=procedure,
            roster="owners",
            closes_at=self.r.clock() + timedelta(days=7),
            about=tuple(map(Ref, about)),
        )

    @property
    def state(self) -> Planning:
        return self.r.matter(self.matter).state(PLANNING)


@pytest.fixture
def place() -> Place:
    members = {"wang": ("officer",), "zhao": ("officer",), "li": (), "chen": (), "sun": ("agent",)}
    r = Rehearsal({"planning": wugong_planning, "town": Town()}, members=members)
    r.roster("owners", [("101", "li", "1", 8000), ("102", "chen", "1", 9000)])
    return Place(r, r.open("Lights in stair 1", by="li"))
