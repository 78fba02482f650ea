"""Roster rows: what they mean, and what is refused with which words, at and around each limit."""

from __future__ import annotations

from datetime import date

import pytest

from tests.core.roster_tables import by_name, only_problem, read, xlsx_file
from wugong import Words, read_entitlement, totals
from wugong.roster_files import (
    read_roster,
)
from wugong.rosters import write_entitlement


def test_each_row_is_one_entitlement_with_its_unit_group_and_area() -> None:
    reading = read("101,張三,89.50,1單元,13800000000,", "102,李四,70,1單元,,")
    assert reading.problems == ()
    first, second = reading.entitlements(by_name)
    assert (first.id, first.member, first.heads, first.area_dm2) == ("1單元 101", "m-張三", 1, 8950)
    assert (second.parts[0].unit, second.parts[0].group, second.area_dm2) == ("102", "1單元", 7000)
    assert reading.holders[0].contact == "13800000000"


@pytest.mark.parametrize(
    ("area", "code"),
    [
        ("-0.01", "area_negative"),
        ("−89.5", "area_negative"),
        ("0", "area_zero"),
        ("0.00", "area_zero"),
        ("0.01", "area_share"),
        ("0.99", "area_share"),
        ("1", None),
        ("89.5", None),
        ("89.55", None),
        ("89.555", "area_decimals"),
        ("12.5%", "area_percent"),
        ("12.5％", "area_percent"),
        ('"1,089.50"', None),
        ('"10,89.50"', "area_unreadable"),
        ("八十九", "area_unreadable"),
        ("1e3", "area_unreadable"),
        ("89.5㎡", None),
        ("1000000", None),
        ("1000000.01", "area_large"),
        ("", "missing"),
    ],
)
def test_an_area_is_square_metres_with_two_decimals(area: str, code: str | None) -> None:
    reading = read(f"101,張三,{area},,,")
    assert [problem.code for problem in reading.problems] == ([code] if code else [])
    assert all(problem.row == 2 for problem in reading.problems)


@pytest.mark.parametrize(
    ("shares", "refused"),
    [
        pytest.param(("25.00", "25.00", "25.00", "24.49"), False, id="99.49"),
        pytest.param(("25.00", "25.00", "25.00", "24.50"), True, id="99.50"),
        pytest.param(("25.00", "25.00", "25.00", "25.50"), True, id="100.50"),
        pytest.param(("25.00", "25.00", "25.00", "25.51"), False, id="100.51"),
        pytest.param(("33.30", "33.30", "33.40"), False, id="three small flats"),
    ],
)
def test_areas_that_add_up_to_100_look_like_percentages(
    shares: tuple[str, ...], refused: bool
) -> None:
    reading = read(*(f"{n},業主{n},{share},,," for n, share in enumerate(shares, 101)))
    assert [p.code for p in reading.problems] == (["areas_are_shares"] if refused else [])


def test_the_same_unit_twice_names_both_rows() -> None:
    problem = only_problem(
        read("101,張三,80,1單元,,", "101,李四,80,2單元,,", "１０１,王五,80,1單元,,")
    )
    assert (problem.code, problem.row, problem.details["first"]) == ("unit_twice", 4, 2)
    said = problem.say(Words("zh_Hans", ["wugong"]))
    assert "4" in said and "2" in said and "1單元 １０１" in said


def test_every_problem_is_told_at_once_in_the_order_of_rows() -> None:
    reading = read("101,,-5,,,", ",李四,80,,,", "103,王五,9.999,,,")
    assert [(p.row, p.code) for p in reading.problems] == [
        (2, "missing"),
        (2, "area_negative"),
        (3, "missing"),
        (4, "area_decimals"),
    ]


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("房號,姓名", {"missing_column"}),
        ("房號,姓名,面積,生日", {"unknown_column"}),
        ("房號,姓名,面積,專有面積", {"column_twice"}),
        ("房號,姓名,面積,", set()),
        ("甲,乙,丙", {"no_header"}),
    ],
)
def test_columns_are_known_by_name(header: str, codes: set[str]) -> None:
    assert {p.code for p in read("101,張三,80", header=header).problems} == codes


def test_a_header_without_rows_is_refused() -> None:
    assert only_problem(read()).code == "empty"


@pytest.mark.parametrize(("length", "refused"), [(80, False), (81, True)])
def test_a_name_has_at_most_80_characters(length: int, refused: bool) -> None:
    codes = [p.code for p in read(f"101,{'張' * length},80,,,").problems]
    assert codes == (["too_long"] if refused else [])


def test_a_control_character_is_refused_and_blanks_around_are_not() -> None:
    assert only_problem(read("101,張\x07三,80,,,")).code == "control"
    assert read("　101 , 張三　,80,,,").holders[0].name == "張三"


def test_a_unit_that_became_a_date_is_told() -> None:
    content = xlsx_file([["房號", "姓名", "面積"], [date(2026, 3, 1), "張三", 80]])
    assert only_problem(read_roster(content, "area")).code == "became_date"


def test_row_numbers_are_those_of_the_spreadsheet() -> None:
    content = xlsx_file(
        [["名冊"], ["房號", "姓名", "面積"], [], ["101", "張三", 80], [], ["102", "李四", 0]]
    )
    assert only_problem(read_roster(content, "area")).row == 6


# Who counts as one


def test_an_owner_of_several_units_is_one_head_and_the_areas_add_up() -> None:
    """DOMAIN W2: 107 single owners, one of three flats, the developer with ten: 109 heads."""
    lines = [f"{n},業主{n},90,,," for n in range(107)]
    lines += [f"A{n},甲,80,,," for n in range(3)]
    lines += [f"D{n},某置業公司,100,,,{'未售' if n < 6 else '未交付'}" for n in range(10)]
    reading = read(*lines)
    assert reading.problems == ()
    whole = totals(reading.entitlements(by_name))
    assert (whole.entitlements, whole.heads, whole.area_dm2) == (109, 109, 1_087_000)
    merged, developer = reading.notes
    assert merged.details["count"] == 3 and merged.details["area"] == "240.00"
    assert (developer.details["unsold"], developer.details["undelivered"]) == (6, 4)
    assert developer.details["area"] == "1,000.00"
    assert {note.source for note in reading.notes} == {"建築物區分所有權解釋 9"}


def test_two_owners_of_one_name_are_told_apart_by_their_telephones() -> None:
    reading = read("101,王偉,80,,138-0000 0001,", "102,王偉,80,,13800000002,")
    assert len(reading.holders) == 2
    assert "2、3" in reading.notes[0].say(Words("zh_Hans", ["wugong"]))
    same = read("101,王偉,80,,138-0000 0001,", "102,王偉,80,,13800000001,")
    assert [h.area_dm2 for h in same.holders] == [16_000]


def test_one_telephone_for_two_rows_of_one_name_leaves_open_who_is_who() -> None:
    problem = only_problem(read("101,王偉,80,,13800000001,", "102,王偉,80,,,"))
    assert (problem.code, problem.row) == ("owner_unclear", 3)


def test_the_developer_has_one_name_in_all_its_units() -> None:
    problem = only_problem(read("101,甲公司,80,,,未售", "102,已購人,80,,,未交付"))
    assert (problem.code, problem.row, problem.details["first"]) == ("developer_names", 3, 2)
    assert only_problem(read("101,甲公司,80,,,半售")).code == "state_unknown"


SOURCED = "房號,姓名,專有面積,面積依據,監護人"


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ("登記簿", "register"),
        ("不动产登记簿", "register"),
        ("實測", "survey"),
        ("合同", "contract"),
        ("", ""),
        ("估計", None),
    ],
)
def test_an_area_states_where_it_comes_from(typed: str, source: str | None) -> None:
    reading = read(f"101,張三,89.50,{typed},", header=SOURCED)
    if source is None:
        problem = only_problem(reading)
        assert (problem.code, problem.details["value"]) == ("source_unknown", "估計")
        return
    (entitlement,) = reading.entitlements(by_name)
    assert entitlement.parts[0].source == source
    written = write_entitlement(entitlement)
    assert written["parts"] == [["101", "", 8950, *([source] if source else [])]]
    assert read_entitlement(written) == entitlement


def test_how_many_areas_come_from_where_is_told_before_the_import() -> None:
    lines = ["101,甲,80,登記簿,", "102,乙,80,登記簿,", "103,丙,80,實測,", "104,丁,80,,"]
    (note,) = read(*lines, header=SOURCED).notes
    assert dict(note.details) == {"register": 2, "survey": 1, "contract": 0, "unstated": 1}
    assert note.source == "建築物區分所有權解釋 8"


@pytest.mark.parametrize("typed", ["12.5%", "12.5％", "125‰"])
def test_a_percentage_typed_for_an_area_is_refused_whatever_its_source(typed: str) -> None:
    problem = only_problem(read(f"101,張三,{typed},登記簿,", header=SOURCED))
    assert problem.code == "area_percent"
    assert "是百分比，要写面积" in problem.say(Words("zh_Hans", ["wugong"]))


def test_a_guardian_votes_for_an_owner_who_stays_one_head() -> None:
    lines = ["101,小明,80,,張三", "102,小明,70,,張三", "103,張三,60,,"]
    reading = read(*lines, header=SOURCED)
    assert [(e.id, e.member) for e in reading.entitlements(by_name)] == [
        ("101", "m-張三"),
        ("103", "m-張三"),
    ]
    assert totals(reading.entitlements(by_name)).heads == 2
    note = next(n for n in reading.notes if "guardian" in n.details)
    assert note.source == "民法典 19–22; 指導規則 25"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["101,小明,80,,小明"], "guardian_oneself"),
        (["101,小明,80,,張三", "102,小明,70,,"], "guardians_differ"),
        (["101,小明,80,,張三", "102,小明,70,,李四"], "guardians_differ"),
    ],
)
def test_who_is_whose_guardian_must_be_clear(lines: list[str], code: str) -> None:
    assert only_problem(read(*lines, header=SOURCED)).code == code


def test_the_roll_does_not_depend_on_the_order_of_the_rows() -> None:
    lines = ["102,甲,80,2,,", "101,甲,70,1,,", "103,乙,60,1,,"]
    assert read(*lines).entitlements(by_name) == read(*reversed(lines)).entitlements(by_name)


def test_a_roster_of_people_counts_each_household_once() -> None:
    reading = read(
        "張三,3-12,1組", "李四,3-12,1組", "王五,,2組", measure="heads", header="姓名,戶,小組"
    )
    assert reading.problems == ()
    whole = totals(reading.entitlements(by_name))
    assert (whole.heads, whole.households) == (3, 2)
    assert [e.id for e in reading.entitlements(by_name)] == ["m-張三", "m-李四", "m-王五"]
    assert (
        only_problem(read("張三,3-12", "張三,3-12", measure="heads", header="姓名,戶")).code
        == "person_twice"
    )


@pytest.mark.parametrize(
    ("count", "weight"), [("0", None), ("1", 1), ("12", 12), ("10000", 10000), ("10001", None)]
)
def test_a_representative_speaks_for_a_number_of_households(count: str, weight: int | None) -> None:
    reading = read(f"張三,{count}", measure="heads", header="姓名,代表戶數")
    if weight is None:
        assert only_problem(reading).code == "households_unreadable"
    else:
        assert totals(reading.entitlements(by_name)).households == weight


def test_a_household_has_one_representative() -> None:
    reading = read("1組5號,張三", "1組6號,李四", measure="households", header="戶,姓名")
    assert [e.id for e in reading.entitlements(by_name)] == ["1組5號", "1組6號"]
    twice = read("1組5號,張三", "1組5號,李四", measure="households", header="戶,姓名")
    assert only_problem(twice).code == "household_twice"


# Hostile files


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        pytest.param("张 三", True, id="a blank inside"),
        pytest.param("张　三", True, id="a wide blank"),
        pytest.param("张三", None, id="the same"),
        pytest.param("张三丰", False, id="another"),
    ],
)
def test_one_owner_in_two_spellings_is_named_with_both_rows(name: str, alike: bool | None) -> None:
    reading = read("101,张三,80,,,", f"102,{name},70,,,")
    if not alike:
        assert len(reading.holders) == (1 if alike is None else 2)
        return
    problem = only_problem(reading)
    assert (problem.code, problem.row, problem.details["first"]) == ("spelt_twice", 3, 2)
    assert "在第2行写作“张三”" in problem.say(Words("zh_Hans", ["wugong"]))


def test_latin_names_are_compared_without_case_and_width() -> None:
    assert only_problem(read("101,Ada Li,80,,,", "102,ａｄａ ＬＩ,70,,,")).code == "spelt_twice"


def test_two_names_with_one_telephone_are_told_and_stay_two() -> None:
    reading = read("101,王偉,80,,138-0000 0001,", "102,王伟,80,,13800000001,")
    assert len(reading.holders) == 2
    (note,) = reading.notes
    assert dict(note.details) == {"name": "王偉", "other": "王伟", "rows": "2、3"}


@pytest.mark.parametrize(
    ("language", "missing", "known"),
    [
        ("zh_Hans", "专有面积", "房号、姓名"),
        ("zh_Hant", "專有面積", "房號、姓名"),
        ("en", "area", "unit, owner"),
    ],
)
def test_columns_are_called_as_the_template_of_the_reader_calls_them(
    language: str, missing: str, known: str
) -> None:
    reading = read_roster("房号,姓名,备注\n101,,x\n".encode(), "area")
    words = Words(language, ["wugong"])
    said = " ".join(f"{one.say(words)} {one.mend(words)}" for one in reading.problems)
    assert missing in said and known in said
    (empty,) = read_roster("房号,姓名,面积\n101,,80\n".encode(), "area").problems
    assert {"zh_Hans": "姓名", "zh_Hant": "姓名", "en": "owner"}[language] in empty.say(words)
