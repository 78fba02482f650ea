"""What the pages of a poll say: whose ballot it is, how many took part, what is still missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from wugong import (
    LANGUAGES,
    N_,
    OPERATOR,
    ROLL,
    ROSTER,
    Ballot,
    Count,
    Engine,
    Entitlement,
    Matter,
    Measure,
    PollDecided,
    Procedure,
    Requirement,
    Test,
    Totals,
    Words,
    read_entitlement,
    totals,
)
from wugong.deciding import needed_figures
from wugong.figures import write_figure
from wugong.procedure_parts import Unit
from wugong_voting import groups
from wugong_voting.ballot_forms import ABSTAIN
from wugong_voting.ballots import BALLOTS, BY_HAND, alike, key, under
from wugong_voting.hands import all_ballots, shows_of, standing_for, tested_in
from wugong_voting.helping import helps_of
from wugong_voting.kept import Kept
from wugong_voting.law import procedure_of
from wugong_voting.mandates import Mandate, held_by, latest, mandates_of
from wugong_voting.needs import Need, WhatIf, turnout_needs, what_if
from wugong_voting.outcome import figures
from wugong_voting.state import Poll
from wugong_voting.summaries import ALL, Sum, Sums, count, times

Roll = Mapping[str, Entitlement]
SOURCES = {
    "register": N_("property register"),
    "survey": N_("survey"),
    "contract": N_("contract of sale"),
}  # 建築物區分所有權解釋 8, in this order
WAYS_OF = {
    "web": N_("on the web"),
    "paper": N_("on paper"),
    "assisted": N_("at the assisted desk"),
    "meeting": N_("at a meeting"),
    BY_HAND: N_("by show of hands"),
}


@dataclass(frozen=True)
class FrozenRoll:
    """A frozen roll as pages ask for it."""

    by_key: Roll  # of the ballots
    weights: Mapping[str, Sum]
    of_member: Mapping[str, Sequence[str]]  # keys

    @cached_property
    def in_turn(self) -> Roll:
        """The roll by group and unit, numbers by their size; the same each time it is read."""
        return dict(sorted(self.by_key.items(), key=lambda item: _turn(item[1])))


Ways = list[tuple[str, int]]
BASE_GROUPS = ("part", "present")
_rolls = Kept[FrozenRoll](8)
_rosters = Kept[Sequence[Entitlement]](8)
MOST_BOXES = 500  # polls of one matter
_ways = Kept[Ways](MOST_BOXES)
NUMERALS = "〇一二三四五六七八九"
NUMBER = re.compile(r"(\d+|[一二三四五六七八九十]+)")
TITLES = {"yes": N_("For"), "no": N_("Against"), "abstain": N_("Abstain")}  # that forms give


def titles_of(poll: Poll, words: Words) -> dict[str, str]:
    """Return the titles of the options; those that a form gave in the reader's language."""
    return {
        one.id: words(TITLES[one.id]) if one.title in _given(one.id) else one.title
        for one in poll.opened.options
    }


@cache
def _given(option: str) -> frozenset[str]:
    title = TITLES.get(option, "")
    return frozenset(Words(one, ["wugong_voting"])(title) for one in LANGUAGES if title)


def roll_of(engine: Engine, community: str, poll: int) -> Roll:
    """Return the frozen roll by ballot key."""
    return _frozen(engine, community, poll).by_key


def roll_in_turn(engine: Engine, community: str, poll: int) -> Roll:
    """Return the frozen roll as it is called and printed: its first has the paper number 1."""
    return _frozen(engine, community, poll).in_turn


def _frozen(engine: Engine, community: str, poll: int) -> FrozenRoll:
    """Return the frozen roll; kept, since it never changes."""

    def made() -> FrozenRoll:
        entries = engine.book(ROLL, community, prefix=under(poll))
        return _indexed({one: read_entitlement(entry) for one, entry in entries.items()})

    return _rolls.get(engine, (community, poll), made)


def _indexed(roll: Roll) -> FrozenRoll:
    of_member: dict[str, list[str]] = {}
    for where, right in roll.items():
        of_member.setdefault(right.member, []).append(where)
    weights = {at: (1, one.heads, one.households, one.area_dm2) for at, one in roll.items()}
    return FrozenRoll(roll, weights, of_member)


@dataclass(frozen=True, slots=True)
class Right:
    """An entitlement that the reader may vote with, and whether a ballot was cast with it."""

    entitlement: Entitlement
    cast: int = 0  # how many ballots so far; the last one counts
    mandate: Mandate | None = None  # under which somebody else votes with it, or the reader does
    by_hand: int = 0  # the number of the show of hands that stands for it
    way: str = ""  # message id: how the ballot that counts was cast, where that is known
    by: str = ""  # who cast it

    @property
    def units(self) -> str:
        """Its units, as the reader knows them; empty where the roll has but a person."""
        its = self.entitlement
        alone = "" if its.id == its.member else its.id
        return ", ".join(part.unit for part in its.parts if part.unit) or alone

    @property
    def of_household(self) -> bool:
        """Tell whether its units are a household, as on a roll that counts no floor area."""
        return not self.entitlement.area_dm2 and self.units not in ("", self.entitlement.id)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where its areas come from, as message ids; none where the roster does not say."""
        known = {part.source for part in self.entitlement.parts}
        return tuple(title for name, title in SOURCES.items() if name in known)


def rights_of(engine: Engine, matter: Matter, poll: int, member: str) -> list[Right]:
    """Return what ``member`` may vote with in a poll: their own first, then under mandates."""
    if not member:
        return []
    at, given, community = engine.now(), mandates_of(matter, poll), matter.community
    shows = shows_of(matter, poll)
    held = {m.entitlement: m for m in held_by(given, member, at)}
    roll = _frozen(engine, community, poll)
    theirs = [place for one in sorted(held) if (place := key(poll, one)) in roll.by_key]
    mine = {where: roll.by_key[where] for where in (*roll.of_member.get(member, ()), *theirs)}
    if is_secret(engine, community, poll):
        book: Mapping[str, Any] = {
            where: {"times": 1}
            for where, right in mine.items()
            if engine.has_voted(community, poll, right.id)
        }
    else:
        book = engine.book(BALLOTS, community, keys=list(mine))
    rights = []
    for where, right in mine.items():
        last = latest(given, right.id)
        mandate = last if last is not None and last.withdrawn_at is None else None
        if mandate is not None and at >= mandate.until:
            mandate = None
        show = standing_for(shows, right.id)
        by_hand, ballot = show.number if show else 0, book.get(where, {})
        way = WAYS_OF.get(ballot.get("channel", ""), "")
        its = ballot.get("times", 0), mandate, by_hand, way, ballot.get("by", "")
        rights.append(Right(right, *its))
    return sorted(rights, key=lambda one: one.entitlement.member != member)


def areas_by_source(roll: Iterable[Entitlement]) -> list[tuple[str, int]]:
    """Return the area from each source as message id and 0.01 m²; none where no unit states one.

    What states none comes last, under an empty name.
    """
    found = dict.fromkeys((*SOURCES, ""), 0)
    for part in (part for right in roll for part in right.parts):
        found[part.source] = found.get(part.source, 0) + part.area_dm2
    if not any(found[name] for name in SOURCES):
        return []
    return [(SOURCES.get(name, ""), area) for name, area in found.items() if area]


def awaits(engine: Engine, matter: Matter, poll: int, member: str) -> bool:
    """Tell whether a poll waits for a ballot that ``member`` would cast."""
    return any(
        not (right.cast or right.by_hand)
        and (right.mandate is None or right.entitlement.member != member)
        for right in rights_of(engine, matter, poll, member)
    )


def is_secret(engine: Engine, community: str, poll: int) -> bool:
    """Tell whether the ballots of a poll go into the box."""
    fact = engine.fact(community, poll, OPERATOR)
    return fact is not None and fact.event.secret


def ways_of(engine: Engine, matter: Matter, poll: Poll) -> Ways:
    """Return how the ballots of a decided poll were cast, as message id and number; kept.

    A box keeps no way beside a ballot: there stands how many people agreed to be helped.
    """
    if poll.opened.secret:
        helped = len(helps_of(matter, poll.id))
        return [(WAYS_OF["assisted"], helped)] if helped else []
    place = (matter.community, poll.id)
    return _ways.get(engine, place, lambda: _cast_how(engine, matter, poll))


def _cast_how(engine: Engine, matter: Matter, poll: Poll) -> Ways:
    book = engine.book(BALLOTS, matter.community, prefix=under(poll.id))
    found = Counter(WAYS_OF.get(one["channel"], WAYS_OF["web"]) for one in book.values())
    return [(word, found[word]) for word in WAYS_OF.values() if found[word]]


def taken_part(engine: Engine, community: str, poll: Poll) -> Count:
    """Return who has taken part so far; never what they chose."""
    weights = _frozen(engine, community, poll.id).weights
    cast = engine.keys(BALLOTS, community, under(poll.id))
    alike = Counter(map(weights.__getitem__, cast))
    return count(ALL, Sums(tuple((ALL, times(n, one)) for one, n in alike.items())).total)


def ballots_of(engine: Engine, matter: Matter, poll: Poll) -> list[Ballot]:
    """Return the ballots of a poll with their weights; no page shows them while it runs."""
    roll = roll_of(engine, matter.community, poll.id)
    cast = engine.book(BALLOTS, matter.community, prefix=under(poll.id))
    return all_ballots(cast.items(), roll, shows_of(matter, poll.id), tested_in(matter, poll))


def cast_in(engine: Engine, matter: Matter, poll: Poll) -> list[Ballot]:
    """Return the ballots of a decided poll; those of a secret one as its box was opened."""
    if poll.opened.secrecy == "open":
        return ballots_of(engine, matter, poll)
    kinds = ("voting.box_opened",)
    facts = engine.facts(matter.id, OPERATOR, kinds=kinds, limit=MOST_BOXES)
    return [one for f in facts if f.event.poll == poll.id for one in alike(f.event)]


def choosing_none(decided: PollDecided) -> Count | None:
    """Return who took part and chose nothing, where a ballot chooses one option; else nothing.

    Blank and spoilt ballots and hands that were not raised. Without them the counts of the
    options do not add up to those who took part.
    """
    stated = [one for one in (*decided.counts, decided.silent) if one]
    ballots, heads, households, area = (
        getattr(decided.taken_part, its) - sum(getattr(one, its) for one in stated)
        for its in ("ballots", "heads", "households", "area_dm2")
    )
    return count(ALL, (ballots, heads, households, area)) if ballots else None


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who took part so far, and what the quorum still needs."""

    taken_part: Count
    needs: tuple[Need, ...]
    outcomes: tuple[WhatIf, ...] = ()  # how many must then be in favour

    @property
    def favour(self) -> tuple[WhatIf, ...]:
        """What must be in favour, where the procedure tests that."""
        return tuple(one for one in self.outcomes if one.yes_of_all is not None)

    @property
    def reached(self) -> bool:
        """Whether every test of the quorum is met."""
        return all(need.test.met for need in self.needs)


def turnout_of(engine: Engine, matter: Matter, poll: Poll) -> Turnout | None:
    """Return the turnout of a poll, or ``None`` before its roll is frozen."""
    procedure = procedure_of(matter, poll)
    if poll.roll is None or procedure is None:
        return None
    if poll.opened.secret:
        return _turnout_in_steps(engine, matter, poll, procedure)
    part = taken_part(engine, matter.community, poll)
    its = figures(poll.roll), figures(part)
    return Turnout(part, turnout_needs(procedure, *its), tuple(what_if(procedure, *its)))


def _turnout_in_steps(
    engine: Engine, matter: Matter, poll: Poll, procedure: Procedure
) -> Turnout | None:
    """Return how many voted in secret, in steps of five; what each weighs would tell who it was."""
    number = engine.turnout(matter.community, poll.id, while_open=poll.closed_at is None)
    part = count(ALL, (number, number, 0, 0))
    roll = poll.roll
    if roll is None:
        return None
    its = figures(roll), figures(part)
    needs = (need for need in turnout_needs(procedure, *its) if need.test.measure == "heads")
    outcomes = (one for one in what_if(procedure, *its) if one.measure == "heads")
    return Turnout(part, tuple(needs), tuple(outcomes))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of «how it is decided»: the same condition in each measure."""

    title: str  # message id
    cells: tuple[Requirement | None, ...]


def conditions(procedure: Procedure) -> list[Line]:
    """Return the tests of a procedure, a row for taking part and one for consent."""
    rows = ((N_("Taking part"), procedure.quorum), (N_("In favour"), procedure.consent))
    return [Line(title, _in_measures(procedure, tests)) for title, tests in rows if tests]


def _in_measures(
    procedure: Procedure, tests: Sequence[Requirement]
) -> tuple[Requirement | None, ...]:
    return tuple(
        next((test for test in tests if test.measure == measure), None)
        for measure in procedure.measures
    )


def unmet(decided: PollDecided, words: Words) -> list[tuple[Test, int, str]]:
    """Return the tests that were not met, what each lacked, and the group that it is about."""
    found = []
    for test in decided.tests:
        group = groups.group_of(test, decided.groups)
        named = group_word(group.group, words) if group else ""
        if not test.met:
            found.append((test, test.needed - test.have, named))
    return found


def abouts(decided: PollDecided, titles: Mapping[str, str], words: Words) -> list[str]:
    """Return what each test is about besides its measure: an option, a group, or ``""``."""
    found = []
    for test in decided.tests:
        group = groups.group_of(test, decided.groups)
        option = titles.get(test.id.partition(".")[2], "")
        found.append(group_word(group.group, words) if group else option)
    return found


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a decided poll: its cost in 分, who wants it, and whether it is funded."""

    title: str
    cost: int
    heads: int
    funded: bool


def projects_of(poll: Poll) -> list[Project]:
    """Return what a decided poll would fund, then the rest; nothing where no money is spent."""
    if poll.decided is None or not poll.opened.budget:
        return []
    heads = {one.option: one.heads for one in poll.decided.counts}
    listed = [
        Project(one.title, one.cost, heads[one.id], one.id in poll.decided.winners)
        for one in poll.opened.options
        if one.id != ABSTAIN
    ]
    return sorted(listed, key=lambda one: not one.funded)


def group_word(group: str, words: Words) -> str:
    """Name a group of a result; the small ones stand together."""
    return group or words(N_("Smaller groups together"))


def roster_of(engine: Engine, matter: Matter, roster: str) -> Sequence[Entitlement]:
    """Return the lines of a roster as it stands now, by group and unit; none of an unknown one.

    Kept, as an edition changes only by a fact of its community.
    """
    community, edition = matter.community, matter.standing.rosters.get(roster)
    if edition is None:
        return ()

    def made() -> Sequence[Entitlement]:
        entries = engine.book(ROSTER, community, prefix=f"{edition}/")
        rights = [read_entitlement(entry) for entry in entries.values()]
        ordered = sorted(rights, key=lambda one: [(part.group, part.unit) for part in one.parts])
        return tuple(ordered)

    return _rosters.get(engine, (community, edition, matter.standing.changed), made)


def roster_totals(engine: Engine, matter: Matter, roster: str) -> Totals | None:
    """Return what a roster weighs now, or ``None`` if the community has none of that name."""
    if roster not in matter.standing.rosters:
        return None
    return totals(roster_of(engine, matter, roster))


def groups_of(engine: Engine, matter: Matter, roster: str) -> list[str]:
    """Return the stairs or village groups that a roster names, in order."""
    rights = roster_of(engine, matter, roster)
    return in_order(part.group for right in rights for part in right.parts if part.group)


def groups_on(roll: Roll) -> list[str]:
    """Return the groups to show a roll by, in order; none where there is one."""
    found = in_order(part.group for one in roll.values() for part in one.parts if part.group)
    return found if len(found) > 1 else []


def is_in(right: Entitlement, group: str) -> bool:
    """Tell whether an entitlement has a unit in a group; with no group named all are in."""
    return not group or any(part.group == group for part in right.parts)


def in_order(groups: Iterable[str]) -> list[str]:
    """Return each group once, numbers by their size.

    >>> in_order(["三组", "十一组", "一组", "二组", "三组"]), in_order(["10单元", "9单元"])
    (['一组', '二组', '三组', '十一组'], ['9单元', '10单元'])
    """
    return sorted(set(groups), key=_sizes)


def _turn(right: Entitlement) -> tuple[Any, ...]:
    first = next(iter(right.parts), None)
    return (_sizes(first.group), _sizes(first.unit), right.id) if first else ([], [], right.id)


def _sizes(text: str) -> list[tuple[int, str]]:
    return [_size(part) for part in NUMBER.split(text)]


def _size(part: str) -> tuple[int, str]:
    if not NUMBER.fullmatch(part):
        return 0, part
    if part.isdigit():
        return int(part), ""
    tens, ten, ones = part.rpartition("十")
    if not ten:
        return int("".join(str(NUMERALS.index(one)) for one in part)), ""
    return 10 * (_size(tens)[0] if tens else 1) + (_size(ones)[0] if ones else 0), ""


def procedures_of(matter: Matter) -> list[Procedure]:
    """Return the procedures for this kind of community; all for a kind that none is written for."""
    every = list(matter.standing.procedures.values())
    own = matter.standing.setting
    if own not in {procedure.setting for procedure in every}:
        return every
    return [procedure for procedure in every if procedure.setting in (own, "any")]


def title_of(procedure: Procedure, words: Words) -> str:
    """Return the title of a procedure in the reader's language."""
    return procedure.title.get(words.language) or next(iter(procedure.title.values()))


def whole(its: Totals) -> dict[Measure, int]:
    """Return what a roster weighs, by measure."""
    return {"heads": its.heads, "households": its.households, "area": its.area_dm2}


def calculator_fields(procedure: Procedure | None, poll: Poll) -> dict[str, str]:
    """Return the figures of a decided poll as the calculator's page asks for them."""
    if procedure is None or poll.decided is None or poll.closed_at is None:
        return {}
    rules = {rule.id: rule for rule in (*procedure.quorum, *procedure.consent)}
    came = {unit: group for group, unit in needed_figures(procedure) if group in BASE_GROUPS}
    figures = {"check": "vote", "on": poll.closed_at.date().isoformat()}

    def put(group: str, unit: Unit, value: int) -> None:
        figures[f"{group}.{unit}"] = str(write_figure(unit, value))

    for test in poll.decided.tests:
        rule = rules.get(test.id)
        if rule is None:
            continue
        unit = rule.counts
        if rule in procedure.quorum:
            put("all", unit, test.of)
            put(came.get(unit, "part"), unit, test.have)
            continue
        put("yes", unit, test.have)
        if test.base == "sides":
            put("no", unit, test.of - test.have)
        else:
            put("all" if test.base == "all" else came.get(unit, "part"), unit, test.of)
    return figures
