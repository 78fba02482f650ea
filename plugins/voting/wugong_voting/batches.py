"""Paper ballots in batches: entered by one person, counted anew by another, all or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from wugong import (
    Act,
    Entitlement,
    Fact,
    Fold,
    Matter,
    PollClosed,
    Ref,
    Refusal,
    VotingRule,
    write_time,
)
from wugong_voting.ballot_forms import BallotForm, read, spoilt_reason
from wugong_voting.ballots import key
from wugong_voting.casting import choice_refusals
from wugong_voting.counted import form_of
from wugong_voting.events import (
    OWN_RULE,
    BatchConfirmed,
    BatchCounted,
    BatchEntered,
    BatchWithdrawn,
    Control,
    PaperBallot,
    Sheet,
)
from wugong_voting.papers import MOST_TOLD, Paper, Rights, taking_refusals
from wugong_voting.state import Poll

Details = Mapping[str, int | str]
MISREAD = "voting.sheet_misread"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of a poll; ``seq`` is the fact by which it was entered, ``by`` who did."""

    number: int
    seq: int
    by: str
    people: frozenset[str]  # who entered it, and for whom
    at: datetime
    size: int
    ballots: tuple[Sheet, ...]  # forgotten when the poll closes
    counted: bool = False


Batches = tuple[Batch, ...]
Standing = Mapping[int, Batches]  # by poll, in the order of their entering
NONE: Standing = MappingProxyType({})


def _fold(standing: Standing, fact: Fact) -> Standing:
    before = standing.get(fact.event.poll, ())
    match fact.event:
        case BatchEntered(number=number, ballots=ballots):
            people = frozenset({fact.by, fact.who})
            made = Batch(number, fact.seq, fact.by, people, fact.at, len(ballots), ballots)
            after = (*before, made)
        case BatchWithdrawn(number=number):
            after = tuple(batch for batch in before if batch.number != number)
        case BatchCounted(number=number):
            after = tuple(replace(b, counted=True) if b.number == number else b for b in before)
        case _:
            after = tuple(replace(batch, ballots=()) for batch in before)
    return MappingProxyType({**standing, int(fact.event.poll): after})


BATCHES: Fold[Standing] = Fold(
    "voting.batches",
    initial=NONE,
    fold=_fold,
    hears=(BatchEntered, BatchWithdrawn, BatchCounted, PollClosed),
)


def batches_of(matter: Matter, poll: int) -> Batches:
    """Return the batches of a poll in the order of their entering; withdrawn ones are gone."""
    return matter.state(BATCHES).get(poll, ())


def waiting_in(batches: Batches, number: int) -> Batch | None:
    """Return the batch of that number if it waits for a second person."""
    return next((b for b in batches if b.number == number and not b.counted), None)


def effective(
    poll: int, batch: Batch, roll: Mapping[str, Entitlement], log: Mapping[str, Paper]
) -> BatchCounted:
    """Return the act by which all ballots of a batch take effect.

    ``roll`` and ``log`` are by ballot key. Each ballot stands since its paper came back, at the
    latest by being entered: who votes in another way after that has changed their mind, and the
    last ballot counts.
    """
    made = []
    for one in batch.ballots:
        place = key(poll, one.entitlement)
        ballot = PaperBallot(
            entitlement=one.entitlement,
            member=roll[place].member,
            choice=one.choice,
            since=log[place]["returned"],
        )
        made.append(ballot)
    return BatchCounted(poll=Ref(poll), number=batch.number, ballots=tuple(made))


# Control totals


def marks_of(choice: str, form: BallotForm, options: tuple[str, ...]) -> Counter[str]:
    """Return what one sheet adds to the total of each option, as people count it by hand.

    A sheet that chooses or marks an option or project counts 1 for it; of a ranking only first
    places are counted, of grades and points the numbers themselves.

    >>> marks_of("b>a=c", BallotForm("ranked"), ("a", "b", "c"))
    Counter({'b': 1})
    >>> marks_of("a:3,b:0", BallotForm("grades", levels=4), ("a", "b"))
    Counter({'a': 3, 'b': 0})
    """
    if choice in options:
        return Counter([choice])
    groups = read(choice, form, options).groups
    if form.kind == "ranked":
        return Counter(groups[0] if groups else ())
    if form.numbered:
        top = form.levels - 1
        return Counter({o: top - place for place, group in enumerate(groups) for o in group})
    return Counter(option for group in groups for option in group)


def differences(
    control: Control, ballots: Iterable[Sheet], poll: Poll, rule: VotingRule | None
) -> list[Refusal]:
    """Say which control totals differ from the ballots entered, and by how much."""
    listed, form = list(ballots), form_of(rule)
    entered: Counter[str] = Counter()
    blank = spoilt = 0
    for one in listed:
        if spoilt_reason(one.choice):
            spoilt += 1
        elif one.choice not in poll.options and not read(one.choice, form, poll.options).named:
            blank += 1
        else:
            entered.update(marks_of(one.choice, form, poll.options))
    given: Counter[str] = Counter()
    for marks in control.options:
        given[marks.option] += marks.count
    reasons = [
        *_differs("voting.batch_sheets_differ", control.sheets, len(listed)),
        *_differs("voting.batch_blank_differ", control.blank, blank),
        *_differs("voting.batch_spoilt_differ", control.spoilt, spoilt),
    ]
    titles = {option.id: option.title for option in poll.opened.options}
    for option in dict.fromkeys([*poll.options, *given]):
        what = {"option": titles.get(option, option)}
        code = "voting.batch_option_differs"
        reasons += _differs(code, given[option], entered[option], what)
    return reasons


def _differs(code: str, by_hand: int, entered: int, what: Details | None = None) -> list[Refusal]:
    if by_hand == entered:
        return []
    by = f"{by_hand - entered:+d}".replace("-", "−")
    return [
        Refusal(code, OWN_RULE, {**(what or {}), "hand": by_hand, "entered": entered, "by": by})
    ]


# Guards


def entering_refusals(
    poll: Poll | None,
    act: Act,
    source: str,
    rule: VotingRule | None,
    rights: Rights,
    batches: Batches,
    late: list[Refusal] | None = None,
) -> list[Refusal]:
    """Say why this batch cannot be entered; ``rights``: what the roll holds by entitlement.

    ``late``: what stands in the way after the end of the voting, ``None`` before it; see
    :mod:`wugong_voting.registering`.
    """
    batch: BatchEntered = act.event
    if reasons := _now(poll, act, source, late):
        return reasons
    assert poll is not None
    if any(one.number == batch.number for one in batches):
        return [Refusal("voting.batch_entered_already", OWN_RULE, {"number": batch.number})]
    reasons = sheet_refusals(batch.ballots, poll, rule, rights, batches, source)
    if all(one.code != MISREAD for one in reasons):
        reasons += differences(batch.control, batch.ballots, poll, rule)
    return reasons[:MOST_TOLD]


def sheet_refusals(
    ballots: Iterable[Sheet],
    poll: Poll,
    rule: VotingRule | None,
    rights: Rights,
    batches: Batches,
    source: str = "",
) -> list[Refusal]:
    """Say what is wrong with the sheets of a batch, whatever its totals are."""
    listed = list(ballots)
    reasons = _repeated(listed, batches)
    for one in listed:
        if rights[one.entitlement] is None:
            details: Details = {"sheet": one.sheet, "entitlement": one.entitlement}
            reasons.append(Refusal("voting.sheet_not_on_the_roll", source, details))
        if wrong := choice_refusals(one.choice, poll, rule, "paper", source):
            reasons += [Refusal(MISREAD, source, {"sheet": one.sheet}), *wrong]
    return reasons


def _now(poll: Poll | None, act: Act, source: str, late: list[Refusal] | None) -> list[Refusal]:
    """Say why no batch of this poll can be entered or confirmed now."""
    if late is not None:
        return late
    if reasons := taking_refusals(poll, act, source):
        return reasons
    assert poll is not None
    if act.at < poll.opens_at:
        details = {"opens_at": write_time(poll.opens_at)}
        return [Refusal("voting.poll_not_open_yet", source, details)]
    if poll.opened.secret:  # two people would read beside each name what was chosen
        return [Refusal("voting.batch_not_secret", OWN_RULE)]
    return []


def _repeated(ballots: Iterable[Sheet], batches: Batches) -> list[Refusal]:
    """Say which sheets or ballots stand twice, in this batch or in one before it."""
    sheets = {one.sheet: batch.number for batch in batches for one in batch.ballots}
    papers = {one.entitlement: batch.number for batch in batches for one in batch.ballots}
    reasons = []
    seen: set[int] = set()
    named: set[str] = set()
    for one in ballots:
        details: dict[str, int | str] = {"sheet": one.sheet}
        if one.sheet in seen:
            reasons.append(Refusal("voting.sheet_twice", OWN_RULE, details))
        elif one.sheet in sheets:
            details["number"] = sheets[one.sheet]
            reasons.append(Refusal("voting.sheet_entered_already", OWN_RULE, details))
        paper: dict[str, int | str] = {"entitlement": one.entitlement}
        if one.entitlement in named:
            reasons.append(Refusal("voting.paper_twice", OWN_RULE, paper))
        elif one.entitlement in papers:
            paper["number"] = papers[one.entitlement]
            reasons.append(Refusal("voting.paper_entered_already", OWN_RULE, paper))
        seen.add(one.sheet)
        named.add(one.entitlement)
    return reasons


def confirming_refusals(
    poll: Poll | None,
    act: Act,
    source: str,
    rule: VotingRule | None,
    batches: Batches,
    late: list[Refusal] | None = None,
) -> list[Refusal]:
    """Say why this batch cannot be confirmed: by whom, and where the totals differ."""
    confirmed: BatchConfirmed = act.event
    if reasons := _now(poll, act, source, late):
        return reasons
    assert poll is not None
    batch = waiting_in(batches, confirmed.number)
    if batch is None:
        return [_not_waiting(confirmed.number)]
    if batch.people & {act.by, act.who}:
        return [Refusal("voting.batch_needs_another", OWN_RULE, {"number": batch.number})]
    return differences(confirmed.control, batch.ballots, poll, rule)[:MOST_TOLD]


def withdrawal_refusals(
    poll: Poll | None,
    act: Act,
    source: str,
    batches: Batches,
    late: list[Refusal] | None = None,
    *,
    registered: bool = False,
) -> list[Refusal]:
    """Say why this batch cannot be taken out; ``registered``: it is, and it was not entered yet.

    After the end of the voting what was entered can be entered again, and nothing is struck out.
    """
    withdrawn: BatchWithdrawn = act.event
    reasons = taking_refusals(poll, act, source) if late is None else late
    if reasons:
        return reasons
    if waiting_in(batches, withdrawn.number) is None and not (registered and late is None):
        return [_not_waiting(withdrawn.number)]
    return []


def _not_waiting(number: int) -> Refusal:
    return Refusal("voting.batch_not_waiting", OWN_RULE, {"number": number})
