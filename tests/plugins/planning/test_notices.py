"""People vote on what has been on notice long enough: the day of posting is not counted."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wugong import Ref, Refused, SettingChanged
from wugong_planning.events import NoticeEnded

# The rehearsal begins on 2 March 2026 at 09:00 in China (01:00 UTC).
DAY_15 = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)  # the first moment of 17 March in China


def refusal(place: Any, *about: int, **more: Any) -> Any:
    with pytest.raises(Refused) as refused:
        place.poll(*about, **more)
    (reason,) = refused.value.reasons
    return reason


def test_a_poll_opens_on_the_fifteenth_day_and_no_moment_sooner(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(scheme)

    place.r.until(DAY_15.replace(hour=15, minute=59, second=59))
    reason = refusal(place, scheme)
    assert reason.code == "planning.notice_running"
    assert reason.source == "物業管理條例 14"
    assert reason.details == {"run": 14, "needed": 15, "short": 1, "earliest": "2026-03-17"}

    place.r.until(DAY_15)
    place.poll(scheme)


def test_a_poll_may_open_later_too(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(scheme)
    place.r.until(DAY_15.replace(second=1))
    place.poll(scheme)


def test_a_poll_announced_beforehand_counts_from_the_hour_when_voting_starts(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(scheme)
    soon = dataclasses.replace(place.ballot(scheme), opens_at=DAY_15 - timedelta(seconds=1))
    with place.r.refuses("planning.notice_running"):
        place.act("wang", dataclasses.replace(soon, closes_at=DAY_15 + timedelta(days=7)))
    in_time = dataclasses.replace(soon, opens_at=DAY_15, closes_at=DAY_15 + timedelta(days=7))
    assert place.act("wang", in_time) > scheme


def test_a_poll_may_name_the_notice_in_place_of_the_scheme(place: Any) -> None:
    first = place.notice(place.scheme([]))
    place.scheme([])
    place.r.wait(days=15)
    assert refusal(place, first).code == "planning.scheme_outdated"


def test_the_day_of_posting_does_not_count_however_early_the_sheet_hangs(place: Any) -> None:
    place.r.until(datetime(2026, 3, 2, 15, 59, tzinfo=UTC))  # 2 March, a minute to midnight
    late = place.scheme([])
    place.notice(late)
    place.r.until(DAY_15)
    place.poll(late)


def test_a_notice_runs_as_long_as_it_said(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(scheme, days=20)
    place.r.until(DAY_15)
    assert refusal(place, scheme).details["short"] == 5


def test_a_community_may_ask_for_more_days(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(scheme)
    more = SettingChanged(name="planning.notice_days", value="30")
    place.r.act("operator", place.r.community, more)
    place.r.until(DAY_15)
    assert refusal(place, scheme).details == {
        "run": 15,
        "needed": 30,
        "short": 15,
        "earliest": "2026-04-01",
    }


def test_no_poll_without_a_notice_of_the_scheme(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(days=15)  # about something else
    place.r.wait(days=15)
    assert refusal(place, scheme).code == "planning.scheme_not_posted"


def test_a_new_version_starts_the_days_again(place: Any) -> None:
    first = place.scheme([])
    place.notice(first)
    place.r.wait(days=15)
    second = place.scheme([], replaces=Ref(first))
    assert refusal(place, second).code == "planning.scheme_not_posted"
    assert refusal(place, first).code == "planning.scheme_outdated"

    place.notice(second)
    place.r.wait(days=14)
    assert refusal(place, second).details["short"] == 1
    place.r.wait(days=1)
    place.poll(second)


def test_a_poll_that_names_no_scheme_waits_for_the_current_one_while_planning(place: Any) -> None:
    place.notice(place.scheme([]))
    assert refusal(place).code == "planning.notice_running"


def test_what_the_procedure_demands_is_left_to_whoever_opens_polls(place: Any) -> None:
    scheme = place.scheme([])
    place.notice(scheme)
    # town.solemn asks for 30 days, more than our 15: voting counts them and says so.
    place.poll(scheme, procedure="town.solemn")


def test_what_is_stricter_than_the_procedure_is_said_here(place: Any) -> None:
    more = SettingChanged(name="planning.notice_days", value="31")
    place.r.act("operator", place.r.community, more)
    scheme = place.scheme([])
    place.notice(scheme, days=31)
    assert refusal(place, scheme, procedure="town.solemn").details["needed"] == 31


def test_unanswered_opinions_stop_the_poll_beside_the_notice(place: Any) -> None:
    scheme = place.scheme([])
    place.opinion(scheme)
    place.notice(scheme)
    with place.r.refuses("planning.opinion_unanswered", "planning.notice_running"):
        place.poll(scheme)


def test_a_poll_without_any_scheme_is_none_of_our_business(place: Any) -> None:
    assert place.poll() > 0


@pytest.mark.parametrize(("days", "lawful"), [(14, False), (15, True), (16, True)])
def test_a_notice_of_the_scheme_cannot_be_too_short(place: Any, days: int, lawful: bool) -> None:
    scheme = place.scheme([])
    if lawful:
        assert place.notice(scheme, days=days) > 0
    else:
        with place.r.refuses("planning.notice_too_short"):
            place.notice(scheme, days=days)


def test_an_old_version_is_not_put_on_notice(place: Any) -> None:
    first = place.scheme([])
    place.scheme([])
    with place.r.refuses("planning.scheme_outdated"):
        place.notice(first)


def test_the_clock_ends_a_notice_on_the_morning_after_its_last_day(place: Any) -> None:
    number = place.notice(days=15)
    place.r.until(datetime(2026, 3, 17, 15, 59, 59, tzinfo=UTC))
    assert place.state.notices[number].ended_at is None
    place.r.until(datetime(2026, 3, 17, 16, 0, tzinfo=UTC))
    assert place.state.notices[number].ended_at == datetime(2026, 3, 17, 16, 0, tzinfo=UTC)


def test_nobody_but_the_clock_ends_a_notice(place: Any) -> None:
    number = place.notice()
    with place.r.refuses("wugong.not_your_role"):
        place.act("wang", NoticeEnded(notice=Ref(number)))
    with place.r.refuses("planning.notice_not_over"):
        place.act("clock", NoticeEnded(notice=Ref(number)))


@pytest.mark.parametrize("value", ["0", "366", "soon", "-3", "1.5", ""])
def test_a_setting_is_a_number_of_days(place: Any, value: str) -> None:
    for name in ("planning.notice_days", "planning.answer_days"):
        with place.r.refuses("planning.setting_not_days"):
            changed = SettingChanged(name=name, value=value or " ?")
            place.r.act("operator", place.r.community, changed)


@pytest.mark.parametrize("value", ["1", "365"])
def test_a_setting_may_be_anything_from_a_day_to_a_year(place: Any, value: str) -> None:
    changed = SettingChanged(name="planning.notice_days", value=value)
    place.r.act("operator", place.r.community, changed)
    standing = place.r.matter(place.r.community).standing
    assert standing.settings["planning.notice_days"] == value
