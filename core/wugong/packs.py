"""Local packs: a city or a village makes a procedure stricter by a TOML file of its own.

A pack names its ``parent`` and states only what it changes. The fields it may change are the
parent's ``overridable``, and each in one direction only (``DIRECTIONS``); what it does not state,
and every test that it does not repeat, stays as the parent has it. So whatever passes a pack
passes its parent. A procedure without a parent is no pack: a plugin contributes it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from wugong.places import beside, lies_in
from wugong.procedure_parts import Composition, Item, Requirement, Silence
from wugong.procedure_rows import check_figures
from wugong.procedures import Procedure, read_fields, read_procedures
from wugong.words import N_

DIRECTIONS: Mapping[str, str] = {
    "notice_days": N_("more days"),
    "publish_days": N_("more days"),
    "quorum": N_("a higher share, or a further test"),
    "consent": N_("a higher share, or a further test"),
    "composition": N_("a higher share, or a further test"),
    "silence": N_("fewer ways to count silent ballots"),
    "items": N_("further matters"),
}
OWN = {"id", "parent", "title", "jurisdiction", "effective_from", "effective_to", "basis"}
_SOURCES = {"notice_source": "notice_days", "publish_source": "publish_days"}
MOST_BYTES = 200_000
MOST_DEEP = 10  # packs that rest on each other


def read_folder(folder: Path, parents: Mapping[str, Procedure]) -> dict[str, Procedure]:
    """Read the packs of a folder (``*.toml``, in order of name); ``ValueError`` names the file."""
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}")
    return read_packs(((file.name, _text(file)) for file in sorted(folder.glob("*.toml"))), parents)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"{file.name}: has more than {MOST_BYTES} bytes")
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{file.name}: is not UTF-8") from None
    except OSError as error:
        raise ValueError(f"{file.name}: cannot be read: {error.strerror}") from None


def read_packs(
    files: Iterable[tuple[str, str]], parents: Mapping[str, Procedure]
) -> dict[str, Procedure]:
    """Read packs, each made on its parent; a parent may be a pack of the same folder.

    ``ValueError`` says which file: a laxer number, a field that is not to be changed, an unknown
    key or parent, none at all, a cycle, an id that is taken, another pack for the same place.
    """
    wanted: dict[str, tuple[str, str, Mapping[str, Any]]] = {}
    made: dict[str, Procedure] = {}
    for name, text in files:
        data = _read(name, text)
        one = data.get("id")
        if not isinstance(one, str) or not one:
            raise ValueError(f"{name}: id missing")
        if one in parents or one in wanted:
            raise ValueError(f"{name}: procedure {one} is there already")
        if "parent" not in data:
            raise ValueError(f"{name}: names no parent that it makes stricter")
        wanted[one] = (name, text, data)
    for one in wanted:
        _make(one, wanted, made, parents, ())
    found = {one: made[one] for one in sorted(made)}
    beside(found.values(), {**parents, **found})
    return found


def _read(name: str, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name}: {error}") from None


def _make(
    one: str,
    wanted: Mapping[str, tuple[str, str, Mapping[str, Any]]],
    made: dict[str, Procedure],
    parents: Mapping[str, Procedure],
    below: tuple[str, ...],
) -> Procedure:
    """Make a pack after its parent; ``below`` are the packs that wait for this one."""
    if (found := made.get(one) or parents.get(one)) is not None:
        return found
    name = wanted[below[-1]][0] if below else wanted[one][0]
    if one in below:
        raise ValueError(f"{name}: a cycle of parents: {' → '.join((*below, one))}")
    if one not in wanted:
        raise ValueError(f"{name}: the parent {one} is not known")
    name, text, data = wanted[one]
    too_deep = ValueError(f"{name}: more than {MOST_DEEP} packs rest on each other")
    if len(below) > MOST_DEEP:
        raise too_deep
    parent = _make(str(data["parent"]), wanted, made, parents, (*below, one))
    if len(parent.ancestors) >= MOST_DEEP:
        raise too_deep
    try:
        made[one] = replace(stricter(parent, data, text), pack=name)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return made[one]


def stricter(parent: Procedure, data: Mapping[str, Any], text: str = "") -> Procedure:
    """Return ``parent`` as a pack changes it; ``ValueError`` where the pack would be laxer."""
    where = f"procedure {data.get('id', '?')}"
    if missing := {"id", "parent", "title", "jurisdiction", "basis"} - data.keys():
        raise ValueError(f"{where}: {', '.join(sorted(missing))} missing")
    stated = read_fields(data, where)
    if not stated["basis"]:
        raise ValueError(f"{where}: basis names no article")
    allowed = {
        *OWN,
        *parent.overridable,
        *(source for source, days in _SOURCES.items() if days in parent.overridable),
    }
    if fixed := stated.keys() - allowed:
        may = ", ".join(parent.overridable) or "nothing"
        raise ValueError(
            f"{where}: {', '.join(sorted(fixed))} cannot be changed; {parent.id} leaves {may}"
        )
    for key in stated.keys() & _RULES.keys():
        stated[key] = _RULES[key](getattr(parent, key), stated[key], f"{where}, {key}")
    for source, days in _SOURCES.items():  # its own days do not rest on its parent's article
        if getattr(parent, days) != stated.get(days, getattr(parent, days)):
            stated.setdefault(source, stated["basis"][0].article)
    if not lies_in(stated["jurisdiction"], parent.jurisdiction):
        raise ValueError(f"{where}: jurisdiction lies outside of that of {parent.id}")
    since = stated.pop("effective_from", parent.effective_from)
    until = _until(parent.effective_to, stated.pop("effective_to", parent.effective_to), where)
    if since < parent.effective_from:
        raise ValueError(f"{where}: effective_from is before that of {parent.id}")
    basis = (*stated.pop("basis"), *parent.basis)
    made = replace(parent, **stated, effective_from=since, effective_to=until)
    check_figures(made.composition, made.classes, where)
    ancestors = (parent.id, *parent.ancestors)
    texts = (*parent.texts, text)
    return replace(made, family="", form="", basis=basis, ancestors=ancestors, texts=texts)


def read_again(name: str, texts: Sequence[str]) -> Procedure:
    """Read a procedure of the texts that it was made of (``Procedure.texts``), without a folder.

    ``ValueError`` where the texts hold no such procedure.
    """
    first, *packs = texts
    data = [tomllib.loads(text) for text in packs]
    wanted = data[0]["parent"] if data else name
    made = next((one for one in read_procedures(first) if one.id == wanted), None)
    if made is None:
        raise ValueError(f"procedure {wanted} is not in its text")
    for text, stated in zip(packs, data, strict=True):
        made = stricter(made, stated, text)
    return made


def changed(parent: Procedure, pack: Procedure) -> tuple[str, ...]:
    """Return the fields that ``pack`` makes stricter than its parent has them."""
    return tuple(name for name in DIRECTIONS if getattr(parent, name) != getattr(pack, name))


def _until(parents: date | None, own: date | None, where: str) -> date | None:
    if parents is not None and (own is None or own > parents):
        raise ValueError(f"{where}: effective_to is after that of its parent")
    return own


def _more_days(parents: int, own: int, where: str) -> int:
    if own < parents:
        raise ValueError(f"{where}: {own} is laxer than the {parents} days of its parent")
    return own


def _tests(
    parents: tuple[Requirement, ...], own: tuple[Requirement, ...], where: str
) -> tuple[Requirement, ...]:
    """Return the parent's tests, raised where the pack repeats one, and its further tests."""
    raised = {test.id: test for test in own}
    for test in parents:
        if (new := raised.get(test.id)) is None:
            continue
        if new.counts != test.counts or new.base not in (test.base, "all"):
            raise ValueError(f"{where}: {test.id} must count {test.counts} of {test.base}")
        _no_laxer(new, test, where)
    kept = tuple(raised.pop(test.id, test) for test in parents)
    units = {test.counts for test in parents}
    for test in raised.values():
        if units and test.counts not in units:
            raise ValueError(f"{where}: {test.id} counts {test.counts}, its parent does not")
    return kept + tuple(raised.values())


def _no_laxer(new: Requirement | Composition, old: Requirement | Composition, where: str) -> None:
    mine, theirs = new.threshold, old.threshold
    if mine is None or theirs is None:
        raise ValueError(f"{where}: {old.id} must stay a share or a number as its parent has it")
    lower = mine.share < theirs.share
    if lower or (mine.share == theirs.share and mine.inclusive and not theirs.inclusive):
        raise ValueError(
            f"{where}: {old.id} {mine.op} {mine.share} is laxer than "
            f"{theirs.op} {theirs.share} of its parent"
        )


def _composition(
    parents: tuple[Composition, ...], own: tuple[Composition, ...], where: str
) -> tuple[Composition, ...]:
    raised = {test.id: test for test in own}
    for test in parents:
        if (new := raised.get(test.id)) is None:
            continue
        if (new.count, new.of) != (test.count, test.of):
            raise ValueError(f"{where}: {test.id} must count {test.count} of {test.of or 'all'}")
        if test.threshold is not None or new.threshold is not None:
            _no_laxer(new, test, where)
        elif new.number < test.number or (test.most and not 0 < new.most <= test.most):
            mine, theirs = new.number or new.most, test.number or test.most
            raise ValueError(f"{where}: {test.id} {mine} is laxer than {theirs}")
    kept = tuple(raised.pop(test.id, test) for test in parents)
    return kept + tuple(raised.values())


def _silence(
    parents: tuple[Silence, ...], own: tuple[Silence, ...], where: str
) -> tuple[Silence, ...]:
    known = {one.policy for one in parents}
    if more := [one.policy for one in own if one.policy not in known]:
        raise ValueError(f"{where}: {more[0]} is laxer: its parent does not allow it")
    return own


def _items(parents: tuple[Item, ...], own: tuple[Item, ...], where: str) -> tuple[Item, ...]:
    """Return the parent's matters and further ones; one may be kept from delegates, not given."""
    changed = {item.number: item for item in own}
    for item in parents:
        new = changed.get(item.number)
        if new and (new.delegable > item.delegable or new.belongs_to != item.belongs_to):
            raise ValueError(f"{where}: {item.number} would be laxer than its parent has it")
    kept = tuple(changed.pop(item.number, item) for item in parents)
    return kept + tuple(changed.values())


_RULES: Mapping[str, Callable[[Any, Any, str], Any]] = {
    "notice_days": _more_days,
    "publish_days": _more_days,
    "quorum": _tests,
    "consent": _tests,
    "composition": _composition,
    "silence": _silence,
    "items": _items,
}
