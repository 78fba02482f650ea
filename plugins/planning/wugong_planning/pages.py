"""Pages of planning: needs, the scheme and its versions, opinions and replies, notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import (
    N_,
    Choice,
    Engine,
    Matter,
    PollDecided,
    Refused,
    Unreadable,
    Viewer,
    Words,
    kind_of,
)
from wugong_planning import coverage
from wugong_planning.days import down_from
from wugong_planning.events import (
    CHANNELS,
    DECISIONS,
    REPLY_SOURCE,
    STANCES,
    NeedFiled,
    OpinionAnswered,
    OpinionContested,
    OpinionGiven,
)
from wugong_planning.listing import (
    Said,
    about_scheme,
    channels,
    facts_of,
    in_the_way,
    needs_heard,
    opinions_said,
)
from wugong_planning.rules import COLLECTORS
from wugong_planning.settings import ANSWER_DAYS, days, notice_wanted
from wugong_planning.state import PLANNING, Planning
from wugong_server import (
    Form,
    Notice,
    Panel,
    hookimpl,
    money,
    paged,
    read_form,
    record,
    respond,
    url,
)

SHOWN_IN_PANEL = 3


@hookimpl
def register_routes() -> list[Route]:
    at = "/m/{matter}"
    return [
        Route(f"{at}/needs", show_needs, name="planning.needs"),
        *_form(f"{at}/needs/new", "planning.need_filed", ask_need, send_need),
        Route(f"{at}/needs/{{need:int}}", show_need, name="planning.need"),
        Route(f"{at}/scheme", show_scheme, name="planning.scheme"),
        Route(f"{at}/scheme/new", ask_scheme, name="act:planning.scheme_published"),
        Route(f"{at}/scheme/{{version:int}}", show_scheme, name="planning.version"),
        Route(f"{at}/opinions", show_opinions, name="planning.opinions"),
        *_form(f"{at}/opinions/new", "planning.opinion_given", ask_opinion, send_opinion),
        *_form(
            f"{at}/opinions/{{opinion:int}}/answer",
            "planning.opinion_answered",
            ask_answer,
            send_answer,
        ),
        *_form(
            f"{at}/answers/{{answer:int}}/contest",
            "planning.opinion_contested",
            ask_contest,
            send_contest,
        ),
    ]


def _form(path: str, kind: str, ask: Any, send: Any) -> list[Route]:
    name = f"act:{kind}"
    return [
        Route(path, ask, methods=["GET"], name=name),
        Route(path, send, methods=["POST"], name=name),
    ]


# Panels and notices


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page != "matter" or matter.is_standing:
        return []
    state = matter.state(PLANNING)
    panels = [_opinions_panel(matter, state, viewer, engine, words)] if state.schemes else []
    panels.append(
        Panel(
            order=20,
            title=words(N_("Needs")),
            template="planning/needs-panel.html",
            context={
                "of": matter,
                "channels": channels(state, words),
                "count": len(state.needs),
                "covered": coverage.coverage(state),
                "scheme": state.scheme,
            },
        )
    )
    panels.append(
        Panel(
            order=20,
            title=_scheme_title(state, words),
            template="planning/scheme-panel.html",
            context={"of": matter, **about_scheme(matter, state, state.scheme)},
            place="aside",
        )
    )
    return panels


def _opinions_panel(
    matter: Matter, state: Planning, viewer: Viewer, engine: Engine, words: Words
) -> Panel:
    rows = opinions_said(engine, matter, viewer, words, viewer.member)
    return Panel(
        order=19,
        title=words(N_("Opinions and replies")),
        template="planning/opinions-panel.html",
        context={
            "of": matter,
            "adoption": coverage.adoption(state),
            "rows": rows[:SHOWN_IN_PANEL],
            "total": len(rows),
        },
    )


def _scheme_title(state: Planning, words: Words) -> str:
    if state.scheme is None:
        return words(N_("Scheme"))
    return words(N_("Scheme, version {version}"), version=state.scheme.version)


@hookimpl
def list_notices(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> list[Notice]:
    state = matter.state(PLANNING)
    found: list[Notice] = []
    for fact in facts_of(engine, matter, viewer, "planning.notice_posted"):
        known = state.notices[fact.seq]
        found.append(
            Notice(
                seq=fact.seq,
                title=known.title,
                posted_at=known.at,
                until=down_from(known.at, known.days),
                days=known.days,
                body=fact.event.body,
                lines=[
                    *_notice_lines(state, known.about, words),
                    *((words(N_("Can be chosen")), option) for option in fact.event.options),
                ],
                place=known.place,
                about=known.about,
                source=notice_wanted(matter).source,
                ended_at=known.ended_at,
            )
        )
    return found


def _notice_lines(state: Planning, about: Sequence[int], words: Words) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for scheme in (state.schemes[number] for number in about if number in state.schemes):
        version = words(
            N_("{title}, version {version}"), title=scheme.title, version=scheme.version
        )
        lines.append((words(N_("Scheme")), version))
        if scheme.cost_fen:
            lines.append((words(N_("Cost to build")), money(scheme.cost_fen, words)))
        if scheme.operating_fen_per_year:
            yearly = money(scheme.operating_fen_per_year, words)
            lines.append((words(N_("Cost to run a year")), yearly))
        lines += [
            (words(N_("Clause {n}"), n=n), clause.text)
            for n, clause in enumerate(scheme.clauses, 1)
        ]
    return lines


# Reading


def show_needs(request: Request) -> Response:
    state, engine, matter = _here(request)
    listed = needs_heard(engine, matter, request.state.viewer, request.state.words)
    return respond(
        request,
        "planning/needs.html",
        listed=paged(listed, request),
        count=len(state.needs),
        channels=channels(state, request.state.words),
        households=coverage.households(state),
        covered=coverage.coverage(state),
        scheme=state.scheme,
    )


def show_need(request: Request) -> Response:
    state, engine, matter = _here(request)
    number, words = request.path_params["need"], request.state.words
    heard = needs_heard(engine, matter, request.state.viewer, words)
    need = next((one for one in heard if one.id == number), None)
    if need is None:
        raise HTTPException(404)
    trace = coverage.trace(state, number)
    return respond(request, "planning/need.html", need=need, trace=trace, verdicts=_verdicts(words))


def _verdicts(words: Words) -> dict[str, str]:
    choice = kind_of(PollDecided).fields["verdict"].mark(Choice)
    return {key: words(title) for key, title in choice.words.items()} if choice else {}


def show_scheme(request: Request) -> Response:
    state, engine, matter = _here(request)
    version = request.path_params.get("version")
    chosen = [s for s in state.schemes.values() if version in (None, s.version)]
    if version is not None and not chosen:
        raise HTTPException(404)
    viewer, words = request.state.viewer, request.state.words
    texts = {need.id: need.text for need in needs_heard(engine, matter, viewer, words)}
    return respond(
        request,
        "planning/scheme.html",
        versions=list(state.schemes.values()),
        texts=texts,
        unanswered=coverage.unanswered_needs(state),
        **about_scheme(matter, state, chosen[-1] if chosen else None),
    )


def show_opinions(request: Request) -> Response:
    state, engine, matter = _here(request)
    words, viewer = request.state.words, request.state.viewer
    rows = opinions_said(engine, matter, viewer, words, _who(request))
    request.state.page.learn_names([row.opinion.by for row in rows])
    return respond(
        request,
        "planning/opinions.html",
        listed=paged(rows, request),
        adoption=coverage.adoption(state),
        scheme=state.scheme,
        answer_days=days(matter, ANSWER_DAYS),
        source=REPLY_SOURCE,
    )


def _here(request: Request) -> tuple[Planning, Engine, Matter]:
    matter: Matter = request.state.matter
    return matter.state(PLANNING), request.app.state.engine, matter


def _who(request: Request) -> str:
    page = request.state.page
    return str(page.principal or request.state.viewer.member)


# Acting


@dataclass(frozen=True, slots=True)
class Asked:
    """A form of ours: the act, its template and what the template needs besides."""

    kind: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


def _ask(request: Request, asked: Asked) -> Response:
    """Show a form, or why the act is not possible; who is signed out signs in first."""
    page = request.state.page
    viewer = page.acting_viewer(request.state.matter)
    reasons = in_the_way(request.app.state.engine, request.state.matter, viewer, asked.kind)
    if reasons and not viewer.signed_in and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    refused = Refused(*reasons) if reasons else None
    typed = request.query_params
    return respond(request, asked.template, refused=refused, typed=typed, **asked.context)


async def _send(
    request: Request, made: Callable[[Form], Any], to: str, again: Callable[[Request], Asked]
) -> Response:
    """Record what ``made`` reads from the form; if it cannot be, show the form as it was filled."""
    form = await read_form(request)
    try:
        receipt = await record(request, made(form), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_again, request, form, refused, again)
    here = url(request, to, matter=request.state.matter.id)
    return respond(request, "planning/recorded.html", to=here, receipt=receipt)


def _again(
    request: Request, form: Form, refused: Refused | Unreadable, again: Callable[[Request], Asked]
) -> Response:
    """Show the form as it was filled in, with what stands in the way."""
    asked = again(request)
    return respond(request, asked.template, refused=refused, typed=form, **asked.context)


def _need_form(request: Request) -> Asked:
    words = request.state.words
    roles = request.state.viewer.roles
    collects = bool(roles & COLLECTORS) or bool(request.state.page.principal)
    channels = [(key, words(title), "") for key, title in CHANNELS.items()]
    context = {"channels": channels if collects else []}
    return Asked("planning.need_filed", "planning/need-form.html", context)


def ask_need(request: Request) -> Response:
    return _ask(request, _need_form(request))


async def send_need(request: Request) -> Response:
    return await _send(request, lambda form: form.event(NeedFiled), "planning.needs", _need_form)


def ask_scheme(request: Request) -> Response:
    """Open the form of a version with the version that it replaces, so that no other is lost."""
    state, _engine, matter = _here(request)
    known = {"replaces": str(state.scheme.id)} if state.scheme else {}
    typed = {"matter": matter.id, "kind": "planning.scheme_published", **known}
    return RedirectResponse(url(request, "act", **{**typed, **request.query_params}), 303)


def _opinion_form(request: Request) -> Asked:
    state, _engine, _matter = _here(request)
    words = request.state.words
    context = {
        "scheme": state.scheme,
        "stances": [(key, words(title), "") for key, title in STANCES.items()],
    }
    return Asked("planning.opinion_given", "planning/opinion-form.html", context)


def ask_opinion(request: Request) -> Response:
    return _ask(request, _opinion_form(request))


async def send_opinion(request: Request) -> Response:
    return await _send(
        request, lambda form: form.event(OpinionGiven), "planning.opinions", _opinion_form
    )


def _one_opinion(request: Request, opinion: int) -> Said:
    """Return the opinion that a form is about, with its words; 404 if there is none."""
    _state, engine, matter = _here(request)
    words, viewer = request.state.words, request.state.viewer
    for row in opinions_said(engine, matter, viewer, words, _who(request)):
        if row.opinion.id == opinion:
            return row
    raise HTTPException(404)


def _answer_form(request: Request) -> Asked:
    words = request.state.words
    context = {
        "row": _one_opinion(request, request.path_params["opinion"]),
        "decisions": [(key, words(title), "") for key, title in DECISIONS.items()],
        "source": REPLY_SOURCE,
    }
    return Asked("planning.opinion_answered", "planning/answer-form.html", context)


def ask_answer(request: Request) -> Response:
    return _ask(request, _answer_form(request))


async def send_answer(request: Request) -> Response:
    about = request.path_params["opinion"]
    return await _send(
        request,
        lambda form: form.event(OpinionAnswered, opinion=about),
        "planning.opinions",
        _answer_form,
    )


def _contest_form(request: Request) -> Asked:
    state, _engine, _matter = _here(request)
    owner = state.answered(request.path_params["answer"])
    if owner is None:
        raise HTTPException(404)
    context = {"row": _one_opinion(request, owner.id)}
    return Asked("planning.opinion_contested", "planning/contest-form.html", context)


def ask_contest(request: Request) -> Response:
    return _ask(request, _contest_form(request))


async def send_contest(request: Request) -> Response:
    about = request.path_params["answer"]
    return await _send(
        request,
        lambda form: form.event(OpinionContested, answer=about),
        "planning.opinions",
        _contest_form,
    )
