"""Sentences with figures in them: how details, problems and refusals are said to a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from wugong import N_, Unreadable, Words, read_time
from wugong_server import formats

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def said(
    details: Mapping[str, object], now: datetime, zone: tzinfo, words: Words
) -> dict[str, object]:
    """Write details for people: 分 as yuan, 0.01 m² as m², groups of three, local days."""
    return {name: _said(name, value, now, zone, words) for name, value in details.items()}


def _said(name: str, value: object, now: datetime, zone: tzinfo, words: Words) -> object:
    if isinstance(value, bool):
        return words(N_("yes")) if value else words(N_("no"))
    if isinstance(value, int):
        if "_fen" in name:
            return formats.money(value, words)
        return formats.area(value, words) if "_dm2" in name else formats.number(value)
    if isinstance(value, datetime):
        return formats.deadline(value, now, zone, words)
    if isinstance(value, str) and ISO_TIME.match(value):
        return _time(value, now, zone, words)
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        noon = datetime.combine(date.fromisoformat(value), datetime.min.time(), zone)
        return formats.day(noon, now, zone, words)
    return value


def _time(text: str, now: datetime, zone: tzinfo, words: Words) -> str:
    try:
        return formats.deadline(read_time(text), now, zone, words)
    except ValueError:
        return text


# What schema.py complains about, and how a person at a form is told.
_PROBLEMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"is missing|must not be blank|must be .*, got nothing"),
        N_("Please fill this in."),
    ),
    (
        re.compile(r"has (?P<has>\d+) characters, at most (?P<most>\d+) are allowed"),
        N_("This has {has} characters; at most {most} fit. Please shorten it."),
    ),
    (re.compile(r"contains a control character"), N_("This contains a sign that cannot be kept.")),
    (
        re.compile(r"must have (?P<least>\d+) to (?P<most>\d+) items, has (?P<has>\d+)"),
        N_("Give {least} to {most} entries; there are {has}."),
    ),
    (re.compile(r"must be a whole number"), N_("Write a whole number, such as 12.")),
    (
        re.compile(r"must be from (?P<low>-?\d+) to (?P<high>\d+), got -?\d+"),
        N_("Write a number from {low} to {high}."),
    ),
    (
        re.compile(r"must be a number with at most two decimals"),
        N_("Write a number with at most two decimals, such as 98.60."),
    ),
    (
        re.compile(r"must be a JPEG"),
        N_("Only JPEG, PNG and WebP pictures and PDF papers can be kept. Please choose another."),
    ),
    (re.compile(r"cannot be read as a picture"), N_("This picture is damaged. Choose another.")),
    (re.compile(r"has too many pixels"), N_("This picture has too many pixels. Choose another.")),
    (
        re.compile(r"may have (?P<most>\d+) MB at most"),
        N_("This file is too large: {most} MB at most."),
    ),
    (re.compile(r"must be a (day|date|time)"), N_("Choose a day, such as 2026-12-10.")),
    (re.compile(r"must be a share"), N_("Write a fraction, such as 2/3.")),
    (re.compile(r"has two answers"), N_("Choose one, or write another: not both.")),
    (re.compile(r"must be (one of|a stage|true or false)"), N_("Choose one of the answers.")),
)
MISREAD = "misread"  # under which a page knows what could not be read, by the name of the field
_OTHER = N_("This cannot be read. Please check it.")
HIGHEST = 2**53 - 1


def problems(error: Unreadable, words: Words) -> dict[str, str]:
    """Say what is wrong with each field, by its name in the form (``options-0-title``)."""
    found: dict[str, str] = {}
    for place, what in error.problems:
        found.setdefault(field_name(place), problem(what, words))
    return found


def field_name(place: str) -> str:
    """Return the form's name of a place in JSON.

    >>> field_name("options[0].title")
    'options-0-title'
    """
    return re.sub(r"\[(\d+)\]", r"-\1", place).replace(".", "-")


def problem(what: str, words: Words) -> str:
    """Say one complaint of the schema in the reader's words."""
    for pattern, message in _PROBLEMS:
        if found := pattern.match(what):
            numbers = {name: formats.number(int(n)) for name, n in found.groupdict().items()}
            if found.groupdict().get("high") == str(HIGHEST):
                return words(N_("Write a number of {low} or more."), low=numbers["low"])
            return words(message, **numbers)
    return words(_OTHER)
