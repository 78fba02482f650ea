"""What a village may set for itself, and the bounds that the law leaves it."""

from __future__ import annotations

from wugong import N_, Refusal, Setting, SettingChanged, SettingDefault
from wugong_rural import elders, four_two, levies, postings
from wugong_rural.events import FOUR_TWO, POSTING_LAW

RURAL = Setting(
    "rural",
    title=N_("Village"),
    # By message id, so that no template asks which setting this is; the left ones are others'.
    words={
        N_("Resident"): N_("Villager"),
        N_("Residents"): N_("Villagers"),
        N_("A resident"): N_("A villager"),
        N_("Representative"): N_("Villagers' representative"),
        N_("Community worker"): N_("Village officer"),
        N_("community workers"): N_("village officers"),
        N_("Members"): N_("Members of the village"),
        N_("members of the community"): N_("members of the village"),
        N_("Owners' assembly"): N_("Villagers' assembly"),
        N_("Owners' committee"): N_("Villagers' committee"),
        N_("Stair"): N_("Village group"),
        N_("Raised by residents"): N_("Raised by villagers"),
        N_("Residents' rating"): N_("Villagers' rating"),
        N_("Residents' rating (mean)"): N_("Villagers' rating (mean)"),
        N_("Residents may answer until"): N_("Villagers may answer until"),
        N_("Name at least one resident."): N_("Name at least one villager."),
        N_("The group has no resident yet."): N_("The group has no villager yet."),
        N_("What is going on here"): N_("What is going on in the village"),
        N_("Only people enrolled in this community can do this."): N_(
            "Only people enrolled in this village can do this."
        ),
        N_("This person is not enrolled in the community."): N_(
            "This person is not enrolled in the village."
        ),
        N_("The community desk can enrol you."): N_("The village office can enrol you."),
        N_("Choose “Online”, or ask your community worker."): N_(
            "Choose “Online”, or ask a village officer."
        ),
        N_("All projects of the community"): N_("All projects of the village"),
        N_("Our own rules for pledges"): N_("The village's rules for pledges"),
        N_("Our own rules for projects that residents take on"): N_(
            "The village's rules for projects that villagers take on"
        ),
        N_("You do the work with your neighbours; the community helps as it says."): N_(
            "You do the work with your neighbours; the village helps as it says."
        ),
        N_("help offered: {support}"): N_("help of the village: {support}"),
        N_(
            "Evaluation published: independent {expert}, residents {residents}, "
            "{answers} of {invited} answered"
        ): N_(
            "Evaluation published: independent {expert}, villagers {residents}, "
            "{answers} of {invited} answered"
        ),
        N_("How the residents rated"): N_("How the villagers rated"),
        N_("Residents may rate until"): N_("Villagers may rate until"),
        N_("Residents: closed"): N_("Villagers: closed"),
        N_("Our own rules of evaluation"): N_("The village's rules of evaluation"),
        N_("Our own rules of the fund"): N_("The village's rules of the fund"),
        N_("Our own rules of supervision"): N_("The village's rules of supervision"),
        N_("Our own rules of upkeep"): N_("The village's rules of upkeep"),
        N_("Our own rules of points"): N_("The village's rules of points"),
        N_("All together"): N_("The whole village"),
        N_("At the community desk, into the letter box, or scan the code."): N_(
            "At the village office, into the letter box, or scan the code."
        ),
        N_("Before {when}, at the community desk, into the letter box, or scan the code."): N_(
            "Before {when}, at the village office, into the letter box, or scan the code."
        ),
        N_("Own rules of this community, each with its source"): N_(
            "Own rules of this village, each with its source"
        ),
        N_("Scope (empty: the community)"): N_("Scope (empty: the village)"),
        N_("Ask the community office to check your registration"): N_(
            "Ask the village office to check your registration"
        ),
    },
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
)

DEFAULTS = (
    SettingDefault(
        four_two.CATEGORIES,
        four_two.CATEGORY,
        N_("Kinds of matter that run the four deliberations and two disclosures (* for all)"),
        FOUR_TWO,
    ),
    SettingDefault(
        four_two.REVIEW_BASE,
        "due",
        N_("Majority of the Party members' meeting: of those due, or of those present"),
        f"{FOUR_TWO} 三議",
    ),
    SettingDefault(
        elders.HEARING,
        "yes",
        N_("The elders' council is heard before the villagers vote (yes or no)"),
        elders.CHARTER,
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
