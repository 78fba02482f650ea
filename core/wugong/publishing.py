"""After the commit: each plugin's ``published`` is given the new facts from its own cursor."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from wugong import calls
from wugong.errors import Overloaded
from wugong.events import Fact
from wugong.jobs import Job, Means, Overtaken
from wugong.journal import read_fact, read_stamp
from wugong.matter import Matter
from wugong.plugins import CORE, Implementation
from wugong.tables import CommunityRow, CursorRow, JournalRow

log = logging.getLogger("wugong.plugins")

AT_ONCE = 256
MOST_FRESH = 5000
MOST_FAILURES = 3
NOTHING = calls.Seen({})


def without_event(row: Any, kind: str) -> Fact:
    """Return the envelope of a fact whose fields its hearer did not ask for."""
    return Fact(
        seq=row.seq,
        matter=row.matter,
        event=NOTHING,
        kind=kind,
        version=row.version,
        by=row.by,
        principal=row.principal,
        channel=row.channel,
        at=read_stamp(row.at),
        cause=row.cause,
    )


class Publishing:
    """Keeps the cursors; a plugin that fails three times in a row is switched off and named."""

    def __init__(self, means: Means, process: Callable[[Sequence[Job]], None]) -> None:
        self._means, self._process = means, process
        self._implementations = means.registry.plain.get("published", [])
        self._cursors: dict[tuple[str, str], int] = {}
        self._failures: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._fresh: dict[str, list[Fact]] = {}  # the end of the chain as committed here, whole
        self._loaded = False
        self._turn = threading.Lock()
        self.off: set[str] = set()

    def committed(self, community: str, head: int, facts: Sequence[Fact]) -> None:
        """Take note that a community's chain has come to ``head``, last by these facts."""
        self._heads[community] = max(head, self._heads.get(community, 0))
        if facts and self._implementations:
            before = self._fresh.get(community, [])
            if not before or before[-1].seq + 1 != facts[0].seq or len(before) >= MOST_FRESH:
                before = []
            self._fresh[community] = [*before, *facts]

    def forget(self) -> None:
        """Look at the database anew: another process was telling, and is gone."""
        self._cursors.clear()
        self._heads.clear()
        self._fresh.clear()
        self._loaded = False

    def run(self) -> None:
        """Give every plugin what is new, until nothing is; later where the database is away.

        Later, too, once a clock that leapt is right: what follows would be refused and lost.
        """
        if not self._implementations or self._means.clock.leapt():
            return
        with self._turn:  # a tick and the writer may come at once
            try:
                self._give_all()
            except Overloaded as error:
                log.warning("what was committed is told to plugins later: %s", error)

    def _give_all(self) -> None:
        if not self._loaded:
            self._load()
        for one in self._implementations:
            for community in sorted(self._heads):
                while one.plugin not in self.off and self._step(one, community):
                    pass
        self._fresh.clear()  # whoever is behind reads the journal

    def _load(self) -> None:
        with self._means.storage.read() as connection:
            for row in connection.execute(
                select(col(CursorRow.community), col(CursorRow.plugin), col(CursorRow.seq))
            ):
                self._cursors[row[0], row[1]] = row[2]
            for (community,) in connection.execute(select(col(CommunityRow.id))):
                self._heads.setdefault(community, 2**62)
        self._loaded = True

    def _step(self, one: Implementation, community: str) -> bool:
        """Give one batch to one plugin; tell whether there may be more."""
        since = self._cursors.get((community, one.plugin), 0)
        if since >= self._heads[community]:
            return False
        with self._means.storage.read() as connection:
            records = self._after(connection, community, since)
            loaded = self._means.matters.load(connection, community, [])
        if not records:
            self._heads[community] = since
            return False
        matter = loaded[community]
        begins = matter.standing.adopted.get(one.plugin, 0)
        facts = [fact for its in records if its.seq > begins for fact in self._facts(one, its)]
        come = since, records[-1].seq
        if not facts or one.plugin not in matter.standing.plugins:
            self._cursors[community, one.plugin] = come[1]
            return True
        try:
            self._cursors[community, one.plugin] = self._give(one, matter, facts, come)
        except Exception as fault:
            self._failed(one.plugin, fault)
            return False
        self._failures[one.plugin] = 0
        return True

    def _after(self, connection: Connection, community: str, since: int) -> Sequence[Any]:
        """Return the next records: facts that are at hand, else rows of the journal."""
        fresh = self._fresh.get(community, [])
        if fresh and fresh[0].seq <= since + 1 <= fresh[-1].seq:
            first = since + 1 - fresh[0].seq
            return fresh[first : first + AT_ONCE]
        table = JournalRow
        return connection.execute(
            select(*table.__table__.columns)  # type: ignore[attr-defined]
            .where(col(table.community) == community, col(table.seq) > since)
            .order_by(col(table.seq))
            .limit(AT_ONCE)
        ).all()

    def _facts(self, one: Implementation, row: Any) -> list[Fact]:
        registry = self._means.registry
        kind = registry.kind(row.kind)
        name = kind.name if kind else row.kind
        if one.hears and name not in one.hears:
            return []
        if kind is None:
            return []
        if isinstance(row, Fact):
            return [calls.heard(registry, one.plugin, row)]
        foreign = name not in registry.core and name.partition(".")[0] not in (one.plugin, CORE)
        if foreign and (one.plugin, name) not in registry.reads:
            return [without_event(row, name)]
        return [calls.heard(registry, one.plugin, f) for f in read_fact(row, registry.kind)]

    def _give(
        self, one: Implementation, matter: Matter, facts: list[Fact], come: tuple[int, int]
    ) -> int:
        """Give facts to a plugin, record what it answers, and return how far it has come."""
        acts = calls.published(one, {"facts": tuple(facts), "matter": matter})
        if not acts:
            return come[1]
        # Together with the cursor: what follows from a fact is recorded once, whoever is asked.
        job = Job(
            matter.community,
            acts,
            f"plugin:{one.plugin}",
            channel="plugin",
            tolerant=True,
            cursor=(one.plugin, *come),
        )
        self._process([job])
        if isinstance(job.result, Overtaken):
            return job.result.seq
        if isinstance(job.result, BaseException):
            raise job.result
        return come[1]

    def _failed(self, plugin: str, fault: Exception) -> None:
        if isinstance(fault, Overloaded):
            log.warning("plugin %s, published waits: %s", plugin, fault)
            return
        count = self._failures[plugin] = self._failures.get(plugin, 0) + 1
        log.error("plugin %s, published failed (%d): %s", plugin, count, fault)
        if count >= MOST_FAILURES:
            self.off.add(plugin)
            log.error("plugin %s, published is switched off until a restart", plugin)
