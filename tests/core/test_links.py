"""Links between facts, followed all the way from either end, on both databases."""

from __future__ import annotations

from tests.core.shop import Asked, Confided, Noted
from wugong import OPERATOR, Engine, Ref, seal


def note(engine: Engine, matter: str, *about: int, by: str = "li") -> int:
    named = tuple(Ref(number) for number in about)
    return engine.record(matter, Noted(text=seal("a"), about=named), by=by).seq


def asked(engine: Engine, matter: str) -> int:
    return engine.record(matter, Asked(question="When?", days=9), by="li").seq


def test_a_chain_is_walked_from_either_end_and_from_its_middle(engine: Engine, matter: str) -> None:
    question = asked(engine, matter)
    first, second = note(engine, matter, question), note(engine, matter, question)
    both = note(engine, matter, first, second)
    last = note(engine, matter, both)
    alone = note(engine, matter)
    assert engine.chain("wutong", question, OPERATOR) == ([], [first, second, both, last])
    assert engine.chain("wutong", last, OPERATOR) == ([question, first, second, both], [])
    assert engine.chain("wutong", first, OPERATOR) == ([question], [both, last])
    for none in (alone, 999):
        assert engine.chain("wutong", none, OPERATOR) == ([], [])
    assert engine.chain("elsewhere", question, OPERATOR) == ([], [])


def test_a_chain_of_many_links_is_one_query(engine: Engine, matter: str) -> None:
    numbers = [asked(engine, matter)]
    for _ in range(30):
        numbers.append(note(engine, matter, numbers[-1]))
    assert engine.chain("wutong", numbers[0], OPERATOR) == ([], numbers[1:])
    assert engine.chain("wutong", numbers[-1], OPERATOR) == (numbers[:-1], [])


def test_nothing_is_told_of_what_stands_behind_a_confidential_fact(
    engine: Engine, matter: str
) -> None:
    question = asked(engine, matter)
    told = Confided(question=Ref(question), text=seal("psst"))
    confided = engine.record(matter, told, by="sun").seq
    behind = note(engine, matter, confided)
    mine, others = (engine.viewer(matter, who) for who in ("li", "wang"))
    assert engine.chain("wutong", question, mine) == ([], [confided, behind])
    assert engine.chain("wutong", behind, mine) == ([question, confided], [])
    assert engine.chain("wutong", question, others) == ([], [])
    assert engine.chain("wutong", behind, others) == ([], [])
    direct = note(engine, matter, confided, question)  # seen by a way of its own
    assert engine.chain("wutong", question, others) == ([], [direct])
