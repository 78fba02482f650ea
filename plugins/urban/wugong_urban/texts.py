"""The words of an urban community: its bodies, its people, and what is said when it must wait."""

from __future__ import annotations

from wugong import N_, RoleTitle, Setting, Texts

URBAN = Setting(
    "urban",
    title=N_("Urban community"),
    words={
        N_("Assembly"): N_("Owners' assembly"),
        N_("Committee"): N_("Owners' committee"),
        N_("Group"): N_("Stair"),
        N_("Officer"): N_("Community worker"),
        N_("Convenor"): N_("Owners' committee"),
    },
    plugins=(
        "planning",
        "voting",
        "urban",
        "building",
        "oversight",
        "funds",
        "evaluation",
        "points",
        "mediation",
        "insight",
    ),
    elsewhere=("村組法",),
    matters={
        "lift": N_("Adding a lift"),
        "repair_fund_use": N_("Using the maintenance fund"),
        "repair_fund_raise": N_("Raising the maintenance fund"),
        "repair_fund_emergency": N_("The maintenance fund in an emergency"),
        "rebuild": N_("Altering or rebuilding"),
        "change_of_use": N_("Changing the use of common parts, or business with them"),
        "home_to_business": N_("Business in a home"),
        "property_manager": N_("Choosing or dismissing the property manager"),
        "owners_committee": N_("Electing the owners' committee"),
        "assembly_rules": N_("Rules of procedure of the owners' assembly"),
        "management_convention": N_("Management convention"),
        "other_major": N_("Another major matter of the owners"),
        "residents_covenant": N_("Residents' covenant"),
        "renewal": N_("Small renewal of a place"),
    },
)

ROLES = (
    RoleTitle("officer", N_("Community worker")),
    RoleTitle("convenor", N_("Owners' committee")),
    RoleTitle("urban.affected", N_("Neighbour who loses by it")),
)

TEXTS = Texts(
    refusals={
        "urban.unit_listed_twice": N_("The list names a unit twice: {units}."),
        "urban.subsidy_above_cost": N_(
            "The subsidy ({subsidy_fen}) is more than the cost ({cost_fen})."
        ),
        "urban.formula_unknown": N_("There is no formula {formula}; known: {known}."),
        "urban.coefficient_unreadable": N_(
            "A coefficient is a decimal number such as 1.1, at most four decimals: {units}."
        ),
        "urban.coefficient_missing": N_("These units have no coefficient: {units}."),
        "urban.area_missing": N_(
            "These units have no floor area, which the formula needs: {units}."
        ),
        "urban.coefficients_zero": N_("All coefficients are 0: nobody would pay."),
        "urban.nobody_bears_relief": N_("Every unit has relief: nobody is left to bear it."),
        "urban.unit_not_listed": N_("{unit} is not on the list of affected units."),
        "urban.unit_of_another": N_("Only those who live in {unit} can make its statement."),
        "urban.nobody_objected": N_("{unit} has not objected, so there is nothing to mediate."),
        "urban.needs_special_majority": N_(
            "Adding a lift is rebuilding: three quarters must agree, by area and by heads."
        ),
        "urban.affected_not_listed": N_("Nobody has listed yet whom the scheme affects."),
        "urban.affected_not_heard": N_(
            "Affected units not heard yet: {units} ({count}). Each makes a statement or is"
            " contacted {attempts} times first."
        ),
        "urban.unit_outside": N_(
            "These units neither vote on this nor are listed as affected: {units} ({count})."
        ),
        "urban.plan_missing": N_(
            "The plan is not stated: where the money comes from, how harmed owners are"
            " compensated, how running costs are shared."
        ),
        "urban.compensation_missing": N_(
            "The plan says nothing on compensation of units that lose: {units} ({count})."
        ),
        "urban.compensation_empty": N_(
            "The plan names units and promises them nothing: {units} ({count})."
        ),
        "urban.compensated_not_listed": N_(
            "Compensation is for units that are listed as affected; these are not: {units}"
            " ({count})."
        ),
        "urban.affected_left_out": N_(
            "The vote leaves out units that the scheme touches: {units} ({count})."
        ),
        "urban.occupied_not_listed": N_(
            "A unit of which a private part is taken up is affected; these are not listed: {units}"
            " ({count})."
        ),
        "urban.plan_not_to_sign": N_(
            "Plan no. {plan} is not in force, or it takes up no private part."
        ),
        "urban.private_part_kept": N_("The plan takes up no private part of {unit}."),
        "urban.owner_signs_in_person": N_("Only the owner of {unit} can sign for it."),
        "urban.signature_unwitnessed": N_(
            "Who enters the signature of {unit} for its owner needs a witness, a third person."
        ),
        "urban.private_part_unsigned": N_(
            "Owners whose private part is taken up have not signed: {units} ({count})."
        ),
        "urban.objection_unsigned": N_(
            "The objection of {unit} is in writing and nobody has signed it."
        ),
        "urban.objection_open": N_("Signed objections are not settled: {units} ({count})."),
        "urban.mediation_not_offered": N_(
            "Objecting units without an offer of mediation: {units} ({count})."
        ),
    },
    remedies={
        "urban.unit_not_listed": N_("Add it to the list"),
        "urban.subsidy_above_cost": N_("Look at both sums again; count a subsidy once"),
        "urban.coefficient_missing": N_("State a coefficient for each of them"),
        "urban.area_missing": N_("Take the area from the roster"),
        "urban.nobody_bears_relief": N_("Let other income bear the relief"),
        "urban.unit_of_another": N_("Ask the community worker to note it for them"),
        "urban.needs_special_majority": N_("Open it as a special matter"),
        "urban.affected_not_listed": N_("List who is affected"),
        "urban.affected_not_heard": N_("Visit them and take a statement"),
        "urban.mediation_not_offered": N_("Offer mediation and note the answer"),
        "urban.unit_outside": N_("Leave them out, or list them as affected first"),
        "urban.plan_missing": N_("State the plan for the lift"),
        "urban.compensation_missing": N_("State the plan anew, with each of them"),
        "urban.compensation_empty": N_("State an amount, or in words what else was agreed"),
        "urban.compensated_not_listed": N_("List them as affected first"),
        "urban.occupied_not_listed": N_("List them as affected first"),
        "urban.plan_not_to_sign": N_("Sign for the plan in force"),
        "urban.private_part_kept": N_("State the plan anew, if it does"),
        "urban.owner_signs_in_person": N_("Have the owner sign, here or on paper before a witness"),
        "urban.signature_unwitnessed": N_("Name who saw it signed"),
        "urban.private_part_unsigned": N_("Have each of them sign, or take up no part of theirs"),
        "urban.affected_left_out": N_("Ask the groups in which they live, too"),
        "urban.objection_unsigned": N_("Have it signed, or note it as spoken"),
        "urban.objection_open": N_("Negotiate or mediate, then take their statement again"),
    },
)
STATE = N_("State the plan for the lift: money, compensation, running costs")
SIGN = N_("Have the owners sign whose private part is taken up: {units}")
HEAR = N_("Hear the affected units: {units}")
OFFER = N_("Offer mediation to the units that object: {units}")
