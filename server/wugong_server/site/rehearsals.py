"""模擬議事: choose a story, walk through it step by step, read the sheet at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import Refusal
from wugong.cases import Played
from wugong_server import stories
from wugong_server.forms import read_form
from wugong_server.page import Page, page_of, url
from wugong_server.rehearsing import Trial, go_on
from wugong_server.responding import respond

PACES = {"one": 1, "ten": 10, "all": 100_000}


@dataclass(frozen=True, slots=True)
class Told:
    """A step of the story as its sheet tells it."""

    at: datetime
    who: str
    what: str
    note: str
    seq: int
    refusals: tuple[Refusal, ...]
    problem: str


def listed(request: Request) -> Response:
    """Show the stories that can be tried."""
    trials = request.app.state.trials
    return respond(request, "rehearsals.html", stories=trials.stories())


async def start(request: Request) -> Response:
    """Begin a story on a community of its own."""
    form = await read_form(request)
    try:
        trial: Trial = await run_in_threadpool(request.app.state.trials.start, form.get("story"))
    except LookupError:
        raise HTTPException(404) from None
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/rehearsals/{trial.token}/c/{trial.case.community}", 303)


async def step(request: Request) -> Response:
    """Play on, and show the page where it happened."""
    form = await read_form(request)
    trial: Trial = request.app.state.trial
    await go_on(trial, PACES.get(form.get("pace"), 1))
    if trial.ended:
        return RedirectResponse(url(request, "rehearsal.sheet"), 303)
    places = [one.matter for one in trial.played if one.matter and one.seq]
    place = places[-1] if places else trial.case.community
    name = "matter" if "." in place else "home"
    params = {"matter": place} if "." in place else {"community": place}
    return RedirectResponse(url(request, name, **params), 303)


def sheet(request: Request) -> Response:
    """Show what happened so far: every act, every refusal with its article."""
    page, trial = page_of(request), request.app.state.trial
    told = [_told(page, trial, one) for one in trial.played if "do" in one.step]
    return respond(
        request,
        "rehearsal-sheet.html",
        trial=trial,
        told=told,
        stopped=sum(1 for one in told if one.refusals),
        verified=trial.engine.verify(trial.case.community)[1] is None,
    )


def _told(page: Page, trial: Trial, played: Played) -> Told:
    registry = page.engine.registry
    return Told(
        at=played.at,
        who=stories.who(played.step, trial.case),
        what=stories.what(played.step, registry, page.words),
        note=str(played.step.get("note", "")),
        seq=played.seq,
        refusals=played.refusals,
        problem=played.problem,
    )
