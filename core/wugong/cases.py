"""Case files: whole stories in TOML that people can read, played on a community of their own.

A case is demonstration, rehearsal and acceptance test at once. Its keys::

    title, about, community, name, setting, plugins, starts, [settings], [members.<id>]
    language (of title and about, zh_Hans if not said), [also.<language>] title, about
    [[roster]]  name, units = [["101", "li", "stair-1", "80.00"], ...], heads, households
    [[step]]    at | after ("3d", "2h", "30m")   when; the clock records what is due till then
                by, do = "plugin.verb", with = {...}, as = "name", in = "matter", for = "member",
                channel, refused = ["code", ...], source = "article that the refusal names", note
                or expect = {...}, see :data:`EXPECTATIONS`

``"$name"`` stands for the number of the fact remembered ``as = "name"``, ``"$now+20d"`` for a
time. A step acts in the matter last opened, unless ``in`` names one (``"community"`` for itself).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from wugong.audience import OPERATOR
from wugong.books import Book
from wugong.clock import ScriptedClock
from wugong.engine import Engine
from wugong.errors import Refusal, Refused
from wugong.matter import Matter
from wugong.people import CORE_BOOKS
from wugong.rosters import Entitlement, Part
from wugong.schema import Unreadable, seal, write_time
from wugong.stages import STAGES, Stage, stage
from wugong.testing import Dice, imported
from wugong.vocabulary import MemberEnrolled, RoleGranted, SettingChanged
from wugong.words import LANGUAGES

CASE_KEYS = frozenset(
    ("title", "about", "community", "name", "setting", "plugins", "starts", "settings")
) | {"members", "roster", "step", "language", "also"}
ALSO_KEYS = frozenset(("title", "about"))
MEMBER_KEYS = frozenset(("name", "roles", "household", "group", "contact"))
ROSTER_KEYS = frozenset(("name", "units", "heads", "households"))
STEP_KEYS = frozenset(
    ("at", "after", "by", "do", "with", "as", "in", "for", "channel", "refused", "source")
) | {"note", "expect", "browser"}
EXPECTATIONS = frozenset(("stages", "held", "poll", "facts", "book", "waiting", "verified"))
SPANS = {"d": "days", "h": "hours", "m": "minutes"}


class CaseError(ValueError):
    """A case file is wrong; the message names the place and the key."""


@dataclass(frozen=True, slots=True)
class Blurb:
    """What a story is called and tells, and in which language that is written."""

    language: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case file as read and checked."""

    title: str
    about: str
    community: str
    name: str
    setting: str
    starts: datetime
    plugins: tuple[str, ...] | None
    settings: Mapping[str, str]
    members: Mapping[str, Mapping[str, Any]]
    rosters: tuple[Mapping[str, Any], ...]
    steps: tuple[Mapping[str, Any], ...]
    language: str = "zh_Hans"
    also: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def blurb(self, language: str) -> Blurb:
        """Return title and content for a reader of ``language``, or as the file was written."""
        if other := self.also.get(language):
            return Blurb(language, other["title"], other["about"])
        return Blurb(self.language, self.title, self.about)


@dataclass(frozen=True, slots=True)
class Played:
    """What one step came to; ``problem`` is empty where it went as the case says."""

    number: int
    at: datetime
    step: Mapping[str, Any]
    matter: str = ""
    seq: int = 0
    refusals: tuple[Refusal, ...] = ()
    problem: str = ""


class Door(Protocol):
    """Where a story's acts go in: the engine itself, or its JSON API."""

    def __call__(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        *,
        by: str,
        principal: str | None,
        channel: str,
    ) -> tuple[int, str]:
        """Record an act and return number and matter; raise ``Refused`` or ``Unreadable``."""
        ...


def read_case(source: Path | str) -> Case:
    """Read a case from a file or from text; ``CaseError`` names what is wrong and where."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"not readable as TOML: {error}") from None
    _known(data, CASE_KEYS, "the case")
    for key in ("title", "community", "name", "setting", "starts", "members", "step"):
        if key not in data:
            raise CaseError(f"the case has no {key!r}")
    for key, kind, what in (("members", dict, "tables"), ("step", list, "a list of tables")):
        if not isinstance(data[key], kind):
            raise CaseError(f"{key} must be {what}, got {str(data[key])[:40]!r}")
    for name, member in data["members"].items():
        _known(member, MEMBER_KEYS, f"member {name}")
    for number, roster in enumerate(data.get("roster", ()), start=1):
        _known(roster, ROSTER_KEYS, f"roster {number}")
    for number, one in enumerate(data["step"], start=1):
        _check_step(one, f"step {number}")
    _check_languages(data)
    starts = data["starts"]
    if not isinstance(starts, datetime) or starts.tzinfo is None:
        raise CaseError("starts must be a time with its zone, such as 2026-03-02T09:00:00+08:00")
    return Case(
        title=data["title"],
        about=data.get("about", ""),
        community=data["community"],
        name=data["name"],
        setting=data["setting"],
        starts=starts.astimezone(UTC),
        plugins=tuple(data["plugins"]) if "plugins" in data else None,
        settings={key: str(value) for key, value in data.get("settings", {}).items()},
        members=data["members"],
        rosters=tuple(data.get("roster", ())),
        steps=tuple(data["step"]),
        language=data.get("language", "zh_Hans"),
        also=data.get("also", {}),
    )


def _check_languages(data: Mapping[str, Any]) -> None:
    also = data.get("also", {})
    _known(also, frozenset(LANGUAGES), "also")
    if (language := data.get("language", "zh_Hans")) not in LANGUAGES:
        raise CaseError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    for name, one in also.items():
        _known(one, ALSO_KEYS, f"also.{name}")
        for key in sorted(ALSO_KEYS):
            if not isinstance(one.get(key), str):
                raise CaseError(f"also.{name} has no {key!r}")


def _known(found: Any, known: frozenset[str], place: str) -> None:
    if not isinstance(found, Mapping):
        raise CaseError(f"{place} must be a table, got {str(found)[:40]!r}")
    if unknown := sorted(found.keys() - known):
        raise CaseError(f"{place}: unknown key {unknown[0]!r}; known: {', '.join(sorted(known))}")


def _check_step(one: Mapping[str, Any], place: str) -> None:
    _known(one, STEP_KEYS, place)
    if "expect" in one:
        _known(one["expect"], EXPECTATIONS, f"{place}, expect")
    elif "do" in one and "by" not in one:
        raise CaseError(f"{place}: says what is done but not by whom")
    if "after" in one:
        _span(str(one["after"]), place)
    if "at" in one and (not isinstance(one["at"], datetime) or one["at"].tzinfo is None):
        raise CaseError(f"{place}: at must be a time with its zone")


def _span(text: str, place: str = "") -> timedelta:
    match = re.fullmatch(r"(\d+)([dhm])", text)
    if match is None:
        raise CaseError(f"{place}: a span is written 3d, 2h or 30m, got {text!r}")
    return timedelta(**{SPANS[match[2]]: int(match[1])})


def ending_at(case: Case, end: datetime) -> Case:
    """Return ``case`` moved in time so that its last step happens at ``end``.

    For examples that should be under way when somebody looks. ``CaseError`` where a step has a
    time of its own (``at``), which cannot be moved.
    """
    if any("at" in one for one in case.steps):
        raise CaseError("a case with fixed times cannot be moved")
    spans = (_span(str(one["after"])) for one in case.steps if "after" in one)
    return replace(case, starts=end.astimezone(UTC) - sum(spans, timedelta()))


def engine_for(
    case: Case, database: str = "sqlite://", **options: Any
) -> tuple[Engine, ScriptedClock]:
    """Return a fresh engine with a scripted clock for a case."""
    clock = ScriptedClock(case.starts)
    options = {"random": Dice(case.community), "writer": "inline", **options}
    return Engine(database, clock=clock, **options), clock


@dataclass(slots=True)
class Story:
    """Plays a case on an engine whose clock it moves; see :meth:`play`."""

    case: Case
    engine: Engine
    clock: ScriptedClock
    door: Door | None = None
    names: dict[str, int] = field(default_factory=dict)
    matters: dict[str, str] = field(default_factory=dict)
    here: str = ""

    def set_up(self) -> None:
        """Found the community, enrol its members, give roles, import rosters."""
        case, record = self.case, self.engine.record
        known = self.engine.registry.packages
        chosen = case.plugins if case.plugins is not None else tuple(sorted(known))
        self.engine.found(case.community, title=case.name, setting=case.setting, plugins=chosen)
        for name, value in case.settings.items():
            record(case.community, SettingChanged(name=name, value=value), by="operator")
        acts: list[tuple[str, Any]] = []
        for member, its in case.members.items():
            contact = seal(its["contact"]) if "contact" in its else None
            enrolled = MemberEnrolled(
                member=member,
                name=seal(its.get("name", member)),
                household=its.get("household", ""),
                group=its.get("group", ""),
                contact=contact,
            )
            acts.append((case.community, enrolled))
            roles = (RoleGranted(member=member, role=role) for role in its.get("roles", ()))
            acts += [(case.community, granted) for granted in roles]
        acts += [(case.community, self._roster(one)) for one in case.rosters]
        self.engine.record_many(acts, by="operator")
        self.matters["community"] = self.here = case.community

    def _roster(self, one: Mapping[str, Any]) -> Any:
        parts: dict[str, list[Part]] = {}
        for unit, member, group, area in one["units"]:
            whole, _dot, cents = str(area).partition(".")
            area_dm2 = int(whole) * 100 + int((cents + "00")[:2])
            parts.setdefault(member, []).append(Part(unit, group, area_dm2))
        weights = {key: one[key] for key in ("heads", "households") if key in one}
        listed = [
            Entitlement(its[0].unit, member, parts=tuple(its), **weights)
            for member, its in parts.items()
        ]
        return imported(one["name"], listed)

    def play(self) -> Iterator[Played]:
        """Play every step in turn, yielding what it came to; goes on after a problem."""
        self.set_up()
        for number, one in enumerate(self.case.steps, start=1):
            self._move(one)
            if "expect" in one:
                yield Played(number, self.clock.now, one, problem=self._expect(one["expect"], one))
            elif "do" in one:
                yield self._act(number, one)
            else:
                yield Played(number, self.clock.now, one)

    def _move(self, one: Mapping[str, Any]) -> None:
        if "at" in one:
            self.clock.move(to=max(one["at"].astimezone(UTC), self.clock.now))
        if "after" in one:
            self.clock.move(to=self.clock.now + _span(str(one["after"])))
        self.engine.tick()

    def _act(self, number: int, one: Mapping[str, Any]) -> Played:
        matter = self.matters.get(one.get("in", ""), self.here)
        if one["do"] == "wugong.matter_opened":
            matter = self.case.community
        try:
            body = self._resolve(one.get("with", {}))
            seq, place = (self.door or self._record)(
                matter,
                one["do"],
                body,
                by=one["by"],
                principal=one.get("for"),
                channel=one.get("channel", "web"),
            )
        except Refused as refused:
            problem = _against(one, refused.reasons)
            return Played(number, self.clock.now, one, matter, 0, refused.reasons, problem)
        except (Unreadable, CaseError) as error:
            return Played(number, self.clock.now, one, matter, problem=str(error))
        if one["do"] == "wugong.matter_opened":
            self.here = place
            self.matters[one.get("as", place)] = place
        if "as" in one:
            self.names[one["as"]] = seq
        problem = f"expected a refusal ({', '.join(one['refused'])})" if "refused" in one else ""
        return Played(number, self.clock.now, one, place, seq, problem=problem)

    def _record(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        *,
        by: str,
        principal: str | None,
        channel: str,
    ) -> tuple[int, str]:
        event = self.engine.read(kind, body)
        receipt = self.engine.record(matter, event, by=by, principal=principal, channel=channel)
        return receipt.seq, receipt.matter

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$now"):
            span = value.removeprefix("$now").removeprefix("+")
            return write_time(self.clock.now + (_span(span) if span else timedelta()))
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in self.names:
                raise CaseError(f"nothing was remembered as {value[1:]!r}")
            return self.names[value[1:]]
        if isinstance(value, Mapping):
            return {key: self._resolve(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._resolve(one) for one in value]
        if isinstance(value, datetime):
            return write_time(value)
        return value.isoformat() if isinstance(value, date) else value

    # Expectations

    def _expect(self, expected: Mapping[str, Any], one: Mapping[str, Any]) -> str:
        place = self.matters.get(one.get("in", ""), self.here)
        tests: dict[str, Callable[[str, Any], str]] = {
            "stages": self._stages,
            "held": self._held,
            "poll": self._poll,
            "facts": self._facts,
            "book": self._book,
            "waiting": self._waiting,
            "verified": self._verified,
        }
        problems = [tests[key](place, value) for key, value in expected.items()]
        return "; ".join(problem for problem in problems if problem)

    def _stages(self, place: str, wanted: Mapping[str, str]) -> str:
        matter = self.engine.matter(place)
        found = {key: matter.status(stage(key)) for key in wanted}
        return "" if found == dict(wanted) else f"stages are {found}, expected {dict(wanted)}"

    def _held(self, place: str, wanted: str) -> str:
        held = [one.key for one in _held_stages(self.engine.matter(place))]
        ok = wanted in held if wanted else not held
        return "" if ok else f"held: {held or 'nothing'}, expected {wanted or 'nothing'}"

    def _poll(self, place: str, wanted: Mapping[str, Any]) -> str:
        number = self._resolve(wanted["poll"])
        for fact in self.engine.facts(place, OPERATOR, kinds=("voting.poll_decided",), limit=1000):
            if fact.event.poll == number:
                found = {"verdict": fact.event.verdict, "winners": list(fact.event.winners)}
                asked = {key: value for key, value in wanted.items() if key != "poll"}
                ok = all(found.get(key) == value for key, value in asked.items())
                return "" if ok else f"the poll is {found}, not {asked}"
        return f"poll {number} is not decided, expected {wanted['verdict']}"

    def _facts(self, place: str, wanted: Mapping[str, int]) -> str:
        wrong = []
        for kind, count in wanted.items():
            found = self._count(place, kind)
            if found != count:
                wrong.append(f"{kind}: {found} facts, expected {count}")
        return ", ".join(wrong)

    def _count(self, place: str, kind: str) -> int:
        records = self.engine.export(self.case.community)
        return sum(1 for r in records if r["matter"] == place and r["kind"] == kind)

    def _book(self, _place: str, wanted: Mapping[str, Any]) -> str:
        key = re.sub(r"\$([\w-]+)", lambda m: self._filled(m[1]), str(wanted["key"]))
        found = self.engine.book(self._book_of(wanted["book"]), self.case.community, [key]).get(key)
        if "field" in wanted and isinstance(found, Mapping):
            found = found.get(wanted["field"])
        ok = found == self._resolve(wanted["value"])
        return "" if ok else f"{wanted['book']}[{key}] is {found!r}, not {wanted['value']!r}"

    def _filled(self, name: str) -> str:
        return self.matters[name] if name in self.matters else str(self.names[name])

    def _book_of(self, name: str) -> Book[Any]:
        core = {book.name: book for book in CORE_BOOKS}
        if name in core:
            return core[name]
        if name not in self.engine.registry.books:
            raise CaseError(f"no book {name!r}")
        return self.engine.registry.books[name][1]

    def _waiting(self, place: str, wanted: str) -> str:
        awaited = self.engine.waiting(place, OPERATOR)
        found = sorted({item.act for item in awaited if item.act})
        return "" if wanted in found else f"awaited are {found}, not {wanted}"

    def _verified(self, _place: str, _wanted: Any) -> str:
        _head, fault = self.engine.verify(self.case.community)
        return f"record {fault.seq} {fault.what}" if fault else ""


def _held_stages(matter: Matter) -> list[Stage]:
    return [one for one in STAGES if matter.status(one) == "held"]


def _against(one: Mapping[str, Any], reasons: tuple[Refusal, ...]) -> str:
    """Say how the refusal differs from what the case expects."""
    codes = [reason.code for reason in reasons]
    if "refused" not in one:
        return f"was refused: {', '.join(codes)}"
    if missing := [code for code in one["refused"] if code not in codes]:
        return f"was refused for {', '.join(codes)}, expected {', '.join(missing)}"
    sources = [r.source for r in reasons if r.code in one["refused"]]
    if "source" in one and not any(one["source"] in source for source in sources):
        return f"the refusal names {', '.join(sources) or 'no article'}, not {one['source']}"
    return ""
