"""What must stand before a poll opens: rule, roster, procedure, and a notice that has run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import wugong_voting
from tests.plugins.voting.neighbourhood import (
    AGREE,
    YES_NO,
    Charters,
    charter,
    opened,
    rehearsal,
)
from wugong import Refused
from wugong.testing import Rehearsal
from wugong_server.testing import browse


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"rule": "dice"}, "voting.rule_unknown", id="rule unknown"),
        pytest.param(
            {"options": YES_NO[:2]}, "voting.options_of_the_rule", id="without abstention"
        ),
        pytest.param(
            {"options": [YES_NO[0], YES_NO[0], YES_NO[1]]}, "wugong.options_repeat", id="twice"
        ),
        pytest.param({"roster": "tenants"}, "wugong.roster_unknown", id="no such roster"),
        pytest.param({"procedure": "none"}, "wugong.procedure_unknown", id="no such procedure"),
        pytest.param({"procedure": "old"}, "wugong.procedure_not_in_force", id="not in force"),
        pytest.param({"procedure": "other"}, "voting.roster_of_another_body", id="other body"),
        pytest.param({"procedure": "lax"}, "voting.no_test_of_consent", id="no test of consent"),
        pytest.param({"procedure": "homes"}, "voting.roll_without_area", id="no areas"),
        pytest.param({"procedure": "silent"}, "voting.needs_scrutineers", id="must be secret"),
        pytest.param({"groups": ["9"]}, "wugong.roster_empty", id="nobody on the roll"),
        pytest.param({"days": -1}, "wugong.closing_in_the_past", id="closes in the past"),
        pytest.param(
            {"opens_at": "2026-12-01T00:00:00Z"}, "voting.opens_after_closing", id="never open"
        ),
    ],
)
def test_a_poll_that_could_not_decide_is_not_opened(more: dict[str, Any], code: str) -> None:
    area = AGREE.replace("heads", "area")
    r = rehearsal(
        charter(),
        charter("old", effective_to="2025-12-31"),
        charter("other", roster='"tenants"'),
        charter("lax", consent="[]"),
        charter("homes", roster='"homes"', consent=f'[{{ id = "agree", {area} }}]'),
        charter("silent", secrecy='"secret"'),
    )
    r.roster("homes", [("101", "li", "1", 0)])
    roster = {"homes": "homes"}.get(more.get("procedure", ""), more.get("roster", "owners"))
    matter = r.open("Lights", by="li")
    with r.refuses(code):
        opened(r, matter, **{**more, "roster": roster})


def test_residents_do_not_open_polls() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    body = {
        "question": "?",
        "options": YES_NO,
        "procedure": "charter",
        "roster": "owners",
        "closes_at": "2026-12-01T00:00:00Z",
    }
    with r.refuses("wugong.not_your_role"):
        r.act("li", matter, "voting.poll_opened", body)


def noticed(r: Rehearsal, matter: str, *about: int) -> int:
    body = {"title": "We will vote", "about": list(about), "days": 15, "place": "Gate"}
    return r.act("wang", matter, "planning.notice_posted", body).seq


def test_fifteen_days_of_notice_are_counted_by_the_calendar() -> None:
    r = rehearsal(charter(notice_days="15", notice_source='"章程 6"'))
    matter = r.open("Lights", by="li")
    with pytest.raises(Refused) as missing:
        opened(r, matter)
    (reason,) = missing.value.reasons
    assert (reason.code, reason.source) == ("voting.notice_missing", "章程 6")
    noticed(r, matter)
    r.until(datetime.fromisoformat("2026-03-16T23:59:59+08:00"))
    with pytest.raises(Refused) as short:
        opened(r, matter)
    (reason,) = short.value.reasons
    assert reason.code == "voting.notice_too_short"
    assert reason.details == {"days": 15, "missing": 1, "earliest": "2026-03-17"}
    r.until(datetime.fromisoformat("2026-03-17T00:00:00+08:00"))
    assert opened(r, matter)


def test_what_was_not_announced_is_not_voted_on() -> None:
    r = rehearsal(charter(notice_days="15", notice_source='"章程 6"'))
    matter = r.open("Lights", by="li")
    lamp, bench = (
        r.act("li", matter, "planning.need_filed", {"text": text}).seq for text in ("Lamp", "Bench")
    )
    notice = noticed(r, matter, lamp)
    r.wait(days=15)
    with r.refuses("voting.notice_missing"):
        opened(r, matter, about=[lamp, bench])
    assert opened(r, matter, about=[lamp])
    assert opened(r, matter, about=[notice])


def test_a_poll_that_names_nothing_waits_for_the_newest_notice() -> None:
    r = rehearsal(charter(notice_days="15", notice_source='"章程 6"'))
    matter = r.open("Lights", by="li")
    noticed(r, matter)
    r.wait(days=15)
    noticed(r, matter)
    with r.refuses("voting.notice_too_short"):
        opened(r, matter)


def test_a_vote_that_is_repeated_is_announced_again() -> None:
    r = rehearsal(charter(notice_days="15", notice_source='"章程 6"'))
    matter = r.open("Lights", by="li")
    lamp = r.act("li", matter, "planning.need_filed", {"text": "Lamp"}).seq
    noticed(r, matter, lamp)
    r.wait(days=15)
    opened(r, matter, about=[lamp])
    r.wait(days=7)
    with r.refuses("voting.notice_missing"):
        opened(r, matter, about=[lamp])
    noticed(r, matter, lamp)
    r.wait(days=15)
    assert opened(r, matter, about=[lamp])


def test_notice_may_run_until_voting_starts() -> None:
    r = rehearsal(charter(notice_days="15", notice_source='"章程 6"'))
    matter = r.open("Lights", by="li")
    noticed(r, matter)
    later = r.clock.now + timedelta(days=15)
    assert opened(r, matter, days=20, opens_at=later.isoformat())


def test_without_a_roster_for_any_procedure_the_page_names_those_that_are_asked_for() -> None:
    r = Rehearsal(
        {"voting": wugong_voting, "charters": Charters(charter())},
        members={"wang": ("officer",), "zhou": ("officer", "admin")},
    )
    matter = r.open("Lights", by="wang")
    r.roster("cunmin", [("101", "wang", "1", 80_00)])
    for who, leads in (("wang", False), ("zhou", True)):
        page = browse(r, who).get(f"/m/{matter}/polls/new").text
        assert "还没有对应的名册" in page and "<code>owners</code>" in page
        assert ("/c/example/admin/roster" in page) is leads
