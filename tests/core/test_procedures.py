"""What a procedure file may say, and what is said of one that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from wugong import judge, read_procedure
from wugong.composing import compose
from wugong.procedure_rows import read_title
from wugong.procedures import read_procedures
from wugong.words import LANGUAGES

HEAD = """
id = "town.meeting"
body = "meeting"
setting = "urban"
roster = "residents"
effective_from = 2026-01-01
effective_to = 2027-12-31
"""
REST = """
basis = [{ article = "章程 1", text_year = 2026, confidence = "I" }]
[title]
en = "Town meeting"
"""
PRESENT = (
    '{ id = "present", measure = "persons", base = "all", '
    'op = ">", share = "1/2", source = "章程 2" }'
)
AGREED = (
    '{ id = "agreed", measure = "persons", base = "present", '
    'op = ">=", share = "2/3", source = "章程 3", confidence = "I" }'
)
NO_PROXY = "{ allowed = true, candidates = false, most = 0, source = 's', confidence = 'V' }"
TESTS = f"quorum = [{PRESENT}]\nconsent = [{AGREED}]\n"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"zh_Hans": "街", "zh_Hant": "街道", "en": "Lane"}, ("街", "街道", "Lane")),
        ({"zh_Hans": "街"}, ("街", "街", "街")),
        ({"zh_Hant": "鎮", "en": "Town"}, ("鎮", "鎮", "Town")),
        ({"en": "Town"}, ("Town", "Town", "Town")),
    ],
)
def test_a_title_in_some_languages_is_read_in_each(
    given: dict[str, str], read: tuple[str, ...]
) -> None:
    assert tuple(read_title(given, "x")[one] for one in LANGUAGES) == read
    for wrong in ({}, {"fr": "Rue"}, {**given, "en": ""}):
        with pytest.raises(ValueError, match="title"):
            read_title(wrong, "x")


def test_persons_are_weighed_as_heads_and_called_persons() -> None:
    found = read_procedure(HEAD + TESTS + REST)
    quorum, consent = found.quorum[0], found.consent[0]
    assert (quorum.measure, quorum.counts, quorum.confidence) == ("heads", "persons", None)
    assert (consent.threshold.share, consent.threshold.op) == (Fraction(2, 3), ">=")
    assert (consent.confidence, found.measures, found.units) == ("I", ("heads",), ("persons",))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2025, 12, 31), False, id="the day before"),
        pytest.param(date(2026, 1, 1), True, id="the first day"),
        pytest.param(date(2027, 12, 31), True, id="the last day"),
        pytest.param(date(2028, 1, 1), False, id="the day after"),
    ],
)
def test_a_procedure_is_in_force_from_its_first_to_its_last_day(on: date, expected: bool) -> None:
    assert read_procedure(HEAD + TESTS + REST).in_force(on) is expected


def test_forms_differ_in_what_they_state_and_share_the_rest() -> None:
    households = PRESENT.replace("persons", "households")
    second = f'roster = "households"\nquorum = [{households}]\n'
    forms = f"[forms.adults]\n{TESTS}\n[forms.households]\n{second}"
    adults, by_household = read_procedures(HEAD + TESTS + REST + forms)
    assert (adults.id, adults.family, adults.form) == (
        "town.meeting.adults",
        "town.meeting",
        "adults",
    )
    assert (by_household.roster, by_household.units) == ("households", ("households", "persons"))
    assert by_household.title == adults.title
    with pytest.raises(ValueError, match="it has 2"):
        read_procedure(HEAD + TESTS + REST + forms)


def test_the_version_is_the_hash_of_the_text() -> None:
    text = HEAD + TESTS + REST
    assert read_procedure(text).version == read_procedure(text).version
    assert read_procedure(text).version != read_procedure(text + "\n# changed").version


def test_a_rule_without_abstentions_counts_only_those_for_and_against() -> None:
    sides = AGREED.replace('"present"', '"sides"').replace('">="', '">"').replace("2/3", "1/2")
    customary = read_procedure(HEAD + f"quorum = []\nconsent = [{sides}]\n" + REST)

    def verdict(yes: int, no: int | None) -> str:
        against = None if no is None else {"heads": no}
        came = {"heads": 9}
        return judge(customary, came, came, {"heads": yes}, no=against)[0]  # type: ignore[arg-type]

    assert [verdict(3, 2), verdict(3, 3), verdict(3, None)] == ["passed", "rejected", "rejected"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("2/3", "7/5"), "share must be text such as 2/3, at most 1/1", id="7/5"),
        pytest.param(
            ("effective_to = 2027-12-31", 'later = "town.new"'), "effective_to", id="never over"
        ),
        pytest.param(('"2/3"', "0.66"), "share must be text", id="a decimal number"),
        pytest.param(("2/3", "0.66"), "share must be text", id="a decimal text"),
        pytest.param(("2/3", "2/0"), "share must be text", id="over zero"),
        pytest.param(("2/3", "0/3"), "share must be text", id="nothing at all"),
        pytest.param(('">="', '"=>"'), "op must be", id="an operator that is none"),
        pytest.param(('op = ">=", ', ""), "op missing", id="no operator: neither is the default"),
        pytest.param(("persons", "souls"), "measure must be one of", id="an unknown measure"),
        pytest.param(('"present"', '"everyone"'), "base must be one of", id="an unknown base"),
        pytest.param((', source = "章程 3"', ""), "source missing", id="no source"),
        pytest.param(('"I" }]\n[', '"X" }]\n['), "must be V, S, M or I", id="confidence"),
        pytest.param(("roster", "rooster"), "roster missing", id="a key missing"),
        pytest.param(("[title]", "colour = 1\n[title]"), "unknown key colour", id="an unknown key"),
        pytest.param(("[title]", "notice_days = -1\n[title]"), "number of days", id="days below 0"),
        pytest.param(("[title]", 'decides = "no"\n[title]'), "decides cannot be", id="not a flag"),
        pytest.param(('"agreed", measure', '"agreed", colour = 1, measure'), "colour", id="row"),
        pytest.param(("2026-01-01", '"2026-01-01"'), "effective_from cannot be", id="text as date"),
        pytest.param(
            ("[title]", f"proxies = {NO_PROXY}\n[title]"),
            "most must be a number from 1",
            id="no proxies at most",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(change: tuple[str, str], message: str) -> None:
    text = HEAD + TESTS + REST
    assert change[0] in text
    with pytest.raises(ValueError, match=message) as refused:
        read_procedure(text.replace(*change))
    assert "procedure town.meeting" in str(refused.value)


NAMES = 'zh_Hans = "甲", zh_Hant = "甲", en = "A"'
PARTS: Mapping[str, str] = {
    "demands": '[{ unit = "persons", op = ">=", share = "1/10", source = "s", confidence = "V" }]',
    "proxies": '{ allowed = true, candidates = false, most = 3, source = "s", confidence = "V" }',
    "silence": '[{ policy = "strict_returned", source = "s", confidence = "I" }]',
    "composition": '[{ id = "few", count = "women", number = 2, source = "s", confidence = "V" }]',
    "items": f'[{{ number = 1, source = "s", confidence = "V", {NAMES} }}]',
    "steps": f'[{{ id = "a", under = ["b.c"], source = "s", confidence = "V", {NAMES} }}]',
    "classes": f'[{{ id = "a", chair = true, source = "s", confidence = "V", {NAMES} }}]',
    "incompatible": '[{ one = "a", other = "b", source = "s", confidence = "V" }]',
}


@pytest.mark.parametrize("key", PARTS)
def test_every_part_is_read_and_refuses_a_key_it_does_not_know(key: str) -> None:
    written = PARTS[key]
    text = HEAD + f"{key} = {written}\n" + TESTS + REST
    assert getattr(read_procedure(text), key)
    with pytest.raises(ValueError, match=f"{key}.*: unknown key colour"):
        read_procedure(text.replace('confidence = "', 'colour = 1, confidence = "', 1))


LIMIT = (
    'composition = [{ id = "few", count = "members", most = 5, source = "s", confidence = "V" }]\n'
)


def test_a_body_may_have_a_limit() -> None:
    (rule,) = read_procedure(HEAD + LIMIT + TESTS + REST).composition
    assert (rule.most, rule.number, rule.threshold, rule.of) == (5, 0, None, "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("most = 5", "most = 0"), "most must be a number from 1", id="nobody"),
        pytest.param(("most = 5", 'most = "5"'), "most must be a number from 1", id="text"),
        pytest.param(("most = 5", "number = 3, most = 5"), "unknown key most", id="two in one row"),
        pytest.param(("[title]", 'kind = "no_vote"\n[title]'), "no_vote needs", id="tests"),
        pytest.param(
            (TESTS, 'kind = "no_vote"\nquorum = []\nconsent = []\n'), "no_vote needs", id="decides"
        ),
        pytest.param(
            ("[title]", f"steps = {PARTS['steps']}\n[title]".replace('["b.c"]', '"b.c"')),
            "under must be a list of procedures",
            id="one name",
        ),
        pytest.param(
            ("[title]", f"steps = {PARTS['steps']}\n[title]".replace('["b.c"]', '[""]')),
            "under must be a list of procedures",
            id="an empty name",
        ),
    ],
)
def test_what_cannot_stand_together_is_refused(change: tuple[str, str], message: str) -> None:
    text = HEAD + LIMIT + TESTS + REST
    assert change[0] in text
    with pytest.raises(ValueError, match=message):
        read_procedure(text.replace(*change))


def classes(count: int) -> str:
    """Return the rows of ``count`` classes of seats: one of each is needed, the first presides."""
    rows = [
        f'{{ id = "c{n}", source = "s", confidence = "I", {NAMES}, chair = {str(n == 1).lower()} }}'
        for n in range(1, count + 1)
    ]
    tests = [
        f'{{ id = "t{n}", count = "c{n}", number = 1, source = "s", confidence = "I" }}'
        for n in range(1, count + 1)
    ]
    return f"classes = [{', '.join(rows)}]\ncomposition = [{', '.join(tests)}]\n"


def test_a_committee_of_twelve_classes_is_data() -> None:
    body = read_procedure(HEAD + classes(12) + TESTS + REST)
    assert [one.id for one in body.classes if one.chair] == ["c1"]
    full = {f"c{n}": 1 for n in range(1, 13)}
    assert all(test["met"] for test in compose(body, {"classes": full}))
    assert [t["id"] for t in compose(body, {"classes": {**full, "c7": 0}}) if not t["met"]] == [
        "t7"
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(('count = "c2"', 'count = "c3"'), "'c3' is none of members", id="no class"),
        pytest.param(('id = "c2"', 'id = "c1"'), "c1 is there twice", id="one twice"),
        pytest.param(('id = "c2"', 'id = "women"'), "cannot be the id of a class", id="a figure"),
        pytest.param(('id = "c2"', 'id = "C 2"'), "cannot be the id of a class", id="no name"),
        pytest.param(("chair = true", "chair = 1"), "chair must be true or false", id="chair"),
    ],
)
def test_a_wrong_class_of_seats_is_refused(change: tuple[str, str], message: str) -> None:
    text = HEAD + classes(2) + TESTS + REST
    assert change[0] in text
    with pytest.raises(ValueError, match=message) as refused:
        read_procedure(text.replace(*change))
    assert "procedure town.meeting" in str(refused.value)
