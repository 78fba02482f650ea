"""Pages and files made small on the way, but never so that another site learns from a length."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from wugong_server.security import API, inside

SMALLEST = 1024  # bytes: what fits into one packet gains nothing
LEVEL = 6
OWN = frozenset({"same-origin", "none"})  # none: typed, a bookmark, opened from another program


class Compression:
    """Compresses what is read on pages; the JSON API stays as it is.

    A length can tell a secret where one answer holds it beside words of somebody else's choice
    (BREACH). So what another site caused with a reader's cookie is answered in full length.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressed = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = self.compressed if _may_shrink(scope) else self.app
        await chosen(scope, receive, send)


def _may_shrink(scope: Scope) -> bool:
    if scope["type"] != "http" or inside(scope).startswith(API):
        return False
    headers = Headers(scope=scope)
    return "cookie" not in headers or headers.get("sec-fetch-site", "none") in OWN
