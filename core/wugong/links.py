"""Links between facts: what a fact answers and what answers it, one step or all the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal, select
from sqlmodel import col

from wugong.audience import Viewer
from wugong.facts import Facts
from wugong.tables import JournalRow, LinkRow

TO, BY = 0, 1


class Links(Facts):
    """Follows links between facts that a viewer may know of."""

    def links(self, community: str, seq: int, viewer: Viewer) -> tuple[list[int], list[int]]:
        """Return the facts that a fact names, and those that name it, as ``viewer`` may know."""
        table = LinkRow
        with self.means.storage.read() as connection:
            at = col(table.community) == community
            to = select(col(table.target)).where(at, col(table.source) == seq)
            by = select(col(table.source)).where(at, col(table.target) == seq)
            named, naming = (set(connection.execute(query).scalars()) for query in (to, by))
            shown = self._shown(connection, community, named | naming, viewer)
        return sorted(named & shown), sorted(naming & shown)

    def chain(self, community: str, seq: int, viewer: Viewer) -> tuple[list[int], list[int]]:
        """Return all that a fact rests on and all that rests on it, over any number of links.

        From a need that is its scheme, poll, work, payment and evaluation; from the evaluation it
        is the need. What stands behind a fact that ``viewer`` may not know of is left out.
        """
        with self.means.storage.read() as connection:
            steps: tuple[list[tuple[int, int]], list[tuple[int, int]]] = [], []
            for way, source, target in connection.execute(_walk(community, seq)):
                steps[way].append((source, target) if way == TO else (target, source))
            met = {number for way in steps for step in way for number in step}
            shown = self._shown(connection, community, met, viewer)
        to, by = (_reached(seq, way, shown) for way in steps)
        return to, by

    def _shown(
        self, connection: Connection, community: str, numbers: Iterable[int], viewer: Viewer
    ) -> set[int]:
        wanted, shown = sorted(numbers), set[int]()
        columns = JournalRow.__table__.columns  # type: ignore[attr-defined]
        for i in range(0, len(wanted), 500):
            some = col(JournalRow.seq).in_(wanted[i : i + 500])
            query = select(*columns).where(col(JournalRow.community) == community, some)
            rows = connection.execute(query).all()
            shown |= {fact.seq for fact in self._readable(connection, rows, viewer)}
        return shown


def _walk(community: str, seq: int) -> Any:
    """Return the query of every link that is met from ``seq``, towards its origin and its end."""
    table = LinkRow
    source, target = col(table.source), col(table.target)
    ways = []
    for way, here in ((TO, source), (BY, target)):
        at = col(table.community) == community
        first = select(source, target).where(at, here == seq).cte(f"way{way}", recursive=True)
        end: ColumnElement[int] = first.c.target if way == TO else first.c.source
        every = first.union(select(source, target).join(first, here == end).where(at))
        ways.append(select(literal(way), every.c.source, every.c.target))
    return ways[0].union_all(ways[1])


def _reached(seq: int, steps: Iterable[tuple[int, int]], shown: Collection[int]) -> list[int]:
    """Return where steps lead from ``seq`` over facts that are shown, without itself."""
    after: dict[int, list[int]] = {}
    for here, there in steps:
        after.setdefault(here, []).append(there)
    found, ahead = set[int](), [seq]
    while ahead:
        for there in after.get(ahead.pop(), ()):
            if there in shown and there not in found:
                found.add(there)
                ahead.append(there)
    return sorted(found)
