"""A village may be stricter than the law, never laxer; and every value can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from messages import extracted, packages
from wugong import SettingChanged, Words
from wugong_rural.events import DecisionPosted
from wugong_rural.settings import DEFAULTS, RURAL, refuse_setting

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
        str(message.id)
        for package in packages()
        if package.name != "wugong_rural"
        for message in extracted(package)
    }
    assert sorted(RURAL.words.keys() - said) == []  # replaces nothing that nobody says
    words = Words("zh_Hans", ["wugong_rural"])
    assert words(RURAL.words["Resident"]) == "村民"
    assert words(RURAL.words["Representative"]) == "村民代表"
