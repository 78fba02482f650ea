"""What the rows of a roster mean: who is entitled to what, or every problem with its row."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from wugong.roster_columns import (
    COLUMNS,
    COLUMNS_OF,
    REQUIRED,
    SOURCES,
    STATES,
    Columns,
    Problem,
    Unfit,
    in_language,
    plain,
    problem,
)
from wugong.rosters import Entitlement, Measure, Part
from wugong.words import N_, Words

ONE_SQUARE_METRE = 100  # dm², the smallest unit that is believed: less is a share or a slip
MOST_AREA_DM2 = 100_000_000  # 1,000,000 m²
MOST_HOUSEHOLDS = 10_000  # that one representative speaks for
HEADER_WITHIN = 5  # a title may stand above the names of the columns


NOTES = {
    "merged": N_("{name} owns {count} units (rows {rows}): one head, together {area} m²."),
    "developer": N_(
        "{unsold} unsold and {undelivered} undelivered units count together for the developer: "
        "one head, {area} m²."
    ),
    "one_telephone": N_(
        "{name} and {other} (rows {rows}) have one telephone: if it is one person, write one name."
    ),
    "sources": N_(
        "Areas by their source: {register} in the property register, {survey} measured, {contract} "
        "by contract, {unstated} not stated."
    ),
    "guardian": N_("{guardian} votes as guardian of {name} (rows {rows})."),
    "same_name": N_("{count} people are called {name} (rows {rows}); their telephones differ."),
}
ONE_OWNER = "建築物區分所有權解釋 9"
AREAS = "建築物區分所有權解釋 8"
GUARDIANS = "民法典 19–22; 指導規則 25"


@dataclass(frozen=True, slots=True)
class Note:
    """What the reading made of the rows, for the person who checks it before importing."""

    text: str  # message id
    details: Mapping[str, int | str]
    source: str = ""

    def say(self, words: Words) -> str:
        """Say it in the reader's language."""
        return words(self.text, **in_language(self.details, words))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; the number is the one that a spreadsheet program shows."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody entitled: one head however many units. The name goes to the directory only."""

    name: str
    contact: str = ""
    household: str = ""
    group: str = ""
    households: int = 1
    parts: tuple[Part, ...] = ()
    states: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    guardian: str = ""

    @property
    def developer(self) -> bool:
        """Whether its units count for the developer."""
        return any(self.states)

    @property
    def voter(self) -> Holder:
        """Who votes: the guardian where one is named, of whom nothing but the name is known."""
        return (
            replace(self, name=self.guardian, contact="", household="") if self.guardian else self
        )

    @property
    def area_dm2(self) -> int:
        """The floor area of all units."""
        return sum(part.area_dm2 for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a roster file says: who is entitled, remarks, and what must be mended first."""

    measure: Measure
    holders: tuple[Holder, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()

    def entitlements(self, member_of: Callable[[Holder], str]) -> tuple[Entitlement, ...]:
        """Return the roll, given the member id of each holder; ids of entitlements name no one."""
        members = {id(h): member_of(h) for h in self.holders if not h.guardian}
        # Guardians last: whoever is one and owns a unit, too, is one person in the directory.
        members |= {id(h): member_of(h.voter) for h in self.holders if h.guardian}
        made = []
        for holder in self.holders:
            member = members[id(holder)]
            ids = {
                "area": min((f"{p.group} {p.unit}".strip() for p in holder.parts), default=member),
                "heads": member,
                "households": holder.household,
            }
            made.append(
                Entitlement(
                    ids[self.measure], member, 1, holder.households, tuple(sorted_parts(holder))
                )
            )
        return tuple(sorted(made, key=lambda e: e.id))


def sorted_parts(holder: Holder) -> list[Part]:
    """Return the units in an order that does not depend on the order of the rows."""
    return sorted(holder.parts, key=lambda part: (part.group, part.unit))


def read_rows(rows: Sequence[Row], measure: Measure) -> Reading:
    """Read a table whose first rows name the columns; all problems are told at once."""
    filled = [row for row in rows if any(_cell_text(cell) for cell in row.cells)]
    needed = set(REQUIRED[measure])
    header = next((r for r in filled[:HEADER_WITHIN] if _names_columns(r, needed)), None)
    if header is None:
        return Reading(measure, problems=(problem("no_header", rows=HEADER_WITHIN),))
    places, problems = _places(header, measure)
    below = [row for row in filled if row.number > header.number]
    if not below:
        problems.append(problem("empty"))
    if problems:
        return Reading(measure, problems=tuple(problems))
    read = [_Read(row, places, measure, problems) for row in below]
    _check_together(read, measure, problems)
    if problems:
        ordered = sorted(problems, key=lambda p: p.row)
        return Reading(measure, problems=tuple(ordered))
    holders = _merged(read, measure)
    return Reading(measure, holders, tuple(_notes(holders)))


def _names_columns(row: Row, needed: set[str]) -> bool:
    names = {plain(_cell_text(cell)) for cell in row.cells}
    known = {key for key, column in COLUMNS.items() if column.names & names}
    return len(known) >= 2 or needed <= known


def _places(header: Row, measure: Measure) -> tuple[dict[str, int], list[Problem]]:
    """Return where each column stands, and what is wrong with the names of the columns."""
    wanted = COLUMNS_OF[measure]
    by_name = {name: key for key in wanted for name in COLUMNS[key].names}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for place, cell in enumerate(header.cells):
        title = _cell_text(cell)
        key = by_name.get(plain(title))
        if key is None and title:
            known = Columns(wanted)
            problems.append(problem("unknown_column", header.number, column=title, known=known))
        elif key in places:
            problems.append(problem("column_twice", header.number, column=title))
        elif key is not None:
            places[key] = place
    for key in REQUIRED[measure]:
        if key not in places:
            column = Columns([key])
            problems.append(problem("missing_column", header.number, column=column))
    return places, problems


class _Read:
    """One row as read: texts by column, the area, the state; problems go to the common list."""

    def __init__(
        self, row: Row, places: Mapping[str, int], measure: Measure, problems: list[Problem]
    ) -> None:
        self.number = row.number
        self.texts = dict.fromkeys(COLUMNS, "")
        self.area_dm2 = 0
        self.households = 1
        for key, place in places.items():
            cell = row.cells[place] if place < len(row.cells) else None
            try:
                self._take(key, cell, key in REQUIRED[measure])
            except Unfit as error:
                problems.append(replace(error.problem, row=row.number))

    def _take(self, key: str, cell: Any, required: bool) -> None:
        text = _cell_text(cell)
        if not text:
            if required:
                raise Unfit(problem("missing", column=Columns([key])))
        elif key == "area":
            self.area_dm2 = read_area(cell)
        elif key == "households":
            self.households = _read_households(text)
        elif key == "source":
            if plain(text) not in SOURCES:
                raise Unfit(problem("source_unknown", value=text[:40]))
            self.texts[key] = SOURCES[plain(text)]
        elif key == "state":
            if plain(text) not in STATES:
                raise Unfit(problem("state_unknown", value=text[:40]))
            self.texts[key] = STATES[plain(text)]
        else:
            self.texts[key] = _checked(key, cell, text)

    @property
    def unit(self) -> str:
        """The unit within the whole roster: two stairs may both have a 101."""
        return f"{self.texts['group']} {self.texts['unit']}".strip()

    @property
    def guardian(self) -> str:
        """Who votes for the owner, as compared."""
        return unicodedata.normalize("NFC", self.texts["guardian"])

    @property
    def who(self) -> tuple[str, str]:
        """Name and telephone as compared: NFC, without spaces and hyphens in the number."""
        name = unicodedata.normalize("NFC", self.texts["owner"])
        return name, re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", self.texts["contact"]))


def _checked(key: str, cell: Any, text: str) -> str:
    title, most = Columns([key]), COLUMNS[key].most
    if isinstance(cell, date | datetime | time | timedelta):
        raise Unfit(problem("became_date", column=title, value=text))
    if len(text) > most:
        raise Unfit(problem("too_long", column=title, length=len(text), most=most))
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Co") for c in text):
        raise Unfit(problem("control", column=title))
    return text


def read_area(cell: Any) -> int:
    """Read an area in square metres as dm²; ``Unfit`` says what is wrong with it.

    >>> read_area("89.5 ㎡"), read_area(1087.0), read_area("１,０８７.25")
    (8950, 108700, 108725)
    """
    shown = _cell_text(cell)
    text = re.sub(r"\s*(m²|m2|平方米|平方公尺|平米)$", "", unicodedata.normalize("NFKC", shown))
    if text.endswith(("%", "‰")):
        raise Unfit(problem("area_percent", value=shown[:20]))
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    if isinstance(cell, bool) or not re.fullmatch(r"[-−+]?\d{1,12}(\.\d{1,20})?", text):
        raise Unfit(problem("area_unreadable", value=shown[:20]))
    try:
        metres = Decimal(text.replace("−", "-"))
        exact = metres.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Unfit(problem("area_unreadable", value=shown[:20])) from None
    if metres < 0:
        raise Unfit(problem("area_negative", value=shown[:20]))
    if metres == 0:
        raise Unfit(problem("area_zero"))
    if metres < 1:
        raise Unfit(problem("area_share", value=shown[:20]))
    # A computed cell of a spreadsheet holds 80.30000000000001 for 80.30; a person types no such.
    if metres != exact and not (isinstance(cell, float) and abs(metres - exact) < Decimal("1e-8")):
        raise Unfit(problem("area_decimals", value=shown[:20]))
    area_dm2 = int(exact * ONE_SQUARE_METRE)
    if area_dm2 > MOST_AREA_DM2:
        raise Unfit(problem("area_large", value=shown[:20]))
    return area_dm2


def _read_households(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text)
    if re.fullmatch(r"\d{1,5}", plain) and 1 <= int(plain) <= MOST_HOUSEHOLDS:
        return int(plain)
    raise Unfit(problem("households_unreadable", value=text[:20], most=MOST_HOUSEHOLDS))


def _check_together(read: Sequence[_Read], measure: Measure, problems: list[Problem]) -> None:
    """Find what is wrong between rows: twice the same, one person or two, shares for areas."""
    if measure == "area":
        _once(read, "unit", lambda r: _same(r.unit), "unit_twice", problems)
        _check_developer(read, problems)
        _check_guardians(read, problems)
        total = sum(r.area_dm2 for r in read)
        # Four real units have more than 100 m² together; percentages never have much more.
        if len(read) >= 4 and 9_950 <= total <= 10_050:
            problems.append(problem("areas_are_shares", total=square_metres(total)))
    elif measure == "households":
        _once(read, "household", lambda r: _same(r.texts["household"]), "household_twice", problems)
    else:
        _once(
            read, "owner", lambda r: _same(*r.who, r.texts["household"]), "person_twice", problems
        )
    _check_spelling(read, problems)
    first: dict[str, _Read] = {}
    for row in read:
        name, contact = row.who
        other = first.setdefault(name, row)
        if measure == "area" and bool(contact) != bool(other.who[1]) and not row.texts["state"]:
            problems.append(problem("owner_unclear", row.number, name=name, first=other.number))


def _once(
    read: Iterable[_Read],
    by: str,
    key: Callable[[_Read], tuple[str, ...]],
    code: str,
    problems: list[Problem],
) -> None:
    """Tell of every row whose ``key`` stands in an earlier row; without ``by`` it has none."""
    first: dict[tuple[str, ...], int] = {}
    for row in read:
        if not row.texts[by]:
            continue
        if (before := first.setdefault(key(row), row.number)) != row.number:
            details: dict[str, int | str | Columns] = {
                "unit": row.unit,
                "household": row.texts["household"],
                "name": row.texts["owner"],
                "group": Columns(["group"]),
            }
            problems.append(problem(code, row.number, first=before, **details))


def _same(*texts: str) -> tuple[str, ...]:
    """Return what two rows have in common when a reader takes them for the same."""
    return tuple(unicodedata.normalize("NFKC", text).casefold() for text in texts)


def _check_developer(read: Iterable[_Read], problems: list[Problem]) -> None:
    first: _Read | None = None
    for row in read:
        if row.texts["state"]:
            first = first or row
            if row.who[0] != first.who[0]:
                problems.append(problem("developer_names", row.number, first=first.number))


def _check_spelling(read: Iterable[_Read], problems: list[Problem]) -> None:
    """Find names that a reader takes for one and that would count as two heads."""
    first: dict[str, _Read] = {}
    for row in read:
        name = row.who[0]
        alike = re.sub(r"[\s·・•.．\-]", "", unicodedata.normalize("NFKC", name)).casefold()
        other = first.setdefault(alike, row)
        if other.who[0] != name:
            theirs = other.who[0]
            problems.append(
                problem("spelt_twice", row.number, name=name, other=theirs, first=other.number)
            )


def _check_guardians(read: Iterable[_Read], problems: list[Problem]) -> None:
    first: dict[tuple[str, str], _Read] = {}
    for row in read:
        other = first.setdefault(row.who, row)
        name = row.texts["owner"]
        if row.guardian and row.guardian == row.who[0]:
            problems.append(problem("guardian_oneself", row.number, name=name))
        if row.guardian != other.guardian:
            problems.append(problem("guardians_differ", row.number, name=name, first=other.number))


def _merged(read: Sequence[_Read], measure: Measure) -> tuple[Holder, ...]:
    """Return one holder a person; all units of the developer are one person's."""
    developer = next((r.who[0] for r in read if r.texts["state"]), None)
    theirs: dict[tuple[str, ...], list[_Read]] = {}
    for row in read:
        key: tuple[str, ...] = row.who
        if measure == "area" and row.who[0] == developer:
            key = (developer,)
        elif measure != "area":
            key = (*row.who, str(row.number))
        theirs.setdefault(key, []).append(row)
    counted: set[str] = set()
    return tuple(
        _holder(rows, _households_of(rows[0], measure, counted)) for rows in theirs.values()
    )


def _holder(rows: Sequence[_Read], households: int) -> Holder:
    first = rows[0].texts
    parts = (
        Part(
            row.texts["unit"] or row.texts["household"],
            row.texts["group"],
            row.area_dm2,
            row.texts["source"],
        )
        for row in rows
    )
    return Holder(
        name=first["owner"],
        contact=next((row.texts["contact"] for row in rows if row.texts["contact"]), ""),
        household=first["household"],
        group=first["group"],
        households=households,
        parts=tuple(part for part in parts if part.unit or part.group),
        states=tuple(row.texts["state"] for row in rows),
        rows=tuple(row.number for row in rows),
        guardian=first["guardian"],
    )


def _households_of(row: _Read, measure: Measure, counted: set[str]) -> int:
    """Count each household once, with the first person of it, so that totals are true."""
    household = row.texts["household"]
    if measure != "heads" or not household or row.households > 1:
        return row.households
    if household in counted:
        return 0
    counted.add(household)
    return 1


def _notes(holders: Sequence[Holder]) -> Iterable[Note]:
    found = Counter(part.source or "unstated" for holder in holders for part in holder.parts)
    if found.keys() - {"unstated"}:
        details = {name: found[name] for name in ("register", "survey", "contract", "unstated")}
        yield Note(NOTES["sources"], details, AREAS)
    named: dict[str, list[Holder]] = {}
    for holder in holders:
        named.setdefault(unicodedata.normalize("NFC", holder.name), []).append(holder)
        area = square_metres(holder.area_dm2)
        if holder.developer:
            counts = Counter(holder.states)
            yield Note(
                NOTES["developer"],
                {"unsold": counts["unsold"], "undelivered": counts["undelivered"], "area": area},
                ONE_OWNER,
            )
        elif len(holder.parts) > 1:
            yield Note(
                NOTES["merged"],
                {
                    "name": holder.name,
                    "count": len(holder.parts),
                    "rows": _listed(holder.rows),
                    "area": area,
                },
                ONE_OWNER,
            )
        if holder.guardian:
            its = {"guardian": holder.guardian, "name": holder.name, "rows": _listed(holder.rows)}
            yield Note(NOTES["guardian"], its, GUARDIANS)
    yield from _one_telephone(holders)
    for name, same in named.items():
        if len(same) > 1:
            rows = _listed(number for holder in same for number in holder.rows)
            yield Note(NOTES["same_name"], {"name": name, "count": len(same), "rows": rows})


def _one_telephone(holders: Iterable[Holder]) -> Iterable[Note]:
    """Tell of two names with one telephone: a couple, or one owner in two spellings."""
    first: dict[str, Holder] = {}
    for holder in holders:
        number = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", holder.contact))
        other = first.setdefault(number, holder) if number else holder
        if other.name != holder.name:
            rows = _listed((*other.rows, *holder.rows))
            details = {"name": other.name, "other": holder.name, "rows": rows}
            yield Note(NOTES["one_telephone"], details)


def _listed(rows: Iterable[int]) -> str:
    numbers = list(rows)
    return "、".join(map(str, numbers[:20])) + ("…" if len(numbers) > 20 else "")


def square_metres(area_dm2: int) -> str:
    """Write an area in m² with two decimals.

    >>> square_metres(1087000)
    '10,870.00'
    """
    return f"{area_dm2 // 100:,}.{area_dm2 % 100:02d}"


def _cell_text(cell: Any) -> str:
    """Return a cell as a person reads it: 101 for 101.0, no blanks around."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip(" \t\r\n\u00a0\u3000\ufeff")
