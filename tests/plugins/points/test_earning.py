"""Points as people earn them: rules, caps, lists at the end of a poll, approval by two."""

from __future__ import annotations

import pytest

from tests.plugins.points.support import (
    DELIVERED,
    NEED,
    POLL,
    adopt,
    balance,
    decided_poll,
    give,
    stocked,
)
from wugong import (
    BUILD,
    EVALUATE,
    MANAGE,
    PLAN,
    SHARE,
    Ref,
    Refused,
    SettingChanged,
    StageClosed,
    StageOpened,
    StageSkipped,
    seal,
)
from wugong.testing import Rehearsal
from wugong_points.accounts import BALANCES
from wugong_points.events import (
    Award,
    AwardApproved,
    AwardDeclined,
    Awarded,
    AwardProposed,
    Counted,
    Redeemed,
    RuleRetired,
)
from wugong_points.rules import POINTS

# Earning


def test_a_fact_of_another_plugin_earns_what_the_rule_says(street: Rehearsal) -> None:
    matter = street.open("Lamps", by="li")
    street.act("li", matter, "planning.need_filed", NEED)
    assert balance(street, "li") == 0

    adopt(street, "planning.need_filed", points=2)
    street.act("li", matter, "planning.need_filed", NEED)
    street.act("qian", matter, "planning.need_filed", NEED)

    assert (balance(street, "li"), balance(street, "qian")) == (2, 2)
    assert sum(street.engine.book(BALANCES, street.community).values()) == 0


def test_a_retired_rule_rewards_nothing_more(street: Rehearsal) -> None:
    rule = adopt(street, "planning.need_filed")
    street.act("wang", street.community, RuleRetired(rule=rule))
    street.act("li", street.open("Lamps", by="li"), "planning.need_filed", NEED)

    assert balance(street, "li") == 0
    with street.refuses("points.no_rule"):
        street.act("wang", street.community, RuleRetired(rule=rule))


def test_a_later_rule_takes_the_place_of_the_one_before(street: Rehearsal) -> None:
    first = adopt(street, "planning.need_filed", points=2)
    adopt(street, "planning.need_filed", points=3)
    street.act("li", street.open("Lamps", by="li"), "planning.need_filed", NEED)

    assert balance(street, "li") == 3
    with street.refuses("points.no_rule"):
        street.act("wang", street.community, RuleRetired(rule=first))


@pytest.mark.parametrize(
    ("deeds", "points"),
    [
        pytest.param(1, 2, id="below the cap"),
        pytest.param(2, 4, id="one deed fits"),
        pytest.param(3, 5, id="the last deed is cut to the cap"),
        pytest.param(4, 5, id="above the cap nothing comes"),
    ],
)
def test_a_month_gives_no_more_than_its_cap(street: Rehearsal, deeds: int, points: int) -> None:
    adopt(street, "planning.need_filed", points=2, cap=5)
    matter = street.open("Lamps", by="li")
    for _ in range(deeds):
        street.act("li", matter, "planning.need_filed", NEED)

    assert balance(street, "li") == points


def test_a_new_month_begins_with_a_new_cap(street: Rehearsal) -> None:
    adopt(street, "planning.need_filed", points=5, cap=5)
    matter = street.open("Lamps", by="li")
    for days in (0, 1, 31):
        street.wait(days=days)
        street.act("li", matter, "planning.need_filed", NEED)

    assert balance(street, "li") == 10


def test_the_staff_earns_nothing_by_its_duties(street: Rehearsal) -> None:
    adopt(street, "planning.need_filed")
    street.act("wang", street.open("Lamps", by="li"), "planning.need_filed", NEED)

    assert balance(street, "wang") == 0


def test_all_who_voted_are_rewarded_in_one_list_when_the_poll_closes(street: Rehearsal) -> None:
    adopt(street, POLL, points=3)
    decided_poll(street, ("li", "qian"))

    lists = street.engine.facts(
        street.community, street.viewer(street.community, "wang"), kinds=("points.awarded",)
    )
    assert [[a.member for a in one.event.awards] for one in lists] == [["li", "qian"]]
    assert [balance(street, who) for who in ("li", "qian", "wu", "zheng")] == [3, 3, 0, 0]


def test_who_votes_on_paper_is_rewarded_like_who_votes_on_the_web(street: Rehearsal) -> None:
    adopt(street, POLL)
    decided_poll(street, ("li", "qian"), on_paper=("qian", "wu"))
    assert [balance(street, who) for who in ("li", "qian", "wu", "zheng")] == [2, 2, 2, 0]


def test_whose_raised_hand_was_counted_is_rewarded_like_who_votes_on_the_web(
    street: Rehearsal,
) -> None:
    adopt(street, POLL)
    decided_poll(street, ("li",), by_hand=("qian", "wu"))
    assert [balance(street, who) for who in ("li", "qian", "wu", "zheng")] == [2, 2, 2, 0]


def test_a_poll_rewards_nobody_without_a_rule(street: Rehearsal) -> None:
    decided_poll(street, ("li", "qian"))

    assert street.engine.book(BALANCES, street.community) == {}


def test_accepted_work_rewards_whoever_delivered_it(street: Rehearsal) -> None:
    adopt(street, DELIVERED, points=7)
    matter = street.open("Benches", by="li")
    street.act("wang", matter, StageClosed(stage=PLAN))
    street.act("wang", matter, StageOpened(stage=BUILD))
    listed = {"title": "Bench", "description": "One bench", "estimate_fen": 1}
    project = street.act("wang", matter, "building.project_listed", listed).seq
    claim = street.act("li", matter, "building.claimed", {"project": project, "plan": "me"}).seq
    done = street.act("li", matter, "building.delivered", {"claim": claim, "evidence": "it"}).seq
    assert balance(street, "li") == 0

    accepted = {"task": project, "delivery": done}
    street.act("wang", matter, "building.task_accepted", accepted)

    assert (balance(street, "li"), balance(street, "wang")) == (7, 0)


def test_a_deed_is_counted_once(street: Rehearsal) -> None:
    rule = adopt(street, "planning.need_filed")
    need = street.act("li", street.open("Lamps", by="li"), "planning.need_filed", NEED).seq
    again = Counted(rule=rule, deed=Ref(need), member="li")

    with street.refuses("points.already_counted"):
        street.act("plugin:points", street.community, again)
    with street.refuses("wugong.not_your_role"):
        street.act("wang", street.community, again)
    with street.refuses("points.no_rule"):
        other = Counted(rule=Ref(rule + 1), deed=Ref(need), member="li")
        street.act("plugin:points", street.community, other)


# Rules


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        pytest.param("cleaning", "points.not_a_kind", id="no kind"),
        pytest.param("building.", "points.not_a_kind", id="half a kind"),
        pytest.param("points.redeemed", "points.kind_not_rewarded", id="points for points"),
        pytest.param("wugong.role_granted", "points.kind_not_rewarded", id="the core"),
        pytest.param("mediation.requested", "points.kind_not_rewarded", id="confidential"),
        pytest.param("voting.ballot_cast", "points.rewarded_at_the_end", id="a ballot"),
        pytest.param("evaluation.answered", "points.rewarded_at_the_end", id="an answer"),
    ],
)
def test_not_everything_is_rewarded(street: Rehearsal, kind: str, code: str) -> None:
    with street.refuses(code):
        adopt(street, kind)


@pytest.mark.parametrize("kind", [POLL, "evaluation.published"])
def test_taking_part_hangs_on_nobodys_approval(street: Rehearsal, kind: str) -> None:
    with street.refuses("points.no_approval_for_taking_part"):
        adopt(street, kind, needs_approval=True)


@pytest.mark.parametrize(
    ("cap", "refused"),
    [
        pytest.param(1, True, id="below one deed"),
        pytest.param(2, False, id="exactly one deed"),
        pytest.param(3, False, id="above"),
    ],
)
def test_a_cap_lets_one_deed_through(street: Rehearsal, cap: int, refused: bool) -> None:
    if refused:
        with street.refuses("points.cap_below_points"):
            adopt(street, "planning.need_filed", points=2, cap=cap)
    else:
        adopt(street, "planning.need_filed", points=2, cap=cap)


def test_points_are_kept_by_the_community(street: Rehearsal) -> None:
    matter = street.open("Lamps", by="li")
    for stage in (PLAN, BUILD, MANAGE, EVALUATE):
        street.act("wang", matter, StageSkipped(stage=stage, reason="done long ago"))
    street.act("wang", matter, StageOpened(stage=SHARE))

    item = stocked(street)
    with street.refuses("points.elsewhere"):
        street.act("li", matter, Redeemed(item=item))


# Approval by a second person


def test_a_proposed_award_needs_a_second_person(street: Rehearsal) -> None:
    proposed = AwardProposed(member="li", points=4, reason=seal("Cleared the snow"))
    number = Ref(street.act("wang", street.community, proposed).seq)
    assert balance(street, "li") == 0
    (waiting,) = street.engine.waiting(street.community)
    assert (waiting.who, waiting.about) == ("officer", number)

    with street.refuses("wugong.needs_another_person"):
        street.act("wang", street.community, AwardApproved(proposal=number))
    street.act("sun", street.community, AwardApproved(proposal=number))

    assert balance(street, "li") == 4
    with street.refuses("points.already_decided"):
        street.act("zhao", street.community, AwardApproved(proposal=number))
    with street.refuses("points.already_decided"):
        street.act("zhao", street.community, AwardDeclined(proposal=number))


def test_nobody_proposes_or_approves_points_for_themselves(street: Rehearsal) -> None:
    own = AwardProposed(member="wang", points=4, reason=seal("Myself"))
    with street.refuses("points.own_award"):
        street.act("wang", street.community, own)

    number = Ref(street.act("zhao", street.community, own).seq)
    with street.refuses("points.own_award"):
        street.act("wang", street.community, AwardApproved(proposal=number))
    street.act("sun", street.community, AwardApproved(proposal=number))
    assert balance(street, "wang") == 4


def test_a_declined_award_comes_to_nothing(street: Rehearsal) -> None:
    proposed = AwardProposed(member="li", points=4, reason=seal("Cleared the snow"))
    number = Ref(street.act("wang", street.community, proposed).seq)
    street.act("zhao", street.community, AwardDeclined(proposal=number))

    assert balance(street, "li") == 0
    with street.refuses("points.already_decided"):
        street.act("sun", street.community, AwardApproved(proposal=number))


def test_nobody_is_given_points_who_is_not_enrolled(street: Rehearsal) -> None:
    with street.refuses("wugong.member_unknown"):
        stranger = AwardProposed(member="stranger", points=4, reason=seal("Who?"))
        street.act("wang", street.community, stranger)


@pytest.mark.parametrize(
    ("points", "refused"),
    [
        pytest.param(99, False, id="below the cap"),
        pytest.param(100, False, id="exactly the cap"),
        pytest.param(101, True, id="above the cap"),
    ],
)
def test_a_proposal_stays_under_the_months_cap(
    street: Rehearsal, points: int, refused: bool
) -> None:
    if refused:
        with street.refuses("points.above_proposal_cap"):
            give(street, "li", points)
    else:
        give(street, "li", points)
        assert balance(street, "li") == points


def test_proposals_together_stay_under_the_months_cap(street: Rehearsal) -> None:
    give(street, "li", 60)
    give(street, "li", 40)
    with pytest.raises(Refused, match=r"points\.cap_reached"):
        give(street, "li", 1)

    street.wait(days=31)
    give(street, "li", 1)
    assert balance(street, "li") == 101


def test_the_cap_of_proposals_is_a_setting(street: Rehearsal) -> None:
    for value in ("many", "-1", "1.5"):
        with street.refuses("points.not_a_number"):
            changed = SettingChanged(name="points.proposed_most", value=value)
            street.act("operator", street.community, changed)
    changed = SettingChanged(name="points.proposed_most", value="5")
    street.act("operator", street.community, changed)
    with street.refuses("points.above_proposal_cap"):
        give(street, "li", 6)


def test_a_rule_may_ask_for_approval(street: Rehearsal) -> None:
    adopt(street, "planning.need_filed", points=2, needs_approval=True)
    street.act("li", street.open("Lamps", by="li"), "planning.need_filed", NEED)
    assert balance(street, "li") == 0

    (proposal,) = street.matter(street.community).state(POINTS).pending
    street.act("wang", street.community, AwardApproved(proposal=Ref(proposal.seq)))
    assert balance(street, "li") == 2


def test_a_person_does_not_propose_under_a_rule(street: Rehearsal) -> None:
    rule = adopt(street, "planning.need_filed", needs_approval=True)
    with street.refuses("points.rules_count_themselves"):
        proposed = AwardProposed(member="li", points=2, reason=seal("More"), rule=rule)
        street.act("wang", street.community, proposed)


def test_no_list_goes_round_a_cap_or_out_of_order(street: Rehearsal) -> None:
    rule = adopt(street, "planning.need_filed", points=2, cap=3)

    def award(member: str, points: int) -> Award:
        return Award(member=member, points=points, rule=rule, about=rule)

    with street.refuses("points.cap_reached"):
        twice = Awarded(awards=(award("li", 2), award("li", 2)))
        street.act("plugin:points", street.community, twice)
    with street.refuses("points.list_not_ordered"):
        mixed = Awarded(awards=(award("qian", 1), award("li", 1)))
        street.act("plugin:points", street.community, mixed)
    exactly = Awarded(awards=(award("li", 1), award("li", 2)))
    street.act("plugin:points", street.community, exactly)
    assert balance(street, "li") == 3
