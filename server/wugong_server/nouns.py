"""The nouns of the engine as JSON, for one reader: what the API's reading routes answer with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wugong import (
    STAGES,
    Entitlement,
    Fact,
    Kind,
    Matter,
    Procedure,
    Requirement,
    Stage,
    Standing,
    Unknown,
    VotingRule,
    Waiting,
    Words,
    body_of,
    write_time,
)
from wugong.contributions import SettingDefault
from wugong_server import telling
from wugong_server.page import Page
from wugong_server.running import Owed

Json = dict[str, Any]


def time(at: datetime | None) -> str | None:
    """Write a time as the API does: ISO 8601 in UTC."""
    return write_time(at) if at is not None else None


def stages(matter: Any, words: Words) -> list[Json]:
    """Write how each of the five stages stands; ``until`` where it is held and that is known."""
    return [
        {
            "stage": stage.key,
            "title": words(stage.title),
            "status": matter.status(stage),
            "until": _held_until(matter, stage),
        }
        for stage in STAGES
    ]


def _held_until(matter: Any, stage: Stage) -> str | None:
    hold = matter.held(stage) if isinstance(matter, Matter) else None
    return time(hold.until) if hold else None


def line(row: Any, words: Words) -> Json:
    """Write a matter as one line of a list."""
    return {
        "id": row.id,
        "title": row.title,
        "category": row.category,
        "stages": stages(row, words),
        "opened": row.opened,
        "last": row.last,
        "changed": time(row.changed),
    }


def matter(found: Matter, words: Words) -> Json:
    """Write a matter whole."""
    return {
        "id": found.id,
        "community": found.community,
        "title": found.title,
        "summary": found.summary,
        "category": found.category,
        "audience": found.audience,
        "opened_by": found.opened_by,
        "opened_at": time(found.opened_at),
        "stages": stages(found, words),
        "plugins": sorted(found.plugins),
        "last": found.last,
    }


def community(standing: Standing, words: Words, settings: Mapping[str, SettingDefault]) -> Json:
    """Write a community: its setting, plugins, rosters and settings."""
    return {
        "id": standing.community,
        "title": standing.title,
        "setting": standing.setting,
        "plugins": list(standing.plugins),
        "retired": list(standing.retired),
        "rosters": [
            {"roster": name, "edition": edition}
            for name, edition in sorted(standing.rosters.items())
        ],
        "settings": [
            {
                "name": name,
                "title": words(default.title),
                "value": standing.settings.get(name, default.default),
                "default": default.default,
                "source": default.source,
            }
            for name, default in sorted(settings.items())
            if name.partition(".")[0] in standing.plugins
        ],
    }


def facts(page: Page, found: Sequence[Fact]) -> list[Json]:
    """Write facts with their texts, as far as the reader may open them; else ``null``."""
    texts = page.engine.texts(found, page.viewer)
    return [fact(page, one, texts.get(one.seq, {})) for one in found]


def fact(page: Page, one: Fact, texts: Mapping[str, str | None]) -> Json:
    """Write one fact; ``texts`` are its sealed fields as opened for the reader."""
    kind = page.engine.registry.kind(one.kind)
    body = body_of(one.event)
    if not isinstance(one.event, Unknown):
        _open_sealed(body, texts)
    return {
        "seq": one.seq,
        "matter": one.matter,
        "kind": one.kind,
        "title": page.words_of(kind.plugin)(kind.title or kind.name) if kind else one.kind,
        "says": telling.sentence(page, one, texts),
        "version": one.version,
        "by": one.by,
        "principal": one.principal,
        "channel": one.channel,
        "at": time(one.at),
        "cause": one.cause,
        "body": body,
    }


def _open_sealed(body: Json, texts: Mapping[str, str | None]) -> None:
    for place, text in texts.items():
        name, bracket, rest = place.partition("[")
        if bracket:
            body[name][int(rest.rstrip("]"))] = text
        else:
            body[name] = text


def waiting(page: Page, items: Iterable[tuple[str, Waiting]]) -> list[Json]:
    """Write what is awaited: from whom, by when, and which act answers it."""
    return [
        {
            "matter": where,
            "what": page.words(item.what, **telling.details_words(page, page.words, item.details)),
            "who": item.who,
            "by": time(item.by),
            "act": item.act,
            "about": item.about,
            "source": item.source,
            "details": dict(item.details),
        }
        for where, item in items
    ]


def term(one: Owed) -> Json:
    """Write a term that runs in a matter: what is to be done, by when, by which article."""
    return {
        "term": one.of.term.id,
        "procedure": one.of.procedure.id,
        "title": one.title,
        "body": one.body,
        "who": one.who,
        "kind": one.of.term.kind,
        "since": one.of.since.isoformat(),
        "day": one.over.day.isoformat(),
        "by": time(one.by),
        "article": one.source,
        "confidence": one.of.term.confidence,
        "moved": one.over.moved,
        "unknown_years": list(one.over.unknown_years),
        "note": one.note,
        "act": one.act,
        "step": one.step,
    }


def duty(page: Page, kind: Kind) -> Json:
    """Write one row of the 權責清單: who may do what in which stages, by which article."""
    required = set(kind.schema()["required"])
    return {
        "kind": kind.name,
        "title": page.words_of(kind.plugin)(kind.title or kind.name),
        "may": [
            {
                "role": role,
                "title": telling.role_words(page, role),
                "stages": [stage.key for stage in STAGES if stage & allowed],
            }
            for role, allowed in kind.may.items()
        ],
        "not_same_as": list(kind.not_same_as),
        "shown_to": kind.shown_to.split("|"),
        "source": kind.source,
        "while_held": kind.despite_hold,
        "fields": [
            {
                "name": name,
                "required": name in required,
                "sealed": bool(shape.json.get("writeOnly")),
            }
            for name, shape in kind.fields.items()
        ],
    }


def procedure(found: Procedure, language: str) -> Json:
    """Write a procedure as data, with its legal basis and how sure we are of it."""
    return {
        "id": found.id,
        "title": found.title.get(language) or next(iter(found.title.values()), found.id),
        "titles": dict(found.title),
        "body": found.body,
        "setting": found.setting,
        "roster": found.roster,
        "quorum": [requirement(test) for test in found.quorum],
        "consent": [requirement(test) for test in found.consent],
        "classes": [
            {"id": one.id, "title": one.title.get(language, one.id), "chair": one.chair}
            for one in found.classes
        ],
        "notice_days": found.notice_days,
        "notice_source": found.notice_source,
        "publish_days": found.publish_days,
        "publish_source": found.publish_source,
        "before": list(found.before),
        "secrecy": found.secrecy,
        "decides": found.decides,
        "matters": list(found.matters),
        "overridable": list(found.overridable),
        "jurisdiction": found.jurisdiction,
        "parent": found.parent or None,
        "ancestors": list(found.ancestors),
        "effective_from": found.effective_from.isoformat(),
        "effective_to": found.effective_to.isoformat() if found.effective_to else None,
        "basis": [
            {"article": b.article, "text_year": b.text_year, "confidence": b.confidence}
            for b in found.basis
        ],
    }


def requirement(test: Requirement) -> Json:
    """Write one test of a procedure; the share is text, never a decimal number."""
    share = test.threshold.share
    return {
        "id": test.id,
        "measure": test.measure,
        "base": test.base,
        "op": test.threshold.op,
        "share": f"{share.numerator}/{share.denominator}",
        "source": test.threshold.source,
    }


def rule(found: VotingRule, words: Words) -> Json:
    """Write a counting rule."""
    return {
        "id": found.id,
        "title": words(found.title),
        "source": found.source,
        "fixed_options": list(found.fixed_options) if found.fixed_options is not None else None,
    }


def entitlement(roster: str, found: Entitlement) -> Json:
    """Write what one is entitled to: units and weight."""
    return {
        "roster": roster,
        "id": found.id,
        "heads": found.heads,
        "households": found.households,
        "area_dm2": found.area_dm2,
        "units": [
            {"unit": part.unit, "group": part.group, "area_dm2": part.area_dm2}
            for part in found.parts
        ],
    }


def reader(page: Page) -> Json:
    """Write who reads: the member and the roles and relations held here."""
    return {
        "member": page.viewer.member,
        "roles": [
            {"role": role, "title": telling.role_words(page, role)}
            for role in sorted(page.viewer.roles)
        ],
    }
