"""Thresholds are whole numbers that the signals can work with."""

from __future__ import annotations

import pytest

from wugong import SettingChanged
from wugong_insight.settings import DEFAULTS, refuse_setting


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("insight.adoption_percent", "100", False),
        ("insight.adoption_percent", "101", True),
        ("insight.adoption_percent", "40.5", True),
        ("insight.adoption_percent", "", True),
        ("insight.notice_days", "15", False),
        ("insight.notice_days", "-1", True),
        ("insight.notice_days", "٧", True),
        ("rural.review_base", "due", False),
    ],
)
def test_a_threshold_is_read_or_refused(name: str, value: str, refused: bool) -> None:
    codes = [r.code for r in refuse_setting(SettingChanged(name=name, value=value))]
    assert codes == (["insight.setting_not_a_count"] if refused else [])


def test_every_default_would_be_accepted() -> None:
    for default in DEFAULTS:
        assert refuse_setting(SettingChanged(name=default.name, value=default.default)) == []
