"""The journal: what was recorded, its head in both hashes, and how a receipt is checked."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from wugong import Refusal, Refused
from wugong_server.limits import LOOK_UPS, network
from wugong_server.page import page_of
from wugong_server.prepare import too_many
from wugong_server.responding import PER_PAGE, page_number, respond
from wugong_server.site.home import titles_of
from wugong_server.telling import tell


def show(request: Request) -> Response:
    """Show the journal of a community in plain words, newest first, a page of 20."""
    page = page_of(request)
    community = request.path_params["community"]
    kinds = sorted(
        (kind.name, page.words_of(kind.plugin)(kind.title))
        for kind in page.engine.registry.kinds.values()
        if kind.title
    )
    kind = request.query_params.get("kind", "")
    chosen = (kind,) if kind in dict(kinds) else ()
    number = min(page_number(request), 500)
    facts = page.engine.facts(
        community,
        page.viewer,
        whole=True,
        newest=True,
        kinds=chosen,
        bulk=bool(chosen),
        limit=number * PER_PAGE + 1,
    )
    shown = facts[(number - 1) * PER_PAGE : number * PER_PAGE]
    return respond(
        request,
        "journal.html",
        told=tell(page, shown, titles_of(page, shown)),
        number=number,
        more=len(facts) > number * PER_PAGE,
        kinds=sorted(kinds, key=lambda one: one[1]),
        kind=kind if chosen else "",
        tree=page.engine.root(community),
    )


def verify(request: Request) -> Response:
    """Look up a receipt code and say what it proves."""
    page = page_of(request)
    code = request.query_params.get("code", "").strip()
    proof, refused = None, None
    if code:
        buckets = request.app.state.buckets
        bucket = f"look/{network(request, page.settings.trusted_proxies)}"
        wait = buckets.take(bucket, LOOK_UPS)
        buckets.settle(bucket, LOOK_UPS, page.engine.spend)
        if page.settings.rate_limits and wait > 0:
            raise too_many(wait)
        try:
            proof = page.engine.receipt(request.path_params["community"], code)
        except ValueError:
            refused = Refused(Refusal("wugong.code_misspelt"))
        if proof is None and refused is None:
            refused = Refused(Refusal("wugong.code_unknown"))
    matter = page.engine.matter(proof.matter) if proof and proof.matter else None
    if matter is not None and not page.engine.may_read_matter(matter, page.viewer):
        matter = None
    return respond(
        request,
        "verify.html",
        status=404 if refused else 200,
        code=code,
        proof=proof,
        inclusion=page.engine.inclusion(request.path_params["community"], proof) if proof else None,
        where=matter,
        refused=refused,
    )
