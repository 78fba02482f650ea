"""Answers kept under keys: the same request again gets the same answer, another one a refusal."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import Make
from tests.core.shop import Asked, Chimed, Noted
from tests.core.test_batch import kinds
from wugong import BUILD, PLAN, Engine, Receipt, Refused, StageClosed, StageOpened, seal
from wugong.answers import read_receipts, write_receipts
from wugong.journal import canonical


@given(
    st.lists(
        st.builds(
            Receipt,
            *[st.integers(0), st.text(), st.text(), st.text(), st.text(), st.text()],
            facts=st.lists(st.integers(0)).map(tuple),
        )
    )
)
def test_an_answer_is_kept_as_canonical_json(receipts: list[Receipt]) -> None:
    plain = [{name: getattr(one, name) for name in one.__slots__} for one in receipts]
    assert write_receipts(receipts) == canonical(plain)
    assert read_receipts(write_receipts(receipts)) == receipts


def test_the_same_request_under_the_same_key_gets_the_same_receipt(
    engine: Engine, make: Make, matter: str
) -> None:
    asked = Asked(question="When?", days=3)
    receipt = engine.record(matter, asked, by="li", key="form-1")
    assert engine.record(matter, asked, by="li", key="form-1") == receipt
    assert make().record(matter, asked, by="li", key="form-1") == receipt
    assert kinds(engine, "wutong").count("shop.asked") == 1


class Marked(str):
    """Text of a kind of its own, as templates and forms of a host make it."""

    __slots__ = ()


def test_text_of_a_hosts_own_kind_is_text(engine: Engine, matter: str) -> None:
    def asked() -> Receipt:
        act, by, key = Asked(question="When?", days=3), Marked("li"), Marked("form-1")
        return engine.record(Marked(matter), act, by=by, key=key, channel=Marked("web"))

    receipt = asked()
    assert engine.verify("wutong")[1] is None
    assert asked() == receipt


def test_the_same_request_under_another_key_is_another_act(engine: Engine, matter: str) -> None:
    asked = Asked(question="When?", days=3)
    first = engine.record(matter, asked, by="li", key="form-1")
    second = engine.record(matter, asked, by="li", key="form-2")
    third = engine.record(matter, asked, by="zhao", key="form-1")
    assert len({first.seq, second.seq, third.seq}) == 3


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"event": Asked(question="Where?", days=3)}, id="another body"),
        pytest.param({"event": Chimed(note="x"), "matter": "wutong"}, id="another matter"),
        pytest.param({"channel": "paper"}, id="another channel"),
    ],
)
def test_another_request_under_the_same_key_is_refused(
    engine: Engine, matter: str, other: dict[str, Any]
) -> None:
    asked = Asked(question="When?", days=3)
    receipt = engine.record(matter, asked, by="li", key="form-1")
    other = dict(other)
    place, said = other.pop("matter", matter), other.pop("event", asked)
    with pytest.raises(Refused) as caught:
        engine.record(place, said, by="li", key="form-1", **other)
    assert caught.value.codes == ("wugong.key_used_otherwise",)
    assert engine.head("wutong").seq == receipt.seq


def test_another_sealed_text_under_the_same_key_is_another_request(
    engine: Engine, matter: str
) -> None:
    receipt = engine.record(matter, Noted(text=seal("13800000000")), by="li", key="form-1")
    again = engine.record(matter, Noted(text=seal("13800000000")), by="li", key="form-1")
    assert again == receipt
    with pytest.raises(Refused, match=r"wugong\.key_used_otherwise"):
        engine.record(matter, Noted(text=seal("13800000001")), by="li", key="form-1")


def test_a_refused_request_may_be_tried_again_under_its_key(engine: Engine, matter: str) -> None:
    closed = StageClosed(stage=BUILD)
    with pytest.raises(Refused, match=r"wugong\.stage_not_open"):
        engine.record(matter, closed, by="wang", key="form-1")
    engine.record(matter, StageClosed(stage=PLAN), by="wang")
    engine.record(matter, StageOpened(stage=BUILD), by="wang")
    assert engine.record(matter, closed, by="wang", key="form-1").kind == "wugong.stage_closed"


def test_a_key_covers_all_acts_recorded_together(engine: Engine, matter: str) -> None:
    acts = [(matter, Asked(question=text, days=3)) for text in ("a", "b")]
    receipts = engine.record_many(acts, by="li", key="form-1")
    assert engine.record_many(acts, by="li", key="form-1") == receipts
    assert len(receipts) == 2


def test_one_key_from_sixteen_threads_makes_one_fact(engine: Engine, matter: str) -> None:
    seqs: list[int] = []
    start = threading.Barrier(16)

    def send() -> None:
        start.wait()
        receipt = engine.record(matter, Asked(question="When?", days=3), by="li", key="form-1")
        seqs.append(receipt.seq)

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seqs) == 16
    assert len(set(seqs)) == 1
    assert kinds(engine, "wutong").count("shop.asked") == 1
