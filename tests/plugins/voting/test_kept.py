"""What never changes is read once, and no more of it is kept than was said."""

from __future__ import annotations

from collections.abc import Callable

from wugong import Engine
from wugong.rosters import Entitlement
from wugong.testing import Rehearsal, imported
from wugong_voting.kept import Kept
from wugong_voting.showing import roster_of


def test_the_last_few_are_kept_for_each_engine() -> None:
    kept, made = Kept[str](2), list[str]()

    def make(what: str) -> Callable[[], str]:
        def it() -> str:
            made.append(what)
            return what

        return it

    with Engine("sqlite://", {}) as one, Engine("sqlite://", {}) as other:
        for what in ("a", "b", "a", "c", "c", "b", "a"):  # the third one drives out the first
            assert kept.get(one, what, make(what)) == what
        assert made == ["a", "b", "c", "a"]
        assert kept.get(other, "a", make("another a")) == "another a"


def test_what_another_thread_drives_out_meanwhile_is_found_all_the_same() -> None:
    kept = Kept[str](1)

    class Place:
        asked = 0

        def __hash__(self) -> int:
            self.asked += 1
            if self.asked == 4:  # it was seen to be there, and is about to be taken
                kept.get(engine, "another", lambda: "another")
            return 0

    with Engine("sqlite://", {}) as engine:
        place = Place()
        for _ in range(2):
            assert kept.get(engine, place, lambda: "a") == "a"
        assert place.asked >= 4
        assert kept.get(engine, "another", lambda: "made anew") == "another"


def test_a_roster_that_is_imported_anew_is_shown_as_it_stands() -> None:
    r = Rehearsal({}, members={"li": (), "zhao": ()})
    for people in (["li"], ["zhao", "li"], ["zhao"]):
        lines = [Entitlement(f"u-{one}", one) for one in people]
        r.engine.record(r.community, imported("owners", lines), by="operator")
        matter = r.engine.matter(r.community)
        for _ in range(2):
            shown = {one.member for one in roster_of(r.engine, matter, "owners")}
            assert shown == set(people)
    assert roster_of(r.engine, matter, "nobody's") == ()
