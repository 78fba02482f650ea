"""The pages of planning: what a reader finds, and every act done as a browser does it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from wugong_planning.state import PLANNING
from wugong_server.testing import browse


def sent(client: Any, path: str, **fields: Any) -> Any:
    """Open a form and send it as a browser would, with its hidden fields."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    form = page.text[page.text.index('<form method="post" action="/m/') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(path, data={**hidden, **fields})


def state(place: Any) -> Any:
    return place.r.matter(place.matter).state(PLANNING)


@pytest.fixture
def at(place: Any) -> str:
    return f"/m/{place.matter}"


def test_a_resident_raises_a_need_and_finds_it_in_the_list(place: Any, at: str) -> None:
    client = browse(place.r, "li")
    said = {"text": "楼道的灯坏了", "place": "1单元"}
    done = sent(client, f"{at}/needs/new", **said)
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, f"{at}/needs")
    page = client.get(done.headers["location"]).text
    assert "楼道的灯坏了" in page and "1单元" in page
    (need,) = state(place).needs.values()
    assert need.channel == "web"
    assert "楼道的灯坏了" in client.get(f"{at}/needs/{need.id}").text


def test_who_collects_is_asked_how_the_need_came_and_residents_are_not(place: Any, at: str) -> None:
    assert 'name="channel"' not in browse(place.r, "li").get(f"{at}/needs/new").text
    officer = browse(place.r, "wang")
    sent(officer, f"{at}/needs/new", text="天黑看不清", channel="box", household="1-101")
    assert [need.channel for need in state(place).needs.values()] == ["box"]


def test_who_is_signed_out_reads_counts_and_schemes_but_no_need(place: Any, at: str) -> None:
    number = place.need()
    place.scheme([number])
    client = browse(place.r)
    listed = client.get(f"{at}/needs")
    assert listed.status_code == 200 and "The stairs are dark" not in listed.text
    assert client.get(f"{at}/needs/{number}").status_code == 404
    scheme = client.get(f"{at}/scheme")
    assert "Clause 1" in scheme.text and "The stairs are dark" not in scheme.text
    asked = client.get(f"{at}/needs/new")
    assert asked.status_code == 303 and "sign" in asked.headers["location"]


def test_an_opinion_is_given_answered_contested_and_answered_again(place: Any, at: str) -> None:
    place.scheme([])
    li, wang = browse(place.r, "li"), browse(place.r, "wang")
    sent(li, f"{at}/opinions/new", stance="object", text="灯太亮")
    (opinion,) = state(place).opinions.values()
    answer = f"{at}/opinions/{opinion.id}/answer"
    assert answer in wang.get(f"{at}/opinions").text
    sent(wang, answer, decision="not_adopted", reason="亮度按第1条")

    page = li.get(f"{at}/opinions").text
    assert "灯太亮" in page and "亮度按第1条" in page
    (found,) = state(place).opinions.values()
    contest = f"{at}/answers/{found.answers[0].id}/contest"
    assert contest in page and contest not in browse(place.r, "chen").get(f"{at}/opinions").text
    sent(li, contest, text="还是太亮")
    sent(wang, answer, decision="partly", reason="装灯罩")
    (found,) = state(place).opinions.values()
    assert [one.decision for one in found.answers] == ["not_adopted", "partly"]
    assert "还是太亮" in li.get(f"{at}/opinions").text


def test_a_refused_form_keeps_what_was_typed(place: Any, at: str) -> None:
    place.scheme([])
    opinion = place.opinion(max(state(place).schemes), by="chen")
    wang = browse(place.r, "wang")
    path = f"{at}/opinions/{opinion}/answer"
    page = wang.get(path).text
    place.answer(opinion, by="zhao")  # a colleague was quicker
    form = page[page.index('<form method="post" action="/m/') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    told = wang.post(path, data={**hidden, "decision": "adopted", "reason": "我也同意"})
    assert told.status_code == 409
    assert "我也同意" in told.text and "已经答复" in told.text


def test_two_versions_stand_side_by_side_with_what_has_no_answer(place: Any, at: str) -> None:
    first, second = place.need(), place.need(by="chen")
    place.scheme([first], cost_fen=120_000)
    place.scheme([first], [], cost_fen=150_000, changes="A bench was added")
    page = browse(place.r, "li").get(f"{at}/scheme").text
    assert "A bench was added" in page and "<ins>Clause 2</ins>" in page
    assert "1,500.00" in page
    assert f"{at}/needs/{second}" in page  # the need that nothing answers yet
    assert "1,200.00" in browse(place.r, "li").get(f"{at}/scheme/1").text
    assert browse(place.r, "li").get(f"{at}/scheme/3").status_code == 404


def test_the_matter_page_and_the_notice_board_show_the_notice(place: Any, at: str) -> None:
    scheme = place.scheme([place.need()], cost_fen=120_000)
    notice = place.notice(scheme)
    place.r.wait(days=11)
    client = browse(place.r)
    page = client.get(at).text
    assert "公示第11天，共15天" in page and "方案第1版" in page
    assert "The scheme" in client.get(f"/c/{place.r.community}/notices").text
    sheet = client.get(f"{at}/notices/{notice}").text
    assert "Clause 1" in sheet and "1,200.00" in sheet


def test_the_matter_page_says_which_days_must_run_until_when_and_by_which_article(
    place: Any, at: str
) -> None:
    place.notice(place.scheme([place.need()]))
    place.r.wait(days=11)
    page = browse(place.r).get(at).text
    section = page[page.index('id="can"') : page.index("</section>", page.index('id="can"'))]
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section))
    assert re.search(r"公示中：.{0,40}截止，还剩4天.{0,60}到期自动", said), said
    assert "物业管理条例" in said and 'class="law"' in section


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_page_stands_in_three_languages(place: Any, at: str, language: str) -> None:
    need = place.need()
    scheme = place.scheme([need])
    answer = place.answer(place.opinion(scheme))
    place.opinion(scheme, by="chen")
    place.notice(scheme)
    client = browse(place.r, "li", language=language)
    for path in ("", "/needs", "/needs/new", f"/needs/{need}", "/scheme", "/opinions"):
        page = client.get(f"{at}{path}")
        assert page.status_code == 200 and f'lang="{language}"' in page.text
    for path in ("/opinions/new", f"/answers/{answer}/contest"):
        assert client.get(f"{at}{path}").status_code == 200


def test_what_people_write_is_text_and_never_markup(place: Any, at: str) -> None:
    hostile = "<script>alert(1)</script>"
    sent(browse(place.r, "li"), f"{at}/needs/new", text=hostile, place=hostile)
    place.scheme([])
    sent(browse(place.r, "li"), f"{at}/opinions/new", stance="object", text=hostile)
    for path in ("", "/needs", "/opinions"):
        page = browse(place.r, "li").get(f"{at}{path}").text
        assert hostile not in page
    assert "&lt;script&gt;" in browse(place.r, "li").get(f"{at}/opinions").text


@pytest.mark.parametrize(
    ("offered", "folded"),
    [
        pytest.param(9, 0, id="below"),
        pytest.param(10, 0, id="at the limit"),
        pytest.param(11, 5, id="one above"),
        pytest.param(30, 24, id="many"),
    ],
)
def test_a_long_choice_shows_the_newest_and_folds_the_rest(
    place: Any, at: str, offered: int, folded: int
) -> None:
    client = browse(place.r, "wang", language="zh-Hant")
    path = f"{at}/do/planning.notice_posted"
    boxes = re.compile(r'<input type="checkbox" name="about"')
    while len(boxes.findall(client.get(path).text)) < offered:
        place.need()
    page = client.get(path).text
    assert len(boxes.findall(page)) == offered
    hidden = page.partition("<details")[2].partition("</details>")[0]
    assert len(boxes.findall(hidden)) == folded
    assert (f"還有{folded}條可選" in page) is bool(folded)
    assert "「The stairs are dark」 · 提出了一條需求" in page  # words of others, then what they did


def test_what_was_ticked_below_the_fold_is_in_sight(place: Any, at: str) -> None:
    first = place.need()
    for _ in range(12):
        place.need()
    path = f"{at}/do/planning.notice_posted"
    page = browse(place.r, "wang").get(f"{path}?about={first}").text
    assert re.search(rf'value="{first}" checked', page)
    assert "<details open>" in page.partition('name="about-asked"')[2]
