"""The process under test: ``python -m benchmarks.site DATABASE KEYS``; prints its port."""

from __future__ import annotations

import sys
from collections.abc import Callable
from multiprocessing import Value

import sqlalchemy
from sqlalchemy import event
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks import estate, orm
from wugong import Engine
from wugong_server import serve
from wugong_server.api import member_of_token, read_json
from wugong_server.app import create_app
from wugong_server.prepare import bearer
from wugong_server.settings import Settings

COMMITS = "/commits"
_commits = Value("q")  # shared with the process that writes


async def bare(request: Request) -> Response:
    """A POST behind the same middleware and with the same JSON, without the engine.

    It looks its token up in the database, as every route does that does not hand it to the writer.
    """
    community = request.path_params["community"]
    member = await run_in_threadpool(member_of_token, request, community)
    body = await read_json(request)
    return JSONResponse({"member": member, "kind": body["kind"]}, 201)


async def remembered(request: Request) -> Response:
    """The same, but it believes a token that it has seen before, revoked since or not."""
    engine = request.app.state.engine
    token = engine.tokens.seen(bearer(request), engine.now())
    if token is None:
        return await bare(request)
    body = await read_json(request)
    return JSONResponse({"member": token.member, "kind": body["kind"]}, 201)


async def by_orm(request: Request) -> Response:
    """The same ballot by one ORM transaction: no guards, no journal, no receipt."""
    return await _by_orm(request, orm.cast)


async def by_orm_in_turn(request: Request) -> Response:
    """The same where the transactions wait for each other in the process."""
    return await _by_orm(request, orm.cast_in_turn)


async def by_orm_kept(request: Request) -> Response:
    """The same with the promises of the engine."""
    return await _by_orm(request, orm.cast_kept)


async def _by_orm(request: Request, cast: Callable[..., int]) -> Response:
    community, storage = request.path_params["community"], request.app.state.engine.storage
    member = await run_in_threadpool(member_of_token, request, community)
    sent, key = await read_json(request), request.headers["idempotency-key"]
    its = sent["body"]
    seq = await run_in_threadpool(cast, storage, member, key, its["entitlement"], its["choice"])
    return JSONResponse({"member": member, "seq": seq}, 201)


def commits(_request: Request) -> Response:
    """Say how many transactions were committed so far: each is one sync of the disk."""
    return JSONResponse({"commits": _commits.value})


def _count(_connection: object) -> None:
    with _commits.get_lock():
        _commits.value += 1


def main() -> None:
    database, keys = sys.argv[1:]
    taken = serve.listen("127.0.0.1", 0)
    event.listen(sqlalchemy.Engine, "commit", _count)
    with Engine(database, estate.plugins(), keys=keys) as engine:
        orm.prepare(engine)
        app = create_app(engine, Settings(rate_limits=False))
        app.router.routes[1:1] = [  # after the one that records
            Route("/bare/{community}", bare, methods=["POST"]),
            Route("/remembered/{community}", remembered, methods=["POST"]),
            Route("/orm/{community}", by_orm, methods=["POST"]),
            Route("/orm-in-turn/{community}", by_orm_in_turn, methods=["POST"]),
            Route("/orm-kept/{community}", by_orm_kept, methods=["POST"]),
            Route(COMMITS, commits),
        ]
        port = taken.getsockname()[1]
        serve.run(app, engine, taken, ready=lambda: print(port, flush=True))


if __name__ == "__main__":
    main()
