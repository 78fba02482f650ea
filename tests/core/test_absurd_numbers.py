"""Numbers that no record can have are not there; they are no error of the program."""

from __future__ import annotations

import pytest

from wugong import OPERATOR, Engine
from wugong.testing import Rehearsal


@pytest.fixture
def engine() -> Engine:
    r = Rehearsal({}, members={"li": ()})
    r.open("Lights", by="li")
    return r.engine


@pytest.mark.parametrize("number", [-1, 0, 2**53, 2**63, 10**30])
def test_an_absurd_number_is_not_found(engine: Engine, number: int) -> None:
    assert engine.fact("example", number, OPERATOR) is None
    assert engine.proof("example", number) is None


@pytest.mark.parametrize("matter", ["example.\x00", "example.0", "example." + "9" * 40, "../etc"])
def test_an_impossible_id_names_no_matter(engine: Engine, matter: str) -> None:
    with pytest.raises(LookupError):
        engine.matter(matter)
