"""The steps of a matter on paper: what each sheet says, how far it is, and where it is entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wugong import (
    NOBODY,
    Fact,
    Matter,
    PollOpened,
    Refusal,
    StepRecorded,
    Viewer,
    kind_of,
    start_of,
)
from wugong.deadlines import days_run, deadline
from wugong.describing import condition
from wugong.procedure_parts import Term
from wugong.steps import Placed, placed_of, steps_of
from wugong_server.hookspecs import Hanging, Notice, StepSheet
from wugong_server.page import Page
from wugong_server.sheet_bodies import BODIES
from wugong_server.sheet_codes import community_mark, read_code, step_mark

OPENED, DECIDED = "voting.poll_opened", "voting.poll_decided"
ENTERED = "voting.batch_entered"  # a name in the journal, no import: without voting no poll runs
RECORDED = kind_of(StepRecorded).name
UNDECIDED = frozenset({"no_quorum"})  # such a poll may be held again
MOST_TOLD = 180  # characters of what a vote needs; its own pages tell more than fits a sheet
MOST_FACTS = 500


def sheets_of(page: Page, matter: Matter) -> list[StepSheet]:
    """Return every step of a matter: those that plugins know better first, then by procedure."""
    known: list[StepSheet] | None = page.known.get(f"sheets/{matter.id}")
    if known is not None:
        return known
    viewer = _viewer(page, matter)
    given = page.request.app.state.pages.sheets(page, matter, viewer)
    found = list(given)
    polls = _polls(page, matter, viewer)
    today = page.now.astimezone(page.zone).date()
    brought = {one.act for one in given}  # a plugin's own sheets take the place of these
    placed = [one for one in placed_of(matter, today) if one.step.act not in brought]
    acts = _acts(page, matter, viewer, placed)
    flows = {one.flow for one in given} or {p.procedure.origin for p in placed if _is_flow(p)}
    flows = flows or {p.procedure.origin for p in placed if p.procedure.matters}
    found += [_sheet(page, matter, one, polls, acts) for one in placed]
    found = [replace(one, main=one.flow in flows) for one in _with_next(found)]
    page.known[f"sheets/{matter.id}"] = found
    return found


def _is_flow(placed: Placed) -> bool:
    """Tell whether a step is one of a flow that this kind of matter runs, not of a meeting."""
    return placed.procedure.kind == "no_vote" and bool(placed.procedure.matters)


def body_words(page: Page, body: str) -> str:
    """Say who meets or acts; nothing for a body that only a pack or plugin of others knows."""
    return page.words(BODIES[body]) if body in BODIES else ""


def _viewer(page: Page, matter: Matter) -> Viewer:
    if page.matter is not None and page.matter.id == matter.id:
        return page.viewer
    return page.engine.viewer(matter.id, page.member) if page.member else NOBODY


def _with_next(found: Sequence[StepSheet]) -> list[StepSheet]:
    """Mark the first step of each flow that is not done, where its plugin has marked none."""
    marked = {one.flow for one in found if one.next}
    listed = []
    for one in found:
        if one.flow not in marked and not one.done:
            marked.add(one.flow)
            one = replace(one, next=True)
        listed.append(one)
    return listed


def _polls(page: Page, matter: Matter, viewer: Viewer) -> dict[str, tuple[int, str]]:
    """Return the last poll under each procedure, by the statute's: its number, how it ended."""
    kinds = (OPENED, DECIDED)
    found: dict[int, tuple[str, str]] = {}
    for fact in page.engine.facts(matter.id, viewer, kinds=kinds, limit=MOST_FACTS):
        event = fact.event
        if isinstance(event, PollOpened):
            named = matter.procedures.get(event.procedure)
            found[fact.seq] = (named.origin if named else event.procedure, "")
        elif int(event.poll) in found:
            found[int(event.poll)] = (found[int(event.poll)][0], event.verdict)
    return {origin: (seq, verdict) for seq, (origin, verdict) in found.items()}


def _acts(page: Page, matter: Matter, viewer: Viewer, placed: Sequence[Placed]) -> dict[str, int]:
    """Return the newest fact of each kind that is the act of a step."""
    kinds = tuple({one.step.act for one in placed if one.step.act and not one.step.under})
    if not kinds:
        return {}
    facts = page.engine.facts(matter.id, viewer, kinds=kinds, limit=MOST_FACTS)
    return {fact.kind: fact.seq for fact in facts}


def _sheet(
    page: Page,
    matter: Matter,
    placed: Placed,
    polls: dict[str, tuple[int, str]],
    acts: dict[str, int],
) -> StepSheet:
    procedure, step = placed.procedure, placed.step
    act, preset, seq = RECORDED, dict[str, Any](step=placed.id), matter.steps.get(placed.id, 0)
    if step.act:
        act, preset, seq = step.act, {}, acts.get(step.act, 0)
    done = bool(seq)
    if step.under:
        held = max((polls[one] for one in step.under if one in polls), default=(0, ""))
        seq, done = held[0], bool(held[1]) and held[1] not in UNDECIDED
        running = bool(seq) and not held[1] and page.engine.registry.kind(ENTERED) is not None
        act = ENTERED if running else OPENED
        only = {"procedure": step.under[0]} if len(step.under) == 1 else {}
        preset = {"poll": seq} if running else only
    return StepSheet(
        step=placed.id,
        flow=procedure.origin,
        flow_title=procedure.title.get(page.language, procedure.id),
        title=step.title.get(page.language, placed.id),
        number=placed.number,
        of=placed.of,
        source=step.source,
        confidence=step.confidence,
        body=step.actor or _meets(matter, placed),
        needs=_needs(page, matter, step.under),
        act=act,
        preset=preset,
        seq=seq,
        done=done,
        vote=bool(step.under),
        hangs=_hangs(placed),
    )


def _meets(matter: Matter, placed: Placed) -> str:
    """Return the body of a step: where it is a vote, that of its procedures if they share one."""
    under = {matter.procedures[one].body for one in placed.step.under if one in matter.procedures}
    return under.pop() if len(under) == 1 else placed.procedure.body


def _hangs(placed: Placed) -> Hanging | None:
    if not placed.step.posts:
        return None
    term = placed.term
    if term is None:
        return Hanging(source=placed.step.source, confidence=placed.step.confidence)
    return Hanging(term.days, term.working, term.source, term.confidence)


def _needs(page: Page, matter: Matter, under: Sequence[str]) -> tuple[str, ...]:
    """Say what a vote needs under each of its procedures."""
    known = [matter.procedures[one] for one in under if one in matter.procedures]
    titles = [one.title.get(page.language, one.id) for one in known]
    said = []
    for procedure, title in zip(known, titles, strict=True):
        tests = [*procedure.quorum, *procedure.consent]
        shares = [condition(t.counts, t.threshold, t.base, page.words) for t in tests]
        lines = page.words("glyph:list").join(shares)
        said.append(page.words("{field}: {direction}", field=title, direction=lines))
    return tuple(said) if sum(map(len, said)) <= MOST_TOLD else ()


def look_up(page: Page, code: str) -> tuple[Matter, StepSheet] | Refusal:
    """Return the matter and the step that a code names, or why it leads nowhere."""
    assert page.community is not None
    community = page.community.community
    try:
        named = read_code(code)
    except ValueError:
        return Refusal("wugong.sheet_code_misspelt")
    if named.community != community_mark(community):
        return Refusal("wugong.sheet_of_another_community")
    unknown = Refusal("wugong.sheet_unknown")
    try:
        matter = page.engine.matter(f"{community}.{named.number}" if named.number else community)
    except LookupError:
        return unknown
    if not page.engine.may_read_matter(matter, _viewer(page, matter)):
        return unknown
    found = [one for one in sheets_of(page, matter) if step_mark(one.step) == named.step]
    if len(found) != 1:
        return unknown
    if found[0].done:
        return Refusal("wugong.step_done", found[0].source, {"seq": found[0].seq})
    return matter, found[0]


def postings_of(page: Page, matter: Matter) -> list[Notice]:
    """Return what the recorded steps of a matter posted, for the notice board."""
    facts = page.engine.facts(
        matter.id, page.viewer, kinds=(RECORDED,), newest=True, limit=MOST_FACTS
    )
    today = page.now.astimezone(page.zone).date()
    known, found = steps_of(matter, today), []
    for fact in facts:
        placed = known.get(fact.event.step)
        # A record that a later one corrects is not what hangs.
        if placed and placed.step.posts and matter.steps.get(placed.id) == fact.seq:
            found.append(_notice(page, matter, placed, fact))
    return found


def _notice(page: Page, matter: Matter, placed: Placed, fact: Fact) -> Notice:
    recorded: StepRecorded = fact.event
    title, term = placed.step.title.get(page.language, placed.id), placed.term
    notice = Notice(
        seq=fact.seq,
        title=title if matter.is_standing else f"{matter.title}{page.words(': ')}{title}",
        posted_at=start_of(recorded.held_on),
        until=None,
        days=0,
        body=recorded.resolved,
        place=recorded.place,
        source=placed.step.source,
    )
    return notice if term is None else _hanging(page, notice, term, recorded.held_on)


def _hanging(page: Page, notice: Notice, term: Term, start: date) -> Notice:
    """Return a notice with its days, counted by the calendar of the deployment."""
    calendar = page.engine.registry.days_off()
    over, today = deadline(term, start, calendar), page.now.astimezone(page.zone).date()
    return replace(
        notice,
        until=start_of(over.day),
        days=term.days,
        source=term.source,
        working=term.working,
        run=days_run(term, start, today, calendar),
        unknown_years=over.unknown_years,
    )
