"""A public view shows no row of a matter that its reader may not know of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from wugong import ANY, View, event, hookimpl
from wugong.testing import Rehearsal


@event("shelf.placed", may={"resident": ANY})
class Placed:
    """Something is put on a shelf."""

    text: str


def row(fact: Any) -> list[tuple[str, dict[str, str]]]:
    return [(str(fact.seq), {"text": fact.event.text})]


SHELF = View("shelf.things", columns={"text": str}, fill=row, hears=(Placed,))


@hookimpl
def register() -> tuple[Any, ...]:
    return (Placed, SHELF)


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        pytest.param("", ["for all"], id="signed out"),
        pytest.param("stranger", ["for all"], id="not enrolled"),
        pytest.param("li", ["for all", "for us"], id="a member"),
    ],
)
def test_a_row_is_read_by_those_who_may_read_its_matter(reader: str, read: list[str]) -> None:
    rehearsal = Rehearsal({"shelf": SimpleNamespace(register=register)}, members={"li": ()})
    for audience, text in (("public", "for all"), ("members", "for us")):
        matter = rehearsal.open("Shelf", by="li", audience=audience)
        rehearsal.act("li", matter, Placed(text=text))
    viewer = rehearsal.viewer("example", reader)
    rows = rehearsal.engine.view(SHELF, "example", viewer)
    assert [one["text"] for one in rows] == read
