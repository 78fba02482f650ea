"""What an engine answers: everything that is read, through its reader."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, TypeVar

from wugong.audience import NOBODY, Viewer
from wugong.books import Book
from wugong.directory import Buckets, Identities
from wugong.errors import Refusal
from wugong.events import Fact, Kind
from wugong.facts import MatterLine
from wugong.jobs import Means
from wugong.journal import ChainHead
from wugong.matter import Matter
from wugong.proving import Growth, Inclusion, Proof
from wugong.reading import Person, Reader
from wugong.stages import Stage
from wugong.views import View
from wugong.waiting import Waiting

T = TypeVar("T")


class Reading:
    """The half of an engine that records nothing; calls are told for whom they read."""

    _means: Means
    _reader: Reader
    _buckets: Buckets
    identities: Identities

    def now(self) -> datetime:
        """Return the engine's time."""
        return self._means.clock()

    def together(self) -> AbstractContextManager[None]:
        """Read through one connection in a ``with`` block of one thread: what a page shows."""
        return self._means.storage.together()

    def matter(self, matter: str) -> Matter:
        """Return a matter as its facts leave it; ``LookupError`` for one that is not there."""
        return self._reader.matter(matter)

    def viewer(self, matter: str, member: str, *, helped: bool = False) -> Viewer:
        """Return who ``member`` is in a matter; ``helped``: as whom another acts for them."""
        return self._reader.viewer(matter, member, helped=helped)

    def communities(self) -> list[tuple[str, str, str]]:
        """Return id, title and setting of every community."""
        return self._reader.communities()

    def matters(
        self,
        community: str,
        viewer: Viewer,
        *,
        search: str = "",
        stage: Stage | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[list[MatterLine], int]:
        """Return matters that ``viewer`` may read, newest first, and how many there are."""
        return self._reader.matters(
            community, viewer, search=search, stage=stage, offset=offset, limit=limit
        )

    def may_read_matter(self, matter: Matter, viewer: Viewer) -> bool:
        """Tell whether ``viewer`` may know of a matter."""
        return self._reader.may_read_matter(matter, viewer)

    def facts(self, place: str, viewer: Viewer, **choose: Any) -> list[Fact]:
        """Return facts of a matter that ``viewer`` may read; see :meth:`Reader.facts`."""
        return self._reader.facts(place, viewer, **choose)

    def fact(self, community: str, seq: int, viewer: Viewer) -> Fact | None:
        """Return one fact by its number, ``None`` where it is not there for ``viewer``."""
        return self._reader.fact(community, seq, viewer)

    def links(self, community: str, seq: int, viewer: Viewer) -> tuple[list[int], list[int]]:
        """Return the numbers of the facts that a fact names, and of those that name it."""
        return self._reader.links(community, seq, viewer)

    def chain(self, community: str, seq: int, viewer: Viewer) -> tuple[list[int], list[int]]:
        """Return all that a fact rests on and all that rests on it; see :meth:`Links.chain`."""
        return self._reader.chain(community, seq, viewer)

    def search(self, matter: str, words: str, viewer: Viewer, limit: int = 100) -> list[Fact]:
        """Return facts of a matter in whose texts ``words`` stand; see :meth:`Reader.search`."""
        return self._reader.search(matter, words, viewer, limit)

    def texts(self, facts: Iterable[Fact], viewer: Viewer) -> dict[int, dict[str, str | None]]:
        """Open the sealed fields of facts for ``viewer``."""
        return self._reader.texts(facts, viewer)

    def open(self, fact: Fact, viewer: Viewer) -> dict[str, str | None]:
        """Open the sealed fields of one fact for ``viewer``."""
        return self._reader.open(fact, viewer)

    def names(self, community: str, members: Iterable[str], viewer: Viewer) -> dict[str, str]:
        """Return the names of members for a viewer who may know them, ``""`` otherwise."""
        return self._reader.names(community, members, viewer)

    def book(
        self, book: Book[T], community: str, keys: Iterable[str] | None = None, prefix: str = ""
    ) -> dict[str, T]:
        """Return values of a book by key; the caller minds ``book.shown_to``."""
        return self._reader.book(book, community, keys, prefix)

    def keys(self, book: Book[T], community: str, prefix: str) -> list[str]:
        """Return the keys of a book under ``prefix``: whether something stands there, not what."""
        return self._reader.keys(book, community, prefix)

    def view(
        self, view: View, community: str, viewer: Viewer, **choose: Any
    ) -> list[dict[str, Any]]:
        """Return rows of a view; see :meth:`Reader.view`."""
        return self._reader.view(view, community, viewer, **choose)

    def waiting(self, matter: str, viewer: Viewer = NOBODY) -> list[Waiting]:
        """Return what is awaited in a matter, as far as ``viewer`` may know of it."""
        return self._reader.waiting(self.matter(matter), viewer)

    def turnout(self, community: str, poll: int, *, while_open: bool = True) -> int:
        """Return how many voted in a secret poll; in steps of five while it is open."""
        return self._reader.turnout(community, poll, 5 if while_open else 1)

    def has_voted(self, community: str, poll: int, entitlement: str) -> bool:
        """Tell whether an entitlement has voted in a secret poll; for its holder's own page.

        Once the box is open nobody can tell any more.
        """
        return self._reader.has_voted(community, poll, entitlement)

    def tasks(self, community: str, viewer: Viewer) -> list[tuple[str, Waiting]]:
        """Return what waits for ``viewer`` in all matters, by deadline."""
        return self._reader.tasks(community, viewer)

    def may(self, matter: Matter, viewer: Viewer, kind: Kind) -> list[Refusal]:
        """Say why ``viewer`` may not record ``kind`` now; nothing when a page may offer it."""
        return self._reader.may(matter, viewer, kind)

    def offered(self, matter: Matter, viewer: Viewer) -> list[Kind]:
        """Return the kinds of act that ``viewer`` may record in ``matter`` now."""
        return self._reader.offered(matter, viewer)

    def head(self, community: str) -> ChainHead:
        """Return where a community's chain stands."""
        return self._reader.head(community)

    def receipt(self, community: str, code: str) -> Proof | None:
        """Return what a receipt code proves, or ``None``; ``ValueError`` for a misspelt one."""
        return self._reader.receipt(community, code)

    def inclusion(self, community: str, proof: Proof) -> Inclusion | None:
        """Return the path that proves a receipt; ``None`` while its ballot is in the box."""
        return self._reader.inclusion(community, proof)

    def root(self, community: str) -> tuple[int, str]:
        """Return size and root of the tree over the digests of all facts of a community."""
        return self._reader.root(community)

    def growth(self, community: str, old: int) -> Growth | None:
        """Return what proves that the tree over the first ``old`` facts has only grown since."""
        return self._reader.growth(community, old)

    def proof(self, community: str, seq: int) -> Proof | None:
        """Return the receipt of a fact by its number, for prints and certificates."""
        return self._reader.proof(community, seq)

    def identify(self, community: str, issuer: str, subject: str) -> str:
        """Return the member that a host's user is, or ``""``."""
        return self.identities.find(community, issuer, subject)

    def link(self, community: str, issuer: str, subject: str, member: str) -> None:
        """Say that a host's user is ``member``."""
        self.identities.link(community, issuer, subject, member)

    def take(self, bucket: str, burst: int, per_minute: int) -> float:
        """Take a token from a rate limit; return 0.0 or the seconds to wait."""
        return self._buckets.take(bucket, burst, per_minute, self.now())

    def spend(self, bucket: str, burst: int, per_minute: int, count: int) -> int:
        """Note ``count`` tokens of a rate limit as taken; return how many are left."""
        return self._buckets.spend(bucket, burst, per_minute, count, self.now())

    def directory(self, community: str, viewer: Viewer) -> list[Person]:
        """Return the members of a community as ``viewer`` may see them, by id."""
        return self._reader.directory(community, viewer)
