"""Where a community lies decides which procedures it is offered: the strictest of its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.law.lawbook import LAW, ask, refused
from tests.law.polls import (
    HEAD,
    PLUGINS,
    THREE_FIFTHS,
    announced,
    cast,
    closed,
    outcome,
    town,
    write,
)
from tests.law.polls import ask as open_poll
from wugong import OPERATOR, Engine, Misconfigured, Refused
from wugong.packs import read_packs
from wugong.steps import steps_of
from wugong.testing import Rehearsal

Written = Callable[..., Path]
SETTING = "wugong.jurisdiction"


def pack(name: str, place: str, more: str = THREE_FIFTHS, parent: str = "owners.ordinary") -> str:
    head = HEAD.replace('"town.ordinary"', f'"{name}"').replace('"example"', f'"{place}"')
    return head.replace('"owners.ordinary"', f'"{parent}"') + more


PROVINCE = pack("sichuan.ordinary", "CN-SC")
CITY = pack("chengdu.ordinary", "CN-SC-Chengdu", "notice_days = 20\n", "sichuan.ordinary")
OTHER = pack("zibo.ordinary", "CN-SD-Zibo", "notice_days = 18\n")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write(tmp_path / "packs", a=PROVINCE, b=CITY, c=OTHER)


def lying(folder: Path, place: str) -> tuple[Rehearsal, str]:
    r, matter = town(folder)
    r.act("operator", "example", "wugong.setting_changed", {"name": SETTING, "value": place})
    announced(r, matter, 20)
    return r, matter


@pytest.mark.parametrize(
    ("place", "procedure", "code"),
    [
        pytest.param("CN", "owners.ordinary", "", id="the country: the statute"),
        pytest.param("CN", "sichuan.ordinary", "of_another_place", id="above the pack's place"),
        pytest.param("CN-SC", "owners.ordinary", "stricter_here", id="in it: no longer the parent"),
        pytest.param("CN-SC", "sichuan.ordinary", "", id="in it: the pack"),
        pytest.param("CN-SC", "chengdu.ordinary", "of_another_place", id="a city it is not"),
        pytest.param("CN-SC-Chengdu", "owners.ordinary", "stricter_here", id="below: the statute"),
        pytest.param("CN-SC-Chengdu", "sichuan.ordinary", "stricter_here", id="below: province"),
        pytest.param("CN-SC-Chengdu", "chengdu.ordinary", "", id="below: the city's own"),
        pytest.param("CN-SD", "owners.ordinary", "", id="a province without a pack"),
        pytest.param("CN-SD", "zibo.ordinary", "of_another_place", id="its city is not all of it"),
        pytest.param("CN-SD-Zibo", "zibo.ordinary", "", id="another city's own"),
        pytest.param("CN-SD-Zibo", "sichuan.ordinary", "of_another_place", id="another province's"),
    ],
)
def test_a_poll_is_opened_under_what_is_offered_where_the_community_lies(
    packs: Path, place: str, procedure: str, code: str
) -> None:
    r, matter = lying(packs, place)
    if not code:
        assert open_poll(r, matter, procedure)
        return
    with r.refuses(f"wugong.procedure_{code}"):
        open_poll(r, matter, procedure)


def test_the_refusal_names_the_place_the_pack_and_its_article(packs: Path) -> None:
    r, matter = lying(packs, "CN-SC-Chengdu")
    with pytest.raises(Refused) as refused_:
        open_poll(r, matter, "owners.ordinary")
    (reason,) = refused_.value.reasons
    assert reason.source == "例 1"
    assert dict(reason.details) == {
        "procedure": "owners.ordinary",
        "place": "CN-SC-Chengdu",
        "instead": "chengdu.ordinary",
    }


def test_a_community_that_has_not_said_where_it_lies_is_offered_everything(packs: Path) -> None:
    r, matter = town(packs)
    announced(r, matter, 20)
    for procedure in ("owners.ordinary", "sichuan.ordinary", "chengdu.ordinary", "zibo.ordinary"):
        assert open_poll(r, matter, procedure)


@pytest.mark.parametrize("place", ["CN-SC-Chendgu", "CN-GD-Guangzhou", "SC", "CN-"])
def test_a_place_that_no_law_is_known_of_is_refused(packs: Path, place: str) -> None:
    r, _ = town(packs)
    with r.refuses("wugong.place_unknown"):
        r.act("operator", "example", "wugong.setting_changed", {"name": SETTING, "value": place})
    with Engine("sqlite://", PLUGINS, packs=packs) as engine:
        with pytest.raises(Refused, match=r"place_unknown"):
            engine.found("here", title="Here", setting="urban", jurisdiction=place)
        assert engine.communities() == []


@pytest.mark.parametrize("name", ["wugong.jurisdictoin", "planning.notice_dayz"])
def test_a_setting_that_nobody_declares_is_refused(packs: Path, name: str) -> None:
    r, _ = town(packs)
    with r.refuses("wugong.setting_unknown"):
        r.act("operator", "example", "wugong.setting_changed", {"name": name, "value": "10"})
    known = {"name": "planning.notice_days", "value": "10"}
    r.act("operator", "example", "wugong.setting_changed", known)


def test_without_plugins_named_a_town_has_no_pack_of_villages(packs: Path) -> None:
    with Engine("sqlite://", PLUGINS, packs=packs) as engine:
        engine.found("town", title="Town", setting="urban")
        engine.found("village", title="Village", setting="rural")
        town, village = ({*engine.matter(one).standing.plugins} for one in ("town", "village"))
    assert town ^ village == {"urban", "rural"}
    assert "urban" in town and "rural" in village


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("urbann", "did you mean urban"),
        ("Rural", "did you mean rural"),
        ("", "known: rural, urban"),
    ],
)
def test_a_kind_of_community_that_no_plugin_brings_is_not_founded(setting: str, meant: str) -> None:
    with Engine("sqlite://", PLUGINS) as engine:
        with pytest.raises(ValueError, match=meant):
            engine.found("town", title="Town", setting=setting)
        with pytest.raises(Misconfigured, match="vooting is not installed; did you mean voting"):
            engine.found("town", title="Town", setting="urban", plugins=["vooting"])
        assert engine.communities() == []
        engine.found("town", title="Town", setting="urban")
        assert [one[0] for one in engine.communities()] == ["town"]


def test_where_no_plugin_brings_kinds_a_community_is_of_any() -> None:
    with Engine("sqlite://", {"voting": PLUGINS["voting"]}) as engine:
        engine.found("campus", title="Campus", setting="campus")
        assert engine.matter("campus").standing.setting == "campus"


def test_it_is_said_at_the_founding_and_changed_by_an_act_that_stays_in_the_record(
    packs: Path,
) -> None:
    with Engine("sqlite://", PLUGINS, packs=packs) as engine:
        engine.found("here", title="Here", setting="urban", jurisdiction="CN-SC")
        assert engine.matter("here").setting(SETTING, "") == "CN-SC"
        change = engine.read("wugong.setting_changed", {"name": SETTING, "value": "CN-SD-Zibo"})
        engine.record("here", change, by="operator")
        assert engine.matter("here").setting(SETTING, "") == "CN-SD-Zibo"
        kinds = [fact.kind for fact in engine.facts("here", OPERATOR)]
        assert kinds.count("wugong.setting_changed") == 2


def test_a_poll_that_is_open_keeps_its_law_when_the_community_turns_out_to_lie_elsewhere(
    packs: Path,
) -> None:
    r, matter = lying(packs, "CN")
    poll = open_poll(r, matter, "owners.ordinary")
    r.act("operator", "example", "wugong.setting_changed", {"name": SETTING, "value": "CN-SC"})
    with r.refuses("wugong.procedure_stricter_here"):
        open_poll(r, matter, "owners.ordinary")
    cast(r, matter, poll, 5, 4)  # more than half of nine, not three fifths of them
    r.wait(days=7)
    made = outcome(r, matter, poll)
    assert (made.procedure, made.verdict) == ("owners.ordinary", "passed")


def test_a_pack_takes_the_place_of_its_parent_from_its_first_day_to_its_last(
    tmp_path: Path,
) -> None:
    dates = "effective_from = 2026-04-01\neffective_to = 2026-06-30\n"
    folder = write(tmp_path / "packs", a=pack("sichuan.ordinary", "CN-SC", dates + THREE_FIFTHS))
    r, matter = lying(folder, "CN-SC")  # 22 March
    assert open_poll(r, matter, "owners.ordinary")
    r.until(r.clock.now + timedelta(days=10))
    announced(r, matter)
    assert closed(r, matter, open_poll(r, matter, "sichuan.ordinary"), 10, 0).verdict == "passed"
    with r.refuses("wugong.procedure_stricter_here"):
        open_poll(r, matter, "owners.ordinary")
    r.wait(days=90)
    announced(r, matter)
    assert open_poll(r, matter, "owners.ordinary")


@pytest.mark.parametrize(
    ("second", "message"),
    [
        pytest.param(pack("b.ordinary", "CN-SC"), "b.toml: a.ordinary makes", id="same place"),
        pytest.param(pack("b.ordinary", "CN-SC-Chengdu"), "b.toml: a.ordinary makes", id="inside"),
        pytest.param(pack("b.ordinary", "CN-SD"), "", id="another province"),
        pytest.param(pack("b.ordinary", "CN-SCX"), "", id="a name that only begins alike"),
        pytest.param(pack("b.ordinary", "CN-SC-Chengdu", "", "a.ordinary"), "", id="resting on it"),
        pytest.param(
            pack("b.ordinary", "CN-SC", "effective_from = 2027-01-01\n"), "", id="after it ended"
        ),
        pytest.param(
            pack("b.ordinary", "CN-SC", "effective_from = 2026-12-31\n"), "b.toml:", id="one day"
        ),
        pytest.param(
            pack("b.ordinary", "CN-SD", "", "a.ordinary"), "lies outside of that", id="outside"
        ),
    ],
)
def test_two_packs_for_one_parent_in_one_place_rest_on_each_other(
    second: str, message: str
) -> None:
    first = pack("a.ordinary", "CN-SC", "effective_to = 2026-12-31\n" + THREE_FIFTHS)
    second = second.replace("basis", "effective_to = 2026-12-31\nbasis") if "a.ordinary" in second else second  # fmt: skip # noqa: E501
    files = [("a.toml", first), ("b.toml", second)]
    if message:
        with pytest.raises(ValueError, match=message):
            read_packs(files, LAW)
        return
    assert set(read_packs(files, LAW)) == {"a.ordinary", "b.ordinary"}


def test_two_packs_for_one_place_stop_the_start(tmp_path: Path) -> None:
    folder = write(tmp_path / "packs", a=PROVINCE, b=pack("b.ordinary", "CN-SC"))
    with pytest.raises(Misconfigured, match=r"local packs: a\.toml: b\.ordinary makes"):
        Engine("sqlite://", PLUGINS, packs=folder)


@pytest.mark.parametrize(
    ("place", "procedure"),
    [
        ("CN", "owners.ordinary"),
        ("CN-SC-Chengdu", "chengdu.ordinary"),
        ("CN-SD-Zibo", "zibo.ordinary"),
    ],
)
def test_the_steps_of_a_matter_are_those_of_its_place(
    packs: Path, place: str, procedure: str
) -> None:
    r, _ = town(packs)
    r.act("operator", "example", "wugong.setting_changed", {"name": SETTING, "value": place})
    other = r.open("Which manager", by="wang", category="property_manager")
    steps = steps_of(r.matter(other), date(2026, 6, 30))
    its = {one.procedure.id for name, one in steps.items() if name.startswith("owners.ordinary.")}
    assert its == {procedure}


WHOLE = {"heads": 9, "area": "900.00"}


def test_the_calculator_refuses_what_is_not_offered_in_a_place() -> None:
    law = {**LAW, **read_packs([("a.toml", PROVINCE), ("b.toml", CITY)], LAW)}
    request = {"all": WHOLE, "part": WHOLE, "yes": WHOLE, "law": law}
    assert ask("owners.ordinary", **request, place="CN-SD")["outcome"] == "passed"
    assert refused("owners.ordinary", **request, place="CN-SC-Chengdu") == "stricter_here"
    assert refused("sichuan.ordinary", **request, place="CN-SD") == "another_place"
    assert refused("owners.ordinary", **request, place=7) == "place_unreadable"
    assert ask("chengdu.ordinary", **request, place="CN-SC-Chengdu")["outcome"] == "passed"
