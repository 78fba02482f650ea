"""Pages of a village: the steps of 四議兩公開, the elders' opinion, levies, the postings."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Fact, Matter, Test, Viewer, Words, may_read
from wugong.describing import condition
from wugong_rural import elders, four_two
from wugong_rural.elders import ELDERS
from wugong_rural.events import (
    FOUR_TWO,
    POSTING_LAW,
    CommitteesConsulted,
    DecisionPosted,
    EldersHeard,
    PartyMembersReviewed,
    PartyProposed,
    ResultPosted,
)
from wugong_rural.four_two import FLOW
from wugong_rural.pages import levying
from wugong_rural.postings import DAYS, LEAST_DAYS, Posting
from wugong_rural.sheets import Sheet, current, sheets
from wugong_server import Hanging, Notice, Panel, StepSheet, hookimpl, respond

POSTED = ("rural.decision_posted", "rural.result_posted")
HEARD = ("rural.elders_heard",)
MEETING = {  # who meets or acts in a step, as the server's sheets name them
    "proposal": "party_organisation",
    "consultation": "village_committees",
    "review": "party_members",
    "resolution": "villagers_assembly",
    "decision": "villagers_committee",
    "result": "villagers_committee",
}
STANCES = {
    "support": N_("supports"),
    "suggest": N_("suggests"),
    "object": N_("objects"),
}


@hookimpl
def register_routes() -> list[Route]:
    return [Route("/m/{matter}/four-two", show_steps, name="rural.four_two"), *levying.routes()]


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page != "matter":
        return []
    panels = []
    if four_two.applies(matter):
        listed = sheets(matter)
        number = current(listed)
        here = listed[number - 1] if number <= len(listed) else None
        context = {"sheets": listed, "current": number, "sheet": here, "matter": matter}
        title = words(N_("Four deliberations, two disclosures"))
        panels.append(Panel(15, title, "rural/panel.html", context, place="aside"))
    if matter.state(ELDERS).heard or elders.must_be_heard(matter):
        heard = {"opinions": opinions(engine, matter, viewer), "matter": matter}
        title = words(N_("Elders' council"))
        panels.append(Panel(16, title, "rural/elders.html", heard, place="aside"))
    if may_read(viewer, "members") and (levies := levying.proposed(engine, matter, viewer)):
        context = {"levies": list(levies.items()), "matter": matter}
        panels.append(Panel(17, words(N_("Levies")), "rural/levies.html", context, place="aside"))
    return panels


@hookimpl
def list_notices(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> list[Notice]:
    facts = engine.facts(matter.id, viewer, kinds=POSTED, limit=100)
    return [notice(fact, matter, words) for fact in facts]


@hookimpl
def list_sheets(matter: Matter, words: Words) -> list[StepSheet]:
    if not four_two.applies(matter):
        return []
    title, listed = words(N_("Four deliberations, two disclosures")), sheets(matter)
    return [
        paper(matter, one, number, title, words, of=len(listed))
        for number, one in enumerate(listed, start=1)
    ]


def paper(
    matter: Matter, one: Sheet, number: int, flow: str, words: Words, *, of: int
) -> StepSheet:
    """Return a step as its record sheet shows it; a meeting that fell short may be held again."""
    running = one.poll if one.name == "resolution" and one.state == "open" else 0
    return StepSheet(
        step=f"{four_two.CATEGORY}.{one.name}",
        flow=four_two.CATEGORY,
        flow_title=flow,
        title=words(one.title),
        number=number,
        of=of,
        source=one.source,
        confidence="S",
        body=MEETING[one.name],
        needs=needs(matter, one.name, words),
        act="voting.batch_entered" if running else one.act,
        preset={"poll": running} if running else {},
        seq=one.seq,
        done=one.state == "done" or (one.state == "open" and not running),
        next=one.state in ("next", "short"),
        vote=one.name == "resolution",
        hangs=hanging(matter) if one.name in ("decision", "result") else None,
    )


def needs(matter: Matter, name: str, words: Words) -> tuple[str, ...]:
    """Say what the meeting of a step must reach; the poll of the villagers says its own."""
    base = matter.setting(four_two.REVIEW_BASE, "due")
    tests = {"consultation": four_two.consultation_test(), "review": four_two.review_test(base)}
    if name not in tests:
        return ()
    asked = (*tests[name].quorum, *tests[name].consent)
    return tuple(condition(t.counts, t.threshold, t.base, words) for t in asked)


def hanging(matter: Matter) -> Hanging:
    """Return how long a disclosure must hang: as the law says, or longer where the village does."""
    least = max(LEAST_DAYS, int(matter.setting(DAYS, str(LEAST_DAYS))))
    return Hanging(days=least, source=POSTING_LAW, confidence="V")


def show_steps(request: Request) -> Response:
    """Show every step with its figures, its source and what comes next."""
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    listed = sheets(matter)
    viewer: Viewer = request.state.viewer
    facts = {one.seq: engine.fact(matter.community, one.seq, viewer) for one in listed if one.seq}
    return respond(
        request,
        "rural/four_two.html",
        sheets=listed,
        current=current(listed),
        texts={seq: _text(fact) for seq, fact in facts.items()},
        gauges=gauges,
    )


def _text(fact: Fact | None) -> str:
    match fact.event if fact else None:
        case PartyProposed(proposal=text) | DecisionPosted(text=text) | ResultPosted(text=text):
            return text
        case CommitteesConsulted(remark=text) | PartyMembersReviewed(remark=text):
            return text
    return ""


def gauges(tests: tuple[Test, ...]) -> Iterator[tuple[str, Test]]:
    """Pair each test of a meeting with the message id of what it counts."""
    for test in tests:
        yield (N_("For") if test.id.startswith("yes") else N_("Present")), test


def opinions(engine: Engine, matter: Matter, viewer: Viewer) -> list[tuple[Fact, str]]:
    """Return the filed opinions, newest first, with the words of their stance."""
    facts = engine.facts(matter.id, viewer, kinds=HEARD, newest=True, limit=5)
    return [(fact, STANCES[_heard(fact).stance]) for fact in facts]


def _heard(fact: Fact) -> EldersHeard:
    event: EldersHeard = fact.event
    return event


def notice(fact: Fact, matter: Matter, words: Words) -> Notice:
    """Return the posting of a resolution or of its result as a sheet for the notice board."""
    event: DecisionPosted | ResultPosted = fact.event
    first = isinstance(event, DecisionPosted)
    kept = _kept(matter, fact)
    title = N_("Resolution of the villagers: {title}") if first else N_("Result: {title}")
    step = "公開一" if first else "公開二"
    about = (event.resolution,) if isinstance(event, DecisionPosted) and event.resolution else ()
    return Notice(
        seq=fact.seq,
        title=words(title, title=matter.title),
        posted_at=kept.since,
        until=kept.until,
        days=kept.days,
        body=event.text,
        place=event.place,
        about=about or _resolution(matter, first),
        source=f"{FOUR_TWO} {step}; {POSTING_LAW}",
        ended_at=kept.until if kept.ended else None,
    )


def _resolution(matter: Matter, first: bool) -> tuple[int, ...]:
    return matter.state(FLOW).resolutions[-1:] if first else ()


def _kept(matter: Matter, fact: Fact) -> Posting:
    """Return how the posting stands; one that a later posting replaced is over with its days."""
    flow = matter.state(FLOW)
    for posting in (flow.decision, flow.result):
        if posting is not None and posting.seq == fact.seq:
            return posting
    return Posting(fact.seq, fact.at, fact.event.days)
