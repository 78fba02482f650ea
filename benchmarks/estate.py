"""The estate that votes: members with tokens, a roster, an open poll, all plugins registered."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from wugong import Engine, Procedure, hookimpl, read_procedure, seal
from wugong.clock import ScriptedClock
from wugong.plugins import installed
from wugong.rosters import Entitlement, Part
from wugong.testing import imported
from wugong.vocabulary import MatterOpened, MemberEnrolled, RoleGranted

COMMUNITY = "estate"
VOTERS = 64  # one a connection
UNITS = 200  # that each of them holds: a ballot counts once a unit, later ones change it
CHARTER = """
id = "benchmark"
body = "neighbours"
setting = "urban"
roster = "owners"
effective_from = 2021-01-01
quorum = [{ id = "part", measure = "heads", base = "all", op = ">=", share = "1/2", source = "-" }]
consent = [{ id = "yes", measure = "area", base = "part", op = ">", share = "1/2", source = "-" }]
basis = [{ article = "-", text_year = 2024, confidence = "I" }]
[title]
en = "Benchmark"
"""


class Charter:
    """A procedure without notice days, so that the poll can be opened at once."""

    @staticmethod
    @hookimpl
    def register() -> list[Procedure]:
        return [read_procedure(CHARTER)]


def plugins() -> dict[str, Any]:
    """Return every installed plugin, and the charter of this estate."""
    return {**installed(), "benchmark": Charter()}


def build(database: str, keys: str, units: int = UNITS) -> dict[str, Any]:
    """Fill an empty database; return the matter, the poll and a token for each voter."""
    clock = ScriptedClock(datetime.now(UTC) - timedelta(hours=1))
    with Engine(database, plugins(), keys=keys, clock=clock, random=os.urandom) as engine:
        every = sorted(engine.registry.packages)  # what is claimed is with all of them
        engine.found(COMMUNITY, title="Estate (benchmark)", setting="urban", plugins=every)
        people = [f"m-{n}" for n in range(VOTERS)]
        acts: list[tuple[str, Any]] = [
            (COMMUNITY, MemberEnrolled(member=one, name=seal(one))) for one in people
        ]
        acts.append((COMMUNITY, RoleGranted(member=people[0], role="officer")))
        acts.append((COMMUNITY, imported("owners", _units(people, units))))
        engine.record_many(acts, by="operator")
        opened = MatterOpened(title="Lifts (benchmark)")
        matter = engine.record(COMMUNITY, opened, by=people[0]).matter
        poll = open_poll(engine, matter, people[0])
        tokens = [engine.tokens.create(COMMUNITY, one, "benchmark") for one in people]
    return {"matter": matter, "poll": poll, "tokens": tokens}


def open_poll(engine: Engine, matter: str, by: str, **more: str) -> int:
    """Open a poll of all owners for a week; return its number."""
    question = {
        "question": "Shall we?",
        "options": [{"id": one, "title": one} for one in ("yes", "no", "abstain")],
        "procedure": "benchmark",
        "roster": "owners",
        "closes_at": (datetime.now(UTC) + timedelta(days=7)).isoformat(),
        **more,
    }
    return engine.record(matter, engine.read("voting.poll_opened", question), by=by).seq


def _units(people: list[str], units: int) -> list[Entitlement]:
    return [
        Entitlement(f"{owner}/{n}", owner, parts=(Part(f"{owner}/{n}", "1", 80_00),))
        for owner in people
        for n in range(units)
    ]
