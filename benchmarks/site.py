"""The process under test: ``python -m benchmarks.site DATABASE KEYS``; prints its port."""

from __future__ import annotations

import sys

import sqlalchemy
from sqlalchemy import event
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks import estate
from wugong import Engine
from wugong_server import serve
from wugong_server.api import member_of_token, read_json
from wugong_server.app import create_app
from wugong_server.settings import Settings

BARE = "/bare/{community}"
COMMITS = "/commits"
_commits: list[None] = []


async def bare(request: Request) -> Response:
    """A POST behind the same middleware, with the same look at the token and the same JSON."""
    community = request.path_params["community"]
    member = await run_in_threadpool(member_of_token, request, community)
    body = await read_json(request)
    return JSONResponse({"member": member, "kind": body["kind"]}, 201)


def commits(_request: Request) -> Response:
    """Say how many transactions were committed so far: each is one sync of the disk."""
    return JSONResponse({"commits": len(_commits)})


def main() -> None:
    database, keys = sys.argv[1:]
    taken = serve.listen("127.0.0.1", 0)
    event.listen(sqlalchemy.Engine, "commit", lambda _connection: _commits.append(None))
    with Engine(database, estate.plugins(), keys=keys) as engine:
        app = create_app(engine, Settings(rate_limits=False))
        app.router.routes[:0] = [Route(BARE, bare, methods=["POST"]), Route(COMMITS, commits)]
        port = taken.getsockname()[1]
        serve.run(app, engine, taken, ready=lambda: print(port, flush=True))


if __name__ == "__main__":
    main()
