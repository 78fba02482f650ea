"""What a village says where others say residents, communities and stairs."""

from __future__ import annotations

from wugong import N_

# By message id, so that no template asks which setting this is. What is replaced stands on the
# left and is translated where it is said; a plural is replaced in both of its forms.
WORDS = {
    "Resident": N_("Villager"),
    "Residents": N_("Villagers"),
    "A resident": N_("A villager"),
    "Representative": N_("Villagers' representative"),
    "Community worker": N_("Village officer"),
    "community workers": N_("village officers"),
    "Members": N_("Members of the village"),
    "members of the community": N_("members of the village"),
    "Owners' assembly": N_("Villagers' assembly"),
    "Owners' committee": N_("Villagers' committee"),
    "Stair": N_("Village group"),
    "Raised by residents": N_("Raised by villagers"),
    "Residents' rating": N_("Villagers' rating"),
    "Residents' rating (mean)": N_("Villagers' rating (mean)"),
    "Residents may answer until": N_("Villagers may answer until"),
    "Name at least one resident.": N_("Name at least one villager."),
    "The group has no resident yet.": N_("The group has no villager yet."),
    "What is going on here": N_("What is going on in the village"),
    "Only people enrolled in this community can do this.": N_(
        "Only people enrolled in this village can do this."
    ),
    "This person is not enrolled in the community.": N_(
        "This person is not enrolled in the village."
    ),
    "The community desk can enrol you.": N_("The village office can enrol you."),
    "Choose “Online”, or ask your community worker.": N_(
        "Choose “Online”, or ask a village officer."
    ),
    "Our own rules for the assisted desk": N_("The village's rules for the assisted desk"),
    "Members of the community read who.": N_("Members of the village read who."),
    "The jurisdiction where the community lies": N_("The jurisdiction where the village lies"),
    "No redemption of this community has this code.": N_(
        "No redemption of this village has this code."
    ),
    "This community lies in {place}.": N_("This village lies in {place}."),
    "This community has not said where it lies: local packs of every place are shown.": N_(
        "This village has not said where it lies: local packs of every place are shown."
    ),
    "The procedure {procedure} is for {of}. This community lies in {place}.": N_(
        "The procedure {procedure} is for {of}. This village lies in {place}."
    ),
    "All projects of the community": N_("All projects of the village"),
    "Our own rules for pledges": N_("The village's rules for pledges"),
    "Our own rules for projects that residents take on": N_(
        "The village's rules for projects that villagers take on"
    ),
    "You do the work with your neighbours; the community helps as it says.": N_(
        "You do the work with your neighbours; the village helps as it says."
    ),
    "help offered: {support}": N_("help of the village: {support}"),
    (
        "Evaluation published: independent {expert}, residents {residents}, {answers} of "
        "{invited} answered"
    ): N_(
        "Evaluation published: independent {expert}, villagers {residents}, {answers} of "
        "{invited} answered"
    ),
    "How the residents rated": N_("How the villagers rated"),
    "Residents may rate until": N_("Villagers may rate until"),
    "Residents: closed": N_("Villagers: closed"),
    "Our own rules of evaluation": N_("The village's rules of evaluation"),
    "Our own rules of the fund": N_("The village's rules of the fund"),
    "Our own rules of supervision": N_("The village's rules of supervision"),
    "Our own rules of upkeep": N_("The village's rules of upkeep"),
    "Our own rules of points": N_("The village's rules of points"),
    "All together": N_("The whole village"),
    "At the community desk, into the letter box, or scan the code.": N_(
        "At the village office, into the letter box, or scan the code."
    ),
    "Before {when}, at the community desk, into the letter box, or scan the code.": N_(
        "Before {when}, at the village office, into the letter box, or scan the code."
    ),
    "Own rules of this community, each with its source": N_(
        "Own rules of this village, each with its source"
    ),
    "Scope (empty: the community)": N_("Scope (empty: the village)"),
    "Ask the community office to check your registration": N_(
        "Ask the village office to check your registration"
    ),
    "{count} day of labour was given.": N_("{count} day of labour was given by villagers."),
    "{count} days of labour were given.": N_("{count} days of labour were given by villagers."),
    "A pledge is a promise, no payment. Only you and the office see what you pledge.": N_(
        "A pledge is a promise, no payment. Only you and the village office see what you pledge."
    ),
    "Our own rules for labour given": N_("The village's rules for labour given"),
    "A starting figure of ours, the community's own rule decides": N_(
        "A starting figure of ours, the village's own rule decides"
    ),
    "It is published when the residents' time is over and the evaluator has handed in.": N_(
        "It is published when the villagers' time is over and the evaluator has handed in."
    ),
    "The evaluator does not rate as a resident, too.": N_(
        "The evaluator does not rate as a villager, too."
    ),
    "Community fund": N_("Village fund"),
    "As chosen above; officers and administrators never": N_(
        "As chosen above; village officers and administrators never"
    ),
    (
        "The community has no mediator on its list yet. Ask the office; you may also go to the "
        "township."
    ): N_(
        "The village has no mediator on its list yet. Ask the village office; you may "
        "also go to the township."
    ),
    "Empty: the community office sees to it": N_("Empty: the village office sees to it"),
    "the community office sees to it": N_("the village office sees to it"),
    "Observer": N_("Village observer"),
    "Units or groups and their turns, no names": N_("Village groups and their turns, no names"),
    "Building, stair, road …": N_("Village group, road, whose house it is near …"),
    "Members read what was said after signing in.": N_(
        "Members of the village read what was said after signing in."
    ),
    "Your name is shown to members only.": N_("Your name is shown to members of the village only."),
    "Open the points page of the community.": N_("Open the points page of the village."),
    "Points are kept by the community, not in one matter.": N_(
        "Points are kept by the village, not in one matter."
    ),
    "Reward what people do for the community.": N_("Reward what people do for the village."),
    "Hand it in before {when}, at the community desk or to whoever brought it.": N_(
        "Hand it in before {when}, at the village office or to whoever brought it."
    ),
    "On paper: ask for a ballot paper at the community office.": N_(
        "On paper: ask for a ballot paper at the village office."
    ),
    "Only these groups": N_("Only these village groups"),
    "Only these groups (empty: all)": N_("Only these village groups (empty: all)"),
    "Stair or village group": N_("Village group"),
    "Our own rules for objections": N_("The village's rules for objections"),
    "Our own rules for paper ballots": N_("The village's rules for paper ballots"),
    "You are not on the roll of this poll. If that is wrong, ask the community office.": N_(
        "You are not on the roll of this poll. If that is wrong, ask the village office."
    ),
    (
        "{units} was counted at the meeting, in show of hands {number}. It cannot be changed. If "
        "you were not there, tell the community office now."
    ): N_(
        "{units} was counted at the meeting, in show of hands {number}. It cannot be changed. If "
        "you were not there, tell the village office now."
    ),
    "Look around the community": N_("Look around the village"),
    "Reading needs no account. The community desk sets one up for you, or acts for you.": N_(
        "Reading needs no account. The village office sets one up for you, or acts for you."
    ),
    "The plugins of this community have nothing to set.": N_(
        "The plugins of this village have nothing to set."
    ),
    "This community does not use the plugin {plugin}.": N_(
        "This village does not use the plugin {plugin}."
    ),
    "This is done for the whole community, not in one matter.": N_(
        "This is done for the whole village, not in one matter."
    ),
}
