"""The words of the signals: questions to whoever knows, never charges."""

from __future__ import annotations

from wugong import N_, Texts

QUESTIONS = {
    "insight.scheme_without_need": N_(
        "There is a scheme and no need on record. Whose needs does it answer?"
    ),
    "insight.scheme_first": N_(
        "The first scheme was published before the first need was recorded. "
        "Whose needs does it answer?"
    ),
    "insight.needs_short": N_(
        "Needs were gathered for {days} days; {least} are usual here. "
        "Who could not be reached in that time?"
    ),
    "insight.scheme_unchanged": N_(
        "{opinions} opinions asked for a change, and no clause of the scheme changed. Why?"
    ),
    "insight.adoption_low": N_(
        "Of {answered} opinions that asked for a change, {adopted} were adopted, fully or in part. "
        "What stood against the others?"
    ),
    "insight.answers_unreasoned": N_(
        "{answers} answers share one reason word for word, or give none. "
        "What was the reason in each case?"
    ),
    "insight.one_option": N_("The poll offered only one thing to choose. What else was possible?"),
    "insight.notice_missing": N_(
        "The poll opened without a notice before it. How did people learn of it?"
    ),
    "insight.notice_short": N_(
        "The poll opened {days} days after the notice; {least} are usual here. "
        "Could everybody read it in time?"
    ),
    "insight.one_helper": N_(
        "One helper entered {count} of {of} ballots. Were the people asked afterwards?"
    ),
}

TEXTS = Texts(
    refusals={
        "insight.setting_not_a_count": N_("This threshold is a whole number of at most {most}.")
    },
    remedies={"insight.setting_not_a_count": N_("Enter digits only.")},
)
