"""A document by its hash, for whoever may read a fact that names it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wugong import NOBODY
from wugong_server.page import page_of

SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}
PUBLIC_SECONDS = 300  # an erasure must be felt soon


def show(request: Request) -> Response:
    """Answer with the bytes; 404 alike for what is not there, not yours or erased."""
    page, document = page_of(request), request.path_params["document"]
    community = request.path_params["community"]
    found = page.engine.documents.read(community, document, page.viewer)
    if found is None:
        raise HTTPException(404)
    public = not page.member or page.engine.documents.read(community, document, NOBODY) is not None
    suffix = SUFFIXES.get(found.media, "bin")
    how = "inline" if found.width else "attachment"
    return Response(
        found.data,
        media_type=found.media,
        headers={
            "Content-Disposition": f'{how}; filename="{document[:12]}.{suffix}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": f"public, max-age={PUBLIC_SECONDS}" if public else "no-store",
        },
    )
