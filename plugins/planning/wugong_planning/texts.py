"""The words of planning's refusals: what cannot happen now, how much is missing, what to do."""

from __future__ import annotations

from wugong import N_, Texts

TEXTS = Texts(
    refusals={
        "planning.channel_of_collectors": N_(
            "Door visits, meetings and the box are entered by whoever collected them."
        ),
        "planning.need_elsewhere": N_("No. {need} is not a need of this matter."),
        "planning.scheme_outdated": N_("The scheme now stands at version {version}."),
        "planning.scheme_frozen": N_("The scheme is being voted on and stays as it is."),
        "planning.not_in_this_matter": N_("No. {number} does not belong to this matter."),
        "planning.already_answered": N_("Opinion {opinion} has been answered."),
        "planning.answer_final": N_("Opinion {opinion} has had its second answer; it stands."),
        "planning.not_your_opinion": N_("Only whoever gave the opinion may contest the answer."),
        "planning.contested_once": N_("This opinion was contested once already."),
        "planning.notice_too_short": N_(
            "The notice is {short} days too short: {days} instead of {needed}."
        ),
        "planning.notice_over": N_(
            "The days of this notice were over on {day}; a later sheet does not move them."
        ),
        "planning.notice_not_over": N_("The notice runs until {until}."),
        "planning.opinion_unanswered": N_("{count} of {all} opinions are not answered yet."),
        "planning.scheme_not_posted": N_(
            "Version {version} is not on notice; it needs {needed} days."
        ),
        "planning.notice_running": N_(
            "The notice lacks {short} days: day {run} of {needed}. Earliest {earliest}."
        ),
        "planning.setting_not_days": N_("Write a number of days from 1 to {most}."),
    },
    remedies={
        "planning.channel_of_collectors": N_("Choose “Online”, or ask your community worker."),
        "planning.need_elsewhere": N_("Choose among the needs of this matter."),
        "planning.scheme_outdated": N_("Read the newest version and try again."),
        "planning.scheme_frozen": N_("Wait until the poll has closed."),
        "planning.not_in_this_matter": N_("Open the matter it belongs to."),
        "planning.already_answered": N_("Whoever gave the opinion may ask once more."),
        "planning.answer_final": N_("Give a new opinion if there is something new."),
        "planning.not_your_opinion": N_("Give an opinion of your own."),
        "planning.contested_once": N_("Ask for mediation, or say it at the meeting."),
        "planning.notice_too_short": N_("Post it for {needed} days."),
        "planning.notice_over": N_("Post the notice anew; its days count from then."),
        "planning.notice_not_over": N_("Leave the sheet where it hangs."),
        "planning.opinion_unanswered": N_("Answer them, beginning with no. {first}."),
        "planning.scheme_not_posted": N_("Post a notice that names this version."),
        "planning.notice_running": N_("Try again on {earliest}."),
        "planning.setting_not_days": N_("For example 15."),
    },
)
