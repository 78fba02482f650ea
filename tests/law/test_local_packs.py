"""A local pack may be stricter than its parent, never laxer, and says so when it tries."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.law.lawbook import LAW, ask, figures, outcome
from wugong.packs import read_folder, read_packs

HEAD = """
id = "town.assembly"
parent = "villagers.assembly.adults"
jurisdiction = "example"
basis = [{ article = "例 1", text_year = 2026, confidence = "I" }]
title = { en = "Town assembly" }
"""
YES = (
    'consent = [{ id = "yes_adults", measure = "persons", base = "present", '
    'op = ">=", share = "2/3", source = "例 2" }]\n'
)


def pack(more: str, head: str = HEAD) -> str:
    return head + more


def test_a_stricter_pack_is_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "town.toml").write_text(pack("notice_days = 12\n" + YES), encoding="utf-8")
    made = read_folder(tmp_path, LAW)["town.assembly"]
    assert (made.notice_days, made.consent[0].threshold.op) == (12, ">=")
    assert made.quorum == LAW["villagers.assembly.adults"].quorum
    assert made.basis[-1] == LAW["villagers.assembly.adults"].basis[-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(pack("notice_days = 9\n"), "9 is laxer than the 10 days", id="fewer days"),
        pytest.param(pack(YES.replace("2/3", "1/3")), ">= 1/3 is laxer than > 1/2", id="share"),
        pytest.param(pack(YES.replace("2/3", "1/2")), ">= 1/2 is laxer than > 1/2", id="以上"),
        pytest.param(pack(YES.replace("2/3", "7/5")), "share must be text", id="7/5"),
        pytest.param(pack(YES.replace("present", "part")), "must count persons", id="base"),
        pytest.param(pack('secrecy = "open"\n'), "secrecy cannot be changed", id="not to change"),
        pytest.param(pack("colour = 1\n"), "unknown key colour", id="unknown key"),
        pytest.param(pack("effective_from = 2020-01-01\n"), "is before that", id="before the law"),
        pytest.param(
            pack("", HEAD.replace("villagers.assembly.adults", "nobody")),
            "the parent nobody is not known",
            id="unknown parent",
        ),
        pytest.param(
            pack("", HEAD.replace("villagers.assembly.adults", "town.assembly")),
            "a cycle of parents",
            id="its own parent",
        ),
        pytest.param(
            pack("", HEAD.replace("town.assembly", "owners.special")), "is there already", id="id"
        ),
        pytest.param(pack("notice_days ="), "town.toml", id="no TOML"),
    ],
)
def test_a_pack_that_cannot_be_is_refused_with_its_file(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        read_packs([("town.toml", text)], LAW)
    assert "town.toml" in str(refused.value)


def test_a_cycle_of_two_packs_is_refused() -> None:
    first = HEAD.replace("villagers.assembly.adults", "other")
    second = first.replace('"other"', '"town.assembly"').replace('id = "town.', 'id = "other').replace("otherassembly", "other")  # fmt: skip # noqa: E501
    with pytest.raises(ValueError, match="a cycle of parents"):
        read_packs([("a.toml", first), ("b.toml", second)], LAW)


def test_fewer_women_by_another_base_is_laxer() -> None:
    rule = (
        'composition = [{ id = "women_of_members", count = "women", of = "representatives", '
        'op = ">=", share = "1/3", source = "海南 12", confidence = "V" }]\n'
    )
    head = HEAD.replace("villagers.assembly.adults", "villagers.representatives")
    with pytest.raises(ValueError, match="must count women of members"):
        read_packs([("town.toml", head + rule)], LAW)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("most = 5", ""),
        ("most = 4", ""),
        ("most = 6", "6 is laxer than 5"),
        ("number = 5", "5 is laxer than 5"),
    ],
)
def test_a_limit_may_only_be_lower(row: str, message: str) -> None:
    rule = (
        f'composition = [{{ id = "five_or_fewer", count = "members", {row}, '
        'source = "例 2", confidence = "V" }]\n'
    )
    head = HEAD.replace("villagers.assembly.adults", "villagers.supervision.adults")
    if message:
        with pytest.raises(ValueError, match=message):
            read_packs([("town.toml", head + rule)], LAW)
        return
    made = read_packs([("town.toml", head + rule)], LAW)["town.assembly"]
    least, most = made.composition
    assert (least.number, most.most) == (3, int(row[-1]))


@pytest.mark.parametrize(("members", "expected"), [(2, "rejected"), (3, "passed"), (4, "passed")])
def test_a_community_may_state_a_number_that_the_law_does_not(members: int, expected: str) -> None:
    rule = (
        'composition = [{ id = "three_or_more", count = "members", number = 3, '
        'source = "例 2", confidence = "V" }]\n'
    )
    head = HEAD.replace("villagers.assembly.adults", "residents.supervision.adults")
    made = read_packs([("town.toml", head + rule)], LAW)
    answer = ask("town.assembly", {**LAW, **made}, check="composition", members=members)
    assert answer["outcome"] == expected


@pytest.mark.parametrize(("days", "laxer"), [(14, True), (15, False), (16, False)])
def test_a_posting_of_community_affairs_may_only_stay_longer(days: int, laxer: bool) -> None:
    head = HEAD.replace("villagers.assembly.adults", "residents.publication")
    pack = [("town.toml", f'{head}publish_days = {days}\npublish_source = "例 2"\n')]
    if laxer:
        with pytest.raises(ValueError, match="14 is laxer than the 15 days"):
            read_packs(pack, LAW)
        return
    assert read_packs(pack, LAW)["town.assembly"].publish_days == days


@pytest.mark.parametrize(
    ("count", "number", "message"),
    [
        ("residents", 3, ""),
        ("party", 2, ""),
        ("army", 1, "'army' is none of members"),
    ],
)
def test_a_committee_may_ask_for_more_of_its_classes(count: str, number: int, message: str) -> None:
    name = {"party": "party_is_there"}.get(count, "further")
    rule = (
        f'composition = [{{ id = "{name}", count = "{count}", number = {number}, '
        'source = "例 2", confidence = "I" }]\n'
    )
    head = HEAD.replace("villagers.assembly.adults", "community.governance")
    if message:
        with pytest.raises(ValueError, match=message):
            read_packs([("town.toml", head + rule)], LAW)
        return
    made = read_packs([("town.toml", head + rule)], LAW)["town.assembly"]
    assert (count, number) in [(one.count, one.number) for one in made.composition]


@given(
    share=st.fractions(0, 1, max_denominator=12).filter(lambda share: share > 0),
    op=st.sampled_from([">", ">="]),
    base=st.sampled_from(["present", "all"]),
    extra=st.booleans(),
    numbers=st.lists(st.integers(0, 60), min_size=3, max_size=3).map(sorted),
)
def test_a_pack_never_passes_what_its_parent_fails(
    share: object, op: str, base: str, extra: bool, numbers: list[int]
) -> None:
    name = "further" if extra else "yes_adults"
    text = pack(
        f'consent = [{{ id = "{name}", measure = "persons", base = "{base}", op = "{op}", '
        f'share = "{share}", source = "例 2" }}]\n'
    )
    try:
        made = read_packs([("town.toml", text)], LAW)
    except ValueError as error:
        assert "is laxer" in str(error)
        return
    groups = dict(zip(("yes", "present", "all"), numbers, strict=True))
    request = {group: figures({"persons": number}) for group, number in groups.items()}
    if outcome("town.assembly", law={**LAW, **made}, **request) == "passed":
        assert outcome("villagers.assembly.adults", **request) == "passed"
