"""What a form offers to name: never too little for a lawful act, and nothing that is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.stories.playing import EVERY, MAIN, begun
from wugong import Ref, Refused, Viewer
from wugong.cases import Story
from wugong_server.plugins import Pages, installed_pages

LATE = {"voting.poll_is_closed", "building.already_claimed", "oversight.only_finder"}


@dataclass
class Watching:
    """A door that asks the pages, before each act, for every fact that the act names."""

    story: Story
    pages: Pages
    lawful: dict[tuple[str, int], bool] = field(default_factory=dict)
    late: dict[str, bool] = field(default_factory=dict)  # of acts that were refused

    def __call__(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        *,
        by: str,
        principal: str | None,
        channel: str,
    ) -> tuple[int, str]:
        event = self.story.engine.read(kind, body)
        viewer = self.story.engine.viewer(matter, principal or by, helped=principal is not None)
        answers = self.asked(matter, kind, event, viewer)
        try:
            done = self.story.engine.record(
                matter, event, by=by, principal=principal, channel=channel
            )
        except Refused as refused:
            self.late |= dict.fromkeys(LATE & set(refused.codes), all(answers))
            raise
        self.lawful[kind, done.seq] = all(answers)
        return done.seq, done.matter

    def asked(self, matter: str, kind: str, event: Any, viewer: Viewer) -> list[bool]:
        """Return what the pages say of each fact of the matter that the act names."""
        engine, here = self.story.engine, self.story.engine.matter(matter)
        named = [value for value in vars_of(event) if isinstance(value, Ref)]
        return [
            self.pages.can_name(engine, here, kind, int(seq), viewer)
            for seq in named
            if int(seq) in here.heads
        ]


def vars_of(event: Any) -> list[Any]:
    """Return the values of an event's fields."""
    return [getattr(event, name) for name in event.__dataclass_fields__]


@pytest.fixture(scope="module")
def watched() -> Iterator[dict[str, Watching]]:
    """Give every story as somebody watched it."""
    with ExitStack() as playing:
        found = {}
        for name in EVERY:
            story, _clock = playing.enter_context(begun(name))
            story.door = door = Watching(
                story, Pages(installed_pages(story.engine.registry.packages))
            )
            assert [one.problem for one in story.play() if one.problem] == []
            found[name] = door
        yield found


@pytest.mark.parametrize("name", EVERY)
def test_every_act_of_a_story_could_be_chosen_on_its_form(
    name: str, watched: dict[str, Watching]
) -> None:
    assert any(
        kind in ("voting.ballot_cast", "voting.poll_closed") for kind, _ in watched[name].lawful
    )
    assert [act for act, offered in watched[name].lawful.items() if not offered] == []


def test_what_comes_too_late_is_on_no_form(watched: dict[str, Watching]) -> None:
    late = {code: its for name in MAIN for code, its in watched[name].late.items()}
    assert late == dict.fromkeys(LATE, False)
