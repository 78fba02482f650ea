"""The words of the engine's own refusals; a plugin brings its own with ``Texts``."""

from __future__ import annotations

from collections.abc import Mapping

from wugong import N_

REFUSALS: Mapping[str, str] = {
    "wugong.attendance_impossible": N_(
        "The figures do not fit: {due} should attend, {present} attended, {votes} voted."
    ),
    "wugong.attendance_missing": N_("How many should attend and how many did belong together."),
    "wugong.belongs_to_community": N_("This is done for the whole community, not in one matter."),
    "wugong.closing_in_the_past": N_("The closing time has passed already."),
    "wugong.community_exists": N_("There is a community of this name already."),
    "wugong.community_unknown": N_("There is no community of this name."),
    "wugong.day_to_come": N_("{on} is still to come."),
    "wugong.document_too_large": N_("The document is too large: ten megabytes at most."),
    "wugong.box_key_misread": N_(
        "This is not the public key of a ceremony, or it was not copied whole."
    ),
    "wugong.box_key_not_asked_for": N_(
        "A public key belongs to ballots that only the scrutineers open."
    ),
    "wugong.box_without_scrutineers": N_("The box of this poll is not opened by scrutineers."),
    "wugong.share_misread": N_(
        "Share {place}, as typed, is misread: it needs {needed} groups of four digits and has"
        " {groups}, or a digit differs."
    ),
    "wugong.share_of_another_ceremony": N_(
        "Share {place}, as typed, is of ceremony {ceremony}; this box needs ceremony {needed}."
    ),
    "wugong.share_twice": N_("Share {place}, as typed, is share {other} again."),
    "wugong.shares_do_not_fit": N_("These shares do not make the key of this box."),
    "wugong.shares_too_few": N_(
        "{given} shares were given; {needed} of the {shares} are needed to open the box."
    ),
    "wugong.already_voted": N_("A ballot for this is in the box already. It cannot be changed."),
    "wugong.ballot_key_missing": N_(
        "A secret ballot needs a key of its own: 32 of the digits 0–9 and a–f."
    ),
    "wugong.box_changed": N_(
        "The box does not hold what was put in: {voted} voted, {ballots} ballots are there, or one "
        "does not open."
    ),
    "wugong.box_of_another_key": N_(
        "The box was begun under another key. Nothing is put in until the right key file is back."
    ),
    "wugong.clock_leapt": N_(
        "The clock of this machine leapt by {minutes} minutes. What has a deadline waits."
    ),
    "wugong.document_unknown": N_("One of the documents is not in the store any more."),
    "wugong.document_of_another": N_(
        "A document is sealed for somebody else than {member}, whom it concerns."
    ),
    "wugong.documents_unsent": N_("Too many of your files wait for forms that were not sent."),
    "wugong.head_beyond": N_(
        "The journal has {records} records; no. {seq} is not there. If it was printed, the end was"
        " cut off."
    ),
    "wugong.head_differs": N_(
        "Record {seq} has another fingerprint: {digest}. If yours was printed, the journal was"
        " rewritten."
    ),
    "wugong.head_misread": N_(
        "A head is a number and a fingerprint, of which at least 12 of the digits 0–9 and a–f must"
        " be typed, or the whole code of the notice."
    ),
    "wugong.hold_of_another": N_("Only whoever placed this hold can lift it."),
    "wugong.hold_unknown": N_("This hold does not stand any more."),
    "wugong.code_misspelt": N_("This is not the code of a receipt: a letter or digit is wrong."),
    "wugong.code_unknown": N_("Nothing in this journal has this code."),
    "wugong.key_used_otherwise": N_("This form was already used for something else."),
    "wugong.kind_unknown": N_("Nobody here knows this kind of act: {kind}."),
    "wugong.matter_unknown": N_("There is no matter of this number."),
    "wugong.member_erased": N_("The data of this person was erased."),
    "wugong.member_reserved": N_("The id {member} belongs to the system itself."),
    "wugong.member_unknown": N_("This person is not enrolled in the community."),
    "wugong.needs_another_person": N_("Somebody else must do this: one person may not do both."),
    "wugong.nobody_votes": N_("Nobody votes under the procedure {procedure}."),
    "wugong.not_a_member": N_("Only people enrolled in this community can do this."),
    "wugong.not_agent": N_("Only a desk agent may act for another person."),
    "wugong.not_on_the_roll": N_("This is not on the frozen roll of the poll."),
    "wugong.office_not_lent": N_(
        "This is done as {roles}, which nobody may be for somebody else. Whoever it is signs in."
    ),
    "wugong.not_your_role": N_("This is done by: {roles}."),
    "wugong.options_repeat": N_("Two options carry the same short name."),
    "wugong.setting_changed_meanwhile": N_(
        "Somebody was quicker: this setting is {value} now, no longer {was}. What you wrote is"
        " still in the form; start again from the settings if it is to change all the same."
    ),
    "wugong.place_unknown": N_("No law of {place} is known here. Known are: {known}."),
    "wugong.plugin_failed": N_("The plugin {plugin} failed. It is not your fault."),
    "wugong.setting_unknown": N_("There is no setting {name} here."),
    "wugong.plugin_in_use": N_("The plugin {plugin} is in use already."),
    "wugong.plugin_not_installed": N_("No plugin {plugin} is installed."),
    "wugong.plugin_missing": N_("The plugin {plugin} of this matter is not installed."),
    "wugong.plugin_not_enabled": N_("This community does not use the plugin {plugin}."),
    "wugong.procedure_not_in_force": N_("The procedure {procedure} is not in force on {on}."),
    "wugong.procedure_of_another_place": N_(
        "The procedure {procedure} is for {of}. This community lies in {place}."
    ),
    "wugong.procedure_stricter_here": N_(
        "In {place} a local pack is stricter than {procedure}. Use {instead}."
    ),
    "wugong.procedure_unknown": N_("Nobody here knows the procedure {procedure}."),
    "wugong.reason_missing": N_("A reason must be given and is filed."),
    "wugong.reactions_without_end": N_("The consequences of this act have no end."),
    "wugong.ref_unknown": N_("No. {number} is not something this can refer to."),
    "wugong.role_not_given": N_(
        "Nobody can be given this: {role}. It follows from what is recorded, or belongs to the"
        " system."
    ),
    "wugong.roster_duplicate": N_("{entitlement} stands twice in the roster."),
    "wugong.roster_edition": N_("The edition of these rows is {edition}; another was given."),
    "wugong.roster_empty": N_("The roster {roster} names nobody who could vote here."),
    "wugong.roster_negative": N_("{entitlement} has a figure below zero in the roster."),
    "wugong.roster_totals": N_(
        "The rows add up to {count} entitled, {heads} people, {households} households and "
        "{area_dm2}; other totals were given."
    ),
    "wugong.roster_unknown": N_("The roster {roster} was not imported yet."),
    "wugong.sealed_without_text": N_("A confidential text came without its words."),
    "wugong.step_corrects_another": N_("Only the last record of the same step can be corrected."),
    "wugong.step_done": N_("This step is done: it is recorded as no. {seq}."),
    "wugong.step_is_a_vote": N_("This step is a vote: its poll keeps who took part and how."),
    "wugong.step_unknown": N_("This matter has no step {step}."),
    "wugong.sheet_code_misspelt": N_("This is not the code of a sheet: a letter is wrong."),
    "wugong.sheet_of_another_community": N_("This sheet belongs to another community."),
    "wugong.sheet_unknown": N_("No step here has a sheet with this code."),
    "wugong.stage_already_open": N_("The stage {stage} is open already."),
    "wugong.stage_closed": N_("This can be done while a stage is open: {stages}."),
    "wugong.stage_held": N_("The stage {stage} is on hold."),
    "wugong.stage_not_open": N_("The stage {stage} is not open."),
    "wugong.stage_out_of_order": N_("The stage {earlier} comes before {stage}."),
}

REMEDIES: Mapping[str, str] = {
    "wugong.setting_unknown": N_("Compare it with the page of settings."),
    "wugong.attendance_impossible": N_("Compare them with the sheet and type them again."),
    "wugong.attendance_missing": N_("Type both, or neither, and no votes without them."),
    "wugong.sheet_code_misspelt": N_("Compare it with the sheet letter by letter, or scan it."),
    "wugong.sheet_of_another_community": N_("Open the pages of that community, or scan the sheet."),
    "wugong.sheet_unknown": N_("Open the matter and print its sheets again."),
    "wugong.code_misspelt": N_(
        "Compare it with the slip: four groups of four, without 0, O, 1 and I."
    ),
    "wugong.code_unknown": N_(
        "Compare it letter by letter. If it is right, keep the slip and show it at the desk."
    ),
    "wugong.step_done": N_("A mistake is corrected by a record that names this one."),
    "wugong.step_is_a_vote": N_("Open the poll, and enter the papers there."),
    "wugong.box_key_misread": N_("Copy it from the first sheet of the ceremony, or scan its code."),
    "wugong.share_misread": N_("Read the line again, group by group, or scan the sheet's code."),
    "wugong.shares_too_few": N_("Wait until enough scrutineers are here."),
    "wugong.head_beyond": N_(
        "Compare both with the print; if they are right, keep it: it is the proof."
    ),
    "wugong.head_differs": N_(
        "Compare both with the print; if they are right, keep it: it is the proof."
    ),
    "wugong.clock_leapt": N_(
        "Please tell the desk: whoever runs the program sets the clock right, or, where it is "
        "right now, starts the program again."
    ),
    "wugong.box_changed": N_(
        "Please tell the desk: whoever runs the program compares the database with the last"
        " back-up."
    ),
    "wugong.box_of_another_key": N_(
        "Please tell the desk: whoever runs the program puts the key file back that was there when"
        " the poll began."
    ),
    "wugong.document_too_large": N_("Choose a smaller file."),
    "wugong.document_of_another": N_("Choose the file again"),
    "wugong.document_unknown": N_("Choose the file again and send the form within a day."),
    "wugong.documents_unsent": N_("Send those forms first, or wait a day."),
    "wugong.key_used_otherwise": N_(
        "Compare both. Send yours again only where it is to be recorded as well."
    ),
    "wugong.member_unknown": N_("Check the name, or enrol the person first."),
    "wugong.needs_another_person": N_("Ask a colleague to do it."),
    "wugong.not_a_member": N_("The community desk can enrol you."),
    "wugong.plugin_failed": N_("Please tell the desk; it keeps the code below."),
    "wugong.reason_missing": N_("Write in one sentence why, then send again."),
    "wugong.roster_edition": N_("Compute both from the rows as they are sent, and send again."),
    "wugong.roster_totals": N_("Compute both from the rows as they are sent, and send again."),
    "wugong.roster_unknown": N_("An administrator imports it under Administration."),
    "wugong.stage_closed": N_("The matter's page says which stage is open now."),
    "wugong.stage_held": N_("It goes on when the hold is lifted or has run out."),
    "wugong.stage_not_open": N_("The matter's page says which stage is open now."),
    "wugong.stage_out_of_order": N_("Finish that stage, or file why it is skipped."),
}

ROLES: Mapping[str, str] = {
    "resident": N_("Resident"),
    "officer": N_("Community worker"),
    "admin": N_("Administrator"),
    "convenor": N_("Convenor of meetings"),
    "agent": N_("Desk agent"),
    "supervisor": N_("Supervision group"),
    "professional": N_("Professional"),
    "observer": N_("Observer"),
    "treasurer": N_("Treasurer"),
    "steward": N_("Steward"),
    "designer": N_("Designer"),
    "mediator": N_("Mediator"),
    "evaluator": N_("Evaluator"),
    "scrutineer": N_("Scrutineer"),
    "representative": N_("Representative"),
    "elder": N_("Elder"),
    "party_member": N_("Party member"),
    "operator": N_("Operator of the system"),
    "clock": N_("When the time comes"),
    "plugin": N_("By the rules"),
}

AUDIENCES: Mapping[str, str] = {
    "public": N_("everyone"),
    "members": N_("members of the community"),
    "author": N_("only who wrote it and whom it concerns"),
    "officer": N_("community workers"),
    "admin": N_("administrators"),
}

CHANNELS: Mapping[str, str] = {
    "web": N_("Web"),
    "paper": N_("Paper"),
    "assisted": N_("Assisted"),
    "api": N_("Interface"),
    "meeting": N_("Meeting"),
    "clock": N_("Automatic"),
    "plugin": N_("By the rules"),
}
