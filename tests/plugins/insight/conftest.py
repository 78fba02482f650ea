"""A matter told fact by fact, for tests of the signals without a database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from wugong import PLAN, Count, Fact, Matter, Option, PollDecided, PollOpened, Ref, Standing
from wugong_insight.evidence import EVIDENCE
from wugong_insight.signals import Signal, signals

YES_NO = (("yes", "For"), ("no", "Against"), ("abstain", "Abstain"))


@dataclass
class Story:
    """Facts of one matter, as insight hears them: other plugins' events with a few fields."""

    matter: Matter = field(
        default_factory=lambda: Matter(
            "shili.1",
            Standing("shili"),
            stages=PLAN,
            last=1,
            opened_at=datetime(2026, 3, 2, 1, tzinfo=UTC),
        )
    )
    now: datetime = datetime(2026, 3, 2, 1, tzinfo=UTC)
    seq: int = 1

    def tell(self, kind: str, event: Any = None, **fields: Any) -> int:
        self.seq += 1
        heard = event if event is not None else SimpleNamespace(**fields)
        fact = Fact(self.seq, "shili.1", heard, kind, 1, "officer", None, "web", self.now)
        if kind in EVIDENCE.hears:
            evidence = EVIDENCE.fold(self.matter.state(EVIDENCE), fact)
            self.matter = replace(self.matter, states={EVIDENCE.name: evidence}, last=self.seq)
        return self.seq

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def set(self, name: str, value: str) -> None:
        settings = {**self.matter.standing.settings, name: value}
        standing = replace(self.matter.standing, settings=settings)
        self.matter = replace(self.matter, standing=standing)

    def need(self) -> int:
        return self.tell("planning.need_filed")

    def scheme(self, *clauses: str) -> int:
        listed = tuple(SimpleNamespace(text=clause) for clause in clauses)
        return self.tell("planning.scheme_published", clauses=listed)

    def opinion(self, stance: str = "object") -> int:
        return self.tell("planning.opinion_given", stance=stance)

    def answer(self, opinion: int, decision: str, reason: str) -> int:
        return self.tell(
            "planning.opinion_answered", opinion=opinion, decision=decision, reason=reason
        )

    def notice(self, *about: int) -> int:
        return self.tell("planning.notice_posted", about=tuple(map(Ref, about)))

    def poll(
        self,
        *about: int,
        options: tuple[tuple[str, str], ...] = YES_NO,
        procedure: str = "owners.ordinary",
    ) -> int:
        opened = PollOpened(
            question="?",
            options=tuple(Option(id=name, title=title) for name, title in options),
            procedure=procedure,
            roster="owners",
            closes_at=self.now + timedelta(days=3),
            about=tuple(map(Ref, about)),
        )
        return self.tell("voting.poll_opened", opened)

    def decided(self, poll: int, ballots: int, verdict: Any = "passed") -> int:
        taken = Count(option="", ballots=ballots, heads=ballots, households=0, area_dm2=0)
        outcome = PollDecided(
            poll=Ref(poll),
            verdict=verdict,
            winners=(),
            counts=(),
            tests=(),
            rule="yes_no_abstain",
            procedure="",
            basis=(),
            roll="",
            taken_part=taken,
        )
        return self.tell("voting.poll_decided", outcome)

    def signals(self, assisted: dict[int, dict[str, int]] | None = None) -> dict[str, Signal]:
        found = signals(self.matter, assisted or {})
        assert len({signal.code for signal in found}) == len(found)
        return {signal.code: signal for signal in found}


@pytest.fixture
def story() -> Story:
    return Story()
