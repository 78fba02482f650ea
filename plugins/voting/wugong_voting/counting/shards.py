"""Shards: ballots that lie apart are summarised where they lie; only summaries travel.

A shard is a ``load``: a function without arguments that returns the shard's profile, such as
``functools.partial(read_part, 3)``. It is called where the shard is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from wugong_voting.counting.profile import Profile, mark, rank_type
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.result import Result
from wugong_voting.counting.settings import settled

Load = Callable[[], Profile]
Work = Callable[[Load], Any]
Run = Callable[[Work, Sequence[Load]], Iterable[Any]]


def counted(
    rule: str, loads: Sequence[Load], settings: Mapping[str, Any] | None = None, run: Run = map
) -> Result:
    """Count shards with ``run``, which is ``map``, ``Pool(…).imap`` or ``on_dask(client)``.

    Summaries are whole numbers, so the result is the same in whatever order they arrive.
    """
    merged = reduce(lambda one, other: one.merge(other), run(partial(summary, rule), loads))
    chosen = COUNTING[rule]
    return chosen.decide(merged, settled(chosen.settings, settings or {}))


def summary(rule: str, load: Load) -> Any:
    """Return what one shard sends."""
    return COUNTING[rule].partial(load())


def on_dask(client: Any) -> Run:
    """Run the work on a Dask cluster: ``client`` is a ``distributed.Client``."""

    def run(work: Work, loads: Sequence[Load]) -> Iterable[Any]:
        found: Iterable[Any] = client.gather(client.map(work, loads, pure=False))
        return found

    return run


def to_bytes(profile: Profile) -> list[bytes]:
    """Write each ballot as one rank an option, in one byte each, in two past 254 places."""
    kind = np.dtype(rank_type(profile.unranked)).newbyteorder("<")
    rows = np.ascontiguousarray(profile.ranks.T, dtype=kind)
    width = rows.shape[1] * kind.itemsize
    content = rows.tobytes()
    return [content[start : start + width] for start in range(0, len(content), width)]


def from_bytes(
    options: Sequence[str], groups: Iterable[tuple[bytes, int]], levels: int | None = None
) -> Profile:
    """Read kinds of ballot and how many there are of each, as a database groups them.

    A ballot that ranks nothing is blank. ``ValueError`` when one does not have every option.
    """
    unranked = mark(len(options), levels)
    kind = np.dtype(rank_type(unranked)).newbyteorder("<")
    listed = list(groups)
    width = len(options) * kind.itemsize
    if wrong := next((ballot for ballot, _ in listed if len(ballot) != width), None):
        raise ValueError(f"a ballot of {len(options)} options has {width} bytes, not {len(wrong)}")
    rows = np.frombuffer(b"".join(ballot for ballot, _ in listed), dtype=kind)
    ranks = rows.reshape(len(listed), len(options)).T
    if ranks.size and int(ranks.max()) > unranked:
        raise ValueError(f"a ballot has the rank {int(ranks.max())}; unranked is {unranked}")
    weights = np.array([number for _, number in listed], dtype=np.int64)
    full = (ranks < unranked).any(axis=0)
    return Profile(
        tuple(options),
        np.ascontiguousarray(ranks[:, full], dtype=rank_type(unranked)),
        weights[full],
        blank=int(weights[~full].sum()),
        levels=levels,
    )
