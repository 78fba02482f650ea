"""Reading by noun: pages joined by cursors, ETags, and nobody sees what is not for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.api import V1, Program
from wugong import (
    Fact,
    RoleGranted,
    View,
    event,
    hookimpl,
)
from wugong.merkle import has_grown
from wugong.stages import ANY
from wugong.testing import Rehearsal
from wugong_server import openapi
from wugong_server.api_reading import READING

NEED = {"text": "三組的路燈不亮", "place": "三組", "channel": "web"}


@pytest.fixture
def r() -> Iterator[Rehearsal]:
    members = {"wang": ("officer", "admin"), "li": (), "chen": ()}
    rehearsal = Rehearsal(members=members, community="wutong", title="梧桐里（示例）")
    yield rehearsal
    rehearsal.engine.close()


def numbers(program: Program, path: str, **query: Any) -> list[int]:
    """Follow the cursor to the end and return the numbers of all facts met."""
    found: list[int] = []
    answer = program.get(path, params=query)
    while True:
        assert len(answer["facts"]) <= int(query["limit"])
        found += [fact["seq"] for fact in answer["facts"]]
        if answer["next"] is None:
            return found
        answer = program.get(answer["next"])


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_the_cursor_visits_every_fact_once(r: Rehearsal, limit: int) -> None:
    for n in range(6):
        r.open(f"第{n}件", by="li")
    program = Program(r, "wang")
    last = r.engine.head("wutong").seq
    assert numbers(program, "facts", limit=limit) == list(range(1, last + 1))
    assert numbers(program, "facts", limit=limit, newest="true") == list(range(last, 0, -1))
    opened = numbers(program, "facts", limit=limit, kind="wugong.matter_opened")
    assert len(opened) == 6


def test_matters_are_paged_searched_and_filtered(r: Rehearsal) -> None:
    ids = [r.open(f"路燈{n}", by="li") for n in range(5)]
    program = Program(r)
    first = program.get("matters", params={"limit": 2})
    assert first["total"] == 5
    assert [row["id"] for row in first["matters"]] == [ids[4], ids[3]]
    second = program.get(first["next"])
    third = program.get(second["next"])
    assert [row["id"] for row in third["matters"]] == [ids[0]] and third["next"] is None
    assert program.get("matters", params={"search": "路燈3"})["total"] == 1
    assert program.get("matters", params={"stage": "plan"})["total"] == 5
    assert program.get("matters", params={"stage": "share"})["total"] == 0


def test_an_etag_saves_what_did_not_change(r: Rehearsal) -> None:
    matter = r.open("路燈", by="li")
    client = Program(r, "li").client
    path = f"{V1}/matters/{matter}"
    etag = client.get(path).headers["etag"]
    same = client.get(path, headers={"If-None-Match": f'"x", {etag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={"If-None-Match": f"W/{etag}"}).status_code == 304
    r.act("wang", matter, "wugong.stage_skipped", {"stage": "build", "reason": "無須施工"})
    changed = client.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed.headers["etag"] != etag


@pytest.mark.parametrize("path", [*READING, "/openapi.json"])
def test_every_reading_route_saves_what_did_not_change(r: Rehearsal, path: str) -> None:
    matter = r.open("路燈", by="li")
    receipt = r.act("li", matter, "planning.need_filed", NEED)
    named = {"community": "wutong", "matter": matter, "seq": receipt.seq, "code": receipt.code}
    named |= {"size": 3, "book": "wugong.members", "view": "wugong.matters"}
    program = Program(r, "wang")
    for kind in ("book", "view"):
        named[kind] = program.get(f"{kind}s")[f"{kind}s"][0][kind]
    first = program.client.get(path.format_map(named))
    assert first.status_code == 200, first.text
    tag = first.headers["etag"]
    same = program.client.get(path.format_map(named), headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    other = program.client.get(path.format_map(named), headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_what_one_person_reads_is_never_kept_for_another(r: Rehearsal) -> None:
    path = f"{V1}/communities/wutong"
    mine = Program(r, "li").client.get(path)
    assert mine.headers["cache-control"] == "no-store"
    public = Program(r).client.get(path)
    assert public.headers["cache-control"] == "no-cache"
    assert "Authorization" in public.headers["vary"] and "Cookie" in public.headers["vary"]


def test_facts_and_texts_are_shown_by_audience(r: Rehearsal) -> None:
    matter = r.open("路燈", by="li")
    need = r.act("li", matter, "planning.need_filed", NEED)
    public, officer = Program(r), Program(r, "wang")
    shown = {fact["kind"] for fact in public.get("facts", params={"limit": 200})["facts"]}
    assert "wugong.member_enrolled" not in shown
    listed = officer.get("facts", params={"kind": "wugong.member_enrolled"})["facts"]
    assert {fact["body"]["name"] for fact in listed} == {"wang", "li", "chen"}
    assert public.get("facts")["names"] == {}
    assert officer.get("facts")["names"]["li"] == "li"
    public.get(f"facts/{listed[0]['seq']}", 404)
    text = officer.get(f"facts/{need.seq}")["body"]["text"]
    assert text == NEED["text"]


def test_a_matter_for_members_is_not_found_by_others(r: Rehearsal) -> None:
    matter = r.open("內部事務", by="li", audience="members")
    for path in ("", "/facts", "/acts", "/waiting"):
        Program(r).get(f"{V1}/matters/{matter}{path}", 404)
        Program(r, "chen").get(f"{V1}/matters/{matter}{path}")
    assert Program(r).get("matters")["total"] == 0
    hidden = Program(r).get(f"{V1}/matters/{matter}", 404)
    absent = Program(r).get(f"{V1}/matters/wutong.9999", 404)
    assert {**hidden, "instance": ""} == {**absent, "instance": ""}


def test_the_head_is_the_one_of_the_journal(r: Rehearsal) -> None:
    head = r.engine.head("wutong")
    shown = Program(r).get("head")
    size, root = r.engine.root("wutong")
    assert shown == {
        "seq": head.seq,
        "sha256": head.digest,
        "sm3": head.sm3,
        "at": head.at,
        "tree": {"size": size, "root": root},
    }
    assert Program(r).get("")["head"] == shown


def test_of_an_earlier_head_it_is_proved_that_the_journal_only_grew(r: Rehearsal) -> None:
    program = Program(r)
    old = program.get("head")["tree"]
    assert program.get(f"head/{old['size']}")["path"] == []
    r.open("路燈", by="li")
    new = program.get("head")["tree"]
    shown = program.get(f"head/{old['size']}")
    assert (shown["old_root"], shown["root"], shown["size"]) == (
        old["root"],
        new["root"],
        new["size"],
    )
    path = [bytes.fromhex(one) for one in shown["path"]]
    trees = [(one["size"], bytes.fromhex(one["root"])) for one in (old, new)]
    assert has_grown(trees[0], trees[1], path)
    for wrong in ("0", str(new["size"] + 1), "x", "-1", "9" * 20):
        program.get(f"head/{wrong}", 404)


def test_a_fact_is_linked_from_either_end(r: Rehearsal) -> None:
    matter = r.open("路燈", by="li")
    need = r.act("li", matter, "planning.need_filed", NEED).seq
    scheme = r.act(
        "wang",
        matter,
        "planning.scheme_published",
        {
            "title": "裝十盞燈",
            "clauses": [{"text": "三組十盞", "answers": [need]}],
            "cost_fen": 3_000_000,
            "operating_fen_per_year": 100_000,
            "changes": "",
        },
    ).seq
    program = Program(r, "li")
    assert program.get(f"facts/{scheme}")["answers"] == [need]
    assert program.get(f"facts/{need}")["answered_by"] == [scheme]


def test_a_receipt_proves_an_act_and_a_wrong_code_does_not(r: Rehearsal) -> None:
    receipt = r.act("li", "wutong", "wugong.matter_opened", {"title": "路燈"})
    program = Program(r)
    shown = program.get(f"receipts/{receipt.code}")
    assert shown["seq"] == receipt.seq
    assert shown["inclusion"]["root"] == program.get("head")["tree"]["root"]
    program.get("receipts/2222-2222-2222-2222", 404)
    problem = program.get("receipts/no-code", 422)
    assert problem["problems"][0]["place"] == "code"


def test_what_waits_is_told_to_whom_it_concerns(r: Rehearsal) -> None:
    matter = r.open("路燈", by="li")
    opinion = r.act("li", matter, "planning.need_filed", NEED)
    waiting = Program(r, "wang").get(f"{V1}/matters/{matter}/waiting")["waiting"]
    tasks = Program(r, "wang").get("waiting")["waiting"]
    assert {item["matter"] for item in tasks} <= {matter}
    for item in waiting:
        assert item["what"] and "{" not in item["what"]
    assert opinion.seq
    Program(r).get("waiting", 401)


def test_what_may_be_done_is_what_the_engine_offers(r: Rehearsal) -> None:
    matter = r.open("路燈", by="li")
    for member in ("", "li", "wang"):
        viewer = r.viewer(matter, member)
        offered = {kind.name for kind in r.engine.offered(r.matter(matter), viewer)}
        answer = Program(r, member).get(f"{V1}/matters/{matter}/acts", params={"all": "true"})
        assert {act["kind"] for act in answer["acts"]} == offered
        refused = {one["kind"]: one["reasons"] for one in answer["refused"]}
        assert not offered & refused.keys()
        assert all(reasons for reasons in refused.values())


def test_one_reads_what_one_is_and_did(r: Rehearsal) -> None:
    r.roster("owners", [("101", "li", "1", 8050), ("102", "chen", "1", 7000)])
    matter = r.open("路燈", by="li")
    program = Program(r, "li")
    me = program.get("me")
    assert me["member"] == "li" and me["name"] == "li"
    assert [role["role"] for role in me["roles"]] == ["resident"]
    (entitlement,) = me["entitlements"]
    assert (entitlement["roster"], entitlement["area_dm2"]) == ("owners", 8050)
    for n in range(5):
        r.act("li", matter, "planning.need_filed", {**NEED, "place": f"{n}組"})
    mine = numbers(program, "me/facts", limit=2)
    assert mine == sorted(mine, reverse=True) and len(mine) == 6
    assert numbers(Program(r, "chen"), "me/facts", limit=2) == []
    for path in ("me", "me/facts"):
        Program(r).get(path, 401)


def test_books_are_shown_by_audience_and_paged_by_key(r: Rehearsal) -> None:
    officer = Program(r, "wang")
    listed = officer.get("books")["books"]
    for one in listed:
        keys, answer = [], officer.get(f"books/{one['book']}", params={"limit": 1})
        while True:
            keys += [value["key"] for value in answer["values"]]
            if answer["next"] is None:
                break
            answer = officer.get(answer["next"])
        assert keys == sorted(set(keys))
    for one in listed:
        if one["shown_to"] == "officer":
            Program(r).get(f"books/{one['book']}", 404)
    officer.get("books/no.such", 404)


def test_the_duties_list_every_kind_with_its_article(r: Rehearsal) -> None:
    duties = {row["kind"]: row for row in Program(r).get("duties")["duties"]}
    assert duties.keys() == r.engine.registry.kinds.keys()
    for name, kind in r.engine.registry.kinds.items():
        assert {one["role"] for one in duties[name]["may"]} == set(kind.may)
        assert duties[name]["source"] == kind.source
        assert [field["name"] for field in duties[name]["fields"]] == list(kind.fields)


def test_procedures_are_data_with_exact_shares(r: Rehearsal) -> None:
    found = Program(r).get("procedures")["procedures"]
    assert found
    assert {one["setting"] for one in found} <= {"urban", "any", ""}
    tests = [test for one in found for test in (*one["quorum"], *one["consent"])]
    assert all("/" in test["share"] for test in tests)
    assert all(basis["confidence"] in "VSMI" for one in found for basis in one["basis"])


def test_the_rules_are_listed(r: Rehearsal) -> None:
    rules = Program(r).get("rules")["rules"]
    assert {rule["id"] for rule in rules} == r.engine.registry.rules.keys()


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"limit": "0"}, {"query.limit"}),
        ({"limit": "201"}, {"query.limit"}),
        ({"limit": "-1"}, {"query.limit"}),
        ({"limit": "ten", "cursor": "x"}, {"query.limit", "query.cursor"}),
        ({"newest": "maybe"}, {"query.newest"}),
        ({"colour": "red"}, {"query.colour"}),
        ({"kind": "x" * 81}, {"query.kind"}),
        ({"kind": "a\x00b"}, {"query.kind"}),
    ],
)
def test_an_address_that_cannot_be_read_names_every_place(
    r: Rehearsal, query: dict[str, str], places: set[str]
) -> None:
    problem = Program(r).get("facts", 422, params=query)
    assert {one["place"] for one in problem["problems"]} == places


@pytest.mark.parametrize("limit", [1, 200])
def test_the_bounds_of_a_page(r: Rehearsal, limit: int) -> None:
    assert len(Program(r).get("facts", params={"limit": limit})["facts"]) <= limit


# A view of which one fact sets many rows


@event("lists.set", may={"resident": ANY}, title="Set", says="Set {rows:.3}")
class ListSet:
    """Several rows at once."""

    rows: tuple[str, ...]


def _rows(fact: Fact) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((row, {"text": row}) for row in fact.event.rows)


ROWS = View("lists.rows", columns={"text": str}, fill=_rows, hears=(ListSet,))


class Lists:
    @staticmethod
    @hookimpl
    def register() -> list[Any]:
        return [ListSet, ROWS]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 100])
def test_rows_that_one_fact_set_are_not_torn_apart(limit: int) -> None:
    r = Rehearsal({"lists": Lists()}, members={"li": ()}, community="wutong")
    groups = [["a"], ["b", "c", "d", "e"], ["f"], ["g", "h"]]
    for group in groups:
        r.act("li", "wutong", ListSet(rows=tuple(group)))
    program = Program(r)
    answer = program.get("views/lists.rows", params={"limit": limit})
    seen = [row["key"] for row in answer["rows"]]
    while answer["next"]:
        answer = program.get(answer["next"])
        seen += [row["key"] for row in answer["rows"]]
    assert seen == [key for group in groups for key in group]
    assert program.get("views")["views"][0]["columns"] == [{"name": "text", "type": "string"}]


def test_a_sentence_may_say_how_a_field_is_written() -> None:
    r = Rehearsal({"lists": Lists()}, members={"li": ()}, community="wutong")
    r.act("li", "wutong", ListSet(rows=("abcdef",)))
    facts = Program(r, "li").get("facts", params={"kind": "lists.set"})["facts"]
    assert [fact["says"] for fact in facts] == ["Set abc"]


# About the program


def test_the_version_names_program_api_hooks_and_plugins(r: Rehearsal) -> None:
    found = Program(r).get("/version")
    assert found["api"] == 1 and found["hooks"] == 1
    assert found["plugins"].keys() == r.engine.registry.packages.keys()


# The document


def test_the_document_describes_every_route_and_every_kind(r: Rehearsal) -> None:
    document = Program(r).get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    stored = f"{V1}/communities/{{community}}/documents"
    assert document["paths"].keys() == {
        *READING,
        f"{V1}/matters/{{matter}}/events",
        f"{V1}/decide",
        stored,
        f"{stored}/{{document}}",
        f"{V1}/communities/{{community}}/rosters",
    }
    schemas = document["components"]["schemas"]
    mapping = schemas["event"]["discriminator"]["mapping"]
    for name, kind in r.engine.registry.kinds.items():
        inside = ("clock", "operator", "plugin", "plugin:")
        outside = [role for role in kind.may if not role.startswith(inside)]
        assert (name in mapping) == bool(outside), name
    for name, target in mapping.items():
        assert target == f"#/components/schemas/{name}"
        assert schemas[name]["properties"]["kind"] == {"const": name}


def test_the_answers_are_those_that_the_document_promises(r: Rehearsal) -> None:
    writing = ("problem", "receipt_of_act", "document", "decided", "import")
    promised = {name for name in openapi.ANSWERS if name not in writing}
    assert {read.__name__ for read in READING.values()} == promised


def test_a_mounted_api_links_below_its_prefix(r: Rehearsal) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.testclient import TestClient

    from wugong_server.app import create_app

    for n in range(3):
        r.open(f"{n}", by="li")
    host = Starlette(routes=[Mount("/portal", create_app(r.engine, pages={}))])
    client = TestClient(host)
    answer = client.get("/portal/api/v1/communities/wutong/matters?limit=2").json()
    assert answer["next"].startswith("/portal/api/v1/")
    assert len(client.get(answer["next"]).json()["matters"]) == 1
    assert client.get("/portal/openapi.json").json()["servers"] == [{"url": "/portal"}]
    missing = client.get("/portal/api/v1/matters/none")
    assert missing.headers["content-type"] == "application/problem+json"


def test_roles_of_one_matter_are_seen_there(r: Rehearsal) -> None:
    matter = r.open("路燈", by="li")
    r.act("operator", "wutong", RoleGranted(member="chen", role="supervisor", scope=matter))
    acts = Program(r, "chen").get(f"{V1}/matters/{matter}/acts")["acts"]
    assert acts
