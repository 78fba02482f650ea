"""What a community may set for its mediation, and how it is read."""

from __future__ import annotations

from wugong import N_, Matter, Refusal, SettingChanged, SettingDefault, law_of

TERM_SOURCE = "司法部令第75號 33"  # usually one month

TERM_DAYS = SettingDefault(
    "mediation.term_days", "30", N_("Days that a mediation may take"), TERM_SOURCE
)
ANSWER_DAYS = SettingDefault(
    "mediation.answer_days", "7", N_("Days that the other side has to answer a request")
)
DEFAULTS = (TERM_DAYS, ANSWER_DAYS)
MOST_DAYS = 60  # the longest that a local rule allows, for special fields (海南)

CONFIRM_DAYS = 30  # 人民調解法 33; not for a community to change
REMIND_AFTER = 25


def term_source(matter: Matter) -> str:
    """Return which law says how long a mediation takes where the community lies."""
    return law_of(
        matter,
        f"{TERM_SOURCE}; 四川省糾紛多元化解條例 26; 海南糾紛化解規定 26; 深圳糾紛化解規定 25",
    )


def days(matter: Matter, which: SettingDefault) -> int:
    """Return a number of days as the community set it."""
    return _whole(matter.setting(which.name, which.default)) or int(which.default)


def why_not(changed: SettingChanged) -> list[Refusal]:
    """Say why a setting of mediation cannot take this value."""
    if changed.name not in {one.name for one in DEFAULTS} or _whole(changed.value):
        return []
    return [Refusal("mediation.setting_not_days", changed.name, {"most": MOST_DAYS})]


def _whole(text: str) -> int:
    """Return 1 to ``MOST_DAYS`` as written in ASCII digits, else 0."""
    plain = text.strip()
    value = int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 3 else 0
    return value if value <= MOST_DAYS else 0
