"""How a source is shown: what binds (法, 規, 約), its name in the reader's script, its articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wugong import Words
from wugong.statutes import Article, Binding, Statute, national_sources

MARKS: Mapping[Binding, Mapping[str, str]] = {
    "law": {"zh_Hans": "法", "zh_Hant": "法", "en": "§"},
    "rule": {"zh_Hans": "规", "zh_Hant": "規", "en": "R"},
    "own": {"zh_Hans": "约", "zh_Hant": "約", "en": "O"},
    "reference": {"zh_Hans": "参", "zh_Hant": "參", "en": "i"},
}
ONE = r"\d+(?:\.\d+)?(?:[(（][0-9一二三四五六七八九十]{1,3}[)）]){0,2}"  # 278(1)(七): 條, 款, 項
LISTED = r"\s*[,，、–-]\s*"
ARTICLES = re.compile(
    r"^(?P<name>.*?)\s*(?:[(（](?P<year>\d{4})[)）])?\s*(?:第|arts?\.?)?\s*"
    rf"(?P<articles>{ONE}(?:{LISTED}{ONE})*)\s*[条條]?"
    r"\s*(?:[(（](?P<later>\d{4})[)）])?$"
)
DATED = re.compile(r"^(?P<name>.*?)\s*[(（](?P<year>\d{4})[)）]$")
PARTS = re.compile(r"(\d+(?:\.\d+)?)(?:[(（](.+?)[)）])?(?:[(（](.+?)[)）])?")
NUMERALS = "零一二三四五六七八九十"
CODE = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")  # a kind's name where a rule has no source of its own


@dataclass(frozen=True, slots=True)
class Chip:
    """A source as a chip: its mark, its words, and their language where it is not the page's.

    ``statute`` and ``anchor`` lead to what the article says; ``unverified``: nobody read the text.
    """

    mark: str
    text: str
    lang: str = ""
    statute: str = ""
    anchor: str = ""
    unverified: bool = False


def chips(source: str, words: Words, sources: Mapping[str, Statute] | None = None) -> list[Chip]:
    """Return the chips of a source; several are separated by ``;``."""
    known = national_sources() if sources is None else sources
    return [_chip(one, words, known) for one in split(source)]


def split(source: str) -> list[str]:
    """Return the sources that stand in one text."""
    listed = (one.strip() for one in re.split(r"[;；]", source))
    return [one for one in listed if one and not CODE.fullmatch(one)]


def here(source: str, elsewhere: Sequence[str]) -> str:
    """Leave out the law of other kinds of community, unless a text rests on nothing else.

    >>> here("物業管理條例 14; 村組法 (2025) 35", ["物業管理條例"])
    '村組法 (2025) 35'
    """
    others = tuple(f"{name} " for name in elsewhere)
    kept = [one for one in split(source) if not f"{one} ".startswith(others)]
    return "; ".join(kept) or source


def find(source: str, sources: Mapping[str, Statute]) -> tuple[Statute, list[str], str] | None:
    """Return the statute that one source names, the articles cited and the year of the text."""
    return _whole(source, sources) or _named(source, sources) or _numbered(source, sources)


def anchor_of(statute: Statute, article: Article) -> str:
    """Return where an article stands on its statute's page: by number, named ones by place."""
    if re.fullmatch(r"[0-9.]+", article.number):
        return f"a{article.number}"
    return f"p{statute.articles.index(article) + 1}"


def title_of(statute: Statute, article: Article, language: str) -> str:
    """Return the heading of an article: ``第278条``, or its name."""
    if article.title is not None:
        name = article.title[language]
        return name[0].upper() + name[1:]
    return f"Art. {article.number}" if language == "en" else _articles(article.number, language)


def _chip(source: str, words: Words, sources: Mapping[str, Statute]) -> Chip:
    language = words.language
    if found := find(source, sources):
        statute, names, year = found
        articles = [a for a in map(statute.article, names) if a is not None]
        return Chip(
            MARKS[statute.binding][language],
            _cited(statute, names, year, language),
            statute=statute.id,
            anchor=anchor_of(statute, articles[0]) if articles else "",
            unverified="M" in [a.confidence for a in articles],
        )
    told = words(source)
    foreign = language == "en" and re.search(r"[\u3400-\u9fff]", told) is not None
    return Chip(MARKS[binding(source)][language], told, "zh" if foreign else "")


def _whole(source: str, sources: Mapping[str, Statute]) -> tuple[Statute, list[str], str] | None:
    dated = DATED.match(source)
    name, year = (dated["name"], dated["year"]) if dated else (source, "")
    return (sources[name], [], year) if name in sources else None


def _named(source: str, sources: Mapping[str, Statute]) -> tuple[Statute, list[str], str] | None:
    name, _, article = source.rpartition(" ")
    statute = sources.get(name)
    found = statute.article(article) if statute is not None else None
    return (statute, [article], "") if statute and found and found.title else None


def _numbered(source: str, sources: Mapping[str, Statute]) -> tuple[Statute, list[str], str] | None:
    found = ARTICLES.match(source)
    if found is None or found["name"].strip() not in sources:
        return None
    # A range stays one entry: 30-32.
    numbers = re.split(r"\s*[,，、]\s*", found["articles"])
    return sources[found["name"].strip()], numbers, found["year"] or found["later"] or ""


def _cited(statute: Statute, names: list[str], year: str, language: str) -> str:
    title = statute.title[language]
    dated = f" ({year})" if language == "en" else f"（{year}）"
    title += dated if year else ""
    if not names:
        return title
    article = statute.article(names[0])
    if article is not None and article.title is not None:
        return f"{title}{', ' if language == 'en' else ' '}{article.title[language]}"
    listed = "、".join(names)
    if statute.binding == "reference":
        return f"{title}, {listed}" if language == "en" else f"{title}{listed}"
    if language == "en":
        many = len(names) > 1 or "-" in listed or "–" in listed
        listed = "".join(_digits(one) if one in NUMERALS else one for one in listed)
        return f"{title}, {'arts.' if many else 'art.'} {listed.replace('、', ', ')}"
    return f"{title}{_articles(listed, language)}"


def _articles(listed: str, language: str) -> str:
    """Write articles as Chinese law is cited: ``第26、30条``, ``第278条第1款第7项``."""
    article, item = ("条", "项") if language == "zh_Hans" else ("條", "項")
    if "(" not in listed and "（" not in listed:
        return f"第{listed}{article}"
    written = []
    for one in listed.split("、"):
        found = PARTS.fullmatch(one)
        if found is None:
            return f"第{listed}{article}"
        number, paragraph, part = found.groups()
        written.append(
            f"第{number}{article}"
            + (f"第{_digits(paragraph)}款" if paragraph else "")
            + (f"第{_digits(part)}{item}" if part else "")
        )
    return "、".join(written)


def _digits(text: str) -> str:
    """Return a number of one numeral in digits; longer ones stay as they are."""
    return str(NUMERALS.index(text)) if text in NUMERALS and len(text) == 1 else text


def binding(name: str) -> Binding:
    """Say how binding a source is that no file tells of, by the words of its name."""
    if re.search(
        r"公[约約]|章程|[议議]事[规規][则則]|本社[区區]|[Cc]harter|^Our own|own rule|rules of", name
    ):
        return "own"
    if re.search(r"[办辦][发發]〔|司法部令|通知|四[议議][两兩]公[开開]|[办辦]法$|指[导導]", name):
        return "rule"
    if re.search(r"法典|法$|法\s|[条條]例|[解][释釋]", name):
        return "law"
    if re.search(r"[参參]考|reference|[计計][划劃]|6\.2|not a legal", name):
        return "reference"
    return "rule"
