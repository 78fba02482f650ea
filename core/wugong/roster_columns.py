"""The columns of a roster file, and the words for what may be wrong in one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from wugong.rosters import Measure
from wugong.words import N_, Words


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the roster: its name in three languages, other names for it, and its limit."""

    zh_Hans: str
    zh_Hant: str
    en: str
    also: tuple[str, ...]
    hint: str  # message id
    most: int = 40

    def title(self, language: str) -> str:
        """Return the name that the template gives it."""
        titles = {"zh_Hans": self.zh_Hans, "zh_Hant": self.zh_Hant}
        return titles.get(language, self.en)

    @property
    def names(self) -> set[str]:
        """Every name by which it is known, as :func:`plain` leaves them."""
        return {plain(name) for name in (self.zh_Hans, self.zh_Hant, self.en, *self.also)}


COLUMNS = {
    "unit": Column(
        "房号",
        "房號",
        "unit",
        (
            "室号",
            "室號",
            "门牌",
            "門牌",
            "房屋编号",
            "房屋編號",
            "房间号",
            "flat",
            "room",
            "address",
        ),
        N_("Flat or homestead, for example 101."),
    ),
    "owner": Column(
        "姓名",
        "姓名",
        "owner",
        ("业主", "業主", "业主姓名", "業主姓名", "产权人", "產權人", "户主", "戶主", "name"),
        N_("Who votes. Co-owners of one unit choose one of them."),
        80,
    ),
    "area": Column(
        "专有面积",
        "專有面積",
        "area",
        ("面积", "面積", "建筑面积", "建築面積", "专有部分面积", "專有部分面積"),
        N_("Square metres with at most two decimals, as in the property register: 89.50."),
    ),
    "group": Column(
        "楼栋单元",
        "樓棟單元",
        "group",
        (
            "楼栋",
            "樓棟",
            "单元",
            "單元",
            "村民小组",
            "村民小組",
            "小组",
            "小組",
            "stair",
            "building",
        ),
        N_("Stair, building or village group, written the same in every row."),
    ),
    "household": Column(
        "户",
        "戶",
        "household",
        ("户号", "戶號", "户编号", "戶編號", "家庭", "household_id"),
        N_("A number or name for the household, written the same for everyone in it."),
    ),
    "households": Column(
        "代表户数",
        "代表戶數",
        "households",
        ("户数", "戶數", "households_represented"),
        N_("How many households this representative speaks for; empty means one."),
    ),
    "contact": Column(
        "电话",
        "電話",
        "contact",
        ("手机", "手機", "联系电话", "聯絡電話", "联系方式", "聯絡方式", "phone", "telephone"),
        N_("Seen by officers only; tells apart two people of the same name."),
        80,
    ),
    "source": Column(
        "面积依据",
        "面積依據",
        "area source",
        ("面积来源", "面積來源"),
        N_("Where the area comes from: 登记簿, else 实测, else 合同."),
    ),
    "guardian": Column(
        "监护人",
        "監護人",
        "guardian",
        (),
        N_("Who votes for an owner without full capacity; empty for everybody else."),
        80,
    ),
    "state": Column(
        "交付状态",
        "交付狀態",
        "state",
        ("状态", "狀態", "交付", "handover"),
        N_("Empty or 已交付; 未售 or 未交付 for units that count for the developer."),
    ),
}
COLUMNS_OF: Mapping[Measure, tuple[str, ...]] = {
    "area": (
        *("unit", "owner", "area", "group", "household", "contact", "state"),
        *("source", "guardian"),
    ),
    "heads": ("owner", "household", "group", "contact", "unit", "households"),
    "households": ("household", "owner", "group", "contact", "unit"),
}
REQUIRED: Mapping[Measure, tuple[str, ...]] = {
    "area": ("unit", "owner", "area"),
    "heads": ("owner",),
    "households": ("household", "owner"),
}
STATES = {
    "已交付": "", "delivered": "", "已售": "", "sold": "",
    "未售": "unsold", "未售出": "unsold", "unsold": "unsold",
    "未交付": "undelivered", "已售未交付": "undelivered", "undelivered": "undelivered",
}  # fmt: skip

SOURCES = {
    "登记簿": "register", "登記簿": "register", "不动产登记簿": "register",
    "不動產登記簿": "register", "register": "register",
    "实测": "survey", "實測": "survey", "测绘": "survey", "測繪": "survey", "survey": "survey",
    "合同": "contract", "买卖合同": "contract", "買賣合同": "contract", "contract": "contract",
}  # fmt: skip

ROW_PROBLEMS = {
    "no_header": (
        N_("None of the first {rows} rows names the columns."),
        N_(
            "Put the names of the columns in the first row, as in the template. When the file "
            "looks garbled in a spreadsheet program, save it as “CSV UTF-8”."
        ),
    ),
    "empty": (
        N_("The table has no rows below the names of the columns."),
        N_("Write one row for each unit, person or household."),
    ),
    "missing_column": (
        N_("The column “{column}” is missing."),
        N_("Add it, or download the template."),
    ),
    "unknown_column": (
        N_("The column “{column}” is not known."),
        N_("Delete it, or give it one of these names: {known}."),
    ),
    "column_twice": (
        N_("Two columns are both read as “{column}”."),
        N_("Keep one of them."),
    ),
    "missing": (N_("Row {row}: “{column}” is empty."), N_("Fill it in.")),
    "too_long": (
        N_("Row {row}: “{column}” has {length} characters, at most {most} are allowed."),
        N_("Shorten it."),
    ),
    "control": (
        N_("Row {row}: “{column}” contains a character that cannot be printed."),
        N_("Type the value again."),
    ),
    "became_date": (
        N_("Row {row}: the spreadsheet program turned “{column}” into the date {value}."),
        N_("Format the column as text, then type the value again."),
    ),
    "area_unreadable": (
        N_("Row {row}: “{value}” is not an area."),
        N_("Write square metres as digits, for example 89.50."),
    ),
    "area_negative": (
        N_("Row {row}: the area {value} is negative."),
        N_("Write the area of the property register."),
    ),
    "area_zero": (
        N_("Row {row}: the area is 0."),
        N_("Write the area of the property register; a unit without area has no place here."),
    ),
    "area_percent": (
        N_("Row {row}: “{value}” is a percentage, an area is needed."),
        N_("Write square metres; the program works out the shares itself."),
    ),
    "area_share": (
        N_("Row {row}: {value} is less than one square metre and looks like a share."),
        N_("Write square metres; the program works out the shares itself."),
    ),
    "area_decimals": (
        N_("Row {row}: {value} has more than two decimals."),
        N_("Round as the property register does: two decimals."),
    ),
    "area_large": (
        N_("Row {row}: {value} m² is too large for one unit."),
        N_("Check the decimal point."),
    ),
    "areas_are_shares": (
        N_("All areas together are {total}: they look like percentages."),
        N_("Write square metres; the program works out the shares itself."),
    ),
    "unit_twice": (
        N_("Row {row}: the unit {unit} already stands in row {first}."),
        N_("Keep one row a unit; co-owners choose who votes. Same number in another stair: "
           "fill in “{group}”."),
    ),
    "person_twice": (
        N_("Row {row}: {name} already stands in row {first}."),
        N_("Delete one row, or add telephone numbers when they are two people."),
    ),
    "household_twice": (
        N_("Row {row}: the household {household} already stands in row {first}."),
        N_("A household has one representative: keep one row."),
    ),
    "owner_unclear": (
        N_("Row {row}: {name} also stands in row {first}, but only one row has a telephone."),
        N_("Write the same telephone in both when it is one person, or both when they are two."),
    ),
    "spelt_twice": (
        N_("Row {row}: “{name}” is spelt “{other}” in row {first}."),
        N_(
            "Write the name the same in every row; two people of one name are told apart by their "
            "telephones."
        ),
    ),
    "state_unknown": (
        N_("Row {row}: “{value}” is not a state of handover."),
        N_("Leave it empty, or write 已交付, 未售 or 未交付."),
    ),
    "source_unknown": (
        N_("Row {row}: “{value}” is not where an area can come from."),
        N_("Leave it empty, or write 登记簿, 实测 or 合同."),
    ),
    "guardian_oneself": (
        N_("Row {row}: {name} is named as their own guardian."),
        N_("Name the guardian, or leave it empty when {name} votes."),
    ),
    "guardians_differ": (
        N_("Row {row}: {name} has another guardian in row {first}."),
        N_("Write the guardian who votes in every row of {name}."),
    ),
    "developer_names": (
        N_("Row {row}: this unit counts for the developer, but row {first} names another one."),
        N_("Write the developer's name in every row of unsold and undelivered units."),
    ),
    "households_unreadable": (
        N_("Row {row}: “{value}” is not a number of households from 1 to {most}."),
        N_("Write a whole number, or leave it empty for one."),
    ),
}  # fmt: skip


LIST, LISTS = "、", ("rows", "known")  # how a list is kept, and which details are one


class Columns(tuple[str, ...]):
    """Columns that a complaint names, by key: each reader has their names in another language."""

    def titles(self, language: str) -> str:
        """Return their names as the template of that language has them."""
        return LIST.join(COLUMNS[key].title(language) for key in self)


def in_language(details: Mapping[str, int | str | Columns], words: Words) -> dict[str, int | str]:
    """Return details with lists of rows and names of columns as the language writes them."""
    joint = ", " if words.language == "en" else LIST
    found: dict[str, int | str] = {}
    for name, one in details.items():
        told = one.titles(words.language) if isinstance(one, Columns) else one
        found[name] = told.replace(LIST, joint) if name in LISTS and isinstance(told, str) else told
    return found


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row (0: with the file), and what mends it; message ids with details."""

    code: str
    text: str
    remedy: str
    row: int = 0
    details: Mapping[str, int | str | Columns] = field(default_factory=dict)

    def say(self, words: Words) -> str:
        """Say it in the reader's language."""
        return words(self.text, row=self.row, **in_language(self.details, words))

    def mend(self, words: Words) -> str:
        """Say what to do about it."""
        return words(self.remedy, row=self.row, **in_language(self.details, words))


class Unfit(Exception):
    """The file cannot be read as a table at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def problem(code: str, row: int = 0, /, **details: int | str | Columns) -> Problem:
    text, remedy = ROW_PROBLEMS[code]
    return Problem(code, text, remedy, row, details)


def plain(title: str) -> str:
    """Return the name of a column for comparison: no unit in brackets, no spaces, lower case."""
    text = unicodedata.normalize("NFKC", title).lower()
    return re.sub(r"[\s_*]|\(.*?\)|/.*|(m2|平方米|平方公尺|平米)$", "", text)
