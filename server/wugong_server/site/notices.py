"""The notice board: what is posted, until when, and each notice as one A4 sheet with its QR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wugong import Kind, Matter, SheetHung, To, kind_of
from wugong.events import documents_named
from wugong_server.hookspecs import Notice
from wugong_server.page import Page, act_url, page_of, url
from wugong_server.paper import postings_of
from wugong_server.responding import paged, respond
from wugong_server.telling import Told, tell

MOST_SHEETS = 500
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
                twin=paper_twin(page, matter, notice.seq),
            )
    raise HTTPException(404)


@dataclass(frozen=True, slots=True)
class Twin:
    """The posted sheets of a notice with their pictures, and where one more is added."""

    sheets: Sequence[Told]
    add: str  # empty where no sheet of it is recorded by an act of its own, or by this reader


def paper_twin(page: Page, matter: Matter, seq: int) -> Twin:
    """Return what the record knows of the sheets of a notice: photos, and who may add one."""
    kind = kind_of(SheetHung)
    hung = page.engine.facts(matter.id, page.viewer, kinds=(kind.name,), limit=MOST_SHEETS)
    own = page.engine.fact(matter.community, seq, page.viewer)
    shown = [one for one in (own,) if one is not None and documents_named(one.event)]
    shown += [one for one in hung if one.event.notice == seq]
    return Twin(tell(page, shown), _adding(page, matter, kind, seq))


def _adding(page: Page, matter: Matter, kind: Kind, seq: int) -> str:
    to = kind.fields["notice"].mark(To)
    if to is None or seq not in matter.heads or matter.heads[seq].kind not in to.kinds:
        return ""
    if page.engine.may(matter, page.acting_viewer(matter), kind):
        return ""
    return act_url(page.request, matter.id, kind.name, notice=seq)
