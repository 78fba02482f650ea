"""A neighbourhood that votes, for the tests of voting: its owners, its charters, its polls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import wugong_planning
import wugong_voting
from wugong import (
    PLAN,
    Count,
    Fact,
    HoldPlaced,
    PollClosed,
    PollDecided,
    Procedure,
    hookimpl,
    on,
    read_procedure,
)
from wugong.testing import Rehearsal
from wugong_voting.state import polls_of

OWNERS = [
    ("101", "li", "1", 80_00),
    ("102", "zhao", "1", 70_00),
    ("201", "qian", "1", 80_00),
    ("202", "qian", "1", 70_00),
    ("301", "sun", "2", 100_00),
]
YES_NO = [
    {"id": "yes", "title": "For"},
    {"id": "no", "title": "Against"},
    {"id": "abstain", "title": "Abstain"},
]
HEADS = 'measure = "heads", base = "all", op = ">=", share = "1/2", source = "章程 4"'
AGREE = 'measure = "heads", base = "part", op = ">", share = "1/2", source = "章程 5"'


class Charters:
    """A plugin of this test's own: procedures that neighbours might write for themselves."""

    def __init__(self, *charters: Procedure) -> None:
        self.charters = charters

    @hookimpl
    def register(self) -> list[Procedure]:
        return list(self.charters)


class Mediating(Charters):
    """Holds planning as soon as somebody files a need."""

    @hookimpl
    @on("planning.need_filed")
    def co_plan(self, fact: Fact) -> list[HoldPlaced]:
        return [HoldPlaced(stage=PLAN)]


class Meddling(Charters):
    """Would announce a result of its own."""

    @hookimpl
    @on(PollClosed)
    def co_plan(self, fact: Fact) -> list[PollDecided]:
        nothing = Count(option="*", ballots=0, heads=0, households=0, area_dm2=0)
        return [
            PollDecided(
                poll=fact.event.poll,
                verdict="passed",
                winners=("yes",),
                counts=(),
                tests=(),
                rule="yes_no_abstain",
                procedure="charter",
                basis=(),
                roll="r",
                taken_part=nothing,
            )
        ]


def charter(name: str = "charter", **more: str) -> Procedure:
    lines = {
        "roster": '"owners"',
        "quorum": f'[{{ id = "take_part", {HEADS} }}]',
        "consent": f'[{{ id = "agree", {AGREE} }}]',
        **more,
    }
    return read_procedure(
        f'id = "{name}"\nbody = "neighbours"\nsetting = "urban"\neffective_from = 2021-01-01\n'
        'basis = [{ article = "章程 3", text_year = 2024, confidence = "I" }]\n'
        + "".join(f"{key} = {value}\n" for key, value in lines.items())
        + '[title]\nen = "Charter"\n'
    )


def rehearsal(*charters: Procedure, plugin: type[Charters] = Charters, **engine: Any) -> Rehearsal:
    plugins = {
        "voting": wugong_voting,
        "planning": wugong_planning,
        "charters": plugin(*(charters or (charter(),))),
    }
    members: dict[str, tuple[str, ...]] = {
        "wang": ("officer",),
        "desk": ("agent",),
        **dict.fromkeys(("li", "zhao", "qian", "sun", "tenant"), ()),
    }
    made = Rehearsal(plugins, members=members, **engine)
    made.roster("owners", OWNERS)
    return made


def opened(r: Rehearsal, matter: str, days: int = 7, **more: Any) -> int:
    body = {
        "question": "Shall we?",
        "options": YES_NO,
        "procedure": "charter",
        "roster": "owners",
        "closes_at": (r.clock.now + timedelta(days=days)).isoformat(),
        **more,
    }
    return r.act("wang", matter, "voting.poll_opened", body).seq


def cast(
    r: Rehearsal,
    matter: str,
    poll: int,
    who: str,
    choice: Any,
    unit: str = "",
    channel: str = "web",
    helper: str = "",
) -> None:
    mine = unit or next(unit for unit, member, _, _ in OWNERS if member == who)
    body = {"poll": poll, "entitlement": mine, "choice": choice}
    by, principal = (helper, who) if helper else (who, None)
    if channel == "assisted":
        agree(r, matter, poll, who, helper)
    r.act(by, matter, "voting.ballot_cast", body, channel=channel, principal=principal)


def agree(
    r: Rehearsal, matter: str, poll: int, who: str, agent: str = "desk", witness: str = ""
) -> None:
    body = {"poll": poll, "consent": "spoken", "witness": witness or ("li", "zhao")[who == "li"]}
    r.act(agent, matter, "voting.help_agreed", body, channel="assisted", principal=who)


def decided(r: Rehearsal, matter: str, poll: int) -> PollDecided:
    known = polls_of(r.matter(matter))[poll].decided
    assert known is not None
    return known


def heads(made: PollDecided) -> dict[str, int]:
    return {count.option: count.heads for count in made.counts}
