"""A document by its hash, for whoever may read a fact that names it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wugong import NOBODY
from wugong_server import pictures
from wugong_server.attaching import REDUCED, SMALL
from wugong_server.page import page_of

SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}
PUBLIC_SECONDS = 300  # an erasure must be felt soon


def show(request: Request) -> Response:
    """Answer with the bytes, ``size=small`` with fewer; 404 alike for absent, secret and erased."""
    page, document = page_of(request), request.path_params["document"]
    community = request.path_params["community"]
    found = page.engine.documents.read(community, document, page.viewer)
    if found is None:
        raise HTTPException(404)
    public = not page.member or page.engine.documents.read(community, document, NOBODY) is not None
    data = found.data
    if found.width and request.query_params.get("size") == SMALL:
        data = pictures.reduced(data, REDUCED)  # never kept: an erasure must reach it, too
    suffix = SUFFIXES.get(found.media, "bin")
    how = "inline" if found.width else "attachment"
    return Response(
        data,
        media_type=found.media,
        headers={
            "Content-Disposition": f'{how}; filename="{document[:12]}.{suffix}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": f"public, max-age={PUBLIC_SECONDS}" if public else "no-store",
        },
    )
