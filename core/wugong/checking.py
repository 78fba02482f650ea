"""What an act must satisfy before it is recorded: permission, the engine's rules, every guard."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import Connection, select
from sqlmodel import col

from wugong import calls, permission
from wugong.audience import Viewer, may_read
from wugong.documents import unknown_documents
from wugong.errors import Refusal, Refused
from wugong.events import Act, Fact, Kind, kind_of, members_named, refs
from wugong.folding import in_standing
from wugong.guards import FOUNDING, core_guard
from wugong.jobs import Means
from wugong.journal import read_fact, read_stamp
from wugong.matter import Head, Matter
from wugong.people import MEMBERS
from wugong.schema import Most, Unreadable, shape
from wugong.shelf import Shelf
from wugong.tables import JournalRow

SHORT, LONG = shape(Annotated[str, Most(80)]), shape(Annotated[str, Most(200)])


class Checks:
    """The questions that a batch asks of each act; state is the batch's own."""

    at: datetime

    def __init__(self, means: Means, connection: Connection, community: str) -> None:
        self.means, self.connection, self.community = means, connection, community
        self.registry = means.registry
        self.shelf = Shelf(means.storage, connection, means.registry, community)
        self.matters: dict[str, Matter] = {}
        self.facts: list[Fact] = []
        self._other_heads: dict[int, Head] = {}
        self._prepared: set[int] = set()

    def _matter(self, matter_id: str) -> Matter:
        if matter_id not in self.matters:
            loaded = self.means.matters.load(self.connection, self.community, [matter_id])
            self.matters.setdefault(matter_id, loaded[matter_id])
        standing = self.matters[self.community].standing
        return in_standing(self.registry, self.matters[matter_id], standing)

    def _act(
        self, matter: str, event: Any, kind: Kind, by: str, principal: str | None, channel: str
    ) -> Act:
        return Act(matter, event, kind.name, by, principal, channel, self.at)

    def _check(
        self, kind: Kind, matter_id: str, event: Any, by: str, principal: str | None, channel: str
    ) -> tuple[Matter, Act]:
        """Return matter and act once permission, rules and guards have nothing against it."""
        matter = self._matter(matter_id)
        act = self._act(matter_id, event, kind, by, principal, channel)
        act = self._permit(kind, matter, act)
        if id(event) not in self._prepared:
            self.shelf.load_for([act])
        reasons = core_guard(matter, act, self.registry)
        reasons += self._unknown_refs(matter, act) + self._unknown_members(matter, act)
        subject = str(getattr(act.event, kind.sealed_for)) if kind.sealed_for else ""
        reasons += unknown_documents(self.connection, self.community, act, subject)
        given = {"matter": matter, "act": act, "books": self.shelf.books}
        reasons += calls.guards(self.registry, matter.standing.plugins, given)
        if reasons:
            raise Refused(*_distinct(reasons))
        return matter, act

    def _kind(self, event: Any) -> Kind:
        declared = kind_of(event)
        kind = self.registry.kinds.get(declared.name)
        if kind is None or kind.cls is not type(event):
            raise Refused(Refusal("wugong.kind_unknown", details={"kind": declared.name}))
        return kind

    def _permit(self, kind: Kind, matter: Matter, act: Act) -> Act:
        reasons = permission.in_place(kind, matter)
        if reasons and kind.name in permission.STANDING_ONLY:
            raise Refused(*reasons)
        if missing := permission.lacking(kind, matter, self.registry.packages):
            raise Refused(*missing)
        roles = self._roles(matter, act.by, act)
        if act.principal is not None:
            helper = permission.ACTS_FOR_OTHERS.get(act.channel, "agent")
            if helper not in roles or act.principal == act.by:
                raise Refused(Refusal("wugong.not_agent", details={"role": helper}))
            roles = permission.lent(kind, self._roles(matter, act.principal, act))
        if not roles and matter.exists:
            raise Refused(Refusal("wugong.not_a_member", details={}))
        named = (act.matter, act.event, act.kind, act.by, act.principal, act.channel, act.at)
        act = Act(*named, roles)
        if matter.exists or kind.name == FOUNDING:
            reasons += permission.permitted(kind, matter, roles, act.event)
        reasons += permission.not_the_same(kind, matter, act, self._head)
        if reasons:
            raise Refused(*reasons)
        return act

    def _roles(self, matter: Matter, actor: str, act: Act) -> frozenset[str]:
        self.shelf.load(MEMBERS, [actor])
        enrolled = self.shelf.books.get(MEMBERS, actor) is not None
        return permission.actor_roles(matter, actor, enrolled, act)

    def _unknown_refs(self, matter: Matter, act: Act) -> list[Refusal]:
        reasons = []
        for name, number, kinds in refs(act.event):
            head = self._head(matter, number)
            if (
                head is None
                or (kinds and head.kind not in kinds)
                or not self._reads(act, number, head)
            ):
                details: dict[str, int | str] = {"field": name, "number": number}
                reasons.append(Refusal("wugong.ref_unknown", details=details))
        return reasons

    def _unknown_members(self, matter: Matter, act: Act) -> list[Refusal]:
        named = members_named(act.event)
        if not named:
            return []
        self.shelf.load(MEMBERS, [member for _field, member in named])
        return [
            Refusal("wugong.member_unknown", details={"field": name, "member": member})
            for name, member in named
            if self.shelf.books.get(MEMBERS, member) is None or member in matter.standing.erased
        ]

    def _reads(self, act: Act, number: int, head: Head) -> bool:
        # A fact that its reader may not know of is refused like one that does not exist.
        if act.by in ("operator", "clock") or act.by.startswith("plugin:"):
            return True
        kind = self.registry.kind(head.kind)
        if kind is None:
            return True
        roles = {name for name in act.roles if self._relation_reads(name, act.who, number, kind)}
        return may_read(Viewer(act.who, frozenset(roles)), kind.shown_to, head.who)

    def _relation_reads(self, name: str, who: str, number: int, kind: Kind) -> bool:
        """Tell whether a role counts for one fact: a relation may have fewer readers there."""
        plugin, relation = self.registry.relations.get(name, ("", None))
        if relation is None or relation.readers is None or name not in kind.shown_to.split("|"):
            return True
        fact = self._fact(number)
        if fact is None:
            return False
        readers = calls.trust(plugin, name, relation.readers, self._matter(fact.matter), fact)
        return who in readers

    def _fact(self, number: int) -> Fact | None:
        for fact in self.facts:
            if fact.seq == number:
                return fact
        table = JournalRow
        row = self.connection.execute(
            select(*table.__table__.columns).where(  # type: ignore[attr-defined]
                col(table.community) == self.community, col(table.seq) == number
            )
        ).first()
        return read_fact(row, self.registry.kind)[0] if row else None

    def _head(self, matter: Matter, number: int) -> Head | None:
        return matter.heads.get(number) or self._head_elsewhere(number)

    def _head_elsewhere(self, number: int) -> Head | None:
        if number in self._other_heads:
            return self._other_heads[number]
        for fact in self.facts:
            if fact.seq == number:
                return Head(fact.kind, fact.by, fact.principal, fact.at)
        table = JournalRow
        row = self.connection.execute(
            select(col(table.kind), col(table.by), col(table.principal), col(table.at)).where(
                col(table.community) == self.community, col(table.seq) == number
            )
        ).first()
        if row is None:
            return None
        head = Head(row[0], row[1], row[2], read_stamp(row[3]))
        self._other_heads[number] = head
        return head


def check_envelope(**texts: str | None) -> None:
    """Refuse what no database could keep, before it costs others their batch."""
    problems: list[tuple[str, str]] = []
    for name, value in texts.items():
        try:
            if value is not None:
                (LONG if name == "key" else SHORT).read(value, name)
        except Unreadable as error:
            problems += error.problems
    if problems:
        raise Unreadable(problems)


def _distinct(reasons: list[Refusal]) -> list[Refusal]:
    """Drop repeated reasons: two plugins that say the same say it once."""
    return [reason for i, reason in enumerate(reasons) if reason not in reasons[:i]]
