"""The words of the refusals."""

from __future__ import annotations

from wugong import N_, RoleTitle, SettingDefault, Texts
from wugong_points.rules import DEFAULT_MOST, PROPOSED_MOST

TEXTS = Texts(
    refusals={
        "points.elsewhere": N_("Points are kept by the community, not in one matter."),
        "points.not_a_kind": N_("“{kind}” is not a kind of fact."),
        "points.kind_not_rewarded": N_("“{kind}” earns no points."),
        "points.rewarded_at_the_end": N_("Taking part is rewarded when the poll or survey ends."),
        "points.no_approval_for_taking_part": N_(
            "Points for taking part cannot hang on somebody's approval."
        ),
        "points.cap_below_points": N_("{points} points a deed, but only {cap} a month."),
        "points.no_rule": N_("No such rule stands."),
        "points.already_counted": N_("No. {deed} was counted already."),
        "points.own_award": N_("Points for oneself are for others to propose and approve."),
        "points.own_account": N_("Entries on one's own account are for others to reverse."),
        "points.above_proposal_cap": N_("At most {cap} points can be proposed, not {points}."),
        "points.rules_count_themselves": N_("What a rule rewards is counted by itself."),
        "points.already_decided": N_("This proposal was decided already."),
        "points.list_not_ordered": N_("The list of awards is not in order."),
        "points.cap_reached": N_("The month's cap of {cap} points is exceeded by {over}."),
        "points.too_few_points": N_("You have {balance} points, {short} are missing."),
        "points.out_of_stock": N_("“{item}” is out of stock."),
        "points.nothing_to_reverse": N_("This member has no such entry, or it was reversed."),
        "points.reversal_differs": N_("An entry is reversed as it stands: {booked} points."),
        "points.already_spent": N_(
            "The points were spent: {balance} are left, {short} are missing."
        ),
        "points.own_redemption": N_("What one redeems oneself is for others to hand over."),
        "points.no_redemption": N_("This member has redeemed nothing under this number."),
        "points.redemption_reversed": N_("The redemption was reversed as no. {seq}."),
        "points.handed_already": N_("It was handed over already, as no. {seq}."),
        "points.code_misspelt": N_("This is not the code of a redemption: a letter is wrong."),
        "points.code_unknown": N_("No redemption of this community has this code."),
        "points.not_a_number": N_("“{value}” is not a whole number."),
    },
    remedies={
        "points.elsewhere": N_("Open the points page of the community."),
        "points.not_a_kind": N_("Choose what is rewarded from the list."),
        "points.kind_not_rewarded": N_("Reward what people do for the community."),
        "points.rewarded_at_the_end": N_("Make the rule for {kind}."),
        "points.no_approval_for_taking_part": N_("Adopt the rule without approval."),
        "points.cap_below_points": N_("Raise the cap or lower the points."),
        "points.no_rule": N_("See the rules that stand."),
        "points.own_award": N_("Ask a colleague."),
        "points.own_account": N_("Ask a colleague."),
        "points.above_proposal_cap": N_("Propose less."),
        "points.rules_count_themselves": N_("Leave the rule empty."),
        "points.already_decided": N_("See the proposals that still wait."),
        "points.cap_reached": N_("Wait for the next month, or propose less."),
        "points.too_few_points": N_("See what earns points."),
        "points.out_of_stock": N_("Choose something else, or ask when more comes in."),
        "points.nothing_to_reverse": N_("See the member's statement."),
        "points.reversal_differs": N_("Reverse the whole entry."),
        "points.already_spent": N_("Reverse the redemption first, or let it stand."),
        "points.own_redemption": N_("Ask a colleague."),
        "points.no_redemption": N_("See the member's statement."),
        "points.redemption_reversed": N_("The points are back; it can be redeemed again."),
        "points.handed_already": N_("Look at that record together."),
        "points.code_misspelt": N_("Compare it letter by letter, or scan it."),
        "points.code_unknown": N_("Let the member open their points page again."),
        "points.not_a_number": N_("Write a number such as 100."),
    },
)

CONTRIBUTED = (
    TEXTS,
    RoleTitle("steward", N_("Steward")),
    SettingDefault(
        PROPOSED_MOST,
        DEFAULT_MOST,
        N_("Most points a month that a member can be given by proposals"),
        N_("A starting figure of ours, the community's own rule decides"),
    ),
)
