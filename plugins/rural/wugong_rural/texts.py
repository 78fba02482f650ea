"""The words of the refusals: what cannot happen now and how much is missing, then what to do."""

from __future__ import annotations

from wugong import N_, RoleTitle, Texts

ROLES = (
    RoleTitle("elder", N_("Member of the elders' council")),
    RoleTitle("representative", N_("Villagers' representative")),
    RoleTitle("party_member", N_("Party member")),
)

FLOW = Texts(
    refusals={
        "rural.proposal_missing": N_("The Party organisation has not proposed this yet."),
        "rural.consultation_missing": N_("The two committees have not consulted on it yet."),
        "rural.consultation_not_carried": N_(
            "The two committees did not agree: {have} of {of} for, {missing} short of {needed}."
        ),
        "rural.review_missing": N_("The Party members' meeting has not reviewed it yet."),
        "rural.review_no_quorum": N_(
            "Too few Party members came: {have} of {of}, {missing} short of {needed}."
        ),
        "rural.review_not_carried": N_(
            "The Party members did not agree: {have} of {of} for, {missing} short of {needed}."
        ),
        "rural.already_resolved": N_("The villagers have decided; the steps before it are closed."),
        "rural.poll_running": N_("The villagers are voting on it now."),
        "rural.day_to_come": N_("{on} is still to come."),
        "rural.presence_impossible": N_("{present} present of {due} due: the figures do not fit."),
        "rural.homestead_not_a_member": N_(
            "Who applies for household {household} is not on the roster of the collective."
        ),
        "rural.homestead_second": N_(
            "One household, one plot: household {household} has {plots} already."
        ),
        "rural.homestead_given_up": N_(
            "Household {household} sold, let or gave away a dwelling and gets no new plot."
        ),
        "rural.homestead_bounds_open": N_(
            "These neighbours have not signed the bounds: {households} ({count})."
        ),
        "rural.presence_incomplete": N_("How many should attend and how many did belong together."),
        "rural.figures_impossible": N_(
            "The figures do not fit together: {due} due, {present} present, {yes} for."
        ),
        "rural.draft_too_late": N_(
            "The draft was sent {given} days ahead; it goes out at least {least} days before."
        ),
        "rural.resolution_missing": N_("The villagers have not passed a resolution to post."),
        "rural.posting_too_short": N_(
            "{days} days is too short: a posting hangs at least {least} days."
        ),
        "rural.decision_not_posted": N_("The resolution has not been posted yet."),
        "rural.decision_still_posted": N_("The resolution hangs on the board until {until}."),
        "rural.posting_over": N_(
            "The days of this posting were over on {day}; a later sheet does not move them."
        ),
        "rural.result_not_posted": N_("The result has not been posted yet."),
        "rural.result_still_posted": N_("The result hangs on the board until {until}."),
        "rural.work_not_finished": N_("The work is still under way."),
    },
    remedies={
        "rural.proposal_missing": N_("File the proposal of the Party organisation."),
        "rural.consultation_missing": N_("File the figures of the committees' meeting."),
        "rural.consultation_not_carried": N_("Let the committees meet again."),
        "rural.review_missing": N_("File the figures of the Party members' meeting."),
        "rural.review_no_quorum": N_("Call the Party members' meeting again."),
        "rural.review_not_carried": N_("Change the proposal and let them review it again."),
        "rural.already_resolved": N_("Put a change to the villagers as a new matter."),
        "rural.poll_running": N_("Wait until the poll has closed."),
        "rural.figures_impossible": N_("Look at the sign-in sheet and correct the figures."),
        "rural.draft_too_late": N_("Hold the meeting later."),
        "rural.resolution_missing": N_("Open a poll of the villagers."),
        "rural.posting_too_short": N_("Enter more days."),
        "rural.decision_not_posted": N_("Post the resolution."),
        "rural.decision_still_posted": N_("Come back on {day}."),
        "rural.posting_over": N_("Post it anew; its days count from then."),
        "rural.result_not_posted": N_("Post the result."),
        "rural.result_still_posted": N_("Come back on {day}."),
        "rural.work_not_finished": N_("Close the building stage first."),
    },
)

ELDERS = Texts(
    refusals={
        "rural.elders_not_heard": N_("The elders' council has not been heard yet."),
        "rural.not_an_elder": N_("{count} of those named do not sit in the elders' council."),
        "rural.recusal_missing": N_(
            "{count} elders declared an interest and are not named among those who left the room."
        ),
        "rural.recused_may_not_file": N_("You have an interest in this matter."),
        "rural.no_elder_left": N_("No elder without an interest is left to give an opinion."),
    },
    remedies={
        "rural.elders_not_heard": N_("File their opinion; it advises and decides nothing."),
        "rural.not_an_elder": N_("Name members of the council only."),
        "rural.recusal_missing": N_("Name every elder who declared an interest."),
        "rural.recused_may_not_file": N_("Let another elder or the village office file it."),
        "rural.no_elder_left": N_("Ask the villagers' committee how to go on."),
    },
)

LEVIES = Texts(
    refusals={
        "rural.levy_wrong_body": N_("A levy is decided by the villagers, not by this body."),
        "rural.levy_other_body": N_("The levy was proposed for another body than this."),
        "rural.levy_empty": N_("The levy asks for neither money nor workdays."),
        "rural.levy_money_for_labour": N_("Nobody can be made to pay in place of labour."),
        "rural.levy_exemptions_missing": N_("{count} kinds of people must be exempt."),
        "rural.levy_not_by_representatives": N_(
            "Lists of households belong to a levy that the representatives decide."
        ),
        "rural.levy_list_of_another": N_("This is the list of another representative."),
        "rural.levy_list_size": N_(
            "The list has {count} households; a representative stands for {least} to {most}."
        ),
        "rural.levy_household_twice": N_("The list names a household twice: {households}."),
        "rural.levy_in_two_lists": N_(
            "These households stand on another representative's list: {households}."
        ),
        "rural.levy_payer_and_exempt": N_(
            "Entered as giving and as exempt at once: {households} ({count})."
        ),
        "rural.levy_payer_owes_nothing": N_(
            "These households give neither money nor labour: {households} ({count})."
        ),
        "rural.levy_not_visited": N_("No household was visited for the levy yet."),
        "rural.levy_unsigned": N_("{count} households have not signed: {households}."),
        "rural.levy_not_all_visited": N_(
            "{visited} households have signed; the representatives stand for {of}."
        ),
        "rural.levy_too_much_money": N_(
            "The levy asks {asked_fen} of a person; the ceiling here is {ceiling_fen}."
        ),
        "rural.levy_too_many_days": N_(
            "The levy asks {asked} workdays of a person; the ceiling here is {ceiling}."
        ),
    },
    remedies={
        "rural.levy_wrong_body": N_(
            "Put it to the villagers' assembly, or to the representatives counted by households."
        ),
        "rural.levy_other_body": N_("Open the poll for the body named, or propose the levy anew."),
        "rural.levy_empty": N_("Enter an amount or a number of workdays."),
        "rural.levy_money_for_labour": N_("Offer it to whoever wishes."),
        "rural.levy_exemptions_missing": N_(
            "Money: soldiers and households on the minimum living allowance. Labour: soldiers, "
            "disabled veterans, students, pregnant women and mothers in the first year."
        ),
        "rural.levy_list_size": N_("Look at the list of the households again."),
        "rural.levy_in_two_lists": N_("Leave them on one list only."),
        "rural.levy_payer_and_exempt": N_(
            "Take them off the list of those who give, or end the exemption."
        ),
        "rural.levy_payer_owes_nothing": N_("Leave them off this list."),
        "rural.levy_not_visited": N_("Each representative visits their households first."),
        "rural.levy_unsigned": N_("Visit them again, then enter the list anew."),
        "rural.levy_not_all_visited": N_("Enter the lists that are missing."),
        "rural.levy_too_much_money": N_("Ask for less."),
        "rural.levy_too_many_days": N_("Ask for less."),
    },
)

SETTINGS = Texts(
    refusals={
        "rural.setting_unknown_choice": N_("This setting knows only: {known}."),
        "rural.setting_not_a_count": N_("This setting needs a whole number."),
    },
    remedies={
        "rural.setting_unknown_choice": N_("Enter one of them."),
        "rural.setting_not_a_count": N_("Enter digits only."),
    },
)

TEXTS = (FLOW, ELDERS, LEVIES, SETTINGS)
