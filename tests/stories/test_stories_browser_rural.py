"""The story of the lamps in a real Chromium: its main steps clicked, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.stories.clicking import Look
from tests.stories.walking import walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

# Who does what on the pages; everything else of a story goes straight to the engine.
RURAL = {
    ("wugong.matter_opened", "li"),
    ("planning.need_filed", "li"),
    ("planning.need_filed", "chen"),
    ("planning.opinion_given", "wu"),
    ("rural.party_proposed", "fang"),
    ("rural.party_members_reviewed", "fang"),
    ("rural.committees_consulted", "chen"),
    ("rural.interest_declared", "gu"),
    ("rural.elders_heard", "mei"),
    ("rural.levy_proposed", "chen"),
    ("voting.poll_opened", "shen"),
    ("voting.ballot_cast", "dai2"),
    ("voting.ballot_cast", "ban"),
    ("wugong.stage_opened", "shen"),
    ("rural.decision_posted", "chen"),
    ("building.claimed", "li"),
    ("building.delivered", "li"),
    ("oversight.inspected", "jian1"),
    ("oversight.finding_filed", "jian1"),
    ("building.task_accepted", "chen"),
    ("rural.result_posted", "jian1"),
    ("evaluation.answered", "ban"),
    ("points.award_proposed", "shen"),
    ("points.award_approved", "chen"),
    ("points.redeemed", "zhang"),
}
# Whoever has switched script off does the main steps again.
RURAL_PLAIN = {
    ("rural.party_proposed", "fang"),
    ("rural.party_members_reviewed", "fang"),
    ("rural.committees_consulted", "chen"),
    ("rural.elders_heard", "mei"),
    ("rural.decision_posted", "chen"),
    ("voting.poll_opened", "shen"),
    ("voting.ballot_cast", "ban"),
    ("rural.result_posted", "jian1"),
}
RUNS = [
    pytest.param(Look("en-US"), RURAL, id="with script", marks=pytest.mark.soak),
    pytest.param(Look(script=False), RURAL_PLAIN, id="without"),
]


@pytest.mark.parametrize(("look", "chosen"), RUNS)
def test_the_lamps_by_clicking(browser: Browser, look: Look, chosen: set[tuple[str, str]]) -> None:
    assert walk(browser, "rural-lights", look, chosen) == []
