"""The JSON API under ``/api/v1``: one route records, the others read by noun.

Permissions, refusals and audiences are the engine's own, so a program can do what a person can
do on the pages, and no more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wugong import Kind, Revoked
from wugong.deciding import decide
from wugong.figures import Undecidable
from wugong.schema import Sealed, Shape
from wugong_server import attaching, openapi, pictures
from wugong_server.api_query import KEY_HEADER, Query, idempotency_key
from wugong_server.api_reading import COMMUNITY, MATTER, READING, SIGN_IN, V1, Read
from wugong_server.api_roster import import_roster
from wugong_server.hookspecs import Reading
from wugong_server.page import Page, page_of
from wugong_server.prepare import bearer
from wugong_server.problem import Malformed
from wugong_server.settings import Settings
from wugong_server.site import documents

CHANNELS = ("api", "assisted", "paper", "meeting")
FOR_OTHERS = ("principal", "channel")
INVALID = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
PLACE = re.compile(r"[a-z0-9-]{2,40}(\.[1-9][0-9]{0,14})?")


def api_routes(settings: Settings, readings: Iterable[Reading]) -> list[Route]:
    """Return every route of the API, for the app to prepare and mount; ``readings`` of plugins."""
    return [
        Route(MATTER + "/events", record, methods=["POST"], name="api.record"),
        *(_get(path, read, f"api.{read.__name__}") for path, read in READING.items()),
        *(_get(one.path, _strictly(one), one.name) for one in readings),
        Route(V1 + "/decide", work_out, methods=["POST"], name="api.decide"),
        Route(
            COMMUNITY + "/documents",
            put_document,
            methods=["POST"],
            name="api.put_document",
            max_body_size=pictures.MOST_UPLOADED,
        ),
        Route(
            COMMUNITY + "/rosters",
            import_roster,
            methods=["POST"],
            name="api.import_roster",
            max_body_size=settings.upload_limit,
        ),
        Route(COMMUNITY + "/documents/{document}", documents.show, name="api.read_document"),
        Route("/openapi.json", document, name="api.document"),
        Route("/healthz", healthz, name="api.healthz"),
        Route("/readyz", readyz, name="api.readyz"),
        Route("/version", version, name="api.version"),
    ]


def member_of_token(request: Request, community: str) -> str:
    """Return whose token a request carries, ``""`` without one; 401 when it is not valid here."""
    token = bearer(request)
    if not token:
        return ""
    engine = request.app.state.engine
    found = engine.tokens.find(token, engine.now())
    if found is None or found.community != community:
        raise HTTPException(401, headers=INVALID)
    return str(found.member)


def _get(path: str, read: Read, name: str) -> Route:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_read, request, read)

    return Route(path, answer, methods=["GET"], name=name)


def _read(request: Request, read: Read) -> Response:
    with request.app.state.engine.together():
        return _answer(request, read(page_of(request)))


def _strictly(one: Reading) -> Read:
    """Return what a plugin reads, but for a query that it does not name or allow: 422."""

    def read(page: Page) -> Any:
        query = Query(page, *one.queries)
        for name, schema in one.queries.items():
            if "enum" in schema:
                query.one_of(name, schema["enum"])
        query.done()
        return one.read(page)

    return read


def _answer(request: Request, found: Any) -> Response:
    """Answer with JSON and its ETag; 304 where the reader has it already."""
    body = _write(found).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Vary": "Accept-Language, Authorization, Cookie"}
    page = page_of(request)
    # What anybody may read can be kept and asked for again; the rest is the reader's alone.
    headers["Cache-Control"] = "no-store" if page.member else "no-cache"
    known = request.headers.get("if-none-match", "")
    if etag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


# Recording


async def record(request: Request) -> Response:
    """Record one act; a repeated request with its key gets the answer of the first."""
    page, place = page_of(request), str(request.path_params["matter"])
    if not PLACE.fullmatch(place):
        raise HTTPException(404)
    if not page.member:
        raise HTTPException(401, headers=SIGN_IN)
    body = await read_json(request)
    key = idempotency_key(request)
    if not key:
        raise Malformed(400, (KEY_HEADER, "is missing"))
    event, principal, channel = read_act(page, body)
    try:
        receipt = await page.engine.arecord(
            place,
            event,
            by=page.member,
            principal=principal,
            channel=channel,
            key=key,
            token=page.token,
            session=page.session,
        )
    except Revoked:
        page.engine.tokens.forget(page.token)
        page.engine.sessions.forget(lambda session: session == page.session)
        raise HTTPException(401, headers=INVALID) from None
    answer = {
        "seq": receipt.seq,
        "digest": receipt.digest,
        "receipt": receipt.code,
        "matter": receipt.matter,
        "kind": receipt.kind,
        "at": receipt.at,
        "facts": list(receipt.facts),
    }
    headers = {"Cache-Control": "no-store"}
    if receipt.seq:  # a secret ballot leaves no fact
        community = f"{V1}/communities/{place.partition('.')[0]}"
        root = request.scope.get("root_path", "")
        headers["Location"] = f"{root}{community}/facts/{receipt.seq}"
    return Response(_write(answer), 201, headers=headers, media_type="application/json")


async def work_out(request: Request) -> Response:
    """Say what figures come to under a procedure, as ``wugong decide`` does."""
    page, asked = page_of(request), await read_json(request)
    try:
        made = await run_in_threadpool(decide, asked, page.engine.registry.procedures)
    except Undecidable as error:
        place = str(error.details.get("where") or error.details.get("figure") or error.code)
        raise Malformed(422, (f"body.{place}", error.text[page.language])) from None
    return JSONResponse(made, headers={"Cache-Control": "no-store"})


async def read_json(request: Request) -> Any:
    """Read a JSON body strictly: what a second reader could take otherwise is refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Malformed(415, ("header.Content-Type", "must be application/json"))
    try:
        return _read_strictly((await request.body()).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Malformed(400, ("body", "is not JSON")) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed(422, ("body", "names a field twice"))
    return made


def _no_constant(text: str) -> Any:
    raise ValueError(text)


_read_strictly = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant).decode
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read_act(page: Page, body: Any) -> tuple[Any, str | None, str]:
    """Read what is to be done: the event, for whom, and through which channel."""
    if not isinstance(body, dict):
        raise Malformed(422, ("body", "must be an object"))
    problems = [(str(n), "is not a field") for n in body.keys() - {"kind", "body", *FOR_OTHERS}]
    problems += [(name, "is missing") for name in ("kind", "body") if name not in body]
    problems += [
        (name, "must be text")
        for name in ("kind", *FOR_OTHERS)
        if not isinstance(body.get(name, ""), str)
    ]
    principal = body.get("principal", page.principal) or None
    channel = body.get("channel", "assisted" if principal else "api")
    if channel not in CHANNELS:
        problems.append(("channel", f"must be one of {', '.join(CHANNELS)}"))
    if problems:
        raise Malformed(422, *problems)
    known = page.engine.registry.kind(body["kind"])
    if known is not None:
        _check_sealed(known, body["body"])
    return page.engine.read(body["kind"], body["body"]), principal, channel


def _check_sealed(kind: Kind, body: Any) -> None:
    """Take personal texts as text only: an id of the vault would be somebody else's."""
    if not isinstance(body, dict):
        return
    problems = []
    for name, shape in kind.fields.items():
        if _is_sealed(shape) and name in body:
            listed = body[name] if isinstance(body[name], list) else [body[name]]
            if any(isinstance(one, dict) for one in listed):
                problems.append((name, "must be text, got an object"))
    if problems:
        raise Malformed(422, *problems)


def _is_sealed(shape: Shape) -> bool:
    return shape.type is Sealed or (shape.inner is not None and _is_sealed(shape.inner))


async def put_document(request: Request) -> Response:
    """Store a picture or PDF for an act to come; ``kind`` in the address names that act."""
    page = page_of(request)
    if not page.member:
        raise HTTPException(401, headers=SIGN_IN)
    if not page.viewer.roles:
        raise HTTPException(403)
    named = request.query_params.get("kind", "")
    kind = page.engine.registry.kind(named) if named else None
    if named and kind is None:
        raise Malformed(422, ("query.kind", "is not a kind of act"))
    data = await request.body()
    made = await run_in_threadpool(pictures.accept, "body", data)
    whom = attaching.concerned(kind, request.query_params) if kind else ""
    found = await run_in_threadpool(attaching.put, page, kind, made, whom)
    answer = {"hash": found, "media": made.media, "size": len(made.data)}
    return JSONResponse(answer, 201, headers={"Cache-Control": "no-store"})


# About the program


async def document(request: Request) -> Response:
    """The OpenAPI document of this server, from the kinds of event that are registered."""
    state, root = request.app.state, request.scope.get("root_path", "")
    readings = state.pages.readings()
    made = await run_in_threadpool(openapi.document, state.engine.registry, root, READING, readings)
    return _answer(request, made)


async def healthz(_request: Request) -> Response:
    """The process lives; the database is not asked."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """The database answers and has the form that this program knows."""
    ready = await run_in_threadpool(_is_ready, request.app.state.engine)
    return JSONResponse({"status": "ok" if ready else "unavailable"}, 200 if ready else 503)


def _is_ready(engine: Any) -> bool:
    try:
        return engine.storage.version() is not None
    except Exception:  # whatever the driver raises: not ready
        return False


async def version(request: Request) -> Response:
    """Which program, API and hooks these are."""
    return JSONResponse(openapi.versions(request.app.state.engine.registry))
