"""Random stories against a model: whatever is tried, books, folds and chain stay what they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from tests.core.conftest import MEMBERS
from tests.core.shop import (
    POINTS,
    QUESTIONS,
    SHOP,
    STOCK,
    Answered,
    Asked,
    Given,
    Noted,
    Redeemed,
    Stocked,
)
from wugong import Ref, Refused, seal
from wugong.testing import Rehearsal

WHO = st.sampled_from(sorted(MEMBERS))
RESIDENTS = ("li", "zhao", "sun")


class Town(RuleBasedStateMachine):
    """A shop and its questions, and beside it what they should come to."""

    items = Bundle("items")
    questions = Bundle("questions")

    def __init__(self) -> None:
        super().__init__()
        self.r = Rehearsal({"shop": SHOP}, members=MEMBERS)
        self.place = self.r.open("Lights", by="li")
        self.points: dict[str, int] = {}
        self.stock: dict[int, int] = {}
        self.open: dict[int, tuple[str, float]] = {}  # question → who asked, days left
        self.facts = self.r.engine.head("example").seq
        self.known = dict[int, str]()

    @contextmanager
    def refused(self, *codes: str) -> Iterator[None]:
        """Expect these refusals (none: that it is recorded)."""
        try:
            yield
        except Refused as refused:
            assert set(refused.codes) == set(codes)
        else:
            assert not codes

    def settle(self) -> None:
        """What the clock owes is recorded with the next act that is recorded."""
        due = [seq for seq, (_who, left) in self.open.items() if left <= 0]
        for seq in due:
            del self.open[seq]
        self.facts += len(due)

    @rule(target=items, who=WHO, stock=st.integers(0, 3))
    def put_in_stock(self, who: str, stock: int) -> object:
        if who in RESIDENTS:
            with self.refused("wugong.not_your_role"):
                self.r.act(who, "example", Stocked(title="x", stock=stock))
            return multiple()
        seq = self.r.act(who, "example", Stocked(title="x", stock=stock)).seq
        self.facts += 1
        self.stock[seq] = stock
        return seq

    @rule(to=st.lists(WHO, min_size=1, max_size=3, unique=True), points=st.integers(1, 2))
    def give(self, to: list[str], points: int) -> None:
        self.r.act("wang", "example", Given(to=tuple(to), points=points))
        self.facts += 1
        for who in to:
            self.points[who] = self.points.get(who, 0) + points

    @rule(who=WHO, item=items)
    def redeem(self, who: str, item: int) -> None:
        codes = ["shop.sold_out"] * (not self.stock[item])
        codes += ["shop.too_few_points"] * (not self.points.get(who))
        with self.refused(*codes):
            self.r.act(who, "example", Redeemed(item=Ref(item)))
        if not codes:
            self.facts += 1
            self.points[who] -= 1
            self.stock[item] -= 1

    @rule(target=questions, who=WHO, days=st.integers(1, 3))
    def ask(self, who: str, days: int) -> int:
        seq = self.r.act(who, self.place, Asked(question="When?", days=days)).seq
        self.settle()
        self.facts += 1
        self.open[seq] = who, days
        return seq

    @rule(who=WHO, question=questions)
    def answer(self, who: str, question: int) -> None:
        asker, left = self.open.get(question, ("", 1))
        lapsed = question not in self.open or left <= 0
        head = self.r.engine.fact("example", question, self.r.viewer("example", "wang"))
        assert head is not None
        if head.by == who:
            codes = ["wugong.needs_another_person"]
        else:
            codes = ["shop.not_asked"] if lapsed else []
        with self.refused(*codes):
            self.r.act(who, self.place, Answered(question=Ref(question)))
        if not codes:
            self.settle()
            self.facts += 1
            assert asker
            del self.open[question]

    @rule(who=WHO, days=st.sampled_from([0.5, 1, 2]))
    def wait(self, who: str, days: float) -> None:
        self.r.clock.move(days=days)
        self.open = {seq: (asker, left - days) for seq, (asker, left) in self.open.items()}
        self.r.act(who, self.place, Noted(text=seal("x")))
        self.settle()
        self.facts += 1

    @rule(days=st.sampled_from([1, 2]))
    def tick(self, days: int) -> None:
        self.open = {seq: (asker, left - days) for seq, (asker, left) in self.open.items()}
        due = sum(left <= 0 for _who, left in self.open.values())
        assert self.r.wait(days=days) == due
        self.settle()

    @rule(who=WHO, item=items)
    def try_all_or_nothing(self, who: str, item: int) -> None:
        acts = [("example", Redeemed(item=Ref(item)))] * 2
        enough = self.points.get(who, 0) >= 2 and self.stock[item] >= 2
        try:
            self.r.engine.record_many(acts, by=who)
        except Refused:
            assert not enough
        else:
            assert enough
            self.facts += 2
            self.points[who] -= 2
            self.stock[item] -= 2

    @rule()
    def rebuild(self) -> None:
        self.r.engine.rebuild()

    @rule()
    def start_again(self) -> None:
        self.r.engine._means.matters.forget()

    @rule()
    def verify(self) -> None:
        head, fault = self.r.engine.verify("example", self.known)
        assert fault is None
        self.known[head.seq] = head.digest

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        engine = self.r.engine
        assert engine.head("example").seq == self.facts
        assert engine.book(POINTS, "example") == {w: n for w, n in self.points.items() if n}
        assert {int(k): v["left"] for k, v in engine.book(STOCK, "example").items()} == self.stock
        questions = engine.matter(self.place).state(QUESTIONS)
        assert set(questions) == set(self.open)

    def teardown(self) -> None:
        assert self.r.engine.verify("example", self.known)[1] is None
        self.r.engine.close()


TestTown = Town.TestCase
TestTown.settings = settings(
    max_examples=30, stateful_step_count=20, derandomize=True, deadline=None
)
