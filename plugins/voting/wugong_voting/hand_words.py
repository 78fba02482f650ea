"""What people read when hands cannot be told in this way, and what they can do next."""

from __future__ import annotations

from wugong import N_, Texts

CONFIRM = N_("Count and confirm show of hands {number}: {question}")
TEXTS = Texts(
    refusals={
        "voting.counted_by_hand": N_(
            "{entitlement} was counted in show of hands {number}. One ballot counts, and that one"
            " cannot be changed."
        ),
        "voting.hands_choose_one": N_(
            "Hands are told only where a ballot chooses one option: one hand, one choice."
        ),
        "voting.hands_hide_groups": N_(
            "This poll asks how each group voted; a show of hands does not tell."
        ),
        "voting.hands_entered_already": N_("Show of hands {number} was entered already."),
        "voting.hands_absent": N_("It is not noted that {entitlement} is at the meeting."),
        "voting.hands_in_another": N_("{entitlement} is in another show of hands already."),
        "voting.hands_voted_already": N_(
            "There is a ballot for {entitlement} already; it stands, and no hand is raised."
        ),
        "voting.hands_paper_is_back": N_(
            "The paper ballot of {entitlement} came back; it counts, and no hand is raised."
        ),
        "voting.hands_one_each": N_(
            "Whoever holds {entitlement} holds another one in this count, too, and raises one hand."
            " Enter their answers by roll call."
        ),
        "voting.hands_differ_in_heads": N_(
            "Not every hand would count the same number of people. Call the roll."
        ),
        "voting.hands_differ_in_households": N_(
            "The procedure counts households, and not every hand stands for as many. Call the roll."
        ),
        "voting.hands_differ_in_area": N_(
            "The procedure counts floor area, which differs from hand to hand. Call the roll."
        ),
        "voting.hands_people_differ": N_(
            "People in the room: you counted {hand}, the list has {known}; the difference is {by}."
        ),
        "voting.hands_option_differs": N_(
            "{option}: you counted {hand}, the first teller {known}; the difference is {by}."
        ),
        "voting.hands_too_many": N_(
            "{hands} hands, but only {people} people can raise one: {over} too many."
        ),
        "voting.hands_need_another": N_(
            "You entered show of hands {number} yourself. A second teller has to count the same."
        ),
        "voting.hands_not_waiting": N_("No show of hands {number} waits for a second teller."),
        "voting.teller_is_a_candidate": N_("A candidate cannot tell the hands."),
    },
    remedies={
        "voting.hands_absent": N_("Note first who is there"),
        "voting.hands_voted_already": N_("Count again without them"),
        "voting.hands_paper_is_back": N_("Count again without them"),
        "voting.hands_people_differ": N_("Note who has left or came later, then count again"),
        "voting.hands_option_differs": N_("Have the hands raised again, and both count"),
        "voting.hands_too_many": N_("Have the hands raised again, and both count"),
        "voting.hands_need_another": N_("Ask the second teller"),
    },
)
