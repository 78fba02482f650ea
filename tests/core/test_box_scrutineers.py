"""Secret polls, level B: with the whole database nobody opens a ballot before the scrutineers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.test_box import CHOICES, VOTERS, all_cast, close, closed, opened, secret_poll
from wugong import OPERATOR, BoxUnlocked, Ref
from wugong.ceremony import hold
from wugong.testing import Rehearsal

__all__ = ["closed", "opened"]


def sealed_poll(database: str, folder: Path) -> tuple[Rehearsal, str, int, tuple[str, ...]]:
    key, shares = hold(2, 3)
    r, matter, poll = secret_poll(database, folder, secrecy="scrutineers", box_key=str(key))
    return r, matter, poll, shares


def unlock(r: Rehearsal, matter: str, poll: int, shares: tuple[str, ...], **more: Any) -> Any:
    return r.act("wang", matter, BoxUnlocked(poll=Ref(poll), shares=shares), **more)


def facts(r: Rehearsal, matter: str, kind: str) -> list[Any]:
    return [fact.event for fact in r.engine.facts(matter, OPERATOR, kinds=(kind,))]


def test_closing_leaves_the_box_shut_until_enough_shares_are_there(
    database: str, tmp_path: Path
) -> None:
    r, matter, poll, shares = sealed_poll(database, tmp_path)
    all_cast(r, matter, poll)
    close(r, matter, poll)
    assert facts(r, matter, "voting.box_opened") == []
    with r.refuses("wugong.shares_too_few"):
        unlock(r, matter, poll, shares[:1])
    unlock(r, matter, poll, (shares[2], shares[1]))
    (box,) = facts(r, matter, "voting.box_opened")
    assert list(box.choices) == sorted(CHOICES)
    assert len(box.ids) == VOTERS
    (unlocked,) = facts(r, matter, "voting.box_unlocked")
    assert unlocked.shares == ("2", "3")
    assert r.engine.verify("example")[1] is None


def test_no_share_is_written_anywhere(tmp_path: Path) -> None:
    r, matter, poll, shares = sealed_poll(f"sqlite:///{tmp_path / 'w.sqlite3'}", tmp_path)
    all_cast(r, matter, poll)
    close(r, matter, poll)
    unlock(r, matter, poll, shares[:2], key="once")
    r.engine.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for share in shares:
        for group in (share[:24], share[-24:], share.replace(" ", "")[:24]):
            assert group.encode() not in stored


def test_the_operator_holds_no_key_of_such_a_box(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite3"
    r, matter, poll, _shares = sealed_poll(f"sqlite:///{path}", tmp_path)
    all_cast(r, matter, poll)
    with r.engine.storage.read() as connection:
        boxes = [bytes(row[0]) for row in connection.execute(text("SELECT sealed FROM wugong_box"))]
    assert len({len(box) for box in boxes}) == 1  # length tells nothing either
    r.engine.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert f"poll:{poll}".encode() not in stored  # level A would keep its key under this name


def test_another_kind_of_poll_has_no_box_for_scrutineers(tmp_path: Path) -> None:
    r, matter, poll = secret_poll("sqlite://", tmp_path)
    with r.refuses("wugong.box_without_scrutineers"):
        unlock(r, matter, poll, ("0001",))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"secrecy": "scrutineers"}, "wugong.box_key_misread", id="no key"),
        pytest.param(
            {"secrecy": "scrutineers", "box_key": "3-5-1-ab"}, "wugong.box_key_misread", id="cut"
        ),
        pytest.param(
            {"secrecy": "secret", "box_key": "KEY"}, "wugong.box_key_not_asked_for", id="level A"
        ),
        pytest.param(
            {"secrecy": "open", "box_key": "KEY"}, "wugong.box_key_not_asked_for", id="open"
        ),
    ],
)
def test_a_poll_with_the_wrong_key_is_not_opened(
    more: dict[str, Any], code: str, tmp_path: Path
) -> None:
    if more.get("box_key") == "KEY":
        more = {**more, "box_key": str(hold(2, 3)[0])}
    with pytest.raises(Exception, match=code):
        secret_poll("sqlite://", tmp_path, **more)
