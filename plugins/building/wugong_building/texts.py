"""The words of the refusals of this plugin."""

from __future__ import annotations

from wugong import N_, Texts

TEXTS = Texts(
    refusals={
        "building.not_here": N_("It belongs to another matter."),
        "building.already_claimed": N_("“{title}” is taken on already, until {until}."),
        "building.already_accepted": N_("“{title}” is done and accepted."),
        "building.supervisor_claims": N_(
            "You supervise this matter, so you cannot take on its projects."
        ),
        "building.not_claimant": N_("Somebody else took this project on."),
        "building.claim_over": N_("This claim has ended; the project is open again."),
        "building.delivered_already": N_("The work is handed over already."),
        "building.not_due": N_("The time has not run out yet. It ends with {until}."),
        "building.not_delivered": N_("The work has not been handed over yet."),
        "building.other_delivery": N_("There is a later delivery of this work."),
        "building.not_accepted": N_("“{title}” has not been accepted yet."),
        "building.settled_already": N_("The public cost of “{title}” is settled already."),
        "building.claims_open": N_("{count} claimed projects are not accepted yet."),
        "building.closes_in_past": N_("The campaign must close later than now."),
        "building.campaign_over": N_("Pledges for “{title}” closed at {closes_at}."),
        "building.campaign_runs": N_("Pledges for “{title}” are open until {closes_at}."),
        "building.no_such_pledge": N_("There is no such pledge here; it may be withdrawn already."),
        "building.not_pledger": N_("Only whoever made a pledge can take it back."),
        "building.figures_differ": N_("The figures differ from the pledges recorded."),
        "building.own_labour": N_("Your own days of labour are recorded by somebody else."),
    },
    remedies={
        "building.not_here": N_("Open the matter it belongs to and do it there."),
        "building.already_claimed": N_("Choose another project, or look again on that day."),
        "building.already_accepted": N_("Choose another project."),
        "building.supervisor_claims": N_(
            "Leave the supervision first, or help whoever takes it on."
        ),
        "building.not_claimant": N_("Ask whoever took it on."),
        "building.claim_over": N_("Take the project on again if it is still open."),
        "building.delivered_already": N_("Wait until it is accepted or sent back."),
        "building.not_due": N_("It will be recorded by itself at that time."),
        "building.not_delivered": N_("Ask whoever took it on to hand it over first."),
        "building.other_delivery": N_("Look at the latest delivery and accept that one."),
        "building.not_accepted": N_("Accept the work first."),
        "building.settled_already": N_("Look at the figure that is recorded."),
        "building.claims_open": N_("Accept the work, send it back, or wait for the claim to end."),
        "building.closes_in_past": N_("Choose a later time."),
        "building.campaign_over": N_("See whether another campaign is open."),
        "building.campaign_runs": N_("It closes by itself at that time."),
        "building.no_such_pledge": N_("Look at your pledges."),
        "building.not_pledger": N_("Ask whoever made it."),
        "building.figures_differ": N_("Wait for the clock; it closes the campaign by itself."),
        "building.own_labour": N_("Ask the steward or a supervisor to record them."),
    },
)
