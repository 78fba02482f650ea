"""Forms from declarations: what an event's fields look like in a browser, and back to JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from wugong import (
    N_,
    STAGES,
    Anew,
    Attached,
    Between,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    Sealed,
    ShownTo,
    Stage,
    To,
    Unreadable,
    Words,
)
from wugong.schema import MOST_TEXT, Shape, shapes
from wugong_server import formats

if TYPE_CHECKING:
    from wugong_server.forms import Form

LONG = 200  # characters from which a text gets several lines
LONGER = 400  # and from which many
FEW = 6  # choices up to which all are shown at once
SPARE_ROWS = 2
OTHER = "-other"  # ends the name of the field for what the choices do not have
MOST_ROWS = 30

Option = tuple[str, str]  # value, words
Finder = Callable[[Sequence[str]], Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the form draws it; ``values`` are texts as typed."""

    name: str
    label: str
    widget: str
    hint: str = ""
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    required: bool = True
    most: int = 0
    least: str = ""
    unit: str = ""
    audience: str = ""
    error: str = ""
    groups: Mapping[str, str] = dataclasses.field(default_factory=dict)  # what a choice belongs to
    other: Field | None = None  # where something else may be written instead of a choice

    @property
    def value(self) -> str:
        """The text in a field that holds one; the only choice there is, where one must be made."""
        if self.widget == "one" and self.required and len(self.options) == 1:
            return self.options[0][0]
        return self.values[0] if self.values else ""

    @property
    def lacks_choice(self) -> bool:
        """Whether something must be chosen and there is nothing to choose from."""
        return self.widget in ("one", "several") and self.required and not self.options

    @property
    def grouped(self) -> tuple[tuple[str, str, str], ...]:
        """The choices, each with what it belongs to."""
        return tuple((value, words, self.groups.get(value, "")) for value, words in self.options)

    @property
    def lines(self) -> int:
        """How many lines of text the field shows."""
        return 2 if self.widget == "long" and self.most <= LONGER else 5

    @property
    def input_type(self) -> str:
        """The kind of input a browser offers."""
        return {"date": "date", "time": "datetime-local"}.get(self.widget, "text")

    @property
    def mode(self) -> str:
        """Which keys a telephone shows."""
        return {"whole": "numeric", "money": "decimal", "area": "decimal"}.get(self.widget, "text")


def has_mark(its: Shape, mark: type[Any]) -> bool:
    """Tell whether a field carries a mark."""
    return its.mark(mark) is not None


def names_people(fields: Mapping[str, Shape]) -> bool:
    """Tell whether any of these fields asks for members."""
    for name, its in fields.items():
        widget = widget_of(name, its)
        rows = its.inner.type if widget == "rows" and its.inner is not None else None
        if widget in ("member", "members") or (rows and names_people(shapes(rows))):
            return True
    return False


def widget_of(name: str, its: Shape) -> str:
    """Return how a field of that name and shape is asked for."""
    if its.type is tuple and its.inner is not None:
        inner = its.inner
        if has_mark(its, Attached):
            return "documents"
        if dataclasses.is_dataclass(inner.type):
            return "rows"
        if inner.type in (Ref, Literal, Stage):
            return "several"
        return "members" if has_mark(inner, Member) else "lines"
    if its.type is dict:
        return "pairs"
    if dataclasses.is_dataclass(its.type) and its.type is not Sealed:
        return "record"
    if its.type is int:
        return "money" if "_fen" in name else "area" if "_dm2" in name else "whole"
    if its.type in (str, Sealed):
        if its.type is str and has_mark(its, Member):
            return "member"
        most = its.mark(Most)
        return "long" if (most.chars if most else MOST_TEXT) > LONG else "text"
    return _WIDGETS[its.type]


_WIDGETS: dict[Any, str] = {
    bool: "flag",
    Ref: "one",
    Literal: "one",
    Stage: "one",
    date: "date",
    datetime: "time",
    Fraction: "share",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What is needed to draw the fields of one act for one reader."""

    words: Words
    zone: ZoneInfo
    facts: Finder  # kinds → the facts of this matter that a field may name
    members: Sequence[Option] = ()
    choices: Mapping[str, Sequence[Option]] = dataclasses.field(default_factory=dict)  # by name
    groups: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)  # by name
    open_ended: frozenset[str] = frozenset()  # names of choices beside which others are welcome
    one_line: frozenset[str] = frozenset()  # names of texts that are short here
    audience: str = "public"  # of the kind, for sealed texts
    problems: Mapping[str, str] = dataclasses.field(default_factory=dict)
    documents: Finder = lambda _tokens: ()  # tokens → token and picture of what was uploaded


def fields_of(cls: Any, sent: Form, asking: Asking, prefix: str = "") -> tuple[Field, ...]:
    """Return the fields of an event or record, filled with what was sent, or with defaults."""
    defaults = defaults_of(cls)
    return tuple(
        _field(name, its, defaults, sent, asking, prefix)
        for name, its in shapes(cls).items()
        if its.mark(Label) is not None or name not in defaults  # what has no words is not asked
    )


def _field(
    name: str,
    its: Shape,
    defaults: Mapping[str, Any],
    sent: Form,
    asking: Asking,
    prefix: str,
) -> Field:
    label, full = its.mark(Label), prefix + name
    listed = name in asking.choices and its.type in (str, Stage)  # not where facts are named
    widget = "one" if listed else widget_of(name, its)
    most, size, between = its.mark(Most), its.mark(Many), its.mark(Between)
    needed = name not in defaults and not its.optional
    if widget in ("several", "rows", "lines", "members", "documents"):
        needed = needed and size is not None and size.least > 0
    shown = its.mark(ShownTo)
    values = _values(full, widget, its, defaults.get(name), sent, asking.zone)
    if widget == "long" and name in asking.one_line and "\n" not in "".join(values):
        widget = "text"
    options = tuple(asking.choices[name] if listed else ()) or _options(widget, its, asking)
    if widget == "documents":
        options = tuple(asking.documents(sent.list(f"{full}-kept")))
    is_sealed = (
        widget == "documents"
        or its.type is Sealed
        or (its.inner is not None and its.inner.type is Sealed)
    )
    return Field(
        name=full,
        label=asking.words(label.text if label else _PLAIN.get(name, name)),
        widget=widget,
        hint=asking.words(label.hint) if label and label.hint else _hint(widget, asking.words),
        values=values,
        options=options,
        rows=_lines(full, widget, its, sent, asking),
        required=needed,
        most=most.chars if most else MOST_TEXT,
        least=str(between.low) if between and between.low > -1000 else "",
        audience=(shown.audience if shown else asking.audience) if is_sealed else "",
        error=asking.problems.get(full, ""),
        groups=asking.groups.get(name, {}) if listed else {},
        other=_other(full, values, options, most, sent, asking) if listed else None,
    )


def _other(
    full: str,
    values: Sequence[str],
    options: Sequence[Option],
    most: Most | None,
    sent: Form,
    asking: Asking,
) -> Field | None:
    """Return the field for what no choice says; what was typed elsewhere comes to stand there."""
    if full not in asking.open_ended:
        return None
    known = {value for value, _ in options}
    typed = sent.get(full + OTHER) or next((v for v in values if v and v not in known), "")
    label = asking.words(N_("Or another, in your own words"))
    length = most.chars if most else MOST_TEXT
    return Field(full + OTHER, label, "text", values=(typed,), required=False, most=length)


_PLAIN = {  # for records of the core that say no words of their own
    "id": N_("Short name"),
    "title": N_("Title"),
    "member": N_("Member"),
    "points": N_("Points"),
    "poll": N_("Poll"),
    "text": N_("Text"),
}


def _hint(widget: str, words: Words) -> str:
    return words(
        {
            "lines": N_("One on each line"),
            "pairs": N_("One on each line, as name = value"),
            "money": N_("In yuan, such as 126000 or 98.60"),
            "area": N_("In square metres, such as 98.60"),
            "share": N_("As a fraction, such as 2/3"),
            "several": N_("Tick all that apply"),
            "documents": N_(
                "JPEG, PNG or WebP pictures up to 10 MB each, PDF up to 5 MB, ten at most. "
                "Pictures are made smaller and lose their place and time"
            ),
        }.get(widget, "")
    )


def defaults_of(cls: Any) -> dict[str, Any]:
    """Return the default of each field that has one."""
    found: dict[str, Any] = {}
    for f in dataclasses.fields(cls):
        if f.default is not dataclasses.MISSING:
            found[f.name] = f.default
        elif f.default_factory is not dataclasses.MISSING:
            found[f.name] = f.default_factory()
    return found


def _values(
    full: str, widget: str, its: Shape, default: Any, sent: Form, zone: ZoneInfo
) -> tuple[str, ...]:
    if full in sent.data:
        return tuple(sent.list(full))
    if default is None or widget in ("rows", "record") or "key" in sent.data:
        return ()
    many = its.inner if its.type is tuple and its.inner is not None else None
    items = default if many is not None else (default,)
    written = tuple(_typed(widget, item, zone) for item in items)
    return ("\n".join(written),) if widget in ("lines", "members") and written else written


def _typed(widget: str, value: Any, zone: ZoneInfo) -> str:
    """Write a value as a person would type it."""
    if widget in ("money", "area"):
        return formats.decimal(value).replace(",", "")
    if isinstance(value, Stage):
        return value.key
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%dT%H:%M}"
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)


def _options(widget: str, its: Shape, asking: Asking) -> tuple[Option, ...]:
    of = its.inner if widget == "several" and its.inner is not None else its
    if widget in ("member", "members"):
        return tuple(asking.members)
    if of.type is Literal:
        enum = of.json.get("enum") or its.json.get("anyOf", [{}])[0].get("enum", ())
        choice = of.mark(Choice) or its.mark(Choice)
        said = choice.words if choice else {}
        return tuple((str(v), asking.words(said.get(v, str(v)))) for v in enum)
    if of.type is Stage:
        return tuple((one.key, asking.words(one.title)) for one in STAGES)
    if of.type is Ref:
        to = of.mark(To) or its.mark(To)
        return tuple(asking.facts(to.kinds if to else ()))
    return ()


def _lines(
    full: str, widget: str, its: Shape, sent: Form, asking: Asking
) -> tuple[tuple[Field, ...], ...]:
    if widget == "record":
        return (fields_of(its.type, sent, asking, prefix=f"{full}-"),)
    return _rows(full, its, sent, asking) if widget == "rows" else ()


def _rows(full: str, its: Shape, sent: Form, asking: Asking) -> tuple[tuple[Field, ...], ...]:
    """Return one line of fields for each record typed so far, and some empty ones."""
    assert its.inner is not None
    size = its.mark(Many)
    typed = row_count(full, sent)
    asked = sent.get(f"{full}-rows")
    wanted = max(typed + SPARE_ROWS, size.least if size else 1, int(asked) if _small(asked) else 0)
    count = min(wanted, size.most if size else MOST_ROWS, MOST_ROWS)
    needed = max(typed, size.least if size else 0)
    return tuple(
        tuple(
            # A browser would not send a form whose spare lines are empty but required.
            dataclasses.replace(one, required=one.required and i < needed)
            for one in fields_of(its.inner.type, sent, asking, prefix=f"{full}-{i}-")
        )
        for i in range(count)
    )


def _small(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 2


def row_count(full: str, sent: Form) -> int:
    """Return how many lines of a list of records carry text."""
    filled = [0]
    for key in sent:
        index, dash, _ = key.removeprefix(f"{full}-").partition("-")
        if key.startswith(f"{full}-") and dash and _small(index) and _is_typed(key, sent):
            filled.append(int(index) + 1)
    return min(max(filled), MOST_ROWS)


def _is_typed(key: str, sent: Form) -> bool:
    """Tell whether somebody put something there; that a box was offered is no answer."""
    return bool(sent[key]) and not key.endswith("-asked")


def typed(cls: Any, value: Any, zone: ZoneInfo, prefix: str = "") -> list[tuple[str, str]]:
    """Return what a person would have typed for an event or record: :func:`body_of_form` reads it.

    Sealed texts, documents and what each act says for itself are not in it.
    """
    made: list[tuple[str, str]] = []
    for name, its in shapes(cls).items():
        full, widget, one = prefix + name, widget_of(name, its), getattr(value, name)
        if one is None or its.type is Sealed or widget == "documents" or has_mark(its, Anew):
            continue
        if widget == "rows" and its.inner is not None:
            for i, row in enumerate(one):
                made += typed(its.inner.type, row, zone, f"{full}-{i}-")
        elif widget == "record":
            made += typed(its.type, one, zone, f"{full}-")
        elif widget == "pairs":
            made.append((full, "\n".join(f"{key} = {text}" for key, text in one.items())))
        else:
            many = one if isinstance(one, tuple) else (one,)
            texts = [_typed(widget, item, zone) for item in many]
            if widget in ("lines", "members"):
                texts = ["\n".join(texts)]
            made += [(full, text) for text in texts]
    return made


def body_of_form(cls: Any, sent: Form, prefix: str = "") -> dict[str, Any]:
    """Return what was sent as JSON for ``cls``; ``Unreadable`` names every field that is wrong.

    A field left empty is left out where it has a default or may be missing.
    """
    return body_from(shapes(cls), sent, prefix, defaults=defaults_of(cls))


def body_from(
    fields: Mapping[str, Shape],
    sent: Form,
    prefix: str = "",
    *,
    defaults: Mapping[str, Any],
) -> dict[str, Any]:
    """Return JSON for the given fields; see :func:`body_of_form`."""
    body: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, its in fields.items():
        full = prefix + name
        may_miss = name in defaults or its.optional
        try:
            value = _read(full, widget_of(name, its), its, sent)
        except Unreadable as error:
            problems += error.problems
            continue
        if value is not None:
            body[name] = value
        elif not may_miss:
            problems.append((full, "is missing"))
    if problems:
        raise Unreadable(problems)
    return body


def _read(full: str, widget: str, its: Shape, sent: Form) -> Any:
    """Return the JSON value of one field, ``None`` when nothing was typed."""
    of = its.inner if its.type is tuple and its.inner is not None else its
    if widget == "rows":
        return _read_rows(full, of, sent)
    if widget == "record":
        return body_of_form(of.type, sent, prefix=f"{full}-")
    if widget == "flag":
        sent_at_all = full in sent.data or f"{full}-asked" in sent.data
        return sent.get(full) in ("yes", "true") if sent_at_all else None
    if widget == "documents":
        return sent.list(full) or None
    if widget in ("several", "lines", "members"):
        if full not in sent.data and f"{full}-asked" not in sent.data:
            return None
        lines = [line.strip() for text in sent.list(full) for line in text.split("\n")]
        return [_scalar(full, widget, of, line, sent) for line in lines if line]
    if widget == "pairs":
        pairs = [line.partition("=") for line in sent.get(full).split("\n") if line.strip()]
        return {key.strip(): value.strip() for key, _, value in pairs} or None
    text, other = sent.get(full), sent.get(full + OTHER) if its.type is str else ""
    if text and other and text != other:
        raise Unreadable([(full, "has two answers")])
    return _scalar(full, widget, its, text or other, sent) if text or other else None


def _read_rows(full: str, of: Shape, sent: Form) -> list[Any]:
    rows: list[Any] = []
    for i in range(row_count(full, sent)):
        if any(key.startswith(f"{full}-{i}-") and _is_typed(key, sent) for key in sent):
            rows.append(body_of_form(of.type, sent, prefix=f"{full}-{i}-"))
    return rows


def _scalar(full: str, widget: str, its: Shape, text: str, sent: Form) -> Any:
    from wugong_server.forms import hundredths, local_time

    if widget in ("money", "area"):
        return hundredths(full, text)
    if its.type in (int, Ref):
        plain = text.replace(",", "").replace("−", "-")
        if not (plain.removeprefix("-").isdecimal() and plain.isascii() and len(plain) < 17):
            raise Unreadable([(full, "must be a whole number")])
        return int(plain)
    if its.type is datetime:
        return local_time(full, text, sent.zone).isoformat()
    if its.type is Literal:
        enum = its.json.get("enum") or its.json["anyOf"][0]["enum"]
        return next((value for value in enum if str(value) == text), text)
    return text
