"""One document a procedure, made from its data: every number, its article, how sure we are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wugong.deadlines import terms_of
from wugong.figures import BASES, UNITS
from wugong.packs import DIRECTIONS, changed
from wugong.procedure_parts import Silence, Support
from wugong.procedures import Procedure, Requirement
from wugong.thresholds import Threshold
from wugong.words import N_, Words

CONFIDENCE = {
    "V": N_("read in the text itself"),
    "S": N_("read in a secondary text"),
    "M": N_("from memory, unverified"),
    "I": N_("recommendation, no law"),
}
TERMS = {
    "before": N_("at least {days} days before"),
    "posted": N_("posted for at least {days} days"),
    "within": N_("within {days} days"),
}
WORKING = {
    "before": N_("at least {days} working days before"),
    "posted": N_("posted for at least {days} working days"),
    "within": N_("within {days} working days"),
}
# What a locality may change, by the heading of its section.
FIELDS = {
    "quorum": N_("Taking part"),
    "consent": N_("In favour"),
    "composition": N_("Composition of the body"),
    "demands": N_("A meeting must be called when asked for by"),
    "petition": N_("It starts when asked for by"),
    "proxies": N_("Voting for another"),
    "silence": N_("Ballots that do not come back"),
    "items": N_("Matters of the law"),
    "steps": N_("Steps"),
    "terms": N_("Days to be kept"),
    "notice_days": N_("Notice of the meeting"),
    "publish_days": N_("Posting of the result"),
}
CONVENORS = {
    "owners_committee": N_("The owners' committee calls it."),
    "residents_committee": N_("The residents' committee calls it."),
    "villagers_committee": N_("The villagers' committee calls it."),
    "group_head": N_("The head of the group calls it."),
}
CAUSES = {
    "roof_leak": N_("a leaking roof"),
    "lift": N_("a lift out of order"),
    "facade": N_("a façade coming down"),
    "fire_system": N_("fire protection out of order"),
    "drains": N_("blocked or broken drains"),
    "pump": N_("pumps out of order"),
    "power": N_("power supply out of order"),
}
PARTS = {
    "candidate": N_("a candidate"),
    "proxy_holder": N_("who votes for others"),
    "election_committee": N_("a member of the election committee"),
    "villagers_committee": N_("a member of the villagers' committee"),
    "residents_committee": N_("a member of the residents' committee"),
    "near_relative_of_committee": N_("a near relative of somebody on the committee"),
}
POLICIES = {
    "strict_returned": N_("Only ballots that came back take part."),
    "signed_receipt_is_abstain": N_("A ballot signed for and not returned is an abstention."),
    "follow_majority_if_rules_say": N_(
        "A delivered, silent ballot joins the majority, if the rules say so and the ballot warned."
    ),
    "follow_majority_above_half": N_(
        "A delivered, silent ballot joins a majority that is by itself more than {share} of all, "
        "if the rules say so and the ballot warned."
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A statement of the document, its article, and how sure we are (empty: see the basis).

    ``under``: the ids of the procedures that a vote it speaks of is held under.
    """

    text: str
    source: str = ""
    confidence: str = ""
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document that has something to say."""

    title: str
    lines: tuple[Line, ...]


def describe(
    procedure: Procedure, words: Words, names: Mapping[str, str] | None = None
) -> tuple[Section, ...]:
    """Return the document of ``procedure`` in the language of ``words``, without empty parts.

    ``names`` are the titles of other procedures by id; an id without one stands as it is.
    """
    parts: tuple[tuple[str, Iterable[Line]], ...] = (
        (N_("Taking part"), (_test(one, words) for one in procedure.quorum)),
        (N_("In favour"), (_test(one, words) for one in procedure.consent)),
        (N_("Classes of seats"), _classes(procedure, words)),
        (N_("Composition of the body"), _composition(procedure, words)),
        (N_("Who calls it"), _convenor(procedure, words)),
        (
            N_("A meeting must be called when asked for by"),
            (_support(one, words) for one in procedure.demands),
        ),
        (N_("It starts when asked for by"), (_support(one, words) for one in procedure.petition)),
        (N_("Voting for another"), _proxies(procedure, words)),
        (N_("What one person cannot be at once"), _apart(procedure, words)),
        (N_("Ballots that do not come back"), _silence(procedure, words)),
        (N_("Days to be kept"), _terms(procedure, words)),
        (N_("Steps"), _steps(procedure, words)),
        (N_("Matters of the law"), _items(procedure, words, names or {})),
        (N_("Dangers that allow it without a vote"), _causes(procedure, words)),
        (N_("A locality may change, and only make stricter"), _changeable(procedure, words)),
        (N_("Legal basis"), _basis(procedure, words)),
    )
    made = ((words(title), tuple(lines)) for title, lines in parts)
    return tuple(Section(title, lines) for title, lines in made if lines)


def _silence(procedure: Procedure, words: Words) -> Iterator[Line]:
    for one in procedure.silence:
        yield Line(policy_words(one, words), one.source, one.confidence)


def policy_words(silence: Silence, words: Words) -> str:
    """Say what a silent ballot counts as, and the share that the majority needs for it."""
    its = silence.threshold
    share = f"{its.share.numerator}/{its.share.denominator}" if its else ""
    return words(POLICIES[silence.policy], share=share)


def _steps(procedure: Procedure, words: Words) -> Iterator[Line]:
    for one in procedure.steps:
        yield Line(_named(one.title, words), one.source, one.confidence, one.under)


def _causes(procedure: Procedure, words: Words) -> Iterator[Line]:
    for cause in procedure.causes:
        yield Line(words(CAUSES.get(cause, cause)), procedure.causes_source)


def _changeable(procedure: Procedure, words: Words) -> Iterator[Line]:
    for name in procedure.overridable:
        if name in DIRECTIONS:
            field, direction = words(_field(procedure, name)), words(DIRECTIONS[name])
            yield Line(words(N_("{field}: {direction}"), field=field, direction=direction))


def _basis(procedure: Procedure, words: Words) -> Iterator[Line]:
    for one in procedure.basis:
        said = words(N_("{article} ({year})"), article=one.article, year=str(one.text_year))
        yield Line(said if one.text_year else one.article, one.article, one.confidence)


@dataclass(frozen=True, slots=True)
class Change:
    """What a local pack made stricter: under which heading, and what its parent says instead."""

    title: str
    line: Line
    before: str = ""  # empty: the parent says nothing of it


def stricter(
    pack: Procedure, parent: Procedure, words: Words, names: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """Return what ``pack`` changes of its parent, in the language of ``words``."""
    mine, theirs = (_overridden(one, words, names or {}) for one in (pack, parent))
    found = []
    for name in changed(parent, pack):
        title, old = words(FIELDS[name]), theirs[name]
        found += [
            Change(title, line, old[key].text if key in old else "")
            for key, line in mine[name].items()
            if old.get(key) != line
        ]
        dropped = (line for key, line in old.items() if key not in mine[name])
        found += [Change(title, Line(""), line.text) for line in dropped]
    return tuple(found)


def _overridden(
    procedure: Procedure, words: Words, names: Mapping[str, str]
) -> dict[str, dict[str, Line]]:
    """Return the lines of what a locality may change, by field and by the id of each."""
    composition = _composition(procedure, words)
    items = _items(procedure, words, names)
    return {
        "quorum": {one.id: _test(one, words) for one in procedure.quorum},
        "consent": {one.id: _test(one, words) for one in procedure.consent},
        "composition": dict(zip((c.id for c in procedure.composition), composition, strict=True)),
        "items": dict(zip((one.number for one in procedure.items), items, strict=True)),
        "silence": {s.policy: Line(policy_words(s, words), s.source) for s in procedure.silence},
        "notice_days": _days(procedure, "notice", words),
        "publish_days": _days(procedure, "publish", words),
    }


def _field(procedure: Procedure, name: str) -> str:
    """Return the message id of a field; where nobody votes, what is posted is no result."""
    if name == "publish_days" and procedure.kind == "no_vote":
        return N_("Each posting")
    return FIELDS.get(name, name)


def _days(procedure: Procedure, term: str, words: Words) -> dict[str, Line]:
    its = terms_of(procedure).get(f"{procedure.id}.{term}")
    if its is None:
        return {}
    return {term: Line(words(TERMS[its.kind], days=its.days), its.source, its.confidence)}


def document(procedure: Procedure, words: Words) -> str:
    """Return the document of ``procedure`` as plain text, a line a statement."""
    title = procedure.title.get(words.language) or procedure.id
    rows = [title, procedure.id, ""]
    until = f" – {procedure.effective_to.isoformat()}" if procedure.effective_to else ""
    rows.append(words(N_("In force from {day}"), day=procedure.effective_from.isoformat()) + until)
    if procedure.kind == "no_vote":
        rows.append(words(N_("Nobody votes under this procedure.")))
    elif not procedure.decides:
        rows.append(words(N_("It decides nothing; what comes out is an opinion.")))
    for section in describe(procedure, words):
        rows += ["", section.title]
        for line in section.lines:
            text, under = line.text, ", ".join(line.under)
            if under:
                text = words(N_("{item} – under {procedure}"), item=text, procedure=under)
            source = f" [{line.source}]" if line.source else ""
            sure = f" ({words(CONFIDENCE[line.confidence])})" if line.confidence else ""
            rows.append(f"- {text}{source}{sure}")
    return "\n".join(rows)


def _named(title: Mapping[str, str], words: Words) -> str:
    return title.get(words.language) or next(iter(title.values()), "")


def condition(
    unit: str,
    threshold: Threshold,
    base: str,
    words: Words,
    classes: Mapping[str, str] | None = None,
) -> str:
    """Say what a test asks for: ``owners: 2/3 or more of all entitled``.

    ``classes`` are the titles of the classes of seats by id.
    """
    names = {**UNITS, **BASES, "area": N_("floor area"), "women": N_("women representatives")}
    said = {name: words(one) for name, one in names.items()} | dict(classes or {})
    message = (
        N_("{unit}: {share} or more of {base}")
        if threshold.inclusive
        else N_("{unit}: more than {share} of {base}")
    )
    share = f"{threshold.share.numerator}/{threshold.share.denominator}"
    if threshold.share == 1:
        message = N_("{unit}: all of {base}")
    return words(message, unit=said[unit], share=share, base=said[base])


def class_titles(procedure: Procedure, words: Words) -> dict[str, str]:
    """Return the titles of the classes of seats by id."""
    return {one.id: _named(one.title, words) for one in procedure.classes}


def _test(test: Requirement, words: Words) -> Line:
    text = condition(test.counts, test.threshold, test.base, words)
    return Line(text, test.threshold.source, test.confidence or "")


def _convenor(procedure: Procedure, words: Words) -> Iterable[Line]:
    if procedure.convenor:
        told = CONVENORS.get(procedure.convenor, procedure.convenor)
        yield Line(words(told), procedure.convenor_source)


def _support(support: Support, words: Words) -> Line:
    text = condition(support.unit, support.threshold, "all", words)
    return Line(text, support.threshold.source, support.confidence)


def _composition(procedure: Procedure, words: Words) -> Iterable[Line]:
    classes = class_titles(procedure, words)
    names = {
        name: words(one) for name, one in {**UNITS, "women": N_("women representatives")}.items()
    } | classes
    for rule in procedure.composition:
        if rule.for_each:
            message = (
                N_("{unit}: at most {number} for each of {base}")
                if rule.most
                else N_("{unit}: at least {number} for each of {base}")
            )
            details = {"number": rule.most or rule.number, "base": names[rule.of]}
            text = words(message, unit=names[rule.count], **details)
        elif rule.threshold is None:
            message = (
                N_("{unit}: at most {number}") if rule.most else N_("{unit}: at least {number}")
            )
            text = words(message, unit=names[rule.count], number=rule.most or rule.number)
        else:
            text = condition(rule.count, rule.threshold, rule.of, words, classes)
        yield Line(text, rule.source, rule.confidence)


def _classes(procedure: Procedure, words: Words) -> Iterable[Line]:
    for one in procedure.classes:
        title = _named(one.title, words)
        text = words(N_("{seats}, in the chair"), seats=title) if one.chair else title
        yield Line(text, one.source, one.confidence)


def _apart(procedure: Procedure, words: Words) -> Iterable[Line]:
    for rule in procedure.incompatible:
        one, other = (words(PARTS.get(part, part)) for part in (rule.one, rule.other))
        said = words(N_("Nobody is {one} and {other} at once."), one=one, other=other)
        yield Line(said, rule.source, rule.confidence)


def _proxies(procedure: Procedure, words: Words) -> Iterable[Line]:
    rule = procedure.proxies
    if rule is None:
        return
    said = [words(N_("Allowed, in writing.") if rule.allowed else N_("Not allowed."))]
    if rule.most is not None:
        said.append(words(N_("At most {most} a person."), most=rule.most))
    if rule.allowed and rule.household:
        said.append(words(N_("Only to somebody of the same household.")))
    if rule.allowed and not rule.candidates:
        said.append(words(N_("Candidates cannot vote for others.")))
    joint = " " if words.language == "en" else ""
    yield Line(joint.join(said), rule.source, rule.confidence)


def _terms(procedure: Procedure, words: Words) -> Iterable[Line]:
    titles = {"notice": N_("Notice of the meeting"), "publish": _field(procedure, "publish_days")}
    for term in terms_of(procedure).values():
        title = term.title.get(words.language) or words(titles.get(term.id, term.id))
        days = words((WORKING if term.working else TERMS)[term.kind], days=term.days)
        text = words(N_("{field}: {direction}"), field=title, direction=days)
        yield Line(text, term.source, term.confidence)


def _items(procedure: Procedure, words: Words, names: Mapping[str, str]) -> Iterable[Line]:
    for item in procedure.items:
        text = item.title.get(words.language) or item.number
        if not item.delegable:
            text = words(N_("{item} – not for delegates"), item=text)
        elif item.belongs_to:
            text = words(
                N_("{item} – under {procedure}"),
                item=text,
                procedure=names.get(item.belongs_to, item.belongs_to),
            )
        numbered = f"{item.number}. " if item.number.isdecimal() else ""
        yield Line(numbered + text, item.source, item.confidence)
