"""The page that opens a poll: procedure, counting rule, options, and what each would need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import (
    JURISDICTION,
    N_,
    Channel,
    Engine,
    Fact,
    Matter,
    Nonresponse,
    Option,
    PollOpened,
    Ref,
    Refused,
    Unreadable,
    Viewer,
    Words,
    local_day,
    offered_in,
)
from wugong_server import Form, read_form, record, respond, url
from wugong_voting import showing
from wugong_voting.ballot_forms import ABSTAIN
from wugong_voting.counted import CountedRule
from wugong_voting.needs import ZERO, turnout_needs
from wugong_voting.offers import offers
from wugong_voting.petitions import petitions_of
from wugong_voting.rules.yes_no_abstain import OPTIONS

OPEN = "voting.poll_opened"
ASKED = ("seats", "most", "levels", "points")  # numbers that the form asks for
MOST_FACTS = 200
PRICED = re.compile(r"(.+?)[\s,，:：]+(\d[\d,]*(?:\.\d\d?)?)\s*(?:元|yuan)?")  # «Lamp 12000»
USUAL = ("web", "paper", "assisted")


def ask(request: Request) -> Response:
    """Show the form that opens a poll, with what each procedure would need."""
    page = request.state.page
    viewer = page.acting_viewer(request.state.matter)
    engine: Engine = request.app.state.engine
    reasons = engine.may(request.state.matter, viewer, engine.registry.kinds[OPEN])
    if reasons and not viewer.signed_in and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    return _page(request, dict(request.query_params), Refused(*reasons) if reasons else None)


def _page(request: Request, typed: Any, refused: Refused | Unreadable | None) -> Response:
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    words: Words = request.state.words
    return respond(
        request,
        "voting/opening.html",
        refused=refused,
        typed=typed,
        chosen=typed.list if isinstance(typed, Form) else lambda _name: (),
        procedures=offered(engine, matter, words),
        asked=sorted({one.roster for one in showing.procedures_of(matter) if one.roster}),
        groups=groups_of(engine, matter),
        notices=_announcements(engine, matter, request.state.viewer) + _petitions(matter, words),
        offers=offers(matter.standing.rules),
    )


def offered(engine: Engine, matter: Matter, words: Words) -> list[dict[str, Any]]:
    """Return the procedures offered here whose roster the community has, with what they need."""
    found = []
    own = {procedure.id for procedure in showing.procedures_of(matter)}
    place, today = matter.setting(JURISDICTION, ""), local_day(engine.now())
    for procedure in offered_in(matter.standing.procedures, place, today):
        if procedure.kind == "no_vote" or procedure.id not in own:
            continue
        its = showing.roster_totals(engine, matter, procedure.roster)
        if its is not None:
            needs = turnout_needs(procedure, showing.whole(its), ZERO)
            title = showing.title_of(procedure, words)
            found.append({"id": procedure.id, "title": title, "needs": needs, "of": its})
    return found


def groups_of(engine: Engine, matter: Matter) -> list[tuple[str, str]]:
    """Return the stairs or village groups that any roster of a procedure names."""
    rosters = {procedure.roster for procedure in matter.standing.procedures.values()}
    named = (g for roster in rosters for g in showing.groups_of(engine, matter, roster))
    return [(group, group) for group in showing.in_order(named)]


def _announcements(engine: Engine, matter: Matter, viewer: Viewer) -> list[tuple[str, str]]:
    """Return what was posted, newest first, by the numbers of what each notice is about."""
    kinds = ("planning.notice_posted",)
    facts: Sequence[Fact] = engine.facts(
        matter.id, viewer, kinds=kinds, newest=True, limit=MOST_FACTS
    )
    return [
        (" ".join(str(int(number)) for number in fact.event.about or (fact.seq,)), fact.event.title)
        for fact in facts
    ]


def _petitions(matter: Matter, words: Words) -> list[tuple[str, str]]:
    """Return the petitions, which a recall is put to the vote on."""
    said = N_("Petition for a recall, no. {number}")
    return [(str(number), words(said, number=number)) for number in petitions_of(matter)]


async def send(request: Request) -> Response:
    """Open the poll; where it is refused, show the form as it was filled in."""
    form = await read_form(request)
    try:
        receipt = await record(request, _opened(request, form), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_page, request, form, refused)
    to = url(request, "voting.poll", matter=request.state.matter.id, poll=receipt.seq)
    return respond(request, "voting/receipt.html", receipt=receipt, to=to)


def _opened(request: Request, form: Form) -> PollOpened:
    procedure = request.state.matter.standing.procedures.get(form["procedure"])
    opens_at: datetime | None = form.time("opens_at") if form.get("opens_at") else None
    about = dict.fromkeys(int(n) for n in form.get("about").split() if n.isdigit())
    event: PollOpened = PollOpened(
        question=form["question"],
        options=_options(form, request),
        procedure=form["procedure"],
        roster=procedure.roster if procedure else "",
        closes_at=form.time("closes_at"),
        opens_at=opens_at,
        secrecy=_secrecy(form),
        channels=_channels(form),
        box_key=form.get("box_key").strip(),
        rule=_rule(request, form),
        groups=tuple(form.list("groups")),
        budget=form.money("budget") if form.get("budget") else 0,
        ties="lot" if form.get("ties") == "lot" else "told",
        opposed_most=form.whole("opposed_most") if form.get("opposed_most") else 0,
        nonresponse=_silence(form),
        nonresponse_clause=form.get("nonresponse_clause").strip(),
        counting_hours=form.whole("counting_hours") if form.get("counting_hours") else 0,
        about=tuple(map(Ref, about)),
    )
    return event


def _channels(form: Form) -> tuple[Channel, ...]:
    """Return the ways that were ticked; a form that did not ask means the usual ones."""
    given = form.list("channels") if "channels-asked" in form else USUAL
    return tuple(one for one in get_args(Channel) if one in given)


def _secrecy(form: Form) -> Literal["open", "secret", "scrutineers"]:
    given = form.get("secrecy")
    return "scrutineers" if given == "scrutineers" else "secret" if given == "secret" else "open"


def _silence(form: Form) -> Nonresponse:
    given = form.get("nonresponse")
    return next((policy for policy in get_args(Nonresponse) if policy == given), "strict_returned")


def _options(form: Form, request: Request) -> tuple[Option, ...]:
    words: Words = request.state.words
    if form["rule"] == "yes_no_abstain":
        return tuple(Option(id=name, title=words(showing.TITLES[name])) for name in OPTIONS)
    lines = [line.strip() for line in form.get("options").splitlines() if line.strip()]
    if _spends(form, request):
        return tuple(_project(f"o{n}", line) for n, line in enumerate(lines, 1))
    named = [Option(id=f"o{n}", title=line) for n, line in enumerate(lines, 1)]
    if form["rule"] != "plurality":  # where several things are marked, a blank ballot abstains
        return tuple(named)
    return (*named, Option(id=ABSTAIN, title=words(showing.TITLES[ABSTAIN])))


def _spends(form: Form, request: Request) -> bool:
    rule = request.state.matter.standing.rules.get(form["rule"])
    return isinstance(rule, CountedRule) and rule.form.kind == "projects"


def _project(name: str, line: str) -> Option:
    """Read a project whose line ends with its cost in yuan; a line without one costs nothing."""
    found = PRICED.fullmatch(line)
    if found is None:
        return Option(id=name, title=line)
    yuan = Fraction(found[2].replace(",", ""))
    return Option(id=name, title=found[1], cost=int(yuan * 100))


def _rule(request: Request, form: Form) -> str:
    """Return the rule with those of its settings that differ from the usual ones."""
    rule = request.state.matter.standing.rules.get(form["rule"])
    if not isinstance(rule, CountedRule):
        return form["rule"]
    given: dict[str, int | str] = {
        name: form.whole(name) for name in ASKED if name in rule.settings and form.get(name)
    }
    if "completion" in rule.settings and form.get("completion"):
        given["completion"] = form["completion"]
    other = [f"{name}={n}" for name, n in given.items() if str(n) != rule.settings[name]]
    return f"{rule.id}({','.join(other)})" if other else rule.id
