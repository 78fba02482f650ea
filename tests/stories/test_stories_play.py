"""The case files as acceptance tests: every expectation, on both databases, to the same journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import verify_journal
from tests.stories.playing import EVERY, MAIN, Told, told
from wugong import LANGUAGES, Book, Engine
from wugong.audience import OPERATOR
from wugong.people import CORE_BOOKS
from wugong_insight.pages import entered_by_helpers
from wugong_insight.signals import signals
from wugong_server.commands.export import lines

LEAST_REFUSALS = 10
MOST_ROWS = 1000
BARE = {"wugong.stage_out_of_order"}  # the order of the stages is nobody's article
CHAIN = [
    *("planning.need_filed", "planning.scheme_published", "voting.poll_opened"),
    *("building.project_listed", "building.task_accepted"),
    *("evaluation.opened", "evaluation.published"),
]
QUESTIONS = {
    # The first need is of 5 January, the first scheme of the 8th.
    ("urban-elevator", "lift"): {"insight.needs_short": {"days": 3, "least": 7}},
    ("rural-lights", "lights"): {},
    ("urban-budget", "pump"): {},
    ("urban-budget", "lamp"): {},
}


@pytest.fixture(scope="module")
def stories() -> Iterator[dict[str, Told]]:
    """Give every story as it was played in memory."""
    with ExitStack() as playing:
        yield {name: playing.enter_context(told(name)) for name in EVERY}


@pytest.fixture(params=EVERY)
def story(request: pytest.FixtureRequest, stories: dict[str, Told]) -> Told:
    """Give one story after the other."""
    return stories[request.param]


@pytest.mark.parametrize("name", EVERY)
def test_a_story_goes_as_its_case_says_and_makes_one_journal(
    name: str, database: str, tmp_path: Path, stories: dict[str, Told]
) -> None:
    with told(name, database, keys=tmp_path / "people.keys", demonstration=True) as it:
        assert it.problems == []
        head, fault = it.engine.verify(it.case.community)
        assert fault is None
        assert head == stories[name].engine.head(it.case.community)


def test_the_names_of_a_story_say_that_they_are_invented(story: Told) -> None:
    case = story.case
    named = [case.name, case.title, *(str(member["name"]) for member in case.members.values())]
    assert [name for name in named if "示例" not in name] == []
    for language in LANGUAGES:
        told = case.blurb(language)
        assert "示例" in told.title or "sample" in told.title.lower()


def test_every_refusal_names_the_rule_it_comes_from(story: Told) -> None:
    for one in story.refused:
        for reason in one.refusals:
            assert reason.source or reason.code in BARE, (reason, one.step)


def test_the_main_stories_expect_articles_of_their_refusals(stories: dict[str, Told]) -> None:
    expected = [
        code
        for name in MAIN
        for one in stories[name].steps
        if one.step.get("source")
        for code in one.step.get("refused", ())
    ]
    assert len(set(expected)) >= LEAST_REFUSALS
    silent = {
        code
        for name in MAIN
        for one in stories[name].refused
        if not one.step.get("source")
        for code in one.step.get("refused", ())
    }
    assert silent <= {"wugong.needs_another_person"}  # its source is the act's own declaration
    assert all(stories[name].problems == [] for name in MAIN)


def test_the_verifier_that_stands_alone_agrees(story: Told) -> None:
    engine, community = story.engine, story.case.community
    head = engine.head(community)
    kept = [(head.seq, head.digest)]
    whole = [json.dumps(line) for line in lines(engine, community)]
    public = [json.dumps(line) for line in lines(engine, community, public=True)]
    for written in (whole, public):
        verify_journal.verify(iter(written), kept)
    changed = whole.copy()
    changed[-3] = changed[-3].replace('"channel": "', '"channel": "x')
    assert changed != whole
    with pytest.raises(verify_journal.Bad) as bad:
        verify_journal.verify(iter(changed), kept)
    assert bad.value.seq == head.seq - 1


def test_books_and_views_are_the_same_when_rebuilt(story: Told) -> None:
    before = shelves(story.engine, story.case.community)
    assert any(before.values())
    story.engine.rebuild()
    assert shelves(story.engine, story.case.community) == before
    assert story.engine.verify(story.case.community)[1] is None


def shelves(engine: Engine, community: str) -> dict[str, Any]:
    """Return every book and every view, as it stands."""
    books: list[Book[Any]] = [
        *CORE_BOOKS,
        *(book for _plugin, book in engine.registry.books.values()),
    ]
    found: dict[str, Any] = {f"book {book.name}": engine.book(book, community) for book in books}
    for _plugin, view in engine.registry.views.values():
        rows = list(engine.view(view, community, OPERATOR, limit=MOST_ROWS))
        found[f"view {view.name}"] = sorted(rows, key=repr)
    return found


@pytest.mark.parametrize("of", QUESTIONS)
def test_insight_asks_where_the_record_leaves_a_question(
    stories: dict[str, Told], of: tuple[str, str]
) -> None:
    name, title = of
    it = stories[name]
    matter = it.engine.matter(it.story.matters[title])
    asked = signals(matter, entered_by_helpers(it.engine, matter))
    assert {signal.code: dict(signal.details) for signal in asked} == QUESTIONS[of]
    assert all(signal.records for signal in asked)


@pytest.mark.parametrize("name", MAIN)
def test_one_query_walks_from_a_need_to_its_evaluation_and_back(
    stories: dict[str, Told], name: str
) -> None:
    engine, community = stories[name].engine, stories[name].case.community
    kinds = {record["seq"]: record["kind"] for record in engine.export(community)}

    def met(numbers: list[int]) -> list[str]:
        kinds_met = [kinds[number] for number in numbers]
        return [kind for kind in CHAIN if kind in kinds_met]

    for seq, kind in kinds.items():
        if kind == CHAIN[0]:
            assert met(engine.chain(community, seq, OPERATOR)[1]) == CHAIN[1:]
    last = next(seq for seq, kind in kinds.items() if kind == CHAIN[-1])
    assert met(engine.chain(community, last, OPERATOR)[0]) == CHAIN[:-1]
