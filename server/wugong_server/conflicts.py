"""Two people at one text: what was typed beside what the record says now.

A refusal whose details name a fact under ``stands`` says that this fact came first. Pages show
both, and what was typed stays in the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wugong import Attached, Fact, Kind, Label, Refusal, kind_of
from wugong.events import sealed_fields
from wugong_server.page import Page
from wugong_server.telling import Told, tell, values_words

STANDS = "stands"


@dataclass(frozen=True, slots=True)
class Row:
    """One field in which both differ, item by item."""

    label: str
    typed: Sequence[str]
    stands: Sequence[str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands now; ``alike`` where the reader tried an act of the same kind."""

    told: Told
    rows: Sequence[Row]
    alike: bool


def conflicts(page: Page, reasons: Iterable[Refusal]) -> list[Conflict]:
    """Return what stands in the way by its own words, as far as the reader may read it."""
    numbers = dict.fromkeys(reason.details.get(STANDS) for reason in reasons)
    found = []
    for number in numbers:
        if not isinstance(number, int) or page.community is None:
            continue
        fact = page.engine.fact(page.community.community, number, page.viewer)
        kind = page.engine.registry.kind(fact.kind) if fact else None
        if fact is not None and kind is not None:
            found.append(_conflict(page, fact, kind))
    return found


def _conflict(page: Page, fact: Fact, kind: Kind) -> Conflict:
    tried = getattr(page.request.state, "tried", None)
    alike = tried is not None and kind_of(tried) is kind
    clear: Mapping[str, Any] = {}
    if alike:
        clear = {name: sealed.clear for name, sealed in sealed_fields(tried).items()}
    texts = page.engine.open(fact, page.viewer)
    rows = _rows(page, kind, tried if alike else None, clear, fact.event, texts)
    return Conflict(tell(page, [fact])[0], list(rows), alike)


def _rows(
    page: Page,
    kind: Kind,
    tried: Any,
    clear: Mapping[str, Any],
    stands: Any,
    texts: Mapping[str, str | None],
) -> Iterator[Row]:
    words = page.words_of(kind.plugin)
    for name, its in kind.fields.items():
        label = its.mark(Label)
        if label is None or its.mark(Attached) is not None:
            continue
        typed = values_words(page, words, name, its, getattr(tried, name, None), clear)
        known = values_words(page, words, name, its, getattr(stands, name, None), texts)
        if typed != known:
            yield Row(words(label.text), typed, known)
