"""Documents on their way into an act: uploaded, shown as they will be kept, then named by it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from wugong import N_, Attached, Document, Fact, Kind, Unreadable
from wugong.documents import is_sealed_in
from wugong.events import documents_named
from wugong.vocabulary import MOST_ATTACHED
from wugong_server import pictures
from wugong_server.forms import Form
from wugong_server.page import Page, url

KEPT, FILES = "-kept", "-files"
MOST_ID = 80
SIDE = 120  # pixels of the longer side of a small picture
REDUCED = 2 * SIDE  # pixels that are sent for it, for screens with fine dots
SMALL = "small"
TOO_MANY = f"must have 0 to {MOST_ATTACHED} items, has "


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as a page points to it; ``width`` and ``height`` are those it is shown at."""

    href: str
    small: str  # where a picture has fewer pixels
    media: str
    size: int
    width: int
    height: int


def attached_fields(kind: Kind) -> list[str]:
    """Return the fields of an act that take documents."""
    return [name for name, its in kind.fields.items() if its.mark(Attached) is not None]


def take(page: Page, kind: Kind, sent: Form) -> tuple[Form, bool, Unreadable | None]:
    """Store what was uploaded; return the form with the hashes, whether any is new, complaints."""
    names = attached_fields(kind)
    rest = [
        (name, value)
        for name, value in sent.data.multi_items()
        if name not in names and not name.endswith((KEPT, FILES))
    ]
    problems: list[tuple[str, str]] = []
    fresh = False
    for name in names:
        files = [f for f in sent.data.getlist(name + FILES) if isinstance(f, UploadFile)]
        files = [f for f in files if f.filename]
        kept = known(page, sent.list(name + KEPT))
        if len(kept) + len(files) > MOST_ATTACHED:
            problems.append((name, f"{TOO_MANY}{len(kept) + len(files)}"))
            files = []
        for file in files:
            try:
                kept.append(_put(page, kind, name, file, concerned(kind, sent)))
                fresh = True
            except Unreadable as error:
                problems += error.problems
        for one in dict.fromkeys(kept):
            rest += [(name, one), (name + KEPT, token(page, one))]
    return Form(FormData(rest), sent.zone), fresh, Unreadable(problems) if problems else None


def concerned(kind: Kind, sent: Mapping[str, Any]) -> str:
    """Return the member whom an act concerns by its own field, or nothing."""
    value = sent.get(kind.sealed_for, "") if kind.sealed_for else ""
    return value if isinstance(value, str) and len(value) <= MOST_ID else ""


def _put(page: Page, kind: Kind, name: str, file: UploadFile, whom: str) -> str:
    data = file.file.read(pictures.MOST_UPLOADED + 1)
    return put(page, kind, pictures.accept(name, data), whom)


def put(page: Page, kind: Kind | None, made: pictures.Upload, whom: str = "") -> str:
    """Store what is kept of a file, sealed where the act that will name it is.

    ``whom``: the member whom the act concerns; else it is sealed for who puts it.
    """
    assert page.community is not None
    sealed = kind is None or is_sealed_in(kind)
    return page.engine.documents.put(
        page.community.community,
        made.data,
        made.media,
        by=page.member,
        sealed_for=(whom or page.principal or page.member) if sealed else "",
        width=made.width,
        height=made.height,
    )


def token(page: Page, document: str) -> str:
    """Return the hash with proof that this reader put it: the form shows it to nobody else."""
    message = f"document/{page.member}/{document}".encode()
    mac = hmac.new(page.settings.secret, message, hashlib.sha256).hexdigest()[:32]
    return f"{document}.{mac}"


def known(page: Page, tokens: Iterable[str]) -> list[str]:
    """Return the hashes of the tokens that are this reader's own."""
    split = [(one, one.partition(".")[0]) for one in tokens]
    return [
        document
        for one, document in split
        if hmac.compare_digest(one.encode(), token(page, document).encode())
    ]


def pending(page: Page, tokens: Iterable[str]) -> list[tuple[str, Markup]]:
    """Return token and picture of documents that this reader has put but not recorded yet.

    Only a token of ours shows a document: its hash alone may be known to others.
    """
    assert page.community is not None
    found = []
    for one in known(page, tokens):
        document = page.engine.documents.get(page.community.community, one)
        if document is not None:
            found.append((token(page, one), preview(page, document)))
    return found


def preview(page: Page, document: Document) -> Markup:
    """Draw a document that no fact names yet: nobody could ask for it by its address."""
    if not document.width:
        return Markup("{}").format(said(page, document.media, document.size))
    width, height = small(document.width, document.height)
    data = base64.b64encode(document.data).decode()
    return Markup('<img src="data:{};base64,{}" width="{}" height="{}" alt="{}"> {}').format(
        document.media,
        data,
        width,
        height,
        page.words(N_("The picture as it will be kept")),
        said(page, document.media, document.size),
    )


def said(page: Page, media: str, size: int) -> str:
    """Say what a document is and how large."""
    what = page.words(N_("Picture")) if media.startswith("image/") else "PDF"
    return page.words(N_("{what}, {size} kB"), what=what, size=max(1, -(-size // 1000)))


def small(width: int, height: int, side: int = SIDE) -> tuple[int, int]:
    """Return the size of a small picture of the same form.

    >>> small(2000, 1500)
    (120, 90)
    """
    longer = max(width, height, side)
    return max(1, width * side // longer), max(1, height * side // longer)


def shown(page: Page, facts: Sequence[Fact]) -> dict[int, tuple[Shown, ...]]:
    """Return the documents of each fact that are there to be read, by the fact's number."""
    named = {fact.seq: [one for _name, one in documents_named(fact.event)] for fact in facts}
    wanted = [one for listed in named.values() for one in listed]
    if not wanted or page.community is None:
        return {}
    community = page.community.community
    described = page.engine.documents.describe(community, wanted)
    return {
        seq: tuple(
            Shown(
                url(page.request, "document", community=community, document=one),
                url(page.request, "document", community=community, document=one, size=SMALL),
                its.media,
                its.size,
                *(small(its.width, its.height) if its.width else (0, 0)),
            )
            for one in listed
            if (its := described.get(one)) is not None
        )
        for seq, listed in named.items()
    }


class Roomy:
    """The app of a form's POST: as large as pictures need only where its act takes them.

    Somebody who is signed out, or an act without documents, gets the limit of every other form.
    """

    def __init__(self, endpoint: object, small: int, large: int) -> None:
        from starlette.middleware.body_limit import RequestBodyLimitMiddleware
        from starlette.routing import request_response

        app = request_response(endpoint)  # type: ignore[arg-type]
        self.plain = RequestBodyLimitMiddleware(app, max_body_size=small)
        self.roomy = RequestBodyLimitMiddleware(app, max_body_size=large)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        page: Page = request.state.page
        kind = page.engine.registry.kind(request.path_params.get("kind", ""))
        takes = bool(page.member and kind and attached_fields(kind))
        await (self.roomy if takes else self.plain)(scope, receive, send)
