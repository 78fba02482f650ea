"""Statutes: what a source names, told article by article; one TOML file each.

The files in ``law/`` tell the national law and the customs that the procedures cite; a plugin
registers those of its city. An article is told in short, in our words, never in place of the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from wugong import procedure_rows as rows
from wugong.procedure_parts import Confidence
from wugong.words import LANGUAGES

Binding = Literal["law", "rule", "own", "reference"]  # 法 規 約 參
COUNTRY = "CN"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NEEDED = {"id", "title", "aliases", "binding", "confidence", "articles"}
OPTIONAL = {"jurisdiction", "place", "text_year", "in_force"}


@dataclass(frozen=True, slots=True)
class Article:
    """What one article says, by language; ``title`` where it is named, not numbered (一議)."""

    number: str
    says: Mapping[str, str]
    confidence: Confidence
    title: Mapping[str, str] | None = None
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every way a source may name it."""
        return (self.number, *self.aliases, *(self.title or {}).values())


@dataclass(frozen=True, slots=True)
class Statute:
    """A statute, regulation, charter or custom; ``aliases`` are the names that sources use.

    ``confidence`` says how its date was read, each article's how the article was.
    """

    id: str
    title: Mapping[str, str]
    aliases: tuple[str, ...]
    binding: Binding
    confidence: Confidence
    articles: tuple[Article, ...]
    jurisdiction: str = COUNTRY
    place: Mapping[str, str] | None = None  # the name of a jurisdiction that is not the country
    text_year: int | None = None
    in_force: date | None = None

    def article(self, name: str) -> Article | None:
        """Return the article of that number or name; 278(1) is told under 278."""
        number = re.split(r"[(（.]", name, maxsplit=1)[0]
        return next((a for a in self.articles if name in a.names or number in a.names), None)


def read_statute(text: str) -> Statute:
    """Read a statute's TOML; ``ValueError`` names the wrong or missing key."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"statute: not TOML: {error}") from None
    where = f"statute {data.get('id', '?')}"
    rows.check_keys(data, where, NEEDED, OPTIONAL)
    if not SLUG.fullmatch(rows.read_text(data, "id", where)):
        raise ValueError(f"{where}: id must be lower-case ASCII words joined by -")
    articles = rows.read_list(data["articles"], _article, f"{where}, articles")
    _once([name for a in articles for name in set(a.names)], f"{where}, articles")
    return Statute(
        id=data["id"],
        title=_in_languages(data["title"], f"{where}, title"),
        aliases=_names(data["aliases"], f"{where}, aliases"),
        binding=_binding(data["binding"], where),
        confidence=rows.read_confidence(data, where),
        articles=articles,
        jurisdiction=rows.read_text({"jurisdiction": COUNTRY, **data}, "jurisdiction", where),
        place=_in_languages(data["place"], f"{where}, place") if "place" in data else None,
        text_year=_typed(data, "text_year", int, where),
        in_force=_typed(data, "in_force", date, where),
    )


def _article(row: Any, where: str) -> Article:
    place = f"{where}, {row.get('number', '?')}" if isinstance(row, dict) else where
    rows.check_keys(row, place, {"number", "confidence", *LANGUAGES}, {"title", "aliases"})
    return Article(
        number=rows.read_text(row, "number", place),
        says={language: rows.read_text(row, language, place) for language in LANGUAGES},
        confidence=rows.read_confidence(row, place),
        title=_in_languages(row["title"], f"{place}, title") if "title" in row else None,
        aliases=_names(row.get("aliases", []), f"{place}, aliases"),
    )


def _in_languages(value: Any, where: str) -> Mapping[str, str]:
    rows.check_keys(value, where, set(LANGUAGES))
    return {language: rows.read_text(value, language, where) for language in LANGUAGES}


def _names(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ValueError(f"{where}: must be a list of names")
    return tuple(value)


def _binding(value: Any, where: str) -> Binding:
    if value not in get_args(Binding):
        raise ValueError(f"{where}: binding must be one of {', '.join(get_args(Binding))}")
    binding: Binding = value
    return binding


def _typed(data: Mapping[str, Any], key: str, wanted: type, where: str) -> Any:
    if key in data and type(data[key]) is not wanted:
        raise ValueError(f"{where}: {key} cannot be {data[key]!r}")
    return data.get(key)


def _once(names: list[str], where: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{where}: {twice[0]} is there twice")


@cache
def national_statutes() -> tuple[Statute, ...]:
    """Return the statutes that the engine brings, ordered by file name."""
    folder = resources.files("wugong") / "law"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(read_statute(file.read_text(encoding="utf-8")) for file in files)


@cache
def national_sources() -> Mapping[str, Statute]:
    """Return the statutes of the engine by every name that a source may use."""
    return by_source(national_statutes())


def by_source(statutes: Iterable[Statute]) -> dict[str, Statute]:
    """Return statutes by every name that a source may use; ``ValueError`` where two share one."""
    found: dict[str, Statute] = {}
    for statute in statutes:
        for name in statute.aliases:
            if found.setdefault(name, statute) is not statute:
                raise ValueError(f"statute {statute.id}: {name} names {found[name].id} already")
    return found


def places_of(source: str, sources: Mapping[str, Statute]) -> frozenset[str]:
    """Return where the statutes that a source names are law; what nobody tells is the country's.

    >>> sorted(places_of("杭州物業規定 19; 民法典 278", national_sources()))
    ['CN', 'CN-ZJ-Hangzhou']
    """
    return frozenset(_place(part.strip(), sources) for part in re.split("[;；]", source))


def _place(part: str, sources: Mapping[str, Statute]) -> str:
    named = max(
        (name for name in sources if f"{part} ".startswith(f"{name} ")), key=len, default=""
    )
    return sources[named].jurisdiction if named else COUNTRY
