"""The scrutineers' key: enough shares open what was sealed, whatever else is typed does not."""

from __future__ import annotations

from itertools import combinations

import pytest

from wugong.ceremony import BoxKey, hold, join, open_with, read_box_key, seal_to
from wugong.errors import Refused


@pytest.fixture(scope="module")
def held() -> tuple[BoxKey, tuple[str, ...]]:
    return hold(3, 5)


Held = tuple[BoxKey, tuple[str, ...]]


def refused(key: BoxKey, *typed: str) -> tuple[str, dict[str, int | str]]:
    with pytest.raises(Refused) as found:
        join(key, typed)
    (reason,) = found.value.reasons
    return reason.code, dict(reason.details)


def test_any_three_of_five_open_what_was_sealed(held: Held) -> None:
    key, shares = held
    sealed = seal_to(key, "ballot", b"yes")
    assert b"yes" not in sealed
    for numbers in combinations(range(5), 3):
        secret, named = join(key, [shares[n] for n in numbers])
        assert named == tuple(n + 1 for n in numbers)
        assert open_with(secret, "ballot", sealed) == b"yes"


def test_two_of_five_are_one_too_few(held: Held) -> None:
    key, shares = held
    given = {"given": 2, "needed": 3, "shares": 5}
    assert refused(key, *shares[:2]) == ("wugong.shares_too_few", given)
    assert refused(key, "", " ") == ("wugong.shares_too_few", {**given, "given": 0})


def test_more_than_enough_are_welcome_in_any_order(held: Held) -> None:
    key, shares = held
    assert join(key, shares[::-1])[1] == (1, 2, 3)


def test_a_share_of_another_ceremony_is_named(held: Held) -> None:
    key, shares = held
    other, theirs = hold(3, 5)
    while other.ceremony == key.ceremony:  # one in 32,768
        other, theirs = hold(3, 5)
    code, details = refused(key, shares[0], theirs[1], shares[2])
    assert code == "wugong.share_of_another_ceremony"
    assert details == {"place": 2, "ceremony": other.ceremony, "needed": key.ceremony}


def test_the_same_share_twice_is_named(held: Held) -> None:
    key, shares = held
    code, details = refused(key, shares[0], shares[1], shares[0])
    assert (code, details) == ("wugong.share_twice", {"place": 3, "share": 1, "other": 1})


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda share: share[:-5], id="a group too few"),
        pytest.param(lambda share: share + " 0001", id="a group too many"),
        pytest.param(lambda share: share[:-1], id="a digit too few"),
        pytest.param(lambda share: "1024" + share[4:], id="no such group"),
        pytest.param(lambda share: share + "x", id="a letter"),
        pytest.param(lambda share: share[:4] + share[9:14] + share[4:9] + share[14:], id="swapped"),
    ],
)
def test_a_misread_share_is_named_by_its_place(held: Held, spoil: object) -> None:
    assert callable(spoil)
    key, shares = held
    code, details = refused(key, shares[0], spoil(shares[1]), shares[2])
    assert (code, details["place"]) == ("wugong.share_misread", 2)


def test_every_single_wrong_digit_is_seen(held: Held) -> None:
    key, shares = held
    for at, digit in enumerate(shares[1]):
        if digit == " ":
            continue
        wrong = str((int(digit) + 1) % 10)
        spoilt = shares[1][:at] + wrong + shares[1][at + 1 :]
        code, _details = refused(key, shares[0], spoilt, shares[2])
        assert code in ("wugong.share_misread", "wugong.share_of_another_ceremony")


def test_digits_may_be_typed_with_or_without_blanks(held: Held) -> None:
    key, shares = held
    run_on = [share.replace(" ", "") for share in shares[:3]]
    assert join(key, run_on)[1] == (1, 2, 3)


def test_digits_may_be_typed_in_the_rows_of_the_sheet(held: Held) -> None:
    key, shares = held
    rows = [" ".join(share.split()[at : at + 6]) for share in shares[:3] for at in range(0, 33, 6)]
    assert len(rows) == 18
    assert join(key, rows)[1] == (1, 2, 3)


def test_shares_that_make_another_key_are_refused(held: Held) -> None:
    key, shares = held
    other = BoxKey(key.needed, key.shares, key.ceremony, "11" * 32)
    assert refused(other, *shares[:3])[0] == "wugong.shares_do_not_fit"


def test_a_changed_ballot_does_not_open(held: Held) -> None:
    key, shares = held
    sealed = seal_to(key, "ballot", b"yes")
    secret, _numbers = join(key, shares[:3])
    with pytest.raises(ValueError, match="changed in the box"):
        open_with(secret, "another", sealed)
    with pytest.raises(ValueError, match="changed in the box"):
        open_with(secret, "ballot", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_public_key_survives_the_line_breaks_of_a_sheet(held: Held) -> None:
    key, _shares = held
    written = str(key)
    assert read_box_key(f" {written[:40]}\n {written[40:].upper()} ") == key
    assert len(written) <= 120


@pytest.mark.parametrize("at", [0, 2, 30, -1])
def test_a_public_key_with_one_wrong_character_is_refused(held: Held, at: int) -> None:
    written = list(str(held[0]))
    written[at] = "4" if written[at] != "4" else "5"
    with pytest.raises(ValueError, match="not the public key"):
        read_box_key("".join(written))


@pytest.mark.parametrize(("needed", "shares"), [(1, 3), (3, 2), (2, 17), (0, 0)])
def test_numbers_that_make_no_ceremony_are_refused(needed: int, shares: int) -> None:
    with pytest.raises(ValueError, match=f"got {needed} of {shares}"):
        hold(needed, shares)


@pytest.mark.parametrize(("needed", "shares"), [(2, 2), (16, 16)])
def test_the_smallest_and_the_largest_ceremony(needed: int, shares: int) -> None:
    key, split = hold(needed, shares)
    assert join(key, split)[1] == tuple(range(1, needed + 1))
