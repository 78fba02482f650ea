"""The main steps of both stories in a real Chromium, by clicking, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.stories.clicking import Look, Person
from tests.stories.looking import Eyes
from tests.stories.walking import BrowserDoor, told_on_pages
from wugong.cases import Played

# Minutes of clicking: `make soak` runs it; the suite plays the stories and looks at their pages.
pytestmark = [pytest.mark.browser, pytest.mark.soak]

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
    pytest.param("urban-elevator", Look(), URBAN, id="urban"),
    pytest.param(
        "urban-elevator", Look("zh-TW", script=False), URBAN_PLAIN, id="urban-without-script"
    ),
    pytest.param("rural-lights", Look("en-US"), RURAL, id="rural"),
    pytest.param("rural-lights", Look(script=False), RURAL_PLAIN, id="rural-without-script"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "look", "chosen"), RUNS)
def test_a_story_by_clicking(
    browser: Browser, name: str, look: Look, chosen: set[tuple[str, str]]
) -> None:
    # The pages are the same without script: axe looks at them once.
    eyes = Eyes(axe=look.script)
    with told_on_pages(browser, name, look, chosen, eyes) as door:
        door.after = check_the_receipt
        for played in door.story.play():
            assert played.problem == "", played
            look_at_the_certificate(door, played)
        assert door.clicked == chosen
        assert door.typed == []  # a link led to everything that was not refused
        assert not eyes.faults, eyes.told()


def check_the_receipt(door: BrowserDoor, person: Person, kind: str, seq: int) -> None:
    """Let somebody who is not signed in verify the receipt of a ballot."""
    if kind != "voting.ballot_cast":
        return
    code = person.page.locator(".receipt .code").first.inner_text()
    visitor = door.person("")
    visitor.visit(f"/c/{door.story.case.community}")
    visitor.click(visitor.page.locator("footer a[href$='/verify']"))
    visitor.page.locator("main [name=code]").fill(code)
    visitor.page.locator("main form button").click()
    proof = visitor.page.locator(".receipt")
    proof.wait_for()
    assert proof.locator("dd").first.inner_text() == f"{seq:,}"
    assert door.story.engine.receipt(door.story.case.community, code) is not None


def look_at_the_certificate(door: BrowserDoor, played: Played) -> None:
    """Let anybody read how a poll came out, with every test and its article."""
    wanted = played.step.get("expect", {}).get("poll")
    if not wanted:
        return
    visitor = door.person("")
    visitor.visit(f"/m/{door.story.here}")
    poll = door.story.names[wanted["poll"].removeprefix("$")]
    link = visitor.link(f"/polls/{poll}")
    assert link is not None
    visitor.click(link)
    assert visitor.page.locator(".cert").is_visible()
    assert visitor.page.locator(".cert .test").count() >= 2
    assert visitor.page.locator(".law").count() >= 1
    assert not visitor.page.locator("input[name=choice]").count()
