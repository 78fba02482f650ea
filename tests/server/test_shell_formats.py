"""Figures, dates, sources and pictures, in three languages, exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong import Test, Words
from wugong_server import drawing, formats, laws

CHINA = ZoneInfo("Asia/Shanghai")
HANS, HANT, EN = (Words(one, ["wugong_server"]) for one in ("zh_Hans", "zh_Hant", "en"))
NOW = datetime(2026, 12, 6, 2, 30, tzinfo=UTC)  # 10:30 in China


@pytest.mark.parametrize(
    ("fen", "written"),
    [(156_000_000, "1,560,000.00元"), (5, "0.05元"), (-1_200_000, "−12,000.00元"), (0, "0.00元")],
)
def test_money_has_two_decimals_and_groups(fen: int, written: str) -> None:
    assert formats.money(fen, HANS) == written


@given(st.integers(-(10**15), 10**15))
def test_no_cent_is_lost_in_writing(value: int) -> None:
    written = formats.decimal(value).replace(",", "").replace("−", "-")
    assert Fraction(written) * 100 == value


def test_area_is_written_in_square_metres() -> None:
    assert formats.area(9860, HANS) == "98.60平方米"
    assert formats.area(9860, HANT) == "98.60平方米"
    assert formats.area(9860, EN) == "98.60 m²"


@pytest.mark.parametrize(
    ("share", "chinese"),
    [
        ("2/3", "三分之二"),
        ("3/4", "四分之三"),
        ("1/2", "二分之一"),
        ("1/10", "十分之一"),
        ("7/15", "7/15"),
    ],
)
def test_shares_are_words_never_percentages(share: str, chinese: str) -> None:
    assert formats.share(Fraction(share), HANS) == chinese
    assert formats.share(Fraction(share), EN) == share


@pytest.mark.parametrize(
    ("at", "hans", "en"),
    [
        pytest.param("2026-12-06T02:20:00Z", "今天10:20", "today 10:20", id="today"),
        pytest.param("2026-12-05T15:59:00Z", "昨天23:59", "yesterday 23:59", id="yesterday"),
        pytest.param("2026-12-05T16:00:00Z", "今天00:00", "today 00:00", id="local midnight"),
        pytest.param("2026-12-04T01:30:00Z", "12月4日09:30", "4 Dec 09:30", id="this year"),
        pytest.param("2025-12-31T16:00:00Z", "1月1日00:00", "1 Jan 00:00", id="year of the zone"),
        pytest.param(
            "2025-12-31T15:00:00Z", "2025年12月31日23:00", "31 Dec 2025 23:00", id="before"
        ),
    ],
)
def test_moments_are_local(at: str, hans: str, en: str) -> None:
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    assert formats.moment(moment, NOW, CHINA, HANS) == hans
    assert formats.moment(moment, NOW, CHINA, EN) == en


def test_midnight_is_the_24th_hour_of_the_day_that_ends() -> None:
    end = datetime(2026, 12, 10, 16, tzinfo=UTC)
    assert formats.deadline(end, NOW, CHINA, HANS) == "12月10日24:00"
    assert formats.deadline(end - timedelta(hours=6), NOW, CHINA, HANS) == "12月10日18:00"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=4, hours=5), "还剩4天"),
        (timedelta(days=1), "还剩1天"),
        (timedelta(hours=23, minutes=59), "还剩23小时"),
        (timedelta(seconds=1), "还剩1分钟"),
        (timedelta(0), "正在截止"),
        (timedelta(minutes=-59), "正在截止"),
        (timedelta(hours=-1), "已逾期"),
        (timedelta(hours=-23, minutes=-59), "已逾期"),
        (timedelta(days=-1), "已逾期1天"),
        (timedelta(days=-3, hours=-1), "已逾期3天"),
    ],
)
def test_what_is_left_is_never_rounded_up(left: timedelta, said: str) -> None:
    assert formats.remaining(NOW + left, NOW, HANS) == said


@pytest.mark.parametrize(
    ("source", "hans", "hant", "en"),
    [
        ("物業管理條例 14 (2018)", "物业管理条例（2018）第14条", "物業管理條例（2018）第14條",
         "Property Management Regulations (2018), art. 14"),
        ("民法典 278", "民法典第278条", "民法典第278條", "Civil Code, art. 278"),
        ("民法典 278(1)(七)", "民法典第278条第1款第7项", "民法典第278條第1款第7項",
         "Civil Code, art. 278(1)(7)"),
        ("民法典 278(2), 1259", "民法典第278条第2款、第1259条", "民法典第278條第2款、第1259條",
         "Civil Code, arts. 278(2), 1259"),
        (
            "村組法 (2025) 26, 30",
            "村民委员会组织法（2025）第26、30条",
            "村民委員會組織法（2025）第26、30條",
            "Villagers' Committees Law (2025), arts. 26, 30",
        ),
        ("四議兩公開 一議", "四议两公开 一议", "四議兩公開 一議",
         "Four deliberations, two disclosures, first deliberation"),
    ],
)  # fmt: skip
def test_a_source_is_read_in_the_readers_script(source: str, hans: str, hant: str, en: str) -> None:
    assert [laws.chips(source, words)[0].text for words in (HANS, HANT, EN)] == [hans, hant, en]


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("民法典 278", "法"),
        ("物業管理條例 14", "法"),
        ("中辦發〔2015〕41號", "规"),
        ("四議兩公開", "规"),
        ("本社區議事規則第9條", "约"),
        ("鄉賢議事會章程", "约"),
        ("共同締造建設計劃 6.2", "参"),
    ],
)
def test_the_mark_says_how_binding_a_source_is(source: str, mark: str) -> None:
    assert laws.chips(source, HANS)[0].mark == mark


def test_several_sources_are_several_chips() -> None:
    assert len(laws.chips("民法典 278; 村組法 (2025) 26", HANS)) == 2


def test_a_requirement_is_a_sum_that_anybody_can_check() -> None:
    test = Test(
        id="take_part_heads", measure="heads", base="all", have=58, of=72, op=">=",
        share=Fraction(2, 3), needed=48, met=True, source="民法典 278",
    )  # fmt: skip
    assert drawing.test_sum(test) == "3 × 58 = 174 ≥\N{NO-BREAK SPACE}2 × 72 = 144"
    assert drawing.test_words(test, HANS) == "需要全体（72人）的三分之二以上，实有58。"


@pytest.mark.parametrize(
    ("base", "words"),
    [
        pytest.param("all", "需要超过全体（30人）的二分之一，实有16。", id="all"),
        pytest.param("present", "需要超过到会（30人）的二分之一，实有16。", id="present"),
        pytest.param("voted", "需要超过所投的票（30人）的二分之一，实有16。", id="votes cast"),
        pytest.param("sides", "需要超过同意和反对的票（30人）的二分之一，实有16。", id="sides"),
    ],
)
def test_a_requirement_is_told_whatever_it_is_measured_against(base: Any, words: str) -> None:
    test = Test(
        id="yes_heads", measure="heads", base=base, have=16, of=30, op=">",
        share=Fraction(1, 2), needed=16, met=True, source="南塘議事規則",
    )  # fmt: skip
    assert drawing.test_words(test, HANS) == words


def test_a_requirement_just_missed_says_so() -> None:
    test = Test(
        id="yes_heads", measure="heads", base="part", have=15, of=30, op=">",
        share=Fraction(1, 2), needed=16, met=False, source="村組法 (2025) 26",
    )  # fmt: skip
    assert drawing.test_sum(test) == "2 × 15 = 30 ≤\N{NO-BREAK SPACE}1 × 30 = 30"


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_gauge_never_leaves_its_frame(part: int, whole: int) -> None:
    width = Fraction(drawing.per_cent(part, whole).removesuffix("%"))
    assert 0 <= width <= 100
    if part <= whole:
        assert (
            Fraction(part * 100, whole) - Fraction(1, 1000) <= width <= Fraction(part * 100, whole)
        )


@given(st.integers(1, 400).flatmap(lambda pages: st.tuples(st.integers(1, pages), st.just(pages))))
def test_a_pager_shows_the_ends_and_the_neighbours(place: tuple[int, int]) -> None:
    number, pages = place
    shown = drawing.page_numbers(number, pages)
    numbers = [n for n in shown if n]
    assert {1, number, pages} <= set(numbers) and numbers == sorted(set(numbers))
    assert len(shown) <= 7


def test_a_flow_of_money_is_drawn_only_when_it_adds_up() -> None:
    assert drawing.flow([("a", 100)], [("b", 99)]) is None
    assert drawing.flow([], []) is None
    drawn = drawing.flow([("a", 60), ("b", 40)], [("c", 100), ("d", 0)])
    assert drawn is not None and len(drawn.bars) == 3 and len(drawn.links) == 2


def names_in(drawn: drawing.Flow | None, y: str) -> list[str]:
    assert drawn is not None
    return [mark.text for mark in drawn.labels if mark.y == y]


@pytest.mark.parametrize("size", ["", "on", "max"])
@pytest.mark.parametrize(
    ("left", "names"),
    [
        pytest.param(0, ["① 已付", "② 准备金"], id="two bars"),
        pytest.param(40_000, ["① 已付", "②", "③"], id="two short bars side by side"),
    ],
)
def test_a_bar_without_room_for_its_name_keeps_its_letter(
    left: int, names: list[str], size: str
) -> None:
    uses = [("已付", 7_740_000 - left), ("准备金", 860_000), ("可用", left)]
    drawn = drawing.flow([("补贴", 5_000_000), ("自筹", 3_600_000)], uses, size)
    assert names_in(drawn, "97%") == names
    assert names_in(drawn, "11%") == ["甲 补贴", "乙 自筹"]
    english = drawing.flow([("Subsidy", 82), ("Own", 4), ("Gifts", 14)], [("Paid", 100)], "", "ABC")
    assert names_in(english, "11%") == ["A Subsidy", "B", "C Gifts"]


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=7),
    st.sampled_from(["", "on", "max"]),
    st.text("补贴自筹捐赠款abc", min_size=1, max_size=8),
)
def test_no_two_names_of_a_flow_overlap(amounts: list[int], size: str, name: str) -> None:
    whole = [(name, sum(amounts))]
    drawn = drawing.flow([(name, amount) for amount in amounts], whole, size)
    assert drawn is not None
    edge = 0
    for mark in drawn.labels[:-1]:
        width, at = drawing.width_of(mark.text, size), round(float(mark.x[:-1]) * 10)
        start = {"start": at, "middle": at - width // 2, "end": at - width}[mark.anchor]
        assert start >= edge - 1
        edge = start + width
    assert edge <= 1001


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        pytest.param("物業管理條例 14; 村組法 (2025) 35", "村組法 (2025) 35", id="of two"),
        pytest.param("民法典 278；村組法 (2025) 26, 30", "村組法 (2025) 26, 30", id="an article"),
        pytest.param("民法典 280; 村組法 (2025) 26", "民法典 280; 村組法 (2025) 26", id="another"),
        pytest.param("民法典 2781; 村組法 26", "民法典 2781; 村組法 26", id="a longer number"),
        pytest.param("物業管理條例 14", "物業管理條例 14", id="nothing else"),
        pytest.param("", "", id="no source"),
    ],
)
def test_the_law_of_other_communities_is_left_out(source: str, kept: str) -> None:
    assert laws.here(source, ["物業管理條例", "民法典 278"]) == kept


def test_a_code_is_no_source() -> None:
    assert laws.chips("funds.payment_made", HANS) == []


@pytest.mark.parametrize(
    ("value", "said", "english"),
    [
        (Fraction(2, 3), "三分之二", "2/3"),
        (Fraction(4), "4", "4"),
        (Fraction(14, 3), "4又2/3", "4\N{NO-BREAK SPACE}2/3"),
    ],
)
def test_a_whole_is_no_fraction(value: Fraction, said: str, english: str) -> None:
    assert formats.share(value, HANS) == said
    assert formats.share(value, EN) == english
