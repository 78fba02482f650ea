"""The notice board: what is posted, until when, and each notice as one A4 sheet with its QR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wugong import Matter
from wugong_server.hookspecs import Notice
from wugong_server.page import Page, page_of, url
from wugong_server.paper import postings_of
from wugong_server.responding import paged, respond

MOST_MATTERS = 200  # newest; what older matters posted stands on their own pages


@dataclass(frozen=True, slots=True)
class Posted:
    """A notice with the matter it belongs to, as the board shows it."""

    notice: Notice
    matter: str
    title: str
    href: str
    current: bool
    day: int


def posted(page: Page, community: str) -> list[Posted]:
    """Return what is posted in a community, what hangs now first, then newest first."""
    known: list[Posted] | None = page.known.get("posted")
    if known is not None:
        return known
    lines, _total = page.engine.matters(community, page.viewer, limit=MOST_MATTERS)
    found: list[Posted] = []
    for matter_id in [community, *(line.id for line in lines)]:
        matter = page.engine.matter(matter_id)
        notices = notices_of(page, matter)
        found += [_posted(page, matter, notice) for notice in notices]
    found.sort(key=lambda one: (not one.current, -one.notice.seq))
    page.known["posted"] = found
    return found


def notices_of(page: Page, matter: Matter) -> list[Notice]:
    """Return what is posted in a matter, by plugins and by its recorded steps, newest first."""
    found = [*page.request.app.state.pages.notices(page, matter), *postings_of(page, matter)]
    return sorted(found, key=lambda one: one.seq, reverse=True)


def _posted(page: Page, matter: Matter, notice: Notice) -> Posted:
    hangs = notice.ended_at is None and (notice.until is None or page.now < notice.until)
    return Posted(
        notice=notice,
        matter=matter.id,
        title="" if matter.is_standing else matter.title,
        href=url(page.request, "notice", matter=matter.id, seq=notice.seq),
        current=hangs,
        day=notice.run if notice.working else min(notice.days, days_since(page, notice.posted_at)),
    )


def days_since(page: Page, posted_at: datetime) -> int:
    """Return the how-manieth day it is: the day of posting is not counted."""
    today, first = page.now.astimezone(page.zone).date(), posted_at.astimezone(page.zone).date()
    return max(0, (today - first).days)


def board(request: Request) -> Response:
    """Show the notice board."""
    page = page_of(request)
    page.section = "notices"
    listed = posted(page, request.path_params["community"])
    return respond(
        request,
        "notices.html",
        current=[one for one in listed if one.current],
        past=paged([one for one in listed if not one.current], request),
    )


def sheet(request: Request) -> Response:
    """Show one notice as it is printed on A4."""
    page = page_of(request)
    page.section = "notices"
    matter: Matter = request.state.matter
    for notice in notices_of(page, matter):
        if notice.seq == request.path_params["seq"]:
            proof = page.engine.proof(matter.community, notice.seq)
            return respond(
                request,
                "notice.html",
                notice=notice,
                posted=_posted(page, matter, notice),
                take_down=notice.until + timedelta(minutes=1) if notice.until else None,
                proof=proof,
            )
    raise HTTPException(404)
