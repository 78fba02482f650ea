"""Casting races closing, a changed roster, mandates and itself; what counts stays what it should.

Two machines of chance: threads that vote twice at the same moment, and stories in which whatever
can happen to a poll happens in any order, beside a model of what must come out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

import wugong_voting
from recount import recount
from tests.plugins.voting.neighbourhood import (
    OWNERS,
    YES_NO,
    Charters,
    charter,
    decided,
    rehearsal,
)
from wugong import OPERATOR, Ref, Refused
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.ballots import BALLOTS
from wugong_voting.events import BallotCast
from wugong_voting.state import polls_of

CLIENTS = 64


class Voting(RuleBasedStateMachine):
    """A poll and what it should come to."""

    def __init__(self) -> None:
        super().__init__()
        more = 'candidates = true, source = "章程 9", confidence = "I"'
        proxies = f"{{ allowed = true, most = 9, {more} }}"
        half = 'measure = "heads", base = "all", op = ">=", share = "1/9", source = "章程 4"'
        its = charter(proxies=proxies, quorum=f'[{{ id = "take_part", {half} }}]')
        self.r = rehearsal(its)
        self.matter = self.r.open("Lights", by="li")
        body = {
            "question": "Shall we?",
            "options": YES_NO,
            "procedure": "charter",
            "roster": "owners",
            "closes_at": (self.r.clock.now + timedelta(days=7)).isoformat(),
        }
        self.poll = self.r.act("wang", self.matter, "voting.poll_opened", body).seq
        self.closes = self.r.clock.now + timedelta(days=7)
        self.roll = {"101": "li", "102": "zhao", "201": "qian", "301": "sun"}
        self.ballots: dict[str, tuple[str, str]] = {}  # entitlement → choice, by whom
        self.mandates: dict[str, str] = {}

    @property
    def over(self) -> bool:
        return self.r.clock.now >= self.closes

    @contextmanager
    def answered(self, *, well: bool) -> Iterator[None]:
        """Expect that it is recorded, or that it is refused."""
        try:
            yield
        except Refused:
            assert not well
        else:
            assert well

    @rule(
        unit=st.sampled_from(["101", "102", "201", "301", "202", "999"]),
        who=st.sampled_from(["li", "zhao", "qian", "sun", "tenant"]),
        choice=st.sampled_from(["yes", "no", "abstain"]),
    )
    def vote(self, unit: str, who: str, choice: str) -> None:
        holds, before = self.roll.get(unit), self.ballots.get(unit)
        under_mandate = self.mandates.get(unit) == who
        well = not self.over and holds is not None and (holds == who or under_mandate)
        if well and holds != who and before is not None and before[1] == holds:
            well = False  # who voted themselves is not replaced
        body = {"poll": self.poll, "entitlement": unit, "choice": choice}
        with self.answered(well=well):
            self.r.act(who, self.matter, "voting.ballot_cast", body)
        if well:
            self.ballots[unit] = (choice, who)

    @rule(unit=st.sampled_from(["101", "102", "201"]), holder=st.sampled_from(["tenant", "sun"]))
    def mandate(self, unit: str, holder: str) -> None:
        body = {
            "poll": self.poll,
            "entitlement": unit,
            "holder": holder,
            "until": (self.closes + timedelta(days=1)).isoformat(),
        }
        with self.answered(well=not self.over and unit not in self.mandates):
            self.r.act(self.roll[unit], self.matter, "voting.mandate_given", body)
            self.mandates[unit] = holder

    @rule(unit=st.sampled_from(["101", "102", "201"]))
    def take_back(self, unit: str) -> None:
        body = {"poll": self.poll, "entitlement": unit}
        with self.answered(well=not self.over and unit in self.mandates):
            self.r.act(self.roll[unit], self.matter, "voting.mandate_withdrawn", body)
            del self.mandates[unit]

    @rule(area=st.integers(1, 10**6))
    def sell(self, area: int) -> None:
        """The roster changes hands and sizes; the frozen roll does not."""
        rows = [(unit, "tenant", group, area) for unit, _, group, _ in OWNERS[:3]]
        self.r.roster("owners", rows)

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.r.wait(hours=hours)

    @precondition(lambda self: not self.over)
    @rule()
    def close_early(self) -> None:
        with self.answered(well=False):
            self.r.act("wang", self.matter, "voting.poll_closed", {"poll": self.poll})

    def teardown(self) -> None:
        if not self.over:
            self.r.until(self.closes)
        made = decided(self.r, self.matter, self.poll)
        counted = {one.option: (one.ballots, one.area_dm2) for one in made.counts}
        weighs = {"101": 80_00, "102": 70_00, "201": 150_00, "301": 100_00}
        for option in ("yes", "no", "abstain"):
            mine = [unit for unit, (choice, _) in self.ballots.items() if choice == option]
            assert counted[option] == (len(mine), sum(weighs[unit] for unit in mine))
        facts = self.r.engine.facts(self.matter, OPERATOR, bulk=True)
        closing = next(fact.seq for fact in facts if fact.kind == "voting.poll_closed")
        assert all(f.seq < closing for f in facts if f.kind == "voting.ballot_cast")
        assert sum(fact.kind == "voting.poll_decided" for fact in facts) == 1
        export = browse(self.r).get(f"/m/{self.matter}/polls/{self.poll}/export.json").json()
        winners, tied = recount(export)
        assert (winners, tied) == (export["winners"], export["tied"])
        assert self.r.engine.verify("example")[1] is None
        self.r.engine.close()


TestVoting = Voting.TestCase
TestVoting.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


def vote_twice_at_once(r: Rehearsal, rounds: int, secrecy: str) -> None:
    """Let many clients cast the same entitlement's ballot at once, another choice each."""
    for number in range(rounds):
        matter = r.open(f"Lights {number}", by="li")
        body = {
            "question": "Shall we?",
            "options": YES_NO,
            "procedure": "charter",
            "roster": "owners",
            "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
            "secrecy": secrecy,
        }
        poll = r.act("wang", matter, "voting.poll_opened", body).seq
        start, accepted, refused = threading.Barrier(CLIENTS), list[str](), list[str]()

        def client(n: int) -> None:
            choice = ("yes", "no", "abstain")[n % 3]
            event = BallotCast(poll=Ref(poll), entitlement="101", choice=choice)  # noqa: B023
            start.wait()  # noqa: B023
            try:
                r.engine.record(matter, event, by="li", key=f"{number * CLIENTS + n:032x}")  # noqa: B023
            except Refused as reason:
                refused.extend(reason.codes)  # noqa: B023
            else:
                accepted.append(choice)  # noqa: B023

        threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if secrecy == "secret":
            assert len(accepted) == 1
            assert set(refused) == {"wugong.already_voted"} and len(refused) == CLIENTS - 1
            assert r.engine.turnout("example", poll, while_open=False) == 1
        else:
            assert (len(accepted), refused) == (CLIENTS, [])
            (ballot,) = r.engine.book(BALLOTS, "example", prefix=f"{poll}/").values()
            assert ballot["times"] == CLIENTS
        assert polls_of(r.matter(matter))[poll].roll is not None
    assert r.engine.verify("example")[1] is None


def threaded(database: str, tmp_path: Path) -> Rehearsal:
    plugins = {"voting": wugong_voting, "charters": Charters(charter())}
    its: Any = {"writer": "thread", "database": database, "keys": tmp_path / "k"}
    r = Rehearsal(plugins, members={"wang": ("officer",), "li": (), "zhao": ()}, **its)
    r.roster("owners", OWNERS[:2])
    return r


@pytest.mark.slow
@pytest.mark.parametrize("secrecy", ["open", "secret"])
def test_who_votes_many_times_at_once_has_one_ballot(
    database: str, tmp_path: Path, secrecy: str
) -> None:
    vote_twice_at_once(threaded(database, tmp_path), 5, secrecy)


@pytest.mark.soak
@pytest.mark.parametrize("secrecy", ["open", "secret"])
def test_who_votes_many_times_at_once_a_thousand_rounds(
    database: str, tmp_path: Path, secrecy: str
) -> None:
    vote_twice_at_once(threaded(database, tmp_path), 1000, secrecy)
