"""Polls with objections to their roll and to single ballots, for tests."""

from __future__ import annotations

from typing import Any

from tests.plugins.voting.neighbourhood import opened, rehearsal
from wugong import Procedure
from wugong.testing import Rehearsal
from wugong_voting.objections import Objection, objections_to

ROLL, BALLOT = "voting.roll_contested", "voting.ballot_contested"
ANSWERED = "voting.objection_answered"
WORDS = "My mother owns half of it"
ELECTION = """
id = "election"
kind = "election"
body = "neighbours"
setting = "urban"
roster = "owners"
effective_from = 2021-01-01
quorum = [
  { id = "take_part", measure = "heads", base = "all", op = ">", share = "1/2", source = "章程 4" },
]
consent = [
  { id = "agree", measure = "heads", base = "part", op = ">", share = "1/2", source = "章程 5" },
]
basis = [{ article = "章程 3", text_year = 2024, confidence = "I" }]
[title]
en = "Election"
[[terms]]
id = "objection"
days = 2
kind = "within"
source = "章程 7"
confidence = "I"
zh_Hans = "异议"
zh_Hant = "異議"
en = "Objection"
[[terms]]
id = "answer"
days = 1
kind = "within"
source = "章程 8"
confidence = "I"
zh_Hans = "答复"
zh_Hant = "答覆"
en = "Answer"
"""


def begun(*charters: Procedure, **more: Any) -> tuple[Rehearsal, str, int]:
    engine = {name: more.pop(name) for name in ("database", "keys") if name in more}
    r = rehearsal(*charters, **engine)
    r.enrol("zhou", ("officer",))
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, **more)


def contest(r: Rehearsal, matter: str, poll: int, kind: str, by: str = "zhao", **more: Any) -> int:
    return r.act(by, matter, kind, {"poll": poll, "text": WORDS, **more}).seq


def answer(
    r: Rehearsal,
    matter: str,
    poll: int,
    objection: int,
    finding: str = "upheld",
    by: str = "wang",
) -> None:
    reason = "The register was read wrongly"
    body = {"poll": poll, "objection": objection, "finding": finding, "reason": reason}
    r.act(by, matter, ANSWERED, body)


def objections(r: Rehearsal, matter: str, poll: int) -> tuple[Objection, ...]:
    return objections_to(r.matter(matter), poll)
