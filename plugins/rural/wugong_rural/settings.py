"""What a village may set for itself, and the bounds that the law leaves it."""

from __future__ import annotations

from wugong import N_, Refusal, Setting, SettingChanged, SettingDefault
from wugong_rural import elders, four_two, levies, postings
from wugong_rural.events import FOUR_TWO, POSTING_LAW
from wugong_rural.vocabulary import WORDS

RURAL = Setting(
    "rural",
    title=N_("Village"),
    words=WORDS,
    # What holds for owners and residents of a town: said in villages it would only mislead.
    elsewhere=("物業管理條例", "居組法", "民法典 278"),
    plugins=(
        "planning",
        "voting",
        "rural",
        "building",
        "oversight",
        "funds",
        "evaluation",
        "points",
        "mediation",
        "insight",
    ),
    matters={
        four_two.CATEGORY: N_("Four deliberations, two disclosures"),
        "levy": N_("A levy of money or labour"),
        "village_rules": N_("Village rules"),
        "homestead": N_("Application for a homestead"),
        "group": N_("A matter of one villagers' group"),
    },
)

DEFAULTS = (
    SettingDefault(
        four_two.CATEGORIES,
        four_two.CATEGORY,
        N_("Kinds of matter that run the four deliberations and two disclosures (* for all)"),
        FOUR_TWO,
        {
            four_two.CATEGORY: N_("Four deliberations, two disclosures"),
            four_two.EVERY_MATTER: N_("all matters"),
        },
    ),
    SettingDefault(
        four_two.REVIEW_BASE,
        "due",
        N_("Majority of the Party members' meeting: of those due, or of those present"),
        f"{FOUR_TWO} 三議",
        {"due": N_("of those due"), "present": N_("of those present")},
    ),
    SettingDefault(
        elders.HEARING,
        "yes",
        N_("The elders' council is heard before the villagers vote (yes or no)"),
        elders.CHARTER,
        {"yes": N_("yes"), "no": N_("no")},
    ),
    SettingDefault(postings.DAYS, "15", N_("Days that a posting hangs, at least"), POSTING_LAW),
    SettingDefault(
        levies.CEILING_FEN,
        levies.NO_CEILING,
        N_("Most money that a levy may ask of a person, in fen (empty: not set)"),
        levies.PROVINCE,
    ),
    SettingDefault(
        levies.CEILING_DAYS,
        levies.NO_CEILING,
        N_("Most workdays that a levy may ask of a person (empty: not set)"),
        levies.PROVINCE,
    ),
)

_CHOICES = {four_two.REVIEW_BASE: ("due", "present"), elders.HEARING: ("yes", "no")}


def refuse_setting(change: SettingChanged) -> list[Refusal]:
    """Refuse a value that the plugin cannot read or that is laxer than the law."""
    value, source = change.value, f"{FOUR_TWO} 三議"
    if (choices := _CHOICES.get(change.name)) and value not in choices:
        return [Refusal("rural.setting_unknown_choice", source, {"known": ", ".join(choices)})]
    if change.name in (levies.CEILING_FEN, levies.CEILING_DAYS) and value:
        return [] if _is_count(value) else [Refusal("rural.setting_not_a_count", levies.PROVINCE)]
    if change.name == postings.DAYS:
        if not _is_count(value):
            return [Refusal("rural.setting_not_a_count", POSTING_LAW)]
        if int(value) < postings.LEAST_DAYS:
            details = {"days": int(value), "least": postings.LEAST_DAYS}
            return [Refusal("rural.posting_too_short", POSTING_LAW, details)]
    return []


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 9
