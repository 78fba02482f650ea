"""Events: what may happen to a matter. An event as recorded is a fact."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast, dataclass_transform

from wugong.schema import (
    Attached,
    Label,
    Member,
    Ref,
    Sealed,
    Shape,
    To,
    json_schema,
    read_record,
    shapes,
    write_record,
)
from wugong.stages import Stage

C = TypeVar("C", bound=type[Any])


@dataclass(frozen=True, slots=True)
class Kind:
    """The declaration of one kind of event: permission check, 權責清單 row, API schema and form."""

    name: str
    version: int
    may: Mapping[str, Stage]
    cls: type[Any]
    shown_to: str = "public"
    source: str = ""
    not_same_as: tuple[str, ...] = ()
    bulk: bool = False
    despite_hold: bool = False
    sealed_for: str | None = None
    boxed: str | None = None
    title: str = ""
    says: str = ""
    formerly: tuple[str, ...] = ()

    @property
    def plugin(self) -> str:
        """The plugin that speaks this kind: what stands before the dot."""
        return self.name.partition(".")[0]

    @property
    def fields(self) -> Mapping[str, Shape]:
        """The shape of each field, in order."""
        return shapes(self.cls)

    @property
    def about(self) -> str:
        """What the event means: its docstring."""
        return (self.cls.__doc__ or "").strip()

    def read(self, body: Any) -> Any:
        """Build the event from JSON; ``Unreadable`` lists every problem."""
        global _last_read
        made = read_record(self.cls, body)
        _last_read = (
            None if _sealable(cast(Any, self.cls)) else made
        )  # personal texts are held by nobody
        return made

    def schema(self) -> Mapping[str, Any]:
        """Describe the body as JSON Schema."""
        return json_schema(self.cls)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(
    name: str,
    *,
    may: Mapping[str, Stage],
    version: int = 1,
    shown_to: str = "public",
    source: str = "",
    not_same_as: str | Iterable[str] | None = None,
    bulk: bool = False,
    despite_hold: bool = False,
    sealed_for: str | None = None,
    boxed: str | None = None,
    title: str = "",
    says: str = "",
    formerly: Iterable[str] = (),
) -> Callable[[C], C]:
    """Declare a kind of event called ``plugin.verb`` on a class of annotated fields.

    ``may``: role (or relation, ``"plugin"``, ``"clock"``, ``"operator"``) → stages in which it may
    act. ``shown_to``: ``"public"``, ``"members"``, a role or a relation. ``not_same_as``: names of
    ``Ref`` fields whose author, or relations whose members, must not be the one who acts.
    ``bulk``: goes to books and views, not to folds. ``despite_hold``: lawful while its stage is
    held. ``sealed_for``: the field that names the member whose key seals the ``Sealed`` fields
    (default: who acts). ``boxed``: the ``Ref`` field that names a poll; where that poll is secret,
    the act leaves no fact but goes into the box. ``title`` and ``says``: message ids of its name
    and of its sentence in the timeline, in which ``{by}`` and the fields may stand.
    ``formerly``: names it had before.
    """
    plugin, dot, verb = name.partition(".")
    if not (dot and plugin.isidentifier() and verb.replace("_", "").isalnum()):
        raise TypeError(f"an event is called plugin.verb, got {name!r}")
    barred = (not_same_as,) if isinstance(not_same_as, str) else tuple(not_same_as or ())

    def declare(cls: C) -> C:
        made: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        kind = Kind(
            name=name,
            version=version,
            may=dict(may),
            cls=made,
            shown_to=shown_to,
            source=source,
            not_same_as=barred,
            bulk=bulk,
            despite_hold=despite_hold,
            sealed_for=sealed_for,
            boxed=boxed,
            title=title,
            says=says,
            formerly=tuple(formerly),
        )
        made.__wugong_kind__ = kind
        return cast(C, made)

    return declare


def kind_of(event: Any) -> Kind:
    """Return the declaration of an event or of its class; ``TypeError`` if it has none."""
    kind = getattr(event, "__wugong_kind__", None)
    if not isinstance(kind, Kind):
        raise TypeError(f"{event!r} is not declared with @event")
    return kind


_last_read: Any = None


def checked(event: Any) -> Any:
    """Read an event through its declaration: one made in Python is as checked as JSON."""
    kind = kind_of(event)
    if isinstance(event, type):
        raise TypeError(f"{event.__name__} is a class; record an instance of it")
    if event is _last_read:  # it was made from JSON a moment ago, and nobody can change it
        return event
    return kind.read({name: getattr(event, name) for name in kind.fields})


def name_of(kind: str | type[Any]) -> str:
    """Return the name of a kind given as a class or as text."""
    return kind if isinstance(kind, str) else kind_of(kind).name


@dataclass(frozen=True, slots=True)
class Unknown:
    """A recorded fact of a kind that no installed plugin knows; officers see it as it stands."""

    kind: str
    version: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody tries to do: an event on its way through permission and guards."""

    matter: str
    event: Any
    kind: str
    by: str
    principal: str | None
    channel: str
    at: datetime
    roles: frozenset[str] = frozenset()
    seq: int | None = None  # a fact has one, an act not yet

    @property
    def who(self) -> str:
        """The person for whom the act counts: the principal where somebody acts for them."""
        return self.principal or self.by


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as recorded; ``seq`` is its number in the community's journal."""

    seq: int
    matter: str
    event: Any
    kind: str
    version: int
    by: str
    principal: str | None
    channel: str
    at: datetime
    cause: int | None = None

    @property
    def who(self) -> str:
        """The person for whom the act counts: the principal where somebody acted for them."""
        return self.principal or self.by


def body_of(event: Any) -> dict[str, Any]:
    """Write an event's fields as JSON; sealed fields as id and commitment."""
    return dict(event.body) if isinstance(event, Unknown) else write_record(event)


def sealed_fields(event: Any) -> dict[str, Sealed[str]]:
    """Return the sealed fields of an event by name; items of sealed lists as ``name[0]``."""
    found: dict[str, Sealed[str]] = {}
    for name in _sealable(cast(Any, type(event))):
        value = getattr(event, name)
        if isinstance(value, Sealed):
            found[name] = value
        elif isinstance(value, tuple):
            found |= {f"{name}[{i}]": v for i, v in enumerate(value) if isinstance(v, Sealed)}
    return found


@cache
def _sealable(cls: Any) -> tuple[str, ...]:
    """Return the fields of an event's class that may hold something sealed."""
    if cls is Unknown:
        return ()
    return tuple(name for name, its in shapes(cls).items() if _is_sealed(its))


def _is_sealed(its: Shape) -> bool:
    return its.type is Sealed or (its.inner is not None and _is_sealed(its.inner))


def open_texts(event: Any) -> list[str]:
    """Return what people wrote into an event that is not sealed: the texts that have a label."""
    if isinstance(event, Unknown):
        return []
    found: list[str] = []
    for name, its in shapes(type(event)).items():
        of = its.inner if its.inner is not None else its
        coded = its.mark(Label) is None or (its.mark(Member) or of.mark(Member)) is not None
        if of.type is str and not coded and its.mark(Attached) is None:
            found += _values(event, name)
    return found


def with_sealed(event: Any, sealed: Mapping[str, Sealed[str]]) -> Any:
    """Return a copy of ``event`` whose sealed fields are those of ``sealed``."""
    if not sealed:
        return event
    changes: dict[str, Any] = {}
    for f in dataclasses.fields(event):
        value = getattr(event, f.name)
        if f.name in sealed:
            changes[f.name] = sealed[f.name]
        elif isinstance(value, tuple):
            items = tuple(sealed.get(f"{f.name}[{i}]", v) for i, v in enumerate(value))
            if items != value or any(isinstance(item, Sealed) for item in items):
                changes[f.name] = items
    return dataclasses.replace(event, **changes)


def refs(event: Any) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the facts that ``event`` names, in records too: field, number, kinds (empty: any)."""
    return [] if isinstance(event, Unknown) else list(_refs(event, ""))


def _refs(record: Any, at: str) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    for name, kinds in _naming(cast(Any, type(record)), Ref):
        for one in _values(record, name):
            if kinds is None:
                yield from _refs(one, f"{at}{name}.")
            else:
                yield at + name, int(one), kinds


def members_named(event: Any) -> list[tuple[str, str]]:
    """Return field and id of the members that ``event`` names in fields marked ``Member()``."""
    return [] if isinstance(event, Unknown) else list(_members(event, ""))


def _members(record: Any, at: str) -> Iterator[tuple[str, str]]:
    for name, kinds in _naming(cast(Any, type(record)), Member):
        for one in _values(record, name):
            if kinds is None:
                yield from _members(one, f"{at}{name}.")
            elif one:
                yield at + name, one


def _values(record: Any, name: str) -> tuple[Any, ...]:
    value: Any = getattr(record, name)
    return () if value is None else value if isinstance(value, tuple) else (value,)


@cache
def _naming(cls: Any, what: Any) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """Return the fields of a class that name facts or members, with their kinds (empty: any).

    ``None`` stands for a field of records, which may name some in turn.
    """
    found: list[tuple[str, tuple[str, ...] | None]] = []
    for name, its in shapes(cls).items():
        of = its.inner if its.inner is not None else its
        if what is Ref and of.type is Ref:
            to = of.mark(To)
            found.append((name, to.kinds if to else ()))
        elif what is Member and (its.mark(Member) or of.mark(Member)) is not None:
            found.append((name, ()))
        elif dataclasses.is_dataclass(of.type) and of.type is not Sealed:
            found.append((name, None))
    return tuple(found)


def documents_named(event: Any) -> list[tuple[str, str]]:
    """Return field and hash of the documents that ``event`` names in fields marked ``Attached``."""
    if isinstance(event, Unknown):
        return []
    return [(name, one) for name in attached(type(event)) for one in getattr(event, name)]


_ATTACHED: dict[Any, tuple[str, ...]] = {}


def attached(cls: Any) -> tuple[str, ...]:
    """Return the fields of an event's class that are marked ``Attached``."""
    if cls not in _ATTACHED:  # asked for every act and every fact
        marked = (name for name, its in shapes(cls).items() if its.mark(Attached) is not None)
        _ATTACHED[cls] = tuple(marked)
    return _ATTACHED[cls]


@dataclass(frozen=True, slots=True)
class Reads:
    """A plugin hears another's facts: the kind, and the fields it needs with their types.

    ``Reads("planning.need_filed", channel=str)``. The fact it is given carries a small frozen
    value with just these fields. At start the fields are compared with the producer's class.
    """

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, kind: str, **fields: Any) -> None:
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "fields", fields)
