"""What became of a ballot whose receipt somebody typed or scanned, without signing in."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from wugong import N_, OPERATOR, BoxOpened, Engine, Matter
from wugong_voting.ballots import BALLOTS, under
from wugong_voting.state import Poll, polls_of

COUNTED = N_("This ballot was counted.")
REPLACED = N_("A later ballot of the same entitlement was counted in its place.")
LATER = N_("Once the poll is closed, this page says whether the ballot was counted.")
MOST_KEPT = 20  # polls

_counted: WeakKeyDictionary[Engine, dict[tuple[str, int], frozenset[int]]] = WeakKeyDictionary()


def told(matter: Matter, seq: int, engine: Engine) -> str | None:
    """Return as message id what became of the ballot that a receipt leads to; 0: in its box.

    Whose it is nobody reads here: it is looked whether its number stands among those counted.
    While the poll runs nothing is told, or whoever bought a vote could look whether it changed.
    """
    fact = engine.fact(matter.community, seq, OPERATOR) if seq else None
    if fact is not None and isinstance(fact.event, BoxOpened):
        return COUNTED
    polls = [p for p in polls_of(matter).values() if p.id < seq and not p.opened.secret]
    over = [poll for poll in polls if poll.decided is not None and seq < poll.decided_by]
    if any(seq in _numbers(engine, matter, poll) for poll in over):
        return COUNTED
    if any(poll.decided is None for poll in polls):
        return LATER
    return REPLACED if over else None


def _numbers(engine: Engine, matter: Matter, poll: Poll) -> frozenset[int]:
    """Return the numbers of the ballots that a decided poll counted; kept, they never change."""
    kept, place = _counted.setdefault(engine, {}), (matter.community, poll.id)
    if place not in kept:
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)))
        book = engine.book(BALLOTS, matter.community, prefix=under(poll.id))
        kept[place] = frozenset(one["since"] for one in book.values())
    return kept[place]
