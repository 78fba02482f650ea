"""A receipt leads to the journal's root: the site says how, the stand-alone verifier agrees."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

import verify_journal
from tests.plugins.voting.neighbourhood import opened, rehearsal
from wugong.testing import Rehearsal

VOTERS = [("li", "101"), ("zhao", "102"), ("qian", "201"), ("sun", "301")]


def voted(secrecy: str) -> tuple[Rehearsal, list[str]]:
    """A poll in which four vote, and their receipts' codes."""
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, secrecy=secrecy)
    codes = []
    for n, (who, unit) in enumerate(VOTERS):
        body = {"poll": poll, "entitlement": unit, "choice": "yes"}
        key = {"key": f"{n:032x}"} if secrecy == "secret" else {}
        codes.append(r.act(who, matter, "voting.ballot_cast", body, **key).code)
    return r, codes


def inclusion(r: Rehearsal, code: str) -> dict[str, Any]:
    found = r.engine.receipt("example", code)
    assert found is not None
    proved = r.engine.inclusion("example", found)
    assert proved is not None
    sent: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(proved)))  # as the API does
    return sent


def exported(r: Rehearsal) -> list[str]:
    about = {"format": verify_journal.FORMAT, "community": "example"}
    records = list(r.engine.export("example"))
    head = {name: records[-1][name] for name in ("seq", "digest", "sm3", "at")}
    lines = [{"export": about}, *({"record": one} for one in records), {"head": head}]
    return [json.dumps(line, ensure_ascii=False) for line in lines]


def chain_of(r: Rehearsal) -> verify_journal.Chain:
    return verify_journal.verify(iter(exported(r)), [])


@pytest.mark.parametrize("secrecy", ["open", "secret"])
def test_every_receipt_is_proved_against_the_export(secrecy: str) -> None:
    r, codes = voted(secrecy)
    r.wait(days=7)
    chain = chain_of(r)
    for code in codes:
        proof = inclusion(r, code)
        verify_journal.check_proof(chain, proof)
        assert bool(proof["box"]) is (secrecy == "secret")
        assert "yes" not in json.dumps(proof), "never the choice"


def test_a_proof_of_an_earlier_day_still_fits_when_the_journal_has_grown() -> None:
    r, codes = voted("open")
    early = inclusion(r, codes[0])
    r.wait(days=7)
    later = inclusion(r, codes[0])
    assert later["size"] > early["size"]
    for proof in (early, later):
        verify_journal.check_proof(chain_of(r), proof)


def test_a_secret_ballot_has_no_path_before_its_box_is_opened() -> None:
    r, codes = voted("secret")
    found = r.engine.receipt("example", codes[0])
    assert found is not None
    assert r.engine.inclusion("example", found) is None


def test_the_root_of_the_site_is_the_one_of_the_export() -> None:
    r, _codes = voted("open")
    size, root = r.engine.root("example")
    leaves = [bytes.fromhex(one) for one in chain_of(r).leaves]
    assert (size, root) == (len(leaves), verify_journal.tree_root(leaves))


def test_every_change_of_a_proof_is_refused() -> None:
    r, codes = voted("open")
    chain, proof = chain_of(r), inclusion(r, codes[1])
    changes: list[dict[str, Any]] = [
        {name: proof[name] + step} for name in ("box", "index", "size") for step in (1, -1)
    ]
    for name in ("leaf", "root"):
        changes += [{name: flipped(proof[name], bit)} for bit in range(256)]
    for place, one in enumerate(proof["path"]):
        for bit in range(256):
            path = [*proof["path"][:place], flipped(one, bit), *proof["path"][place + 1 :]]
            changes.append({"path": path})
    changes += [{"path": proof["path"][1:]}, {"path": [*proof["path"], proof["root"]]}]
    changes += [{"leaf": "xyz"}, {"path": "xyz"}, {"index": "1"}, {"size": None}]
    for change in changes:
        with pytest.raises(verify_journal.Bad):
            verify_journal.check_proof(chain, {**proof, **change})


def flipped(digest: str, bit: int) -> str:
    return f"{int(digest, 16) ^ 1 << bit:064x}"


@pytest.mark.parametrize("proof", [None, [], {}, {"inclusion": None}, "text"])
def test_what_is_no_proof_is_told_so(proof: Any) -> None:
    r, _codes = voted("open")
    with pytest.raises(verify_journal.Bad, match="names no leaf"):
        verify_journal.check_proof(chain_of(r), proof)


def test_the_program_checks_proofs_from_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    r, codes = voted("open")
    export, proof = tmp_path / "journal.jsonl", tmp_path / "receipt.json"
    export.write_text("\n".join(exported(r)), encoding="utf-8")
    proof.write_text(json.dumps({"inclusion": inclusion(r, codes[2])}), encoding="utf-8")
    call = [str(export), "--proof", str(proof)]
    assert verify_journal.main(call) == 0
    assert "1 proofs fit" in capsys.readouterr().out
    proof.write_text("{", encoding="utf-8")
    assert verify_journal.main(call) == 1
    assert verify_journal.main([str(export), "--proof", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
