"""Who meets or acts in a step, in words; ids are those of the procedure files."""

from __future__ import annotations

from collections.abc import Mapping

from wugong import N_

BODIES: Mapping[str, str] = {
    "authority": N_("Authority in charge"),
    "collective": N_("Rural collective"),
    "collective_assembly": N_("Members' assembly of the collective"),
    "collective_board": N_("Board of the collective"),
    "collective_delegates": N_("Delegates of the collective"),
    "discussion": N_("Meeting for discussion"),
    "elders_council": N_("Elders' council"),
    "governance_committee": N_("Community governance committee"),
    "group_head": N_("Head of the group"),
    "household": N_("Household that applies"),
    "interested_owners": N_("Owners concerned"),
    "mediation_committee": N_("People's mediation committee"),
    "owner": N_("Owner"),
    "owners": N_("Owners"),
    "owners_assembly": N_("Owners' assembly"),
    "owners_committee": N_("Owners' committee"),
    "party_members": N_("Party members' meeting"),
    "party_organisation": N_("Party organisation"),
    "representative": N_("Representative"),
    "representatives": N_("Villagers' representatives"),
    "residents_assembly": N_("Residents' assembly"),
    "residents_committee": N_("Residents' committee"),
    "residents_council": N_("Residents' council"),
    "residents_representatives": N_("Residents' representatives"),
    "residents_voters": N_("Voters of the community"),
    "subdistrict": N_("Subdistrict office"),
    "supervisor": N_("Supervision committee"),
    "township": N_("Township government"),
    "village_committees": N_("Party committee and villagers' committee"),
    "village_voters": N_("Voters of the village"),
    "villagers_assembly": N_("Villagers' assembly"),
    "villagers_committee": N_("Villagers' committee"),
    "villagers_group": N_("Villagers' group"),
}
