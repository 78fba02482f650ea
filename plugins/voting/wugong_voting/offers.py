"""The counting rules in a resident's words: what each asks, when it fits, a worked miniature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wugong import N_, VotingRule
from wugong_voting.counted import CountedRule

ASKS: Mapping[str, str] = {
    "yes_no": N_("Each voter says for, against, or abstains."),
    "choose": N_("Each voter chooses one option."),
    "approval": N_("Each voter marks every option that would be fine."),
    "ranked": N_("Each voter puts the options in order; equal places and gaps are allowed."),
    "grades": N_("Each voter gives each option a grade."),
    "points": N_("Each voter has points and spreads them over the options."),
    "projects": N_("Each voter marks the projects that should be funded."),
}
FIRST = ("yes_no_abstain", "plurality", "approval", "irv", "schulze", "score")


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule as the page that opens a poll offers it; message ids."""

    id: str
    title: str
    asks: str
    fits: str = ""
    example: str = ""
    usual: bool = False  # shown at once; the rest after one tap


WORDS: Mapping[str, tuple[str, str]] = {
    "yes_no_abstain": (
        N_("One proposal, to be carried or not."),
        N_("20 took part, 11 for, 7 against, 2 abstain. 11 is more than half: carried."),
    ),
    "plurality": (
        N_("Two options, or one clear favourite."),
        N_("Bench 4, lamp 3, tree 2: bench leads, although 5 of 9 wanted something else."),
    ),
    "approval": (
        N_("Several options would do; the most widely accepted one is wanted."),
        N_("9 voters: 4 accept the bench, 7 the lamp, 5 the tree. The lamp leads."),
    ),
    "two_round": (
        N_("Many options, and one should have more than half in the end."),
        N_("Bench 4, lamp 3, tree 2: bench meets lamp. The 2 prefer the lamp: it leads 5 to 4."),
    ),
    "irv": (
        N_("Nobody's vote should be lost on a weak favourite."),
        N_("Bench 4, lamp 3, tree 2: the tree drops out, its 2 ballots pass to the lamp: 5 to 4."),
    ),
    "borda": (
        N_("A compromise that most people put near the top."),
        N_("Of three options the first gets 2 points, the second 1, the last 0; most points lead."),
    ),
    "bucklin": (
        N_("A majority is wanted without dropping any option."),
        N_("First places 4, 3, 2: no majority of 9. With second places 5, 7, 6: the lamp leads."),
    ),
    "score": (
        N_("It matters how much people like each option."),
        N_("Grades 5, 4 and 0 make 9 points; the highest sum leads."),
    ),
    "star": (
        N_("Grades, but giving only the highest and the lowest should not pay."),
        N_("Lamp 30 points, bench 28: the two meet. 5 of 9 graded the bench higher: it leads."),
    ),
    "majority_judgment": (
        N_("Grades, and a few extreme ones should not decide."),
        N_("Grades 5, 4, 4, 1, 0: the middle one is 4. The best middle grade leads."),
    ),
    "cumulative": (
        N_("Some matters mean much to a few, and they shall be able to say so."),
        N_("Of 10 points one voter gives the lamp 7 and the bench 3; the highest sum leads."),
    ),
    "quadratic": (
        N_("As with points to spread, but insisting on one option costs more and more."),
        N_("Of 25 points 4 votes for the lamp cost 16 and 3 for the bench 9; most votes lead."),
    ),
    "block_approval": (
        N_("Several seats, and the most widely accepted are wanted."),
        N_("3 seats: the three that most voters mark have them."),
    ),
    "stv": (
        N_("Several seats, and each group shall have its share of them."),
        N_("3 seats of 100 ballots: 26 votes are a seat; what is above passes on."),
    ),
    "stv_scottish": (
        N_("The same, as Scottish councils are elected: surpluses to five decimals."),
        N_("3 seats of 100 ballots: 26 votes are a seat; what is above passes on."),
    ),
    "seq_pav": (
        N_("Several seats in proportion, on simple ballots with marks."),
        N_("After the first of your marks has a seat, your next one counts half, then a third."),
    ),
    "seq_phragmen": (
        N_("Several seats, so that each seat weighs evenly on those who want it."),
        N_("A seat wanted by 40 weighs less on each than one wanted by 10: it comes first."),
    ),
    "mes_committee": (
        N_("Every group pays for its seats out of equal shares; seats may stay empty."),
        N_("2 seats, 100 voters: a seat costs 50 shares, and only those who want it pay."),
    ),
    "pb_greedy": (
        N_("Money for several projects; the most wanted come first."),
        N_(
            "10,000 yuan. Lamp: 90 votes, 7,000. Bench: 80, 4,000. Tree: 60, 3,000. Lamp and tree"
            " are funded; the bench no longer fits."
        ),
    ),
    "pb_greedy_per_cost": (
        N_("Money for several projects; what is wanted much for little comes first."),
        N_(
            "10,000 yuan. Tree: 66 votes, 3,000. Bench: 80, 4,000. Lamp: 90, 7,000. Tree and bench"
            " are funded; for the lamp too little is left."
        ),
    ),
    "pb_knapsack": (
        N_("Voters shall see that money is short: each ballot itself keeps to the budget."),
        N_(
            "10,000 yuan. Lamp: 90 votes, 7,000. Bench: 80, 4,000. The lamp is funded; the bench no"
            " longer fits, and the count ends."
        ),
    ),
    "mes_cost": (
        N_("Every group shall get its share of the money, and large projects may win."),
        N_(
            "100 voters share 10,000 yuan, 100 each. Lamp: 7,000, 80 voters, 87.50 each. Bench:"
            " 3,000, 60 voters. The lamp has more supporters and comes first."
        ),
    ),
    "mes_cardinality": (
        N_("Every group shall get its share of the money, and many small projects are liked."),
        N_(
            "100 voters share 10,000 yuan. Bench: 3,000, 60 voters, 50 each. Lamp: 7,000, 80"
            " voters, 87.50 each. The bench costs each of them less and comes first."
        ),
    ),
    "phragmen_pb": (
        N_("Every group in turn: all earn at the same pace and buy what they want together."),
        N_(
            "Bench: 3,000, 60 voters: bought when each has earned 50 yuan. Lamp: 4,000, the other"
            " 40: bought when each has earned 100."
        ),
    ),
    "condorcet": (
        N_("Only an option that beats each other one shall lead; often there is none."),
        N_("The lamp beats the bench 5 to 4 and the tree 7 to 2: it leads."),
    ),
    "smith": (
        N_("You want to know which options are still in question."),
        N_("Lamp beats bench, bench beats tree, tree beats lamp: all three are named."),
    ),
    "copeland": (
        N_("Each option meets each other one, as in a tournament."),
        N_("The lamp wins 2 duels, the bench 1, the tree none: the lamp leads."),
    ),
    "minimax": (
        N_("The option with the least opposition is wanted."),
        N_("Each lost one duel: the lamp by 1, the bench by 5, the tree by 3. The lamp leads."),
    ),
    "schulze": (
        N_("Several options; whoever wins the duels leads, even when they go in a circle."),
        N_("Lamp beats bench 7 to 2, bench beats tree 6 to 3, tree beats lamp 5 to 4: lamp leads."),
    ),
    "ranked_pairs": (
        N_("As with chains of majorities, and the reason can be read step by step."),
        N_("7 to 2 is kept, then 6 to 3; 5 to 4 would close a circle and is left out."),
    ),
    "kemeny": (
        N_("A whole order of a few options is wanted."),
        N_("Of all orders, lamp–bench–tree contradicts the fewest comparisons: the lamp leads."),
    ),
}


def offer(rule: VotingRule) -> Offer:
    """Return how a rule is offered; one of another plugin with its own title."""
    kind = rule.form.kind if isinstance(rule, CountedRule) else "yes_no"
    asks = "" if kind == "yes_no" and rule.id != "yes_no_abstain" else ASKS[kind]
    fits, example = WORDS.get(rule.id, ("", ""))
    return Offer(rule.id, rule.title, asks, fits, example, rule.id in FIRST)


def offers(rules: Mapping[str, VotingRule]) -> list[Offer]:
    """Return all rules, the usual ones first."""
    place = {name: number for number, name in enumerate(FIRST)}
    ordered = sorted(rules.values(), key=lambda rule: place.get(rule.id, len(FIRST)))
    return [offer(rule) for rule in ordered]
