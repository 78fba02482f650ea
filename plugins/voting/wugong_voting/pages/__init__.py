"""Pages of voting: the poll, the check before a ballot is cast, the receipt, the certificate."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import click
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import (
    JURISDICTION,
    N_,
    Engine,
    Law,
    Matter,
    Procedure,
    Ref,
    Refused,
    Unreadable,
    Viewer,
    Waiting,
    Words,
    after_days,
    local_day,
    not_offered,
    read_box_key,
)
from wugong.describing import describe
from wugong_server import (
    Form,
    Notice,
    Panel,
    Reading,
    hookimpl,
    read_form,
    record,
    respond,
    url,
)
from wugong_voting import registering, showing
from wugong_voting.ballot_forms import BLANK, SPOILT
from wugong_voting.ballots import BALLOTS, key
from wugong_voting.casting import choice_refusals
from wugong_voting.chosen import rule_of
from wugong_voting.counted import form_of
from wugong_voting.events import BallotCast
from wugong_voting.explained import AGREED, asks_of, explained
from wugong_voting.export import measures_of
from wugong_voting.hands import shows_of
from wugong_voting.helping import Help, covers, helps_of
from wugong_voting.law import procedure_of
from wugong_voting.opening import article
from wugong_voting.pages import (
    announcing,
    batching,
    calling,
    exporting,
    handing,
    lots,
    marking,
    objecting,
    opening,
    papering,
    petitioning,
    preview,
    receipts,
    sheets,
)
from wugong_voting.pages.papering import poll_of
from wugong_voting.petitions import petitions_of
from wugong_voting.state import Poll, awaits_scrutineers, polls_of

CAST, HELP = "voting.ballot_cast", "voting.help_agreed"
OPENING = ("voting.poll_opened", "voting.petition_opened", announcing.ANNOUNCE)
HINTS = {
    "yes": N_("You agree with the proposal"),
    "no": N_("You do not agree with the proposal"),
    "abstain": N_("Counts as taking part, but not as agreeing"),
}
VERDICTS = {
    "passed": N_("Carried"),
    "rejected": N_("Not carried"),
    "no_quorum": N_("Too few took part; no decision"),
    "tied": N_("Tie"),
    "advisory": N_("Opinion given"),
}


@hookimpl
def register_routes() -> list[Route]:
    at = "/m/{matter}/polls"
    return [
        Route(f"{at}/new", opening.ask, methods=["GET"], name=f"act:{opening.OPEN}"),
        Route(f"{at}/new", opening.send, methods=["POST"], name=f"act:{opening.OPEN}"),
        Route(f"{at}/{{poll:int}}", show_poll, name="voting.poll"),
        Route(f"{at}/{{poll:int}}/ballot", show_poll, methods=["GET"], name=f"act:{CAST}"),
        Route(f"{at}/{{poll:int}}/ballot", send_ballot, methods=["POST"], name=f"act:{CAST}"),
        Route(f"{at}/{{poll:int}}/receipt", show_receipt, name="voting.receipt"),
        Route(f"{at}/{{poll:int}}/export.json", exporting.show, name="voting.export"),
        Route(f"{at}/{{poll:int}}/law", show_law, name="voting.law"),
        Route(f"{at}/{{poll:int}}/law/{{text:int}}.toml", take_law, name="voting.law_text"),
        Route("/c/{community}/procedures", show_procedures, name="voting.procedures"),
        *papering.ROUTES,
        *batching.ROUTES,
        *calling.ROUTES,
        *handing.ROUTES,
        *petitioning.ROUTES,
        *preview.ROUTES,
        *announcing.ROUTES,
        *lots.ROUTES,
        *sheets.ROUTES,
    ]


@hookimpl
def register_readings() -> list[Reading]:
    return exporting.READINGS


@hookimpl
def register_commands(cli: click.Group) -> None:
    cli.add_command(exporting.command)


# Panels and notices


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page != "matter":
        return []
    return [*_polls(matter, viewer, engine, words), *lots.panels(matter, words)]


def _polls(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> list[Panel]:
    polls, petitions = polls_of(matter), petitions_of(matter)
    if not (polls or petitions):
        return []
    listed = sorted(polls.values(), key=lambda poll: (poll.decided is not None, -poll.id))
    rows = [
        {
            "poll": poll,
            "rights": []
            if poll.decided
            else showing.rights_of(engine, matter, poll.id, viewer.member),
            "turnout": None if poll.decided else showing.turnout_of(engine, matter, poll),
        }
        for poll in listed
    ]
    asked = [(one, petitioning.count_of(engine, matter, one)) for one in petitions.values()]
    context = {"of": matter, "rows": rows, "verdicts": VERDICTS, "petitions": asked}
    return [
        Panel(order=30, title=words(N_("Polls")), template="voting/panel.html", context=context)
    ]


@hookimpl
def still_waits(matter: Matter, waiting: Waiting, viewer: Viewer, engine: Engine) -> bool | None:
    """Ask for a ballot only who is on the roll, has not voted and lets nobody else vote.

    Papers and raised hands do not wait for who entered them, nor an objection for who wrote it.
    """
    if waiting.act == objecting.CONTEST_ANSWERED:
        return objecting.awaits(matter, waiting.about or 0, viewer.member)
    if waiting.act == batching.CONFIRMED:
        return batching.awaits(matter, waiting, viewer.member)
    poll = polls_of(matter).get(waiting.about or 0)
    if waiting.act == handing.CONFIRMED and poll is not None:
        return handing.awaits(engine, matter, poll, waiting, viewer.member)
    if waiting.act != CAST or poll is None or poll.roll is None:
        return None
    if poll.is_over(engine.now()):
        return False  # papers are being counted
    return showing.awaits(engine, matter, poll.id, viewer.member)


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer, engine: Engine) -> bool | None:
    """Ask of a poll that it is not decided; for an objection, that its days still run.

    A draw takes words while it is their time, and a petition signatures until it is counted. Only
    whom the desk helps agrees to be helped.
    """
    if not act.startswith("voting.") or act in OPENING:  # what is over can be what these are about
        return None
    poll, petition = polls_of(matter).get(seq), petitions_of(matter).get(seq)
    if act == objecting.CONTEST_ANSWERED and poll is None:
        return objecting.awaits(matter, seq, viewer.member)
    if petition is not None:
        return not petition.is_over
    if poll is None:
        return lots.can_name(matter, act, seq, engine.now())
    if act == HELP:
        return viewer.helped and not poll.is_over(engine.now())
    if act in handing.ACTS:
        return not poll.is_over(engine.now()) and handing.takes_hands(engine, matter, poll)
    if act in objecting.ACTS:
        return objecting.takes(matter, poll, procedure_of(matter, poll), act, engine.now())
    return not poll.is_over(engine.now()) if act == CAST else poll.decided is None


@hookimpl
def tell_receipt(matter: Matter, kind: str, seq: int, engine: Engine, words: Words) -> str | None:
    said = receipts.told(matter, seq, engine) if kind == CAST else None
    return words(said) if said else None


@hookimpl
def list_notices(matter: Matter, words: Words, engine: Engine) -> list[Notice]:
    found = lots.notices(matter, words)
    for poll in polls_of(matter).values():
        procedure = procedure_of(matter, poll)
        if poll.decided is None or poll.published_at is None or procedure is None:
            continue
        days = procedure.publish_days
        found.append(
            Notice(
                seq=poll.decided_by,
                title=words(N_("Result of the poll: {question}"), question=poll.opened.question),
                posted_at=poll.published_at,
                until=after_days(poll.published_at, days) if days else None,
                days=days,
                about=(poll.id, *map(int, poll.opened.about)),
                source=procedure.publish_source or article(procedure),
                template="voting/result-sheet.html",
                context=_certificate(engine, matter, poll, procedure, words),
            )
        )
    return found


def _certificate(
    engine: Engine, matter: Matter, poll: Poll, procedure: Procedure | None, words: Words
) -> dict[str, Any]:
    assert poll.decided is not None
    titles = showing.titles_of(poll, words)
    one_option = form_of(rule_of(matter.standing.rules, poll.opened)).kind == "choose"
    return {
        "of": matter,
        "poll": poll,
        "result": poll.decided,
        "verdict": VERDICTS[poll.decided.verdict],
        "titles": titles,
        "counted": explained(poll.decided, titles, words),
        "secret": poll.opened.secret,
        "few": poll.few or poll.telling,
        "countable": measures_of(poll.decided),
        "idle": showing.choosing_none(poll.decided) if one_option else None,
        "received": AGREED.get(asks_of(poll.decided), N_("Ballots")),
        "procedure": procedure,
        "installed": matter.standing.procedures.get(poll.opened.procedure),
        "unmet": showing.unmet(poll.decided, words),
        "projects": showing.projects_of(poll),
        "about": showing.abouts(poll.decided, titles, words),
        "figures": showing.calculator_fields(procedure, poll),
        "objected": objecting.objected(engine, matter, poll, procedure),
        "tie": lots.tie_of(matter, poll),
        "uncounted": registering.unfinished(matter, poll.id),
        "shows": shows_of(matter, poll.id),
        "cast_how": partial(showing.ways_of, engine, matter, poll),  # asked where it is drawn
    }


# The poll


def show_poll(request: Request) -> Response:
    """Show a poll: the ballot while it runs, the certificate once it is decided."""
    return _poll_page(request, poll_of(request))


def _poll_page(
    request: Request, poll: Poll, form: Form | None = None, marked: str = "", **more: Any
) -> Response:
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    procedure = procedure_of(matter, poll)
    kind = form_of(rule_of(matter.standing.rules, poll.opened))
    if poll.decided is not None:
        proof = engine.proof(matter.community, poll.decided_by)
        context = _certificate(engine, matter, poll, procedure, request.state.words)
        return respond(request, "voting/certificate.html", proof=proof, **context)
    return respond(
        request,
        "voting/poll.html",
        poll=poll,
        procedure=procedure,
        rights=_rights(request, poll),
        me=_who(request),
        helped=_helped(request, poll, anew=True),
        sources=showing.areas_by_source(
            showing.roll_of(engine, matter.community, poll.id).values()
        ),
        mandates=procedure is not None
        and procedure.proxies is not None
        and procedure.proxies.allowed,
        running=poll.is_open(engine.now()),
        counting=bool(registering.awaited(matter, poll)) and poll.is_counting(engine.now()),
        over=poll.is_over(engine.now()),
        turnout=showing.turnout_of(engine, matter, poll),
        lines=showing.conditions(procedure) if procedure else [],
        hints=HINTS if poll.opened.rule == "yes_no_abstain" else {},
        kind=kind,
        ballot=marking.lines(poll, kind, request.state.words, marked),
        typed=form or {},
        blank=marked == BLANK,
        secret=poll.opened.secret,
        key=read_box_key(poll.opened.box_key) if poll.opened.box_key else None,
        unlockable=poll in awaits_scrutineers(matter),
        papers=papering.counted_for(request, poll),
        batches=papering.waiting_for(request, poll),
        callable=calling.can_call(request, poll),
        tellable=handing.can_tell(request, poll),
        spoilt=SPOILT,
        objected=objecting.objected(engine, matter, poll, procedure),
        **more,
    )


def _helped(request: Request, poll: Poll, *, anew: bool = False) -> Help | None:
    """Return what the person at the assisted desk agreed to, with the agent who sits there.

    ``anew``: only where it covers one more ballot.
    """
    page = request.state.page
    agreed = helps_of(request.state.matter, poll.id).get(page.principal)
    since = _stands(request, poll) if anew else 0
    return agreed if covers(agreed, page.member, since) else None


def _stands(request: Request, poll: Poll) -> int:
    """Return the number of the oldest open ballot of the helped person; 0 while one is missing."""
    community = request.state.matter.community
    keys = [key(poll.id, one.entitlement.id) for one in _rights(request, poll)]
    book = request.app.state.engine.book(BALLOTS, community, keys=keys)
    return min((book[one]["since"] if one in book else 0 for one in keys), default=0)


def _rights(request: Request, poll: Poll) -> list[showing.Right]:
    engine, matter = request.app.state.engine, request.state.matter
    return showing.rights_of(engine, matter, poll.id, _who(request))


async def send_ballot(request: Request) -> Response:
    """Show the ballot once more before it is cast; cast it when it was checked."""
    form = await read_form(request)
    poll = poll_of(request)
    step = form.get("step", "check")
    if step == "back":
        marked = form.get("choice")
        return await run_in_threadpool(_poll_page, request, poll, form, marked, stay=True)
    try:
        if step == "check":
            return await run_in_threadpool(_check, request, poll, form)
        ballot = form.event(BallotCast, poll=Ref(poll.id))
        receipt = await record(request, ballot, key=form["key"])
    except (Refused, Unreadable) as refused:
        marked = form.get("choice")
        return await run_in_threadpool(_poll_page, request, poll, form, marked, refused=refused)
    here = url(request, "voting.receipt", matter=request.state.matter.id, poll=poll.id)
    return respond(request, "voting/receipt.html", receipt=receipt, to=here)


def _check(request: Request, poll: Poll, form: Form) -> Response:
    engine: Engine = request.app.state.engine
    rights = showing.rights_of(engine, request.state.matter, poll.id, _who(request))
    right = next((r for r in rights if r.entitlement.id == form["entitlement"]), None)
    if right is None:
        raise Unreadable([("entitlement", "is missing")])
    matter: Matter = request.state.matter
    rule = rule_of(matter.standing.rules, poll.opened)
    kind = form_of(rule)
    choice = marking.text_of(form, poll, kind)
    channel = "assisted" if request.state.page.principal else "web"
    if reasons := choice_refusals(choice, poll, rule, channel):
        refused = Refused(*reasons)
        return _poll_page(request, poll, form, choice, refused=refused)
    return respond(
        request,
        "voting/check.html",
        block="check",
        stay=True,
        poll=poll,
        right=right,
        me=_who(request),
        helped=_helped(request, poll),
        choice=choice,
        said=marking.in_words(choice, poll, kind, request.state.words),
        one=kind.kind == "choose",
        # In a secret poll this key alone leads to the ballot: 128 bits of the voter's own.
        secret_key=secrets.token_hex(16) if poll.opened.secret else "",
    )


def show_receipt(request: Request) -> Response:
    """Show what was just recorded; without it, the poll."""
    page, poll = request.state.page, poll_of(request)
    if page.done is None:
        address = url(request, "voting.poll", matter=request.state.matter.id, poll=poll.id)
        return RedirectResponse(address, 303)
    done, page.done = page.done, None  # the slip stands for the banner
    helped = _helped(request, poll)
    return respond(request, "voting/receipt.html", poll=poll, receipt=done, helped=helped)


def show_law(request: Request) -> Response:
    """Show what a poll is decided by, article by article, as it was kept when the poll opened."""
    poll, law = _law(request)
    page, procedure = request.state.page, procedure_of(request.state.matter, poll)
    assert procedure is not None
    known = page.engine.registry.procedures
    names = {name: one.title.get(page.language, name) for name, one in known.items()}
    return respond(
        request,
        "voting/law.html",
        poll=poll,
        law=law,
        procedure=procedure,
        sections=describe(procedure, page.words, names),
        names=names,
    )


def take_law(request: Request) -> Response:
    """Send the text itself, of the procedure or of a local pack, byte for byte as it was kept."""
    poll, law = _law(request)
    number = request.path_params["text"]
    if not 0 < number <= len(law.texts):
        raise HTTPException(404)
    name = f'attachment; filename="{poll.opened.procedure}-{number}.toml"'
    headers = {"content-disposition": name}
    return Response(law.texts[number - 1], media_type="application/toml", headers=headers)


def _law(request: Request) -> tuple[Poll, Law]:
    poll = poll_of(request)
    if poll.roll is None or poll.roll.law is None:
        raise HTTPException(404)
    return poll, poll.roll.law


def _who(request: Request) -> str:
    page = request.state.page
    return str(page.principal or page.member)


# Procedures

PROCEDURE_KINDS = {
    "decision": N_("Decisions"),
    "election": N_("Elections"),
    "recall": N_("Recalls"),
    "opinion": N_("Discussion and opinions"),
    "no_vote": N_("Without a vote"),
    "elsewhere": N_("Not for here, or not in force"),
}


def show_procedures(request: Request) -> Response:
    """Show every way of deciding, with its law, its dates and how sure we are of it."""
    matter: Matter = request.state.matter
    words: Words = request.state.words
    page = request.state.page
    place, today = matter.setting(JURISDICTION, ""), local_day(page.now)
    listed = [
        {
            "procedure": procedure,
            "title": showing.title_of(procedure, words),
            "lines": showing.conditions(procedure),
            "current": procedure.in_force(today),
            "elsewhere": not_offered(procedure, matter.standing.procedures, place, today),
        }
        for procedure in showing.procedures_of(matter)
    ]
    kinds = {kind: [one for one in listed if _kind(one) == kind] for kind in PROCEDURE_KINDS}
    titles = {kind: words(title) for kind, title in PROCEDURE_KINDS.items() if kinds[kind]}
    return respond(request, "voting/procedures.html", kinds=kinds, titles=titles, place=place)


def _kind(one: Mapping[str, Any]) -> str:
    """Return under which heading a procedure stands."""
    procedure: Procedure = one["procedure"]
    if one["elsewhere"] or not one["current"]:
        return "elsewhere"
    return "opinion" if procedure.kind == "decision" and not procedure.decides else procedure.kind
