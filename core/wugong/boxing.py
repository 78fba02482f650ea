"""Secret ballots in a batch: put into the box without a fact, and the box opened once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from wugong import ceremony
from wugong.answers import Receipt
from wugong.box import Marks, OperatorsKey, ScrutineersKey, Slots, keys_of
from wugong.checking import Checks
from wugong.errors import Refusal, Refused
from wugong.events import Fact, kind_of
from wugong.jobs import Job, Means
from wugong.matter import Matter, SecretPoll
from wugong.packs import read_again
from wugong.people import ROLL
from wugong.polls import BoxOpened, BoxUnlocked, PollClosed
from wugong.procedures import Procedure
from wugong.rosters import Measure, read_entitlement


class Boxes(Checks):
    """The boxes of a batch; the state is the batch's own."""

    def __init__(self, means: Means, connection: Connection, community: str) -> None:
        super().__init__(means, connection, community)
        self.slots = Slots(community)

    def _boxed(self, matter: str, event: Any) -> bool:
        """Tell whether the act is a secret ballot, which leaves no fact."""
        name = kind_of(event).boxed
        return name is not None and getattr(event, name) in self._matter(matter).secret_polls

    def _deposit(self, job: Job, matter_id: str, event: Any) -> Receipt:
        """Put a secret ballot into the box: permissions and guards as for any act, but no fact."""
        kind = self._kind(event)
        matter, act = self._check(kind, matter_id, event, job.by, job.principal, job.channel)
        poll = int(getattr(event, kind.boxed or ""))
        self._take_keys(poll, matter)
        entry = self.shelf.books.get(ROLL, f"{poll}/{event.entitlement}")
        if entry is None:
            raise Refused(Refusal("wugong.not_on_the_roll"))
        right = read_entitlement(entry)
        tested = self._weighed_in(matter.secret_polls[poll])
        return self.slots.deposit(self.connection, act, poll, job.key, right, tested)

    def _take_keys(self, poll: int, matter: Matter) -> None:
        """Have the keys of a secret poll at hand; the operator's are made where there were none."""
        if poll in self.slots.marks:
            return
        marks, box = keys_of(self.community, poll)
        written = matter.secret_polls[poll].box_key
        wanted = [marks] if written else [marks, box]
        found = self.means.keys.ensure(wanted)
        if len(found) < len(wanted):  # destroyed when a copy of this box was opened
            raise Refused(Refusal("wugong.box_of_another_key"))
        public = ScrutineersKey(ceremony.read_box_key(written)) if written else None
        key = public or OperatorsKey(found[box])
        self.slots.take(self.connection, poll, Marks(found[marks]), key)

    def _unlock(self, matter: Matter, shares: BoxUnlocked) -> BoxUnlocked:
        """Join the shares into the key of a box; the numbers of the shares may be recorded."""
        key = ceremony.read_box_key(matter.secret_polls[shares.poll].box_key)
        secret, numbers = ceremony.join(key, shares.shares)
        self.slots.keys[shares.poll] = ScrutineersKey(key, secret)
        return replace(shares, shares=tuple(str(number) for number in numbers))

    def _emptied(self, matter: Matter, fact: Fact) -> BoxOpened | None:
        """Open the box of a secret poll: at the closing, or when the scrutineers unlocked it."""
        poll = int(fact.event.poll)
        if poll not in matter.secret_polls:
            return None
        awaits_shares = isinstance(fact.event, PollClosed) and matter.secret_polls[poll].box_key
        if awaits_shares and not self.slots.is_empty(self.connection, poll):
            return None
        if written := matter.secret_polls[poll].box_key:  # opened by shares, whatever keys we hold
            key = ScrutineersKey(ceremony.read_box_key(written))
            self.slots.keys.setdefault(poll, key)
        else:
            self._take_keys(poll, matter)
        return self.slots.empty(self.connection, poll, self._weighed_in(matter.secret_polls[poll]))

    def _weighed_in(self, poll: SecretPoll) -> Collection[Measure]:
        """Return the measures that the law of a poll tests; of any other no weight is stated."""
        if poll.texts:
            return _read(poll.procedure, poll.texts).measures
        known = self.registry.procedures.get(poll.procedure)
        return known.measures if known is not None else ("heads", "households", "area")


@lru_cache(maxsize=256)
def _read(name: str, texts: tuple[str, ...]) -> Procedure:
    return read_again(name, texts)
