"""A roster by the API: the file is checked, tried, and imported whole, as on the page."""

from __future__ import annotations

from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wugong import Words
from wugong.importing import Plan, plan_import
from wugong.roster_columns import Problem
from wugong.roster_files import read_roster
from wugong.rosters import Measure
from wugong_server.api_query import Query, idempotency_key
from wugong_server.api_reading import SIGN_IN
from wugong_server.importing import MEASURES, NAME, plan_json, problem_json
from wugong_server.page import Page, page_of
from wugong_server.problem import Malformed, WrongRows
from wugong_server.site.desk import require
from wugong_server.site.roster import MOST_PROBLEMS

FIELD = "file"  # of a form that carries the file


async def import_roster(request: Request) -> Response:
    """Import the roster file that was sent; ``dry_run=true`` says what that would change."""
    page = page_of(request)
    if not page.member:
        raise HTTPException(401, headers=SIGN_IN)
    require(page, "admin")
    query = Query(page, "roster", "measure", "dry_run")
    roster, measure = query.text("roster"), query.text("measure") or MEASURES[0]
    dry_run = query.flag("dry_run")
    if not NAME.fullmatch(roster):
        query.problems.append(("query.roster", "must be one of small letters and digits"))
    if measure not in MEASURES:
        query.problems.append(("query.measure", f"must be one of {', '.join(MEASURES)}"))
    query.done()
    content = await _content(request)
    key = idempotency_key(request) or None
    return await run_in_threadpool(
        _import, page, roster, cast(Measure, measure), content, dry_run, key
    )


async def _content(request: Request) -> bytes:
    """Return the bytes of the file: the body itself, or the file in a form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get(FIELD)
        if not isinstance(file, UploadFile):
            raise Malformed(422, (FIELD, "is missing"))
        return await file.read()


def _import(
    page: Page, roster: str, measure: Measure, content: bytes, dry_run: bool, key: str | None
) -> Response:
    reading = read_roster(content, measure)
    if reading.problems:
        shown = [_wrong(one, page.words) for one in reading.problems[:MOST_PROBLEMS]]
        raise WrongRows(shown, wrong=len(reading.problems))
    plan = plan_import(page.engine, page.request.path_params["community"], roster, reading)
    written = None if dry_run else _written(page, plan, key)
    answer = plan_json(plan, reading, page.words, written=written is not None)
    answer["fact"] = written
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(answer, 200 if written is None else 201, headers=headers)


def _wrong(problem: Problem, words: Words) -> dict[str, Any]:
    place = f"row.{problem.row}" if problem.row else FIELD
    return {"place": place, "what": problem.code, **problem_json(problem, words)}


def _written(page: Page, plan: Plan, key: str | None) -> dict[str, Any] | None:
    """Record the import in one commit; return the fact of the new edition, if there is one."""
    if not plan.acts:
        return None
    last = page.engine.record_many(plan.acts, by=page.member, channel="api", key=key)[-1]
    return {"seq": last.seq, "digest": last.digest, "receipt": last.code}
