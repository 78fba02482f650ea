"""Scans of paper ballots: sealed for the voter, read by few, gone with the person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.test_batch_pages import fields
from tests.plugins.voting.test_batches import begun, confirm, enter
from tests.server.test_documents_pages import form_of, photo
from wugong import Erased, Refused
from wugong.testing import Rehearsal
from wugong_server.testing import browse

SCANNED = "voting.sheet_scanned"


def entered(**more: Any) -> tuple[Rehearsal, str, int]:
    r, matter, poll = begun(**more)
    enter(r, matter, poll)
    return r, matter, poll


def put(r: Rehearsal, by: str = "wang", sealed_for: str = "li", data: bytes = b"a scan") -> str:
    made: str = r.engine.documents.put("example", data, "image/jpeg", by=by, sealed_for=sealed_for)
    return made


def body(poll: int, document: str, **more: Any) -> dict[str, Any]:
    sheet = {"number": 1, "sheet": 1, "entitlement": "101", "voter": "li"}
    return {"poll": poll, **sheet, "documents": [document], **more}


def readers(r: Rehearsal, matter: str, document: str) -> set[str]:
    known = ("li", "zhao", "wang", "zhou", "desk", "")
    found = {m: r.engine.documents.read("example", document, r.viewer(matter, m)) for m in known}
    return {member for member, its in found.items() if its is not None}


def test_a_scan_is_read_by_its_voter_and_who_made_it_and_by_officers_after_closing() -> None:
    r, matter, poll = entered()
    document = put(r)
    r.act("wang", matter, SCANNED, body(poll, document))
    assert readers(r, matter, document) == {"li", "wang"}, "it would tell a part of the tally"
    confirm(r, matter, poll)
    assert readers(r, matter, document) == {"li", "wang"}
    r.wait(days=7)
    assert readers(r, matter, document) == {"li", "wang", "zhou"}


def test_who_is_no_officer_any_more_reads_no_scan() -> None:
    r, matter, poll = entered()
    until = (r.clock.now).replace(year=r.clock.now.year + 1).isoformat()
    r.enrol("wu")
    grant = {"member": "wu", "role": "officer", "until": until}
    granted = r.engine.registry.kinds["wugong.role_granted"].read(grant)
    r.engine.record("example", granted, by="operator")
    document = put(r)
    r.act("wang", matter, SCANNED, body(poll, document))
    r.wait(days=7)
    assert r.engine.documents.read("example", document, r.viewer(matter, "wu")) is not None
    r.wait(days=366)
    assert r.engine.documents.read("example", document, r.viewer(matter, "wu")) is None


def test_the_journal_holds_the_digest_and_erasing_the_voter_makes_the_scan_unreadable() -> None:
    r, matter, poll = entered()
    document = put(r, data=b"CANARY " * 40)
    r.act("wang", matter, SCANNED, body(poll, document))
    fact = r.engine.facts(matter, r.viewer(matter, "wang"), kinds=(SCANNED,))[0]
    assert fact.event.documents == (document,) and "CANARY" not in repr(fact)
    r.engine.record("example", Erased(member="li", reason="asked"), by="operator")
    assert readers(r, matter, document) == set()
    assert r.engine.documents.get("example", document) is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"sheet": 2}, "voting.sheet_not_in_batch", id="another's sheet"),
        pytest.param({"sheet": 4}, "voting.sheet_not_in_batch", id="no such sheet"),
        pytest.param({"number": 2}, "voting.sheet_not_in_batch", id="no such batch"),
        pytest.param({"entitlement": "201"}, "voting.sheet_not_in_batch", id="not entered"),
    ],
)
def test_a_scan_is_of_a_sheet_that_was_entered(more: dict[str, Any], code: str) -> None:
    r, matter, poll = entered()
    document = put(r)
    head = r.engine.head("example")
    with r.refuses(code):
        r.act("wang", matter, SCANNED, body(poll, document, **more))
    assert r.engine.head("example") == head and readers(r, matter, document) == set()


def test_a_scan_is_sealed_for_whose_ballot_it_is() -> None:
    r, matter, poll = entered()
    for sealed_for in ("wang", "zhao", ""):
        document = put(r, sealed_for=sealed_for, data=b"a scan for " + sealed_for.encode())
        with pytest.raises(Refused) as refused:
            r.act("wang", matter, SCANNED, body(poll, document))
        assert refused.value.codes == ("wugong.document_of_another",)
    with r.refuses("voting.sheet_of_another"):
        r.act("wang", matter, SCANNED, body(poll, put(r, sealed_for="zhao"), voter="zhao"))


def test_only_officers_add_scans_and_only_while_the_sheets_are_known() -> None:
    r, matter, poll = entered()
    with r.refuses("wugong.not_your_role"):
        r.act("li", matter, SCANNED, body(poll, put(r, by="li")))
    r.wait(days=7)
    with r.refuses("voting.poll_is_closed"):
        r.act("wang", matter, SCANNED, body(poll, put(r)))


def scan(client: TestClient, page: str) -> Any:
    """Follow the link to the first sheet, upload a picture, look at it and record it."""
    link = re.search(rf'href="([^"]*{SCANNED}[^"]*)"', page)
    assert link is not None, page
    address = link[1].replace("&amp;", "&")
    form = fields(client.get(address).text, "documents-files")
    files = {"documents-files": ("sheet.jpg", photo(), "image/jpeg")}
    path = address.partition("?")[0]
    looked = client.post(path, data=form, files=files)
    assert looked.status_code == 200, looked.text
    return client.post(path, data=form_of(looked.text) | {"act-step": "checked"})


def test_a_scan_is_added_and_listed_on_the_page_of_its_batch() -> None:
    r, matter, poll = entered()
    path, client = f"/m/{matter}/polls/{poll}/batches/1", browse(r, "wang")
    done = scan(client, client.get(path).text)
    assert done.status_code == 303, done.text
    page = client.get(path).text
    assert "1号票的扫描件" in page
    record = re.search(r'<a href="([^"]+)">1号票的扫描件', page)
    assert record is not None and "/documents/" in client.get(record[1]).text
    assert "1号票的扫描件" not in browse(r, "zhou").get(path).text
    r.wait(days=7)
    assert "1号票的扫描件" in browse(r, "zhou").get(path).text
    assert browse(r, "li").get(record[1]).status_code == 200
    assert browse(r, "zhao").get(record[1]).status_code == 404
