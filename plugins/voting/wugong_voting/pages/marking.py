"""What a voter marked on the page of a ballot, as its line of text, and that text in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wugong import N_, Unreadable, Words
from wugong_server import Form
from wugong_voting import showing
from wugong_voting.ballot_forms import (
    BLANK,
    SPOILT,
    BallotForm,
    Written,
    candidates,
    read,
    write_grades,
    write_places,
)
from wugong_voting.state import Poll


@dataclass(frozen=True, slots=True)
class Line:
    """An option on the ballot page: the name of its field and what was marked in it before."""

    option: str
    title: str
    field: str
    marked: str


def lines(poll: Poll, form: BallotForm, words: Words, text: str = "") -> list[Line]:
    """Return the options as the ballot page shows them, marked as ``text`` says."""
    marked = _marks(text, form, poll.options)
    titles = showing.titles_of(poll, words)
    return [
        Line(option, titles[option], f"mark-{number}", marked.get(option, ""))
        for number, option in enumerate(_shown(poll, form))
    ]


def _shown(poll: Poll, form: BallotForm) -> Sequence[str]:
    return poll.options if form.kind == "choose" else candidates(poll.options)


def _marks(text: str, form: BallotForm, options: Sequence[str]) -> Mapping[str, str]:
    if form.kind == "choose":
        return {text: text}
    try:
        groups = read(text, form, options).groups
    except ValueError:
        return {}  # nothing was marked yet, or nothing that the page could show
    if form.numbered:
        return {o: str(form.levels - 1 - n) for n, group in enumerate(groups) for o in group}
    return {option: str(place) for place, group in enumerate(groups, 1) for option in group}


def text_of(form: Form, poll: Poll, kind: BallotForm) -> str:
    """Return the line of text for what was marked; ``Unreadable`` where one option is needed."""
    if spoilt := form.get("spoilt"):
        return f"!{spoilt}"
    if form.get("step") == "cast" or kind.kind == "choose":
        if not form.get("choice"):
            raise Unreadable([("choice", "is missing")])
        return str(form["choice"])
    if kind.kind in ("approval", "projects"):
        return ",".join(form.list("choice")) or BLANK
    marked = {option: form.get(f"mark-{n}") for n, option in enumerate(_shown(poll, kind))}
    numbers = {o: form.whole(f"mark-{n}") for n, (o, text) in enumerate(marked.items()) if text}
    return write_grades(numbers) if kind.numbered else write_places(numbers)


def in_words(text: str, poll: Poll, kind: BallotForm, words: Words) -> list[str]:
    """Say what a ballot chooses, a line for each thing it says."""
    titles = showing.titles_of(poll, words)
    if text in titles:
        return [titles[text]]
    ballot = read(text, kind, poll.options)
    if ballot.spoilt:
        return [words(N_("A spoilt ballot: {reason}"), reason=words(SPOILT[ballot.spoilt]))]
    if not ballot.named:
        return [words(N_("A blank ballot. It takes part and agrees to nothing."))]
    return _named(ballot, kind, titles, words)


def _named(ballot: Written, kind: BallotForm, titles: Mapping[str, str], words: Words) -> list[str]:
    if kind.kind in ("approval", "projects"):
        return [titles[option] for option in ballot.named]
    joint = words(N_(", "))
    told = []
    for number, group in enumerate(ballot.groups):
        if not group:
            continue
        named = joint.join(titles[option] for option in group)
        if kind.numbered:
            grade = kind.levels - 1 - number
            told.append(words(_number_words(kind), grade=grade, options=named))
        else:
            told.append(words(N_("Place {place}: {options}"), place=number + 1, options=named))
    return told


def _number_words(kind: BallotForm) -> str:
    if kind.kind == "grades":
        return N_("Grade {grade}: {options}")
    return N_("{grade} votes: {options}") if kind.squared else N_("{grade} points: {options}")
