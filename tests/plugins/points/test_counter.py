"""At the counter: a code says which redemption is meant, and an officer hands it over once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.plugins.points.support import give, neighbours, stocked
from wugong import Ref, Refused, seal
from wugong.testing import Rehearsal
from wugong_points.accounts import STATEMENTS
from wugong_points.events import HandedOver, Redeemed, Reversed
from wugong_server.sheet_codes import code_of
from wugong_server.testing import browse

COUNTER, PAGE = "/m/example/points/counter", "/c/example/points"


@pytest.fixture
def street() -> Rehearsal:
    """Li has redeemed a sack of rice and has 5 points left; one more sack is in stock."""
    r = neighbours()
    give(r, "li", 10)
    r.act("li", r.community, Redeemed(item=stocked(r, points=5)))
    return r


def entry_of(r: Rehearsal, member: str = "li") -> int:
    newest = max(r.engine.book(STATEMENTS, r.community, prefix=f"{member}/"))
    return int(newest.rpartition("/")[2])


def handed(r: Rehearsal, entry: int, member: str = "li", by: str = "wang") -> int:
    return r.act(by, r.community, HandedOver(entry=Ref(entry), member=member)).seq


def why(r: Rehearsal, *given: Any, **more: Any) -> Any:
    with pytest.raises(Refused) as refused:
        handed(r, *given, **more)
    (reason,) = refused.value.reasons
    return reason


def test_a_redemption_is_handed_over_once(street: Rehearsal) -> None:
    first = handed(street, entry_of(street))
    reason = why(street, entry_of(street), by="zhao")
    assert (reason.code, reason.details) == ("points.handed_already", {"seq": first})
    assert reason.source == "Our own rules of points"


def test_what_was_reversed_is_not_handed_over(street: Rehearsal) -> None:
    entry = entry_of(street)
    book = street.engine.book(STATEMENTS, street.community, prefix="li/")
    item = Ref(book[f"li/{entry:012d}"]["item"])
    undone = Reversed(entry=Ref(entry), member="li", points=5, reason=seal("Mistake"), item=item)
    seq = street.act("wang", street.community, undone).seq
    reason = why(street, entry)
    assert (reason.code, reason.details) == ("points.redemption_reversed", {"seq": seq})


def test_an_award_or_somebody_elses_redemption_is_none(street: Rehearsal) -> None:
    entry = entry_of(street)
    assert why(street, entry, "qian").code == "points.no_redemption"
    award = min(street.engine.book(STATEMENTS, street.community, prefix="li/"))
    with street.refuses("wugong.ref_unknown"):
        handed(street, int(award.rpartition("/")[2]))


def test_nobody_hands_over_to_themselves_nor_without_the_office(street: Rehearsal) -> None:
    give(street, "sun", 10)
    item = stocked(street, points=5)
    street.act("sun", street.community, Redeemed(item=item))
    entry = entry_of(street, "sun")
    street.act(
        "operator", street.community, "wugong.role_granted", {"member": "sun", "role": "officer"}
    )
    assert why(street, entry, "sun", by="sun").code == "points.own_redemption"
    assert why(street, entry, "sun", by="li").code == "wugong.not_your_role"
    assert handed(street, entry, "sun")


def seen(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text.partition("<main")[2]))


def code(r: Rehearsal) -> str:
    return code_of(f"{r.community}.{entry_of(r)}", "points.redemption")


def test_a_member_finds_the_code_on_the_points_page_until_it_is_handed_over(
    street: Rehearsal,
) -> None:
    grouped = code(street).replace("-", " ")
    mine = browse(street, "li", language="en").get(PAGE)
    assert f'class="code">{grouped}<' in mine.text and "<svg" in mine.text
    assert "To collect at the counter" in mine.text
    for other in ("qian", "wang", None):
        assert grouped not in browse(street, other).get(PAGE).text
    handed(street, entry_of(street))
    done = browse(street, "li", language="en").get(PAGE)
    assert grouped not in done.text and "handed over" in seen(done)


@pytest.mark.parametrize("typed", [lambda code: code, lambda code: f" {code.lower()} "])
def test_an_officer_looks_the_code_up_and_hands_it_over(street: Rehearsal, typed: Any) -> None:
    client = browse(street, "wang", language="en")
    found = client.get(COUNTER, params={"code": typed(code(street))})
    assert found.status_code == 200
    assert "A sack of rice" in seen(found) and "Hand over: A sack of rice" in seen(found)
    form = found.text[found.text.index('id="counter"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    done = client.post(COUNTER, data=hidden)
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, COUNTER)
    again = client.post(COUNTER, data={**hidden, "key": "another-key-of-mine"})
    assert again.status_code == 409 and "handed over already" in seen(again)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        pytest.param(
            lambda code: code[:-1] + "23"[code[-1] == "2"], "a letter is wrong", id="typo"
        ),
        pytest.param(
            lambda _: code_of("linli.5", "points.redemption"), "has this code", id="place"
        ),
        pytest.param(lambda _: code_of("example.5", "owners.lift"), "has this code", id="a sheet"),
        pytest.param(
            lambda _: code_of("example.2", "points.redemption"), "has this code", id="no redemption"
        ),
    ],
)
def test_another_code_leads_to_nothing(street: Rehearsal, other: Any, words: str) -> None:
    client = browse(street, "wang", language="en")
    answer = client.get(COUNTER, params={"code": other(code(street))})
    assert answer.status_code == 409
    assert words in seen(answer) and "A sack of rice" not in seen(answer)


def test_the_code_tells_nothing_to_who_has_no_business_at_the_counter(street: Rehearsal) -> None:
    at = f"{COUNTER}?code={code(street)}"
    resident = browse(street, "qian", language="en").get(at)
    assert resident.status_code == 403 and "A sack of rice" not in seen(resident)
    assert browse(street).get(at).status_code == 303  # signs in first


def test_a_redemption_leads_to_its_code(street: Rehearsal) -> None:
    client = browse(street, "li", language="en")
    page = client.get(PAGE).text
    link = re.search(r'href="(/m/example/points/redeem\?item=\d+)"', page)
    assert link is not None
    form = client.get(link[1]).text
    assert "A sack of rice: 5 points" in re.sub(r"<[^>]+>", "", form)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    item = re.search(r'value="(\d+)" checked', form)
    assert item is not None
    done = client.post("/m/example/points/redeem", data={**hidden, "item": item[1]})
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, PAGE)
    assert client.get(PAGE).text.count('class="code">') == 2
    poor = client.post(
        "/m/example/points/redeem", data={**hidden, "item": item[1], "key": "another-key-of-mine"}
    )
    assert poor.status_code == 409 and "5 are missing" in seen(poor)


def test_a_program_hands_over_too(street: Rehearsal) -> None:
    body = {"kind": "points.handed_over", "body": {"entry": entry_of(street), "member": "li"}}
    client = browse(street, "wang")
    path = "/api/v1/matters/example/events"
    assert client.post(path, json=body, headers={"idempotency-key": "1"}).status_code == 201
    again = client.post(path, json=body, headers={"idempotency-key": "2"})
    assert again.json()["reasons"][0]["code"] == "points.handed_already"
