"""Facts in plain words: one sentence each, with names and texts as the reader may see them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from string import Formatter
from typing import Any, Literal

from wugong import (
    N_,
    STAGES,
    Choice,
    Fact,
    Kind,
    Person,
    Ref,
    Refusal,
    Sealed,
    Stage,
    Unknown,
    Words,
    steps,
)
from wugong.schema import Shape
from wugong_server import attaching, formats, refusals
from wugong_server.page import Page
from wugong_server.speech import said

STAGE_DETAILS = frozenset({"stage", "stages", "earlier"})
PROCEDURES, PLACES = frozenset({"procedure", "instead"}), frozenset({"place", "of"})
BY_NAME = frozenset({"web", "api", "clock", "plugin"})  # who acted says as much
LISTED = frozenset({"units", "households", "options"})  # details that name several of their own
QUIET = "…"
# Fields and details that hold members by their names: what plugins tell carries no marks.
MEMBERS = frozenset(
    {
        *("member", "members", "other", "evaluator", "mediator", "steward"),
        *("professionals", "recused", "whom"),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as the timeline shows it."""

    seq: int
    at: datetime
    text: str
    note: str
    kind: str
    matter: str
    title: str = ""  # of its matter, where several are mixed
    documents: Sequence[attaching.Shown] = ()


def tell(page: Page, facts: Sequence[Fact], titles: Mapping[str, str] | None = None) -> list[Told]:
    """Say each fact in one sentence; all names and sealed texts are fetched at once."""
    page.learn_names(member for fact in facts for member in _people(fact))
    texts = page.engine.texts(facts, page.viewer)
    documents = attaching.shown(page, facts)
    return [
        Told(
            seq=fact.seq,
            at=fact.at,
            text=sentence(page, fact, texts.get(fact.seq, {})),
            note=note(page, fact),
            kind=fact.kind,
            matter=fact.matter,
            title=(titles or {}).get(fact.matter, ""),
            documents=documents.get(fact.seq, ()),
        )
        for fact in facts
    ]


def _people(fact: Fact) -> Iterable[str]:
    yield fact.by
    if fact.principal:
        yield fact.principal
    for name in MEMBERS:
        value = getattr(fact.event, name, None)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, str))


def sentence(page: Page, fact: Fact, texts: Mapping[str, str | None]) -> str:
    """Return what happened, as the declaration says it."""
    kind = page.engine.registry.kind(fact.kind)
    words = page.words_of(fact.kind.partition(".")[0])
    if kind is None or isinstance(fact.event, Unknown):
        return words(N_("Something of an unknown kind: {kind}"), kind=fact.kind)
    if not kind.says:
        return words(kind.title or kind.name)
    said = {"reason", *(name for _, name, *_ in Formatter().parse(kind.says))}
    fields = {
        name: value_words(page, words, name, its, getattr(fact.event, name, None), texts)
        for name, its in kind.fields.items()
        if name in said  # a field may be a whole roster
    }
    reason, its = getattr(fact.event, "reason", None), kind.fields.get("reason")
    chosen = its is not None and its.mark(Choice) is not None  # then it has its words already
    if fact.by.startswith("plugin:") and isinstance(reason, str) and not chosen:
        fields["reason"] = words(reason)  # a message id; what a person wrote is never one
    return words(kind.says, **{"by": page.name(fact.who), "seq": fact.seq, **fields})


def note(page: Page, fact: Fact) -> str:
    """Return what stands small behind a sentence: who did it, and through which channel."""
    words = page.words
    parts = [page.name(fact.who)] if fact.who else []
    if fact.principal and fact.principal != fact.by:
        parts.append(words(N_("through {name}"), name=page.name(fact.by)))
    if fact.channel in refusals.CHANNELS and fact.channel not in BY_NAME:
        parts.append(words(refusals.CHANNELS[fact.channel]))
    return words(N_(", ")).join(parts)


def value_words(
    page: Page,
    words: Words,
    name: str,
    its: Shape,
    value: Any,
    texts: Mapping[str, str | None],
) -> str:
    """Write the value of one field for people."""
    if value is None:
        return ""
    if isinstance(value, Sealed):
        return texts.get(name) or QUIET
    if isinstance(value, tuple):
        inner = its.inner or its
        told = (
            texts.get(f"{name}[{i}]") or QUIET
            if isinstance(one, Sealed)
            else value_words(page, words, name, inner, one, texts)
            for i, one in enumerate(value)
        )
        return words(N_("glyph:list")).join(told)
    if isinstance(value, Stage):
        return words(value.title)
    if isinstance(value, bool):
        return words(N_("yes")) if value else words(N_("no"))
    if its.type is Literal or its.mark(Choice) is not None:
        choice = its.mark(Choice) or (its.inner.mark(Choice) if its.inner else None)
        return words(choice.words[value]) if choice and value in choice.words else str(value)
    if isinstance(value, Fraction):
        return formats.share(value, words)
    if isinstance(value, datetime):
        return formats.deadline(value, page.now, page.zone, words)
    if isinstance(value, date):
        return str(said({name: value.isoformat()}, page.now, page.zone, words)[name])
    if isinstance(value, Ref):
        return formats.number(int(value))
    if isinstance(value, int):
        return str(said({name: value}, page.now, page.zone, words)[name])
    if isinstance(value, str):
        return plain_words(page, words, name, value)
    if dataclasses.is_dataclass(value) or isinstance(value, Mapping):
        return _record_words(page, words, its, value)
    return str(value)


def values_words(
    page: Page,
    words: Words,
    name: str,
    its: Shape,
    value: Any,
    texts: Mapping[str, str | None],
) -> list[str]:
    """Write the value of one field, each item of a list by itself."""
    if not isinstance(value, tuple) or its.inner is None:
        each = [value_words(page, words, name, its, value, texts)]
    else:
        each = [
            value_words(page, words, f"{name}[{i}]", its.inner, one, texts)
            for i, one in enumerate(value)
        ]
    return each if any(each) else []


def plain_words(page: Page, words: Words, name: str, value: str) -> str:
    """Write a text field: a member by name, a role or setting by title, the rest as it stands."""
    if name in MEMBERS and value:
        return page.name(value)
    if name == "role":
        return role_words(page, value)
    if name == "category":
        return matters_of(page).get(value, value)
    if name == "step":
        return steps.title_of(value, page.engine.registry.procedures, page.language)
    return value


def matters_of(page: Page) -> dict[str, str]:
    """Return the kinds of matter that communities of this setting know, with their words."""
    setting = page.engine.registry.settings.get(page.community.setting if page.community else "")
    return (
        {key: page.words_of("")(said) for key, said in setting.matters.items()} if setting else {}
    )


def _record_words(page: Page, words: Words, its: Shape, value: Any) -> str:
    if isinstance(value, Mapping):
        return words(N_("glyph:list")).join(f"{key} {one}" for key, one in value.items())
    title = getattr(value, "title", None) or getattr(value, "text", None)
    return str(title) if title else ""


def role_words(page: Page, role: str) -> str:
    """Return the title of a role, a relation or somebody special."""
    registry = page.engine.registry
    if role in registry.roles:
        return page.words_of("")(registry.roles[role])
    if role in registry.relations:
        plugin, relation = registry.relations[role]
        return page.words_of(plugin)(relation.title or role)
    if role.startswith("plugin:"):
        return page.words(refusals.ROLES["plugin"])
    if role.startswith("member:"):
        return page.name(role.removeprefix("member:"))
    return page.words(refusals.ROLES.get(role, role))


def plugin_words(page: Page, plugin: str) -> str:
    """Return the title of a plugin, its name where it has none."""
    title = page.engine.registry.titles.get(plugin, "")
    return page.words_of(plugin)(title) or plugin


def told_apart(page: Page, people: Iterable[Person]) -> dict[str, str]:
    """Return each person's name, with what the reader may know that tells two of a name apart.

    First the group, then the household, then the telephone; where all are alike, the number under
    which the person is enrolled. Erased people have no name and are left out.
    """
    known = [one for one in people if one.name]
    told = {one.member: one.name for one in known}
    for more in ("group", "household", "contact", "member"):
        alike = Counter(told.values())
        for one in known:
            if alike[told[one.member]] > 1 and (said := getattr(one, more)):
                told[one.member] += page.words(N_(", ")) + said
    return told


def audience_words(page: Page, audience: str) -> str:
    """Say who belongs to an audience."""
    known = refusals.AUDIENCES
    told = [
        page.words(known[one]) if one in known else role_words(page, one)
        # First who it is about: “only who wrote it …” begins a list, it does not end one.
        for one in sorted(audience.split("|"), key=lambda one: one != "author")
    ]
    return page.words(N_("glyph:list")).join(told)


def refusal_words(page: Page, refusal: Refusal) -> str:
    """Say why something is refused."""
    message = page.engine.registry.refusals.get(refusal.code) or refusals.REFUSALS.get(refusal.code)
    return _filled(page, refusal, message or N_("The rules do not allow this now."))


def remedy_words(page: Page, refusal: Refusal) -> str:
    """Say what to do next after a refusal, or nothing."""
    message = page.engine.registry.remedies.get(refusal.code) or refusals.REMEDIES.get(refusal.code)
    return _filled(page, refusal, message) if message else ""


def _filled(page: Page, refusal: Refusal, message: str) -> str:
    words = page.words_of(refusal.code.partition(".")[0])
    return words(message, **details_words(page, words, refusal.details))


def details_words(page: Page, words: Words, details: Mapping[str, Any]) -> dict[str, object]:
    """Write the details of a refusal or of something awaited for people."""
    told = said(details, page.now, page.zone, words)
    titles = {stage.key: words(stage.title) for stage in STAGES}
    for name, value in details.items():
        if not isinstance(value, str):
            continue
        listed = [one.strip() for one in value.split(",")]
        if name in STAGE_DETAILS:
            told[name] = words(N_("glyph:list")).join(titles.get(one, one) for one in listed)
        elif name in ("role", "roles"):
            told[name] = words(N_("glyph:list")).join(role_words(page, one) for one in listed)
        elif name in PROCEDURES:
            told[name] = words(N_("glyph:list")).join(_procedure(page, one) for one in listed)
        elif name in PLACES:
            told[name] = page.places.get(value, value)
        elif name in MEMBERS:
            told[name] = words(N_("glyph:list")).join(page.name(one) for one in listed)
        elif name in LISTED:
            told[name] = words(N_("glyph:list")).join(listed)
    return told


def _procedure(page: Page, name: str) -> str:
    found = page.engine.registry.procedures.get(name)
    return found.title.get(page.language, name) if found else name


def who_may(page: Page, kind: Kind) -> str:
    """Say which roles may do an act, for the table of what can be done."""
    roles = [role for role in kind.may if role not in ("plugin", "clock", "operator")]
    return page.words(N_("glyph:list")).join(
        dict.fromkeys(role_words(page, role) for role in roles)
    )
