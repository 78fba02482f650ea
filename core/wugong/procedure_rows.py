"""The rows of a procedure file, read and checked; every message says which row and which key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeVar, get_args

from wugong.procedure_parts import (
    DECIDED,
    MEASURE_OF,
    NO_DAYS,
    PASSED,
    Base,
    Basis,
    Composition,
    Confidence,
    Incompatible,
    Item,
    Proxies,
    Requirement,
    SeatClass,
    Silence,
    Step,
    Support,
    Term,
)
from wugong.thresholds import Threshold
from wugong.words import LANGUAGES

Row = TypeVar("Row")
MOST_DAYS = 3650
ABOVE_HALF = "follow_majority_above_half"
POLICIES = (
    "strict_returned",
    "signed_receipt_is_abstain",
    "follow_majority_if_rules_say",
    ABOVE_HALF,
)
FIGURES = ("members", "representatives", "women", "households")
CLASS = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_list(value: Any, read: Callable[[Any, str], Row], where: str) -> tuple[Row, ...]:
    """Read a list of tables; no two may have the same id."""
    if not isinstance(value, list):
        raise ValueError(f"{where}: must be a list of tables")
    made = tuple(read(row, where) for row in value)
    ids = [row["id"] for row in value if "id" in row]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"{where}: {twice[0]} is there twice")
    return made


def read_basis(row: Any, where: str) -> Basis:
    """Read ``{article, text_year, confidence}``; the year is 0 where it is not known."""
    check_keys(row, where, {"article", "text_year", "confidence"})
    if type(row["text_year"]) is not int:
        raise ValueError(f"{where}: text_year must be a year, got {row['text_year']!r}")
    return Basis(read_text(row, "article", where), row["text_year"], read_confidence(row, where))


def read_requirement(row: Any, where: str) -> Requirement:
    """Read ``{id, measure, op, base, share, source}`` and, where stated, ``confidence``."""
    needed = {"id", "measure", "op", "base", "share", "source"}
    place = f"{where}, test {row.get('id', '?')}" if isinstance(row, dict) else where
    check_keys(row, place, needed, {"confidence"})
    unit = row["measure"]
    if unit not in MEASURE_OF:
        raise ValueError(f"{place}: measure must be one of {', '.join(MEASURE_OF)}")
    if row["base"] not in get_args(Base):
        raise ValueError(f"{place}: base must be one of {', '.join(get_args(Base))}")
    measure = MEASURE_OF[unit]
    return Requirement(
        read_text(row, "id", place),
        measure,
        row["base"],
        _threshold(row, place),
        None if unit == measure else unit,
        read_confidence(row, place) if "confidence" in row else None,
    )


def read_support(row: Any, where: str) -> Support:
    """Read ``{unit, op, share, source, confidence}``."""
    check_keys(row, where, {"unit", "op", "share", "source", "confidence"})
    if row["unit"] not in MEASURE_OF:
        raise ValueError(f"{where}: unit must be one of {', '.join(MEASURE_OF)}")
    return Support(row["unit"], _threshold(row, where), read_confidence(row, where))


def read_proxies(row: Any, where: str) -> Proxies:
    """Read ``{allowed, candidates, source, confidence}``, a cap ``most``, and ``household``."""
    needed = {"allowed", "candidates", "source", "confidence"}
    check_keys(row, where, needed, {"most", "household"})
    most = row.get("most")
    if most is not None and (type(most) is not int or most < 1):
        raise ValueError(f"{where}: most must be a number from 1, got {most!r}")
    for key in ("allowed", "candidates", "household"):
        if not isinstance(row.get(key, False), bool):
            raise ValueError(f"{where}: {key} must be true or false")
    allowed, source = row["allowed"], read_text(row, "source", where)
    sure, within = read_confidence(row, where), row.get("household", False)
    return Proxies(allowed, most, row["candidates"], source, sure, within)


def read_silence(row: Any, where: str) -> Silence:
    """Read ``{policy, source, confidence}``; ``op`` and ``share`` of what a majority needs."""
    policy = row.get("policy") if isinstance(row, dict) else None
    floor = {"op", "share"} if policy == ABOVE_HALF else set()
    check_keys(row, where, {"policy", "source", "confidence", *floor})
    if policy not in POLICIES:
        raise ValueError(f"{where}: policy must be one of {', '.join(POLICIES)}")
    threshold = _threshold(row, where) if floor else None
    source, sure = read_text(row, "source", where), read_confidence(row, where)
    return Silence(policy, source, sure, threshold)


def read_composition(row: Any, where: str) -> Composition:
    """Read ``{id, count, of, op, share, …}``, or ``number`` (at least) or ``most`` for a share.

    A number with ``of`` is one for each of these.
    """
    shared = {"id", "count", "source", "confidence"}
    limit = next((key for key in ("number", "most") if isinstance(row, dict) and key in row), "")
    of, threshold, number = "", None, 0
    if limit:
        check_keys(row, where, shared | {limit}, {"of"})
        of = read_text(row, "of", where) if "of" in row else ""
        if type(number := row[limit]) is not int or number < 1:
            raise ValueError(f"{where}: {limit} must be a number from 1")
    else:
        check_keys(row, where, shared | {"of", "op", "share"})
        of, threshold = read_text(row, "of", where), _threshold(row, where)
    source, sure = read_text(row, "source", where), read_confidence(row, where)
    least, most = (0, number) if limit == "most" else (number, 0)
    name, count = read_text(row, "id", where), read_text(row, "count", where)
    return Composition(name, count, of, threshold, least, source, sure, most)


def read_class(row: Any, where: str) -> SeatClass:
    """Read ``{id, source, confidence, zh_Hans, zh_Hant, en}``; ``chair`` where one presides."""
    check_keys(row, where, {"id", "source", "confidence", *LANGUAGES}, {"chair"})
    name, chair = read_text(row, "id", where), row.get("chair", False)
    if not CLASS.fullmatch(name) or name in FIGURES:
        raise ValueError(f"{where}: {name!r} cannot be the id of a class")
    if not isinstance(chair, bool):
        raise ValueError(f"{where}: chair must be true or false")
    title = read_title({key: row[key] for key in LANGUAGES}, where)
    source, sure = read_text(row, "source", where), read_confidence(row, where)
    return SeatClass(name, title, source, sure, chair)


def check_figures(rules: Iterable[Composition], classes: Iterable[SeatClass], where: str) -> None:
    """Refuse a composition that counts what is neither a figure nor a class of the body."""
    known = (*FIGURES, *(one.id for one in classes))
    for rule in rules:
        for figure in {rule.count, rule.of} - {""}:
            if figure not in known:
                raise ValueError(f"{where}, composition: {figure!r} is none of {', '.join(known)}")


def read_item(row: Any, where: str) -> Item:
    """Read ``{number, source, confidence, zh_Hans, zh_Hant, en, delegable?, belongs_to?}``."""
    optional = {"delegable", "belongs_to"}
    check_keys(row, where, {"number", "source", "confidence", *LANGUAGES}, optional)
    return Item(
        str(row["number"]),
        read_title({key: row[key] for key in LANGUAGES}, where),
        read_text(row, "source", where),
        read_confidence(row, where),
        bool(row.get("delegable", True)),
        str(row.get("belongs_to", "")),
    )


def read_step(row: Any, where: str) -> Step:
    """Read ``{id, source, confidence, zh_Hans, zh_Hant, en}``; actor, under, posts, act, note."""
    optional = {"actor", "under", "posts", "act", "note"}
    check_keys(row, where, {"id", "source", "confidence", *LANGUAGES}, optional)
    title = read_title({key: row[key] for key in LANGUAGES}, where)
    source, sure = read_text(row, "source", where), read_confidence(row, where)
    under = row.get("under", [])
    if not isinstance(under, list) or not all(isinstance(name, str) and name for name in under):
        raise ValueError(f"{where}: under must be a list of procedures")
    its = (str(row.get(key, "")) for key in ("actor", "posts", "act"))
    note = bool(row.get("note", False))
    if note and row.keys() & (optional - {"note"}):
        raise ValueError(f"{where}: a note has no actor, vote, posting or act")
    actor, posts, act = its
    name = read_text(row, "id", where)
    return Step(name, title, source, sure, actor, tuple(under), posts, act, note)


def check_posted(steps: Iterable[Step], terms: Iterable[str], where: str) -> None:
    """Refuse a step that posts something for a term that the procedure does not have."""
    known = {"", NO_DAYS, *terms}
    for step in steps:
        if step.posts not in known:
            raise ValueError(
                f"{where}, step {step.id}: posts names {step.posts!r}, which is no term"
            )


def read_term(row: Any, where: str) -> Term:
    """Read ``{id, days, kind, source, confidence, zh_Hans, …}``; working, starts, ends, only."""
    needed = {"id", "days", "kind", "source", "confidence", *LANGUAGES}
    check_keys(row, where, needed, {"working", "starts", "ends", "only"})
    if row["kind"] not in ("before", "posted", "within"):
        raise ValueError(f"{where}: kind must be before, posted or within")
    only = row.get("only", [])
    if not isinstance(only, list) or not all(isinstance(kind, str) and kind for kind in only):
        raise ValueError(f"{where}: only must be a list of kinds of matter")
    return Term(
        read_text(row, "id", where),
        read_days(row["days"], f"{where}: days"),
        row["kind"],
        read_text(row, "source", where),
        read_confidence(row, where),
        bool(row.get("working", False)),
        read_title({key: row[key] for key in LANGUAGES}, where),
        str(row.get("starts", "")),
        str(row.get("ends", "")),
        tuple(only),
    )


def check_running(steps: Iterable[Step], terms: Iterable[Term], where: str) -> None:
    """Refuse a term that no step starts or ends, and one to be kept that nothing could end."""
    known = {step.id for step in steps if not step.note}
    for term in terms:
        its = f"{where}, term {term.id}"
        if term.starts and term.starts not in {DECIDED, PASSED, *known}:
            raise ValueError(f"{its}: starts names {term.starts!r}, which is no step")
        if term.ends and term.ends not in known:
            raise ValueError(f"{its}: ends names {term.ends!r}, which is no step")
        if bool(term.ends) != (bool(term.starts) and term.kind == "within"):
            raise ValueError(f"{its}: what is done within days from a start needs both, and alone")


def read_incompatible(row: Any, where: str) -> Incompatible:
    """Read ``{one, other, source, confidence}``."""
    check_keys(row, where, {"one", "other", "source", "confidence"})
    one, other = read_text(row, "one", where), read_text(row, "other", where)
    return Incompatible(one, other, read_text(row, "source", where), read_confidence(row, where))


def read_title(value: Any, where: str) -> Mapping[str, str]:
    """Read a text by language; who reads a language that it lacks gets another one of its own."""
    if not isinstance(value, dict) or not value or value.keys() - set(LANGUAGES):
        raise ValueError(f"{where}: title needs {', '.join(LANGUAGES)}")
    if not all(isinstance(text, str) and text for text in value.values()):
        raise ValueError(f"{where}: title must not be empty")
    nearest = ("zh_Hans", "zh_Hant", "en")  # the other Chinese script before English
    other = next(value[language] for language in nearest if language in value)
    return {language: value.get(language, other) for language in LANGUAGES}


def read_days(value: Any, where: str) -> int:
    """Read a number of days."""
    if type(value) is not int or not 0 <= value <= MOST_DAYS:
        raise ValueError(f"{where} must be a number of days, got {value!r}")
    return value


def _threshold(row: Mapping[str, Any], where: str) -> Threshold:
    if row["op"] not in (">", ">="):
        raise ValueError(f'{where}: op must be ">" (過半數, 超過) or ">=" (以上)')
    share = row["share"]
    try:
        if not isinstance(share, str) or "." in share:
            raise TypeError
        return Threshold(Fraction(share), row["op"] == ">=", read_text(row, "source", where))
    except (ValueError, TypeError, ZeroDivisionError):
        raise ValueError(
            f"{where}: share must be text such as 2/3, at most 1/1, got {share!r}"
        ) from None


def check_keys(row: Any, where: str, needed: set[str], optional: set[str] | None = None) -> None:
    if not isinstance(row, dict):
        raise ValueError(f"{where}: must be a table")
    if missing := needed - row.keys():
        raise ValueError(f"{where}: {', '.join(sorted(missing))} missing")
    if unknown := row.keys() - needed - (optional or set()):
        raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")


def read_text(row: Mapping[str, Any], key: str, where: str) -> str:
    if not isinstance(row[key], str) or not row[key]:
        raise ValueError(f"{where}: {key} must be text, got {row[key]!r}")
    return str(row[key])


def read_confidence(row: Mapping[str, Any], where: str) -> Confidence:
    if row["confidence"] not in get_args(Confidence):
        raise ValueError(f"{where}: confidence must be V, S, M or I, got {row['confidence']!r}")
    sure: Confidence = row["confidence"]
    return sure
