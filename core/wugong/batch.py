"""One batch of acts on one community: permission, guards, facts, folds, reactions, one write."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from wugong import calls, versions
from wugong.among import among, listed
from wugong.answers import Receipt, read_receipts, request_hash, write_receipts
from wugong.directory import Session
from wugong.errors import Refusal, Refused, Revoked
from wugong.events import (
    Act,
    Fact,
    Kind,
    body_of,
    kind_of,
    refs,
    sealed_fields,
    with_sealed,
)
from wugong.folding import fold_fact, with_relations
from wugong.jobs import Job, Means, Overtaken
from wugong.journal import (
    ChainHead,
    append,
    canonical,
    chain_head,
    read_stamp,
    receipt_code,
)
from wugong.matter import Matter, community_of
from wugong.people import empty_roll
from wugong.petitions import PetitionOpened
from wugong.plugins import STAGE_HOOKS
from wugong.polls import BoxUnlocked, PollClosed, PollOpened
from wugong.schema import Sealed
from wugong.shelf import link_rows
from wugong.stages import STAGES, Stage
from wugong.tables import (
    CursorRow,
    IdentityRow,
    KeyRow,
    SessionRow,
    TokenRow,
)
from wugong.vault import close
from wugong.vocabulary import (
    MatterOpened,
    StageClosed,
)
from wugong.waiting import Waiting
from wugong.writing import Written

log = logging.getLogger("wugong")

MOST_GENERATIONS = 8
MOST_FACTS = 100
MOST_SETTLED = 50
DEEP = "wugong.reactions_without_end"


# Statements are made once: that costs more than to run them.
_ANSWERS = select(
    col(KeyRow.actor), col(KeyRow.key), col(KeyRow.request), col(KeyRow.answer)
).where(
    col(KeyRow.community) == bindparam("its"), among("keys", col(KeyRow.actor), col(KeyRow.key))
)
_TOKENS = select(col(TokenRow.id)).where(among("wanted", col(TokenRow.id)))
_SESSIONS = (
    select(col(SessionRow.id), col(SessionRow.data), col(IdentityRow.member))
    .join(
        IdentityRow,
        (col(IdentityRow.issuer) == col(SessionRow.community))
        & (col(IdentityRow.subject) == col(SessionRow.member))
        & (col(IdentityRow.community) == bindparam("its")),
    )
    .where(among("wanted", col(SessionRow.id)))
)


@dataclass(slots=True)
class _State:
    """What a refused act must leave as it was."""

    matters: dict[str, Matter]
    head: ChainHead
    facts: int
    vault: int
    mark: int
    slots: tuple[int, int, int]
    changed: frozenset[str]


class Batch(Written):
    """Jobs of one community inside one transaction: ``begin``, ``run`` each, ``write``."""

    def __init__(self, means: Means, connection: Connection, community: str) -> None:
        super().__init__(means, connection, community)
        self.answers: dict[tuple[str, str], tuple[str, str]] = {}
        self.tokens: set[str] = set()  # those that still stand
        self.sessions: dict[str, tuple[Any, str]] = {}  # of those: what is kept in it, and whose
        self._began = 0  # the facts before the act under way
        self._person_keys: dict[tuple[str, str], bytes] = {}

    # Reading what the jobs need, in few statements

    def begin(self, jobs: Sequence[Job]) -> None:
        """Lock the community and read the head, keys, matters and books for ``jobs``."""
        self.means.storage.lock(self.connection, self.community)
        self.head = chain_head(self.connection, self.community)
        if self.head.seq:
            self._bring_up_to_date()
        now, self.leapt = self.means.clock.look()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        # Time never goes back in a journal, whatever the machine's clock does.
        self.at = max(now, read_stamp(self.head.at)) if self.head.at else now
        ids = {matter for job in jobs for matter, _event in job.acts}
        self.matters = self.means.matters.load(self.connection, self.community, ids)
        self._read_answers([(job.by, job.key) for job in jobs if job.key])
        self._read_tokens({job.token for job in jobs if job.token})
        self._read_sessions({job.session.id for job in jobs if job.session})
        self._load_books(jobs)
        self._prepare_keys(jobs)

    def _bring_up_to_date(self) -> None:
        """Have every book and view hold all facts before this batch; see which others do."""
        mine = set(self.shelf.versions())
        known = versions.built(self.connection, self.community)
        self._others = [name for name in known.keys() - mine if not known[name]]
        if all(known.get(name) == 0 for name in mine):
            return
        lacking = versions.lacking(self.connection, self.community, sorted(mine))
        for first, names in lacking.items():
            versions.advance(self.means, self.connection, self.community, names, first)

    def _read_answers(self, keys: Sequence[tuple[str, str]]) -> None:
        if keys:
            its = {"its": self.community, "keys": listed(keys)}
            for actor, key, request, answer in self.connection.execute(_ANSWERS, its):
                self.answers[actor, key] = request, answer

    def _read_tokens(self, wanted: set[str]) -> None:
        if wanted:
            found = self.connection.execute(_TOKENS, {"wanted": listed(wanted)})
            self.tokens = set(found.scalars())

    def _read_sessions(self, wanted: set[str]) -> None:
        if wanted:
            its = {"its": self.community, "wanted": listed(wanted)}
            for identity, data, member in self.connection.execute(_SESSIONS, its):
                self.sessions[identity] = json.loads(data), member

    def _stands(self, session: Session, by: str) -> bool:
        data, member = self.sessions.get(session.id, (None, ""))
        return member == by and (not session.from_memory or data == session.data)

    def _load_books(self, jobs: Sequence[Job]) -> None:
        people = {job.by for job in jobs} | {job.principal for job in jobs if job.principal}
        acts = []
        for job in jobs:
            for matter, event in job.acts:
                kind = self.registry.kinds.get(kind_of(event).name)
                if kind is not None:
                    acts.append(self._act(matter, event, kind, job.by, job.principal, job.channel))
        try:
            self.shelf.load_for(acts, people)
        except calls.PluginFault:
            return  # the act that caused it meets the fault again on its own, and is refused
        self._prepared = {id(act.event) for act in acts}  # the jobs keep these events alive

    def _prepare_keys(self, jobs: Sequence[Job]) -> None:
        subjects = {
            (self.community, _subject(kind_of(event), event, job.principal or job.by))
            for job in jobs
            for _matter, event in job.acts
            if any(s.clear is not None for s in sealed_fields(event).values())
        }
        if subjects:
            self._person_keys |= self.means.keys.ensure(subjects)

    # Jobs

    def run(self, job: Job) -> None:
        """Do one job; its result is a list of receipts, or the exception that refused it."""
        if job.token and job.token not in self.tokens:
            job.result = Revoked("the token was revoked")
            return
        if job.session and not self._stands(job.session, job.by):
            job.result = Revoked("the session ended, or is another's")
            return
        try:
            job.result = self._answered(job) or self._do(job)
        except (Refused, Overtaken) as refused:
            job.result = refused

    def _request(self, job: Job) -> str:
        who = job.principal or job.by

        def key_of(event: Any) -> bytes:
            subject = _subject(kind_of(event), event, who)
            return self._person_keys.get((self.community, subject), b"")

        return request_hash(job.acts, job.principal, job.channel, key_of)

    def _answered(self, job: Job) -> list[Receipt] | None:
        if job.key is None:
            return None
        known = self.answers.get((job.by, job.key))
        if known is None:
            return None
        request, answer = known
        if request != self._request(job):
            stands = read_receipts(answer)[0].seq
            told: dict[str, int | str] = {"key": job.key[:80], "stands": stands}
            raise Refused(Refusal("wugong.key_used_otherwise", details=told))
        return read_receipts(answer)

    def _do(self, job: Job) -> list[Receipt]:
        if job.cursor and (given := self._cursor(job.cursor[0])) > job.cursor[1]:
            raise Overtaken(given)
        before = self._save()
        receipts: list[Receipt] = []
        try:
            for matter, event in job.acts:
                try:
                    receipts.append(self._one(job, matter, event))
                except Refused as refused:
                    if not job.tolerant:
                        raise
                    log.warning("%s was refused: %s", kind_of(event).name, refused)
        except BaseException:
            self._restore(before)
            raise
        if job.key is not None and not any(receipt.seq == 0 for receipt in receipts):
            request, answer = self._request(job), write_receipts(receipts)
            self.answers[job.by, job.key] = request, answer
            self.new_answers.append(
                {
                    "community": self.community,
                    "actor": job.by,
                    "key": job.key,
                    "request": request,
                    "answer": answer,
                }
            )
        if job.cursor:
            self.cursors[job.cursor[0]] = job.cursor[2]
        return receipts

    def _cursor(self, plugin: str) -> int:
        """Return how far a plugin was given facts; inside the lock no other process goes on."""
        if plugin in self.cursors:
            return self.cursors[plugin]
        table = CursorRow
        query = select(col(table.seq)).where(
            col(table.community) == self.community, col(table.plugin) == plugin
        )
        return self.connection.execute(query).scalar() or 0

    def _one(self, job: Job, matter: str, event: Any) -> Receipt:
        self.settle(matter)
        before = self._save()
        first = len(self.facts)
        try:
            if self._boxed(matter, event):
                return self._deposit(job, matter, event)
            fact = self.act(matter, event, job.by, job.principal, job.channel)
            self._know_the_hour({one.matter for one in self.facts[first:]})
        except Refused:
            self._restore(before)
            raise
        except calls.PluginFault as fault:
            self._restore(before)
            raise Refused(fault.refusal) from fault
        row = self.rows[first]
        return Receipt(
            seq=fact.seq,
            matter=fact.matter,
            kind=fact.kind,
            digest=row["digest"],
            code=receipt_code(row["digest"]),
            at=row["at"],
            facts=tuple(f.seq for f in self.facts[first:]),
        )

    def _save(self) -> _State:
        return _State(
            matters=dict(self.matters),
            head=self.head,
            facts=len(self.facts),
            vault=len(self.vault),
            mark=self.shelf.mark(),
            slots=self.slots.mark(),
            changed=frozenset(self.changed),
        )

    def _restore(self, state: _State) -> None:
        self.matters, self.head = state.matters, state.head
        self.changed = set(state.changed)
        del self.facts[state.facts :], self.rows[state.facts :], self.vault[state.vault :]
        self.links = [link for link in self.links if link["source"] <= self.head.seq]
        self.shelf.back(state.mark)
        self.slots.back(state.slots)
        self._due.clear()  # the same numbers will be those of other facts

    # Settling what the clock owes

    def settle(self, matter_id: str) -> int:
        """Record what the clock owes a matter; return how many facts that made."""
        self._know_the_hour([matter_id])
        made, tried = 0, set[tuple[Any, ...]]()
        while made < MOST_SETTLED:
            due = [item for item in self.due(matter_id) if item.by and item.by <= self.at]
            due = [item for item in due if _owed(item) not in tried]
            if not due:
                break
            item = min(due, key=_owed)
            tried.add(_owed(item))  # one that goes on being awaited is not recorded for ever
            before = self._save()
            try:
                self.act(matter_id, item.then, "clock", None, "clock")
                made += 1
            except (Refused, calls.PluginFault) as refused:
                self._restore(before)
                log.error("what the clock owed %s was refused: %s", matter_id, refused)
        return made

    def _know_the_hour(self, matters: Iterable[str]) -> None:
        """Refuse what has a deadline, or begins one, after the clock leapt."""
        if self.leapt and any(self.due(matter) for matter in matters):
            minutes = int(abs(self.leapt).total_seconds() // 60)
            raise Refused(Refusal("wugong.clock_leapt", details={"minutes": minutes}))

    # One act

    def act(
        self,
        matter_id: str,
        event: Any,
        by: str,
        principal: str | None,
        channel: str,
        cause: int | None = None,
        depth: int = 0,
    ) -> Fact:
        """Check and record one event and what must happen together with it."""
        if depth == 0:
            self._began = len(self.facts)
        if community_of(matter_id) != self.community:
            # What a plugin answers may name any matter; it reaches those of this community.
            raise Refused(Refusal("wugong.matter_unknown", details={"matter": matter_id}))
        kind = self._kind(event)
        if isinstance(event, BoxUnlocked):  # nobody who is asked sees the shares, nor the journal
            bare = replace(event, shares=())
            matter, act = self._check(kind, matter_id, bare, by, principal, channel)
            act = replace(act, event=self._unlock(matter, event))
        else:
            matter, act = self._check(kind, matter_id, event, by, principal, channel)
        return self._record(kind, matter, act, cause, depth)

    def _record(self, kind: Kind, matter: Matter, act: Act, cause: int | None, depth: int) -> Fact:
        seq = self.head.seq + 1
        target = f"{self.community}.{seq}" if isinstance(act.event, MatterOpened) else act.matter
        fact = Fact(
            seq=seq,
            matter=target,
            event=self._seal(kind, act, seq),
            kind=kind.name,
            version=kind.version,
            by=act.by,
            principal=act.principal,
            channel=act.channel,
            at=self.at,
            cause=cause,
        )
        row, self.head = append(self.head, fact, self.community, kind.bulk)
        self.facts.append(fact)
        self.rows.append(row)
        if not kind.bulk:
            named = [(name, number) for name, number, _kinds in refs(fact.event)]
            self.links += link_rows(self.community, seq, named)
            self._fold(fact)
        self.shelf.fold(fact, self._opened(fact))
        if not kind.bulk:
            self._react(matter, fact, depth)
        return fact

    def _opened(self, fact: Fact) -> PollOpened | PetitionOpened | None:
        poll = getattr(fact.event, "poll", None) if fact.kind == "voting.roll_frozen" else None
        opened = [f.event for f in self.facts if f.seq == poll]
        return opened[0] if opened else None

    def _seal(self, kind: Kind, act: Act, seq: int) -> Any:
        found = sealed_fields(act.event)
        if not found:
            return act.event
        subject = _subject(kind, act.event, act.who)
        place = (self.community, subject)
        if place not in self._person_keys:
            self._person_keys |= self.means.keys.ensure([place])
        key = self._person_keys.get(place)
        if key is None:
            raise Refused(Refusal("wugong.member_erased", details={"member": subject}))
        made: dict[str, Sealed[str]] = {}
        for name, value in found.items():
            if value.clear is None:
                raise Refused(Refusal("wugong.sealed_without_text", details={"field": name}))
            made[name], cipher = close(value.clear, key, self.means.random)
            self.vault.append(
                {
                    "id": made[name].id,
                    "community": self.community,
                    "seq": seq,
                    "subject": subject,
                    "field": name,
                    "cipher": cipher,
                }
            )
        return with_sealed(act.event, made)

    def _fold(self, fact: Fact) -> None:
        matter = self._matter(fact.matter)
        folded = with_relations(self.registry, fold_fact(self.registry, matter, fact))
        self.matters[fact.matter] = folded
        self.changed.add(fact.matter)

    # What must happen together

    def _react(self, before: Matter, fact: Fact, depth: int) -> None:
        if depth >= MOST_GENERATIONS or len(self.facts) > 100_000:
            raise Refused(Refusal(DEEP, details={"kind": fact.kind}))
        if isinstance(fact.event, PollOpened | PetitionOpened):
            self._freeze(fact, depth)
        if isinstance(fact.event, PollClosed | BoxUnlocked):
            self._open_box(before, fact, depth)
        after = self._matter(fact.matter)
        closed = fact.event.stage if isinstance(fact.event, StageClosed) else Stage(0)
        for stage, hook in zip(STAGES, STAGE_HOOKS, strict=True):
            if stage & (after.stages | closed):
                self._react_in(hook, fact, depth)

    def _react_in(self, hook: str, fact: Fact, depth: int) -> None:
        if not self.registry.hearing(hook, fact.kind):
            return
        matter = self._matter(fact.matter)
        given = {"matter": matter, "fact": fact, "books": self.shelf.books}
        plugins = matter.standing.plugins
        answers = calls.reactions(self.registry, plugins, hook, given)
        for plugin, to, event in answers:
            if len(self.facts) - self._began > MOST_FACTS:
                raise Refused(Refusal(DEEP, details={"kind": fact.kind}))
            target = to or fact.matter
            self.act(target, event, f"plugin:{plugin}", None, "plugin", fact.seq, depth + 1)

    def _open_box(self, matter: Matter, fact: Fact, depth: int) -> None:
        """Open the box of a secret poll: at the closing, or when the scrutineers unlocked it."""
        opened = self._emptied(matter, fact)
        if opened is not None:
            self.act(fact.matter, opened, "plugin:wugong", None, "plugin", fact.seq, depth + 1)

    def _freeze(self, fact: Fact, depth: int) -> None:
        opened: PollOpened | PetitionOpened = fact.event
        edition = self._matter(self.community).standing.rosters[opened.roster]
        frozen = self.shelf.freeze(fact.seq, opened, edition)
        if frozen.entitlements == 0:
            raise Refused(empty_roll(opened))
        self.act(fact.matter, frozen, "plugin:wugong", None, "plugin", fact.seq, depth + 1)


def _owed(item: Waiting) -> tuple[Any, ...]:
    """Return what tells one debt of the clock from another, in the order they are paid."""
    return (
        item.by,
        item.what,
        item.about or 0,
        kind_of(item.then).name,
        canonical(body_of(item.then)),
    )


def _subject(kind: Kind, event: Any, who: str) -> str:
    return str(getattr(event, kind.sealed_for)) if kind.sealed_for else who
