"""The hooks of a plugin's web half, its ``pages.py``; see ``docs/pages.md``.

They are called while a request is answered, in a worker thread, one plugin after the other in the
order of their names. What they return is drawn; nothing they do is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import click
import pluggy
from starlette.requests import Request
from starlette.routing import Route

from wugong import Engine, Matter, Viewer, Waiting, Words

if TYPE_CHECKING:
    from wugong_server.page import Page

PROJECT = "wugong.server"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Where = Literal["matter", "home", "mine", "admin"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A section that a plugin adds to a page; the page draws the heading, ``template`` the rest."""

    order: int
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    place: Literal["main", "aside"] = "main"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something posted for all to read: on the notice board, and on paper as one A4 sheet.

    ``seq`` is the fact that posted it; ``lines`` are pairs of label and value, ``until`` the last
    moment of the ``days`` it must hang, ``ended_at`` when that was recorded. ``run`` says how many
    of its days have run where they are ``working`` days, ``unknown_years`` of which years the
    calendar has no holidays, so that ``until`` may be too early.
    """

    seq: int
    title: str
    posted_at: datetime
    until: datetime | None
    days: int
    body: str = ""
    lines: Sequence[tuple[str, str]] = ()
    place: str = ""
    about: Sequence[int] = ()
    source: str = ""
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    working: bool = False
    run: int = 0
    unknown_years: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Hanging:
    """What a step puts on the board: for how many days at least (0: no text names any)."""

    days: int = 0
    working: bool = False
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class StepSheet:
    """A step of a matter as its paper shows it, and where the paper is entered.

    ``step`` is the name of the step among all of the matter, ``flow`` what stands before its last
    dot; ``act`` the kind of event that enters it, with the fields ``preset``. ``needs`` say what
    must be reached. ``seq`` is the fact that records it; ``done``: it is not entered again by its
    code. ``main``: one of a flow that this kind of matter runs.
    """

    step: str
    flow: str
    flow_title: str
    title: str
    number: int
    of: int
    source: str
    act: str
    preset: Mapping[str, Any] = field(default_factory=dict)
    confidence: str = ""
    body: str = ""
    needs: Sequence[str] = ()
    seq: int = 0
    done: bool = False
    next: bool = False
    vote: bool = False
    main: bool = True
    hangs: Hanging | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a program may read under ``path``: below a matter or a community, as the API's own are.

    ``read`` answers for the page of a request: a value for JSON, or an ``HTTPException``. Its first
    line of documentation and ``answer``, a JSON schema, go into the OpenAPI document; ``queries``
    are the schemas of what may stand in the address, by name. ``name`` begins with the plugin's.
    """

    name: str
    path: str
    read: Callable[[Page], Any]
    answer: Mapping[str, Any]
    queries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who the host says is asking: its own name for the person, mapped by the directory.

    A host that knows our member ids gives ``member`` and needs no mapping.
    """

    subject: str = ""
    issuer: str = "host"
    member: str = ""


@hookspec
def register_routes() -> Iterable[Route]:  # type: ignore[empty-body]
    """Return the plugin's own pages. Called once, when the app is built; raise nothing here.

    Paths begin with ``/m/{matter}/`` or ``/c/{community}/``; names begin with the plugin's name.
    Example: :mod:`wugong_voting` shows a poll and its certificate.
    """


@hookspec
def register_readings() -> Iterable[Reading]:  # type: ignore[empty-body]
    """Say what programs may read of the plugin's own, beside what the API has of every plugin.

    Called when the app is built and for the OpenAPI document. Permissions are those of the page
    that shows the same: ``page.viewer`` reads, ``page.matter`` is the matter of the path.
    Example: :mod:`wugong_voting` gives a decided poll to count again.
    """


@hookspec
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: Where
) -> Iterable[Panel] | None:
    """Return sections for a page about ``matter``, or nothing.

    ``page`` is ``"matter"``, or ``"home"``, ``"mine"``, ``"admin"`` with the standing matter.
    Show only what ``viewer`` may read. One that raises is left out of the page and logged.
    Example: :mod:`wugong_planning` shows needs and opinions.
    """


@hookspec
def list_notices(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words
) -> Iterable[Notice] | None:
    """Return what is posted in ``matter``, current and past, for the notice board and for paper.

    Example: :mod:`wugong_planning` posts schemes.
    """


@hookspec
def list_sheets(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words
) -> Iterable[StepSheet] | None:
    """Return the steps of ``matter`` that have kinds of event of their own, for paper.

    The steps of procedure files have their sheets already. Called for each page that shows one.
    Example: :mod:`wugong_rural` has the six steps of 四議兩公開.
    """


@hookspec
def still_waits(matter: Matter, waiting: Waiting, viewer: Viewer, engine: Engine) -> bool | None:
    """Say whether what is awaited of a role still waits for this one reader; ``None`` else.

    Asked for each thing on a list of what waits for ``viewer``; one ``False`` takes it off. One
    that raises is logged and takes nothing off.
    Example: :mod:`wugong_voting` asks for no ballot of who voted, or is not on the roll.
    """


@hookspec
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer, engine: Engine) -> bool | None:
    """Say whether an act of kind ``act`` can still name the fact ``seq`` of ``matter``.

    Asked for each fact that a field of that act may name; one ``False`` takes it off the form, and
    an act with nothing left to name is not offered. The guards decide all the same. One that
    raises is logged and takes nothing off.
    Example: :mod:`wugong_voting` offers no ballot in a poll that is closed.
    """


@hookspec
def tell_receipt(matter: Matter, kind: str, seq: int, engine: Engine, words: Words) -> str | None:
    """Say in words what became of an act of your own kind whose receipt somebody typed.

    ``seq`` is the fact that the receipt leads to; 0: a ballot that is still in its box. Whoever
    holds the receipt reads it, signed in or not: tell nothing of what the act says. The first
    answer is shown; one that raises is logged and tells nothing.
    Example: :mod:`wugong_voting` says whether a ballot was counted.
    """


@hookspec
def actor_from_request(request: Request) -> Actor | None:
    """Say who is asking according to the host, or ``None`` for somebody unknown.

    Asked before our own sessions; the first answer counts. Never trust a header that a client can
    send: read the host's session or a signed hand-over.
    Example: the embedding tests take the user of a Starlette and of a Flask host.
    """


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to ``wugong``.

    Example: see ``docs/cli.md``.
    """
