"""Roster import: check the file first, show what it would change, then import it whole."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from wugong import JURISDICTION, ROSTER, Refused, Unreadable, local_day, offered_in
from wugong.importing import Plan, plan_import
from wugong.roster_files import read_roster, template_csv, template_xlsx
from wugong.roster_rows import Reading
from wugong.rosters import Measure
from wugong_server.forms import Form
from wugong_server.importing import MEASURES, NAME
from wugong_server.page import Page, page_of, url
from wugong_server.responding import redirect, respond
from wugong_server.site.desk import require

MOST_PROBLEMS = 200
FIRST: tuple[tuple[str, Measure], ...] = (("owners", "area"), ("villagers", "heads"))
MOST_KEPT = 4 * 1024 * 1024  # characters of the file carried from the preview to the import


def ask(request: Request) -> Response:
    """Ask for the file."""
    page = page_of(request)
    require(page, "admin")
    page.section = "admin"
    asked = _asked_for(page)
    first = next((one for one in FIRST if one[0] in asked), FIRST[0])
    return _show(page, *first)


def _asked_for(page: Page) -> dict[str, list[str]]:
    """Return the rosters that the procedures of such a community ask for, with their titles."""
    assert page.community is not None
    its, found = page.community, dict[str, list[str]]()
    place, today = its.settings.get(JURISDICTION, ""), local_day(page.engine.now())
    for one in offered_in(its.procedures, place, today):
        if one.roster and one.kind != "no_vote" and one.setting in (its.setting, "any"):
            title = one.title.get(page.language) or next(iter(one.title.values()))
            found.setdefault(one.roster, []).append(title)
    return found


def template(request: Request) -> Response:
    """Give a template to fill in, as CSV or XLSX."""
    page = page_of(request)
    measure = _measure(request.query_params.get("measure", ""))
    if request.query_params.get("form") == "xlsx":
        kind, content = _XLSX, template_xlsx(measure, page.language)
    else:
        kind, content = "text/csv; charset=utf-8", template_csv(measure, page.language)
    ending = "xlsx" if kind == _XLSX else "csv"
    headers = {"Content-Disposition": f'attachment; filename="roster-{measure}.{ending}"'}
    return Response(content, media_type=kind, headers=headers)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _measure(text: str) -> Measure:
    return text if text in MEASURES else "area"


async def check(request: Request) -> Response:
    """Check an uploaded file and preview it, or import the file that was just previewed."""
    page = page_of(request)
    page.section = "admin"
    require(page, "admin")
    data = await request.form(max_files=1, max_fields=20, max_part_size=MOST_KEPT * 2)
    form = request.state.form = Form(data, page.zone)
    content = await _content(page, data, form)
    roster, measure = form.get("roster"), _measure(form.get("measure"))
    if not NAME.fullmatch(roster):
        raise Unreadable([("roster", "must be one of small letters and digits")])
    if content is None:
        return await run_in_threadpool(_show, page, roster, measure, missing=True)
    return await run_in_threadpool(_preview, page, form, roster, measure, content)


async def _content(page: Page, data: FormData, form: Form) -> bytes | None:
    file = form.file("file")
    if file is not None:
        return await file.read()
    kept = form.get("kept")
    if not kept or not hmac.compare_digest(form.get("mac"), _mac(page, kept)):
        return None
    return base64.b64decode(kept)


def _mac(page: Page, kept: str) -> str:
    message = f"roster/{page.member}/{kept}".encode()
    return hmac.new(page.settings.secret, message, hashlib.sha256).hexdigest()


def _preview(page: Page, form: Form, roster: str, measure: Measure, content: bytes) -> Response:
    reading = read_roster(content, measure)
    if reading.problems:
        return _show(page, roster, measure, reading=reading, status=422)
    community = page.request.path_params["community"]
    plan = plan_import(page.engine, community, roster, reading)
    if form.get("step") == "import" and form.get("edition"):
        return _import(page, form, roster, measure, reading, plan)
    kept = base64.b64encode(content).decode()
    fits = len(kept) <= MOST_KEPT
    return _show(
        page,
        roster,
        measure,
        reading=reading,
        plan=plan,
        kept=kept if fits else "",
        mac=_mac(page, kept) if fits else "",
    )


def _import(
    page: Page, form: Form, roster: str, measure: Measure, reading: Reading, plan: Plan
) -> Response:
    community = page.request.path_params["community"]
    if not plan.acts:
        return _show(page, roster, measure, reading=reading, plan=plan)
    try:
        receipts = page.engine.record_many(
            plan.acts, by=page.member, channel="web", key=form.get("key") or None
        )
    except Refused as refused:
        return _show(page, roster, measure, reading=reading, plan=plan, refused=refused)
    to = url(page.request, "admin.roster", community=community)
    return redirect(page.request, to, receipts[-1])


def _show(
    page: Page,
    roster: str,
    measure: str,
    *,
    reading: Reading | None = None,
    plan: Plan | None = None,
    status: int | None = None,
    missing: bool = False,
    kept: str = "",
    mac: str = "",
    refused: Refused | None = None,
) -> Response:
    told: list[dict[str, Any]] = []
    words = page.words
    for problem in reading.problems[:MOST_PROBLEMS] if reading else ():
        told.append({"row": problem.row, "what": problem.say(words), "mend": problem.mend(words)})
    assert page.community is not None
    rosters = page.community.rosters
    return respond(
        page.request,
        "admin/roster.html",
        status=422 if missing else status,
        stay=True,
        roster=roster,
        measure=measure,
        measures=MEASURES,
        editions=[(n, _size(page, edition), edition) for n, edition in rosters.items()],
        asked=_asked_for(page),
        told=told,
        wrong=len(reading.problems) if reading else 0,
        notes=[note.say(words) for note in reading.notes] if reading else [],
        holders=len(reading.holders) if reading else 0,
        plan=plan,
        missing=missing,
        kept=kept,
        mac=mac,
        refused=refused,
    )


def _size(page: Page, edition: str) -> int:
    """Return how many are entitled by an edition of a roster."""
    assert page.community is not None
    return len(page.engine.book(ROSTER, page.community.community, prefix=f"{edition}/"))
