"""The hooks of voting: what is registered, refused, awaited, and decided when a poll closes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from wugong import (
    MEMBERS,
    N_,
    ROLL,
    Act,
    Books,
    BoxOpened,
    BoxUnlocked,
    Contribution,
    Count,
    Entitlement,
    Fact,
    Matter,
    PollClosed,
    PollDecided,
    PollOpened,
    Procedure,
    Ref,
    Refusal,
    RollFrozen,
    SettingChanged,
    StageClosed,
    StageSkipped,
    Waiting,
    hookimpl,
    on,
    read_entitlement,
)
from wugong_voting import (
    batches,
    casting,
    closing,
    draw_words,
    drawing,
    hand_words,
    hands,
    helping,
    mandates,
    notices,
    objections,
    opening,
    papers,
    recalling,
    registering,
    scans,
    silence,
)
from wugong_voting.ballots import BALLOTS, alike, key, right_on, under
from wugong_voting.batches import BATCHES, batches_of
from wugong_voting.chosen import rule_of
from wugong_voting.draw_events import (
    DrawAnnounced,
    DrawListed,
    LotsDrawn,
    PublicValueNoted,
    SeatDeclined,
    SeedPartRevealed,
    SubstituteCalled,
)
from wugong_voting.draws import DRAWS, LISTS, SITTING, still_running
from wugong_voting.events import (
    BallotCast,
    BallotContested,
    BatchConfirmed,
    BatchCounted,
    BatchEntered,
    BatchRegistered,
    BatchWithdrawn,
    HelpAgreed,
    MandateGiven,
    MandateWithdrawn,
    ObjectionAnswered,
    PaperDelivered,
    PaperReturned,
    PetitionCounted,
    RollContested,
    SheetScanned,
)
from wugong_voting.groups import by_group
from wugong_voting.hand_events import HandsConfirmed, HandsCounted
from wugong_voting.hands import shows_of
from wugong_voting.helping import HELPS, MOST_HELPED, helps_of
from wugong_voting.law import procedure_of
from wugong_voting.mandates import MANDATES, mandates_of
from wugong_voting.notices import NOTICES
from wugong_voting.objections import OBJECTION_DAYS, OBJECTIONS, objections_to
from wugong_voting.outcome import conclude
from wugong_voting.papers import PAPERS
from wugong_voting.petitions import PETITIONS, SIGNATURES
from wugong_voting.registering import REGISTERED, registered_in
from wugong_voting.rules import RULES
from wugong_voting.rules.yes_no_abstain import RULE as YES_OR_NO
from wugong_voting.state import POLLS, Poll, awaits_scrutineers, polls_of, still_open
from wugong_voting.words import (
    ANSWER,
    CONFIRM,
    COUNTING,
    ENTER,
    EXAMINER,
    TELLER,
    TEXTS,
    UNLOCK,
    VOTE,
)

TITLE = N_("Polls")
Together = (
    list[PollDecided]
    | list[BatchCounted]
    | list[HandsCounted]
    | list[PetitionCounted]
    | list[DrawListed]
    | list[LotsDrawn]
    | list[SubstituteCalled]
    | None
)
PAPER_LOG = (PaperDelivered, PaperReturned)
BATCH = (BatchRegistered, BatchEntered, BatchConfirmed, BatchWithdrawn)
CONTEST = (RollContested, BallotContested, ObjectionAnswered)
MADE_BY_DRAWS = (DrawListed, LotsDrawn, SubstituteCalled)


@hookimpl
def register() -> list[Contribution]:
    acts = (BallotCast, HelpAgreed, MandateGiven, MandateWithdrawn)
    on_paper = (*PAPER_LOG, *BATCH, BatchCounted, SheetScanned)
    states = (POLLS, NOTICES, HELPS, MANDATES, BALLOTS, PAPERS, BATCHES, REGISTERED, OBJECTIONS)
    signed = (PETITIONS, SIGNATURES)
    by_hand = (*hands.ACTS, HandsCounted, hands.SHOWS, hands.PRESENT, hand_words.TEXTS)
    by_lot = (*drawing.ACTS, *MADE_BY_DRAWS, DRAWS, LISTS, SITTING, draw_words.TEXTS)
    settings = (OBJECTION_DAYS, MOST_HELPED)
    words = (notices.NOTICE_POSTED, TEXTS, TELLER, scans.relation(EXAMINER), *settings)
    made = (*acts, *on_paper, *CONTEST, *recalling.OURS)
    return [*made, *states, *signed, *by_hand, *by_lot, *words, *RULES]


@hookimpl
@on(
    *(PollOpened, RollFrozen, BallotCast, PollClosed, BoxUnlocked, BoxOpened, PollDecided),
    *(HelpAgreed, MandateGiven, MandateWithdrawn, *PAPER_LOG, *BATCH, StageClosed, StageSkipped),
    *(*CONTEST, SettingChanged, SheetScanned, *recalling.ACTS, *drawing.ACTS, *hands.ACTS),
)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal] | None:
    match act.event:
        case PollOpened() as opened:
            return _opening(matter, act, opened) + recalling.poll_refusals(matter, opened, books)
        case RollFrozen() as roll:
            procedure = _procedure(matter, roll.poll)
            return opening.roll_refusals(roll, procedure) if procedure else None
        case BallotCast() as ballot:
            return _casting(matter, act, ballot, books)
        case HelpAgreed():
            return _helping(matter, act)
        case MandateGiven(poll=number, entitlement=entitlement):
            right = right_on(books, number, entitlement)
            poll, procedure = polls_of(matter).get(number), _procedure(matter, number)
            given = mandates_of(matter, number)
            homes = _household(books, act.who), _household(books, act.event.holder)
            return mandates.giving_refusals(poll, right, act, procedure, given, homes)
        case MandateWithdrawn(poll=number):
            poll, given = polls_of(matter).get(number), mandates_of(matter, number)
            return mandates.withdrawal_refusals(poll, act, given, _article(matter, number))
        case PaperDelivered() | PaperReturned():
            return _logging(matter, act, books)
        case BatchRegistered() | BatchEntered() | BatchConfirmed() | BatchWithdrawn():
            return _batching(matter, act, books)
        case SheetScanned(poll=number, entitlement=entitlement):
            right, known = right_on(books, number, entitlement), batches_of(matter, number)
            poll, article = polls_of(matter).get(number), _article(matter, number)
            return scans.refusals(poll, act, right, known, article)
        case RollContested() | BallotContested() | ObjectionAnswered():
            return _contesting(matter, act, books)
        case _ if isinstance(act.event, recalling.ACTS):
            return recalling.refusals(matter, act, books)
        case SettingChanged() as changed:
            return objections.setting_refusals(changed) + helping.setting_refusals(changed)
        case PollClosed(poll=number):
            poll, article = polls_of(matter).get(number), _article(matter, number)
            awaited = registering.awaited(matter, poll) if poll else ()
            return closing.refusals(poll, act, article, awaited)
        case BoxUnlocked(poll=number):
            poll = polls_of(matter).get(number)
            return closing.unlocking_refusals(poll, act, _article(matter, number))
        case BoxOpened() if act.by != "plugin:wugong":
            return [Refusal("voting.not_the_teller")]
        case PollDecided() if act.by != "plugin:voting":
            return [Refusal("voting.not_the_teller")]
        case StageClosed(stage=stage) | StageSkipped(stage=stage):
            return [
                *closing.stage_refusals(matter.stages, stage, still_open(matter)),
                *drawing.stage_refusals(matter.stages, stage, still_running(matter)),
            ]
        case _ if isinstance(act.event, hands.ACTS):
            return hands.refusals(matter, act, books, _article(matter, act.event.poll))
        case _ if isinstance(act.event, drawing.ACTS):
            return drawing.refusals(matter, act, books)
    return None


def _household(books: Books, member: str) -> str:
    known = books.get(MEMBERS, member)
    return str(known["household"]) if known else ""


def _casting(matter: Matter, act: Act, ballot: BallotCast, books: Books) -> list[Refusal]:
    poll, right = (
        polls_of(matter).get(ballot.poll),
        right_on(books, ballot.poll, ballot.entitlement),
    )
    rule = rule_of(matter.standing.rules, poll.opened) if poll else None
    article = _article(matter, ballot.poll)
    reasons = casting.refusals(poll, right, act, article, rule)
    reasons += hands.bound_refusals(matter, ballot.poll, (ballot.entitlement,))
    given = mandates_of(matter, ballot.poll)
    if poll is None or right is None:
        return reasons
    before = books.get(BALLOTS, key(ballot.poll, right.id))
    if right.member != act.who:
        reasons += mandates.casting_refusals(
            given, right, act, before["by"] if before else "", article
        )
    if act.by != act.who and mandates.held_by(given, act.by, act.at):
        reasons.append(Refusal("voting.helper_holds_a_mandate", article))
    since = before["since"] if before else 0
    return reasons + helping.casting_refusals(act, helps_of(matter, ballot.poll), since)


def _helping(matter: Matter, act: Act) -> list[Refusal]:
    number = act.event.poll
    poll, helps = polls_of(matter).get(number), helps_of(matter, number)
    most, article = helping.most_of(matter), _article(matter, number)
    return helping.agreeing_refusals(poll, act, helps, most, article)


def _logging(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    number, named = act.event.poll, act.event.entitlements
    poll = polls_of(matter).get(number)
    rights = {one: right_on(books, number, one) for one in named}
    log = {one: books.get(PAPERS, key(number, one)) for one in named}
    reasons = papers.refusals(poll, act, rights, log, _article(matter, number))
    if isinstance(act.event, PaperReturned):
        reasons += hands.bound_refusals(matter, number, named)
    return reasons


def _batching(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    number, article = act.event.poll, _article(matter, act.event.poll)
    poll, known = polls_of(matter).get(number), batches_of(matter, number)
    rule = rule_of(matter.standing.rules, poll.opened) if poll else None
    bundles = registered_in(matter, number)
    late = registering.late_refusals(poll, act, bundles)
    match act.event:
        case BatchRegistered():
            return registering.registering_refusals(poll, act, article, bundles, known)
        case BatchEntered(ballots=ballots):
            rights = {b.entitlement: right_on(books, number, b.entitlement) for b in ballots}
            log = {b.entitlement: books.get(PAPERS, key(number, b.entitlement)) for b in ballots}
            bundle = registering.bundle_refusals(poll, act, bundles, log) if poll else []
            reasons = batches.entering_refusals(poll, act, article, rule, rights, known, late)
            reasons = reasons or bundle + hands.bound_refusals(matter, number, rights)
        case BatchConfirmed():
            reasons = batches.confirming_refusals(poll, act, article, rule, known, late)
        case BatchWithdrawn(number=batch):
            there = batch in bundles and all(one.number != batch for one in known)
            return batches.withdrawal_refusals(poll, act, article, known, late, registered=there)
    if mandates.held_by(mandates_of(matter, number), act.by, act.at):
        reasons.append(Refusal("voting.helper_holds_a_mandate", article))
    return reasons


def _contesting(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    number, article = act.event.poll, _article(matter, act.event.poll)
    poll, known = polls_of(matter).get(number), objections_to(matter, number)
    if isinstance(act.event, BallotContested):
        right = right_on(books, number, act.event.entitlement)
        roll = [right] if right else []
    else:
        roll = [read_entitlement(entry) for _, entry in books.scan(ROLL, under(number))]
    if isinstance(act.event, ObjectionAnswered):
        return objections.answering_refusals(poll, act, known, roll, article)
    its = objections.limits(matter, _procedure(matter, number))
    return objections.contesting_refusals(poll, act, known, its, roll, article)


def _opening(matter: Matter, act: Act, opened: PollOpened) -> list[Refusal]:
    procedure = matter.standing.procedures.get(opened.procedure)
    if procedure is None:
        return []  # the engine says so
    rule = rule_of(matter.standing.rules, opened)
    starts = max(act.at, opened.opens_at or act.at)
    return [
        *notices.refusals(matter, opened, procedure, starts),
        *opening.refusals(opened, procedure, rule),
        *opening.other_modes(matter, opened, procedure, act.at),
    ]


def _procedure(matter: Matter, poll: int) -> Procedure | None:
    return procedure_of(matter, polls_of(matter).get(poll))


def _article(matter: Matter, poll: int) -> str:
    return opening.article(_procedure(matter, poll))


@hookimpl
def waiting(matter: Matter) -> Iterable[Waiting]:
    for poll in still_open(matter):
        awaited = registering.awaited(matter, poll)
        closes = PollClosed(poll=Ref(poll.id))
        yield Waiting(
            VOTE,
            who="resident",
            by=poll.opened.closes_at,
            act="voting.ballot_cast",
            then=None if awaited else closes,
            about=poll.id,
            source=_article(matter, poll.id),
            details={"question": poll.opened.question},
        )
        if awaited:
            yield _on_paper(matter, poll, COUNTING, "voting.batch_entered", closes)
        entered = {batch.number for batch in batches_of(matter, poll.id)}
        for bundle in awaited:
            if bundle.number not in entered:
                yield _on_paper(matter, poll, ENTER, "voting.batch_entered", number=bundle.number)
        for batch in batches_of(matter, poll.id):
            if not batch.counted:
                yield _on_paper(
                    matter, poll, CONFIRM, "voting.batch_confirmed", number=batch.number
                )
        for show in shows_of(matter, poll.id):
            if not show.done:
                its = (hand_words.CONFIRM, "voting.hands_confirmed")
                waits = _on_paper(matter, poll, *its, number=show.number)
                yield replace(waits, by=poll.opened.closes_at)
    for poll in awaits_scrutineers(matter):
        yield Waiting(
            UNLOCK,
            who="scrutineer",
            act="voting.box_unlocked",
            about=poll.id,
            source=_article(matter, poll.id),
            details={"question": poll.opened.question},
        )
    yield from _answers(matter)
    yield from drawing.waiting(matter)


def _on_paper(
    matter: Matter, poll: Poll, what: str, act: str, then: PollClosed | None = None, **more: int
) -> Waiting:
    """Return what officers do with papers, or raised hands, until the counting of a poll ends."""
    return Waiting(
        what,
        who="officer",
        by=poll.opened.counted_until,
        act=act,
        then=then,
        about=poll.id,
        source=_article(matter, poll.id),
        details={**more, "question": poll.opened.question},
    )


def _answers(matter: Matter) -> Iterable[Waiting]:
    for poll in polls_of(matter).values():
        its = objections.limits(matter, _procedure(matter, poll.id))
        for one in objections_to(matter, poll.id):
            if one.waits:
                yield Waiting(
                    ANSWER,
                    who="officer",
                    by=its.answer(one).over,
                    act="voting.objection_answered",
                    about=one.id,
                    source=its.answering.source,
                    details={"number": one.id, "question": poll.opened.question},
                )


def _decide(matter: Matter, fact: Fact, books: Books) -> list[PollDecided] | None:
    """Decide a poll that has just closed, once, whichever stages are open."""
    poll = polls_of(matter)[fact.event.poll]
    if poll.decided is not None or poll.roll is None:
        return None
    procedure = procedure_of(matter, poll)
    if procedure is None:
        raise LookupError(f"the procedure {poll.opened.procedure} is not installed")
    rule = rule_of(matter.standing.rules, poll.opened)
    if rule is None:
        raise LookupError(f"the counting rule {poll.opened.rule} is not installed")
    if not poll.opened.secret:
        roll = {place: read_entitlement(entry) for place, entry in books.scan(ROLL, under(poll.id))}
        cast = list(books.scan(BALLOTS, under(poll.id)))
        shows = shows_of(matter, poll.id)
        ballots = hands.all_ballots(cast, roll, shows, hands.tested_in(matter, poll))
        told = poll.opened.rule == YES_OR_NO.id and not any(one.done for one in shows)
        grouped = by_group(cast, roll) if told else ()
        silent = _silent(poll, roll, cast, books)
    elif isinstance(fact.event, BoxOpened):
        ballots, grouped, silent = list(alike(fact.event)), (), None
    else:
        return None  # the engine opens the box next, or the scrutineers do
    its = (poll.id, poll.opened, poll.roll, procedure, rule)
    return [conclude(*its, ballots, grouped, silent)]


def _silent(
    poll: Poll,
    roll: Mapping[str, Entitlement],
    cast: Iterable[tuple[str, Any]],
    books: Books,
) -> Count | None:
    """Return what silent ballots weigh that take part in a poll, or ``None`` where none does."""
    if poll.opened.nonresponse == silence.STRICT:
        return None
    log = dict(books.scan(PAPERS, under(poll.id)))
    return silence.silent(roll, {place for place, _ballot in cast}, log)


def _count_batch(matter: Matter, fact: Fact, books: Books) -> list[BatchCounted] | None:
    """Have all ballots of a batch take effect that was just confirmed, once."""
    number = fact.event.poll
    batch = batches.waiting_in(batches_of(matter, number), fact.event.number)
    if batch is None:
        return None  # counted already: another stage is open, too
    roll = {place: read_entitlement(entry) for place, entry in books.scan(ROLL, under(number))}
    log = dict(books.scan(PAPERS, under(number)))
    return [batches.effective(number, batch, roll, log)]


def _count_hands(matter: Matter, fact: Fact, books: Books) -> list[HandsCounted] | None:
    """Have a show of hands take effect that was just confirmed, once."""
    prefix = under(fact.event.poll)
    roll = {place: read_entitlement(entry) for place, entry in books.scan(ROLL, prefix)}
    made = hands.effective(matter, fact, roll)
    return None if made is None else [made]


def _together(matter: Matter, fact: Fact, books: Books) -> Together:
    if isinstance(fact.event, PollOpened):
        return recalling.count(matter, fact, books)
    if isinstance(fact.event, BatchConfirmed):
        return _count_batch(matter, fact, books)
    if isinstance(fact.event, HandsConfirmed):
        return _count_hands(matter, fact, books)
    if isinstance(fact.event, drawing.ACTS):
        return drawing.together(matter, fact, books)
    return _decide(matter, fact, books)


HEARD = (
    *(PollOpened, PollClosed, BoxOpened, BatchConfirmed, HandsConfirmed),
    *(DrawAnnounced, SeedPartRevealed, PublicValueNoted, SeatDeclined),
)


@hookimpl
@on(*HEARD)
def co_plan(matter: Matter, fact: Fact, books: Books) -> Together:
    return _together(matter, fact, books)


@hookimpl
@on(SeatDeclined)
def co_build(matter: Matter, fact: Fact, books: Books) -> Together:
    return _together(matter, fact, books)


@hookimpl
@on(*HEARD)
def co_manage(matter: Matter, fact: Fact, books: Books) -> Together:
    return _together(matter, fact, books)


@hookimpl
@on(*HEARD)
def co_evaluate(matter: Matter, fact: Fact, books: Books) -> Together:
    return _together(matter, fact, books)


@hookimpl
@on(SeatDeclined)
def co_share(matter: Matter, fact: Fact, books: Books) -> Together:
    return _together(matter, fact, books)
