"""Forms from declarations: every shape of field goes to the browser and comes back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData

from wugong import (
    ANY,
    PLAN,
    Anew,
    Between,
    Choice,
    Label,
    Many,
    Most,
    Ref,
    Sealed,
    SettingChanged,
    Stage,
    To,
    Unreadable,
    Words,
    event,
    kind_of,
    seal,
)
from wugong_server.fields import Asking, Field, body_of_form, fields_of, typed
from wugong_server.forms import Form, hundredths, local_time
from wugong_server.speech import problems

CHINA = ZoneInfo("Asia/Shanghai")
ENGLISH = Words("en", ["wugong_server"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    text: Annotated[str, Label("Clause"), Most(500)]
    answers: Annotated[tuple[Ref, ...], Label("Answers"), To("planning.need_filed")] = ()


@event("example.everything", may={"officer": ANY}, title="Everything", says="…")
class Everything:
    """One field of each shape."""

    title: Annotated[str, Label("Title"), Most(80)]
    story: Annotated[Sealed[str], Label("Story"), Most(1000)]
    cost_fen: Annotated[int, Label("Cost"), Between(0)]
    area_dm2: Annotated[int, Label("Area")] = 0
    days: Annotated[int, Label("Days"), Between(1, 365)] = 15
    answers: Annotated[Ref | None, Label("Answers"), To("planning.need_filed")] = None
    about: Annotated[tuple[Ref, ...], Label("About")] = ()
    names: Annotated[tuple[str, ...], Label("Names")] = ()
    clauses: Annotated[tuple[Clause, ...], Label("Clauses"), Many(5)] = ()
    stance: Annotated[
        Literal["support", "object"],
        Label("Stance"),
        Choice({"support": "I agree", "object": "I do not"}),
    ] = "support"
    urgent: Annotated[bool, Label("Urgent")] = False
    share: Annotated[Fraction, Label("Share")] = Fraction(2, 3)
    day: Annotated[date | None, Label("Day")] = None
    closes_at: Annotated[datetime | None, Label("Closes at")] = None
    stage: Annotated[Stage, Label("Stage")] = PLAN
    why: Annotated[str, Label("Why"), Anew()] = ""
    hidden: str = "not asked"


KIND = kind_of(Everything)


@event("example.of_a_poll", may={"officer": ANY}, title="Of a poll", says="…")
class OnlyOfAPoll:
    """An act that must name a poll and may name needs."""

    poll: Annotated[Ref, Label("Poll"), To("voting.poll_opened")]
    answers: Annotated[tuple[Ref, ...], Label("Answers"), To("planning.need_filed")] = ()


def sent(**fields: str | list[str]) -> Form:
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        listed = value if isinstance(value, list) else [value]
        pairs += [(name.replace("__", "-"), one) for one in listed]
    return Form(FormData([*pairs]), CHINA)


def needs(kinds: Sequence[str]) -> list[tuple[str, str]]:
    assert kinds in (("planning.need_filed",), ())
    return [("31", "Need 31"), ("34", "Need 34")]


def asked(form: Form) -> dict[str, Field]:
    asking = Asking(words=ENGLISH, zone=CHINA, facts=needs, audience="members")
    return {field.name: field for field in fields_of(Everything, form, asking)}


LEAST = {"title": "Lights", "story": "It is dark.", "cost_fen": "126000"}


def test_what_a_person_types_becomes_the_event() -> None:
    form = sent(
        **LEAST,
        area_dm2="98.6",
        days="30",
        answers="31",
        about=["31", "34"],
        names="Wang\nLi\n",
        clauses__0__text="Lamps at the gate",
        clauses__0__answers=["31"],
        clauses__1__text="",
        stance="object",
        urgent="yes",
        share="3/4",
        day="2026-12-10",
        closes_at="2026-12-10T18:00",
        stage="build",
        why="Asked for.",
    )
    made = KIND.read(body_of_form(Everything, form))
    assert made == Everything(
        title="Lights",
        story=seal("It is dark."),
        cost_fen=12_600_000,
        area_dm2=9860,
        days=30,
        answers=Ref(31),
        about=(Ref(31), Ref(34)),
        names=("Wang", "Li"),
        clauses=(Clause(text="Lamps at the gate", answers=(Ref(31),)),),
        stance="object",
        urgent=True,
        share=Fraction(3, 4),
        day=date(2026, 12, 10),
        closes_at=datetime(2026, 12, 10, 10, tzinfo=UTC),
        stage=Stage.BUILD,
        why="Asked for.",
    )
    assert made.story.clear == "It is dark."

    again = typed(Everything, made, CHINA)
    assert not {"story", "why"} & dict(again).keys()  # sealed, and said anew each time
    rest = [("story", "It is dark."), ("why", "Asked for.")]
    assert KIND.read(body_of_form(Everything, Form(FormData([*again, *rest]), CHINA))) == made


def test_what_is_left_empty_keeps_its_default() -> None:
    made = KIND.read(body_of_form(Everything, sent(**LEAST, days="", answers="", names="")))
    assert (made.days, made.answers, made.names, made.urgent) == (15, None, (), False)


def test_every_wrong_field_is_named_at_once_and_keeps_what_was_typed() -> None:
    form = sent(title="", story="x", cost_fen="12.345", days="soon", share="a lot")
    with pytest.raises(Unreadable) as caught:
        KIND.read(body_of_form(Everything, form))
    told = problems(caught.value, ENGLISH)
    assert told == {
        "title": "Please fill this in.",
        "cost_fen": "Write a number with at most two decimals, such as 98.60.",
        "days": "Write a whole number, such as 12.",
    }
    assert asked(form)["cost_fen"].value == "12.345"


def test_a_problem_inside_a_list_is_told_at_its_own_line() -> None:
    form = sent(**LEAST, clauses__0__text="x" * 501)
    with pytest.raises(Unreadable) as caught:
        KIND.read(body_of_form(Everything, form))
    assert list(problems(caught.value, ENGLISH)) == ["clauses-0-text"]


def test_each_shape_has_its_own_kind_of_field() -> None:
    fields = asked(sent())
    assert {name: field.widget for name, field in fields.items()} == {
        "title": "text",
        "story": "long",
        "cost_fen": "money",
        "area_dm2": "area",
        "days": "whole",
        "answers": "one",
        "about": "several",
        "names": "lines",
        "clauses": "rows",
        "stance": "one",
        "urgent": "flag",
        "share": "share",
        "day": "date",
        "closes_at": "time",
        "stage": "one",
        "why": "text",
    }


def test_a_field_without_words_is_not_asked() -> None:
    assert "hidden" not in asked(sent())


def test_a_sealed_field_says_who_will_read_it_before_it_is_typed() -> None:
    fields = asked(sent())
    assert fields["story"].audience == "members"
    assert fields["title"].audience == ""


def test_choices_come_from_the_declaration_and_from_the_matter() -> None:
    fields = asked(sent())
    assert fields["stance"].options == (("support", "I agree"), ("object", "I do not"))
    assert fields["answers"].options == (("31", "Need 31"), ("34", "Need 34"))
    assert ("share", "Share") in fields["stage"].options


@pytest.mark.parametrize(
    ("name", "facts", "lacks"),
    [
        pytest.param("poll", [], True, id="one must be chosen and there is none"),
        pytest.param("poll", [("7", "A poll")], False, id="there is one"),
        pytest.param("answers", [], False, id="none need be chosen"),
    ],
)
def test_a_form_without_what_must_be_chosen_cannot_be_sent(
    name: str, facts: list[tuple[str, str]], lacks: bool
) -> None:
    asking = Asking(words=ENGLISH, zone=CHINA, facts=lambda _kinds: facts)
    fields = {field.name: field for field in fields_of(OnlyOfAPoll, sent(), asking)}
    assert fields[name].lacks_choice is lacks


def test_lists_of_records_have_spare_lines_and_more_on_demand() -> None:
    assert len(asked(sent())["clauses"].rows) == 2
    assert len(asked(sent(clauses__0__text="a"))["clauses"].rows) == 3
    more = asked(Form(FormData([("clauses-rows", "9")]), CHINA))
    assert len(more["clauses"].rows) == 5  # Many(5)


def test_spare_lines_may_stay_empty_so_that_a_browser_sends_the_form() -> None:
    filled = asked(sent(clauses__0__text="a"))["clauses"].rows
    assert [row[0].required for row in filled] == [True, False, False]


def test_a_line_in_which_boxes_were_only_offered_is_empty() -> None:
    form = sent(clauses__0__text="a", **{"clauses-0-answers-asked": "1"})
    offered = Form(FormData([*form.data.multi_items(), ("clauses-1-answers-asked", "1")]), CHINA)
    assert body_of_form(Everything, filled(offered))["clauses"] == [{"text": "a", "answers": []}]


def filled(form: Form) -> Form:
    rest = [("title", "t"), ("story", "s"), ("cost_fen", "1")]
    return Form(FormData([*form.data.multi_items(), *rest]), form.zone)


def test_the_address_fills_the_form() -> None:
    fields = asked(sent(answers="34"))
    assert fields["answers"].value == "34"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("1,560,000", 156_000_000), ("98.6", 9860), ("0.05", 5), ("−12", -1200), ("0", 0)],
)
def test_money_is_read_exactly(typed: str, found: int) -> None:
    assert hundredths("x", typed) == found


@pytest.mark.parametrize("typed", ["1.234", "1e3", "NaN", "12元", "", "1.", "٣", "1 2"])
def test_what_is_no_amount_is_refused_not_rounded(typed: str) -> None:
    with pytest.raises(Unreadable):
        hundredths("x", typed)


def test_a_day_alone_counts_to_its_end() -> None:
    assert local_time("x", "2026-12-10", CHINA) == datetime(2026, 12, 10, 16, tzinfo=UTC)
    assert local_time("x", "2026-12-10T18:00", CHINA) == datetime(2026, 12, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30", "2026-12-10T25:00", "9999-12-31"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        local_time("x", typed, CHINA)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Unreadable, match="choice: is missing"):
        sent()["choice"]


def test_form_event_takes_given_values_before_typed_ones() -> None:
    made = sent(**LEAST, days="30").event(Everything, days=7)
    assert made.days == 7


@pytest.mark.parametrize(
    ("short", "value", "widget"),
    [
        pytest.param({"value"}, "30", "text", id="one line"),
        pytest.param({"value"}, "30\n40", "long", id="what stands there has two"),
        pytest.param(set(), "30", "long", id="declared long"),
    ],
)
def test_a_value_of_one_line_is_asked_for_in_one(short: set[str], value: str, widget: str) -> None:
    form = sent(value=value)
    asking = Asking(words=ENGLISH, zone=CHINA, facts=lambda _: (), one_line=frozenset(short))
    found = {field.name: field for field in fields_of(SettingChanged, form, asking)}
    assert (found["value"].widget, found["value"].values) == (widget, (value,))
