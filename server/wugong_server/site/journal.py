"""The journal: what was recorded, its head in both hashes, and how a receipt is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wugong import Refusal, Refused
from wugong.journal import readings
from wugong_server.formats import head
from wugong_server.limits import LOOK_UPS, network
from wugong_server.page import Page, page_of
from wugong_server.prepare import too_many
from wugong_server.responding import PER_PAGE, page_number, respond
from wugong_server.site.home import titles_of
from wugong_server.telling import tell

MISREAD = "wugong.head_misread"


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
    """Look up a receipt code and say what it proves; hold an old head against the journal."""
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
        except Refused as error:
            refused = error
        if proof is None and refused is None:
            refused = Refused(Refusal("wugong.code_unknown"))
    matter = page.engine.matter(proof.matter) if proof and proof.matter else None
    told = ""
    if proof is not None and matter is not None:
        pages = request.app.state.pages
        told = pages.receipt_told(page, matter, proof.kind, proof.seq)
    if matter is not None and not page.engine.may_read_matter(matter, page.viewer):
        matter = None
    since = _since(page)
    return respond(
        request,
        "verify.html",
        status=404 if refused else _status(since["misfit"]),
        code=code,
        proof=proof,
        inclusion=page.engine.inclusion(request.path_params["community"], proof) if proof else None,
        where=matter,
        told=told,
        refused=refused,
        **since,
    )


def _status(misfit: Refusal | None) -> int:
    if misfit is None:
        return 200
    return 422 if misfit.code == MISREAD else 409


def _since(page: Page) -> dict[str, Any]:
    """Say whether the journal only grew since a head that somebody has in print."""
    typed = {name: page.request.query_params.get(name, "").strip() for name in ("seq", "head")}
    answer: dict[str, Any] = {"typed": typed, "grown": None, "misfit": None}
    if not any(typed.values()):
        return answer
    if (read := _printed(typed)) is None:
        return answer | {"misfit": Refusal(MISREAD)}
    assert page.matter is not None
    community, (number, printed) = page.matter.community, read
    grown = page.engine.growth(community, number)
    if grown is None:
        records = page.engine.head(community).seq
        misfit = Refusal("wugong.head_beyond", details={"seq": number, "records": records})
    elif not grown.fits(printed):
        shown: dict[str, int | str] = {"seq": number, "digest": head(grown.digest)}
        misfit = Refusal("wugong.head_differs", details=shown)
    else:
        return answer | {"grown": grown}
    return answer | {"misfit": misfit}


def _printed(typed: Mapping[str, str]) -> tuple[int, str] | None:
    """Read number and fingerprint; ``1107:9f3a…`` may stand in the second field alone."""
    number, colon, printed = typed["head"].replace("：", ":").rpartition(":")
    found = re.fullmatch(r"[1-9]\d{0,14}", (number if colon else typed["seq"]).replace(",", ""))
    try:
        return (int(found[0]), printed) if found and readings(printed) else None
    except ValueError:
        return None
