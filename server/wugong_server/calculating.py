"""The calculator's form: what a procedure asks for, read into a request, told with its outcome."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from wugong import N_, Procedure, Threshold, Words
from wugong.deciding import Json, decide, needed_figures
from wugong.describing import CAUSES, class_titles, condition, policy_words
from wugong.explaining import OUTCOMES
from wugong.figures import UNITS, Undecidable

GROUPS = {
    "all": N_("All entitled"),
    "present": N_("Present"),
    "part": N_("Took part in the vote"),
    "yes": N_("In favour"),
    "no": N_("Against"),
    "abstain": N_("Abstained"),
    "delivered": N_("Ballots delivered"),
}
SIDES = ("no", "abstain")
COMPOSITION = ("members", "representatives", "women", "households")
CLASSES = "classes"  # of seats: a field classes.<id> each
WOMEN = N_("women representatives")
AREA = N_("floor area in m²")
SWITCHES = {
    "clause": N_("The rules of the assembly say that silent ballots follow the majority"),
    "warned": N_("The ballot warned of it"),
    "delivered": N_("Delivery is proved for each"),
    "urgent": N_("A special case: the notice may be shorter"),
    "clear_days": N_("The day of the meeting is not counted either"),
}
DATES = {"on": N_("Day of the decision"), "notice_on": N_("Day of the notice")}
COUNTS = {
    "seats": N_("Seats"),
    "issued": N_("Ballots issued"),
    "collected": N_("Ballots collected"),
    "in_person": N_("Voted in person"),
}
LISTS = {
    "candidates": N_("Votes of each candidate"),
    "proxies": N_("Voters that each proxy holder stands for"),
}
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
PLACE = "place"
TITLED = {"procedure", "instead", PLACE, "of"}  # details of an error that have a title
MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form as it is drawn; ``options`` are values and words of a choice."""

    name: str
    label: str
    value: str
    kind: str = "figure"  # figure, area, date, list, choice, switch
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``asked``: the tests need one of them."""

    heading: str
    fields: tuple[Field, ...]

    @property
    def asked(self) -> bool:
        return any(field.required for field in self.fields)

    @property
    def given(self) -> bool:
        return any(field.value for field in self.fields)


@dataclass(frozen=True, slots=True)
class Tested:
    """A test of the outcome as a row: the condition, what there was, what was needed."""

    condition: str
    name: str
    have: str
    of: str
    least: str
    missing: str
    most: str
    over: str
    met: bool
    source: str
    confidence: str


def fields_of(
    procedure: Procedure,
    given: Mapping[str, str],
    words: Words,
    today: str,
    places: Iterable[tuple[str, str]] = (),
    statutory: Iterable[tuple[str, str]] = (),
) -> list[Group]:
    """Return the groups of fields that ``procedure`` needs, with what was typed.

    ``places`` are those where a local pack is stricter, with their names; ``statutory`` the
    procedures, with their titles, that a custom cannot take the place of.
    None where no figures could settle anything: it states no test, and no danger that allows it.
    """
    if not (procedure.quorum or procedure.consent or procedure.causes):
        return []
    needed = set(needed_figures(procedure))
    groups: dict[str, list[str]] = {}
    for group, unit in needed_figures(procedure):
        groups.setdefault(group, []).append(unit)
    if procedure.petition:  # of all of whom they are a share
        known = groups.setdefault("all", [])
        known += [one.unit for one in procedure.petition if one.unit not in known]
    for side in SIDES if "yes" in groups else ():
        groups.setdefault(side, list(groups["yes"]))
    if procedure.silence:
        groups["delivered"] = list(groups.get("part", ()))

    if procedure.kind == "election" and procedure.proxies is not None:
        needed -= {("part", unit) for unit in groups.get("part", ())}  # or voted in person

    def figure(name: str, unit: str, required: bool) -> Field:
        kind = "area" if unit == "area" else "figure"
        return Field(name, _unit(unit, words), given.get(name, ""), kind, required)

    made = [(words(N_("Dates")), list(_dates(procedure, given, words, today)))]
    for group in GROUPS:
        rows = [figure(f"{group}.{u}", u, (group, u) in needed) for u in groups.get(group, ())]
        made.append((words(GROUPS[group]), rows))
    petition = [figure(f"petition.{one.unit}", one.unit, False) for one in procedure.petition]
    made.append((words(N_("Asked for it")), petition))
    made.append((words(N_("Election")), list(_election(procedure, given, words))))
    made.append(
        (
            words(N_("What it is about")),
            list(_circumstances(procedure, given, words, places, statutory)),
        )
    )
    return [Group(heading, tuple(rows)) for heading, rows in made if rows]


def composition_fields(procedure: Procedure, given: Mapping[str, str], words: Words) -> list[Field]:
    """Return the fields of the test of a body's composition; none where none is laid down."""
    asked = {name for rule in procedure.composition for name in (rule.count, rule.of) if name}
    names = {name: _unit(name, words) for name in COMPOSITION if name in asked}
    titles = class_titles(procedure, words)
    names |= {f"{CLASSES}.{one}": titles[one] for one in titles if one in asked}
    may_lack = {rule.count for rule in procedure.composition if rule.for_each}
    return [
        Field(name, label, given.get(name, ""), "figure", name not in may_lack)
        for name, label in names.items()
    ]


def _dates(
    procedure: Procedure, given: Mapping[str, str], words: Words, today: str
) -> Iterator[Field]:
    yield Field("on", words(DATES["on"]), given.get("on", today), "date", True)
    if procedure.notice_days:
        yield Field("notice_on", words(DATES["notice_on"]), given.get("notice_on", ""), "date")


def _election(procedure: Procedure, given: Mapping[str, str], words: Words) -> Iterator[Field]:
    if procedure.kind != "election":
        return
    yield Field("seats", words(COUNTS["seats"]), given.get("seats", ""), "figure", True)
    listed = given.get("candidates", "")
    yield Field("candidates", words(LISTS["candidates"]), listed, "list", True)
    for name in ("issued", "collected"):
        yield Field(name, words(COUNTS[name]), given.get(name, ""))
    if procedure.proxies is not None and procedure.proxies.allowed:
        yield Field("in_person", words(COUNTS["in_person"]), given.get("in_person", ""))
        yield Field("proxies", words(LISTS["proxies"]), given.get("proxies", ""), "list")


def _circumstances(
    procedure: Procedure,
    given: Mapping[str, str],
    words: Words,
    places: Iterable[tuple[str, str]],
    statutory: Iterable[tuple[str, str]],
) -> Iterator[Field]:
    def choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> Field:
        return Field(name, words(label), given.get(name, ""), "choice", False, tuple(options))

    def switch(name: str) -> Field:
        return Field(name, words(SWITCHES[name]), given.get(name, ""), "switch")

    if procedure.items:
        titles = ((i.number, i.title.get(words.language, i.number)) for i in procedure.items)
        yield choice("item", N_("Matter of the law"), titles)
    if procedure.silence:
        policies = ((one.policy, policy_words(one, words)) for one in procedure.silence)
        yield choice("nonresponse", N_("Ballots that do not come back"), policies)
        yield from map(switch, ("clause", "warned", "delivered"))
    if procedure.causes:
        causes = ((one, words(CAUSES.get(one, one))) for one in procedure.causes)
        yield choice("cause", N_("Danger"), causes)
    if procedure.customary:
        yield choice("instead_of", N_("In place of this procedure"), statutory)
    if procedure.notice_days:
        yield switch("clear_days")
    if procedure.notice_may_be_shorter:
        yield switch("urgent")
    if listed := tuple(places):
        yield choice(PLACE, N_("Where"), listed)


def read_request(procedure: Procedure, given: Mapping[str, str]) -> Json:
    """Make the calculator's request of what was typed; what is wrong in it, ``decide`` says."""
    request: Json = {"procedure": procedure.id}
    options: Json = {}
    for name, typed in given.items():
        text = unicodedata.normalize("NFKC", typed).strip()[:MOST_TEXT]
        group, dot, unit = name.partition(".")
        if not text:
            continue
        if dot and group == "petition":
            options.setdefault("petition", {})[unit] = _number(unit, text)
        elif dot and group == CLASSES:
            request.setdefault(CLASSES, {})[unit] = _number(unit, text)
        elif dot and group in GROUPS and unit in UNITS:
            request.setdefault(group, {})[unit] = _number(unit, text)
        elif name in (*DATES, PLACE):
            request[name] = text
        elif name in ("seats", *COMPOSITION):
            request[name] = _number(name, text)
        elif name in COUNTS:
            options[name] = _number(name, text)
        elif name in LISTS:
            (request if name == "candidates" else options)[name] = _lines(text)
        elif name in SWITCHES:
            options[name] = True
        elif name in ("item", "nonresponse", "cause", "instead_of"):
            options[name] = text
    if procedure.form:
        options["form"] = procedure.form
    return {**request, "options": options} if options else request


def _number(unit: str, text: str) -> int | str:
    """Return a count as a number, an area as its text; anything else stays as it was typed."""
    plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
    if unit == "area":
        return plain
    return int(plain) if re.fullmatch(r"[0-9]{1,15}", plain) else text


def _lines(text: str) -> dict[str, int | str]:
    """Read a name and a number a line."""
    found: dict[str, int | str] = {}
    for line in text.splitlines():
        name, _, number = line.strip().rpartition(" ")
        if line.strip():
            found[name.strip(" :") or line.strip()] = _number("", number) if name else ""
    return found


def answered(request: Json, procedures: Mapping[str, Procedure], words: Words) -> Json:
    """Return the outcome in words and its tests as rows; ``Undecidable`` where none can be."""
    made = decide(request, procedures)
    procedure = procedures[made["procedure"]]
    return {
        "outcome": made["outcome"],
        "said": made["text"][words.language],
        "headline": _headline(made, procedure, words),
        "tests": [
            _tested(test, made, words, class_titles(procedure, words)) for test in made["tests"]
        ],
        "reasons": made.get("reasons", ()),
        "flags": made["flags"],
        "binding": made.get("binding", True),
        "version": made["version"],
    }


def _headline(made: Json, procedure: Procedure, words: Words) -> str:
    outcome = made["outcome"]
    if "binding" not in made:  # a composition
        return words(OUTCOMES["lawful" if outcome == "passed" else "unlawful"])
    if "elected" in made and outcome in ("passed", "rejected"):
        names = ", ".join(made["elected"])
        return words(OUTCOMES["elected" if made["elected"] else "nobody"], names=names)
    if outcome == "passed" and procedure.kind == "recall":
        return words(OUTCOMES["recalled"])
    return words(OUTCOMES[outcome])


def _tested(test: Json, made: Json, words: Words, classes: Mapping[str, str]) -> Tested:
    threshold = Threshold(Fraction(test["share"]), test["op"] == ">=", test["source"])
    fixed = {
        "number": N_("{unit}: at least {number}"),
        "most": N_("{unit}: at most {number}"),
    }.get(test["base"])
    unit = classes.get(test["unit"]) or _unit(test["unit"], words)
    told = (
        words(fixed, unit=unit, number=test["of"])
        if fixed
        else condition(test["unit"], threshold, test["base"], words, classes)
    )
    needed = made["needed"][test["id"]]
    return Tested(
        condition=told,
        name=test["id"].partition(".")[2],
        have=str(test["have"]),
        of="" if fixed else str(test["of"]),
        least=str(needed.get("least", "")),
        missing=str(needed.get("missing", "")),
        most=str(needed.get("most", "")),
        over=str(needed.get("over", "")),
        met=test["met"],
        source=test["source"],
        confidence=test["confidence"],
    )


def blamed(
    error: Undecidable,
    words: Words,
    classes: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """Return the field that an error is about, ``""`` for none, and what to say beside it.

    ``classes`` are the titles of the classes of seats by id, ``titles`` those of procedures and the
    names of places.
    """
    details = error.details
    place = str(details.get("where") or details.get("figure") or "")
    if not place and "group" in details and "unit" in details:
        place = f"{details['group']}.{details['unit']}"
    field = place.removeprefix("options.")
    told = {name: _named(name, value, words, classes or {}) for name, value in details.items()}
    for name in TITLED & told.keys():
        listed = str(told[name]).split(", ")
        told[name] = words(N_("glyph:list")).join((titles or {}).get(one, one) for one in listed)
    if field.partition(".")[0] in (*COMPOSITION, *LISTS):
        field = field.partition(".")[0]
    return field, words(error.message, **told)


def _named(name: str, value: object, words: Words, classes: Mapping[str, str]) -> object:
    """Say a detail of an error in the words of the form."""
    if name in ("where", "figure") and isinstance(value, str):
        group, dot, unit = value.removeprefix("options.").partition(".")
        if group == CLASSES:
            return classes.get(unit, unit)
        titles = {**GROUPS, **DATES, **COUNTS, **LISTS, "petition": N_("Asked for it")}
        head = words(titles[group]) if group in titles else _unit(group, words)
        rest = _unit(unit, words) if unit in UNITS else unit
        return f"{head}{words(N_(' – '))}{rest}" if dot else head
    if name == "unit":
        return _unit(str(value), words)
    if name in ("group", "of") and value in {*GROUPS, *UNITS}:
        return words(GROUPS[str(value)]) if value in GROUPS else _unit(str(value), words)
    if name == "value" and isinstance(value, str):
        return value.strip("'\"")
    return value


def _unit(unit: str, words: Words) -> str:
    if unit == "area":
        return words(AREA)
    return words({**UNITS, "women": WOMEN}.get(unit, unit))
