"""A poll from opening to result, through the engine: what counts, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import wugong_planning
import wugong_voting
from wugong import (
    PLAN,
    Count,
    Fact,
    HoldPlaced,
    PollClosed,
    PollDecided,
    Procedure,
    Refused,
    Unreadable,
    hookimpl,
    on,
    read_procedure,
)
from wugong.testing import Rehearsal
from wugong_voting.ballots import BALLOTS
from wugong_voting.state import polls_of

OWNERS = [
    ("101", "li", "1", 80_00),
    ("102", "zhao", "1", 70_00),
    ("201", "qian", "1", 80_00),
    ("202", "qian", "1", 70_00),
    ("301", "sun", "2", 100_00),
]
YES_NO = [
    {"id": "yes", "title": "For"},
    {"id": "no", "title": "Against"},
    {"id": "abstain", "title": "Abstain"},
]
HEADS = 'measure = "heads", base = "all", op = ">=", share = "1/2", source = "章程 4"'
AGREE = 'measure = "heads", base = "part", op = ">", share = "1/2", source = "章程 5"'


class Charters:
    """A plugin of this test's own: procedures that neighbours might write for themselves."""

    def __init__(self, *charters: Procedure) -> None:
        self.charters = charters

    @hookimpl
    def register(self) -> list[Procedure]:
        return list(self.charters)


class Mediating(Charters):
    """Holds planning as soon as somebody files a need."""

    @hookimpl
    @on("planning.need_filed")
    def co_plan(self, fact: Fact) -> list[HoldPlaced]:
        return [HoldPlaced(stage=PLAN)]


class Meddling(Charters):
    """Would announce a result of its own."""

    @hookimpl
    @on(PollClosed)
    def co_plan(self, fact: Fact) -> list[PollDecided]:
        nothing = Count(option="*", ballots=0, heads=0, households=0, area_dm2=0)
        return [
            PollDecided(
                poll=fact.event.poll,
                verdict="passed",
                winners=("yes",),
                counts=(),
                tests=(),
                rule="yes_no_abstain",
                procedure="charter",
                basis=(),
                roll="r",
                taken_part=nothing,
            )
        ]


def charter(name: str = "charter", **more: str) -> Procedure:
    lines = {
        "roster": '"owners"',
        "quorum": f'[{{ id = "take_part", {HEADS} }}]',
        "consent": f'[{{ id = "agree", {AGREE} }}]',
        **more,
    }
    return read_procedure(
        f'id = "{name}"\nbody = "neighbours"\nsetting = "urban"\neffective_from = 2021-01-01\n'
        'basis = [{ article = "章程 3", text_year = 2024, confidence = "I" }]\n'
        + "".join(f"{key} = {value}\n" for key, value in lines.items())
        + '[title]\nen = "Charter"\n'
    )


def rehearsal(*charters: Procedure, plugin: type[Charters] = Charters) -> Rehearsal:
    plugins = {
        "voting": wugong_voting,
        "planning": wugong_planning,
        "charters": plugin(*(charters or (charter(),))),
    }
    members: dict[str, tuple[str, ...]] = {
        "wang": ("officer",),
        "desk": ("agent",),
        **dict.fromkeys(("li", "zhao", "qian", "sun", "tenant"), ()),
    }
    made = Rehearsal(plugins, members=members)
    made.roster("owners", OWNERS)
    return made


def opened(r: Rehearsal, matter: str, days: int = 7, **more: Any) -> int:
    body = {
        "question": "Shall we?",
        "options": YES_NO,
        "procedure": "charter",
        "roster": "owners",
        "closes_at": (r.clock.now + timedelta(days=days)).isoformat(),
        **more,
    }
    return r.act("wang", matter, "voting.poll_opened", body).seq


def cast(
    r: Rehearsal,
    matter: str,
    poll: int,
    who: str,
    choice: Any,
    unit: str = "",
    channel: str = "web",
    helper: str = "",
) -> None:
    mine = unit or next(unit for unit, member, _, _ in OWNERS if member == who)
    body = {"poll": poll, "entitlement": mine, "choice": choice}
    by, principal = (helper, who) if helper else (who, None)
    r.act(by, matter, "voting.ballot_cast", body, channel=channel, principal=principal)


def decided(r: Rehearsal, matter: str, poll: int) -> PollDecided:
    known = polls_of(r.matter(matter))[poll].decided
    assert known is not None
    return known


def heads(made: PollDecided) -> dict[str, int]:
    return {count.option: count.heads for count in made.counts}


# Casting


def test_the_last_ballot_of_an_entitlement_counts() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for who, choice in [("li", "no"), ("zhao", "yes"), ("li", "yes"), ("li", "abstain")]:
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    assert heads(decided(r, matter, poll)) == {"yes": 1, "no": 0, "abstain": 1}
    assert r.engine.book(BALLOTS, "example", prefix=f"{poll}/")[f"{poll}/101"]["times"] == 3


def test_web_paper_and_the_assisted_desk_make_one_ballot() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    cast(r, matter, poll, "sun", "no")
    cast(r, matter, poll, "sun", "abstain", channel="assisted", helper="desk")
    cast(r, matter, poll, "sun", "yes", channel="paper", helper="wang")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (heads(made)["yes"], made.taken_part.ballots) == (1, 1)


def test_an_owner_of_two_flats_is_one_head_with_both_areas() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    cast(r, matter, poll, "qian", "yes")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.taken_part.heads, made.taken_part.area_dm2) == (1, 150_00)


@pytest.mark.parametrize(
    ("who", "unit", "choice", "code"),
    [
        pytest.param("tenant", "101", "yes", "voting.not_your_entitlement", id="no owner"),
        pytest.param("zhao", "101", "yes", "voting.not_your_entitlement", id="of another"),
        pytest.param("li", "999", "yes", "voting.not_on_the_roll", id="no such entitlement"),
        pytest.param("sun", "301", "yes", "voting.not_on_the_roll", id="outside the groups"),
        pytest.param("li", "101", "perhaps", "voting.unknown_option", id="no such option"),
        pytest.param("li", "101", "yes,no", "voting.unknown_option", id="two options in one text"),
        pytest.param("stranger", "101", "yes", "wugong.not_a_member", id="not a member"),
    ],
)
def test_a_ballot_that_does_not_count_is_refused(
    who: str, unit: str, choice: str, code: str
) -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, groups=["1"])
    with r.refuses(code):
        cast(r, matter, poll, who, choice, unit)


def test_two_choices_are_no_ballot() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    with pytest.raises(Unreadable, match="choice: must be text, got a list"):
        cast(r, matter, poll, "li", ["yes", "no"])


def test_a_channel_that_is_not_offered_takes_no_ballots() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, channels=["paper"])
    with r.refuses("voting.channel_not_offered"):
        cast(r, matter, poll, "li", "yes")
    cast(r, matter, poll, "li", "yes", channel="paper", helper="wang")


def test_a_ballot_names_a_poll_of_its_own_matter() -> None:
    r = rehearsal()
    poll = opened(r, r.open("Lights", by="li"))
    other = r.open("Bench", by="li")
    with r.refuses("voting.poll_elsewhere"):
        cast(r, other, poll, "li", "yes")


def test_ballots_count_up_to_the_last_moment_before_the_hour() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.wait(days=7, seconds=-1)
    cast(r, matter, poll, "li", "yes")
    r.clock.move(seconds=1)  # nothing has ticked: the engine owes the closing
    with pytest.raises(Refused) as late:
        cast(r, matter, poll, "zhao", "no")
    assert late.value.codes == ("voting.poll_is_closed",)
    assert r.engine.tick() == 1
    assert decided(r, matter, poll).taken_part.ballots == 1
    with r.refuses("voting.poll_is_closed"):
        cast(r, matter, poll, "zhao", "no")


def test_no_ballot_before_the_opening() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, opens_at=(r.clock.now + timedelta(days=2)).isoformat())
    r.wait(days=2, seconds=-1)
    with r.refuses("voting.poll_not_open_yet"):
        cast(r, matter, poll, "li", "yes")
    r.wait(seconds=1)
    cast(r, matter, poll, "li", "yes")


def test_whoever_buys_later_does_not_vote_on_the_frozen_roll() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.roster("owners", [("101", "tenant", "1", 80_00), *OWNERS[1:]])
    with r.refuses("voting.not_your_entitlement"):
        cast(r, matter, poll, "tenant", "yes", "101")
    cast(r, matter, poll, "li", "yes")
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.area_dm2 == 80_00


def test_a_hold_keeps_polls_from_opening_and_never_silences_one_that_runs() -> None:
    r = rehearsal(plugin=Mediating)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.act("li", matter, "planning.need_filed", {"text": "It is dark"})
    assert r.matter(matter).status(PLAN) == "held"
    cast(r, matter, poll, "li", "yes")
    with r.refuses("wugong.stage_held"):
        opened(r, matter)
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.ballots == 1


# Opening


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
        pytest.param({"secrecy": "secret"}, "voting.secret_not_offered", id="secret"),
        pytest.param({"procedure": "silent"}, "voting.secret_not_offered", id="must be secret"),
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


# Notice


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


# Closing


def test_nobody_closes_early_and_nobody_closes_twice() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    with r.refuses("voting.closing_too_early"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})
    r.wait(days=7)
    with r.refuses("voting.already_closed"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})


def test_a_poll_is_decided_once_whichever_stages_are_open() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    r.act("wang", matter, "wugong.stage_skipped", {"stage": "build", "reason": "Nothing to build"})
    r.act("wang", matter, "wugong.stage_opened", {"stage": "manage"})
    opened(r, matter)
    r.wait(days=7)
    facts = r.engine.facts(matter, r.viewer(matter), limit=100)
    assert [fact.kind for fact in facts].count("voting.poll_decided") == 1


def test_the_last_stage_with_ballots_stays_open_while_a_poll_runs() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    opened(r, matter)
    with r.refuses("voting.poll_still_open"):
        r.act("wang", matter, "wugong.stage_closed", {"stage": "plan"})
    with r.refuses("voting.poll_still_open"):
        r.act("wang", matter, "wugong.stage_skipped", {"stage": "plan", "reason": "Hurry"})
    r.wait(days=7)
    r.act("wang", matter, "wugong.stage_closed", {"stage": "plan"})


def test_a_result_comes_from_the_count_alone() -> None:
    r = rehearsal(plugin=Meddling)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.wait(days=7)
    with r.refuses("voting.not_the_teller"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})
    assert polls_of(r.matter(matter))[poll].decided is None


def test_the_result_names_roll_procedure_and_articles() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for who, choice in [("li", "yes"), ("zhao", "yes"), ("qian", "no")]:
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.verdict, made.winners, made.procedure) == ("passed", ("yes",), "charter")
    assert made.basis == ("章程 3 (2024)",)
    roll = polls_of(r.matter(matter))[poll].roll
    assert roll is not None
    assert (made.roll, roll.entitlements, roll.area_dm2) == (roll.roll, 4, 400_00)
    assert [(t.id, t.have, t.of, t.needed, t.met, t.source) for t in made.tests] == [
        ("take_part", 3, 4, 2, True, "章程 4"),
        ("agree", 2, 3, 2, True, "章程 5"),
    ]


def test_a_tie_between_designs_is_called_a_tie() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    designs = [{"id": name, "title": name} for name in ("lamp", "lantern", "nothing")]
    poll = opened(r, matter, rule="plurality", options=designs)
    cast(r, matter, poll, "li", "lamp")
    cast(r, matter, poll, "zhao", "lantern")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.verdict, made.winners) == ("tied", ("lamp", "lantern"))


def test_what_waits_for_voters_ends_with_the_poll() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    (item,) = [i for i in r.engine.waiting(matter) if i.act == "voting.ballot_cast"]
    assert (item.about, item.by) == (poll, r.clock.now + timedelta(days=7))
    r.wait(days=7)
    assert not [i for i in r.engine.waiting(matter) if i.act == "voting.ballot_cast"]


def test_a_ballot_is_read_by_its_voter_alone() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    cast(r, matter, poll, "li", "yes")

    def ballots_seen_by(member: str) -> int:
        facts = r.engine.facts(matter, r.viewer(matter, member), limit=100)
        return [fact.kind for fact in facts].count("voting.ballot_cast")

    assert [ballots_seen_by(member) for member in ("li", "zhao", "wang", "")] == [1, 0, 0, 0]
