"""How a source is shown: what binds (法, 規, 約), its name in the reader's script, its articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

LAW, RULE, OWN, REFERENCE = "法", "规", "约", "参"
MARKS = {
    LAW: {"zh_Hans": "法", "zh_Hant": "法", "en": "§"},
    RULE: {"zh_Hans": "规", "zh_Hant": "規", "en": "R"},
    OWN: {"zh_Hans": "约", "zh_Hant": "約", "en": "O"},
    REFERENCE: {"zh_Hans": "参", "zh_Hant": "參", "en": "i"},
}

# Every way our declarations write a name → Simplified, Traditional, English.
_NAMES: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("民法典",), "民法典", "民法典", "Civil Code"),
    (
        ("物業管理條例", "物业管理条例"),
        "物业管理条例",
        "物業管理條例",
        "Property Management Regulations",
    ),
    (
        ("區分所有權解釋", "区分所有权解释", "建築物區分所有權解釋", "解釋", "解释"),
        "建筑物区分所有权解释",
        "建築物區分所有權解釋",
        "SPC interpretation on condominium ownership",
    ),
    (
        ("村組法", "村组法", "村民委員會組織法", "村民委员会组织法"),
        "村民委员会组织法",
        "村民委員會組織法",
        "Villagers' Committees Law",
    ),
    (
        ("居組法", "居组法", "城市居民委員會組織法", "城市居民委员会组织法"),
        "城市居民委员会组织法",
        "城市居民委員會組織法",
        "Urban Residents' Committees Law",
    ),
    (
        ("集體組織法", "集体组织法", "農村集體經濟組織法", "农村集体经济组织法"),
        "农村集体经济组织法",
        "農村集體經濟組織法",
        "Rural Collective Economic Organizations Law",
    ),
    (
        ("調解法", "调解法", "人民調解法", "人民调解法"),
        "人民调解法",
        "人民調解法",
        "People's Mediation Law",
    ),
    (
        ("個人信息保護法", "个人信息保护法", "PIPL"),
        "个人信息保护法",
        "個人信息保護法",
        "Personal Information Protection Law",
    ),
    (("指導規則", "指导规则"), "业主大会和业主委员会指导规则", "業主大會和業主委員會指導規則",
     "Guidance Rules on Owners' Assemblies"),
)  # fmt: skip
_BY_NAME = {alias: names for aliases, *names in _NAMES for alias in aliases}
ARTICLES = re.compile(
    r"^(?P<name>.*?)\s*(?:[(（](?P<year>\d{4})[)）])?\s*(?:第|arts?\.?)?\s*"
    r"(?P<articles>\d+(?:\([0-9]+\))?(?:\s*[,，、–-]\s*\d+(?:\([0-9]+\))?)*)\s*[条條]?$"
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A source as a chip: its mark, its words, and their language where it is not the page's."""

    mark: str
    text: str
    lang: str = ""


def chips(source: str, language: str) -> list[Chip]:
    """Return the chips of a source; several are separated by ``;``."""
    return [_chip(one.strip(), language) for one in re.split(r"[;；]", source) if one.strip()]


def _chip(source: str, language: str) -> Chip:
    found = ARTICLES.match(source)
    name = found["name"].strip() if found else source
    known = _BY_NAME.get(name)
    mark = MARKS[binding(name)][language]
    if found and known:
        return Chip(mark, _cited(known, found["year"], found["articles"], language))
    if known:
        return Chip(mark, known[("zh_Hans", "zh_Hant", "en").index(language)])
    han = re.search(r"[\u3400-\u9fff]", source) is not None
    return Chip(mark, source, "zh" if han and language == "en" else "")


def _cited(names: list[str], year: str | None, articles: str, language: str) -> str:
    listed = re.sub(r"\s*[,，、]\s*", "、", articles)
    if language == "en":
        many = "、" in listed or "-" in listed or "–" in listed
        at = f"{'arts.' if many else 'art.'} {listed.replace('、', ', ')}"
        return f"{names[2]}{f' ({year})' if year else ''}, {at}"
    name = names[0] if language == "zh_Hans" else names[1]
    dated = f"（{year}）" if year else ""
    return f"{name}{dated}第{listed}{'条' if language == 'zh_Hans' else '條'}"


def binding(name: str) -> str:
    """Say how binding a source is: statute, regulation or procedure, own rule, or reference."""
    if name in _BY_NAME:
        return RULE if name in ("物業管理條例", "物业管理条例", "指導規則", "指导规则") else LAW
    if re.search(r"公[约約]|章程|[议議]事[规規][则則]|本社[区區]|charter|rules of", name):
        return OWN
    if re.search(r"法典|法$|法\s|[条條]例|[解解][释釋]", name):
        return LAW
    if re.search(r"[参參]考|reference|plan", name):
        return REFERENCE
    return RULE
