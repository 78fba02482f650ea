"""The words of the refusals of this plugin."""

from __future__ import annotations

from wugong import N_, Texts

TEXTS = Texts(
    refusals={
        "oversight.no_resident": N_("The group has no resident yet."),
        "oversight.no_professional": N_("The group has no professional yet."),
        "oversight.seated_twice": N_("Somebody is named twice."),
        "oversight.not_professional": N_(
            "{count} named as professionals do not have that role here."
        ),
        "oversight.cannot_sit": N_(
            "{count} of those named decide or build here, so they cannot supervise."
        ),
        "oversight.both_roles": N_("One person cannot be both {role} and {held} in one place."),
        "oversight.not_here": N_("It belongs to another matter."),
        "oversight.own_finding": N_("Nobody looks after a problem they are to mend themselves."),
        "oversight.closed_already": N_("This problem is closed already."),
        "oversight.awaiting_reinspection": N_(
            "It is reported mended and awaits its re-inspection."
        ),
        "oversight.not_mended": N_("Nobody has reported it mended yet."),
        "oversight.only_finder": N_("Only whoever found the problem inspects it again."),
        "oversight.finder_serves": N_("Whoever found it still supervises here."),
        "oversight.no_supervisor": N_("The one named does not supervise here."),
        "oversight.not_overdue": N_("The time to mend it has not run out. It ends with {until}."),
        "oversight.stops_acceptance": N_(
            "{count} critical problems are still open: {items}. The work cannot be accepted."
        ),
        "oversight.stops_payment": N_(
            "{count} critical problems are still open: {items}. The payment is stopped."
        ),
        "oversight.findings_open": N_("{count} problems are not closed yet."),
        "oversight.no_steward": N_("The plan names no steward."),
        "oversight.no_rota": N_("The plan has no rota."),
        "oversight.cost_without_source": N_("The plan does not say where the money comes from."),
        "oversight.no_upkeep": N_("There is no upkeep plan: steward, rota and yearly cost."),
    },
    remedies={
        "oversight.no_resident": N_("Name at least one resident."),
        "oversight.no_professional": N_("Name at least one professional."),
        "oversight.seated_twice": N_("Give each person one seat."),
        "oversight.not_professional": N_("Give them the role of a professional first."),
        "oversight.cannot_sit": N_("Name somebody who neither decides nor builds."),
        "oversight.both_roles": N_("End the other role first."),
        "oversight.not_here": N_("Open the matter it belongs to and do it there."),
        "oversight.own_finding": N_("Name somebody else."),
        "oversight.closed_already": N_("Record a new inspection if it came back."),
        "oversight.awaiting_reinspection": N_("Wait until the finder has looked again."),
        "oversight.not_mended": N_("Ask for it to be mended first."),
        "oversight.only_finder": N_("Ask the finder; it waits on their home page."),
        "oversight.finder_serves": N_("Ask the finder to look again."),
        "oversight.no_supervisor": N_(
            "Name a supervisor, professional or observer of this matter."
        ),
        "oversight.not_overdue": N_("It will be recorded by itself at that time."),
        "oversight.stops_acceptance": N_("Mend them and let the finder look again."),
        "oversight.stops_payment": N_("Mend them and let the finder look again."),
        "oversight.findings_open": N_("Mend them and let the finders look again."),
        "oversight.no_steward": N_("Name who looks after it."),
        "oversight.no_rota": N_("Write down whose turn it is and when."),
        "oversight.cost_without_source": N_("Name the account or those who pay."),
        "oversight.no_upkeep": N_("Plan the upkeep, or skip managing with a filed reason."),
    },
)
