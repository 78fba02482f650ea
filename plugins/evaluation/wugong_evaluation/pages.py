"""Pages of the evaluation: rate, hand in, and read both results side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import (
    EVALUATE,
    MEMBERS,
    N_,
    Engine,
    Matter,
    Refusal,
    Refused,
    Unreadable,
    Viewer,
    Words,
    seal,
)
from wugong_evaluation.events import Answered, Published
from wugong_evaluation.rules import OWN_RULE
from wugong_evaluation.tracks import (
    DEFAULT_GAP,
    DEFAULT_RESPONSE,
    EVALUATIONS,
    GAP_ALARM,
    LEAST_RESPONSE,
    Evaluation,
    share_setting,
)
from wugong_server import Form, Panel, hookimpl, read_form, record, respond, url

ANSWER = "evaluation.answered"
WORST, BEST = 1, 5  # a scale of five has words; longer ones are typed
NOT_YOURS = ("wugong.not_your_role",)


@dataclass(frozen=True, slots=True)
class Bar:
    """One score with how many gave it, drawn as a bar and repeated in the table."""

    score: int
    count: int
    width: str


@hookimpl
def register_routes() -> list[Route]:
    form = "/m/{matter}/evaluation/{evaluation:int}/answer"
    return [
        Route("/m/{matter}/evaluation", show, name="evaluation.page"),
        Route(form, ask_answer, methods=["GET"], name=f"act:{ANSWER}"),
        Route(form, send_answer, methods=["POST"], name=f"act:{ANSWER}"),
    ]


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer) -> bool | None:
    one = matter.state(EVALUATIONS).all.get(seq)
    if one is None or not act.startswith("evaluation."):
        return None
    match act.partition(".")[2]:
        case "report_released":
            return not one.running and one.report is None and one.evaluator == viewer.member
        case "answered":
            return one.running and "residents" not in one.closed and one.evaluator != viewer.member
    return one.running and "expert" not in one.closed


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    state = matter.state(EVALUATIONS)
    if page != "matter" or matter.is_standing or not (state.last or matter.open(EVALUATE)):
        return []
    context = {"of": matter, "acts": ("evaluation.opened",)}
    context |= _shown(matter, state.last, words.language)
    title = words(N_("Evaluation"))
    return [Panel(order=70, title=title, template="evaluation/panel.html", context=context)]


def show(request: Request) -> Response:
    """Show the newest evaluation of a matter: what is open, or both results; and those before."""
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    state = matter.state(EVALUATIONS)
    last = state.last
    before = [one for one in state.all.values() if last and one.seq != last.seq]
    report = None
    if last and last.report:
        report = engine.fact(matter.community, last.report, request.state.viewer)
    return respond(
        request,
        "evaluation/page.html",
        before=[(one, one.result) for one in reversed(before)],
        report=report,
        rule=OWN_RULE,
        **_shown(matter, last, request.state.words.language),
    )


def _shown(matter: Matter, one: Evaluation | None, language: str) -> dict[str, Any]:
    result = one.result if one else None
    return {
        "one": one,
        "result": result,
        "bars": bars(result) if result else [],
        "residents": in_words(result.residents, language) if result else "",
        "gap": in_words(result.gap, language) if result else "",
        "least": share_setting(matter, LEAST_RESPONSE, DEFAULT_RESPONSE),
        "alarm": share_setting(matter, GAP_ALARM, DEFAULT_GAP),
    }


def in_words(value: Fraction | None, language: str) -> str:
    """Write a mean with two decimals where that is exact, else as the fraction it is.

    >>> [in_words(mean, "zh_Hans") for mean in (Fraction(77, 20), Fraction(11, 3), Fraction(4))]
    ['3.85', '3又2/3', '4']
    """
    if value is None:
        return ""
    whole, rest = divmod(value.numerator, value.denominator)
    if not rest:
        return str(whole)
    hundredths = Fraction(rest * 100, value.denominator)
    if hundredths.denominator == 1:
        return f"{whole}.{hundredths.numerator:02d}".rstrip("0")
    part = f"{Fraction(rest, value.denominator)}"
    between = "\N{NO-BREAK SPACE}" if language == "en" else "又"
    return f"{whole}{between}{part}" if whole else part


def bars(result: Published) -> list[Bar]:
    """Return a bar for each score: its share of the answers; of long scales only those given."""
    of = sum(result.counts)
    rows = [(score, count) for score, count in enumerate(result.counts, start=1)]
    if result.scale > 2 * BEST:
        rows = [(score, count) for score, count in rows if count]
    return [Bar(score, count, f"{count * 100 // of if of else 0}%") for score, count in rows]


# Answering


def _running(request: Request) -> Evaluation:
    matter: Matter = request.state.matter
    one = matter.state(EVALUATIONS).all.get(request.path_params["evaluation"])
    if one is None:
        raise HTTPException(404)
    return one


def _household(request: Request, one: Evaluation, who: str) -> str:
    """Return the household that the answer counts for, as the person is enrolled."""
    if one.unit != "household":
        return ""
    engine: Engine = request.app.state.engine
    entry = engine.book(MEMBERS, request.state.matter.community, [who]).get(who)
    return str(entry["household"]) if entry else ""


def _form(
    request: Request,
    typed: Any,
    refused: Refused | Unreadable | None = None,
    reasons: Sequence[Refusal] = (),
) -> Response:
    one = _running(request)
    page = request.state.page
    refused = refused or (Refused(*reasons) if reasons else None)
    who = str(page.principal or request.state.viewer.member)
    return respond(
        request,
        "evaluation/answer.html",
        block="answer",
        status=403 if isinstance(refused, Refused) and refused.codes == NOT_YOURS else None,
        one=one,
        who=who,
        household=_household(request, one, who) if who else "",
        typed=typed,
        blocked=bool(reasons),
        refused=refused,
        scores=_scores(one, request.state.words),
    )


def _scores(one: Evaluation, words: Words) -> list[tuple[str, str, str]]:
    """Return the scores to choose from, best first; long scales are typed instead."""
    if one.scale > 2 * BEST:
        return []
    told = {one.scale: words(N_("very good")), WORST: words(N_("very poor"))}
    return [(str(n), str(n), told.get(n, "")) for n in range(one.scale, 0, -1)]


def ask_answer(request: Request) -> Response:
    """Show the form, or why it is not the reader's to fill in."""
    page, engine = request.state.page, request.app.state.engine
    matter: Matter = request.state.matter
    reasons = engine.may(matter, page.acting_viewer(matter), engine.registry.kinds[ANSWER])
    if reasons and not page.member and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    return _form(request, request.query_params, reasons=reasons)


def _answered(form: Form) -> Answered:
    remark = form.get("remark", "")
    return Answered(
        evaluation=form.ref("evaluation"),
        score=form.whole("score"),
        remark=seal(remark) if remark else None,
        household=form.get("household", ""),
    )


async def send_answer(request: Request) -> Response:
    """Record one rating, for the reader or the person who is helped at the desk."""
    form: Form = await read_form(request)
    try:
        receipt = await record(request, _answered(form), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_form, request, form, refused)
    to = url(request, "evaluation.page", matter=request.state.matter.id)
    return respond(request, "evaluation/page.html", to=to, receipt=receipt)
