"""Local packs in a running program: polls are opened under them and decided by their numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.law.polls import HEAD, PLUGINS, THREE_FIFTHS, announced, ask, closed, town, write
from wugong import Engine, Misconfigured
from wugong.testing import Rehearsal

Written = Callable[..., Path]


@pytest.fixture
def packs(tmp_path: Path) -> Written:
    return lambda **texts: write(tmp_path / "packs", **texts)


@pytest.mark.parametrize(
    ("owners", "yes", "under_parent", "under_pack"),
    [
        pytest.param(10, 5, "rejected", "rejected", id="half of ten"),
        pytest.param(10, 6, "passed", "passed", id="exactly three fifths of ten"),
        pytest.param(10, 7, "passed", "passed", id="above three fifths of ten"),
        pytest.param(13, 7, "passed", "rejected", id="one short of three fifths of thirteen"),
        pytest.param(13, 8, "passed", "passed", id="the least that reaches them"),
    ],
)
def test_a_poll_is_decided_by_the_numbers_of_its_pack(
    packs: Written, owners: int, yes: int, under_parent: str, under_pack: str
) -> None:
    folder = packs(town=HEAD + THREE_FIFTHS)
    for procedure, expected in (("owners.ordinary", under_parent), ("town.ordinary", under_pack)):
        r, matter = town(folder, owners)
        announced(r, matter)
        made = closed(r, matter, ask(r, matter, procedure), yes, owners - yes)
        assert (made.procedure, made.verdict) == (procedure, expected)
    agree = next(test for test in made.tests if test.id == "heads_agree")
    assert (agree.op, agree.source) == (">=", "例 2")
    assert made.basis[0] == "例 1 (2026)" and "民法典 278 (2020)" in made.basis


@pytest.mark.parametrize(("days", "opened"), [(19, False), (20, True), (21, True)])
def test_a_longer_notice_is_kept(packs: Written, days: int, opened: bool) -> None:
    r, matter = town(packs(town=HEAD + "notice_days = 20\n"))
    announced(r, matter, days)
    if opened:
        assert ask(r, matter, "town.ordinary")
        return
    with r.refuses("voting.notice_too_short"):
        ask(r, matter, "town.ordinary")
    assert ask(r, matter, "owners.ordinary")


def test_a_pack_rests_on_another_pack_of_the_folder(packs: Written) -> None:
    lane = HEAD.replace('"owners.ordinary"', '"town.ordinary"').replace(
        '"town.ordinary"\nparent', '"lane.ordinary"\nparent'
    )
    folder = packs(a=lane + "notice_days = 21\n", b=HEAD + THREE_FIFTHS)
    with Engine("sqlite://", PLUGINS, packs=folder) as engine:
        made = engine.registry.procedures["lane.ordinary"]
    assert (made.parent, made.origin, made.pack) == ("town.ordinary", "owners.ordinary", "a.toml")
    assert made.notice_days == 21 and made.consent[1].threshold.source == "例 2"
    assert made.notice_source == "例 1"  # not the article of the shorter days


NO_PARENT = HEAD.replace('parent = "owners.ordinary"\n', "")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        pytest.param(
            {"town": HEAD + "notice_days = 14\n"},
            "town.toml: procedure town.ordinary, notice_days: 14 is laxer than the 15 days",
            id="laxer",
        ),
        pytest.param(
            {"town": HEAD + THREE_FIFTHS.replace("3/5", "7/5")},
            "town.toml: procedure town.ordinary, consent, test heads_agree: share must be text",
            id="7/5",
        ),
        pytest.param(
            {"town": HEAD + "colour = 1\n"}, "town.toml: .*: unknown key colour", id="unknown key"
        ),
        pytest.param(
            {"town": HEAD.replace('"owners.ordinary"', '"town.ordinary"')},
            "town.toml: a cycle of parents: town.ordinary → town.ordinary",
            id="cycle",
        ),
        pytest.param({"town": NO_PARENT}, "town.toml: names no parent", id="no parent"),
        pytest.param(
            {"town": HEAD.replace('{ article = "例 1", text_year = 2026, confidence = "I" }', "")},
            "town.toml: .*basis",
            id="no article",
        ),
        pytest.param({"a": HEAD, "b": HEAD}, "b.toml: .* is there already", id="twice"),
    ],
)
def test_a_pack_that_cannot_be_keeps_the_engine_from_starting(
    packs: Written, tmp_path: Path, texts: dict[str, str], message: str
) -> None:
    folder = packs(**texts)
    with pytest.raises(Misconfigured, match=f"local packs: {message}"):
        Engine(f"sqlite:///{tmp_path}/w.sqlite3", PLUGINS, packs=folder)
    assert [one.name for one in tmp_path.iterdir()] == ["packs"]


def test_a_folder_or_file_that_cannot_be_read_is_named(packs: Written, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"there is no folder .*nowhere"):
        Engine("sqlite://", PLUGINS, packs=tmp_path / "nowhere")
    (packs() / "odd.toml").mkdir()
    with pytest.raises(Misconfigured, match=r"odd\.toml: cannot be read"):
        Engine("sqlite://", PLUGINS, packs=packs())
    (packs() / "odd.toml").rmdir()
    (packs() / "odd.toml").write_bytes(b"\xff")
    with pytest.raises(Misconfigured, match=r"odd\.toml: is not UTF-8"):
        Engine("sqlite://", PLUGINS, packs=packs())


def test_an_empty_folder_changes_nothing(packs: Written) -> None:
    with Engine("sqlite://", PLUGINS, packs=packs()) as engine, Engine("sqlite://", PLUGINS) as one:
        assert engine.registry.procedures == one.registry.procedures


VILLAGE = HEAD.replace("town.ordinary", "town.assembly").replace(
    "owners.ordinary", "villagers.assembly.adults"
)


def test_what_a_plugin_asks_of_a_procedure_it_asks_of_its_pack(packs: Written) -> None:
    """A village may not escape its elders' council by a stricter procedure of its own."""
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), "li": ("elder",)}
    r = Rehearsal(PLUGINS, members=members, setting="rural", packs=packs(town=VILLAGE))
    r.roster("villagers", [("u1", "wang", "1", 0)])
    matter = r.open("A road", by="wang")
    for procedure in ("villagers.assembly.adults", "town.assembly"):
        with r.refuses("rural.elders_not_heard"):
            ask(r, matter, procedure, "villagers")
