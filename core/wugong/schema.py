"""The shape of an event's fields: reading JSON with clear errors, writing it, describing it.

One description serves the permission page, the journal, the API document and the form. Only
what canonical JSON carries exactly is allowed: text, integers, booleans, lists and records.
Shares are text (``"2/3"``), times ISO 8601 in UTC, money integers in 分, areas integers in 0.01 m².
"""

from __future__ import annotations

import builtins
import dataclasses
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from wugong.stages import STAGES, Stage, stage

T = TypeVar("T")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")  # neither a tab nor a new line
MOST_TEXT = 200  # characters, unless a field says Most(n)
MOST_ITEMS = 1000  # list items, unless a field says Many(n)
MOST_INT = 2**53 - 1  # what every JSON reader keeps exact


class Ref(int):
    """The number of the fact that this one answers; links every record to its origin."""


@dataclass(frozen=True, slots=True)
class Sealed(Generic[T]):
    """A personal or confidential text: in journals an id and a salted commitment.

    ``clear`` holds the text only on its way into the engine; it is never shown or compared.
    """

    id: str = ""
    commitment: str = ""
    clear: T | None = field(default=None, repr=False, compare=False)


def seal(text: str) -> Sealed[str]:
    """Wrap ``text`` for a ``Sealed[str]`` field of an event that is about to be recorded."""
    return Sealed(clear=text)


# Marks on a field, in ``Annotated[type, ...]``.
@dataclass(frozen=True, slots=True)
class Label:
    """The words beside the field in a form; message ids."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Most:
    """The most characters of a text."""

    chars: int


@dataclass(frozen=True, slots=True)
class Many:
    """How many items a list may have."""

    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of an integer, both included."""

    low: int
    high: int = MOST_INT


@dataclass(frozen=True, slots=True)
class To:
    """The kinds of fact that a ``Ref`` may name."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)


@dataclass(frozen=True, slots=True)
class Member:
    """A text, or list of texts, that names members: each must be enrolled (or ``""``)."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A list of texts that are the hashes of documents: each must be in the store."""


@dataclass(frozen=True, slots=True)
class Anew:
    """What each act says for itself: a form that begins with an earlier act leaves it empty."""


@dataclass(frozen=True, slots=True)
class ShownTo:
    """Who may open a sealed field, where that is narrower than the event's audience."""

    audience: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The words for the values of a ``Literal``; message ids by value."""

    words: Mapping[str, str]


class Unreadable(ValueError):
    """JSON that does not fit; ``problems`` pairs the place with what is wrong, in words."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{place}: {what}" for place, what in self.problems))

    def __reduce__(self) -> tuple[type[Unreadable], tuple[Any]]:
        """Say of what another process makes the same."""
        return type(self), (self.problems,)


@dataclass(frozen=True, slots=True)
class Shape:
    """How one field is read from JSON and written to it."""

    read: Callable[[Any, str], Any]
    write: Callable[[Any], Any]
    json: Mapping[str, Any]
    type: Any = str  # of the value; hides the builtin in this class
    marks: tuple[Any, ...] = ()
    inner: Shape | None = None  # the items of a list, or the value of an optional
    optional: bool = False

    def mark(self, kind: builtins.type[T]) -> T | None:
        """Return the mark of that kind on the field, or ``None``."""
        return next((mark for mark in self.marks if isinstance(mark, kind)), None)


def _fail(place: str, what: str) -> Unreadable:
    return Unreadable([(place, what)])


def _same(value: Any) -> Any:
    return value


def _text(marks: tuple[Any, ...]) -> Shape:
    most = next((mark.chars for mark in marks if isinstance(mark, Most)), MOST_TEXT)

    def read(value: Any, place: str) -> str:
        if not isinstance(value, str):
            raise _fail(place, f"must be text, got {_kind(value)}")
        if len(value) > most:
            raise _fail(place, f"has {len(value)} characters, at most {most} are allowed")
        if CONTROL.search(value):
            raise _fail(place, "contains a control character")
        return value

    return Shape(read, _same, {"type": "string", "maxLength": most}, str, marks)


def _whole(marks: tuple[Any, ...], as_ref: bool) -> Shape:
    between = next((m for m in marks if isinstance(m, Between)), None)
    low, high = (between.low, between.high) if between else (-MOST_INT, MOST_INT)
    low = max(low, 1) if as_ref else low

    def read(value: Any, place: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _fail(place, f"must be a whole number, got {_kind(value)}")
        if not low <= value <= high:
            raise _fail(place, f"must be from {low} to {high}, got {value}")
        return Ref(value) if as_ref else value

    described = {"type": "integer", "minimum": low, "maximum": high}
    return Shape(read, int, described, Ref if as_ref else int, marks)


def _flag(marks: tuple[Any, ...]) -> Shape:
    def read(value: Any, place: str) -> bool:
        if not isinstance(value, bool):
            raise _fail(place, f"must be true or false, got {_kind(value)}")
        return value

    return Shape(read, bool, {"type": "boolean"}, bool, marks)


def _parsed(
    parse: Callable[[str], Any],
    write: Callable[[Any], Any],
    described: Mapping[str, Any],
    of: Any,
    what: str,
) -> Callable[[tuple[Any, ...]], Shape]:
    def make(marks: tuple[Any, ...]) -> Shape:
        def read(value: Any, place: str) -> Any:
            try:
                if isinstance(value, of):
                    value = write(value)
                if isinstance(value, str):
                    return parse(value)
            except (ValueError, OverflowError, ZeroDivisionError):
                raise _fail(place, f"must be {what}, got {str(value)[:40]!r}") from None
            raise _fail(place, f"must be {what}, got {_kind(value)}")

        return Shape(read, write, described, of, marks)

    return make


def read_time(text: str) -> datetime:
    """Read an ISO 8601 time with its zone and return it in UTC.

    >>> read_time("2026-03-01T09:00:00+08:00").isoformat()
    '2026-03-01T01:00:00+00:00'
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("a time needs its zone, for example +08:00")
    return value.astimezone(UTC)


def write_time(value: datetime) -> str:
    """Write a time in UTC to the millisecond: ``2026-03-01T01:00:00.000Z``."""
    if value.tzinfo is None:
        raise ValueError("a time needs its zone")
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def read_share(text: str) -> Fraction:
    """Read a share written as two whole numbers: ``2/3``."""
    # Fraction itself also takes "1e999999999", over which it would think for years.
    if not re.fullmatch(r"-?[0-9]{1,18}/[1-9][0-9]{0,17}", text):
        raise ValueError("a share is two whole numbers such as 2/3")
    return Fraction(text)


def write_share(value: Fraction) -> str:
    """Write a share as text: ``2/3``; whole numbers too: ``1/1``."""
    return f"{value.numerator}/{value.denominator}"


def _stage_list(value: Any) -> str:
    return value.key if isinstance(value, Stage) else str(value)


_SCALARS: dict[Any, Callable[[tuple[Any, ...]], Shape]] = {
    str: _text,
    bool: _flag,
    int: lambda marks: _whole(marks, as_ref=False),
    Ref: lambda marks: _whole(marks, as_ref=True),
    date: _parsed(
        date.fromisoformat,
        lambda value: value.isoformat(),
        {"type": "string", "format": "date"},
        date,
        "a date such as 2026-03-01",
    ),
    datetime: _parsed(
        read_time,
        write_time,
        {"type": "string", "format": "date-time"},
        datetime,
        "a time with its zone such as 2026-03-01T09:00:00+08:00",
    ),
    Fraction: _parsed(
        read_share,
        write_share,
        {"type": "string", "pattern": r"^-?\d+/[1-9]\d*$"},
        Fraction,
        "a share such as 2/3",
    ),
    Stage: _parsed(
        stage,
        _stage_list,
        {"type": "string", "enum": [known.key for known in STAGES]},
        Stage,
        "a stage (" + ", ".join(known.key for known in STAGES) + ")",
    ),
}


def shape(annotation: Any, marks: tuple[Any, ...] = ()) -> Shape:
    """Return the shape of a field's annotation; ``TypeError`` for one that JSON cannot carry."""
    if get_origin(annotation) is Annotated:
        base, *more = get_args(annotation)
        return shape(base, (*more, *marks))
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation](marks)
    if origin is Literal:
        return _literal(args, marks)
    if origin is Sealed:
        return _sealed(marks)
    if origin in (Union, types.UnionType) and len(args) == 2 and type(None) in args:
        return _optional(next(a for a in args if a is not type(None)), marks)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return _list(args[0], marks)
    if origin is Mapping and args[0] is str:
        return _mapping(args[1], marks)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _record(annotation, marks)
    raise TypeError(f"a field of type {annotation!r} cannot be recorded")


def _literal(values: tuple[Any, ...], marks: tuple[Any, ...]) -> Shape:
    def read(value: Any, place: str) -> Any:
        # 1 equals True and 1.0, but JSON writes each in its own way.
        if not any(value == known and type(value) is type(known) for known in values):
            words = ", ".join(map(str, values))
            raise _fail(place, f"must be one of {words}, got {str(value)[:40]!r}")
        return value

    return Shape(read, _same, {"enum": list(values)}, Literal, marks)


def _sealed(marks: tuple[Any, ...]) -> Shape:
    text = _text(marks)

    def read(value: Any, place: str) -> Sealed[str]:
        if isinstance(value, Sealed):
            if value.clear is not None:
                text.read(value.clear, place)
            return value
        if isinstance(value, Mapping) and set(value) == {"id", "commitment"}:
            return Sealed(str(value["id"]), str(value["commitment"]))
        return Sealed(clear=text.read(value, place))

    def write(value: Sealed[str]) -> dict[str, str]:
        return {"id": value.id, "commitment": value.commitment}

    return Shape(read, write, {**text.json, "writeOnly": True}, Sealed, marks)


def _optional(of: Any, marks: tuple[Any, ...]) -> Shape:
    inner = shape(of, marks)

    def read(value: Any, place: str) -> Any:
        return None if value is None else inner.read(value, place)

    def write(value: Any) -> Any:
        return None if value is None else inner.write(value)

    described = {"anyOf": [inner.json, {"type": "null"}]}
    return Shape(read, write, described, inner.type, inner.marks, inner.inner or inner, True)


def _list(of: Any, marks: tuple[Any, ...]) -> Shape:
    inner = shape(of, marks)
    size = next((mark for mark in marks if isinstance(mark, Many)), Many(MOST_ITEMS))

    def read(value: Any, place: str) -> tuple[Any, ...]:
        if isinstance(value, str | Mapping) or not isinstance(value, list | tuple):
            raise _fail(place, f"must be a list, got {_kind(value)}")
        if not size.least <= len(value) <= size.most:
            raise _fail(place, f"must have {size.least} to {size.most} items, has {len(value)}")
        return tuple(_gather((inner.read, v, f"{place}[{i}]") for i, v in enumerate(value)))

    def write(value: Any) -> list[Any]:
        return [inner.write(item) for item in value]

    described = {
        "type": "array",
        "items": inner.json,
        "minItems": size.least,
        "maxItems": size.most,
    }
    return Shape(read, write, described, tuple, inner.marks, inner)


def _mapping(of: Any, marks: tuple[Any, ...]) -> Shape:
    inner = shape(of, marks)
    _nothing_sealed(inner, "a mapping")
    if inner.type is Ref:
        raise TypeError("a mapping cannot hold a reference: nothing would check it")

    def read(value: Any, place: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise _fail(place, f"must be an object, got {_kind(value)}")
        if len(value) > MOST_ITEMS:
            raise _fail(place, f"must have at most {MOST_ITEMS} entries, has {len(value)}")
        read = _gather((inner.read, v, f"{place}.{k}") for k, v in value.items())
        return types.MappingProxyType(dict(zip(value, read, strict=True)))

    def write(value: Mapping[str, Any]) -> dict[str, Any]:
        return {key: inner.write(item) for key, item in value.items()}

    return Shape(read, write, {"type": "object", "additionalProperties": inner.json}, dict, marks)


def _nothing_sealed(its: Shape, where: str) -> None:
    """Refuse a sealed text where the engine would not find it to seal it."""
    if Sealed in (its.type, its.inner.type if its.inner else None):
        raise TypeError(f"a sealed text stands at the top of an event, not in {where}")


def _record(cls: type[Any], marks: tuple[Any, ...]) -> Shape:
    for its in shapes(cls).values():
        _nothing_sealed(its, f"the record {cls.__name__}")

    def read(value: Any, place: str) -> Any:
        if isinstance(value, cls):  # made in Python: checked no less than JSON
            value = {name: getattr(value, name) for name in shapes(cls)}
        return read_record(cls, value, place)

    return Shape(read, write_record, json_schema(cls), cls, marks)


def _gather(reads: Iterable[tuple[Callable[[Any, str], Any], Any, str]]) -> list[Any]:
    """Read every item before failing, so that all problems are told at once."""
    values: list[Any] = []
    problems: list[tuple[str, str]] = []
    for read, value, place in reads:
        try:
            values.append(read(value, place))
        except Unreadable as error:
            problems += error.problems
    if problems:
        raise Unreadable(problems)
    return values


def _kind(value: Any) -> str:
    return {
        type(None): "nothing",
        str: "text",
        bool: "true/false",
        float: "a decimal number",
        int: "a number",
    }.get(type(value), "a list" if isinstance(value, list | tuple) else "an object")


_SHAPES: dict[Any, Mapping[str, Shape]] = {}


def shapes(cls: Any) -> Mapping[str, Shape]:
    """Return the shape of each field of a frozen dataclass, in order."""
    if cls not in _SHAPES:
        hints = get_type_hints(cls, include_extras=True)
        made = {f.name: shape(hints[f.name]) for f in dataclasses.fields(cls)}
        _SHAPES[cls] = types.MappingProxyType(made)
    return _SHAPES[cls]


@cache
def _required(cls: Any) -> frozenset[str]:
    missing = dataclasses.MISSING
    return frozenset(
        f.name
        for f in dataclasses.fields(cls)
        if f.default is missing and f.default_factory is missing
    )


def read_record(cls: type[T], value: Any, place: str = "") -> T:
    """Build ``cls`` from a JSON object; ``Unreadable`` lists every problem with its place."""
    if not isinstance(value, Mapping):
        raise _fail(place or "body", f"must be an object, got {_kind(value)}")
    known, needed = shapes(cls), _required(cast(Any, cls))
    at = f"{place}." if place else ""
    unknown = [str(name) for name in value if name not in known]
    problems = [(at + name, "is not a field of this act") for name in unknown]
    fields: dict[str, Any] = {}
    for name, its in known.items():
        if name in value:
            try:
                fields[name] = its.read(value[name], at + name)
            except Unreadable as error:
                problems += error.problems
            else:
                if name in needed and _blank(fields[name]):
                    problems.append((at + name, "must not be empty"))
        elif name in needed:
            problems.append((at + name, "is missing"))
    if problems:
        raise Unreadable(problems)
    return cls(**fields)


def _blank(value: Any) -> bool:
    text = value.clear if isinstance(value, Sealed) else value
    return isinstance(text, str) and not text.strip()


def write_record(value: Any) -> dict[str, Any]:
    """Write a frozen dataclass as a JSON object with all its fields."""
    return {name: its.write(getattr(value, name)) for name, its in shapes(type(value)).items()}


def json_schema(cls: Any) -> Mapping[str, Any]:
    """Describe ``cls`` as JSON Schema (2020-12)."""
    return {
        "type": "object",
        "properties": {name: dict(its.json) for name, its in shapes(cls).items()},
        "required": sorted(_required(cls)),
        "additionalProperties": False,
    }
