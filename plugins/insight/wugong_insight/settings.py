"""The thresholds of the signals: public, and each community's own to change."""

from __future__ import annotations

from dataclasses import dataclass

from wugong import N_, Matter, Refusal, SettingChanged, SettingDefault

PLAN_DEFAULT = "共同締造建設計劃 6.2"  # figures of a plan, to be changed where they do not fit
NOTICE = "村組法 (2025) 25; 居組法 (2025) 26"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a figure raises a question."""

    opinions: int
    adoption_percent: int
    repeated_reasons: int
    needs_days: int
    notice_days: int
    helper_percent: int
    helper_least: int


DEFAULTS = (
    SettingDefault(
        "insight.opinions",
        "5",
        N_("From how many opinions that ask for a change it looks at scheme and answers"),
    ),
    SettingDefault(
        "insight.adoption_percent",
        "40",
        N_("Share of such opinions adopted, fully or in part, below which it asks (percent)"),
        PLAN_DEFAULT,
    ),
    SettingDefault(
        "insight.repeated_reasons",
        "3",
        N_("How often one reason may stand word for word before it asks"),
    ),
    SettingDefault("insight.needs_days", "7", N_("Days of gathering needs below which it asks")),
    SettingDefault(
        "insight.notice_days", "10", N_("Days between notice and poll below which it asks"), NOTICE
    ),
    SettingDefault(
        "insight.helper_percent",
        "20",
        N_("Share of the ballots entered by one helper above which it asks (percent)"),
    ),
    SettingDefault(
        "insight.helper_least", "5", N_("From how many ballots of one helper on it asks")
    ),
)

_MOST = {"insight.adoption_percent": 100, "insight.helper_percent": 100}
_NAMES = {default.name: default.default for default in DEFAULTS}


def thresholds_of(matter: Matter) -> Thresholds:
    """Return the thresholds in force in the community of ``matter``."""
    values = {
        name.partition(".")[2]: int(matter.setting(name, default))
        for name, default in _NAMES.items()
    }
    return Thresholds(**values)


def refuse_setting(change: SettingChanged) -> list[Refusal]:
    """Refuse a threshold that is no whole number, or a share above the whole."""
    if change.name not in _NAMES:
        return []
    most, value = _MOST.get(change.name, 10_000), change.value
    whole = value.isascii() and value.isdecimal() and len(value) <= 6
    if whole and int(value) <= most:
        return []
    return [Refusal("insight.setting_not_a_count", details={"most": most})]
