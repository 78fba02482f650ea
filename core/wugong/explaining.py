"""What a decision comes to, written out: tests, articles, and words in three languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wugong.composing import compose
from wugong.figures import BASES, UNITS, told, write_figure
from wugong.polls import Test
from wugong.procedures import Procedure, Requirement
from wugong.words import N_

Json = dict[str, Any]
OUTCOMES = {
    "passed": N_("Carried."),
    "rejected": N_("Not carried."),
    "no_quorum": N_("Too few took part: nothing is decided."),
    "void": N_("Void: the decision has no effect."),
    "elected": N_("Elected: {names}."),
    "nobody": N_("The election is valid, but nobody is elected."),
    "recalled": N_("Recalled."),
    "lawful": N_("The body is composed as the law asks."),
    "unlawful": N_("The body is not composed as the law asks."),
}
MET = N_("{have} of {of} {unit} ({base}): {op} {share} is reached [{source}].")
UNMET = N_(
    "{have} of {of} {unit} ({base}): {op} {share} is not reached, {needed} are needed [{source}]."
)
AT_LEAST = N_("{unit}: {have}, at least {number} are needed [{source}].")
AT_MOST = N_("{unit}: {have}, at most {number} are allowed [{source}].")
ADVICE = N_("This is an opinion and has no legal effect where a statute decides.")
FROM_MEMORY = N_("{test} is from memory and was not read again: check it.")
UNVERIFIED = N_("The share of {test} is from memory and was not read again: check it.")


def answer(
    procedure: Procedure,
    outcome: str,
    tests: Iterable[Test],
    text: Mapping[str, str],
    flags: Iterable[Json],
) -> Json:
    """Write what a decision comes to, with every test, article and word."""
    rules = {rule.id: rule for rule in (*procedure.quorum, *procedure.consent)}
    written = [(test, rules[_rule_of(test.id, rules)]) for test in tests]
    said = dict(text)
    for test, rule in written:
        line = _line(test, rule)
        said = follow(said, line)
    unverified = [
        {"code": "unverified", "text": told(UNVERIFIED, test=rule.id)}
        for _, rule in written
        if rule.confidence == "M"
    ]
    if not procedure.decides:
        said = follow(said, told(ADVICE))
    return {
        "procedure": procedure.id,
        "version": procedure.version,
        "outcome": outcome,
        "binding": procedure.decides and outcome != "void",
        "tests": [write_test(test, rule) for test, rule in written],
        "basis": [
            {"article": b.article, "text_year": b.text_year, "confidence": b.confidence}
            for b in procedure.basis
        ],
        "text": said,
        "needed": {
            test.id: {
                "unit": rule.counts,
                "least": write_figure(rule.counts, test.needed),
                "missing": write_figure(rule.counts, max(0, test.needed - test.have)),
            }
            for test, rule in written
        },
        "flags": unverified + list(flags),
    }


def follow(said: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Put one sentence after another; Chinese takes no space between them."""
    return {
        language: f"{text}{' ' if language == 'en' else ''}{more[language]}"
        for language, text in said.items()
    }


def _rule_of(test: str, rules: Mapping[str, Requirement]) -> str:
    return test if test in rules else next(name for name in rules if test.startswith(f"{name}."))


def write_test(test: Test, rule: Requirement) -> Json:
    """Write a test as applied; an area as text, a share as a fraction."""
    return {
        "id": test.id,
        "unit": rule.counts,
        "have": write_figure(rule.counts, test.have),
        "of": write_figure(rule.counts, test.of),
        "base": test.base,
        "op": test.op,
        "share": f"{test.share.numerator}/{test.share.denominator}",
        "met": test.met,
        "source": test.source,
        "confidence": rule.confidence or "",
    }


def _line(test: Test, rule: Requirement) -> dict[str, str]:
    unit, base = told(UNITS[rule.counts]), told(BASES[test.base])
    share = f"{test.share.numerator}/{test.share.denominator}"
    return {
        language: told(
            MET if test.met else UNMET,
            have=write_figure(rule.counts, test.have),
            of=write_figure(rule.counts, test.of),
            unit=unit[language],
            base=base[language],
            op=test.op,
            share=share,
            needed=write_figure(rule.counts, test.needed),
            source=test.source,
        )[language]
        for language in unit
    }


def composed(procedure: Procedure, request: Mapping[str, Any]) -> Json:
    """Write whether a body is composed as the law asks."""
    tests = compose(procedure, request)
    lawful = all(test["met"] for test in tests)
    text = told(OUTCOMES["lawful" if lawful else "unlawful"])
    for test in tests:
        text = follow(text, _composed_line(test, procedure))
    return {
        "procedure": procedure.id,
        "version": procedure.version,
        "outcome": "passed" if lawful else "rejected",
        "tests": [
            {k: v for k, v in test.items() if k not in ("least", "most", "over")} for test in tests
        ],
        "basis": [
            {"article": b.article, "text_year": b.text_year, "confidence": b.confidence}
            for b in procedure.basis
        ],
        "text": text,
        "needed": {test["id"]: _asked(test) for test in tests},
        "flags": [
            {"code": "unverified", "text": told(FROM_MEMORY, test=test["id"])}
            for test in tests
            if test["confidence"] == "M"
        ],
    }


def _composed_line(test: Mapping[str, Any], procedure: Procedure) -> dict[str, str]:
    """Say one test of a composition: a share, or a number at least or at most."""
    names = {
        name: told(one) for name, one in {**UNITS, "women": N_("women representatives")}.items()
    }
    names |= {one.id: dict(one.title) for one in procedure.classes}
    unit = names[test["unit"]]
    fixed = {"number": AT_LEAST, "most": AT_MOST}.get(test["base"])
    if fixed:
        details = {"have": test["have"], "number": test["of"], "source": test["source"]}
        return {lang: told(fixed, unit=name, **details)[lang] for lang, name in unit.items()}
    details = {key: test[key] for key in ("have", "of", "op", "share", "source")}
    details["needed"], base = test["least"], names[test["base"]]
    message = MET if test["met"] else UNMET
    return {
        lang: told(message, unit=name, base=base[lang], **details)[lang]
        for lang, name in unit.items()
    }


def _asked(test: Mapping[str, Any]) -> Json:
    if "most" in test:
        return {"unit": test["unit"], "most": test["most"], "over": test["over"]}
    missing = max(0, test["least"] - test["have"])
    return {"unit": test["unit"], "least": test["least"], "missing": missing}
