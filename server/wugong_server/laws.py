"""How a source is shown: what binds (法, 規, 約), its name in the reader's script, its articles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wugong import Words

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
    (
        ("民事訴訟法", "民事诉讼法"),
        "民事诉讼法",
        "民事訴訟法",
        "Civil Procedure Law",
    ),
    (
        ("指導規則", "指导规则"),
        "业主大会和业主委员会指导规则",
        "業主大會和業主委員會指導規則",
        "Guidance Rules on Owners' Assemblies",
    ),
    (
        ("北京市物業管理條例", "北京市物业管理条例"),
        "北京市物业管理条例",
        "北京市物業管理條例",
        "Beijing Property Management Regulations",
    ),
    (
        ("四川省糾紛多元化解條例", "四川省纠纷多元化解条例"),
        "四川省纠纷多元化解条例",
        "四川省糾紛多元化解條例",
        "Sichuan Regulations on Settling Disputes in Several Ways",
    ),
    (
        ("司法部令第75號", "司法部令第75号"),
        "司法部令第75号",
        "司法部令第75號",
        "Order no. 75 of the Ministry of Justice",
    ),
    (
        ("中辦發〔2015〕41號", "中办发〔2015〕41号"),
        "中办发〔2015〕41号",
        "中辦發〔2015〕41號",
        "Document Zhongbanfa (2015) no. 41",
    ),
    (
        ("國辦發〔2007〕4號", "国办发〔2007〕4号"),
        "国办发〔2007〕4号",
        "國辦發〔2007〕4號",
        "Document Guobanfa (2007) no. 4",
    ),
    (
        ("中央農辦、農業農村部 2020 通知",),
        "中央农办、农业农村部2020年通知",
        "中央農辦、農業農村部2020年通知",
        "2020 notice of the Central Rural Work Office and the Ministry of Agriculture",
    ),
    (
        ("四議兩公開", "四议两公开"),
        "四议两公开",
        "四議兩公開",
        "Four deliberations, two disclosures",
    ),
    (
        ("鄉賢議事會章程", "乡贤议事会章程"),
        "乡贤议事会章程",
        "鄉賢議事會章程",
        "Charter of the elders' council",
    ),
    (
        ("各省籌資籌勞辦法", "各省筹资筹劳办法"),
        "各省筹资筹劳办法",
        "各省籌資籌勞辦法",
        "Provincial rules on levies of money and labour",
    ),
    (
        ("共同締造建設計劃", "共同缔造建设计划"),
        "共同缔造建设计划",
        "共同締造建設計劃",
        "Plan for building together",
    ),
)
_STEPS = {
    "一議": ("一议", "一議", "first deliberation"),
    "二議": ("二议", "二議", "second deliberation"),
    "三議": ("三议", "三議", "third deliberation"),
    "四議": ("四议", "四議", "fourth deliberation"),
    "公開一": ("公开一", "公開一", "first disclosure"),
    "公開二": ("公开二", "公開二", "second disclosure"),
    "順序": ("顺序", "順序", "order of the steps"),
}
PLAN = "共同缔造建设计划"
_BY_NAME = {alias: names for aliases, *names in _NAMES for alias in aliases}
COLUMNS = ("zh_Hans", "zh_Hant", "en")
ONE = r"\d+(?:\.\d+)?(?:[(（][0-9一二三四五六七八九十]{1,3}[)）]){0,2}"  # 278(1)(七): 條, 款, 項
ARTICLES = re.compile(
    r"^(?P<name>.*?)\s*(?:[(（](?P<year>\d{4})[)）])?\s*(?:第|arts?\.?)?\s*"
    rf"(?P<articles>{ONE}(?:\s*[,，、–-]\s*{ONE})*)\s*[条條]?"
    r"\s*(?:[(（](?P<later>\d{4})[)）])?$"
)
PARTS = re.compile(r"(\d+(?:\.\d+)?)(?:[(（](.+?)[)）])?(?:[(（](.+?)[)）])?")
NUMERALS = "零一二三四五六七八九十"
CODE = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")  # a kind's name where a rule has no source of its own


@dataclass(frozen=True, slots=True)
class Chip:
    """A source as a chip: its mark, its words, and their language where it is not the page's."""

    mark: str
    text: str
    lang: str = ""


def chips(source: str, words: Words) -> list[Chip]:
    """Return the chips of a source; several are separated by ``;``."""
    listed = (one.strip() for one in re.split(r"[;；]", source))
    return [_chip(one, words) for one in listed if one and not CODE.fullmatch(one)]


def _chip(source: str, words: Words) -> Chip:
    language = words.language
    name, step = _without_step(source)
    found = None if name in _BY_NAME else ARTICLES.match(name)
    known = _BY_NAME.get(found["name"].strip() if found else name)
    if known is not None:
        mark = MARKS[binding(known[0])][language]
        if found:
            return Chip(
                mark, _cited(known, found["year"] or found["later"], found["articles"], language)
            )
        at = COLUMNS.index(language)
        told = f"{' ' if at < 2 else ', '}{_STEPS[step][at]}" if step else ""
        return Chip(mark, known[at] + told)
    told = words(source)
    foreign = language == "en" and re.search(r"[\u3400-\u9fff]", told) is not None
    return Chip(MARKS[binding(source)][language], told, "zh" if foreign else "")


def _without_step(source: str) -> tuple[str, str]:
    name, _, step = source.rpartition(" ")
    return (name, step) if step in _STEPS else (source, "")


def _cited(names: list[str], year: str | None, articles: str, language: str) -> str:
    listed = re.sub(r"\s*[,，、]\s*", "、", articles)
    if language == "en":
        many = "、" in listed or "-" in listed or "–" in listed
        if names[0] == PLAN:
            return f"{names[2]}, {listed}"
        listed = "".join(_digits(one) if one in NUMERALS else one for one in listed)
        at = f"{'arts.' if many else 'art.'} {listed.replace('、', ', ')}"
        return f"{names[2]}{f' ({year})' if year else ''}, {at}"
    name = names[0] if language == "zh_Hans" else names[1]
    if names[0] == PLAN:
        return f"{name}{listed}"
    dated = f"（{year}）" if year else ""
    return f"{name}{dated}{_articles(listed, language)}"


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


def binding(name: str) -> str:
    """Say how binding a source is: statute, regulation or procedure, own rule, or reference."""
    if re.search(
        r"公[约約]|章程|[议議]事[规規][则則]|本社[区區]|[Cc]harter|^Our own|rules of", name
    ):
        return OWN
    if re.search(r"[办辦][发發]〔|司法部令|通知|四[议議][两兩]公[开開]|[办辦]法$|指[导導]", name):
        return RULE
    if re.search(r"法典|法$|法\s|[条條]例|[解][释釋]", name):
        return LAW
    if re.search(r"[参參]考|reference|[计計][划劃]|6\.2", name):
        return REFERENCE
    return RULE
