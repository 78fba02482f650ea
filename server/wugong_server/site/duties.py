"""權責清單: who may do what in which stage, straight from the declarations that are enforced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from wugong import ANY, N_, STAGES, Kind, Stage
from wugong_server.page import Page, page_of
from wugong_server.responding import respond
from wugong_server.telling import audience_words, role_words

SPECIAL = ("operator", "clock", "plugin")


@dataclass(frozen=True, slots=True)
class Duty:
    """One act: its title, who may do it, who reads of it, and the article."""

    title: str
    who: str
    audience: str
    source: str
    public: bool
    another: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The acts of one stage, or of any."""

    key: str
    title: str
    duties: Sequence[Duty]


def show(request: Request) -> Response:
    """Show the acts that people or the rules may record, one stage at a time."""
    page = page_of(request)
    assert page.community is not None
    enabled = {*page.community.plugins, "wugong"}
    kinds = [
        kind
        for kind in page.engine.registry.kinds.values()
        if kind.title and (kind.plugin in enabled or kind.plugin in ("voting", "building", "funds"))
    ]
    listed = sections(page, kinds)
    asked = request.query_params.get("part", "")
    chosen = next((one for one in listed if one.key == asked), listed[0])
    parts = [(one.key, one.title) for one in listed]
    return respond(request, "duties.html", section=chosen, parts=parts)


def sections(page: Page, kinds: Sequence[Kind]) -> list[Section]:
    """Return the acts by stage; what may be done in every stage stands once, first."""
    anywhere = [kind for kind in kinds if any(stages == ANY for stages in kind.may.values())]
    rest = [kind for kind in kinds if kind not in anywhere]
    found = [Section("any", page.words(N_("In every stage")), _duties(page, anywhere, ANY))]
    for stage in STAGES:
        here = [kind for kind in rest if any(stages & stage for stages in kind.may.values())]
        found.append(Section(stage.key, page.words(stage.title), _duties(page, here, stage)))
    return [section for section in found if section.duties]


def _duties(page: Page, kinds: Sequence[Kind], stage: Stage) -> list[Duty]:
    return sorted((_duty(page, kind, stage) for kind in kinds), key=lambda duty: duty.title)


def _duty(page: Page, kind: Kind, stage: Stage) -> Duty:
    roles = [role for role, stages in kind.may.items() if stages & stage]
    people = [role for role in roles if role not in SPECIAL] or roles
    named = dict.fromkeys(role_words(page, role) for role in people)
    return Duty(
        title=page.words_of(kind.plugin)(kind.title),
        who=page.words(N_("glyph:list")).join(named),
        audience=audience_words(page, kind.shown_to),
        source=kind.source,
        public=kind.shown_to == "public",
        another=bool(kind.not_same_as),
    )
