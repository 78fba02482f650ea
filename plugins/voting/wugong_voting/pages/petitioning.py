"""The page of a petition: how many signed, signing and taking back, signatures on paper."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import Engine, Matter, Ref, Refused, Test, Unreadable
from wugong_server import Form, read_form, record, respond, url
from wugong_voting import showing
from wugong_voting.ballots import under
from wugong_voting.events import (
    PetitionAnswered,
    PetitionPapersEntered,
    PetitionSigned,
    SignatureWithdrawn,
)
from wugong_voting.law import procedure_asked_for
from wugong_voting.pages.papering import standing_in_the_way
from wugong_voting.petitions import (
    SIGNATURES,
    Petition,
    counted,
    may_be_answered,
    petitions_of,
    rule_of,
    stands,
)

OPENED, ANSWERED = "voting.petition_opened", "voting.petition_answered"
SIGN, TAKE_BACK = "voting.petition_signed", "voting.petition_signature_withdrawn"
PAPERS = "voting.petition_papers_entered"


@dataclass(frozen=True, slots=True)
class Own:
    """An entitlement that the reader may sign with, and whether they did."""

    entitlement: str
    units: str
    signed: bool


@dataclass(frozen=True, slots=True)
class Text:
    """What a petition says, or whom it names answered, as its readers may know it."""

    says: str
    answer: bool


def petition_of(request: Request) -> Petition:
    """Return the petition of the address; 404 where there is none."""
    found = petitions_of(request.state.matter).get(request.path_params["petition"])
    if found is None:
        raise HTTPException(404)
    return found


def count_of(engine: Engine, matter: Matter, petition: Petition) -> Test | None:
    """Return how many have signed so far, or had when it was put to the vote."""
    rule = rule_of(petition, procedure_asked_for(matter, petition))
    if rule is None or petition.roll is None:
        return None
    roll = showing.roll_of(engine, matter.community, petition.id)
    signatures = engine.book(SIGNATURES, matter.community, prefix=under(petition.id))
    return counted(petition, rule, roll, signatures.items())


def show(request: Request) -> Response:
    """Show a petition: the number to everybody, whom it names and why to members."""
    return _page(request, {})


def _page(request: Request, typed: object, refused: Refused | Unreadable | None = None) -> Response:
    petition, page = petition_of(request), request.state.page
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    page.learn_names([petition.opened.member])
    law = procedure_asked_for(matter, petition)
    me = str(page.principal or page.member)
    return respond(
        request,
        "voting/petition.html",
        refused=refused,
        petition=petition,
        procedure=law,
        count=count_of(engine, matter, petition),
        texts=_texts(request, petition) if request.state.viewer.signed_in else [],
        mine=_mine(engine, matter, petition, me),
        enters=not petition.is_over and not standing_in_the_way(request, PAPERS),
        answers=not petition.is_over and may_be_answered(law) and me == petition.opened.member,
        typed=typed,
    )


def _texts(request: Request, petition: Petition) -> list[Text]:
    engine: Engine = request.app.state.engine
    viewer, wanted = request.state.viewer, {petition.id, *petition.answers}
    facts = engine.facts(request.state.matter.id, viewer, kinds=(OPENED, ANSWERED))
    its = [fact for fact in facts if fact.seq in wanted]
    opened = engine.texts(its, viewer)
    return [
        Text(text, fact.seq != petition.id)
        for fact in its
        for text in opened.get(fact.seq, {}).values()
        if text
    ]


def _mine(engine: Engine, matter: Matter, petition: Petition, me: str) -> list[Own]:
    if not me or petition.is_over:
        return []
    roll = showing.roll_of(engine, matter.community, petition.id)
    mine = {place: right for place, right in roll.items() if right.member == me}
    known = engine.book(SIGNATURES, matter.community, keys=list(mine))
    return [
        Own(right.id, showing.Right(right).units, stands(known.get(place)))
        for place, right in mine.items()
    ]


async def send(request: Request) -> Response:
    """Sign, take back, answer, or enter the signatures of sheets."""
    form = await read_form(request)
    petition = petition_of(request)
    try:
        receipt = await record(request, _event(form, petition), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_page, request, form, refused)
    to = url(request, "voting.petition", matter=request.state.matter.id, petition=petition.id)
    return respond(request, "voting/receipt.html", receipt=receipt, to=to)


def _event(form: Form, petition: Petition) -> object:
    its = Ref(petition.id)
    match form.get("do"):
        case "take_back":
            return form.event(SignatureWithdrawn, petition=its)
        case "papers":
            named = tuple(form.get("entitlements").split())
            return form.event(PetitionPapersEntered, petition=its, entitlements=named)
        case "answer":
            return form.event(PetitionAnswered, petition=its)
    return form.event(PetitionSigned, petition=its)


PETITION = "/m/{matter}/petitions/{petition:int}"
ROUTES = [
    Route(PETITION, show, methods=["GET"], name="voting.petition"),
    Route(PETITION, send, methods=["POST"], name="voting.petition"),
    *(
        Route(PETITION, show, methods=["GET"], name=f"act:{kind}")
        for kind in (SIGN, TAKE_BACK, PAPERS, ANSWERED)
    ),
]
