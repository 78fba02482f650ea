"""The words of mediation's refusals: what cannot happen now and what to do instead."""

from __future__ import annotations

from wugong import N_, Texts

PARTY_TITLE = N_("Party to a mediation")
ROLE_TITLE = N_("Mediator")

REMEDIES = N_(
    "You may ask the township to mediate, go to the authority in charge, to arbitration or to "
    "court. Mediation never stands in the way of that."
)

TEXTS = Texts(
    refusals={
        "mediation.with_oneself": N_("Mediation needs another side."),
        "mediation.case_open": N_("The two of you have a mediation under way here."),
        "mediation.case_ended": N_("This mediation is over."),
        "mediation.other_side_answers": N_("Only the other side can answer the request."),
        "mediation.answered_already": N_("The request has been answered."),
        "mediation.parties_decide": N_("Only the two parties decide this."),
        "mediation.consent_missing": N_("The other side has not agreed to mediation yet."),
        "mediation.mediator_named": N_("A mediator is named already."),
        "mediation.mediator_is_party": N_("A party cannot be the mediator."),
        "mediation.not_a_mediator": N_("This person is not on the list of mediators."),
        "mediation.nobody_proposed": N_("No mediator is proposed."),
        "mediation.accepted_already": N_("You have accepted this mediator."),
        "mediation.conflict_declared": N_("{count} conflict of interest is declared."),
        "mediation.not_mediator_yet": N_("Both parties have not accepted this mediator yet."),
        "mediation.mediator_missing": N_("There is no mediator yet whom both accepted."),
        "mediation.agreement_missing": N_("No agreement is written down yet."),
        "mediation.agreement_changed": N_("The text of the agreement has changed."),
        "mediation.signed_already": N_("You have signed this text."),
        "mediation.not_over": N_("The time is not over yet."),
        "mediation.not_yours_to_say": N_("You cannot give this reason for the end."),
        "mediation.not_in_effect": N_("The agreement is not in effect."),
        "mediation.sought_already": N_("You have said so already."),
        "mediation.confirmation_late": N_("The 30 days to ask the court are over."),
        "mediation.setting_not_days": N_("Write a number of days from 1 to {most}."),
    },
    remedies={
        "mediation.with_oneself": N_("Name the person you want to settle it with."),
        "mediation.case_open": N_("Go on with that one."),
        "mediation.case_ended": REMEDIES,
        "mediation.other_side_answers": N_("Wait for the answer; you may stop at any time."),
        "mediation.answered_already": N_("You may stop the mediation at any time."),
        "mediation.parties_decide": N_("You may declare a conflict, or decline."),
        "mediation.consent_missing": N_("Wait for the answer; you may stop at any time."),
        "mediation.mediator_named": N_("Accept or decline; after that propose another."),
        "mediation.mediator_is_party": N_("Propose somebody else."),
        "mediation.not_a_mediator": N_("Choose from the list of mediators."),
        "mediation.nobody_proposed": N_("Propose a mediator first."),
        "mediation.accepted_already": N_("Wait for the other side."),
        "mediation.conflict_declared": N_(
            "Decline, or say that you know of it and still accept. Both sides must."
        ),
        "mediation.not_mediator_yet": N_("Wait until both have accepted."),
        "mediation.mediator_missing": N_("Agree on a mediator first."),
        "mediation.agreement_missing": N_("Write the agreement down first."),
        "mediation.agreement_changed": N_("Read the new text, then sign."),
        "mediation.signed_already": N_("Wait for the other signatures."),
        "mediation.not_over": N_("Wait until it is."),
        "mediation.not_yours_to_say": N_("A party may stop; the mediator may find no agreement."),
        "mediation.not_in_effect": N_("Both parties and the mediator sign first."),
        "mediation.sought_already": N_("The other side has to ask, too."),
        "mediation.confirmation_late": N_("The agreement binds; you may sue for performance."),
        "mediation.setting_not_days": N_("For example 30."),
    },
)
