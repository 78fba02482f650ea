"""Record sheets and notices of the steps on paper: listed, printed, and entered by their code."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import Matter, Refusal, Refused
from wugong.describing import CONFIDENCE
from wugong_server.attendance import due_of
from wugong_server.hookspecs import StepSheet
from wugong_server.page import Page, act_url, page_of, url
from wugong_server.paper import body_words, look_up, sheets_of
from wugong_server.responding import respond
from wugong_server.sheet_codes import code_of

MOST_TYPED = 40


def listed(request: Request) -> Response:
    """Show the steps of a matter, with what is printed and entered; other flows by their title."""
    page = page_of(request)
    page.section = "matters"
    matter: Matter = request.state.matter
    sheets = sheets_of(page, matter)
    flows = {one.flow: one.flow_title for one in sheets}
    asked = request.query_params.get("flow", "")
    shown = [asked] if asked in flows else list({one.flow: 0 for one in sheets if one.main})
    return respond(
        request,
        "sheets.html",
        flows=[(flow, flows[flow], [one for one in sheets if one.flow == flow]) for flow in shown],
        others=[(flow, title) for flow, title in flows.items() if flow not in shown],
        may_enter=lambda one: may_enter(page, matter, one),
    )


def may_enter(page: Page, matter: Matter, sheet: StepSheet) -> bool:
    """Tell whether the reader may do the act that enters a sheet, as far as can be said before."""
    kind = page.engine.registry.kind(sheet.act)
    viewer = page.acting_viewer(matter)
    return kind is not None and viewer.signed_in and not page.engine.may(matter, viewer, kind)


def for_matter(page: Page, matter: Matter) -> list[StepSheet]:
    """Return the next step of each flow of this kind of matter."""
    if not page.member:
        return []
    return [one for one in sheets_of(page, matter) if one.main and one.next and not one.done]


def show(request: Request) -> Response:
    """Show the record sheet of a step as it is printed; of all its steps for a flow."""
    page = page_of(request)
    page.section = "matters"
    matter: Matter = request.state.matter
    leaves = _named(page, matter, request.path_params["step"])
    return respond(
        request,
        "sheet.html",
        leaves=leaves,
        bodies={one.body: body_words(page, one.body) for one in leaves},
        due=due_of(page, matter, leaves),
        codes={one.step: code_of(matter.id, one.step) for one in leaves},
        sure={key: page.words(text) for key, text in CONFIDENCE.items() if key != "V"},
        number=matter.id.partition(".")[2],
    )


def notice(request: Request) -> Response:
    """Show the notice of a step, to be filled in; one that is recorded hangs on the board."""
    page = page_of(request)
    page.section = "notices"
    matter: Matter = request.state.matter
    found = _named(page, matter, request.path_params["step"])
    if len(found) != 1 or found[0].hangs is None:
        raise HTTPException(404)
    if found[0].seq:
        to = url(request, "notice", matter=matter.id, seq=found[0].seq)
        return RedirectResponse(to, 303)
    return respond(
        request,
        "sheet-notice.html",
        leaf=found[0],
        sure={key: page.words(text) for key, text in CONFIDENCE.items() if key != "V"},
        number=matter.id.partition(".")[2],
    )


def _named(page: Page, matter: Matter, name: str) -> list[StepSheet]:
    sheets = sheets_of(page, matter)
    found = [one for one in sheets if one.step == name] or [o for o in sheets if o.flow == name]
    if not found:
        raise HTTPException(404)
    return found


def find(request: Request) -> Response:
    """Lead from the code of a sheet to the form of its step, or say why it leads nowhere."""
    page = page_of(request)
    page.section = "matters"
    code = request.query_params.get("code", "").strip()[:MOST_TYPED]
    found = look_up(page, code) if code else None
    if isinstance(found, tuple):
        matter, sheet = found
        return RedirectResponse(act_url(request, matter.id, sheet.act, **sheet.preset), 303)
    refused = Refused(found) if isinstance(found, Refusal) else None
    seq = found.details.get("seq") if isinstance(found, Refusal) else None
    return respond(request, "sheet-find.html", code=code, refused=refused, seq=seq)
