"""Polls of owners with equal flats, held under a folder of local packs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import wugong_planning
import wugong_rural
import wugong_urban
import wugong_voting
from wugong import PollDecided
from wugong.testing import Rehearsal
from wugong_voting.state import polls_of

PLUGINS = {
    "voting": wugong_voting,
    "planning": wugong_planning,
    "urban": wugong_urban,
    "rural": wugong_rural,
}
OPTIONS = [{"id": name, "title": name} for name in ("yes", "no", "abstain")]
HEAD = """
id = "town.ordinary"
parent = "owners.ordinary"
jurisdiction = "example"
basis = [{ article = "例 1", text_year = 2026, confidence = "I" }]
title = { zh_Hans = "例镇", zh_Hant = "例鎮", en = "Town" }
"""
THREE_FIFTHS = (
    'consent = [{ id = "heads_agree", measure = "heads", base = "part", op = ">=", '
    'share = "3/5", source = "例 2" }]\n'
)


def write(folder: Path, **texts: str) -> Path:
    """Write packs by name into ``folder`` and return it."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def town(
    folder: Path | None, owners: int = 10, database: str = "sqlite://"
) -> tuple[Rehearsal, str]:
    """Return a community of as many owners, each with an equal flat, and a matter of its."""
    voters = [f"m{n}" for n in range(owners)]
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), **dict.fromkeys(voters, ())}
    r = Rehearsal(PLUGINS, members=members, packs=folder, database=database)
    r.roster("owners", [(f"u{n}", voter, "1", 80_00) for n, voter in enumerate(voters)])
    return r, r.open("What owners decide", by="wang")


def announced(r: Rehearsal, matter: str, days: int = 15) -> None:
    """Post a notice and wait."""
    r.act("wang", matter, "planning.notice_posted", {"title": "We will vote", "days": 15})
    r.wait(days=days)


def ask(r: Rehearsal, matter: str, procedure: str, roster: str = "owners") -> int:
    """Open a poll of seven days and return its number."""
    body = {
        "question": "Shall we?",
        "options": OPTIONS,
        "procedure": procedure,
        "roster": roster,
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
    }
    return r.act("wang", matter, "voting.poll_opened", body).seq


def cast(r: Rehearsal, matter: str, poll: int, yes: int, no: int) -> None:
    """Have the first owners agree and the next ones not."""
    for n in range(yes + no):
        choice = "yes" if n < yes else "no"
        ballot = {"poll": poll, "entitlement": f"u{n}", "choice": choice}
        r.act(f"m{n}", matter, "voting.ballot_cast", ballot)


def outcome(r: Rehearsal, matter: str, poll: int) -> PollDecided:
    """Return what a poll came to."""
    made = polls_of(r.matter(matter))[poll].decided
    assert made is not None
    return made


def closed(r: Rehearsal, matter: str, poll: int, yes: int, no: int) -> PollDecided:
    """Hold a poll to its end and return what it came to."""
    cast(r, matter, poll, yes, no)
    r.wait(days=7)
    return outcome(r, matter, poll)
