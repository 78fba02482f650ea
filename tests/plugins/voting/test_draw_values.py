"""A public value joins the seed: who keeps words back stops nothing and gains nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from recount import main as recount
from tests.plugins.voting.test_draws import (
    WORDS,
    announce,
    commit,
    its,
    listed,
    people,
    reveal,
)
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting import lots
from wugong_voting.draw_export import exported
from wugong_voting.lots import Person

NOTED, VALUE = "voting.public_value_noted", "07 12 33"


def with_value(r: Rehearsal, matter: str, days: int = 6, **more: Any) -> int:
    known = {"public_at": (r.clock.now + timedelta(days=days)).isoformat()}
    return announce(r, matter, public_value="The lottery's numbers of 8 March", **known, **more)


def brought(say: tuple[str, ...] = ("li", "sun"), **more: Any) -> tuple[Rehearsal, str, int]:
    """Give a draw whose words were brought, and said by some; its value is not known yet."""
    r, matter = people()
    draw = with_value(r, matter, **more)
    parts = {who: commit(r, matter, draw, who) for who in WORDS}
    r.wait(days=3)
    for who in say:
        reveal(r, matter, draw, parts[who], WORDS[who])
    return r, matter, draw


def note(r: Rehearsal, matter: str, draw: int, value: str = VALUE, by: str = "wang") -> None:
    r.act(by, matter, NOTED, {"draw": draw, "value": value})


def test_the_draw_goes_on_without_the_words_that_were_kept_back() -> None:
    r, matter, draw = brought()
    r.wait(days=3)
    assert not its(r, matter, draw).is_over
    note(r, matter, draw)
    found = its(r, matter, draw)
    lines = ["wugong-seed/2", WORDS["li"], WORDS["sun"], VALUE]
    assert found.seed == sha256("\n".join(lines).encode()).hexdigest()
    assert found.sitting == lots.draw(listed(r, found), found.seed, 2).drawn
    assert [part.by for part in found.hidden] == ["tenant"]


def test_even_with_all_words_the_value_is_awaited() -> None:
    r, matter, draw = brought(tuple(WORDS))
    assert its(r, matter, draw).seed == "", "who says theirs last knows nothing of the seed"
    r.wait(days=3)
    note(r, matter, draw)
    assert its(r, matter, draw).seed == lots.joined(list(WORDS.values()), VALUE)


@pytest.mark.parametrize(("hours", "said"), [(-1, True), (0, False)])
def test_no_words_are_taken_at_the_hour_from_which_the_value_may_be_known(
    hours: int, said: bool
) -> None:
    r, matter, draw = brought()
    r.wait(days=2, hours=hours)
    part = its(r, matter, draw).hidden[0].id
    if said:
        reveal(r, matter, draw, part, WORDS["tenant"])
        return
    with r.refuses("voting.seed_part_revealed_late"):
        reveal(r, matter, draw, part, WORDS["tenant"])


@pytest.mark.parametrize(("hours", "noted"), [(-1, False), (0, True)])
def test_the_value_is_noted_from_its_hour_on(hours: int, noted: bool) -> None:
    r, matter, draw = brought()
    r.wait(days=3, hours=hours)
    if not noted:
        with r.refuses("voting.public_value_too_early"):
            note(r, matter, draw)
        return
    with r.refuses("wugong.not_your_role"):
        note(r, matter, draw, by="li")
    for wrong in (" 7", "7\n8"):
        with r.refuses("voting.public_value_one_line"):
            note(r, matter, draw, wrong)
    note(r, matter, draw)
    with r.refuses("voting.draw_done_already"):
        note(r, matter, draw, "8")


def test_with_too_few_people_a_value_alone_draws_nothing() -> None:
    r, matter = people()
    draw = with_value(r, matter)
    commit(r, matter, draw, "li")
    r.wait(days=6)
    assert its(r, matter, draw).failed == "too_few"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"public_value": "A number"}, "voting.public_value_half"),
        ({"days": 6, "public_value": " "}, "voting.public_value_half"),
        ({"days": 4}, "voting.public_value_too_soon"),
        ({"days": 5}, None),
    ],
)
def test_a_value_is_announced_with_an_hour_after_the_last_words(
    more: dict[str, Any], code: str | None
) -> None:
    r, matter = people()
    if days := more.pop("days", 0):
        more["public_at"] = (r.clock.now + timedelta(days=days)).isoformat()
    said = {"public_value": "A number", **more}
    if code is None:
        announce(r, matter, **said)
        return
    with r.refuses(code):
        announce(r, matter, **said)


def test_a_draw_that_named_no_value_takes_none() -> None:
    r, matter = people()
    draw = announce(r, matter)
    with r.refuses("voting.public_value_not_foreseen"):
        note(r, matter, draw)


def test_who_stopped_a_draw_brings_no_words_to_the_next_one() -> None:
    r, matter = people()
    draw = announce(r, matter)
    parts = {who: commit(r, matter, draw, who) for who in WORDS}
    r.wait(days=3)
    for who in ("li", "sun"):
        reveal(r, matter, draw, parts[who], WORDS[who])
    r.wait(days=2)
    again = announce(r, matter)
    with r.refuses("voting.seed_part_withheld_before"):
        commit(r, matter, again, "tenant")
    commit(r, matter, again, "li")


def test_another_program_draws_again_with_the_value(tmp_path: Path) -> None:
    r, matter, draw = brought()
    r.wait(days=3)
    note(r, matter, draw)
    found = its(r, matter, draw)
    data = exported(found, [Person(one.id, one.group) for one in listed(r, found)])
    place = tmp_path / "draw.json"

    def agrees() -> int:
        place.write_text(json.dumps(data), encoding="utf-8")
        return recount([str(place)])

    assert agrees() == 0
    data["public"]["value"] = "07 12 34"
    assert agrees() == 2
    del data["public"]
    assert agrees() == 2, "words are missing only where a value joined the seed"


def test_the_pages_ask_for_the_value_and_say_who_kept_words_back() -> None:
    r, matter, draw = brought()
    place = f"/m/{matter}/draws/{draw}"
    r.wait(days=3)
    officer, reader = browse(r, "wang"), browse(r, "li")
    assert "登记公开数值" in officer.get("/c/example").text
    assert 'name="value"' not in reader.get(place).text
    form = officer.get(place).text
    hidden = dict(re.findall(r'name="(csrf|key)" value="(.*?)"', form))
    sent = officer.post(f"/m/{matter}/draws/value", data={**hidden, "draw": draw, "value": VALUE})
    assert sent.status_code == 303
    page = re.sub(r"<.*?>", "", reader.get(place).text)
    assert "tenant没有公开自己的暗语" in page and VALUE in page
    assert VALUE in reader.get(f"/m/{matter}/notices/{draw}").text
