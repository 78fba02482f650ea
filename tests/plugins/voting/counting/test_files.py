from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugong_voting.counting import pabulib, preflib
from wugong_voting.counting.grouping import joined
from wugong_voting.counting.profile import Profile, from_orders, until_tie, weights_of

PB = """META
key;value
description;A town; with more
budget;{budget}
vote_type;{kind}
num_votes;{voters}
comment;"one; ""two"" three"
PROJECTS
project_id;cost;votes;name
10;{cost};2;Lamp
9;1;1;"Tree; or two"
A/1;0;1;Bench
VOTES
{head}
{votes}
"""


def pb(folder: Path, votes: str, kind: str = "approval", **more: object) -> Path:
    given = {"budget": "10", "cost": "2.50", "voters": 3, "head": "voter_id;vote;age;sex", **more}
    path = folder / "town.pb"
    path.write_text(PB.format(kind=kind, votes=votes, **given), encoding="utf-8")
    return path


def test_ids_are_text_and_money_has_a_comma_or_a_dot(tmp_path: Path) -> None:
    file = pabulib.read(pb(tmp_path, "1;10,9;30;F\n2;A/1;;\n3;;99;M", budget="2458488,22"))
    assert file.profile.options == ("10", "9", "A/1")
    assert file.profile.budget == Fraction(245848822, 100)
    assert list(file.profile.costs) == [Fraction(5, 2), 1, 0]
    assert file.profile.names == ("Lamp", "Tree; or two", "Bench")
    assert file.profile.votes.tolist() == [1, 1, 1]
    assert (file.profile.voters, file.profile.blank) == (3, 1)
    assert file.notes == ()


def test_nothing_about_a_voter_is_kept(tmp_path: Path) -> None:
    file = pabulib.read(pb(tmp_path, "v-secret;10;30;F\nv-other;10;31;M\n3;9;99;M"))
    assert "secret" not in repr(file)
    assert "age" not in repr(file.about)
    assert file.lists.rows == 2


def test_a_project_named_twice_is_cut_and_reported(tmp_path: Path) -> None:
    file = pabulib.read(pb(tmp_path, "1;10,9,10;30;F\n2;9;;\n3;9;;"))
    assert file.profile.votes.tolist() == [1, 3, 0]
    assert [note.details for note in file.notes] == [{"ballots": 1}]


def test_spaces_quotes_and_crlf_are_read(tmp_path: Path) -> None:
    path = pb(tmp_path, '1;" 10, 9 ";30;"a;b"\n2;9;;\n3; ;;')
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert pabulib.read(path).profile.votes.tolist() == [1, 2, 0]
    assert pabulib.read(path).profile.blank == 1


def test_points_are_added_exactly(tmp_path: Path) -> None:
    path = pb(
        tmp_path,
        "1;10,9;0.1,2\n2;9;3\n3;10,10;1,5",
        kind="cumulative",
        head="voter_id;vote;points",
    )
    file = pabulib.read(path)
    assert list(file.profile.points) == [Fraction(11, 10), 5, 0]
    ranks = pabulib.ranking(file).ranks.T.tolist()
    assert [1, 0, 3] in ranks  # two points before a tenth, and the third project has none


def test_ordinal_ballots_keep_their_order(tmp_path: Path) -> None:
    file = pabulib.read(pb(tmp_path, "1;9,10;;\n2;10,9;;\n3;;;", kind="ordinal"))
    assert sorted(pabulib.ranking(file).ranks.T.tolist()) == [[0, 1, 3], [1, 0, 3]]
    assert pabulib.ranking(file).blank == 1


@pytest.mark.parametrize(
    ("votes", "more", "said"),
    [
        ("1;77;;", {}, r"town\.pb, line 15: no project '77'"),
        ("1;10;;", {"cost": "cheap"}, r"town\.pb: line 10, cost 'cheap' is no amount"),
        ("1;10;;", {"budget": "-5"}, "budget '-5' is negative"),
        ("1;10;;", {"kind": "guess"}, "no vote type 'guess'"),
        ("1;10;;", {"head": "voter_id;choice"}, r"town\.pb, line 14: VOTES needs the column vote"),
        ("1;10,9;5", {"kind": "scoring", "head": "voter_id;vote;points"}, "differ in number"),
    ],
)
def test_faults_name_the_file_the_line_and_what(
    tmp_path: Path, votes: str, more: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        pabulib.read(pb(tmp_path, votes, **more))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("META\nkey;value\nbudget;1\n", r"x\.pb: no part PROJECTS"),
        ("META\nkey;value\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n", "names no budget"),
        ("", "no part META"),
    ],
)
def test_files_without_their_parts_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.pb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        pabulib.read(path)


@pytest.mark.parametrize("kind", ["approval", "ordinal", "cumulative"])
def test_a_pabulib_file_survives_writing(tmp_path: Path, kind: str) -> None:
    pointed = kind == "cumulative"
    head = "voter_id;vote;points" if pointed else "voter_id;vote"
    votes = "1;10,9;0.5,2\n2;9;3\n3;;\n4;9;3" if pointed else "1;10,9\n2;9\n3;\n4;9"
    first = pabulib.read(pb(tmp_path, votes, kind=kind, head=head, voters=4))
    copy = tmp_path / "copy.pb"
    pabulib.write(copy, first)
    second = pabulib.read(copy)
    assert second.profile.costs == first.profile.costs
    assert second.profile.points == first.profile.points
    assert second.lists.members.tolist() == first.lists.members.tolist()
    assert second.lists.weights.tolist() == first.lists.weights.tolist() == [1, 2]
    assert second.profile.blank == 1
    assert second.about["comment"] == 'one; "two" three'


def test_categories_begin_with_the_best_and_the_ungraded_are_worst(tmp_path: Path) -> None:
    path = tmp_path / "g.cat"
    path.write_text(
        "# TITLE: Grades\n# NUMBER ALTERNATIVES: 2\n# NUMBER CATEGORIES: 4\n"
        "# CATEGORY NAME 1: Good\n# CATEGORY NAME 2: Fair\n# CATEGORY NAME 3: Poor\n"
        "# CATEGORY NAME 4: Bad\n# ALTERNATIVE NAME 1: Anna\n# ALTERNATIVE NAME 2: Bo\n"
        "3: {},1,{},2\n2: 2\n1: {},{},{1,2}\n",
        encoding="utf-8",
    )
    file = preflib.read(path)
    assert file.categories == ("Good", "Fair", "Poor", "Bad")
    assert file.profile.names == ("Anna", "Bo")
    assert file.profile.levels == 4
    assert file.profile.ranks.T.tolist() == [[1, 3], [3, 0], [2, 2]]


def test_more_than_254_options_have_ranks_of_two_bytes(tmp_path: Path) -> None:
    path = tmp_path / "long.soc"
    count = 477
    order = ",".join(str(n) for n in range(count, 0, -1))
    path.write_text(f"# NUMBER ALTERNATIVES: {count}\n2: {order}\n", encoding="utf-8")
    profile = preflib.read(path).profile
    assert profile.strict
    assert profile.ranks[:, 0].tolist() == list(range(count - 1, -1, -1))


@pytest.mark.parametrize(
    ("line", "untied"),
    [
        pytest.param("1: 1,2,3", True, id="complete"),
        pytest.param("1: 3,1", True, id="cut short"),
        pytest.param("1: 3,{1,2}", False, id="two in one place"),
        pytest.param("1: 3,1,3", False, id="an option twice"),
    ],
)
def test_a_file_without_ties_is_known_to_have_none(tmp_path: Path, line: str, untied: bool) -> None:
    path = tmp_path / "x.toi"
    path.write_text(f"# NUMBER ALTERNATIVES: 3\n2: 1,2\n{line}\n", encoding="utf-8")
    profile = preflib.read(path).profile
    assert profile.untied is untied
    plain = replace(profile, untied=False)
    assert until_tie(profile).ranks.tolist() == until_tie(plain).ranks.tolist()
    assert joined(profile, profile).untied is untied
    assert not joined(profile, plain).untied


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# NUMBER ALTERNATIVES: 2\n1: 1,2\n1: 3\n", r"x\.toi, line 3: option 3"),
        ("# NUMBER ALTERNATIVES: 2\n1: 1,2\nfoo\n", r"x\.toi, line 3: .*'foo'"),
        ("# NUMBER ALTERNATIVES: 2\n1: {1,2\n", r"x\.toi, line 2"),
        ("# NUMBER ALTERNATIVES: two\n1: 1\n", "NUMBER ALTERNATIVES"),
    ],
)
def test_faults_in_rankings_name_their_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.toi"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        preflib.read(path)


def test_an_option_named_twice_keeps_its_first_place_and_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.soi"
    path.write_text("# NUMBER ALTERNATIVES: 2\n3: 1,1,2\n1: 2,1\n", encoding="utf-8")
    file = preflib.read(path)
    assert file.profile.ranks.T.tolist() == [[0, 2], [1, 0]]
    assert [note.details for note in file.notes] == [{"ballots": 3}]


orders = st.lists(
    st.tuples(st.permutations(range(4)), st.integers(0, 4), st.integers(0, 15), st.integers(1, 9)),
    max_size=8,
)


@given(orders)
@settings(deadline=None)
def test_rankings_survive_writing(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[list[int], int, int, int]]
) -> None:
    ballots, weights = [], []
    for order, length, ties, weight in drawn:
        groups: list[list[int]] = []
        for n, option in enumerate(order[:length]):
            if n and ties >> n & 1:
                groups[-1].append(option)
            else:
                groups.append([option])
        ballots.append(groups)
        weights.append(weight)
    profile = from_orders(["1", "2", "3", "4"], ballots, weights)
    path = tmp_path_factory.mktemp("files") / "x.toi"
    preflib.write(path, preflib.PrefLibFile(profile, "A title"))
    again = preflib.read(path)
    assert again.title == "A title"
    assert again.profile.voters == profile.voters
    assert _counted(again.profile) == _counted(profile)


def _counted(profile: Profile) -> dict[tuple[int, ...], int]:
    counts: dict[tuple[int, ...], int] = {}
    for column, weight in zip(profile.ranks.T.tolist(), weights_of(profile).tolist(), strict=True):
        counts[tuple(column)] = counts.get(tuple(column), 0) + weight
    return counts


def test_rankings_that_do_not_fit_an_ending_are_refused(tmp_path: Path) -> None:
    tied = preflib.PrefLibFile(from_orders(["1", "2"], [[[0, 1]]]))
    short = preflib.PrefLibFile(from_orders(["1", "2"], [[[0]]]))
    with pytest.raises(ValueError, match="with ties"):
        preflib.write(tmp_path / "x.soc", tied)
    with pytest.raises(ValueError, match="leave options out"):
        preflib.write(tmp_path / "x.toc", short)
    with pytest.raises(ValueError, match="grades"):
        preflib.write(tmp_path / "x.cat", short)
