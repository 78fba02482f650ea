"""What a community may set for its planning, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass

from wugong import N_, Matter, Refusal, SettingChanged, SettingDefault, law_of
from wugong_planning.events import NOTICE_SOURCE, REPLY_SOURCE

NOTICE_DAYS = SettingDefault(
    "planning.notice_days",
    "15",
    N_("Days that a scheme must be on notice before it is voted on"),
    NOTICE_SOURCE,
)
ANSWER_DAYS = SettingDefault(
    "planning.answer_days", "3", N_("Days within which an opinion is answered"), REPLY_SOURCE
)
DEFAULTS = (NOTICE_DAYS, ANSWER_DAYS)
MOST_DAYS = 365
SOURCES = {"urban": "物業管理條例 14", "rural": "村組法 (2025) 35"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many days of notice a scheme needs here, and which rule says so.

    ``agenda``: the law of the place that lets nothing be voted on that was not announced. Where it
    is empty the scheme stays as it is all the same, by the custom of this program.
    """

    days: int
    source: str
    agenda: str = ""


def notice_wanted(matter: Matter) -> Wanted:
    """Return the notice that a scheme needs in this community."""
    source = SOURCES.get(matter.standing.setting, NOTICE_SOURCE)
    return Wanted(days(matter, NOTICE_DAYS), source, _agenda(matter))


def _agenda(matter: Matter) -> str:
    # Nothing is voted on that was not announced: of owners in two cities, in no national text.
    owners = matter.standing.setting == "urban"
    return law_of(matter, "北京市物業管理條例 35; 杭州物業規定 19") if owners else ""


def days(matter: Matter, which: SettingDefault) -> int:
    """Return a number of days as the community set it."""
    return _whole(matter.setting(which.name, which.default)) or int(which.default)


def why_not(changed: SettingChanged) -> list[Refusal]:
    """Say why a setting of planning cannot take this value."""
    if changed.name not in {one.name for one in DEFAULTS} or _whole(changed.value):
        return []
    return [Refusal("planning.setting_not_days", changed.name, {"most": MOST_DAYS})]


def _whole(text: str) -> int:
    """Return 1 to ``MOST_DAYS`` as written in ASCII digits, else 0."""
    plain = text.strip()
    value = int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 3 else 0
    return value if value <= MOST_DAYS else 0
