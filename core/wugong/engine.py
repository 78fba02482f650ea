"""The engine: the one door. ``record`` is the only way to change anything."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from wugong import plugins as plugin_registry
from wugong.answers import Receipt
from wugong.apart import Apart, Tasks, is_possible
from wugong.audience import OPERATOR
from wugong.batch import Batch
from wugong.box import keys_of, opened_boxes
from wugong.checking import check_envelope
from wugong.clock import Clock, Steady, Watch, system_clock, system_steady
from wugong.deadlines import Calendar
from wugong.directory import Accounts, Buckets, Identities, Session, Sessions, Tokens
from wugong.documents import Documents
from wugong.engine_reading import Reading
from wugong.errors import Misconfigured, Overloaded, Refusal, Refused
from wugong.events import checked, kind_of
from wugong.folding import Matters
from wugong.jobs import Job, Means
from wugong.journal import ChainHead, Fault, check_chain, watched
from wugong.matter import community_of
from wugong.places import JURISDICTION
from wugong.publishing import Publishing
from wugong.reading import Reader
from wugong.rebuilding import build_missing, rebuild, renew_lists
from wugong.schema import Unreadable, write_time
from wugong.storage import Storage
from wugong.tables import CommunityRow, JournalRow, MatterRow
from wugong.vault import FileKeys, Keys, Random, keys_for
from wugong.vocabulary import CommunityFounded, Erased, SettingChanged
from wugong.writer import Awaited, Writer, in_transaction, process

T = TypeVar("T")
log = logging.getLogger("wugong")


class Engine(Reading):
    """Carries the matters of any number of communities in one database.

    ``database`` is an SQLAlchemy address (SQLite or PostgreSQL). ``plugins`` maps names to modules
    (default: everything installed). ``packs`` is a folder of local packs (``*.toml``), each
    stricter than its parent. ``keys`` is the file of people's keys (default: beside an SQLite
    file; PostgreSQL needs one named). ``calendar`` returns the holidays when a last day is counted
    (default: weekends alone). ``writer="inline"`` writes in the caller's thread.
    ``demonstration=True`` tolerates unsafe storage. ``steady`` counts seconds and shows when
    ``clock`` leaps: that of the machine is watched, one of your own only if you give it. Nothing
    starts before it is needed; an engine works in scripts, threads and event loops and survives a
    fork. Raises ``Misconfigured``.
    """

    def __init__(
        self,
        database: str,
        plugins: Mapping[str, Any] | None = None,
        *,
        clock: Clock = system_clock,
        steady: Steady | None = None,
        random: Random = os.urandom,
        keys: str | Path | Keys | None = None,
        writer: str = "thread",
        demonstration: bool = False,
        packs: str | Path | None = None,
        calendar: Callable[[], Calendar] = Calendar,
    ) -> None:
        if writer not in ("thread", "inline"):
            raise Misconfigured(f'writer is "thread" or "inline", not {writer!r}')
        chosen = plugin_registry.installed() if plugins is None else plugins
        self.packs = packs
        self.registry = plugin_registry.build(chosen, packs)
        self.registry.calendar = calendar
        self.storage = Storage(database, demonstration=demonstration)
        try:
            self.storage.prepare()
            kept = keys_for(self.storage, keys)
        except BaseException:
            self.storage.dispose()
            raise
        if clock is system_clock:
            steady = steady or system_steady
        watch = Watch(clock, steady)
        matters = Matters(self.registry)
        self._means = Means(self.storage, self.registry, matters, kept, watch, random)
        self._reader = Reader(self._means)
        self.documents = Documents(self._means, self._reader)
        self._publishing = Publishing(self._means, self._process)
        self._inline = writer == "inline"
        self._apart: Apart | None = None
        self._writer = Writer(self._work, self._tell)
        self._turn = threading.RLock()  # inline acts of several threads take turns
        self._publishing_now = False
        self.identities = Identities(self.storage)
        self.accounts = Accounts(self.storage, self.identities)
        self.sessions = Sessions(self.storage)
        self.tokens = Tokens(self.storage)
        self._buckets = Buckets(self.storage)
        try:
            build_missing(self._means)
            self._destroy_keys()
        except BaseException:
            self.close()
            raise

    # Recording

    def found(
        self,
        community: str,
        *,
        title: str,
        setting: str,
        plugins: Sequence[str] | None = None,
        jurisdiction: str = "",
    ) -> Receipt:
        """Found a community: a name of small letters, digits and hyphens; by the operator.

        Without ``plugins`` it has all but the packs of other settings: no village law in a city.
        ``jurisdiction`` is where it lies; it can be said later as well, as a setting.
        Raises ``ValueError`` for a name out of shape or a ``setting`` that no plugin brings.
        """
        if (
            not community.replace("-", "").isalnum()
            or not community.isascii()
            or (community != community.lower() or not 2 <= len(community) <= 40)
        ):
            raise ValueError(
                "a community's id has 2 to 40 small letters, digits and hyphens, "
                f"got {community[:60]!r}"
            )
        self.registry.check_setting(setting)
        fitting = self.registry.fitting(setting) if plugins is None else plugins
        chosen = tuple(sorted(fitting))
        for name in chosen:
            if name not in self.registry.packages:
                near = plugin_registry.nearest(name, self.registry.packages)
                raise Misconfigured(f"plugin {name} is not installed{near}")
        founded = CommunityFounded(title=title, setting=setting, plugins=chosen)
        acts: list[tuple[str, Any]] = [(community, founded)]
        if jurisdiction:
            acts.append((community, SettingChanged(name=JURISDICTION, value=jurisdiction)))
        return self.record_many(acts, by="operator")[0]

    def record(
        self,
        matter: str,
        event: Any,
        *,
        by: str,
        principal: str | None = None,
        channel: str = "api",
        key: str | None = None,
        connection: Connection | None = None,
    ) -> Receipt:
        """Record an event in a matter and return its receipt.

        ``by`` is the member who acts, ``principal`` the one for whom; ``key`` makes a retry safe.
        Raises ``Refused`` with all reasons, ``Unreadable`` for fields out of shape, ``Overloaded``
        when it should be tried again. Returns after the commit. With ``connection`` (PostgreSQL)
        the act joins the caller's transaction and holds the community until it ends.
        """
        acts = [(matter, event)]
        job = self._job(acts, by, principal, channel, key)
        if connection is not None:
            return self._join(job, connection)
        return self._submit(job)[0]

    def record_many(
        self,
        acts: Iterable[tuple[str, Any]],
        *,
        by: str,
        principal: str | None = None,
        channel: str = "api",
        key: str | None = None,
    ) -> list[Receipt]:
        """Record several events of one community in one commit: all of them or none."""
        listed = list(acts)
        return self._submit(self._job(listed, by, principal, channel, key)) if listed else []

    async def arecord(
        self,
        matter: str,
        event: Any,
        *,
        by: str,
        principal: str | None = None,
        channel: str = "api",
        key: str | None = None,
        token: str = "",
        session: Session | None = None,
    ) -> Receipt:
        """Like :meth:`record`, awaiting the writer without blocking the event loop.

        ``token``: the id of the token by which ``by`` is known; ``session``: the session by which.
        ``Revoked`` where it is no more, or not as it was found.
        """
        job = self._job([(matter, event)], by, principal, channel, key)
        job.token, job.session = token, session
        if self._inline:
            self._run_inline([job])
            return _result(job)[0]
        awaited = Awaited()
        job.done = awaited
        self._writer.submit(job)
        receipts: list[Receipt] = await awaited.future
        return receipts[0]

    def read(self, kind: str, body: Any) -> Any:
        """Make an event from JSON; ``Refused`` for an unknown kind, ``Unreadable`` for its body."""
        known = self.registry.kind(kind)
        if known is None:
            raise Refused(Refusal("wugong.kind_unknown", details={"kind": str(kind)[:80]}))
        return known.read(body)

    def _job(
        self,
        acts: Sequence[tuple[str, Any]],
        by: str,
        principal: str | None,
        channel: str,
        key: str | None,
    ) -> Job:
        communities = {community_of(matter) for matter, _event in acts}
        if len(communities) != 1:
            raise ValueError("acts recorded together belong to one community")
        check_envelope(by=by, principal=principal, channel=channel, key=key)
        for matter, _event in acts:
            check_envelope(matter=matter)
        read = [(matter, checked(event)) for matter, event in acts]
        boxed = any(self._is_boxed(matter, event) for matter, event in read)
        return Job(communities.pop(), read, by, principal, channel, key, boxed=boxed)

    def _is_boxed(self, matter: str, event: Any) -> bool:
        """Tell whether an act is a secret ballot, as far as this process knows."""
        name = kind_of(event).boxed
        if name is None:
            return False
        poll, known = getattr(event, name), self._means.matters.kept(matter)
        try:
            if known is None or poll > known.last:  # perhaps another process opened it since
                known = self._reader.matter(matter)
        except LookupError:
            return False
        return poll in known.secret_polls

    def _submit(self, job: Job) -> list[Receipt]:
        if self._inline:
            self._run_inline([job])
            return _result(job)
        ended = threading.Event()
        job.done = lambda _job: ended.set()
        self._writer.submit(job)
        ended.wait()
        self.storage.look_again()
        return _result(job)

    def _run_inline(self, jobs: list[Job]) -> None:
        with self._turn:
            self._process(jobs)
            if not self._publishing_now:
                self._publishing_now = True
                try:
                    self._publishing.run()
                finally:
                    self._publishing_now = False

    def write_apart(self, leave: Callable[[], None] = lambda: None) -> bool:
        """Do batches and ticks in a process of its own from now on; tell whether that is so.

        For a program that answers requests and is about to begin: it then computes beside the
        writer, instead of in turns with it. The process is a copy of this one and begins by calling
        ``leave``, to close what it must not hold, such as a port. It is not made where the database
        is in memory or people's keys are kept by the host, on other systems than Linux, or with
        one processor.
        """
        in_files = not self.storage.is_memory and isinstance(self._means.keys, FileKeys)
        if self._inline or not in_files or not is_possible():
            return False
        self.close()  # what was open opens again, in each process for itself
        does = (self._process, self._tick, self._publishing.run, self._recover, self.close)
        try:
            self._apart = Apart(Tasks(*does), leave)
        except OSError as error:
            log.warning("there is no room for a process that writes: %s", error.strerror)
        return self._apart is not None

    def _recover(self) -> None:
        """Do what a process that was killed left undone."""
        self._publishing.forget()
        self._destroy_keys()

    def _work(self, jobs: Sequence[Job]) -> None:
        (self._apart.work if self._apart else self._process)(jobs)

    def _tell(self) -> None:
        (self._apart.tell if self._apart else self._publishing.run)()

    def _process(self, jobs: Sequence[Job]) -> None:
        process(self._means, jobs, self._committed)

    def _committed(self, batch: Batch) -> None:
        self._publishing.committed(batch.community, batch.head.seq, batch.facts)
        for fact in batch.facts:
            if isinstance(fact.event, Erased):
                self._erase(batch.community, fact.event.member)
        if batch.slots.emptied:
            for poll in batch.slots.emptied:
                for whose in keys_of(batch.community, poll):
                    self._means.keys.drop(whose)
            self.storage.leave_no_trace()

    def _join(self, job: Job, connection: Connection) -> Receipt:
        if not self.storage.is_postgres:
            raise Misconfigured("joining a host's transaction needs PostgreSQL")
        if any(isinstance(event, Erased) for _matter, event in job.acts):
            raise ValueError("an erasure destroys a key for good: record it without connection=")
        translated = connection.execution_options(schema_translate_map={None: "wugong"})
        # What is read here may be rolled back: it must not be kept for others.
        private = replace(self._means, matters=self._means.matters.copy())
        in_transaction(private, translated, job.community, [job])
        return _result(job)[0]

    def _destroy_keys(self) -> None:
        """Destroy the keys that a crash left after an erasure or the opening of a box."""
        table = JournalRow
        with self.storage.read() as connection:
            rows = connection.execute(
                select(col(table.community), col(table.body)).where(
                    col(table.community).in_(select(col(CommunityRow.id))),
                    col(table.kind) == kind_of(Erased).name,
                )
            ).all()
        erased = {(row.community, str(json.loads(row.body)["member"])) for row in rows}
        for community, member in sorted(self._means.keys.get(erased)):
            self._erase(community, member)
        self._destroy_keys_of_boxes()

    def _destroy_keys_of_boxes(self) -> None:
        """Destroy the keys of opened boxes: a host's transaction may have opened one, too."""
        with self.storage.read() as connection:
            opened = opened_boxes(connection)
        boxes = {whose for one in opened for whose in keys_of(*one)}
        for whose in sorted(left := self._means.keys.get(boxes)):
            self._means.keys.drop(whose)
        if left:
            self.storage.leave_no_trace()

    def _erase(self, community: str, member: str) -> None:
        self.identities.unlink_member(community, member)
        self._means.keys.drop((community, member))

    # Upkeep

    @property
    def keys_path(self) -> Path | None:
        """The file of people's keys, where they are kept in one."""
        return getattr(self._means.keys, "path", None)

    def export(self, community: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the journal as it is chained, with digests; for the operator and verifiers.

        The SHA-256 digest of a record is that of ``b"wugong/fact/v1\\0"`` and the canonical JSON of
        its fields without ``digest`` and ``sm3``; the SM3 digest is that of the same tag, the SM3
        digest before it in hex, and the same JSON. The first record follows the digests of
        ``b"wugong/genesis/v1\\0"`` and the community's id.
        """
        return self._reader.export(community, after)

    def tick(self) -> int:
        """Record what the clock owes in all matters; return how many facts that made.

        Nothing while the clock stands somewhere else than the seconds that passed put it.
        """
        apart = self._apart
        return apart.tick() if apart else self._tick()

    def _tick(self) -> int:
        if self.storage.has_traces:
            self.storage.leave_no_trace()
        self._destroy_keys_of_boxes()
        if leapt := self._means.clock.leapt():
            log.error("the clock leapt by %s: deadlines wait; set it right or start again", leapt)
            return 0
        for community, _title, _setting in self.communities():
            renew_lists(self._means, community)
        now = write_time(self.now())
        with self.storage.read() as connection:
            rows = connection.execute(
                select(col(MatterRow.community), col(MatterRow.id))
                .where(col(MatterRow.due).is_not(None), col(MatterRow.due) <= now)
                .order_by(col(MatterRow.due), col(MatterRow.opened), col(MatterRow.community))
            ).all()
        made = 0
        for community, matter in rows:
            try:
                with self._turn, self.storage.write() as connection:
                    batch = Batch(self._means, connection, community)
                    batch.begin([])
                    settled = batch.settle(matter)
                    batch.write()
            except Refused as refused:  # a plugin fails in this matter; the others go on
                log.error("what the clock owes %s cannot be told: %s", matter, refused)
            except OperationalError as error:
                raise Overloaded("the database cannot write now") from error
            else:
                made += settled
                batch.keep()
                self._committed(batch)
        if rows:
            self._publishing.run()
        return made

    def verify(
        self,
        community: str,
        known: Mapping[int, str] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> tuple[ChainHead, Fault | None]:
        """Recompute a community's chain from the stored rows; return its head and first fault.

        ``known``: digests by number of heads that somebody kept; see :func:`check_chain`.
        ``progress`` is told now and then how many records were looked at.
        """
        table = JournalRow
        with self.storage.read() as connection:
            rows = connection.execution_options(stream_results=True).execute(
                select(*table.__table__.columns)  # type: ignore[attr-defined]
                .where(col(table.community) == community)
                .order_by(col(table.seq))
            )
            with rows:
                return check_chain(watched(rows, progress), community, known)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Make all books, views and lists anew from the journal."""
        rebuild(self._means, progress)

    def close(self) -> None:
        """Finish what is queued and close the database and the file of keys."""
        self._writer.close()
        if self._apart is not None:
            self._apart.close()
            self._apart = None
        self.storage.dispose()
        if isinstance(self._means.keys, FileKeys):
            self._means.keys.close()

    def __enter__(self) -> Engine:
        """Use the engine in a ``with`` block."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close at the end of a ``with`` block."""
        self.close()


def _result(job: Job) -> list[Receipt]:
    if isinstance(job.result, BaseException):
        raise job.result
    if job.result is None:
        raise RuntimeError("the writer left an act without an answer")
    return job.result


__all__ = ["OPERATOR", "Engine", "Receipt", "Unreadable"]
