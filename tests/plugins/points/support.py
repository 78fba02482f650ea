"""A street in which points are earned and spent, and what its people do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import wugong_building
import wugong_planning
import wugong_points
import wugong_voting
from wugong import (
    Procedure,
    Ref,
    hookimpl,
    read_procedure,
    seal,
)
from wugong.testing import Rehearsal
from wugong_points.accounts import BALANCES, member_account
from wugong_points.events import (
    AwardApproved,
    AwardProposed,
    ItemStocked,
    RuleAdopted,
)

NEED = {"text": "The lamp is broken", "place": "Stair 1", "channel": "web"}
POLL, DELIVERED = "voting.poll_decided", "building.task_accepted"
HEADS = 'measure = "heads", base = "all", op = ">=", share = "1/2", source = "章程 4"'
CHARTER = f"""
id = "charter"
body = "neighbours"
setting = "urban"
roster = "owners"
effective_from = 2021-01-01
quorum = [{{ id = "take_part", {HEADS} }}]
consent = [{{ id = "agree", {HEADS} }}]
basis = [{{ article = "章程 3", text_year = 2024, confidence = "I" }}]
[title]
en = "Charter"
"""


class Charters:
    """A plugin of this test's own: how these neighbours decide."""

    @hookimpl
    def register(self) -> list[Procedure]:
        return [read_procedure(CHARTER)]


def neighbours() -> Rehearsal:
    """Officers Wang and Zhao, a convenor, a supervisor, and four residents who own flats."""
    plugins = {
        "points": wugong_points,
        "planning": wugong_planning,
        "voting": wugong_voting,
        "building": wugong_building,
        "charters": Charters(),
    }
    members: dict[str, tuple[str, ...]] = {
        "wang": ("officer",),
        "zhao": ("officer",),
        "sun": ("supervisor",),
        **dict.fromkeys(("li", "qian", "wu", "zheng"), ()),
    }
    r = Rehearsal(plugins, members=members)
    r.roster("owners", [(who, who, "1", 80_00) for who in ("li", "qian", "wu", "zheng")])
    return r


def adopt(r: Rehearsal, kind: str, points: int = 2, cap: int = 10, **more: Any) -> Ref:
    rule = RuleAdopted(kind=kind, points=points, cap_per_month=cap, **more)
    return Ref(r.act("wang", r.community, rule).seq)


def balance(r: Rehearsal, member: str) -> int:
    key = member_account(member)
    return r.engine.book(BALANCES, r.community, [key]).get(key, 0)


def give(r: Rehearsal, member: str, points: int) -> None:
    """Give points as the people in charge do: one proposes, another approves."""
    proposed = AwardProposed(member=member, points=points, reason=seal("Cleared the snow"))
    number = Ref(r.act("wang", r.community, proposed).seq)
    r.act("zhao", r.community, AwardApproved(proposal=number))


def stocked(r: Rehearsal, points: int = 5, stock: int = 2) -> Ref:
    item = ItemStocked(title="A sack of rice", points=points, stock=stock)
    return Ref(r.act("wang", r.community, item).seq)


def decided_poll(
    r: Rehearsal,
    voters: tuple[str, ...],
    days: int = 7,
    on_paper: tuple[str, ...] = (),
    by_hand: tuple[str, ...] = (),
) -> str:
    """Play a poll in which all vote yes, in their way; return its matter."""
    matter = r.open("Lights", by="li")
    options = [{"id": one, "title": one} for one in ("yes", "no", "abstain")]
    opened = {
        "question": "Shall we?",
        "options": options,
        "procedure": "charter",
        "roster": "owners",
        "closes_at": (r.clock() + timedelta(days=days)).isoformat(),
        "channels": ["web", "paper", "meeting"],
    }
    poll = r.act("wang", matter, "voting.poll_opened", opened).seq
    for who in voters:
        ballot = {"poll": poll, "entitlement": who, "choice": "yes"}
        r.act(who, matter, "voting.ballot_cast", ballot, channel="web")
    if on_paper:
        many = len(on_paper)
        control = {"sheets": many, "options": [{"option": "yes", "count": many}]}
        batch = {"poll": poll, "number": 1, "control": control}
        sheets = [
            {"sheet": n, "entitlement": who, "choice": "yes"} for n, who in enumerate(on_paper, 1)
        ]
        r.act("wang", matter, "voting.batch_entered", {**batch, "ballots": sheets})
        r.act("zhao", matter, "voting.batch_confirmed", batch)
    if by_hand:
        counted = {"people": len(by_hand), "options": [{"option": "yes", "count": len(by_hand)}]}
        show = {"poll": poll, "number": 1, "counted": counted}
        there = {"poll": poll, "entitlements": list(by_hand)}
        r.act("wang", matter, "voting.presence_noted", there)
        r.act("wang", matter, "voting.hands_entered", {**show, **there})
        r.act("zhao", matter, "voting.hands_confirmed", show)
    r.wait(days=days)
    return matter
