"""模擬議事: a whole story step by step in the browser, and nothing of it in the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from sqlmodel import SQLModel

from tests.law.polls import HEAD, THREE_FIFTHS, write
from wugong.cases import Case, read_case
from wugong.testing import Rehearsal
from wugong_server import rehearsing
from wugong_server.testing import browse


@pytest.fixture
def r() -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(members={"li": ()}, community="wutong", title="梧桐苑社区")
    yield rehearsal
    rehearsal.engine.close()


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def begin(client: Any, story: str = "urban-elevator") -> str:
    page = client.get("/rehearsals").text
    assert "三个单元加装电梯（示例）" in page
    answer = client.post("/rehearsals", data={**fields(page), "story": story})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def stored(r: Rehearsal) -> dict[str, int]:
    """The rows of every real table."""
    with r.engine.storage.read() as connection:
        there = inspect(connection).get_table_names()
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
            for name, table in SQLModel.metadata.tables.items()
            if name in there
        }


def test_a_story_is_walked_through_and_leaves_no_trace(r: Rehearsal) -> None:
    client = browse(r, "li")
    before, head = stored(r), r.engine.head("wutong")
    home = begin(client)
    page = client.get(home).text
    assert "模拟，不记入实录" in page and "走下一步" in page and 'class="mock"' in page
    root = home.partition("/c/")[0]
    first = int(re.findall(r"第(\d+)步", page)[0])
    answer = client.post(f"{root}/step", data={**fields(page), "pace": "one"})
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert int(re.findall(r"第(\d+)步", page)[0]) == first + 1
    ended = client.post(f"{root}/step", data={**fields(page), "pace": "all"})
    assert ended.headers["location"] == f"{root}/sheet"
    sheet = client.get(f"{root}/sheet").text
    assert "这次模拟的实录核对无误" in sheet and "走下一步" not in sheet
    assert "与故事不同" not in sheet
    assert sheet.count('class="law"') >= 10 and f'href="{root}/law/civil-code#a278"' in sheet
    assert client.get(f"{root}/law/civil-code").status_code == 200
    assert (stored(r), r.engine.head("wutong")) == (before, head)
    assert "wutong" in {community for community, *_ in r.engine.communities()}


def test_the_frame_is_on_every_page_of_the_story_and_on_none_besides(r: Rehearsal) -> None:
    client = browse(r, "li")
    home = begin(client, "rural-lights")
    root, community = home.split("/c/")
    for path in (f"/c/{community}", f"/c/{community}/journal", "/law", "/procedures", "/sheet"):
        assert 'class="mock"' in client.get(root + path).text, path
    assert 'class="mock"' not in client.get("/c/wutong").text
    assert client.get(f"{root}/rehearsals").status_code == 404


@pytest.mark.parametrize(
    ("language", "title"),
    [
        pytest.param("zh-Hans", "巷道装路灯（示例）", id="简体"),
        pytest.param("zh-Hant", "巷道裝路燈（示例）", id="繁體"),
        pytest.param("en", "Street lights for the lanes (sample)", id="English"),
    ],
)
def test_stories_are_offered_in_the_language_of_the_page(
    r: Rehearsal, language: str, title: str
) -> None:
    client = browse(r, "li")
    client.headers["accept-language"] = language
    page = client.get("/rehearsals").text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert f">{title}</h2>" in main
    assert "lang=" not in main  # nothing there is in another language


def test_a_story_without_a_translation_says_what_language_it_is_in(
    r: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(source: Path) -> Case:
        return replace(read_case(source), also={})

    monkeypatch.setattr(rehearsing, "read_case", bare)
    client = browse(r, "li")
    client.headers["accept-language"] = "en"
    page = client.get("/rehearsals").text
    assert '<h2 id="s-2" lang="zh-Hans">巷道装路灯（示例）</h2>' in page
    assert '<p lang="zh-Hans">石里村（示例）' in page


def test_what_is_not_there_is_not_found(r: Rehearsal) -> None:
    client = browse(r, "li")
    assert client.get("/rehearsals/no-such-trial/c/x").status_code == 404
    page = client.get("/rehearsals").text
    assert client.post("/rehearsals", data={**fields(page), "story": "none"}).status_code == 404


def test_few_stories_run_at_a_time(r: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "MOST", 1)
    client = browse(r, "li")
    first = begin(client, "urban-budget")
    page = client.get("/rehearsals").text
    sent = {**fields(page), "story": "urban-budget"}
    assert client.post("/rehearsals", data=sent).status_code == 503
    monkeypatch.setattr(rehearsing, "RESTS", 0.0)  # nobody touches the first any more
    assert client.post("/rehearsals", data=sent).status_code == 303
    assert client.get(first).status_code == 404


def test_a_story_is_played_under_the_local_packs_of_the_site(tmp_path: Path) -> None:
    packs = write(tmp_path / "packs", town=HEAD + THREE_FIFTHS)
    with closing(Rehearsal(members={"li": ()}, community="wutong", packs=packs).engine) as engine:
        client = browse(SimpleNamespace(engine=engine), "li")  # type: ignore[arg-type]
        root = begin(client).partition("/c/")[0]
        page = client.get(f"{root}/procedures/town.ordinary")
        assert page.status_code == 200 and "3/5以上" in page.text
        assert 'href="' + root + '/procedures/owners.ordinary"' in page.text


def test_a_site_without_packs_has_none_in_its_stories(r: Rehearsal) -> None:
    client = browse(r, "li")
    root = begin(client).partition("/c/")[0]
    assert client.get(f"{root}/procedures/owners.ordinary").status_code == 200
    assert client.get(f"{root}/procedures/town.ordinary").status_code == 404
