"""A decision keeps the law it was decided by: the text as it stood when the poll opened."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.law.lawbook import LAW
from tests.law.polls import (
    HEAD,
    PLUGINS,
    THREE_FIFTHS,
    announced,
    ask,
    cast,
    closed,
    outcome,
    town,
    write,
)
from wugong import Engine, PollDecided
from wugong.packs import MOST_DEEP, read_again, read_packs
from wugong.procedures import read_procedure
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.ballots import BALLOTS, under, weighed
from wugong_voting.law import procedure_of
from wugong_voting.outcome import conclude
from wugong_voting.rules import RULES
from wugong_voting.showing import roll_of
from wugong_voting.state import polls_of

LATER = {
    "a higher share": HEAD + THREE_FIFTHS.replace("3/5", "4/5"),
    "its parent's share": HEAD,
    "another parent": HEAD.replace('"owners.ordinary"', '"owners.special"'),
    "removed": None,
}


def started_again(r: Rehearsal, database: str, folder: Path) -> None:
    """Stop the program and start it on the same record with the packs as they are now."""
    r.engine.close()
    r.engine = Engine(database, PLUGINS, clock=r.clock, writer="inline", packs=folder)


def counted_anew(r: Rehearsal, matter: str, number: int) -> PollDecided:
    """Compute the outcome again from the ballots and the text that was kept."""
    poll = polls_of(r.matter(matter))[number]
    procedure = procedure_of(r.matter(matter), poll)
    assert procedure is not None and poll.roll is not None
    (rule,) = (rule for rule in RULES if rule.id == poll.opened.rule)
    cast = r.engine.book(BALLOTS, r.community, prefix=under(number))
    ballots = list(weighed(cast.items(), roll_of(r.engine, r.community, number)))
    made = conclude(number, poll.opened, poll.roll, procedure, rule, ballots)
    return replace(made, groups=outcome(r, matter, number).groups)


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize(
    ("yes", "verdict"), [pytest.param(7, "rejected", id="7"), pytest.param(8, "passed", id="8")]
)
def test_a_poll_is_decided_by_the_text_as_it_was_when_it_opened(
    tmp_path: Path, later: str, yes: int, verdict: str
) -> None:
    database, folder = f"sqlite:///{tmp_path}/w.sqlite3", tmp_path / "packs"
    write(folder, town=HEAD + THREE_FIFTHS)
    r, matter = town(folder, owners=13, database=database)
    announced(r, matter)
    poll = ask(r, matter, "town.ordinary")
    before = r.engine.registry.procedures["town.ordinary"]
    cast(r, matter, poll, 3, 0)

    (folder / "town.toml").unlink()
    if (text := LATER[later]) is not None:
        write(folder, town=text)
    started_again(r, database, folder)
    made = closed(r, matter, poll, yes, 13 - yes)

    assert (made.verdict, made.version) == (verdict, before.version)
    assert counted_anew(r, matter, poll) == made
    r.engine.close()


def test_a_decision_recomputed_after_the_upgrade_gives_the_stored_outcome(tmp_path: Path) -> None:
    database, folder = f"sqlite:///{tmp_path}/w.sqlite3", tmp_path / "packs"
    write(folder, town=HEAD + THREE_FIFTHS)
    r, matter = town(folder, owners=13, database=database)
    announced(r, matter)
    first = ask(r, matter, "town.ordinary")
    made = closed(r, matter, first, 8, 5)

    write(folder, town=HEAD + THREE_FIFTHS.replace("3/5", "4/5"))
    started_again(r, database, folder)
    assert outcome(r, matter, first) == made == counted_anew(r, matter, first)
    announced(r, matter)
    second = closed(r, matter, ask(r, matter, "town.ordinary"), 8, 5)
    assert (made.verdict, second.verdict) == ("passed", "rejected")
    assert made.version != second.version
    r.engine.close()


def upgraded(r: Rehearsal) -> None:
    """Install a newer edition of the statute's own procedure: four fifths must agree."""
    text = LAW["owners.ordinary"].text.replace('share = "1/2"', 'share = "4/5"')
    newer = read_procedure(text)
    assert {test.threshold.share for test in newer.consent} == {Fraction(4, 5)}
    r.engine.registry.procedures["owners.ordinary"] = newer


@pytest.mark.parametrize("when", ["while it is open", "after it was closed"])
def test_a_newer_edition_of_the_statute_changes_no_poll_before_it(when: str) -> None:
    r, matter = town(None)
    announced(r, matter)
    number = ask(r, matter, "owners.ordinary")
    if when == "while it is open":
        upgraded(r)
    made = closed(r, matter, number, 6, 4)
    upgraded(r)
    assert (made.verdict, made.version) == ("passed", LAW["owners.ordinary"].version)
    assert counted_anew(r, matter, number) == made
    roll = polls_of(r.matter(matter))[number].roll
    assert roll is not None and roll.law is not None
    assert roll.law.texts == (LAW["owners.ordinary"].text,)
    announced(r, matter)
    later = closed(r, matter, ask(r, matter, "owners.ordinary"), 7, 3)
    assert later.verdict == "rejected" and later.version != made.version


def test_the_kept_text_has_the_version_that_the_result_names(tmp_path: Path) -> None:
    r, matter = town(write(tmp_path / "packs", town=HEAD + THREE_FIFTHS))
    announced(r, matter)
    number = ask(r, matter, "town.ordinary")
    made = closed(r, matter, number, 6, 4)
    roll = polls_of(r.matter(matter))[number].roll
    assert roll is not None and roll.law is not None
    parent = LAW["owners.ordinary"].text
    assert roll.law.texts == (parent, HEAD + THREE_FIFTHS)
    assert roll.law.origin == "owners.ordinary"
    kept = f"{parent}\n{HEAD}{THREE_FIFTHS}".encode()
    assert hashlib.sha256(b"wugong/procedure/v1\0" + kept).hexdigest() == made.version


@pytest.mark.parametrize("name", sorted(LAW))
def test_every_procedure_is_read_again_from_its_own_text(name: str) -> None:
    again = read_again(name, LAW[name].texts)
    assert (again, again.version) == (LAW[name], LAW[name].version)


def test_a_pack_of_a_pack_is_read_again_from_their_texts() -> None:
    lane = HEAD.replace('"owners.ordinary"', '"town.ordinary"', 1).replace(
        'id = "town.ordinary"', 'id = "lane.ordinary"'
    )
    files = [("a.toml", lane + "notice_days = 21\n"), ("b.toml", HEAD + THREE_FIFTHS)]
    made = read_packs(files, LAW)["lane.ordinary"]
    assert read_again("lane.ordinary", made.texts) == made
    with pytest.raises(ValueError, match="nobody is not in its text"):
        read_again("nobody", LAW["owners.ordinary"].texts)


def chain(length: int) -> list[tuple[str, str]]:
    ids = ["owners.ordinary", *(f"p{n:02}" for n in range(length))]
    pairs = zip(ids[1:], ids, strict=False)
    return [
        (
            f"{one}.toml",
            HEAD.replace('"owners.ordinary"', f'"{parent}"').replace('"town.ordinary"', f'"{one}"'),
        )
        for one, parent in pairs
    ]


def test_as_many_packs_may_rest_on_each_other_as_a_record_keeps() -> None:
    assert len(read_packs(chain(MOST_DEEP), LAW)) == MOST_DEEP
    for files in (chain(MOST_DEEP + 1), chain(MOST_DEEP + 1)[::-1], chain(2000)[::-1]):
        with pytest.raises(ValueError, match="more than 10 packs rest on each other"):
            read_packs(files, LAW)


def test_an_older_record_without_a_text_is_decided_by_what_is_installed(tmp_path: Path) -> None:
    r, matter = town(None)
    announced(r, matter)
    number = ask(r, matter, "owners.ordinary")
    poll = polls_of(r.matter(matter))[number]
    assert poll.roll is not None
    older = replace(poll, roll=replace(poll.roll, law=None))
    installed = r.engine.registry.procedures["owners.ordinary"]
    assert procedure_of(r.matter(matter), older) is installed
    assert procedure_of(r.matter(matter), None) is None


def test_the_certificate_leads_to_the_text_and_says_when_it_has_changed(tmp_path: Path) -> None:
    database, folder = f"sqlite:///{tmp_path}/w.sqlite3", tmp_path / "packs"
    write(folder, town=HEAD + THREE_FIFTHS)
    r, matter = town(folder, database=database)
    announced(r, matter)
    number = ask(r, matter, "town.ordinary")
    made = closed(r, matter, number, 6, 4)
    at = f"/m/{matter}/polls/{number}"
    page = browse(r).get(at).text
    assert f'href="{at}/law"' in page and "文本此后有改动" not in page
    assert 'href="/procedures/town.ordinary"' in page
    kept = browse(r).get(f"{at}/law").text
    assert "业主人数：参与表决的3/5以上" in kept  # as the page of a procedure says it
    links = re.findall(rf'href="({at}/law/\d\.toml)"', kept)
    texts = [browse(r).get(one).text for one in links]
    assert texts == [LAW["owners.ordinary"].text, HEAD + THREE_FIFTHS]
    assert f"<code>{made.version}</code>" in kept and "地方规定" in kept

    (folder / "town.toml").unlink()
    started_again(r, database, folder)
    page = browse(r).get(at).text
    assert "文本此后有改动，本次结果不变。" in page and "例镇" in page
    assert 'href="/procedures/town.ordinary' not in page
    assert browse(r).get(f"{at}/law/2.toml").text == HEAD + THREE_FIFTHS
    for none in (f"{at}/law/0.toml", f"{at}/law/3.toml", f"/m/{matter}/polls/999/law"):
        assert browse(r).get(none).status_code == 404
    r.engine.close()
