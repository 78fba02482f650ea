"""What templates may call: functions and filters, all for the page that is being drawn."""

from __future__ import annotations

import io
import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qsl, urlencode

import segno
from markupsafe import Markup, escape

from wugong import N_, Label, Matter, Refusal, Words, write_time
from wugong_server import conflicts, drawing, formats, laws, stories, telling
from wugong_server.fields import Field
from wugong_server.page import ACT, act_url, current, has_route, url
from wugong_server.speech import MISREAD

MOST_ITEMS = 6
template_words: ContextVar[Words | None] = ContextVar("wugong_template_words", default=None)


def words() -> Words:
    """Return the words of the template that is being drawn."""
    return template_words.get() or current().words


def say(message: str, /, **details: object) -> str:
    """Translate a message; what is drawn already (``<time>``) stays as it is."""
    if any(isinstance(value, Markup) for value in details.values()):
        return Markup(escape(words()(message))).format_map(details)
    return words()(message, **details)


def say_plural(one: str, many: str, count: int, /, **details: object) -> str:
    """Translate a message by number."""
    return words().plural(one, many, count, **details)


def gap() -> str:
    """Return what stands between two sentences: a blank, and nothing in Chinese."""
    return "" if words().language.startswith("zh") else " "


# Filters


def _marked(at: datetime, written: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(write_time(at)[:16] + "Z", written)


def on_day(at: datetime) -> Markup:
    """Write a day as ``<time>``."""
    page = current()
    return _marked(at, formats.day(at, page.now, page.zone, words()))


def day_of(day: date) -> Markup:
    """Write a date of the calendar as ``<time>``."""
    written = formats.calendar_day(day, words())
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), written)


def at_moment(at: datetime) -> Markup:
    """Write a day and hour as ``<time>``."""
    page = current()
    return _marked(at, formats.moment(at, page.now, page.zone, words()))


def by_deadline(at: datetime) -> Markup:
    """Write the end of a term as ``<time>``."""
    page = current()
    return _marked(at, formats.deadline(at, page.now, page.zone, words()))


def title_of(kind: str) -> str:
    """Return the title of a kind of event."""
    page = current()
    declared = page.engine.registry.kind(kind)
    return page.words_of(kind.partition(".")[0])(declared.title) if declared else kind


def safe_url(address: str) -> str:
    """Let only paths and http addresses through: never ``javascript:``."""
    return address if re.match(r"(?:/(?!/)|\?|#|https?://)", address) else "#"


def as_id(name: str) -> str:
    """Return an element's id for a field name."""
    return "f-" + re.sub(r"[^0-9A-Za-z_-]", "-", name)


FILTERS = {
    "money": lambda fen: formats.money(fen, words()),
    "area": lambda dm2: formats.area(dm2, words()),
    "decimal": formats.decimal,
    "number": formats.number,
    "share": lambda value: formats.share(Fraction(value), words()),
    "short": formats.short,
    "head": formats.head,
    "grouped": formats.grouped,
    "date": on_day,
    "time": at_moment,
    "deadline": by_deadline,
    "remaining": lambda at: formats.remaining(at, current().now, words()),
    "title_of": title_of,
    "safe_url": safe_url,
    "as_id": as_id,
}


def misread() -> list[Field]:
    """Return what the answers on this page could not be read for, each field by its words."""
    page = current()
    form = getattr(page.request.state, "form", None)
    kind = form.kind if form is not None else None
    if kind is None:
        route = page.request.scope.get("route")
        kind = page.engine.registry.kind(getattr(route, "name", "").removeprefix(ACT))
    say_it = page.words_of(kind.plugin) if kind else page.words
    found = []
    for name, what in page.known.get(MISREAD, {}).items():
        its = kind.fields.get(name.partition("-")[0]) if kind else None
        label = its.mark(Label) if its else None
        said = say_it(label.text) if label else page.words(N_("An answer"))
        found.append(Field(name=name, label=said, widget="text", error=what))
    return found


# Addresses


def address(name: str, /, **params: Any) -> str:
    """Return the path of a route."""
    return url(current().request, name, **params)


def address_of_act(matter: Any, kind: str, /, **preset: Any) -> str:
    """Return where an act is done."""
    return act_url(current().request, str(getattr(matter, "id", matter)), kind, **preset)


def laws_of(source: str) -> list[laws.Chip]:
    """Return the chips of a source, with the statutes that this program and its plugins tell."""
    page = current()
    known = page.engine.registry
    kind = known.settings.get(page.community.setting) if page.community else None
    return laws.chips(laws.here(source, kind.elsewhere if kind else ()), words(), known.sources)


def playing() -> dict[str, Any] | None:
    """Return how far the story of these pages has come; ``None`` outside of 模擬議事."""
    page = current()
    found = getattr(page.request.app.state, "trial", None)
    if found is None:
        return None
    step = found.coming
    return {
        "title": found.case.blurb(page.language).title,
        "done": sum(1 for one in found.played if "do" in one.step),
        "total": sum(1 for one in found.case.steps if "do" in one),
        "who": stories.who(step, found.case) if step else "",
        "what": stories.what(step, page.engine.registry, page.words) if step else "",
    }


def law_url(chip: laws.Chip) -> str:
    """Return where the article of a chip is told."""
    page = address("statute", statute=chip.statute)
    return f"{page}#{chip.anchor}" if chip.anchor else page


def absolute(path: str) -> str:
    """Return a path with the origin that people see: for QR codes and paper."""
    page = current()
    origin = page.settings.public_origin.rstrip("/")
    if not origin:
        asked = page.request.url
        origin = f"{asked.scheme}://{asked.netloc}"
    return origin + path


def static(path: str) -> str:
    """Return the path of one of our files, with its fingerprint: it may be kept for a year."""
    request = current().request
    return url(request, "static", path=path, v=request.app.state.fingerprints.get(path))


def here_with(**changes: Any) -> str:
    """Return this address with some query parameters changed."""
    scope = current().request.scope
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
    query |= {key: str(value) for key, value in changes.items()}
    query.pop("done", None)
    return "?" + urlencode(query)


def community_id() -> str:
    """Return the id of the page's community."""
    standing = current().community
    return standing.community if standing else ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the navigation."""

    text: str
    href: str
    current: bool


def navigation() -> list[Item]:
    """Return the items of the bar: five for readers, six for staff, never more."""
    page = current()
    listed = [
        ("home", N_("Home"), "home"),
        ("matters", N_("Matters"), "matters"),
        ("notices", N_("Notices"), "notices"),
        ("ledger", N_("Ledger"), "funds.ledger"),
    ]
    if page.viewer.roles & {"agent", "officer"}:
        listed.append(("desk", N_("Desk"), "desk"))
    if page.viewer.roles & {"officer", "admin"}:
        listed.append(("admin", N_("Admin"), "admin"))
    if len(listed) < MOST_ITEMS:
        listed.append(("mine", N_("Mine"), "mine"))
    here = page.section
    return [
        Item(page.words(text), url(page.request, name, community=community_id()), key == here)
        for key, text, name in listed
        if has_route(page.request, name)
    ]


# What may be done, and who it is


def may(kind: str, matter: Any = None) -> list[Refusal]:
    """Return what stands in the way of this reader; nothing when the act may be offered."""
    page = current()
    declared = page.engine.registry.kind(kind)
    where = matter or page.matter
    if declared is None or where is None:
        return [Refusal("wugong.kind_unknown", details={"kind": kind})]
    if not isinstance(where, Matter):
        where = page.engine.matter(str(getattr(where, "id", where)))
    return list(page.engine.may(where, page.acting_viewer(where), declared))


def text(fact: Any, name: str) -> str:
    """Return a sealed text of a fact if this reader may open it, else nothing."""
    page = current()
    return page.engine.open(fact, page.viewer).get(name) or ""


# Pictures


def qr_svg(target: str) -> Markup:
    """Return a QR code as SVG, error level M, without style or script."""
    out = io.BytesIO()
    segno.make(target, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass="qr", border=4
    )
    drawn = out.getvalue().decode().strip()
    label = escape(say(N_("QR code: {address}"), address=target))
    return Markup(drawn.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))


STATE_GLYPHS = {
    "wait": N_("glyph:wait"),
    "yes": N_("glyph:ok"),
    "partly": N_("glyph:half"),
    "no": N_("glyph:no"),
    "advice": N_("glyph:advice"),  # heard, whatever it says: it decides nothing
}

FUNCTIONS: dict[str, Any] = {
    "_": say,
    "ngettext": say_plural,
    "gap": gap,
    "url": address,
    "act_url": address_of_act,
    "absolute": absolute,
    "static": static,
    "here_with": here_with,
    "community_id": community_id,
    "navigation": navigation,
    "has_page": lambda name: has_route(current().request, name),
    "may": may,
    "name": lambda member: current().name(member),
    "text": text,
    "word_of_refusal": lambda refusal: telling.refusal_words(current(), refusal),
    "remedy_of": lambda refusal: telling.remedy_words(current(), refusal),
    "misread": misread,
    "problem_of": lambda name: current().known.get(MISREAD, {}).get(name, ""),
    "conflicts_of": lambda reasons: conflicts.conflicts(current(), reasons),
    "audience_words": lambda audience: telling.audience_words(current(), audience),
    "role_words": lambda role: telling.role_words(current(), role),
    "who_may": lambda kind: telling.who_may(current(), kind),
    "laws_of": laws_of,
    "law_url": law_url,
    "day_of": day_of,
    "playing": playing,
    "slips_of": lambda matter: drawing.slips(matter, words()),
    "per_cent": drawing.per_cent,
    "page_numbers": lambda listed: drawing.page_numbers(listed.number, listed.pages),
    "in_unit": drawing.in_unit,
    "unit_word": lambda unit: say(drawing.UNIT_WORDS.get(str(unit), str(unit))),
    "test_title": lambda test: drawing.test_title(test, words()),
    "test_words": lambda test: drawing.test_words(test, words()),
    "test_sum": drawing.test_sum,
    "flow_of": lambda sources, uses: drawing.flow(
        sources, uses, current().elder, words()(N_("glyph:sources"))
    ),
    "state_glyph": lambda state: say(STATE_GLYPHS[state if state in STATE_GLYPHS else "wait"]),
    "qr_svg": qr_svg,
}
