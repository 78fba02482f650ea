"""Statutes as data: read strictly, and no source is cited that nobody tells."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from datetime import date
from typing import Any

import pytest

from wugong import Misconfigured, Statute, hookimpl, read_statute
from wugong.plugins import build, installed
from wugong.statutes import national_sources, national_statutes
from wugong_server import laws
from wugong_server.site.statutes import sources_of

LOCAL = """
id = "our-city"
aliases = ["某市物業管理條例"]
binding = "law"
jurisdiction = "CN-XX"
in_force = 2024-05-01
confidence = "V"
title = { zh_Hans = "某市物业管理条例", zh_Hant = "某市物業管理條例", en = "Regulations of a city" }
place = { zh_Hans = "某市", zh_Hant = "某市", en = "A city" }

[[articles]]
number = "12"
confidence = "V"
zh_Hans = "表决前公示二十日。"
zh_Hant = "表決前公示二十日。"
en = "Posted for 20 days before the vote."

[[articles]]
number = "附則"
aliases = ["附则一"]
title = { zh_Hans = "附则", zh_Hant = "附則", en = "Final rules" }
confidence = "M"
zh_Hans = "自公布之日起施行。"
zh_Hant = "自公布之日起施行。"
en = "In force from its publication."
"""


class City:
    """A plugin that brings one statute."""

    def __init__(self, *statutes: Statute) -> None:
        self.statutes = statutes

    @hookimpl
    def register(self) -> tuple[Statute, ...]:
        return self.statutes


def test_a_statute_is_read() -> None:
    statute = read_statute(LOCAL)
    assert statute.in_force == date(2024, 5, 1)
    article = statute.article("12(2)")
    assert article is not None and article.says["en"] == "Posted for 20 days before the vote."
    assert statute.article("附則") is statute.article("附则一") is statute.articles[1]
    assert statute.article("13") is None and statute.article("1") is None


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ('id = "our-city"', 'id = "Our City"', "id must be lower-case ASCII words joined by -"),
        ('binding = "law"', 'binding = "decree"', "binding must be one of law, rule, own"),
        ('binding = "law"', "", "binding missing"),
        ('number = "12"', 'number = "12"\nsays = "?"', "articles, 12: unknown key says"),
        ('number = "附則"', 'number = "12"', "12 is there twice"),
        ('aliases = ["附则一"]', 'aliases = ["12"]', "12 is there twice"),
        ("in_force = 2024-05-01", "in_force = 2024", "in_force cannot be 2024"),
        ('aliases = ["某市物業管理條例"]', 'aliases = "某市"', "aliases: must be a list of names"),
        (', en = "A city"', "", "place: en missing"),
        ('en = "Posted for 20 days before the vote."', 'en = ""', "en must be text, got ''"),
        ("[[articles]]", "[[articles", "not TOML"),
    ],
)
def test_a_wrong_key_is_named(was: str, becomes: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_statute(LOCAL.replace(was, becomes, 1))


def test_a_plugin_brings_the_statutes_of_its_city() -> None:
    registry = build({"city": City(read_statute(LOCAL))})
    assert registry.sources["某市物業管理條例"].id == "our-city"
    assert registry.statutes["civil-code"] in national_statutes()


def test_two_statutes_cannot_share_a_name() -> None:
    with pytest.raises(Misconfigured, match="民法典"):
        build({"city": City(read_statute(LOCAL.replace("某市物業管理條例", "民法典", 1)))})


def cited() -> list[str]:
    """Every text in Chinese that the installed plugins cite; our own rules are told in words."""
    registry = build(installed())
    declared: list[Any] = [*registry.procedures.values(), *registry.defaults.values()]
    found = [source for one in declared if is_dataclass(one) for source in sources_of(one)]
    found += [one for kind in registry.kinds.values() for one in laws.split(kind.source)]
    return sorted({source for source in found if re.search(r"[一-龥]", source)})


@pytest.mark.parametrize("source", cited())
def test_every_source_that_is_cited_is_told(source: str) -> None:
    found = laws.find(source, national_sources())
    assert found is not None, f"no file of core/wugong/law tells {source}"
    statute, names, year = found
    assert not year or statute.text_year == int(year), f"{source}: text of {statute.text_year}"
    for name in names if statute.binding != "reference" else ():
        assert statute.article(name) is not None, f"{statute.id} does not tell {name}"


def test_every_statute_is_told_in_three_languages() -> None:
    for statute in national_statutes():
        for article in statute.articles:
            assert article.says.keys() == statute.title.keys()
            assert not re.search(r"[一-龥]", article.says["en"])
