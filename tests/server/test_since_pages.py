"""An old head is typed from a print: the journal only grew since then, or what does not fit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import verify_journal
from wugong import RoleGranted
from wugong.testing import Rehearsal
from wugong_server.formats import grouped, head
from wugong_server.testing import browse

GREW = "从第7条起，实录只增不改"
SIZE = 7


@pytest.fixture
def rehearsal() -> Rehearsal:
    made = Rehearsal({}, members={"wang": ("officer",), "li": ()}, community="wutong")
    made.open("3幢加装电梯", by="li")
    while made.engine.head("wutong").seq < SIZE + 4:
        made.act("operator", "wutong", RoleGranted(member="li", role="steward"))
    return made


@pytest.fixture
def client(rehearsal: Rehearsal) -> TestClient:
    return browse(rehearsal)


def prints(rehearsal: Rehearsal) -> dict[str, str]:
    """Return every form in which record ``SIZE`` or the tree that it ends is printed."""
    grown, proof = rehearsal.engine.growth("wutong", SIZE), rehearsal.engine.proof("wutong", SIZE)
    assert grown is not None and proof is not None
    digest = proof.digest
    return {
        "whole": digest,
        "in capitals": digest.upper(),
        "beginning": f"{digest[:12]}…",
        "footer": head(digest),
        "code": grouped(proof.code),
        "root": grown.old_root,
        "beginning of the root": grown.old_root[:16],
    }


@pytest.mark.parametrize(
    "form",
    ["whole", "in capitals", "beginning", "footer", "code", "root", "beginning of the root"],
)
def test_a_head_in_any_print_is_told_to_have_only_grown(
    rehearsal: Rehearsal, client: TestClient, form: str
) -> None:
    typed = {"seq": str(SIZE), "head": prints(rehearsal)[form]}
    answer = client.get("/c/wutong/verify", params=typed)
    assert answer.status_code == 200 and GREW in answer.text
    assert "现在共11条" in answer.text


def test_number_and_fingerprint_are_pasted_together(
    rehearsal: Rehearsal, client: TestClient
) -> None:
    whole = prints(rehearsal)["whole"]
    for pasted in (f"{SIZE}:{whole}", f"{SIZE}：{whole[:20]}…"):
        assert GREW in client.get("/c/wutong/verify", params={"head": pasted}).text


def test_the_proof_is_taken_along_and_checked_without_the_journal(
    rehearsal: Rehearsal, client: TestClient, tmp_path: Path
) -> None:
    whole = prints(rehearsal)["whole"]
    page = client.get("/c/wutong/verify", params={"seq": str(SIZE), "head": whole}).text
    link = re.search(r'href="([^"]+)" download="growth.json"', page)
    assert link is not None
    proof = client.get(link[1]).json()
    assert re.findall(r"<li><code>([0-9a-f]{64})</code></li>", page) == proof["path"]
    path = tmp_path / "growth.json"
    path.write_text(json.dumps(proof), encoding="utf-8")
    call = ["--grown", str(path), "--head", f"{SIZE}:{whole}"]
    assert verify_journal.main(call) == 0
    other = ["--grown", str(path), "--head", f"{SIZE}:{'0' * 64}"]
    assert verify_journal.main(other) == 1


@pytest.mark.parametrize(
    ("seq", "printed", "status", "said"),
    [
        ("7", "0" * 64, 409, "第7条现在的指纹是"),
        ("7", "{almost}", 409, "第7条现在的指纹是"),
        ("6", "{whole}", 409, "第6条现在的指纹是"),
        ("12", "{whole}", 409, "实录现在共11条，没有第12条"),
        ("7", "{eleven}", 422, "至少输入12位"),
        ("7", "", 422, "至少输入12位"),
        ("0", "{whole}", 422, "要同时输入编号和指纹"),
        ("", "{whole}", 422, "要同时输入编号和指纹"),
        ("7<", "{whole}", 422, "要同时输入编号和指纹"),
        ("٧", "{whole}", 422, "要同时输入编号和指纹"),
        ("7", "0O1I-0O1I-0O1I-0O1I", 422, "要同时输入编号和指纹"),
    ],
)
def test_what_does_not_fit_is_named(
    rehearsal: Rehearsal, client: TestClient, seq: str, printed: str, status: int, said: str
) -> None:
    whole = prints(rehearsal)["whole"]
    almost = whole[:-1] + ("0" if whole[-1] != "0" else "1")
    typed = printed.format(whole=whole, almost=almost, eleven=whole[:11])
    answer = client.get("/c/wutong/verify", params={"seq": seq, "head": typed})
    assert answer.status_code == status
    assert said in answer.text and GREW not in answer.text
    assert "对不上" in answer.text


def test_the_last_record_is_its_own_proof(rehearsal: Rehearsal, client: TestClient) -> None:
    last = rehearsal.engine.head("wutong")
    typed = {"seq": str(last.seq), "head": last.digest}
    assert "从第11条起，实录只增不改" in client.get("/c/wutong/verify", params=typed).text
