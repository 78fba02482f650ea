"""Ballot papers to print, one for each line of the frozen roll, with its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Matter
from wugong_server import paged, respond
from wugong_voting import showing
from wugong_voting.chosen import rule_of
from wugong_voting.counted import form_of
from wugong_voting.law import procedure_of
from wugong_voting.pages import marking
from wugong_voting.pages.papering import DELIVERED, guarded, poll_of

ON_A_PAGE = 20
HOW: Mapping[str, str] = {
    "choose": N_("Tick one box. With two ticks the paper is spoilt; without any it is blank."),
    "approval": N_("Tick every box that you agree to. Without any tick the paper is blank."),
    "projects": N_("Tick every box that you agree to. Without any tick the paper is blank."),
    "ranked": N_("Write 1 beside your first choice, 2 beside the second, and so on."),
    "grades": N_("Write a grade from 0 to {top} beside each; {top} is the best."),
    "points": N_("You have {points} points. Write how many you give beside each."),
}
SQUARED = N_(
    "You have {points} points. Write votes beside each: 1 costs 1 point, 2 cost 4, 3 cost 9."
)
BOXES = ("choose", "approval", "projects")


@dataclass(frozen=True, slots=True)
class Paper:
    """One ballot paper: its number on the frozen roll, and whose it is."""

    number: int
    right: showing.Right


def show(request: Request) -> Response:
    """Show the papers of an open poll to officers, some on a page, by group where asked."""
    return guarded(request, DELIVERED) or _page(request)


def _page(request: Request) -> Response:
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    poll = poll_of(request)
    if poll.opened.secret or "paper" not in poll.opened.channels:
        raise HTTPException(404)
    kind = form_of(rule_of(matter.standing.rules, poll.opened))
    roll = showing.roll_in_turn(engine, matter.community, poll.id)
    group = request.query_params.get("group", "")
    papers = [
        Paper(number, showing.Right(right))
        for number, right in enumerate(roll.values(), 1)
        if not group or any(part.group == group for part in right.parts)
    ]
    listed = paged(papers, request, ON_A_PAGE)
    request.state.page.learn_names([one.right.entitlement.member for one in listed.items])
    how = SQUARED if kind.squared else HOW[kind.kind]
    return respond(
        request,
        "voting/sheets.html",
        poll=poll,
        procedure=procedure_of(matter, poll),
        listed=listed,
        how=request.state.words(how, top=kind.levels - 1, points=kind.points),
        lines=marking.lines(poll, kind, request.state.words),
        costs=dict(kind.costs),
        boxes=kind.kind in BOXES,
    )


ROUTES = [Route("/m/{matter}/polls/{poll:int}/sheets", show, name="voting.sheets")]
