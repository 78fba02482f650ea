"""A village may be stricter than the law, never laxer; and every value can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import wugong_planning
import wugong_rural
import wugong_urban
from messages import extracted, packages
from wugong import SettingChanged, Words
from wugong.testing import Rehearsal
from wugong_rural.events import DecisionPosted
from wugong_rural.settings import DEFAULTS, RURAL, refuse_setting
from wugong_server.page import PageWords
from wugong_server.testing import browse

if TYPE_CHECKING:
    from tests.plugins.rural.conftest import Village


@pytest.mark.parametrize(
    ("name", "value", "codes"),
    [
        ("rural.posting_days", "15", []),
        ("rural.posting_days", "20", []),
        ("rural.posting_days", "14", ["rural.posting_too_short"]),
        ("rural.posting_days", "two weeks", ["rural.setting_not_a_count"]),
        ("rural.posting_days", "-15", ["rural.setting_not_a_count"]),
        ("rural.posting_days", "１５", ["rural.setting_not_a_count"]),
        ("rural.review_base", "present", []),
        ("rural.review_base", "whoever", ["rural.setting_unknown_choice"]),
        ("rural.elders_first", "maybe", ["rural.setting_unknown_choice"]),
        ("rural.levy_ceiling_fen", "", []),
        ("rural.levy_ceiling_fen", "1500", []),
        ("rural.levy_ceiling_fen", "15.00", ["rural.setting_not_a_count"]),
        ("planning.notice_days", "soon", []),
    ],
)
def test_a_setting_is_read_or_refused(name: str, value: str, codes: list[str]) -> None:
    refusals = refuse_setting(SettingChanged(name=name, value=value))
    assert [refusal.code for refusal in refusals] == codes


def test_every_default_would_be_accepted() -> None:
    for default in DEFAULTS:
        assert refuse_setting(SettingChanged(name=default.name, value=default.default)) == []


def test_a_village_that_posts_longer_holds_itself_to_it(village: Village) -> None:
    village.deliberate()
    village.resolve()
    village.set("rural.posting_days", "20")
    (refusal,) = village.refused(DecisionPosted(days=15))
    assert refusal.details == {"days": 15, "least": 20}


def test_a_village_says_villager_where_others_say_resident() -> None:
    said = {
        form
        for package in packages()
        if package.name != "wugong_rural"
        for message in extracted(package)
        for form in (message.id if isinstance(message.id, tuple) else (message.id,))
    }
    assert sorted(RURAL.words.keys() - said) == []  # replaces nothing that nobody says
    words = Words("zh_Hans", ["wugong_rural"])
    assert words(RURAL.words["Resident"]) == "村民"
    assert words(RURAL.words["Representative"]) == "村民代表"


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        pytest.param("zh_Hans", 1, "村民一共出工1天。", id="简体"),
        pytest.param("zh_Hant", 5, "村民一共出工5天。", id="繁體"),
        pytest.param("en", 1, "1 day of labour was given by villagers.", id="one"),
        pytest.param("en", 2, "2 days of labour were given by villagers.", id="two"),
    ],
)
def test_a_village_says_villager_in_the_plural_too(language: str, count: int, said: str) -> None:
    words = PageWords(language, ["wugong_building", "wugong_rural"], RURAL.words)
    forms = "{count} day of labour was given.", "{count} days of labour were given."
    assert words.plural(*forms, count) == said
    elsewhere = PageWords(language, ["wugong_building", "wugong_rural"], {})
    assert "村民" not in elsewhere.plural(*forms, count)


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_no_word_of_a_village_is_a_word_of_towns(language: str) -> None:
    words = Words(language, ["wugong_rural"])
    towns = re.compile("[社小][区區]|居民|[业業]主|楼栋|樓棟")
    assert [said for said in RURAL.words.values() if towns.search(words(said))] == []


@pytest.mark.parametrize(
    ("setting", "shown", "hidden"),
    [("rural", "村民委员会组织法", "物业管理条例"), ("urban", "物业管理条例", "村民委员会组织法")],
)
def test_settings_show_the_law_of_their_own_kind_of_community(
    setting: str, shown: str, hidden: str
) -> None:
    plugins = {"planning": wugong_planning, "rural": wugong_rural, "urban": wugong_urban}
    r = Rehearsal(plugins, setting=setting, members={"root": ("admin",), "lin": ("officer",)})
    page = browse(r, "root").get("/c/example/admin/settings").text
    days = page.partition("方案表决前要公示的天数")[2].partition("</tr>")[0]
    assert shown in days
    assert hidden not in days
    form = browse(r, "lin").get("/c/example/duties").text
    posting = form.partition("张贴公示")[2].partition("</tr>")[0]
    assert shown in posting
    assert hidden not in posting


def test_settings_stand_under_the_plugin_that_reads_them_the_place_first() -> None:
    plugins = {"planning": wugong_planning, "rural": wugong_rural}
    r = Rehearsal(plugins, setting="rural", members={"root": ("admin",)})
    client = browse(r, "root", language="en")
    page = client.get("/c/example/admin/settings").text.partition("</h1>")[2]
    first, *others = page.split("<h2>")
    assert "jurisdiction" in first and first.count('scope="row"') == 1
    titles = {one.partition("</h2>")[0]: one.count('scope="row"') for one in others}
    assert titles == {"Needs, schemes and opinions": 2, "Villages": 6}
    assert ">修改</a>" in browse(r, "root").get("/c/example/admin/settings").text
    assert "<b>yes</b>" in page and "<code>yes</code>" not in page  # a word that is its code


def test_a_code_of_a_setting_is_shown_in_words() -> None:
    r = Rehearsal({"rural": wugong_rural}, setting="rural", members={"root": ("admin",)})
    page = browse(r, "root").get("/c/example/admin/settings").text
    assert "<b>按应到</b>" in page
    assert "<b>四议两公开</b>" in page
    assert "<b>是</b>" in page
