"""A village matter told fact by fact, for tests of the plugin's rules without a database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import wugong_rural
from wugong import (
    PLAN,
    Act,
    Books,
    Count,
    Fact,
    Grant,
    Matter,
    Option,
    PollDecided,
    PollOpened,
    Ref,
    Refusal,
    Stage,
    Standing,
    kind_of,
)
from wugong_rural.elders import ELDERS
from wugong_rural.events import CommitteesConsulted, PartyMembersReviewed, PartyProposed
from wugong_rural.four_two import FLOW
from wugong_rural.levies import LEVIES

FOLDS = (FLOW, ELDERS, LEVIES)


@dataclass
class Village:
    """One matter of a village; ``record`` folds a fact, ``refused`` asks the plugin's guard."""

    matter: Matter
    now: datetime = datetime(2026, 4, 1, 1, tzinfo=UTC)
    facts: list[Fact] = field(default_factory=list)

    def record(self, event: Any, by: str = "officer") -> int:
        seq = len(self.facts) + 1
        kind = kind_of(event)
        fact = Fact(seq, self.matter.id, event, kind.name, kind.version, by, None, "web", self.now)
        states = dict(self.matter.states)
        for fold in FOLDS:
            if fact.kind in fold.hears:
                states[fold.name] = fold.fold(states.get(fold.name, fold.initial), fact)
        self.matter = replace(self.matter, states=states, last=seq)
        self.facts.append(fact)
        return seq

    def refused(self, event: Any, by: str = "officer") -> list[Refusal]:
        act = Act(self.matter.id, event, kind_of(event).name, by, None, "web", self.now)
        return wugong_rural.guard_event(self.matter, act, Books({}))

    def codes(self, event: Any, by: str = "officer") -> list[str]:
        return [refusal.code for refusal in self.refused(event, by)]

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def open(self, stages: Stage) -> None:
        self.matter = replace(self.matter, stages=stages)

    def set(self, name: str, value: str) -> None:
        settings = {**self.matter.standing.settings, name: value}
        standing = replace(self.matter.standing, settings=settings)
        self.matter = replace(self.matter, standing=standing)

    def seat(self, *elders: str) -> None:
        grants = tuple(Grant(member, "elder", "", None, 1) for member in elders)
        self.matter = replace(self.matter, standing=replace(self.matter.standing, grants=grants))

    def poll(self, procedure: str = "villagers.representatives", *about: int) -> PollOpened:
        return PollOpened(
            question="Shall the lane be lit?",
            options=(Option(id="yes", title="For"), Option(id="no", title="Against")),
            procedure=procedure,
            roster="representatives",
            closes_at=self.now + timedelta(days=3),
            about=tuple(map(Ref, about)),
        )

    def decided(self, poll: int, procedure: str, verdict: Any) -> PollDecided:
        nobody = Count(option="", ballots=0, heads=0, households=0, area_dm2=0)
        return PollDecided(
            poll=Ref(poll),
            verdict=verdict,
            winners=(),
            counts=(),
            tests=(),
            rule="yes_no_abstain",
            procedure=procedure,
            basis=(),
            roll="",
            taken_part=nobody,
        )

    def deliberate(self) -> None:
        """Record the first three steps, carried."""
        self.record(PartyProposed(proposal="Light the lane"))
        self.record(CommitteesConsulted(due=7, present=7, yes=6))
        self.record(PartyMembersReviewed(due=30, present=24, yes=20))

    def resolve(self, procedure: str = "villagers.representatives", verdict: Any = "passed") -> int:
        """Record a poll of the villagers with its outcome; return the outcome's number."""
        poll = self.record(self.poll(procedure))
        return self.record(self.decided(poll, procedure, verdict), by="plugin:voting")


@pytest.fixture
def village() -> Village:
    standing = Standing("shili", setting="rural", plugins=("rural",))
    return Village(Matter("shili.1", standing, category="four_two", stages=PLAN, last=1))
