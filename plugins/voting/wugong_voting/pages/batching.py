"""Officers enter a batch of paper ballots sheet by sheet; another one counts it and confirms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Entitlement, Matter, Refusal, Refused, Unreadable, Waiting, Words
from wugong_server import Form, read_form, record, respond, url
from wugong_voting import showing
from wugong_voting.ballot_forms import BLANK, SPOILT, BallotForm, Misread
from wugong_voting.batches import Batch, batches_of, sheet_refusals, waiting_in
from wugong_voting.chosen import rule_of
from wugong_voting.counted import form_of
from wugong_voting.events import (
    MOST_SHEETS,
    BatchConfirmed,
    BatchEntered,
    BatchWithdrawn,
    Sheet,
)
from wugong_voting.pages import marking
from wugong_voting.pages.papering import guarded, poll_of, retold, show_papers
from wugong_voting.registering import registered_in, unfinished
from wugong_voting.state import Poll

ENTERED, CONFIRMED = "voting.batch_entered", "voting.batch_confirmed"
WITHDRAWN, SCANNED = "voting.batch_withdrawn", "voting.sheet_scanned"
MOST_LISTED = 1_000
LEGENDS: Mapping[str, str] = {  # what hands count on each kind of ballot, see batches.marks_of
    "choose": N_("How many sheets choose each option"),
    "approval": N_("How many sheets mark each option"),
    "projects": N_("How many sheets mark each option"),
    "ranked": N_("How many sheets put each option first"),
    "grades": N_("The grades of each option, added up"),
    "points": N_("What stands beside each option, added up"),
}
TOTALS: Mapping[str, str] = {
    "sheets": N_("Sheets"),
    "blank": N_("Blank sheets"),
    "spoilt": N_("Spoilt sheets"),
}
NUMBER, SHEET = N_("Number of the batch"), N_("Number of the sheet")
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """A sheet as it was typed, in the words of the ballot, for whoever has it before them."""

    sheet: int
    units: str
    member: str
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages of a batch are made from: the poll, its ballot and its frozen roll."""

    request: Request
    poll: Poll
    kind: BallotForm
    roll: showing.Roll

    @classmethod
    def of(cls, request: Request) -> Desk:
        """Return what the address names; 404 where there is no such poll."""
        poll, matter = poll_of(request), request.state.matter
        kind = form_of(rule_of(matter.standing.rules, poll.opened))
        roll = showing.roll_in_turn(request.app.state.engine, matter.community, poll.id)
        return cls(request, poll, kind, roll)

    def refusals(self, sheets: Sequence[Sheet]) -> list[Refusal]:
        """Say what is wrong with sheets as they were typed."""
        matter: Matter = self.request.state.matter
        rule = rule_of(matter.standing.rules, self.poll.opened)
        rights = {one.entitlement: self.right(one.entitlement) for one in sheets}
        return sheet_refusals(sheets, self.poll, rule, rights, batches_of(matter, self.poll.id))

    def right(self, entitlement: str) -> Entitlement | None:
        """Return what the roll holds under an entitlement, or ``None``."""
        return next((r for r in self.roll.values() if r.id == entitlement), None)

    def named(self, typed: str, number: int) -> tuple[str, int, list[Refusal]]:
        """Return whose the paper of that number is, and its number, by what was typed of the two.

        The printed number says it alone, and which person of a household is meant. Without it
        (0) a flat or household does, unless another paper bears it as its number.
        """
        printed = {right.id: place for place, right in enumerate(self.roll.values(), 1)}
        ids = [name for name, place in printed.items() if place == number]
        if typed:
            meant = [
                r.id for r in self.roll.values() if typed in (r.id, *(p.unit for p in r.parts))
            ]
            ids = meant if len(meant) == 1 else [one for one in meant if one in ids]
        if not ids:
            return typed or str(number), number or 1, []
        own = printed[ids[0]]
        if (
            not number
            and typed.isdecimal()
            and own != int(typed)
            and int(typed) in printed.values()
        ):
            unclear = Refusal("voting.paper_unclear", details={"unit": typed, "number": own})
            return ids[0], own, [unclear]
        return ids[0], number or own, []

    def entries(self, sheets: Sequence[Sheet]) -> list[Entry]:
        """Return sheets in the words of the ballot."""
        found = []
        for one in sheets:
            right = self.right(one.entitlement)
            units = showing.Right(right).units if right else one.entitlement
            try:
                words = self.request.state.words
                said = marking.in_words(one.choice, self.poll, self.kind, words)
            except Misread:
                said = [one.choice]
            found.append(Entry(one.sheet, units, right.member if right else "", said))
        return found


# What was typed


def whole_number(form: Form, name: str, what: str, reasons: list[Refusal], least: int = 0) -> int:
    """Return a whole number; one that is none is named among ``reasons``, and 0."""
    text = form.get(name)
    if text.isdecimal() and text.isascii() and len(text) <= DIGITS and int(text) >= least:
        return int(text)
    reasons.append(Refusal("voting.number_unread", details={"field": what}))
    return 0


def _control(desk: Desk, form: Form, reasons: list[Refusal]) -> dict[str, Any]:
    words: Words = desk.request.state.words
    lines = marking.lines(desk.poll, desk.kind, words)
    options = [
        {"option": line.option, "count": whole_number(form, f"total-{n}", line.title, reasons)}
        for n, line in enumerate(lines)
    ]
    rest = {n: whole_number(form, f"hand-{n}", words(what), reasons) for n, what in TOTALS.items()}
    return {"options": options, **rest}


def _choice(desk: Desk, form: Form, reasons: list[Refusal]) -> str:
    try:
        return marking.text_of(form, desk.poll, desk.kind)
    except Unreadable as unread:
        titles = {
            line.field: line.title
            for line in marking.lines(desk.poll, desk.kind, desk.request.state.words)
        }
        field = titles.get(unread.problems[0][0])
        code = "voting.number_unread" if field else "voting.sheet_without_choice"
        reasons.append(Refusal(code, details={"field": field or ""}))
        return ""


def _carried(form: Form) -> list[Sheet]:
    """Return the sheets that the form carries from step to step; nothing of them is recorded."""
    try:
        rows = json.loads(form.get("carried") or "[]")
        return [Sheet(sheet=int(n), entitlement=str(e), choice=str(c)) for n, e, c in rows]
    except (ValueError, TypeError):
        raise Unreadable([("carried", "must be a list")]) from None


def _carry(sheets: Sequence[Sheet]) -> str:
    rows = [[one.sheet, one.entitlement, one.choice] for one in sheets]
    return json.dumps(rows, ensure_ascii=False)


# Entering


def ask_batch(request: Request) -> Response:
    """Show the form of a batch: the totals counted by hand, then its sheets."""
    return guarded(request, ENTERED) or _entry_page(Desk.of(request), {}, [])


def _entry_page(
    desk: Desk,
    typed: Mapping[str, str],
    sheets: Sequence[Sheet],
    refused: Refused | Unreadable | None = None,
    *,
    fresh: bool = False,
    marked: str = "",
) -> Response:
    known = batches_of(desk.request.state.matter, desk.poll.id)
    used = {batch.number for batch in known}
    bundles = unfinished(desk.request.state.matter, desk.poll.id)
    waiting = [bundle.number for bundle in bundles if bundle.number not in used]
    return respond(
        desk.request,
        "voting/batch-entry.html",
        stay=True,
        refused=retold(refused, desk.poll, desk.request.state.words),
        poll=desk.poll,
        kind=desk.kind,
        totals=marking.lines(desk.poll, desk.kind, desk.request.state.words),
        legend=LEGENDS[desk.kind.kind],
        ballot=marking.lines(desk.poll, desk.kind, desk.request.state.words, marked),
        spoilt=SPOILT,
        blank=BLANK,
        marked=marked,
        typed=typed,
        fresh=fresh or not typed,
        carried=_carry(sheets),
        entries=desk.entries(sheets),
        full=len(sheets) >= MOST_SHEETS,
        next_batch=waiting[0] if waiting else max(used, default=0) + 1,
    )


async def send_batch(request: Request) -> Response:
    """Take a sheet into the form, or out of it, or record the batch."""
    form = await read_form(request)
    if stopped := await run_in_threadpool(guarded, request, ENTERED):
        return stopped
    desk, sheets = await run_in_threadpool(Desk.of, request), _carried(form)
    if form.get("step") != "record":
        return await run_in_threadpool(_step, desk, form, sheets)
    reasons: list[Refusal] = []
    number = whole_number(form, "number", request.state.words(NUMBER), reasons, least=1)
    control = _control(desk, form, reasons)
    if reasons:
        return await run_in_threadpool(_entry_page, desk, form, sheets, Refused(*reasons))
    rows = [{"sheet": s.sheet, "entitlement": s.entitlement, "choice": s.choice} for s in sheets]
    its = {"poll": desk.poll.id, "number": number, "control": control, "ballots": rows}
    try:
        receipt = await record(request, form.event(BatchEntered, **its), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_entry_page, desk, form, sheets, refused)
    return _done(desk, receipt)


def _step(desk: Desk, form: Form, sheets: list[Sheet]) -> Response:
    step, _, place = form.get("step").partition("-")
    if step == "remove" and place.isdecimal():
        left = [one for n, one in enumerate(sheets) if n != int(place)]
        return _entry_page(desk, form, left, fresh=True)
    reasons: list[Refusal] = []
    unit, number, word = form.get("unit"), 0, desk.request.state.words(SHEET)
    if form.get("sheet") or not unit:
        number = whole_number(form, "sheet", word, reasons, least=1)
    named, number, unclear = desk.named(unit, number)
    reasons += unclear
    choice = _choice(desk, form, reasons)
    added = [*sheets, Sheet(sheet=number, entitlement=named, choice=choice)]
    if reasons := reasons or desk.refusals(added):
        return _entry_page(desk, form, sheets, Refused(*reasons), marked=choice)
    return _entry_page(desk, form, added, fresh=True)


def _done(desk: Desk, receipt: Any) -> Response:
    matter: Matter = desk.request.state.matter
    to = url(desk.request, "voting.papers", matter=matter.id, poll=desk.poll.id)
    return respond(desk.request, "voting/papers.html", receipt=receipt, to=to)


# Counting anew


def awaits(matter: Matter, waiting: Waiting, member: str) -> bool | None:
    """Tell whether a batch waits for ``member``: not for whoever entered it."""
    number = waiting.details.get("number")
    batch = waiting_in(batches_of(matter, waiting.about or 0), int(number or 0))
    return None if batch is None else member not in batch.people


def show_batch(request: Request) -> Response:
    """Show a batch to whoever counts its sheets anew; nothing of what they say."""
    return guarded(request, CONFIRMED) or _batch_page(Desk.of(request), {})


def _batch_page(
    desk: Desk, typed: Mapping[str, str], refused: Refused | Unreadable | None = None
) -> Response:
    request, number = desk.request, desk.request.path_params["number"]
    known = batches_of(request.state.matter, desk.poll.id)
    batch = next((one for one in known if one.number == number), None)
    if batch is None:
        raise HTTPException(404)
    engine: Engine = request.app.state.engine
    return respond(
        request,
        "voting/batch.html",
        stay=True,
        refused=retold(refused, desk.poll, desk.request.state.words),
        poll=desk.poll,
        batch=batch,
        mine=request.state.page.member in batch.people,
        open=not batch.counted and _open(desk, number, engine),
        totals=marking.lines(desk.poll, desk.kind, desk.request.state.words),
        legend=LEGENDS[desk.kind.kind],
        typed=typed,
        sheets=_sheets(desk, batch),
        scans=_scans(desk, number),
    )


def _sheets(desk: Desk, batch: Batch) -> list[tuple[int, str, str, str]]:
    """Return the sheets of a batch while they are known: number, entitlement, units and whose.

    Who is to count it anew reads nothing of it before that.
    """
    mine = desk.request.state.page.member in batch.people
    if desk.poll.closed_at is not None or not (mine or batch.counted):
        return []
    found = []
    for one in batch.ballots:
        right = desk.right(one.entitlement)
        if right is not None:
            units = showing.Right(right).units
            found.append((one.sheet, one.entitlement, units, right.member))
    return found


def _scans(desk: Desk, number: int) -> list[tuple[int, int]]:
    """Return the scans of a batch that the reader may look at: the fact and the sheet of each."""
    request = desk.request
    facts = request.app.state.engine.facts(
        request.state.matter.id, request.state.viewer, kinds=(SCANNED,), limit=MOST_LISTED
    )
    mine = (f for f in facts if (f.event.poll, f.event.number) == (desk.poll.id, number))
    return sorted(((fact.seq, fact.event.sheet) for fact in mine), key=lambda one: one[::-1])


def _open(desk: Desk, number: int, engine: Engine) -> bool:
    """Tell whether a batch can still be confirmed."""
    poll, now = desk.poll, engine.now()
    if poll.is_counting(now):
        return number in registered_in(desk.request.state.matter, poll.id)
    return not poll.is_over(now)


async def send_confirmation(request: Request) -> Response:
    """Record that a second person counted the same, or that a batch is taken out."""
    form = await read_form(request)
    if stopped := await run_in_threadpool(guarded, request, CONFIRMED):
        return stopped
    desk = await run_in_threadpool(Desk.of, request)
    its = {"poll": desk.poll.id, "number": request.path_params["number"]}
    try:
        if form.get("step") == "withdraw":
            event: Any = form.event(BatchWithdrawn, **its)
        else:
            reasons: list[Refusal] = []
            control = _control(desk, form, reasons)
            if reasons:
                raise Refused(*reasons)
            event = form.event(BatchConfirmed, **its, control=control)
        receipt = await record(request, event, key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_batch_page, desk, form, refused)
    return _done(desk, receipt)


BATCHES = "/m/{matter}/polls/{poll:int}/batches"
ROUTES = [
    Route(f"{BATCHES}/new", ask_batch, methods=["GET"], name=f"act:{ENTERED}"),
    Route(f"{BATCHES}/new", send_batch, methods=["POST"], name=f"act:{ENTERED}"),
    Route(f"{BATCHES}/{{number:int}}", show_batch, methods=["GET"], name="voting.batch"),
    Route(f"{BATCHES}/{{number:int}}", send_confirmation, methods=["POST"], name="voting.batch"),
    # A task names its poll; the page of its papers lists the batches that wait.
    *(
        Route(BATCHES, show_papers, methods=["GET"], name=f"act:{k}")
        for k in (CONFIRMED, WITHDRAWN)
    ),
]
