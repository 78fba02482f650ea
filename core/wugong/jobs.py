"""Jobs: acts on their way to the writer, and what every batch works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wugong.answers import Receipt
from wugong.clock import Watch
from wugong.directory import Session
from wugong.folding import Matters
from wugong.plugins import Registry
from wugong.storage import Storage
from wugong.vault import Keys, Random


@dataclass(slots=True)
class Job:
    """Acts that stand or fall together, from one actor; ``done`` is told how it ended."""

    community: str
    acts: Sequence[tuple[str, Any]]
    by: str
    principal: str | None = None
    channel: str = "api"
    key: str | None = None
    token: str = ""  # the id of the token it rests on, which the writer looks up once more
    session: Session | None = None  # the session it rests on, likewise
    tolerant: bool = False  # a refused act costs itself alone
    cursor: tuple[str, int, int] | None = None  # a plugin's ``published`` came from, to
    boxed: bool = False  # a secret ballot: held until several go into the box together
    result: list[Receipt] | BaseException | None = None
    done: Callable[[Job], None] | None = None

    def __reduce__(self) -> tuple[type[Job], tuple[Any, ...]]:
        """Say of what another process makes the same job: all but whom to tell of its end."""
        what = (self.community, self.acts, self.by, self.principal, self.channel, self.key)
        return Job, (*what, self.token, self.session, self.tolerant, self.cursor, self.boxed)


class Overtaken(Exception):
    """Another process gave a plugin these facts already; it came to ``seq``."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"already given up to {seq}")
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Means:
    """What every batch of an engine works with."""

    storage: Storage
    registry: Registry
    matters: Matters
    keys: Keys
    clock: Watch
    random: Random
