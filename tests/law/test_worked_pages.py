"""The worked examples of DOMAIN §12 on the page of their procedure, each of their parts."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.law.pages import WORDS, said, submitted
from wugong.explaining import OUTCOMES

ORDINARY, SPECIAL = "owners.ordinary", "owners.special"


def owners(**groups: tuple[int, str]) -> dict[str, str]:
    """Write heads and area of each group as the form names them."""
    heads = {f"{group}.heads": str(one[0]) for group, one in groups.items()}
    return heads | {f"{group}.area": one[1] for group, one in groups.items()}


def units(unit: str, **groups: int) -> dict[str, str]:
    return {f"{group}.{unit}": str(count) for group, count in groups.items()}


W1: Any = {"all": (300, "30000.00"), "part": (200, "20000.00")}
W2: Any = {"all": (109, "10870.00")}
W3: Any = {"all": (12, "900.00")}
W4 = owners(
    all=(1000, "100000.00"),
    part=(560, "56000.00"),
    yes=(400, "40000.00"),
    no=(130, "13000.00"),
    abstain=(30, "3000.00"),
    delivered=(900, "90000.00"),
)
JOINS = {"clause": "1", "warned": "1", "delivered": "1"}
CASES: list[tuple[str, str, dict[str, str], str, str]] = [
    ("W1 a", ORDINARY, owners(**W1, yes=(101, "10000.00")), "rejected", "还差0.01"),
    ("W1 b", ORDINARY, owners(**W1, yes=(101, "10000.01")), "passed", "10000.01"),
    ("W1 c", ORDINARY, owners(**W1, yes=(100, "10000.01")), "rejected", "200中有100，需要101"),
    ("W2 a", SPECIAL, owners(**W2, part=(73, "6720.00"), yes=(73, "6720.00")), "no_quorum", "6720"),
    (
        "W2 b",
        SPECIAL,
        owners(**W2, part=(74, "7720.00"), yes=(56, "5190.00")),
        "rejected",
        "5790.00",
    ),
    ("W2 c", SPECIAL, owners(**W2, part=(74, "7720.00"), yes=(56, "5950.00")), "passed", "5950.00"),
    (
        "W3 a",
        SPECIAL,
        owners(**W3, part=(8, "590.00"), yes=(8, "590.00")),
        "no_quorum",
        "还差10.00",
    ),
    ("W3 b", SPECIAL, owners(**W3, part=(8, "600.00"), yes=(6, "440.00")), "rejected", "还差10.00"),
    ("W3 c", SPECIAL, owners(**W3, part=(8, "600.00"), yes=(6, "450.00")), "passed", "需要450.00"),
    ("W4 strict", ORDINARY, {**W4, "nonresponse": "strict_returned"}, "no_quorum", "1000中有560"),
    (
        *("W4 abstained", ORDINARY, {**W4, "nonresponse": "signed_receipt_is_abstain"}),
        *("rejected", "900中有400，需要451"),
    ),
    (
        *("W4 joined", ORDINARY, {**W4, "nonresponse": "follow_majority_if_rules_say", **JOINS}),
        *("passed", "900中有740"),
    ),
    *(
        (
            f"W5 {name}",
            f"villagers.assembly.{mode}",
            units(unit, all=whole, present=came, yes=yes),
            *(outcome, shown),
        )
        for name, mode, unit, whole, came, yes, outcome, shown in (
            ("601 adults", "adults", "persons", 1203, 601, 601, "no_quorum", "需要602"),
            ("301 of 602", "adults", "persons", 1203, 602, 301, "rejected", "需要302， 还差1"),
            ("302 of 602", "adults", "persons", 1203, 602, 302, "passed", "602中有302"),
            ("267 homes", "households", "households", 402, 267, 267, "no_quorum", "需要268"),
            ("134 of 268", "households", "households", 402, 268, 134, "rejected", "需要135"),
            ("135 of 268", "households", "households", 402, 268, 135, "passed", "268中有135"),
        )
    ),
    *(
        (
            f"W6 {name}",
            "villagers.representatives",
            units("members", all=35, present=came, yes=yes),
            *(outcome, shown),
        )
        for name, came, yes, outcome, shown in (
            ("23 of 35", 23, 23, "no_quorum", "需要24， 还差1"),
            ("12 of 24", 24, 12, "rejected", "需要13， 还差1"),
            ("13 of 24", 24, 13, "passed", "24中有13"),
        )
    ),
    *(
        (
            f"W7 {yes} households",
            "villagers.representatives.levy",
            units("households", all=300, present=205, yes=yes, no=205 - 12 - yes, abstain=12),
            outcome,
            "需要103",
        )
        for yes, outcome in ((96, "rejected"), (102, "rejected"), (103, "passed"))
    ),
    *(
        (
            f"W8 {name}",
            "villagers.recall",
            units("persons", all=1500, part=voted, yes=yes) | {"petition.persons": str(asked)},
            outcome,
            shown,
        )
        for name, asked, voted, yes, outcome, shown in (
            ("299 ask", 299, 751, 376, "void", "300"),
            ("750 vote", 300, 750, 376, "no_quorum", "需要751"),
            ("375 of 751", 300, 751, 375, "rejected", "需要376， 还差1"),
            ("376 of 751", 300, 751, 376, "recalled", "751中有376"),
        )
    ),
]


@pytest.mark.parametrize(
    ("procedure", "given", "outcome", "shown"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_a_worked_example_comes_out_on_its_page(
    client: TestClient, procedure: str, given: dict[str, str], outcome: str, shown: str
) -> None:
    result = said(submitted(client, procedure, "vote", given))
    headline = WORDS(OUTCOMES[outcome])
    assert headline in result.headline and f"未{headline}" not in result.headline
    assert shown in " ".join((result.headline, *result.tests))


@pytest.mark.parametrize(
    ("members", "representatives", "women", "outcome"),
    [
        pytest.param(35, 28, 12, "lawful", id="four fifths, twelve women"),
        pytest.param(34, 27, 12, "unlawful", id="27 of 34"),
        pytest.param(35, 28, 11, "unlawful", id="eleven women"),
    ],
)
def test_w6_a_body_is_composed_on_its_page(
    client: TestClient, members: int, representatives: int, women: int, outcome: str
) -> None:
    figures = {"members": members, "representatives": representatives, "women": women}
    given = {name: str(count) for name, count in figures.items()}
    result = said(submitted(client, "villagers.representatives", "composition", given))
    assert WORDS(OUTCOMES[outcome]) in result.headline


@pytest.mark.parametrize(
    ("procedure", "part", "candidates", "headline", "names"),
    [
        pytest.param("villagers.election", 803, "A 520\nB 402\nC 401", "elected", "A, B", id="803"),
        pytest.param("villagers.election", 750, "A 750", "no_quorum", "", id="750 of 1500"),
        pytest.param("villagers.rerun", 760, "C 253\nD 200", "nobody", "", id="253 of 760"),
        pytest.param("villagers.rerun", 760, "C 254\nD 200", "elected", "C", id="254 of 760"),
    ],
)
def test_w8_an_election_and_its_rerun_come_out_on_their_pages(
    client: TestClient, procedure: str, part: int, candidates: str, headline: str, names: str
) -> None:
    seats = "3" if names == "A, B" else "1"
    given = {"part.persons": str(part), "seats": seats, "candidates": candidates}
    if procedure == "villagers.election":
        given["all.persons"] = "1500"
    result = said(submitted(client, procedure, "vote", given))
    assert WORDS(OUTCOMES[headline], names=names) in result.headline
