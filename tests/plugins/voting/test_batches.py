"""Batches of paper ballots: two people, control totals, all or none, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import cast, decided, heads, opened, rehearsal
from tests.plugins.voting.test_budget_polls import asked, village
from tests.plugins.voting.test_mandates import give, lenient
from tests.plugins.voting.test_papers import DELIVERED, RETURNED, log, papers
from tests.support.api import Program
from wugong import Procedure, Refused, Unreadable
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting import papers as logged
from wugong_voting.ballots import BALLOTS
from wugong_voting.batches import batches_of

ENTERED, CONFIRMED = "voting.batch_entered", "voting.batch_confirmed"
WITHDRAWN = "voting.batch_withdrawn"
THREE = [(1, "101", "yes"), (2, "102", "no"), (3, "301", "yes")]
COUNTED = {"sheets": 3, "options": {"yes": 2, "no": 1}}
Sheets = Sequence[tuple[int, str, str]]


def begun(*charters: Procedure, **more: Any) -> tuple[Rehearsal, str, int]:
    engine = {name: more.pop(name) for name in ("database", "keys") if name in more}
    r = rehearsal(*charters, **engine)
    r.enrol("zhou", ("officer",))
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, **more)


def control(counted: dict[str, Any]) -> dict[str, Any]:
    options = [{"option": o, "count": n} for o, n in counted.get("options", {}).items()]
    return {**counted, "options": options}


def enter(
    r: Rehearsal,
    matter: str,
    poll: int,
    sheets: Sheets = THREE,
    counted: dict[str, Any] = COUNTED,
    number: int = 1,
    by: str = "wang",
) -> None:
    ballots = [{"sheet": n, "entitlement": unit, "choice": c} for n, unit, c in sheets]
    body = {"poll": poll, "number": number, "control": control(counted), "ballots": ballots}
    r.act(by, matter, ENTERED, body)


def confirm(
    r: Rehearsal,
    matter: str,
    poll: int,
    counted: dict[str, Any] = COUNTED,
    number: int = 1,
    by: str = "zhou",
) -> Any:
    body = {"poll": poll, "number": number, "control": control(counted)}
    return r.act(by, matter, CONFIRMED, body)


def ballots(r: Rehearsal, poll: int) -> dict[str, Any]:
    found = r.engine.book(BALLOTS, "example", prefix=f"{poll}/")
    return {place.partition("/")[2]: dict(ballot) for place, ballot in found.items()}


def test_ballots_take_effect_together_when_a_second_person_counted_the_same() -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    assert ballots(r, poll) == {}, "nothing counts before it is confirmed"
    receipt = confirm(r, matter, poll)
    assert len(receipt.facts) == 2, "the confirmation and all ballots, in one commit"
    assert {unit: one["choice"] for unit, one in ballots(r, poll).items()} == {
        "101": "yes",
        "102": "no",
        "301": "yes",
    }
    assert {one["by"] for one in ballots(r, poll).values()} == {"li", "zhao", "sun"}
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 2, "no": 1, "abstain": 0}
    assert made.taken_part.area_dm2 == 250_00


def test_a_batch_that_nobody_confirms_counts_for_nothing() -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.ballots == 0


OFF_BY_ONE = [
    pytest.param({**COUNTED, "sheets": 2}, "voting.batch_sheets_differ", "−1", id="a sheet short"),
    pytest.param({**COUNTED, "sheets": 4}, "voting.batch_sheets_differ", "+1", id="a sheet over"),
    pytest.param(
        {**COUNTED, "options": {"yes": 1, "no": 1}},
        "voting.batch_option_differs",
        "−1",
        id="an option short",
    ),
    pytest.param(
        {**COUNTED, "options": {"yes": 2, "no": 2}},
        "voting.batch_option_differs",
        "+1",
        id="an option over",
    ),
    pytest.param({**COUNTED, "blank": 1}, "voting.batch_blank_differ", "+1", id="blank"),
    pytest.param({**COUNTED, "spoilt": 1}, "voting.batch_spoilt_differ", "+1", id="spoilt"),
    pytest.param(
        {**COUNTED, "options": {"yes": 2, "no": 1, "maybe": 1}},
        "voting.batch_option_differs",
        "+1",
        id="what is no option",
    ),
]


@pytest.mark.parametrize(("counted", "code", "by"), OFF_BY_ONE)
@pytest.mark.parametrize("who", ["first", "second"])
def test_a_control_total_that_differs_is_named_with_by_how_much(
    who: str, counted: dict[str, Any], code: str, by: str
) -> None:
    r, matter, poll = begun()
    if who == "second":
        enter(r, matter, poll)
    act = enter if who == "first" else confirm
    before = r.engine.head("example")
    with pytest.raises(Refused) as refused:
        act(r, matter, poll, counted=counted)
    assert [(one.code, one.details["by"]) for one in refused.value.reasons] == [(code, by)]
    assert (ballots(r, poll), r.engine.head("example")) == ({}, before)


def test_every_total_that_differs_is_told_at_once_by_the_words_on_the_ballot() -> None:
    r, matter, poll = begun()
    with pytest.raises(Refused) as refused:
        enter(r, matter, poll, counted={"sheets": 5, "options": {"yes": 1, "no": 4}})
    assert [dict(one.details) for one in refused.value.reasons] == [
        {"hand": 5, "entered": 3, "by": "+2"},
        {"option": "For", "hand": 1, "entered": 2, "by": "−1"},
        {"option": "Against", "hand": 4, "entered": 1, "by": "+3"},
    ]
    assert batches_of(r.matter(matter), poll) == ()


def test_who_entered_a_batch_does_not_confirm_it() -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    with r.refuses("voting.batch_needs_another"):
        confirm(r, matter, poll, by="wang")
    assert ballots(r, poll) == {}
    confirm(r, matter, poll)


@pytest.mark.parametrize("who", ["li", "desk"])
def test_only_officers_enter_and_confirm(who: str) -> None:
    r, matter, poll = begun()
    with r.refuses("wugong.not_your_role"):
        enter(r, matter, poll, by=who)
    enter(r, matter, poll)
    with r.refuses("wugong.not_your_role"):
        confirm(r, matter, poll, by=who)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_batch_is_entered_once(confirmed: bool) -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    if confirmed:
        confirm(r, matter, poll)
    one = {"sheets": 1, "options": {"yes": 1}}
    with r.refuses("voting.batch_entered_already"):
        enter(r, matter, poll)
    with r.refuses("voting.batch_entered_already"):
        enter(r, matter, poll, [(9, "201", "yes")], one, by="zhou")
    with r.refuses("voting.sheet_entered_already", "voting.paper_entered_already"):
        enter(r, matter, poll, number=2)
    with r.refuses("voting.sheet_entered_already"):
        enter(r, matter, poll, [(3, "201", "yes")], one, number=2)
    with r.refuses("voting.paper_entered_already"):
        enter(r, matter, poll, [(4, "301", "yes")], one, number=2)
    enter(r, matter, poll, [(4, "201", "yes")], one, number=2)


def test_a_batch_is_confirmed_once() -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    confirm(r, matter, poll)
    with r.refuses("voting.batch_not_waiting"):
        confirm(r, matter, poll)
    with r.refuses("voting.batch_not_waiting"):
        confirm(r, matter, poll, number=2)


TWO = {"sheets": 2, "options": {"yes": 2}}
WRONG = [
    pytest.param([(1, "101", "yes"), (1, "102", "yes")], "voting.sheet_twice", id="sheet twice"),
    pytest.param([(1, "101", "yes"), (2, "101", "yes")], "voting.paper_twice", id="unit twice"),
    pytest.param(
        [(1, "101", "yes"), (2, "999", "yes")], "voting.sheet_not_on_the_roll", id="nobody's"
    ),
    pytest.param([(1, "101", "yes"), (2, "102", "perhaps")], "voting.sheet_misread", id="misread"),
    pytest.param(
        [(1, "101", "yes"), (2, "102", "!bored")], "voting.spoilt_why", id="no known reason"
    ),
]


@pytest.mark.parametrize(("sheets", "code"), WRONG)
def test_one_wrong_sheet_refuses_the_whole_batch(sheets: Sheets, code: str) -> None:
    r, matter, poll = begun()
    with r.refuses(code):
        enter(r, matter, poll, sheets, TWO)
    assert ballots(r, poll) == {} and batches_of(r.matter(matter), poll) == ()


def test_a_hundred_wrong_sheets_are_told_in_a_page_of_reasons() -> None:
    r, matter, poll = begun()
    sheets = [(n, f"x{n}", "perhaps") for n in range(1, 101)]
    with pytest.raises(Refused) as refused:
        enter(r, matter, poll, sheets, {"sheets": 100})
    assert 10 < len(refused.value.reasons) <= 20
    assert "wugong.plugin_failed" not in refused.value.codes


@pytest.mark.parametrize("many", [0, 101])
def test_a_batch_has_one_sheet_to_a_hundred(many: int) -> None:
    r, matter, poll = begun()
    before = r.engine.head("example")
    sheets = [(n, f"x{n}", "yes") for n in range(1, many + 1)]
    with pytest.raises(Unreadable, match="ballots: must have 1 to 100 items"):
        enter(r, matter, poll, sheets, {"sheets": many})
    assert r.engine.head("example") == before


def test_batches_are_taken_up_to_the_last_moment_before_the_hour() -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    r.wait(days=7, seconds=-1)
    confirm(r, matter, poll)
    enter(r, matter, poll, [(4, "201", "yes")], {"sheets": 1, "options": {"yes": 1}}, number=2)
    r.clock.move(seconds=1)
    for late in (confirm, enter):
        with pytest.raises(Refused) as refused:
            late(r, matter, poll, number=2)
        assert refused.value.codes == ("voting.poll_is_closed",)
    r.engine.tick()
    assert decided(r, matter, poll).taken_part.ballots == 3


def test_no_batch_before_the_opening_nor_where_no_paper_is_offered() -> None:
    r, matter, poll = begun(opens_at="2026-03-04T01:00:00+00:00")
    with r.refuses("voting.poll_not_open_yet"):
        enter(r, matter, poll)
    r, matter, poll = begun(channels=["web"])
    with r.refuses("voting.channel_not_offered"):
        enter(r, matter, poll)


def test_a_secret_poll_takes_no_batch_and_says_why() -> None:
    r, matter, poll = begun(secrecy="secret")
    with r.refuses("voting.batch_not_secret"):
        enter(r, matter, poll)


def test_a_withdrawn_batch_is_entered_anew() -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    body = {"poll": poll, "number": 1, "reason": "two sheets swapped"}
    r.act("zhou", matter, WITHDRAWN, body)
    with r.refuses("voting.batch_not_waiting"):
        confirm(r, matter, poll)
    enter(r, matter, poll, by="zhou")
    confirm(r, matter, poll, by="wang")
    with r.refuses("voting.batch_not_waiting"):
        r.act("zhou", matter, WITHDRAWN, body)
    assert len(ballots(r, poll)) == 3


def test_blank_and_spoilt_sheets_are_counted_apart_and_take_part() -> None:
    r, matter, poll = begun()
    sheets = [(1, "101", "yes"), (2, "102", "-"), (3, "301", "!illegible")]
    counted = {"sheets": 3, "options": {"yes": 1}, "blank": 1, "spoilt": 1}
    enter(r, matter, poll, sheets, counted)
    confirm(r, matter, poll, counted)
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 1, "no": 0, "abstain": 0}
    assert made.taken_part.heads == 3


DESIGNS = [{"id": one, "title": one.upper()} for one in ("a", "b", "c")]


@pytest.mark.parametrize(
    ("rule", "choices", "options"),
    [
        pytest.param("approval", ["a,c", "c", "-"], {"a": 1, "c": 2}, id="marks"),
        pytest.param("schulze", ["b>a=c", "a=b>c", "-"], {"b": 2, "a": 1}, id="first places"),
        pytest.param("score", ["a:5,b:2", "b:3,c:0", "-"], {"a": 5, "b": 5}, id="grades"),
        pytest.param("quadratic", ["a:4,b:3", "b:1", "-"], {"a": 4, "b": 4}, id="votes"),
        pytest.param("plurality", ["a", "a", "-"], {"a": 2}, id="one option"),
    ],
)
def test_totals_are_those_that_people_count_by_hand_on_each_kind_of_ballot(
    rule: str, choices: list[str], options: dict[str, int]
) -> None:
    r, matter, poll = begun(rule=rule, options=DESIGNS)
    units = ("101", "102", "301")
    sheets = [(n, unit, c) for n, (unit, c) in enumerate(zip(units, choices, strict=True), 1)]
    counted = {"sheets": 3, "options": options, "blank": 1}
    enter(r, matter, poll, sheets, counted)
    confirm(r, matter, poll, counted)
    assert [one["choice"] for one in ballots(r, poll).values()] == choices


def test_projects_that_sheets_mark_are_counted_by_hand_like_marks() -> None:
    r, matter = village()
    r.enrol("zhou", ("officer",))
    poll = asked(r, matter, "mes_cost")
    counted = {"sheets": 3, "options": {"lamp": 1, "tree": 2}, "blank": 1}
    sheets = [(1, "101", "lamp,tree"), (2, "102", "tree"), (3, "301", "-")]
    enter(r, matter, poll, sheets, counted)
    confirm(r, matter, poll, counted)
    assert browse(r, "wang").get(f"/m/{matter}/polls/{poll}/batches/new").status_code == 200
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.heads == 3


# One ballot an entitlement, whatever the mix


@pytest.mark.parametrize(
    ("when", "counts"),
    [
        pytest.param("before it came back", "yes", id="before the paper came back"),
        pytest.param("after it came back", "no", id="after the paper came back"),
        pytest.param("after it was entered", "no", id="between entering and confirming"),
        pytest.param("after it was confirmed", "no", id="after the confirmation"),
    ],
)
def test_the_last_ballot_of_a_person_counts_and_a_paper_is_as_old_as_its_return(
    when: str, counts: str
) -> None:
    r, matter, poll = begun()
    log(r, matter, poll, DELIVERED, "101", "102", "301")
    steps: dict[str, Callable[[], object]] = {
        "before it came back": lambda: log(r, matter, poll, RETURNED, "101"),
        "after it came back": lambda: enter(r, matter, poll),
        "after it was entered": lambda: confirm(r, matter, poll),
        "after it was confirmed": lambda: None,
    }
    for moment, step in steps.items():
        if moment == when:
            cast(r, matter, poll, "li", "no")
        step()
    mine = ballots(r, poll)["101"]
    assert (mine["choice"], len(ballots(r, poll))) == (counts, 3)


def test_without_a_logged_return_a_paper_is_as_old_as_its_entering() -> None:
    r, matter, poll = begun()
    cast(r, matter, poll, "li", "no")
    enter(r, matter, poll)
    cast(r, matter, poll, "sun", "abstain")
    confirm(r, matter, poll)
    found = {unit: one["choice"] for unit, one in ballots(r, poll).items()}
    assert (found["101"], found["301"]) == ("yes", "abstain")


def test_a_sheet_that_is_entered_has_come_back_and_keeps_its_age_when_it_is_withdrawn() -> None:
    r, matter, poll = begun()
    log(r, matter, poll, DELIVERED, "101", "201")
    enter(r, matter, poll)
    told = logged.counted(papers(r, poll).values())
    assert told == logged.Papers(delivered=2, returned=3, outstanding=1)
    cast(r, matter, poll, "li", "no")
    body = {"poll": poll, "number": 1, "reason": "two sheets swapped"}
    r.act("wang", matter, WITHDRAWN, body)
    enter(r, matter, poll)
    confirm(r, matter, poll)
    assert ballots(r, poll)["101"]["choice"] == "no", "cast after the paper had come in"


def test_a_paper_stands_above_a_ballot_that_another_cast_under_a_mandate() -> None:
    r, matter, poll = begun(lenient())
    give(r, matter, poll, "li", "101", "tenant")
    enter(r, matter, poll)
    cast(r, matter, poll, "tenant", "no", "101")
    confirm(r, matter, poll)
    assert ballots(r, poll)["101"]["choice"] == "yes"
    with r.refuses("voting.voted_themselves"):
        cast(r, matter, poll, "tenant", "no", "101")


def test_an_officer_who_votes_for_others_enters_no_batch_of_the_same_poll() -> None:
    r, matter, poll = begun(lenient())
    give(r, matter, poll, "li", "101", "wang")
    with r.refuses("voting.helper_holds_a_mandate"):
        enter(r, matter, poll)
    enter(r, matter, poll, by="zhou")
    with r.refuses("voting.helper_holds_a_mandate"):
        confirm(r, matter, poll, by="wang")


# Who reads what


@pytest.mark.parametrize("who", ["wang", "zhou", "li", ""])
def test_nobody_reads_who_chose_what(who: str) -> None:
    r, matter, poll = begun()
    enter(r, matter, poll)
    confirm(r, matter, poll)
    viewer = r.viewer(matter, who) if who else r.viewer(matter)
    facts = r.engine.facts(matter, viewer, newest=True, limit=100)
    kinds = {fact.kind for fact in facts}
    assert not kinds & {ENTERED, "voting.batch_counted"}
    assert (CONFIRMED in kinds) is (who == "zhou"), "who counted reads what they counted"


def test_colleagues_are_told_that_a_batch_waits() -> None:
    r, matter, poll = begun()

    def numbers() -> list[Any]:
        tasks = r.engine.tasks("example", r.viewer("example", "zhou"))
        return [one.details["number"] for _, one in tasks if one.act == CONFIRMED]

    enter(r, matter, poll)
    assert numbers() == [1]
    confirm(r, matter, poll)
    assert numbers() == []


def test_nobody_has_ballots_take_effect_by_hand() -> None:
    r, matter, poll = begun()
    ballot = {"entitlement": "101", "member": "li", "choice": "yes", "since": 1}
    body = {"poll": poll, "number": 1, "ballots": [ballot]}
    for who in ("wang", "operator"):
        with r.refuses("wugong.not_your_role"):
            r.act(who, matter, "voting.batch_counted", body)


def test_programs_enter_and_confirm_batches_by_the_route_of_every_act() -> None:
    r, matter, poll = begun()
    sheets = [{"sheet": n, "entitlement": unit, "choice": c} for n, unit, c in THREE]
    body = {"poll": poll, "number": 1, "control": control(COUNTED)}
    first, second = Program(r, "wang"), Program(r, "zhou")
    entered = first.act(matter, ENTERED, {**body, "ballots": sheets}, key="batch-1")
    again = first.act(matter, ENTERED, {**body, "ballots": sheets}, key="batch-1")
    assert again == entered, "a repeated request enters nothing twice"
    short = {**body, "control": control({**COUNTED, "options": {"yes": 1, "no": 1}})}
    said = set()
    for language in ("zh-Hans", "zh-Hant", "en"):
        second.client.headers["Accept-Language"] = language
        (reason,) = second.act(matter, CONFIRMED, short, 409)["reasons"]
        assert reason["details"] == {"option": "For", "hand": 1, "entered": 2, "by": "−1"}
        assert reason["text"] and "{" not in reason["text"]
        said.add(reason["text"])
    assert len(said) == 3
    problem = first.act(matter, CONFIRMED, body, 409)
    assert [one["code"] for one in problem["reasons"]] == ["voting.batch_needs_another"]
    assert ballots(r, poll) == {}
    second.act(matter, CONFIRMED, body)
    assert len(ballots(r, poll)) == 3


def test_both_databases_hold_a_batch_and_make_it_anew_from_the_journal(
    database: str, tmp_path: Path
) -> None:
    r, matter, poll = begun(database=database, keys=tmp_path / "wugong.keys")
    log(r, matter, poll, DELIVERED, "101", "102", "301")
    enter(r, matter, poll)
    with r.refuses("voting.batch_option_differs"):
        confirm(r, matter, poll, {**COUNTED, "options": {"yes": 3, "no": 1}})
    cast(r, matter, poll, "sun", "no")
    confirm(r, matter, poll)
    before = ballots(r, poll)
    assert [one["choice"] for one in before.values()] == ["yes", "no", "no"]
    r.engine.rebuild()
    assert ballots(r, poll) == before
    assert r.engine.verify("example")[1] is None
    r.wait(days=7)
    assert heads(decided(r, matter, poll)) == {"yes": 1, "no": 2, "abstain": 0}
    r.engine.close()
