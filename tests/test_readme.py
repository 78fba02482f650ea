"""The examples of the README run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from datetime import timedelta
from pathlib import Path

import pytest

from wugong import Option, PollOpened, Refused
from wugong.testing import Rehearsal

README = Path(__file__).parents[1] / "README.md"
EMBED, PLUGIN = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_embedding_example_prints_a_receipt_a_refusal_and_a_whole_chain(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", EMBED],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert re.search(r"matter linli\.\d+, receipt \w{4}(-\w{4}){3}", ran.stdout)
    assert "refused: wugong.stage_out_of_order" in ran.stdout
    assert "the chain is whole" in ran.stdout


def test_examples_are_as_short_as_they_claim() -> None:
    embed, plugin = (len([line for line in text.splitlines() if line]) for text in (EMBED, PLUGIN))
    assert embed <= 20
    assert plugin <= 30


def test_plugin_example_refuses_a_poll_until_the_place_was_seen() -> None:
    visit = types.ModuleType("visit")
    # The event's annotations are looked up in its module, as for any installed plugin.
    sys.modules["visit"] = visit
    try:
        exec(compile(PLUGIN, "visit.py", "exec"), visit.__dict__)  # the README's own text
        rehearsal = Rehearsal({"visit": visit}, members={"wang": ("officer",)})
        rehearsal.roster("owners", [("101", "wang", "1", 8000)])
        matter = rehearsal.open("A lamp at the gate", by="wang")
        poll = PollOpened(
            question="A lamp?",
            options=(Option(id="yes", title="Yes"), Option(id="no", title="No")),
            procedure="none",
            roster="owners",
            closes_at=rehearsal.clock() + timedelta(days=7),
        )
        with rehearsal.refuses("visit.missing"):
            rehearsal.act("wang", matter, poll)
        rehearsal.act("wang", matter, "visit.made", {"remark": "dark at night"})
        with pytest.raises(Refused) as refused:
            rehearsal.act("wang", matter, poll)
        assert refused.value.codes == ("wugong.procedure_unknown",)  # no pack of law is loaded
    finally:
        del sys.modules["visit"]
