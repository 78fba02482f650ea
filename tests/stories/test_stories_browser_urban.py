"""The story of the lifts in a real Chromium: its main steps clicked, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.stories.clicking import Look
from tests.stories.walking import walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

# Who does what on the pages; everything else of a story goes straight to the engine.
URBAN = {
    ("points.rule_adopted", "lin"),
    ("wugong.matter_opened", "a6"),
    ("planning.need_filed", "b5"),
    ("planning.scheme_published", "lin"),
    ("planning.opinion_given", "b1"),
    ("wugong.stage_closed", "lin"),
    ("planning.opinion_answered", "lin"),
    ("planning.notice_posted", "lin"),
    ("voting.poll_opened", "b6"),
    ("voting.ballot_cast", "a2"),
    ("voting.ballot_cast", "dai"),
    ("mediation.requested", "b1"),
    ("mediation.answered", "b6"),
    ("mediation.mediator_proposed", "b1"),
    *(("mediation.mediator_accepted", who) for who in ("b1", "b6")),
    ("mediation.note_filed", "b1"),
    ("mediation.agreed", "tan"),
    *(("mediation.signed", who) for who in ("b1", "b6", "tan")),
    ("funds.budget_adopted", "b6"),
    ("building.campaign_opened", "b6"),
    ("building.pledged", "a4"),
    ("funds.income_booked", "he"),
    ("building.project_listed", "lin"),
    ("building.claimed", "a3"),
    ("building.claimed", "b3"),
    ("oversight.group_formed", "lin"),
    ("oversight.inspected", "gong"),
    ("oversight.finding_filed", "gong"),
    ("funds.payment_requested", "lin"),
    ("oversight.rectified", "shi"),
    ("oversight.reinspected", "gong"),
    ("funds.payment_made", "lin"),
    ("funds.payment_made", "he"),
    ("building.delivered", "a3"),
    ("building.task_accepted", "c3"),
    ("oversight.upkeep_planned", "b6"),
    ("evaluation.opened", "lin"),
    ("evaluation.independence_declared", "ping"),
    ("evaluation.assessed", "ping"),
    ("evaluation.answered", "a6"),
    ("points.item_stocked", "lin"),
    ("points.redeemed", "a1"),
    ("points.redeemed", "a3"),
}
# Whoever has switched script off does the main steps again.
URBAN_PLAIN = {
    ("wugong.matter_opened", "a6"),
    ("planning.need_filed", "b5"),
    ("planning.scheme_published", "lin"),
    ("planning.opinion_given", "b1"),
    ("planning.opinion_answered", "lin"),
    ("planning.notice_posted", "lin"),
    ("voting.poll_opened", "b6"),
    ("voting.ballot_cast", "a2"),
    ("mediation.requested", "b1"),
    ("mediation.answered", "b6"),
    ("building.claimed", "a3"),
    ("building.delivered", "a3"),
    ("building.task_accepted", "c3"),
    ("oversight.finding_filed", "gong"),
    ("oversight.reinspected", "gong"),
    ("funds.payment_requested", "lin"),
    ("funds.payment_made", "he"),
    ("evaluation.answered", "a6"),
    ("points.redeemed", "a3"),
}
RUNS = [
    pytest.param(Look(), URBAN, id="with script", marks=pytest.mark.soak),
    pytest.param(Look("zh-TW", script=False), URBAN_PLAIN, id="without"),
]


@pytest.mark.parametrize(("look", "chosen"), RUNS)
def test_the_lifts_by_clicking(browser: Browser, look: Look, chosen: set[tuple[str, str]]) -> None:
    assert walk(browser, "urban-elevator", look, chosen) == []
