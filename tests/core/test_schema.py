"""Reading and writing an event's fields: each limit just below, at and above, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Annotated, Any, Literal

import pytest

from wugong import (
    BUILD,
    PLAN,
    Between,
    Many,
    Most,
    Ref,
    Sealed,
    Stage,
    To,
    Unreadable,
    event,
    kind_of,
    read_time,
    seal,
    write_time,
)
from wugong.schema import MOST_INT, json_schema, read_record, shape, write_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    text: Annotated[str, Most(5)]
    answers: Annotated[tuple[Ref, ...], To("shop.asked")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    title: Annotated[str, Most(5)]
    plain: str = ""
    count: Annotated[int, Between(0, 10)] = 0
    number: int = 0
    about: Ref | None = None
    flag: bool = False
    day: date = date(2026, 3, 1)
    at: datetime = datetime(2026, 3, 1, 1, tzinfo=UTC)
    share: Fraction = Fraction(1, 2)
    stage: Stage = PLAN
    choice: Literal["yes", "no"] = "yes"
    level: Literal[1, 2] = 1
    secret: Annotated[Sealed[str] | None, Most(5)] = None
    clauses: Annotated[tuple[Clause, ...], Many(2)] = ()
    names: Annotated[tuple[str, ...], Many(3, least=1)] = ("a",)
    words: Mapping[str, int] | None = None


def problems(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Unreadable) as caught:
        read_record(Everything, {"title": "ok", **fields})
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        pytest.param("title", "12345", "12345", id="exactly as long as allowed"),
        pytest.param("title", "議題議題議", "議題議題議", id="characters, not bytes"),
        pytest.param("plain", "x" * 200, "x" * 200, id="200 characters where nothing is said"),
        pytest.param("plain", "a\n\tb", "a\n\tb", id="line ends and tabs"),
        pytest.param("count", 0, 0, id="the least"),
        pytest.param("count", 10, 10, id="the most"),
        pytest.param("number", MOST_INT, MOST_INT, id="the largest exact number"),
        pytest.param("number", -MOST_INT, -MOST_INT, id="the smallest exact number"),
        pytest.param("about", 1, Ref(1), id="the first fact"),
        pytest.param("about", None, None, id="no fact"),
        pytest.param("flag", True, True, id="true"),
        pytest.param("day", "2024-02-29", date(2024, 2, 29), id="a leap day"),
        pytest.param(
            "at",
            "2026-03-01T09:00:00+08:00",
            datetime(2026, 3, 1, 1, tzinfo=UTC),
            id="a time in its zone comes out in UTC",
        ),
        pytest.param("share", "2/3", Fraction(2, 3), id="a share"),
        pytest.param("share", "4/6", Fraction(2, 3), id="a share that is not in lowest terms"),
        pytest.param("stage", "build", BUILD, id="a stage"),
        pytest.param("choice", "no", "no", id="a word"),
        pytest.param("level", 2, 2, id="a number to choose"),
        pytest.param("names", ["a"], ("a",), id="the fewest items"),
        pytest.param("names", ["a", "b", "c"], ("a", "b", "c"), id="the most items"),
    ],
)
def test_what_fits_is_read(field: str, value: Any, read: Any) -> None:
    found = getattr(read_record(Everything, {"title": "ok", field: value}), field)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("title", "123456", "has 6 characters, at most 5 are allowed"),
        ("plain", "x" * 201, "has 201 characters, at most 200 are allowed"),
        ("title", 7, "must be text, got a number"),
        ("title", 7.5, "must be text, got a decimal number"),
        ("title", None, "must be text, got nothing"),
        ("title", True, "must be text, got true/false"),
        ("title", ["a"], "must be text, got a list"),
        ("title", {"a": 1}, "must be text, got an object"),
        ("title", "a\x00b", "contains a control character"),
        ("title", "a\rb", "contains a control character"),
        ("title", "\ud800", "contains a control character"),
        ("title", "", "must not be empty"),
        ("title", " \n\t", "must not be empty"),
        ("title", "\u3000", "must not be empty"),
        ("count", -1, "must be from 0 to 10, got -1"),
        ("count", 11, "must be from 0 to 10, got 11"),
        ("count", "3", "must be a whole number, got text"),
        ("count", 3.0, "must be a whole number, got a decimal number"),
        ("count", True, "must be a whole number, got true/false"),
        (
            "number",
            MOST_INT + 1,
            f"must be from {-MOST_INT} to {MOST_INT}, got {MOST_INT + 1}",
        ),
        (
            "number",
            -MOST_INT - 1,
            f"must be from {-MOST_INT} to {MOST_INT}, got {-MOST_INT - 1}",
        ),
        ("about", 0, f"must be from 1 to {MOST_INT}, got 0"),
        ("about", "5", "must be a whole number, got text"),
        ("flag", 1, "must be true or false, got a number"),
        ("flag", "true", "must be true or false, got text"),
        ("day", "2026-02-29", "must be a date such as 2026-03-01, got '2026-02-29'"),
        ("day", 20260301, "must be a date such as 2026-03-01, got a number"),
        (
            "at",
            "2026-03-01T09:00:00",
            "must be a time with its zone such as 2026-03-01T09:00:00+08:00, "
            "got '2026-03-01T09:00:00'",
        ),
        ("share", "2/0", "must be a share such as 2/3, got '2/0'"),
        ("share", "two thirds", "must be a share such as 2/3, got 'two thirds'"),
        ("share", 0.5, "must be a share such as 2/3, got a decimal number"),
        (
            "stage",
            "paint",
            "must be a stage (plan, build, manage, evaluate, share), got 'paint'",
        ),
        ("choice", "maybe", "must be one of yes, no, got 'maybe'"),
        ("choice", ["yes"], "must be one of yes, no, got \"['yes']\""),
        ("level", 3, "must be one of 1, 2, got '3'"),
        ("level", True, "must be one of 1, 2, got 'True'"),
        ("level", 1.0, "must be one of 1, 2, got '1.0'"),
        ("secret", "123456", "has 6 characters, at most 5 are allowed"),
        ("secret", 5, "must be text, got a number"),
        ("names", [], "must have 1 to 3 items, has 0"),
        ("names", ["a", "b", "c", "d"], "must have 1 to 3 items, has 4"),
        ("names", "abc", "must be a list, got text"),
        ("names", {"a": 1}, "must be a list, got an object"),
        ("words", [1], "must be an object, got a list"),
        ("words", {1: 1}, "must be an object, got an object"),
    ],
)
def test_what_does_not_fit_is_named_in_words(field: str, value: Any, what: str) -> None:
    assert problems(**{field: value}) == [(field, what)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0001-01-01T00:00:00+08:00", id="before the first year"),
        pytest.param("9999-12-31T23:59:59-08:00", id="after the last year"),
    ],
)
def test_a_time_beyond_the_calendar_is_no_time(text: str) -> None:
    assert problems(at=text)[0][0] == "at"


@pytest.mark.parametrize("text", ["1e999999999", "1_0/3", " 1/2", "0.5", "1", "1/2/3", "9" * 50])
def test_a_share_is_two_numbers_and_nothing_else(text: str) -> None:
    assert problems(share=text)[0][1].startswith("must be a share such as 2/3, got ")


def test_a_mapping_has_at_most_a_thousand_entries() -> None:
    full = {str(n): n for n in range(1000)}
    assert read_record(Everything, {"title": "ok", "words": full}).words == full
    assert problems(words={**full, "x": 1}) == [
        ("words", "must have at most 1000 entries, has 1001")
    ]
    assert problems(words={"a": "b"}) == [("words.a", "must be a whole number, got text")]


def test_every_problem_is_told_at_once_with_its_place() -> None:
    with pytest.raises(Unreadable) as caught:
        read_record(
            Everything,
            {
                "count": 99,
                "colour": "red",
                "clauses": [{"text": "fine"}, {"text": "far too long", "answers": [0, "x"]}],
            },
        )
    assert set(caught.value.problems) == {
        ("colour", "is not a field of this act"),
        ("title", "is missing"),
        ("count", "must be from 0 to 10, got 99"),
        ("clauses[1].text", "has 12 characters, at most 5 are allowed"),
        ("clauses[1].answers[0]", f"must be from 1 to {MOST_INT}, got 0"),
        ("clauses[1].answers[1]", "must be a whole number, got text"),
    }
    assert "colour: is not a field of this act; " in str(caught.value)


@pytest.mark.parametrize(("body", "got"), [(None, "nothing"), ("x", "text"), ([], "a list")])
def test_a_body_is_an_object(body: Any, got: str) -> None:
    with pytest.raises(Unreadable, match=f"^body: must be an object, got {got}$"):
        read_record(Everything, body)


def test_what_is_written_is_read_back_the_same() -> None:
    full = Everything(
        title="灯",
        count=3,
        about=Ref(7),
        at=datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8))),
        share=Fraction(2, 3),
        stage=BUILD,
        secret=Sealed("a", "b"),
        clauses=(Clause(text="one", answers=(Ref(1), Ref(2))),),
        words={"n": 1},
    )
    written = write_record(full)
    assert written["at"] == "2026-03-01T01:00:00.123Z"
    assert written["share"] == "2/3"
    assert written["secret"] == {"id": "a", "commitment": "b"}
    assert written["clauses"] == [{"text": "one", "answers": [1, 2]}]
    assert write_record(read_record(Everything, written)) == written


@pytest.mark.parametrize("year", [1, 999, 1000, 9999])
def test_a_year_is_always_written_with_four_digits(year: int) -> None:
    at = datetime(year, 6, 1, tzinfo=UTC)
    assert write_time(at) == f"{year:04d}-06-01T00:00:00.000Z"
    assert read_time(write_time(at)) == at


def test_a_time_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="a time needs its zone"):
        write_time(datetime(2026, 3, 1))  # noqa: DTZ001


def test_what_is_made_in_python_is_checked_no_less_than_json() -> None:
    assert problems(clauses=(Clause(text="far too long"),)) == [
        ("clauses[0].text", "has 12 characters, at most 5 are allowed")
    ]
    assert problems(at=datetime(2026, 3, 1))[0][0] == "at"  # noqa: DTZ001
    assert problems(stage=PLAN | BUILD)[0][0] == "stage"
    assert read_record(Everything, {"title": "x", "share": Fraction(1, 3)}).share == Fraction(1, 3)


def test_a_sealed_text_never_shows_in_repr_nor_in_what_is_written() -> None:
    secret = seal("canary")
    assert "canary" not in repr(secret)
    assert secret == Sealed()  # nor does comparing tell the text
    assert write_record(Everything(title="x", secret=secret))["secret"] == {
        "id": "",
        "commitment": "",
    }


def test_a_sealed_text_is_held_to_its_length_when_made_in_python() -> None:
    assert problems(secret=seal("123456")) == [
        ("secret", "has 6 characters, at most 5 are allowed")
    ]


def test_the_json_schema_names_types_limits_and_what_is_required() -> None:
    described = json_schema(Everything)
    assert described["required"] == ["title"]
    assert described["additionalProperties"] is False
    its = described["properties"]
    assert its["title"] == {"type": "string", "maxLength": 5}
    assert its["count"] == {"type": "integer", "minimum": 0, "maximum": 10}
    assert its["about"]["anyOf"][0]["minimum"] == 1
    assert its["secret"]["anyOf"][0]["writeOnly"] is True
    assert its["clauses"]["maxItems"] == 2
    assert its["clauses"]["items"]["required"] == ["text"]
    assert its["choice"] == {"enum": ["yes", "no"]}
    assert its["stage"]["enum"] == ["plan", "build", "manage", "evaluate", "share"]


@pytest.mark.parametrize("kind", [float, bytes, list[int], dict[str, int], Any, tuple[int, str]])
def test_what_json_cannot_carry_exactly_cannot_be_declared(kind: Any) -> None:
    with pytest.raises(TypeError, match="cannot be recorded"):
        shape(kind)


def test_a_sealed_text_stands_at_the_top_of_an_event_or_in_a_list_there() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Inner:
        text: Sealed[str]

    for kind in (Inner, tuple[Inner, ...], Mapping[str, Sealed[str]]):
        with pytest.raises(TypeError, match="sealed"):
            shape(kind)


def test_a_reference_in_a_mapping_cannot_be_declared() -> None:
    """Nobody would check that its fact exists."""
    with pytest.raises(TypeError, match="reference"):
        shape(Mapping[str, Ref])


@pytest.mark.parametrize("name", ["", "verb", "shop.", ".verb", "my shop.verb", "shop.a b"])
def test_an_event_is_called_plugin_dot_verb(name: str) -> None:
    with pytest.raises(TypeError, match="an event is called plugin"):
        event(name, may={})


def test_a_class_that_was_not_declared_is_no_event() -> None:
    with pytest.raises(TypeError, match="is not declared with @event"):
        kind_of(Everything)
