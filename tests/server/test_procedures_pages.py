"""Procedures on pages, with the calculator (試算): the figures of the law, and figures to try."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import wugong_rural
import wugong_urban
from tests.law.lawbook import ask
from tests.law.polls import HEAD, write
from tests.support.api import V1
from wugong.testing import Rehearsal
from wugong_server.testing import browse

LANE = HEAD.replace("town.ordinary", "lane.ordinary").replace("owners.ordinary", "town.ordinary")
ON = {"check": "vote", "on": "2026-06-30"}


@pytest.fixture(scope="module")
def client() -> Any:
    plugins = {"urban": wugong_urban, "rural": wugong_rural}
    return browse(Rehearsal(plugins, members={"li": ()}, community="wutong"))


def tried(client: Any, procedure: str, figures: Mapping[str, object]) -> str:
    answer = client.get(f"/procedures/{procedure}?{urlencode({**ON, **figures})}")
    assert answer.status_code == 200
    return str(answer.text)


def result(page: str) -> str:
    found = re.search(r'<section class="card stack sec" id="result".*?</section>', page, re.S)
    assert found is not None, "there is no result"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def owners(group: str, heads: int, area: str) -> dict[str, object]:
    return {f"{group}.heads": heads, f"{group}.area": area}


def one_unit(unit: str, **figures: int) -> dict[str, object]:
    return {f"{group}.{unit}": number for group, number in figures.items()}


FOUR = {"check": "composition", "members": 35, "representatives": 28}
CASES = [
    pytest.param(
        "owners.ordinary",
        {
            **owners("all", 300, "30000.00"),
            **owners("part", 200, "20000.00"),
            **owners("yes", 101, "10000.00"),
        },
        "未通过。",
        ["20000.00中有10000.00，需要10000.01， 还差0.01", "民法典第278、1259条"],
        id="W1a",
    ),
    pytest.param(
        "owners.ordinary",
        {
            **owners("all", 300, "30,000.00"),
            **owners("part", 200, "20000.00"),
            **owners("yes", 101, "10000.01"),
        },
        "通过。",
        [],
        id="W1b",
    ),
    pytest.param(
        "owners.special",
        {
            **owners("all", 109, "10870.00"),
            **owners("part", 74, "7720.00"),
            **owners("yes", 56, "5190.00"),
        },
        "未通过。",
        ["7720.00中有5190.00，需要5790.00， 还差600.00"],
        id="W2",
    ),
    pytest.param(
        "owners.special",
        {
            **owners("all", 12, "900.00"),
            **owners("part", 8, "600.00"),
            **owners("yes", 6, "450.00"),
        },
        "通过。",
        ["600.00中有450.00，需要450.00"],
        id="W3c",
    ),
    pytest.param(
        "owners.ordinary",
        {
            **owners("all", 1000, "100000.00"),
            **owners("part", 560, "56000.00"),
            **owners("yes", 400, "40000.00"),
            **owners("no", 130, "13000.00"),
            **owners("abstain", 30, "3000.00"),
            **owners("delivered", 900, "90000.00"),
            "nonresponse": "follow_majority_if_rules_say",
            "clause": "1",
            "warned": "1",
            "delivered": "1",
        },
        "通过。",
        ["900中有740，需要451"],
        id="W4 follow",
    ),
    pytest.param(
        "villagers.assembly.adults",
        one_unit("persons", all=1203, present=602, yes=301),
        "未通过。",
        ["602中有301，需要302， 还差1"],
        id="W5",
    ),
    pytest.param(
        "villagers.representatives", {**FOUR, "women": 11}, "人员组成不合法。", [], id="W6 women"
    ),
    pytest.param(
        "villagers.representatives", {**FOUR, "women": 12}, "人员组成合法。", [], id="W6 lawful"
    ),
    pytest.param(
        "villagers.representatives.levy",
        one_unit("households", all=300, present=205, yes=96, no=97, abstain=12),
        "未通过。",
        ["205中有96，需要103， 还差7"],
        id="W7",
    ),
    pytest.param(
        "villagers.election",
        {
            "all.persons": 1500,
            "seats": 3,
            "in_person": 712,
            "proxies": "\n".join([f"h{n} 3" for n in range(29)] + ["four 4", "one 1"]),
            "candidates": "A 520\nB 402\nC 401",
        },
        "当选：A, B。",
        ["1500中有803，需要751", "803中有401，需要402， 还差1"],
        id="W8",
    ),
]


@pytest.mark.parametrize(("procedure", "figures", "headline", "shown"), CASES)
def test_a_worked_example_comes_out_on_the_page(
    client: Any, procedure: str, figures: dict[str, object], headline: str, shown: list[str]
) -> None:
    said = result(tried(client, procedure, figures))
    assert headline in said and (headline.startswith("未") or f"未{headline}" not in said)
    for text in shown:
        assert text in said


@pytest.mark.parametrize(
    ("figures", "field", "message"),
    [
        pytest.param(owners("all", 300, "66.67%"), "f-all-area", "66.67%是比例", id="a percentage"),
        pytest.param({"all.heads": "many"}, "f-all-heads", "many", id="no number"),
        pytest.param(owners("all", 300, "30000.00"), "f-part-area", "缺少", id="a figure missing"),
        pytest.param(
            {**owners("all", 10, "900.00"), **owners("part", 11, "900.00")}
            | owners("yes", 1, "1.00"),
            "f-part-heads",
            "11",
            id="part above all",
        ),
        pytest.param({"on": "yesterday"}, "f-on", "yesterday", id="no day"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Any, figures: dict[str, object], field: str, message: str
) -> None:
    page = tried(client, "owners.ordinary", figures)
    error = re.search(rf'<p class="err" id="{field}-err">(.*?)</p>', page)
    assert error is not None and message in error[1]
    assert f'aria-describedby="{field}-err"' in page and 'id="result"' not in page


def test_what_no_field_can_mend_is_said_above_the_form(client: Any) -> None:
    wholes = owners("all", 10, "900.00") | owners("part", 8, "700.00") | owners("yes", 8, "700.00")
    page = tried(client, "owners.ordinary", {**wholes, **owners("no", 1, "1.00")})
    assert re.search(r'<p class="err" role="alert">.*9.*8', page)
    early = tried(client, "owners.ordinary", {**wholes, "on": "2020-12-31"})
    assert re.search(r'<p class="err" role="alert">.*2021-01-01', early)


def test_a_notice_too_short_makes_it_void_with_the_article(client: Any) -> None:
    wholes = owners("all", 10, "900.00") | owners("part", 8, "700.00") | owners("yes", 8, "700.00")
    short = result(tried(client, "owners.ordinary", {**wholes, "notice_on": "2026-06-16"}))
    assert "无效" in short and "物业管理条例" in short
    assert "通过。" in result(
        tried(client, "owners.ordinary", {**wholes, "notice_on": "2026-06-15"})
    )


def test_every_procedure_has_a_page_with_every_article_it_rests_on(client: Any) -> None:
    listed = client.get("/procedures").text
    registry = client.app.state.engine.registry
    assert len(registry.procedures) > 20
    for procedure in registry.procedures.values():
        assert f'href="/procedures/{procedure.id}"' in listed
        page = client.get(f"/procedures/{procedure.id}").text
        for test in (*procedure.quorum, *procedure.consent):
            share = f"{test.threshold.share.numerator}/{test.threshold.share.denominator}"
            assert share in page or test.threshold.share == 1
    assert client.get("/procedures/owners.nothing").status_code == 404


@pytest.mark.parametrize(
    ("members", "headline", "shown"),
    [
        (2, "人员组成不合法。", "还差1"),
        (3, "人员组成合法。", "有3，需要3"),
        (6, "人员组成不合法。", "多出1"),
    ],
)
def test_too_few_and_too_many_are_told_apart(
    client: Any, members: int, headline: str, shown: str
) -> None:
    figures = {"check": "composition", "members": members}
    said = result(tried(client, "villagers.supervision.adults", figures))
    assert headline in said and shown in said and "至多5" in said


SEATS = {
    "classes.party": 1,
    "classes.residents_committee": 1,
    "classes.owners_committee": 1,
    "classes.property_service": 1,
    "classes.social_organisations": 1,
    "classes.residents": 3,
}


@pytest.mark.parametrize(
    ("residents", "headline", "shown"),
    [
        (0, "人员组成不合法。", "居民的代表：至少1 有0，需要1， 还差1"),
        (1, "人员组成合法。", "居民的代表：至少1"),
    ],
)
def test_a_committee_is_checked_class_by_class(
    client: Any, residents: int, headline: str, shown: str
) -> None:
    figures = {"check": "composition", **SEATS, "classes.residents": residents}
    page = tried(client, "community.governance", figures)
    assert headline in result(page) and shown in result(page)
    assert "街道党工委（主持）" in page and "席位类别" in page


def test_a_number_from_memory_is_marked_at_its_row(client: Any) -> None:
    figures = {"check": "composition", "members": 21, "classes.residents": 11}
    said = result(tried(client, "residents.council.chengdu", figures))
    assert said.count("凭记忆录入，待核") == 2 and "twenty_one_or_more" not in said


@pytest.mark.parametrize(
    ("procedure", "said"),
    [
        pytest.param("owners.special", "", id="read in the text"),
        pytest.param("villagers.assembly.adults", "读自转述的资料", id="from a secondary text"),
        pytest.param("homestead.application", "凭记忆录入，待核", id="from memory"),
        pytest.param("discussion.twelve", "原文没有写明日期", id="no day in the text"),
    ],
)
def test_the_first_day_says_how_sure_we_are_of_it(client: Any, procedure: str, said: str) -> None:
    page = client.get(f"/procedures/{procedure}").text
    day = re.search(r"<dt>施行</dt><dd>(.*?)</dd>", page)
    assert day is not None and re.sub(r"<[^>]+>", "", day[1]).partition(" ")[2] == said
    assert "没有另外标明的数字，都对照过原文。" in page


def test_a_result_says_of_each_number_how_sure_we_are(client: Any) -> None:
    nantang = result(tried(client, "discussion.nantang", one_unit("members", yes=2, no=1)))
    assert "读自转述的资料" in nantang
    elders = result(tried(client, "elders.council", one_unit("members", present=3, yes=2)))
    assert "建议，非法定" in elders
    read = result(
        tried(client, "villagers.group.adults", one_unit("persons", all=3, present=2, yes=2))
    )
    assert "读自" not in read and "非法定" not in read


@pytest.mark.parametrize(
    ("procedure", "figures", "field", "message"),
    [
        pytest.param(
            "community.governance", {"classes.party": 1}, "f-classes-residents_committee",
            "缺少居民委员会", id="a class missing",
        ),
        pytest.param(
            "community.governance", {**SEATS, "classes.party": "one"}, "f-classes-party",
            "街道党工委", id="no number",
        ),
        pytest.param(
            "residents.council.chengdu", {"members": 21, "classes.residents": 22}, "f-members",
            "22", id="more seats than members",
        ),
        pytest.param(
            "villagers.representatives", {"members": 9, "representatives": 10, "women": 3},
            "f-representatives", "10", id="more representatives than members",
        ),
    ],
)  # fmt: skip
def test_seats_that_cannot_be_are_said_beside_their_field(
    client: Any, procedure: str, figures: dict[str, object], field: str, message: str
) -> None:
    page = tried(client, procedure, {"check": "composition", **figures})
    error = re.search(rf'<p class="err" id="{field}-err">(.*?)</p>', page)
    assert error is not None and message in error[1] and 'id="result"' not in page


def test_a_local_procedure_names_its_place_in_words(client: Any) -> None:
    page = client.get("/procedures/residents.council.chengdu").text
    assert "<dd>四川省成都市</dd>" in page and "CN-SC-Chengdu" not in page
    assert "只提意见，不作决定，四川省成都市</small>" in client.get("/procedures").text


@pytest.mark.parametrize("name", ["residents.council", "discussion.three_meetings.hearing"])
def test_a_discussion_body_says_that_it_decides_nothing(client: Any, name: str) -> None:
    page = client.get(f"/procedures/{name}").text
    assert "不作决定" in page and 'id="try"' not in page
    assert '<a href="/procedures/owners.special">' in page


def test_a_flow_without_a_vote_leads_to_the_vote_and_has_no_calculator(client: Any) -> None:
    page = client.get("/procedures/villagers.rules").text
    assert "本程序不设表决。" in page and 'id="try"' not in page and "表决方式" not in page
    assert re.search(r'由村民会议表决.*?<a href="/procedures/villagers.assembly.adults">', page)
    said = tried(client, "villagers.rules", one_unit("persons", all=9, present=9, yes=9))
    assert 'id="result"' not in said
    assert "不设表决" in client.get("/procedures").text


def test_a_covenant_leads_to_both_meetings_and_marks_what_is_from_memory(client: Any) -> None:
    page = client.get("/procedures/residents.rules").text
    assert "本程序不设表决。" in page and 'id="try"' not in page and "凭记忆录入，待核" in page
    for said, name in (
        ("由居民会议表决", "residents.assembly.adults"),
        ("由居民代表会议表决", "residents.representatives"),
    ):
        assert re.search(rf'{said}.*?<a href="/procedures/{name}">', page)
    posted = client.get("/procedures/residents.publication").text
    assert "法律没有规定固定的公布周期" in posted and "公示不少于15天" in posted


def test_a_body_without_a_number_has_no_check_of_its_number(client: Any) -> None:
    page = client.get("/procedures/residents.supervision.adults").text
    assert "成员及其近亲属不得担任" in page and "人数未收录，按当地规定" in page
    assert 'name="members"' not in page
    assert 'name="members"' in client.get("/procedures/villagers.supervision.adults").text


def test_programs_get_the_same_answer_as_the_command(client: Any) -> None:
    request = {
        "all": {"heads": 12, "area": "900.00"},
        "part": {"heads": 8, "area": "600.00"},
        "yes": {"heads": 6, "area": "449.99"},
    }
    asked = {"procedure": "owners.special", "on": "2026-06-30", **request}
    answer = client.post(f"{V1}/decide", json=asked)
    assert answer.status_code == 200 and answer.json() == ask("owners.special", **request)
    assert answer.json()["outcome"] == "rejected"
    refused = client.post(f"{V1}/decide", json={**asked, "part": {"heads": 13, "area": "600.00"}})
    assert refused.status_code == 422 and "13" in refused.json()["problems"][0]["what"]
    listed = client.get(f"{V1}/procedures").json()["procedures"]
    found = next(one for one in listed if one["id"] == "owners.special")
    assert "part.area" in found["figures"]
    committee = next(one for one in listed if one["id"] == "community.governance")
    assert [one["id"] for one in committee["classes"] if one["chair"]] == ["party"]
    seats = {"classes": {name.partition(".")[2]: n for name, n in SEATS.items()}}
    check = {"procedure": "community.governance", "on": "2026-06-30", "check": "composition"}
    composed = client.post(f"{V1}/decide", json={**check, **seats})
    assert composed.status_code == 200 and composed.json()["outcome"] == "passed"


def test_a_local_pack_says_where_it_comes_from_and_what_it_made_stricter(tmp_path: Path) -> None:
    (tmp_path / "town.toml").write_text(
        """
id = "town.representatives"
parent = "villagers.representatives"
jurisdiction = "example"
notice_days = 12
basis = [{ article = "例 1", text_year = 2026, confidence = "I" }]
title = { zh_Hans = "例镇：村民代表会议", en = "Town" }
[[composition]]
id = "women_of_members"
count = "women"
of = "members"
op = ">="
share = "1/2"
source = "例 2"
confidence = "I"
""",
        encoding="utf-8",
    )
    plugins = {"urban": wugong_urban, "rural": wugong_rural}
    client = browse(Rehearsal(plugins, members={"li": ()}, community="wutong", packs=tmp_path))
    page = client.get("/procedures/town.representatives").text
    local = re.search(r'<section class="sec" aria-labelledby="local">.*?</section>', page, re.S)
    assert local is not None
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", local[0]))
    assert "例 1" in said and "建议，非法定" in said
    assert "会议通知 ：至少提前12天" in said
    assert "妇女代表：成员的1/2以上" in said and "原规定：妇女代表：成员的1/3以上" in said
    assert "<code>town.toml</code>" in page
    parent = client.get("/procedures/villagers.representatives").text
    assert '<a href="/procedures/town.representatives">例镇：村民代表会议</a>' in parent
    assert 'aria-labelledby="local"' not in parent
    assert 'href="/procedures/villagers.representatives"' in page
    for language in (
        "zh-Hans",
        "zh-Hant",
        "en",
    ):  # a lacking one by its nearest
        found = client.get("/procedures", headers={"Accept-Language": language})
        assert (">Town<" if language == "en" else "例镇：村民代表会议") in found.text


def test_the_api_names_the_procedure_that_a_pack_makes_stricter(tmp_path: Path) -> None:
    packs = write(tmp_path / "packs", town=HEAD, lane=LANE)
    r = Rehearsal({"urban": wugong_urban}, members={"li": ()}, community="wutong", packs=packs)
    for address in (f"{V1}/procedures", f"{V1}/communities/wutong/procedures"):
        listed = browse(r, "li").get(address).json()["procedures"]
        found = {one["id"]: (one["parent"], one["ancestors"]) for one in listed}
        assert found["owners.ordinary"] == (None, [])
        assert found["town.ordinary"] == ("owners.ordinary", ["owners.ordinary"])
        assert found["lane.ordinary"] == ("town.ordinary", ["town.ordinary", "owners.ordinary"])
