"""What people read when something of a draw cannot be done, and what they can do next."""

from __future__ import annotations

from wugong import N_, Texts

SITS_BY_LOT = N_("Drawn by lot")
RUNS = N_("A draw by lot runs: {purpose}")
REVEAL = N_("From {since} on, say the secret words that were sealed: {purpose}")
NOTE_VALUE = N_("From {since} on, note the public value ({value}): {purpose}")
TEXTS = Texts(
    refusals={
        "voting.public_value_half": N_(
            "Name the public value and from when it is known, or neither of them."
        ),
        "voting.public_value_too_soon": N_(
            "The public value must not be known before the last words are said: whoever hid theirs"
            " could choose by it."
        ),
        "voting.public_value_not_foreseen": N_(
            "No public value was named when draw {draw} was announced."
        ),
        "voting.public_value_too_early": N_("The public value is known from {since} on."),
        "voting.public_value_one_line": N_(
            "Write the public value on one line, without blanks around it."
        ),
        "voting.seed_part_revealed_late": N_(
            "Words were said until {until}. What was not said by then is not in the seed."
        ),
        "voting.seed_part_withheld_before": N_(
            "You kept your words back in draw {draw}, which came to nothing. Others bring theirs."
        ),
        "voting.draw_elsewhere": N_("Draw {draw} belongs to another matter."),
        "voting.draw_roster_unknown": N_("There is no roster {roster}."),
        "voting.draw_roster_changed": N_(
            "The roster {roster} has another edition now: {edition}. The list is made from that."
        ),
        "voting.draw_ends_in_the_past": N_(
            "Parts of the seed would be taken until a time that is over."
        ),
        "voting.draw_reveals_too_soon": N_(
            "The parts are revealed after none are taken any more. Choose a later time."
        ),
        "voting.draw_runs_already": N_("This draw is announced already and still runs: {purpose}"),
        "voting.draw_list_empty": N_("Nobody on the roster can be drawn in this way."),
        "voting.draw_list_too_long": N_(
            "{people} people are on the list; a draw takes at most {most}."
        ),
        "voting.draw_too_many_seats": N_("{seats} seats, but only {people} people on the list."),
        "voting.draw_groups_in_two_ways": N_(
            "Either each group has its share of the seats, or you name the seats of each group."
        ),
        "voting.draw_group_twice": N_("{group} is named twice."),
        "voting.draw_group_too_small": N_(
            "{group}: {seats} seats, but only {people} people on the list."
        ),
        "voting.draw_seats": N_("The groups have {given} seats together; the draw has {seats}."),
        "voting.draw_done_already": N_("Draw {draw} is done: the lots were drawn."),
        "voting.draw_came_to_nothing": N_("Draw {draw} came to nothing. Announce it again."),
        "voting.draw_not_done": N_("Draw {draw} is not drawn yet; nobody has a seat."),
        "voting.draw_still_runs": N_(
            "A draw still runs until {until}, and the stage stays open until then: {purpose}"
        ),
        "voting.seed_part_too_late": N_("Parts of the seed were taken until {until}."),
        "voting.seed_part_not_a_hash": N_(
            "A commitment is the SHA-256 of the words: 64 signs from 0 to 9 and a to f."
        ),
        "voting.seed_part_twice": N_("You brought a part of this seed already."),
        "voting.seed_part_of_another": N_("Somebody brought this part already. Choose own words."),
        "voting.seed_parts_enough": N_("{most} people brought a part already; that is enough."),
        "voting.seed_part_too_early": N_(
            "Nobody says their words before {since}: whoever heard them could still choose theirs."
        ),
        "voting.seed_part_elsewhere": N_("Part {part} does not belong to this draw."),
        "voting.seed_part_revealed_already": N_("Part {part} was revealed already."),
        "voting.seed_part_wrong": N_(
            "These are not the words of part {part}: their SHA-256 is not the one committed to."
        ),
        "voting.lot_without_a_tie": N_("No tie is left to be settled in poll {poll}."),
        "voting.lot_not_foreseen": N_(
            "Poll {poll} did not say when it opened that a lot settles a tie."
        ),
        "voting.lot_drawn_already": N_("A lot for poll {poll} is announced or drawn already."),
        "voting.lot_draws_one_option": N_(
            "For a tie one of the tied options is drawn, from no roster and without groups."
        ),
        "voting.lot_for_one_option": N_(
            "A lot settles a tie only where one of several options is chosen."
        ),
        "voting.lot_decides_nothing": N_(
            "This procedure decides by agreement: a lot cannot take its place. Put tied options"
            " to the vote again."
        ),
        "voting.no_seat_by_lot": N_("This person has no seat from draw {draw}."),
        "voting.seat_of_another": N_("Only who has the seat can decline it, or the office."),
        "voting.seed_words_short": N_(
            "Choose words of at least {least} characters on one line, or they could be guessed."
        ),
    },
    remedies={
        "voting.draw_roster_changed": N_("Read the list again, then announce"),
        "voting.draw_reveals_too_soon": N_("For example a day later"),
        "voting.draw_group_too_small": N_("Give it fewer seats"),
        "voting.draw_too_many_seats": N_("Draw fewer people"),
        "voting.draw_came_to_nothing": N_("Announce it again"),
        "voting.seed_part_too_late": N_("Watch the draw; you need no part of it for that"),
        "voting.seed_part_too_early": N_("Come back then, and keep the words to yourself"),
        "voting.seed_part_wrong": N_("Look at your slip: every sign and blank counts"),
        "voting.lot_decides_nothing": N_("Choose an advisory procedure, or name all of them"),
        "voting.no_seat_by_lot": N_("Look who was drawn"),
    },
)
