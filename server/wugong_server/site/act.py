"""The generic form of an act, made from its declaration: fill in, check, record."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import (
    JURISDICTION,
    N_,
    STAGES,
    Fact,
    Kind,
    Matter,
    MatterOpened,
    Overloaded,
    PetitionOpened,
    Refusal,
    Refused,
    RoleRevoked,
    SettingChanged,
    SheetHung,
    Stage,
    StepRecorded,
    To,
    Unreadable,
    kind_of,
    local_day,
    offered_in,
)
from wugong.events import sealed_fields
from wugong.people import MEMBERS
from wugong.steps import ANY_SETTING, Placed, steps_of
from wugong_server.attaching import attached_fields, pending, take
from wugong_server.fields import (
    Asking,
    Field,
    Option,
    body_of_form,
    fields_of,
    names_people,
    typed,
)
from wugong_server.forms import Form, read_form
from wugong_server.page import ACT, Page, act_url, page_of, url
from wugong_server.responding import is_fragment, record, redirect, respond
from wugong_server.site.errors import COME_BACK, said
from wugong_server.speech import problems
from wugong_server.telling import (
    audience_words,
    matters_of,
    plugin_words,
    role_words,
    tell,
    told_apart,
    value_words,
)

NOT_YOURS = "wugong.not_your_role"
KEY_USED = "wugong.key_used_otherwise"
MOST_MEMBERS = 500
MOST_FACTS = 200
MOST_SAID = 120
STEP, CHECKED, BACK = "act-step", "checked", "back"  # no field can be called that
OPEN_ENDED = frozenset({"category"})  # of a matter: people may name kinds that nobody foresaw
STAGES_FOR: Mapping[str, Callable[[Matter, Stage], bool]] = {
    "wugong.stage_opened": lambda matter, stage: not matter.open(stage),
    "wugong.stage_closed": lambda matter, stage: matter.open(stage),
    "wugong.stage_skipped": lambda matter, stage: matter.status(stage) in ("todo", "open"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the summary before a binding act."""

    label: str
    value: str


def ask(request: Request) -> Response:
    """Show the form of an act, filled from the address; ask to sign in where that is needed."""
    page, kind = page_of(request), kind_in(request)
    reasons = standing_in_the_way(page, kind)
    if reasons and not page.member and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    sent = _begun(page, kind, request.query_params.multi_items())
    if reasons:
        return _form(page, kind, sent, refused=Refused(*reasons))
    return _own_page(page, kind, sent) or _form(page, kind, sent)


def _own_page(page: Page, kind: Kind, sent: Form) -> Response | None:
    """Lead to the page that a plugin has for this act, once it is clear what it is about.

    One poll to act in leads there at once; of several the reader names one first.
    """
    own: frozenset[str] = page.request.app.state.route_params.get(ACT + kind.name, frozenset())
    places = own - {"matter"}
    if not places or not places <= kind.fields.keys() or page.matter is None:
        return None
    listed = fields_of(kind.cls, sent, asking(page, kind, sent, {}))
    named = [one for one in listed if one.name in places]
    if len(named) < len(places) or not all(one.options for one in named):
        return None
    chosen = {one.name: one.value for one in named if one.value in dict(one.options)}
    if len(chosen) == len(places):
        return RedirectResponse(act_url(page.request, page.matter.id, kind.name, **chosen), 303)
    title = page.words_of(kind.plugin)(kind.title)
    return respond(page.request, "act-which.html", title=title, fields=named)


def _begun(page: Page, kind: Kind, given: list[tuple[str, str]]) -> Form:
    """Fill a form from its address, and from the act of its kind whose place it is to take."""
    before: list[tuple[str, str]] = []
    names = dict(given)
    for name, its in kind.fields.items():
        to, number = its.mark(To), names.get(name, "")
        if (
            to
            and to.kinds == (kind.name,)
            and number.isascii()
            and number.isdecimal()
            and len(number) < 17
        ):
            assert page.matter is not None
            fact = page.engine.fact(page.matter.community, int(number), page.viewer)
            if fact is not None and fact.matter == page.matter.id and type(fact.event) is kind.cls:
                before = typed(kind.cls, fact.event, page.zone)
    kept = [(name, text) for name, text in before if name not in names]
    return Form(FormData([*kept, *given]), page.zone)


async def send(request: Request) -> Response:
    """Check what was sent, show the summary of a binding act, and record it."""
    form = await read_form(request)
    try:
        return await _send(request, form)
    except Overloaded as error:
        if is_fragment(request):  # there the form stays, and the word stands above it
            raise
        page, kind = page_of(request), kind_in(request)
        return await run_in_threadpool(_form, page, kind, form, stopped=error)


async def _send(request: Request, form: Form) -> Response:
    page, kind = page_of(request), kind_in(request)
    reasons = await run_in_threadpool(standing_in_the_way, page, kind)
    fresh, wrong = False, None
    try:
        if attached_fields(kind) and not reasons:
            form, fresh, wrong = await run_in_threadpool(take, page, kind, form)
    except Refused as refused:
        return await run_in_threadpool(_form, page, kind, form, refused=refused)
    more = any(name.endswith("-rows") for name in form)
    if more or form.get(STEP) == BACK:
        return await run_in_threadpool(_form, page, kind, form, error=wrong, stay=True)
    if reasons:
        return await run_in_threadpool(_form, page, kind, form, refused=Refused(*reasons))
    try:
        event = kind.read(body_of_form(kind.cls, form))
        if wrong:
            raise wrong
        # What was uploaded is shown as it will be kept before anything is recorded.
        if fresh or (is_binding(kind) and form.get(STEP) != CHECKED):
            return await run_in_threadpool(_summary, page, kind, form, event)
        receipt = await record(request, event, key=form["key"])
    except Unreadable as error:
        return await run_in_threadpool(_form, page, kind, form, error=error)
    except Refused as refused:
        return await run_in_threadpool(_form, page, kind, form, refused=refused)
    return redirect(request, _after(page, event, receipt), receipt)


def kind_in(request: Request) -> Kind:
    """Return the kind that the address names; 404 for one nobody knows or no person does."""
    kind: Kind | None = request.app.state.engine.registry.kind(request.path_params["kind"])
    if kind is None or not kind.title or not kind.may.keys() - {"plugin", "clock", "operator"}:
        raise HTTPException(404)
    return kind


def standing_in_the_way(page: Page, kind: Kind) -> list[Refusal]:
    """Return why the reader may not do this now, as far as it can be said before the act."""
    assert page.matter is not None
    if not page.member:
        roles = ", ".join(sorted(kind.may.keys() - {"plugin", "clock", "operator"}))
        return [Refusal(NOT_YOURS, kind.source, {"roles": roles})]
    return page.engine.may(page.matter, page.acting_viewer(page.matter), kind)


def is_binding(kind: Kind) -> bool:
    """Tell whether an act is summed up before it is recorded: law, money, or two people's work."""
    return bool(kind.source or kind.not_same_as) or any(n.endswith("_fen") for n in kind.fields)


def _after(page: Page, event: Any, receipt: Any) -> str:
    if isinstance(event, MatterOpened):
        return url(page.request, "matter", matter=receipt.matter)
    assert page.matter is not None
    if isinstance(event, SheetHung):
        return url(page.request, "notice", matter=page.matter.id, seq=event.notice)
    if not page.matter.is_standing:
        return url(page.request, "matter", matter=page.matter.id)
    own = kind_of(event).name.startswith("wugong.")
    name = "admin.people" if own else "home"
    return url(page.request, name, community=page.matter.id)


def _form(
    page: Page,
    kind: Kind,
    sent: Form,
    *,
    error: Unreadable | None = None,
    refused: Refused | None = None,
    stopped: Overloaded | None = None,
    stay: bool = False,
) -> Response:
    words = page.words_of(kind.plugin)
    told = problems(error, words) if error else {}
    fields = fields_of(kind.cls, sent, asking(page, kind, sent, told))
    status = 422 if error else None
    if refused and refused.codes == (NOT_YOURS,):
        status = 403
    if stopped:
        status = 503
    answer = respond(
        page.request,
        "act.html",
        block="form",
        status=status,
        stay=stay,
        kind=kind,
        title=words(kind.title),
        act_url_plain=_address(page, kind),
        fields=fields,
        wrong=_wrong(fields, told),
        binding=is_binding(kind),
        uploads=bool(attached_fields(kind)),
        refused=refused,
        stopped=said(stopped, 503) if stopped else None,
        blocked=bool(refused) and page.request.method == "GET",
        lacking=any(one.lacks_choice for one in fields),
        key="" if refused and KEY_USED in refused.codes else sent.get("key"),
    )
    answer.headers.update(COME_BACK if stopped else {})
    return answer


def _address(page: Page, kind: Kind) -> str:
    assert page.matter is not None
    return url(page.request, "act", matter=page.matter.id, kind=kind.name)


def _wrong(fields: Sequence[Field], told: dict[str, str]) -> list[Field]:
    """Return every field with a complaint, those of rows too; others stand at the whole form."""
    found: list[Field] = []
    for one in fields:
        found += [one] if one.error else []
        for row in one.rows:
            found += _wrong(row, {})
    known = {one.name for one in found}
    rest = [(place, what) for place, what in told.items() if place not in known]
    return found + [
        Field(name=place, label=place, widget="text", error=what) for place, what in rest
    ]


def asking(page: Page, kind: Kind, sent: Form, told: dict[str, str]) -> Asking:
    """Return what the fields of this act need: words, people, facts to choose from."""
    options = {**_general_choices(page, kind), **_choices_of(page, kind)}
    named = {value for _, value in sent.data.multi_items() if isinstance(value, str)}
    return Asking(
        words=page.words_of(kind.plugin),
        zone=page.zone,
        facts=lambda kinds: facts_to_name(page, kind, kinds, named),
        members=members(page) if names_people(kind.fields) else (),
        choices={name: listed for name, listed in options.items() if listed},
        groups=_groups(page, kind),
        open_ended=OPEN_ENDED if kind.cls is MatterOpened else frozenset(),
        one_line=_one_line(page, kind, sent),
        audience=kind.shown_to,
        problems=told,
        documents=lambda tokens: pending(page, tokens),
    )


def _one_line(page: Page, kind: Kind, sent: Form) -> frozenset[str]:
    """Return the fields of a setting that are one line: all, unless it is declared a long text."""
    known = page.engine.registry.defaults.get(sent.get("name"))
    short = kind.cls is SettingChanged and not (known and known.long)
    return frozenset({"value", "was"} if short else ())


def _general_choices(page: Page, kind: Kind) -> dict[str, list[Option]]:
    """Return what fields of certain names choose from, whatever the act."""
    registry = page.engine.registry
    assert page.matter is not None
    standing = page.matter.standing
    place = standing.settings.get(JURISDICTION, "")
    wanted = ("recall",) if kind.cls is PetitionOpened else ("decision", "election", "recall")
    return {
        "role": [
            (role, role_words(page, role))
            for role in sorted(
                {grant.role for grant in standing.grants}
                if kind.cls is RoleRevoked
                else registry.grantable(standing)
            )
        ],
        "roster": [(name, name) for name in standing.rosters],
        "procedure": [
            (p.id, p.title.get(page.language, p.id))
            for p in offered_in(registry.procedures, place, local_day(page.now))
            if p.kind in wanted and p.roster and p.setting in (standing.setting, ANY_SETTING)
        ],
        "rule": [(r.id, page.words(r.title)) for r in registry.rules.values()],
        "plugin": [(name, plugin_words(page, name)) for name in standing.plugins],
    }


def _choices_of(page: Page, kind: Kind) -> dict[str, list[Option]]:
    """Return what the fields of acts of the core choose from."""
    assert page.matter is not None
    registry, standing = page.engine.registry, page.matter.standing
    options: dict[str, list[Option]] = {}
    if kind.name in STAGES_FOR:
        fit = STAGES_FOR[kind.name]
        options["stage"] = [
            (one.key, page.words(one.title))
            for one in STAGES
            if page.matter.is_standing or fit(page.matter, one)
        ]
    if kind.name == "wugong.setting_changed":
        options["name"] = [
            (name, page.words_of(name.partition(".")[0])(one.title))
            for name, one in sorted(registry.defaults.items())
            if name.partition(".")[0] in {*standing.plugins, "wugong"}
        ]
        if page.request.query_params.get("name") == JURISDICTION:
            options["value"] = _places(page)
    if kind.cls is MatterOpened:
        options["category"] = _kinds(page)
    if kind.cls is StepRecorded:
        options["step"] = [(placed.id, step) for placed, _, step in _steps(page)]
    if kind.name in ("wugong.role_granted", "wugong.role_revoked"):
        lines, _ = page.engine.matters(page.matter.community, page.viewer, limit=MOST_FACTS)
        titles = {line.id: line.title for line in lines}
        asked = page.request.query_params.get("scope", "")
        options["scope"] = list({**({asked: asked} if asked else {}), **titles}.items())
    return options


def _kinds(page: Page) -> list[Option]:
    """Return the kinds of matter that procedures offered here name, as the setting says them."""
    assert page.matter is not None
    registry, standing = page.engine.registry, page.matter.standing
    place = standing.settings.get(JURISDICTION, "")
    here = offered_in(registry.procedures, place, local_day(page.now))
    named = {kind for one in here if one.setting == standing.setting for kind in one.matters}
    known = matters_of(page)
    return [(kind, words) for kind, words in known.items() if kind in named]


def _places(page: Page) -> list[Option]:
    """Return the places that any law is known of, by their names where these are told."""
    named = page.places
    return [(one, named.get(one, one)) for one in sorted(page.engine.registry.places)]


def _steps(page: Page) -> list[tuple[Placed, str, str]]:
    """Return the steps that a sheet records, each with the words of its procedure and its own."""
    assert page.matter is not None
    known = steps_of(page.matter, page.now.astimezone(page.zone).date()).values()
    return [(one, *placed_words(one, page.language)) for one in known if not one.step.under]


def _groups(page: Page, kind: Kind) -> dict[str, dict[str, str]]:
    """Return what the choices of a field belong to, where that is not the same for all."""
    if kind.cls is not StepRecorded:
        return {}
    groups = {placed.id: procedure for placed, procedure, _ in _steps(page)}
    return {"step": groups} if len(set(groups.values())) > 1 else {}


def placed_words(placed: Placed, language: str) -> tuple[str, str]:
    """Return the titles of a procedure and of its step: several have steps of the same words."""
    procedure, step = placed.procedure, placed.step
    return procedure.title.get(language, procedure.id), step.title.get(language, placed.id)


def members(page: Page) -> list[Option]:
    """Return the members to choose from: id and name as the reader may know them."""
    if page.community is None or not page.member:
        return []
    community = page.community.community
    known = page.engine.book(MEMBERS, community)
    living = [m for m in known if m not in page.community.erased][:MOST_MEMBERS]
    page.learn_names(living)
    named = {m: page.names[m] for m in living if page.names.get(m)}
    if len(set(named.values())) < len(named):
        apart = told_apart(page, page.engine.directory(community, page.viewer))
        named = {m: apart.get(m, name) for m, name in named.items()}
    return sorted(named.items(), key=lambda one: one[1])


def facts_to_name(
    page: Page, kind: Kind, kinds: Sequence[str], named: Container[str] = ()
) -> list[Option]:
    """Return the facts that a field of an act may name: number and sentence, newest first.

    What is ``named`` already, by an old link or a form that was open for long, stays: the refusal
    of the act says why it comes too late, and by which article.
    """
    matter = page.matter
    assert matter is not None
    facts = page.engine.facts(
        matter.id, page.viewer, kinds=list(kinds), newest=True, limit=MOST_FACTS, bulk=bool(kinds)
    )
    if kinds and not matter.is_standing:
        facts += page.engine.facts(
            matter.community, page.viewer, kinds=list(kinds), newest=True, limit=MOST_FACTS
        )
    facts = [one for one in facts if str(one.seq) in named or _is_left(page, matter, kind, one)]
    texts = page.engine.texts(facts, page.viewer)
    found = []
    for one in tell(page, facts):
        own = next((t for t in texts.get(one.seq, {}).values() if t and t not in one.text), "")
        quoted = page.words(N_("“{words}” · {text}"), words=shorten(own), text=one.text)
        said = quoted if own else one.text
        number = page.words(N_("no. {seq}"), seq=one.seq)
        found.append((str(one.seq), f"{shorten(said, MOST_SAID)} · {number}"))
    return found


def _is_left(page: Page, matter: Matter, kind: Kind, fact: Fact) -> bool:
    """Tell whether an act of the reader in ``matter`` does not come too late for a fact."""
    where = matter if fact.matter == matter.id else page.standing(matter)
    viewer, pages = page.acting_viewer(matter), page.request.app.state.pages
    return bool(pages.can_name(page.engine, where, kind.name, fact.seq, viewer))


def shorten(text: str, most: int = 40) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _summary(page: Page, kind: Kind, sent: Form, event: Any) -> Response:
    """Show what is about to be recorded, as whom, and that nothing is recorded yet."""
    words = page.words_of(kind.plugin)
    ask_for = asking(page, kind, sent, {})
    lines = []
    for one in fields_of(kind.cls, sent, ask_for):
        its = kind.fields[one.name]
        value = getattr(event, one.name)
        texts = {name: sealed.clear for name, sealed in sealed_fields(event).items()}
        chosen = dict(one.options)
        shown: str
        if one.widget == "documents":
            shown = Markup("<br>").join(picture for _token, picture in one.options)
        elif one.widget in ("one", "several", "member", "members") and one.options:
            shown = words(N_("glyph:list")).join(chosen.get(v, v) for v in one.values if v)
        else:
            shown = value_words(page, words, one.name, its, value, texts)
        if shown:
            lines.append(Said(one.label, shown))
    return respond(
        page.request,
        "act-check.html",
        block="form",
        stay=True,
        kind=kind,
        title=words(kind.title),
        act_url_plain=_address(page, kind),
        lines=lines,
        sent=[(name, value) for name, value in sent.data.multi_items() if _kept(name, value)],
        key=sent.get("key"),
        audience=audience_words(page, kind.shown_to),
    )


def _kept(name: str, value: Any) -> bool:
    return isinstance(value, str) and name not in ("csrf", "key", STEP)
