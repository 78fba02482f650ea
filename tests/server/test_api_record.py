"""The one route that records: the same permissions and refusals as a page, and safe to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from tests.support.api import V1, Program
from tests.support.commits import lost_commit
from wugong import Entitlement, Overloaded, Part, RoleGranted
from wugong.events import body_of
from wugong.tables import TokenRow
from wugong.testing import Rehearsal, imported
from wugong_server.settings import Settings

NEED = {"text": "三組的路燈不亮", "place": "三組", "channel": "web"}
KIND = "planning.need_filed"


@pytest.fixture
def r() -> Iterator[Rehearsal]:
    members = {"wang": ("officer",), "li": (), "zhao": ("agent",)}
    rehearsal = Rehearsal(members=members, community="wutong", settings=None)
    yield rehearsal
    rehearsal.engine.close()


@pytest.fixture
def matter(r: Rehearsal) -> str:
    return r.open("路燈", by="li")


def test_an_act_is_answered_with_its_receipt(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li")
    answer = program.act(matter, KIND, NEED)
    fact = r.engine.fact("wutong", answer["seq"], r.viewer(matter, "li"))
    assert fact is not None
    assert (fact.kind, fact.by, fact.channel, fact.matter) == (KIND, "li", "api", matter)
    assert answer["matter"] == matter and answer["at"].startswith("2026-03-02T01:00:00")
    proof = r.engine.receipt("wutong", answer["receipt"])
    assert proof is not None and (proof.seq, proof.digest) == (answer["seq"], answer["digest"])


def test_the_answer_says_where_the_fact_can_be_read(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li")
    answer = program.client.post(
        f"{V1}/matters/{matter}/events",
        json={"kind": KIND, "body": NEED},
        headers={"Idempotency-Key": "one"},
    )
    assert program.get(answer.headers["location"])["body"]["text"] == NEED["text"]


def test_a_matter_is_opened_by_an_act_on_the_community(r: Rehearsal) -> None:
    answer = Program(r, "li").act("wutong", "wugong.matter_opened", {"title": "加裝電梯"})
    assert answer["matter"] == f"wutong.{answer['seq']}"
    assert r.matter(answer["matter"]).title == "加裝電梯"


def test_the_same_request_with_its_key_gets_the_same_answer(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li")
    first = program.act(matter, KIND, NEED, key="k-1")
    r.wait(minutes=5)
    assert program.act(matter, KIND, NEED, key="k-1") == first
    assert r.engine.head("wutong").seq == first["seq"]
    again = program.act(matter, KIND, NEED, key="k-2")
    assert again["seq"] == first["seq"] + 1


def test_the_same_key_for_another_request_is_refused(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li")
    first = program.act(matter, KIND, NEED, key="k-1")
    for other in ({**NEED, "text": "別的"}, {**NEED, "place": "四組"}):
        problem = program.act(matter, KIND, other, 409, key="k-1")
        assert [reason["code"] for reason in problem["reasons"]] == ["wugong.key_used_otherwise"]
    # A key belongs to whoever uses it.
    assert Program(r, "wang").act(matter, KIND, NEED, key="k-1")["seq"] == first["seq"] + 1


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (None, "is missing"),
        ("", "is missing"),
        ("a b", "visible"),
        ("x" * 200, None),
        ("x" * 201, "1 to 200"),
    ],
)
def test_a_key_is_needed(r: Rehearsal, matter: str, key: str | None, what: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = Program(r, "li").client.post(
        f"{V1}/matters/{matter}/events", json={"kind": KIND, "body": NEED}, headers=headers
    )
    if what is None:
        assert answer.status_code == 201
        return
    assert answer.status_code == 400
    (problem,) = answer.json()["problems"]
    assert problem["place"] == "header.Idempotency-Key" and what in problem["what"]


# Who may


def test_nobody_acts_without_a_name(r: Rehearsal, matter: str) -> None:
    program = Program(r)
    answer = program.client.post(
        f"{V1}/matters/{matter}/events",
        json={"kind": KIND, "body": NEED},
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "urn:wugong:problem:sign-in"


def test_a_token_is_of_one_community_and_ends(r: Rehearsal, matter: str) -> None:
    r.engine.found("other", title="Other", setting="rural")
    until = r.engine.now() + timedelta(days=1)
    foreign = r.engine.tokens.create("other", "li", "test", until)
    short = r.engine.tokens.create("wutong", "li", "test", until)
    program = Program(r)

    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return program.client.get(f"{V1}/communities/wutong/me", headers=headers).status_code

    assert [status(token) for token in (short, foreign, "made-up", "x" * 5000)] == [
        200,
        401,
        401,
        401,
    ]
    r.wait(hours=23, minutes=59)
    assert status(short) == 200
    r.wait(minutes=2)
    assert status(short) == 401


def test_a_revoked_token_is_dead_at_once(r: Rehearsal) -> None:
    program = Program(r, "li")
    program.get("me")
    (token,) = r.engine.tokens.list("wutong")
    r.engine.tokens.revoke(token.id)
    program.get("me", 401)


def test_a_token_that_another_process_revoked_records_nothing(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li")
    program.act(matter, "planning.need_filed", {"text": "Lamps", "place": "", "channel": "web"})
    (token,) = r.engine.tokens.list("wutong")
    with r.engine.storage.write() as connection:  # this process is not told
        connection.execute(delete(TokenRow))
    head = r.engine.head("wutong")
    need = {"text": "More lamps", "place": "", "channel": "web"}
    problem = program.act(matter, "planning.need_filed", need, 401)
    assert problem["status"] == 401 and r.engine.head("wutong") == head
    assert token.id not in r.engine.tokens._seen


def test_the_wrong_role_is_told_who_does_it(r: Rehearsal, matter: str) -> None:
    problem = Program(r, "li").act(matter, "wugong.stage_closed", {"stage": "plan"}, 403)
    (reason,) = problem["reasons"]
    assert problem["type"] == "urn:wugong:problem:not-your-role"
    assert reason["code"] == "wugong.not_your_role"
    assert "officer" in reason["details"]["roles"]
    assert reason["text"] and "{" not in reason["text"]


def test_a_refusal_names_code_text_source_remedy_and_details(r: Rehearsal, matter: str) -> None:
    problem = Program(r, "wang").act(matter, "wugong.stage_opened", {"stage": "evaluate"}, 409)
    assert problem["type"] == "urn:wugong:problem:refused" and problem["status"] == 409
    (reason,) = [one for one in problem["reasons"] if one["code"] == "wugong.stage_out_of_order"]
    assert reason["details"] == {"stage": "evaluate", "earlier": "build"}
    assert reason["text"] and reason["remedy"] and "source" in reason
    head = r.engine.head("wutong")
    assert head.seq == int(matter.partition(".")[2])


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        pytest.param({"edition": "0" * 64}, "wugong.roster_edition", "edition", id="edition"),
        pytest.param({"area_dm2": 9861}, "wugong.roster_totals", "98.60 m²", id="area"),
        pytest.param({"heads": 2}, "wugong.roster_totals", "1 people", id="heads"),
    ],
)
def test_a_roster_that_is_not_what_its_rows_make_it_is_refused(
    r: Rehearsal, given: dict[str, Any], code: str, said: str
) -> None:
    r.act("operator", "wutong", RoleGranted(member="wang", role="admin"))
    rows = [Entitlement("101", "li", parts=(Part("101", "1", 9860),))]
    body = body_of(imported("owners", rows))
    head = r.engine.head("wutong")
    problem = Program(r, "wang").act("wutong", "wugong.roster_imported", {**body, **given}, 409)
    (reason,) = problem["reasons"]
    assert reason["code"] == code and said in reason["text"] and reason["remedy"]
    assert r.engine.head("wutong") == head
    Program(r, "wang").act("wutong", "wugong.roster_imported", body)
    assert r.matter("wutong").standing.rosters == {"owners": body["edition"]}


def test_a_refusal_is_said_in_the_language_that_is_asked_for(r: Rehearsal, matter: str) -> None:
    program = Program(r, "wang")
    said = set()
    for language in ("zh-Hans", "zh-Hant", "en"):
        program.client.headers["Accept-Language"] = language
        problem = program.act(matter, "wugong.stage_opened", {"stage": "evaluate"}, 409)
        said.add((problem["title"], problem["reasons"][0]["text"]))
    assert len(said) == 3


def test_an_agent_acts_for_somebody_who_is_named(r: Rehearsal, matter: str) -> None:
    program = Program(r, "zhao")
    answer = program.act(matter, KIND, NEED, principal="li")
    fact = r.engine.fact("wutong", answer["seq"], r.viewer(matter, "wang"))
    assert fact is not None
    assert (fact.by, fact.principal, fact.channel) == ("zhao", "li", "assisted")
    problem = Program(r, "li").act(matter, KIND, NEED, 403, principal="wang")
    assert problem["reasons"][0]["code"] == "wugong.not_agent"


# What cannot be read


def test_every_field_that_cannot_be_read_is_told_at_once(r: Rehearsal, matter: str) -> None:
    body = {"text": "x" * 100_000, "channel": "telepathy", "color": "red"}
    problem = Program(r, "li").act(matter, KIND, body, 422)
    places = {one["place"]: one for one in problem["problems"]}
    assert {"text", "channel", "color"} <= places.keys()
    assert "100000" in places["text"]["what"] and "100,000" in places["text"]["text"]


def test_an_unknown_kind_is_named(r: Rehearsal, matter: str) -> None:
    problem = Program(r, "li").act(matter, "planning.nonsense", {}, 422)
    assert problem["reasons"][0]["details"] == {"kind": "planning.nonsense"}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"kind": NaN}', 400),
        (b"[" * 50_000, 400),
        (b'{"n": ' + b"9" * 5000 + b"}", 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"kind": "planning.need_filed", "body": []}', 422),
        (b'{"kind": "planning.need_filed", "body": null}', 422),
        (b'{"kind": 7, "body": {}}', 422),
        (b'{"kind": "planning.need_filed", "body": {}, "by": "wang"}', 422),
        (b'{"kind": "a", "kind": "b", "body": {}}', 422),
        (b'{"kind": "planning.need_filed", "body": {}, "channel": "web"}', 422),
        (b'{"kind": "planning.need_filed", "body": {}, "principal": 7}', 422),
        (b'{"kind": "planning.need_filed", "body": {"text": "\\ud800"}}', 422),
    ],
)
def test_a_body_that_is_no_act_is_refused(
    r: Rehearsal, matter: str, content: bytes, status: int
) -> None:
    before = r.engine.head("wutong")
    answer = Program(r, "li").client.post(
        f"{V1}/matters/{matter}/events",
        content=content,
        headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert r.engine.head("wutong") == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(r: Rehearsal, matter: str, kind: str) -> None:
    answer = Program(r, "li").client.post(
        f"{V1}/matters/{matter}/events",
        content=b'{"kind": "planning.need_filed", "body": {}}',
        headers={"Idempotency-Key": "k", "Content-Type": kind},
    )
    assert answer.status_code == 415


def test_a_sealed_text_comes_as_text_and_never_as_somebody_elses(r: Rehearsal, matter: str) -> None:
    seq = Program(r, "li").act(matter, KIND, NEED)["seq"]
    fact = r.engine.fact("wutong", seq, r.viewer(matter, "li"))
    assert fact is not None
    sealed = fact.event.text
    stolen = {"id": sealed.id, "commitment": sealed.commitment}
    problem = Program(r, "wang").act(matter, KIND, {**NEED, "text": stolen}, 422)
    assert problem["problems"][0]["place"] == "text"
    assert r.engine.head("wutong").seq == seq


@pytest.mark.parametrize("matter", ["wutong.999999", "wutong.1.2", "wutong.0", "wutong.x"])
def test_a_matter_that_is_not_there_is_not_found(r: Rehearsal, matter: str) -> None:
    Program(r, "li").act(matter, KIND, NEED, 404)


@pytest.mark.parametrize("matter", ["nowhere", "nowhere.3", "%00", "x" * 300])
def test_a_token_says_nothing_of_other_communities(r: Rehearsal, matter: str) -> None:
    r.engine.found("other", title="Other", setting="rural")
    told = [Program(r, "li").act(place, KIND, NEED, 401) for place in ("other", matter)]
    assert {**told[0], "instance": ""} == {**told[1], "instance": ""}


# Limits


def test_too_many_acts_are_told_when_to_come_back(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li", Settings(rate_limits=True))
    for _ in range(60):
        answer = program.client.post(
            f"{V1}/matters/{matter}/events", json={}, headers={"Idempotency-Key": "k"}
        )
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["type"] == "urn:wugong:problem:too-many"


def test_a_full_queue_says_that_nothing_was_recorded(
    r: Rehearsal, matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_args: Any, **_more: Any) -> None:
        raise Overloaded("2000 acts are waiting")

    monkeypatch.setattr(r.engine, "arecord", full)
    problem = Program(r, "li").act(matter, KIND, NEED, 503)
    assert problem["type"] == "urn:wugong:problem:overloaded"
    assert "Nothing was recorded" in problem["title"]


@pytest.mark.parametrize("written", [True, False])
def test_an_act_of_which_nobody_knows_is_sent_again_under_its_key(
    r: Rehearsal, matter: str, written: bool
) -> None:
    program, before = Program(r, "li"), r.engine.head("wutong").seq
    with lost_commit(r.engine, written=written):
        problem = program.act(matter, KIND, NEED, 503, key="k")
    assert problem["type"] == "urn:wugong:problem:uncertain"
    assert "not known" in problem["title"] and "same key" in problem["title"]
    assert r.engine.head("wutong").seq == before + written
    assert program.act(matter, KIND, NEED, key="k")["seq"] == before + 1
    assert r.engine.head("wutong").seq == before + 1


def test_a_fault_of_ours_tells_nothing_of_the_inside(
    r: Rehearsal, matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(r.engine, "arecord", broken)
    problem = Program(r, "li").act(matter, KIND, NEED, 500)
    assert problem["type"] == "urn:wugong:problem:broken"
    assert "secret" not in str(problem)
