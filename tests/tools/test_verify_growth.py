"""A journal only grew: the site proves it, and the stand-alone verifier agrees."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

import verify_journal
from tests.tools.test_verify_receipts import chain_of, exported, flipped, voted
from wugong.testing import Rehearsal


def growth(r: Rehearsal, old: int) -> dict[str, Any]:
    found = r.engine.growth("example", old)
    assert found is not None
    sent: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(found)))  # as the API does
    return sent


def test_between_any_two_heads_the_journal_is_proved_to_have_only_grown() -> None:
    r, _codes = voted("open")
    kept = [r.engine.root("example")]
    r.wait(days=7)
    chain = chain_of(r)
    kept += [(n, verify_journal.tree_root(_leaves(chain)[:n])) for n in range(1, chain.seq + 1)]
    for size, root in kept:
        proof = growth(r, size)
        assert (proof["old_root"], proof["size"]) == (root, chain.seq)
        assert verify_journal.grew(proof) == r.engine.root("example")
        verify_journal.check_growth(proof, [(size, root)], chain)
        verify_journal.compare_roots(chain, [(size, root[:16])])


def _leaves(chain: verify_journal.Chain) -> list[bytes]:
    return [bytes.fromhex(one) for one in chain.leaves]


@pytest.mark.parametrize("size", [0, 10**6])
def test_of_a_size_that_never_was_nothing_is_proved(size: int) -> None:
    r, _codes = voted("open")
    assert r.engine.growth("example", size) is None
    with pytest.raises(verify_journal.Bad, match="cut off"):
        verify_journal.compare_roots(chain_of(r), [(size, "0" * 16)])


def test_every_change_of_a_growth_is_refused() -> None:
    r, _codes = voted("open")
    proof = growth(r, 5)
    changes: list[dict[str, Any]] = [
        {name: flipped(proof[name], bit)} for name in ("old_root", "root") for bit in range(256)
    ]
    for place, one in enumerate(proof["path"]):
        for bit in range(256):
            path = [*proof["path"][:place], flipped(one, bit), *proof["path"][place + 1 :]]
            changes.append({"path": path})
    changes += [{"path": proof["path"][1:]}, {"path": [*proof["path"], proof["root"]]}]
    changes += [{"path": []}, {"path": "xyz"}, {"old_size": "5"}, {"old_size": 0}, {"size": 4}]
    for change in changes:
        with pytest.raises(verify_journal.Bad):
            verify_journal.grew({**proof, **change})


@pytest.mark.parametrize("proof", [None, [], {}, "text"])
def test_what_is_no_growth_is_told_so(proof: Any) -> None:
    with pytest.raises(verify_journal.Bad, match="names no old_size"):
        verify_journal.grew(proof)


def test_the_program_checks_growth_with_and_without_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    r, _codes = voted("open")
    old_size, old_root = r.engine.root("example")
    r.wait(days=7)
    export, proof = tmp_path / "journal.jsonl", tmp_path / "growth.json"
    export.write_text("\n".join(exported(r)), encoding="utf-8")
    proof.write_text(json.dumps(growth(r, old_size)), encoding="utf-8")
    kept = ["--root", f"{old_size}:{old_root[:20]}"]
    for call in (["--grown", str(proof), *kept], [str(export), "--grown", str(proof), *kept]):
        assert verify_journal.main(call) == 0
        assert "the trees only grew" in capsys.readouterr().out
    assert verify_journal.main([str(export), *kept]) == 0
    assert "no older head" not in capsys.readouterr().out
    forged = ["--root", f"{old_size}:{'0' * 20}"]
    for call in (["--grown", str(proof), *forged], [str(export), *forged]):
        assert verify_journal.main(call) == 1
        assert "was rewritten" in capsys.readouterr().out


def test_a_head_that_was_kept_is_led_to_the_root_without_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    r, _codes = voted("open")
    old = r.engine.head("example")
    r.wait(days=7)
    path, proof = tmp_path / "growth.json", growth(r, old.seq)

    def said(proof: dict[str, Any], *kept: str) -> tuple[int, str]:
        path.write_text(json.dumps(proof), encoding="utf-8")
        code = verify_journal.main(["--grown", str(path), *kept])
        return code, capsys.readouterr().out

    head = ("--head", f"{old.seq}:{old.digest[:16]}")
    assert said(proof, *head)[0] == 0
    assert "was rewritten" in said(proof, "--head", f"{old.seq}:{'0' * 16}")[1]
    for change in ({"digest": flipped(proof["digest"], 0)}, {"place": proof["place"][1:]}):
        code, told = said({**proof, **change}, *head)
        assert code == 1 and "path of its digest" in told
    for name in ("digest", "place"):
        without = {key: its for key, its in proof.items() if key != name}
        assert "no digest and place" in said(without, *head)[1]
    for place, one in enumerate(proof["place"]):
        changed = [*proof["place"][:place], flipped(one, 7), *proof["place"][place + 1 :]]
        assert said({**proof, "place": changed}, *head)[0] == 1


@pytest.mark.parametrize("kept", ["--head", "--root"])
def test_what_was_kept_of_another_size_is_not_proved(
    kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    r, _codes = voted("open")
    path = tmp_path / "growth.json"
    path.write_text(json.dumps(growth(r, 5)), encoding="utf-8")
    assert verify_journal.main(["--grown", str(path), kept, f"6:{'0' * 16}"]) == 1
    assert "record 6 was kept, and no proof is of it" in capsys.readouterr().out


@pytest.mark.parametrize("call", [[], ["--root", f"1:{'0' * 16}"]])
def test_without_journal_and_growth_there_is_nothing_to_check(
    call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        verify_journal.main(call)
    assert ended.value.code == 2 and "name an export" in capsys.readouterr().err
