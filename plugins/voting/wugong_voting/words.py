"""What people read when something cannot be done now, and what they can do next."""

from __future__ import annotations

from wugong import N_, RoleTitle, Texts
from wugong_voting.events import NOBODY

TEXTS = Texts(
    refusals={
        "voting.poll_elsewhere": N_("This poll belongs to another matter."),
        "voting.poll_not_open_yet": N_("Voting has not started. It starts at {opens_at}."),
        "voting.poll_is_closed": N_("Voting closed at {closed_at}. No more ballots are taken."),
        "voting.not_on_the_roll": N_("{entitlement} is not on the frozen roll of this poll."),
        "voting.not_your_entitlement": N_("Only its holder can vote with {entitlement}."),
        "voting.mandates_not_allowed": N_("Nobody may vote for another in this poll."),
        "voting.mandate_not_yours": N_(
            "Only who holds {entitlement} can say who votes with it; a mandate is not passed on."
        ),
        "voting.mandate_stands": N_(
            "You already let somebody vote with it until {until}. Take that back first."
        ),
        "voting.mandate_to_oneself": N_("You vote for yourself without a mandate."),
        "voting.mandate_to_a_candidate": N_("A candidate cannot vote for others."),
        "voting.mandate_to_another_household": N_(
            "Here only somebody of your own household can vote for you, as the member list has it."
        ),
        "voting.modes_mixed": N_(
            "The same assembly is voting under {procedure} already: {question}"
            " It is held in one mode; two are never added up."
        ),
        "voting.mandates_too_many": N_(
            "This person already votes for others; at most {most} are allowed."
        ),
        "voting.mandate_never_runs": N_(
            "With this period no ballot could be cast. Voting runs from {opens_at} to {closes_at}."
        ),
        "voting.mandate_missing": N_("No mandate stands for {entitlement}."),
        "voting.mandate_withdrawn": N_(
            "The mandate for {entitlement} was taken back at {withdrawn_at}."
        ),
        "voting.mandate_not_begun": N_("The mandate starts at {since}."),
        "voting.mandate_over": N_("The mandate ended at {until}."),
        "voting.voted_themselves": N_(
            "Who holds {entitlement} has voted themselves; that ballot stands."
        ),
        "voting.helper_holds_a_mandate": N_(
            "Who votes for others in this poll under a mandate cannot help at its desk."
        ),
        "voting.unknown_option": N_("{choice} cannot be chosen. The options are: {options}."),
        "voting.named_twice": N_("{choice} is named twice on one ballot."),
        "voting.too_many": N_("The ballot names {given} options; at most {most} are allowed."),
        "voting.too_many_points": N_("The ballot spends {given} points; a voter has {most}."),
        "voting.over_budget": N_("What the ballot marks costs {spent} yuan; there are {budget}."),
        "voting.budget_missing": N_("State the budget that the projects share."),
        "voting.cost_missing": N_("State what each project costs. Missing: {options}."),
        "voting.too_much_to_raise": N_(
            "Shares are raised for at most {most} projects and {budget} yuan."
            " Let what is left stay."
        ),
        "voting.budget_without_projects": N_(
            "Costs and a budget belong to the rules that fund projects. Choose one of them."
        ),
        "voting.budget_is_an_opinion": N_(
            "How money is spread over projects is asked here as an opinion: choose an advisory"
            " procedure. The body that may decide adopts the list afterwards."
        ),
        "voting.out_of_scale": N_("Grades go from 0 to {top}; {choice} was given {grade}."),
        "voting.grade_missing": N_("{choice} has no grade. A grade is a whole number."),
        "voting.spoilt_why": N_("A spoilt ballot needs one of these reasons: {reasons}."),
        "voting.spoilt_on_paper_only": N_("Only a ballot on paper can be recorded as spoilt."),
        "voting.option_id": N_("The ids of options cannot contain > = , : or blanks: {options}."),
        "voting.too_few_options": N_("There must be two options or more to choose from."),
        "voting.rule_cannot_count": N_(
            "This counting rule, with these settings, cannot count {options} options."
        ),
        "voting.channel_not_offered": N_("This poll takes no ballots in this way."),
        "voting.no_channel": N_("Choose at least one way in which ballots are taken."),
        "voting.roll_call_not_secret": N_(
            "A secret ballot cannot be given by roll call: everybody would hear it."
        ),
        "voting.paper_in_the_future": N_("{on} is still to come."),
        "voting.paper_not_delivered": N_("No paper ballot was handed over for {entitlement} yet."),
        "voting.entitlement_twice": N_("{entitlement} is named twice."),
        "voting.batch_not_secret": N_(
            "This poll is secret: in a batch two people would read who chose what. Each person"
            " casts their own ballot, at the assisted desk or on the web."
        ),
        "voting.batch_entered_already": N_("Batch {number} was entered already."),
        "voting.batch_not_registered": N_(
            "Voting ended at {closes_at}, and batch {number} was not registered before. Only papers"
            " that were collected and registered by then are counted."
        ),
        "voting.batch_registered_already": N_("Batch {number} was registered already."),
        "voting.batch_registered_otherwise": N_(
            "Batch {number} was registered with {sheets} sheets; {entered} were entered."
        ),
        "voting.paper_not_collected": N_(
            "Sheet {sheet}: the log does not say that the paper of {entitlement} came back before"
            " voting ended."
        ),
        "voting.no_counting_hours": N_(
            "This poll counts what is confirmed when voting ends. Enter the batch now."
        ),
        "voting.batches_are_counted": N_(
            "Batch {number} was registered in time and is still being counted, until {until} at"
            " the latest."
        ),
        "voting.posted_unsigned": N_("Nobody signs for a paper that goes by post."),
        "voting.silence_not_allowed": N_(
            "The law of this procedure does not let ballots count that were not returned."
        ),
        "voting.silence_of_open_papers": N_(
            "Ballots that were not returned can count only in an open poll for or against that is"
            " held on paper, too."
        ),
        "voting.silence_clause_missing": N_(
            "Silence follows the majority only where the rules of the assembly say so: quote the"
            " clause."
        ),
        "voting.silence_clause_unused": N_(
            "A clause about silence is quoted, but ballots that were not returned take no part."
        ),
        "voting.counting_without_paper": N_(
            "Hours for counting papers belong to open ballots on paper."
        ),
        "voting.batch_not_waiting": N_("No batch {number} waits for a second person."),
        "voting.batch_needs_another": N_(
            "You entered batch {number} yourself. Somebody else has to count and confirm it."
        ),
        "voting.batch_sheets_differ": N_(
            "Sheets: {hand} counted by hand, {entered} entered; the difference is {by}."
        ),
        "voting.batch_option_differs": N_(
            "{option}: {hand} counted by hand, {entered} entered; the difference is {by}."
        ),
        "voting.batch_blank_differ": N_(
            "Blank sheets: {hand} counted by hand, {entered} entered; the difference is {by}."
        ),
        "voting.batch_spoilt_differ": N_(
            "Spoilt sheets: {hand} counted by hand, {entered} entered; the difference is {by}."
        ),
        "voting.sheet_twice": N_("Sheet {sheet} stands twice in this batch."),
        "voting.sheet_entered_already": N_("Sheet {sheet} was entered already, in batch {number}."),
        "voting.sheet_not_on_the_roll": N_(
            "Sheet {sheet}: {entitlement} is not on the frozen roll of this poll."
        ),
        "voting.sheet_not_in_batch": N_(
            "Batch {number} has no sheet {sheet} of {entitlement}. Enter the batch first."
        ),
        "voting.sheet_of_another": N_(
            "Sheet {sheet} is the ballot of whoever holds {entitlement}: its scan is sealed for"
            " them."
        ),
        "voting.sheet_misread": N_("Sheet {sheet} cannot be counted as it was entered."),
        "voting.paper_unclear": N_(
            "“{unit}” is a flat or household here, and the number of another paper, too."
        ),
        "voting.sheet_without_choice": N_(
            "Choose what the sheet says, or that it is blank or spoilt."
        ),
        "voting.number_unread": N_("{field}: please write a whole number."),
        "voting.paper_twice": N_("{entitlement} has two sheets in this batch; one ballot counts."),
        "voting.paper_entered_already": N_(
            "A paper ballot for {entitlement} was entered already, in batch {number}."
        ),
        "voting.rule_unknown": N_("There is no counting rule {rule}."),
        "voting.options_of_the_rule": N_("This counting rule has its own options: {options}."),
        "voting.no_test_of_consent": N_(
            "This procedure does not say how much agreement a yes needs."
        ),
        "voting.roster_of_another_body": N_(
            "This procedure is for the roster {needed}, not for {roster}."
        ),
        "voting.opens_after_closing": N_("The poll would close before it opens."),
        "voting.groups_are_unknown": N_(
            "How groups voted is known only of open ballots for, against or abstaining."
        ),
        "voting.needs_scrutineers": N_(
            "This vote is secret by law: its ballots are sealed to scrutineers, who open them"
            " together."
        ),
        "voting.box_opened_too_early": N_(
            "The box can be opened once the poll is closed. It closes at {closes_at}."
        ),
        "voting.box_opened_already": N_(
            "The box of this poll was opened already; it closed at {closed_at}."
        ),
        "voting.roll_without_heads": N_("The procedure counts heads; the roster states none."),
        "voting.roll_without_households": N_(
            "The procedure counts households; the roster states none."
        ),
        "voting.roll_without_area": N_("The procedure counts floor area; the roster states none."),
        "voting.notice_missing": N_("The notice is missing. It must be up for {days} days first."),
        "voting.notice_too_short": N_(
            "The notice still needs {missing} of its {days} days. Voting can start on {earliest}."
        ),
        "voting.options_not_as_announced": N_(
            "The notice says “{announced}”, the ballot “{given}”. What can be chosen stays as it"
            " was announced, or is announced again."
        ),
        "voting.already_closed": N_("This poll was closed at {closed_at}."),
        "voting.closing_too_early": N_("Nobody can close the poll before {closes_at}."),
        "voting.not_the_teller": N_("Only counting the ballots makes a result."),
        "voting.poll_still_open": N_(
            "A poll is still running until {closes_at}: {question} The stage stays open until then."
        ),
        "voting.contest_secret": N_(
            "The ballots of this poll are secret: nobody can point at one. Its roll can be"
            " contested."
        ),
        "voting.roll_contested_too_late": N_(
            "The roll could be contested until {until}, for {days} days after it was frozen."
        ),
        "voting.ballot_contested_too_late": N_(
            "A ballot could be contested until {until}, for {days} days after the closing."
        ),
        "voting.contest_one_thing": N_(
            "Name an entitlement, or say who was left out; each is an objection of its own."
        ),
        "voting.on_the_roll_already": N_(
            "This person is on the roll, with {entitlement}. Name that if something is wrong with"
            " it."
        ),
        "voting.contested_already": N_(
            "You contested this already: objection {objection} waits for an answer."
        ),
        "voting.objection_elsewhere": N_("Objection {objection} is not about this poll."),
        "voting.objection_answered_already": N_(
            "Objection {objection} was answered at {answered_at}."
        ),
        "voting.objection_about_you": N_(
            "Objection {objection} concerns yourself. Somebody else has to answer it."
        ),
        "voting.petition_not_asked_for": N_("No petition leads to {procedure}."),
        "voting.petition_not_by_these": N_(
            "Under this procedure the signatures of others are counted."
        ),
        "voting.petition_elsewhere": N_("This petition belongs to another matter."),
        "voting.petition_is_over": N_(
            "The petition was put to the vote already; its signatures were counted."
        ),
        "voting.cannot_sign": N_("{entitlement} is not on the frozen roll of this petition."),
        "voting.signature_of_another": N_("Only its holder can sign with {entitlement}."),
        "voting.signed_already": N_("{entitlement} has signed already; it counts once."),
        "voting.not_signed": N_("There is no signature of {entitlement} to take back."),
        "voting.signature_taken_back": N_(
            "The signature of {entitlement} was taken back; only its holder can sign again."
        ),
        "voting.petition_without_answer": N_("This procedure lays down no answer to a petition."),
        "voting.petition_not_about_you": N_("Only whom the petition names answers it."),
        "voting.petition_missing": N_(
            "A recall is put to the vote on a petition for it. Name the petition."
        ),
        "voting.petition_too_small": N_(
            "{signed} of {of} have signed the petition; {needed} are needed, {missing} more."
        ),
        "voting.setting_not_days": N_("Write a number of days from 1 to {most}."),
        "voting.setting_not_a_number": N_("Write a whole number from 1 to {most}."),
        "voting.help_without_a_desk": N_(
            "Whoever votes themselves needs no help. This is recorded at the assisted desk."
        ),
        "voting.help_not_agreed": N_(
            "Nobody recorded yet that this person wants your help with this ballot, and before"
            " whom."
        ),
        "voting.witness_takes_part": N_("The witness is somebody other than the two of you."),
        "voting.witness_is_a_candidate": N_("A candidate cannot be the witness."),
        "voting.helps_too_many": N_("One agent helps {most} people in a poll at most."),
    },
    remedies={
        "voting.paper_unclear": N_(
            "Type the number that is printed on the paper; the one of {unit} is number {number}."
        ),
        "voting.on_the_roll_already": N_("Name the entitlement"),
        "voting.objection_about_you": N_("Ask a colleague to answer it"),
        "voting.petition_missing": N_("Start a petition and collect signatures"),
        "voting.petition_too_small": N_("Collect more signatures, here or on paper"),
        "voting.signed_already": N_("Leave it out"),
        "voting.cannot_sign": N_("Read the sheet again"),
        "voting.setting_not_days": N_("For example 5."),
        "voting.help_not_agreed": N_("Record consent and witness first"),
        "voting.helps_too_many": N_("Ask another agent to help"),
        "voting.poll_is_closed": N_("Read the result"),
        "voting.not_on_the_roll": N_("Ask the community office to check your registration"),
        "voting.not_your_entitlement": N_("Ask the community office to check your registration"),
        "voting.channel_not_offered": N_("See how you can vote"),
        "voting.batch_entered_already": N_("Give the batch a number of its own"),
        "voting.batch_registered_otherwise": N_("Count the sheets of the bundle again"),
        "voting.batch_needs_another": N_("Ask a colleague to count the sheets"),
        "voting.batch_sheets_differ": N_("Count the sheets again, then look at each entry"),
        "voting.batch_option_differs": N_("Count the sheets again, then look at each entry"),
        "voting.batch_blank_differ": N_("Count the sheets again, then look at each entry"),
        "voting.batch_spoilt_differ": N_("Count the sheets again, then look at each entry"),
        "voting.paper_twice": N_("Set both sheets aside and ask which one counts"),
        "voting.paper_not_delivered": N_("Record first that it was handed over"),
        "voting.needs_scrutineers": N_("Hold a key ceremony first and give its public key here"),
        "voting.box_opened_too_early": N_("Meet again after the closing"),
        "voting.notice_missing": N_("Post the notice"),
        "voting.notice_too_short": N_("Wait until the notice has run"),
        "voting.roster_of_another_body": N_("Choose the roster of this body"),
    },
)
MEASURES = {
    "heads": N_("heads"),
    "households": N_("households"),
    "area": N_("floor area"),
}
VOTE = N_("Vote: {question}")
COUNTING = N_("Papers collected in time are counted: {question}")
ENTER = N_("Enter batch {number} of the paper ballots: {question}")
CONFIRM = N_("Count and confirm batch {number} of the paper ballots: {question}")
ANSWER = N_("Answer objection {number} to the poll: {question}")
TELLER = RoleTitle(NOBODY, N_("Nobody: results are read, ballots are not"))
EXAMINER = N_("Officers, once the poll is closed")
UNLOCK = N_("Scrutineers open the box together: {question}")
