"""Who pays what of a lift: try a formula on the page, adopt it, take the table along."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import (
    N_,
    ROSTER,
    Engine,
    Matter,
    Refusal,
    Refused,
    Unreadable,
    Viewer,
    may_read,
    read_entitlement,
)
from wugong_server import Form, read_form, record, respond, url
from wugong_urban.affected import NEIGHBOURS
from wugong_urban.concerned import roster_of, share_refusals
from wugong_urban.events import Sharer, SharesAdopted
from wugong_urban.shares import SHARES, Formula, apportion, formulas, refusals

MOST_UNITS = 300  # drawn from the roster; more are typed in
COLUMNS = (
    N_("Unit"),
    N_("Floor"),
    N_("Coefficient"),
    N_("Relief in percent"),
    N_("Pays (yuan)"),
)
MOST_SHARERS, MOST_FEN, MOST_NAME = 2000, 10**13, 40  # as the event declares
WHOLE = re.compile(r"-?[0-9]{1,2}|100")
AREA = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,2})?")
STOREY = re.compile(r"(\d{1,3})\d{2}\Z")


def routes() -> list[Route]:
    """Return the routes of the pages of the cost."""
    return [
        Route("/m/{matter}/cost-shares", show, name="urban.costs"),
        Route("/m/{matter}/cost-shares", send, methods=["POST"], name="urban.costs"),
        Route("/m/{matter}/cost-shares.csv", table, name="urban.costs.table"),
    ]


def may_adopt(viewer: Viewer) -> bool:
    """Tell whether the reader holds a role that adopts shares."""
    return bool({"officer", "convenor"} & set(viewer.roles))


def show(request: Request) -> Response:
    """Show the shares in force, and the form to whoever may adopt others."""
    return _page(request, None)


async def send(request: Request) -> Response:
    """Work the shares out; with ``adopt``, record them."""
    form = await read_form(request)
    try:
        wanted = _read(form)
        reasons = await run_in_threadpool(_refusals, request, wanted)
    except Misread as wrong:
        return await run_in_threadpool(_page, request, form, wrong=wrong)
    if form.get("do") != "adopt" or reasons:
        return await run_in_threadpool(_page, request, form, wanted, reasons)
    try:
        receipt = await record(request, wanted, key=form["key"])
    except Refused as refused:
        return await run_in_threadpool(_page, request, form, wanted, refused.reasons)
    to = url(request, "urban.costs", matter=request.state.matter.id)
    return respond(request, "urban/costs.html", to=to, receipt=receipt)


def _refusals(request: Request, wanted: SharesAdopted) -> list[Refusal]:
    matter: Matter = request.state.matter
    roster = roster_of(request.app.state.engine, matter)
    return refusals(wanted) + share_refusals(matter, roster, wanted)


def table(request: Request) -> Response:
    """Return the shares in force as CSV that spreadsheets open as it is."""
    _may_read(request)
    matter: Matter = request.state.matter
    words, known = request.state.words, matter.state(SHARES)
    if known is None:
        raise HTTPException(404)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([words(title) for title in COLUMNS])
    for sharer, share in _rows(known.adopted, known.shares):
        paid = f"{share.amount_fen // 100}.{share.amount_fen % 100:02d}"
        unit = f"'{share.unit}" if share.unit[:1] in "=+-@" else share.unit  # no formula
        writer.writerow([unit, sharer.floor, share.coefficient, sharer.relief, paid])
    headers = {"Content-Disposition": 'attachment; filename="cost-shares.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv", headers=headers)


def _may_read(request: Request) -> None:
    if not may_read(request.state.viewer, "members"):
        raise HTTPException(404)


def _page(
    request: Request,
    form: Form | None,
    wanted: SharesAdopted | None = None,
    reasons: tuple[Refusal, ...] | list[Refusal] = (),
    wrong: Misread | None = None,
) -> Response:
    _may_read(request)
    matter: Matter = request.state.matter
    known = matter.state(SHARES)
    tried, relieved = apportion(wanted) if wanted and not reasons else ((), 0)
    return respond(
        request,
        "urban/costs.html",
        stay=True,
        status=409 if reasons else 422 if wrong else None,
        known=known,
        rows=_rows(known.adopted, known.shares) if known else [],
        tried=_rows(wanted, tried) if wanted and tried else [],
        wanted=wanted,
        relieved=relieved,
        may=may_adopt(request.state.viewer),
        formulas=list(formulas().values()),
        chosen=_formula(known.adopted.formula if known else ""),
        typed=form or _suggested(request, matter),
        refused=Refused(*reasons) if reasons else None,
        wrong_field=wrong.field if wrong else "",
        wrong=request.state.words(wrong.message, **wrong.details) if wrong else "",
    )


def _formula(name: str) -> Formula | None:
    return formulas().get(name)


def _rows(adopted: SharesAdopted, shares: Any) -> list[tuple[Sharer, Any]]:
    by_unit = {sharer.unit: sharer for sharer in adopted.units}
    return [(by_unit[share.unit], share) for share in shares]


def _suggested(request: Request, matter: Matter) -> dict[str, str]:
    """Return the form as it starts: the shares in force, else the units of the affected stairs."""
    known = matter.state(SHARES)
    if known is not None:
        adopted = known.adopted
        return {
            "cost": _hundredths(adopted.cost_fen),
            "subsidy": _hundredths(adopted.subsidy_fen),
            "formula": adopted.formula,
            "relief_from": adopted.relief_from,
            "units": "\n".join(map(_line, adopted.units)),
        }
    engine: Engine = request.app.state.engine
    return {"units": "\n".join(map(_line, _units(engine, matter)))}


def _units(engine: Engine, matter: Matter) -> list[Sharer]:
    edition = matter.standing.rosters.get("owners")
    if edition is None:
        return []
    entries = engine.book(ROSTER, matter.community, prefix=f"{edition}/").values()
    parts = [part for entry in entries for part in read_entitlement(entry).parts]
    concerned = {unit for unit, one in matter.state(NEIGHBOURS).units.items() if one.effect}
    groups = {part.group for part in parts if part.unit in concerned}
    chosen = [part for part in parts if not groups or part.group in groups]
    made = [Sharer(unit=p.unit, floor=_storey(p.unit), area_dm2=p.area_dm2) for p in chosen]
    return sorted(made[:MOST_UNITS], key=lambda sharer: sharer.unit)


def _storey(unit: str) -> int:
    """Guess the floor from a door number: 1203 is on the twelfth."""
    found = STOREY.search(unit)
    return int(found[1]) if found else 1


def _line(sharer: Sharer) -> str:
    more = f" {sharer.coefficient or '-'} {sharer.relief}" if sharer.relief else ""
    more = more or (f" {sharer.coefficient}" if sharer.coefficient else "")
    return f"{sharer.unit} {sharer.floor} {_hundredths(sharer.area_dm2)}{more}"


def _hundredths(value: int) -> str:
    return f"{value // 100}.{value % 100:02d}"


class Misread(ValueError):
    """A field cannot be read; ``message`` is a message id with ``{named}`` details."""

    def __init__(self, field: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.field, self.message, self.details = field, message, details


def _read(form: Form) -> SharesAdopted:
    lines = [line.split() for line in form["units"].splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_SHARERS:
        raise Misread("units", N_("Write 1 to {most} units, one on each line."), most=MOST_SHARERS)
    about = form.get("relief_from")
    return SharesAdopted(
        cost_fen=_yuan(form, "cost", least=1),
        subsidy_fen=_yuan(form, "subsidy", least=0) if form.get("subsidy") else 0,
        formula=form["formula"],
        units=tuple(_sharer(number, words) for number, words in enumerate(lines, 1)),
        relief_from="income" if about == "income" else "others",
    )


def _yuan(form: Form, name: str, least: int) -> int:
    try:
        value = form.money(name)
    except Unreadable:
        value = -1
    if not least <= value <= MOST_FEN:
        raise Misread(name, N_("Write an amount in yuan, such as 528000.00."))
    return value


def _sharer(number: int, words: list[str]) -> Sharer:
    """Read ``unit floor area [coefficient or -] [relief in percent]``."""
    if not 3 <= len(words) <= 5 or len(words[0]) > MOST_NAME:
        message = N_("Line {number}: write unit, floor and floor area, then what differs.")
        raise Misread("units", message, number=number)
    unit, storey, area, coefficient, relief = [*words, *("-", "0")[len(words) - 3 :]]
    if not WHOLE.fullmatch(storey) or not WHOLE.fullmatch(relief.rstrip("%")):
        message = N_("Line {number}: floor and relief are whole numbers.")
        raise Misread("units", message, number=number)
    if not AREA.fullmatch(area):
        message = N_("Line {number}: write the floor area in m², such as 89.50.")
        raise Misread("units", message, number=number)
    if not 0 <= int(relief.rstrip("%")) <= 100:
        message = N_("Line {number}: relief is 0 to 100 percent.")
        raise Misread("units", message, number=number)
    return Sharer(
        unit=unit,
        floor=int(storey),
        area_dm2=hundredths(area),
        coefficient="" if coefficient == "-" else coefficient[:12],
        relief=int(relief.rstrip("%")),
    )


def hundredths(text: str) -> int:
    """Read ``89.5`` as 8950."""
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))
