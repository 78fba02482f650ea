"""The paper twin of a notice: a photo of the posted sheet, and the days that count from it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import charter, opened, rehearsal
from tests.server.test_documents_pages import form_of, photo
from wugong import Ref, Refused, SheetHung, Unreadable
from wugong.testing import Rehearsal
from wugong_planning.state import PLANNING
from wugong_server.testing import browse
from wugong_voting.state import polls_of

KIND = "wugong.sheet_hung"

# A rehearsal begins on 2 March 2026 at 09:00 in China.


@pytest.fixture
def town() -> Rehearsal:
    return rehearsal(charter(notice_days="15", notice_source='"章程 6"'))


@pytest.fixture
def matter(town: Rehearsal) -> str:
    return town.open("Lights", by="li")


def noticed(r: Rehearsal, matter: str) -> int:
    body = {"title": "We will vote", "days": 15, "place": "Gate"}
    return r.act("wang", matter, "planning.notice_posted", body).seq


def picture(r: Rehearsal) -> str:
    return r.engine.documents.put(
        r.community, b"\xff\xd8\xff sheet", "image/jpeg", by="wang", width=4, height=3
    )


def hung(r: Rehearsal, matter: str, notice: int, day: str, by: str = "wang", **more: Any) -> int:
    its = {"place": "Stair 1", "documents": (picture(r),), **more}
    sheet = SheetHung(notice=Ref(notice), hung_on=date.fromisoformat(day), **its)
    return r.act(by, matter, sheet).seq


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("days", "first"),
    [
        pytest.param(["2026-02-20"], 17, id="the sheet before the record"),
        pytest.param(["2026-03-02"], 17, id="both on one day"),
        pytest.param(["2026-03-03"], 18, id="the sheet a day later"),
        pytest.param(["2026-03-05", "2026-03-03"], 20, id="the last of two sheets"),
    ],
)
def test_the_days_count_from_the_later_of_record_and_sheet(
    town: Rehearsal, matter: str, days: list[str], first: int
) -> None:
    notice = noticed(town, matter)
    town.until(china("2026-03-05T12:00:00"))
    for day in days:
        hung(town, matter, notice, day)
    town.until(china(f"2026-03-{first - 1}T23:59:59"))
    with pytest.raises(Refused) as short:
        opened(town, matter)
    (reason,) = short.value.reasons
    assert (reason.code, reason.source) == ("voting.notice_too_short", "章程 6")
    assert reason.details == {"days": 15, "missing": 1, "earliest": f"2026-03-{first}"}
    town.until(china(f"2026-03-{first}T00:00:00"))
    assert opened(town, matter)


def test_the_clock_ends_the_notice_with_the_days_of_its_sheet(town: Rehearsal, matter: str) -> None:
    notice = noticed(town, matter)
    town.until(china("2026-03-04T12:00:00"))
    hung(town, matter, notice, "2026-03-04")
    town.until(china("2026-03-19T23:59:59"))
    assert town.matter(matter).state(PLANNING).notices[notice].ended_at is None
    town.until(china("2026-03-20T00:00:00"))
    ended = town.matter(matter).state(PLANNING).notices[notice].ended_at
    assert ended == china("2026-03-20T00:00:00")


def test_days_that_have_run_are_not_moved_by_a_later_sheet(town: Rehearsal, matter: str) -> None:
    notice = noticed(town, matter)
    town.until(china("2026-03-18T12:00:00"))
    with pytest.raises(Refused) as over:
        hung(town, matter, notice, "2026-03-03")
    (reason,) = over.value.reasons
    assert (reason.code, reason.source) == (
        "planning.notice_over",
        "物業管理條例 14; 村組法 (2025) 35",
    )
    assert reason.details == {"day": "2026-03-18"}
    assert hung(town, matter, notice, "2026-03-02")  # a photo that came late moves nothing


def test_a_sheet_hangs_today_at_the_latest(town: Rehearsal, matter: str) -> None:
    notice = noticed(town, matter)
    with pytest.raises(Refused) as early:
        hung(town, matter, notice, "2026-03-03")
    (reason,) = early.value.reasons
    assert (reason.code, reason.source) == ("wugong.day_to_come", "民法典 201")
    assert hung(town, matter, notice, "2026-03-02")


def test_a_sheet_is_of_a_notice_and_has_its_photo(town: Rehearsal, matter: str) -> None:
    notice = noticed(town, matter)
    with town.refuses("wugong.ref_unknown"):
        hung(town, matter, 1, "2026-03-02")
    with pytest.raises(Unreadable):
        hung(town, matter, notice, "2026-03-02", documents=())
    with pytest.raises(Unreadable):
        hung(town, matter, notice, "2026-03-02", place="")
    with town.refuses("wugong.not_your_role"):
        hung(town, matter, notice, "2026-03-02", by="li")


def seen(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))


def test_an_officer_adds_the_photo_and_the_notice_shows_it(town: Rehearsal, matter: str) -> None:
    notice, client = noticed(town, matter), browse(town, "wang")
    town.until(china("2026-03-04T12:00:00"))
    path = f"/m/{matter}/notices/{notice}"
    page = client.get(path).text
    assert "还没有张贴照片" in page and "3月2日起算" in seen(page)
    to = f"/m/{matter}/do/{KIND}?notice={notice}"
    assert f'href="{to}"' in page
    assert to not in browse(town, "li").get(path).text

    sent = form_of(client.get(to).text)
    typed = {**sent, "notice": notice, "hung_on": "2026-03-03", "place": "1单元门口"}
    files = {"documents-files": ("sheet.jpg", photo(), "image/jpeg")}
    checked = client.post(f"/m/{matter}/do/{KIND}", data=typed, files=files)
    assert "1单元门口" in checked.text
    kept = {**form_of(checked.text), "act-step": "checked"}
    done = client.post(f"/m/{matter}/do/{KIND}", data=kept)
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, path)

    page = browse(town).get(path).text
    assert "1单元门口" in page and "<img" in page.partition('id="twin"')[2]
    assert "3月3日起算" in seen(page) and "3月19日前不要取下" in seen(page)
    assert "第1天，共15天" in seen(client.get(f"/c/{town.community}/notices").text)


def test_a_program_files_the_photo_too(town: Rehearsal, matter: str) -> None:
    notice, client = noticed(town, matter), browse(town, "wang")
    made = client.post(
        f"/api/v1/communities/{town.community}/documents",
        content=photo(),
        headers={"content-type": "image/jpeg"},
    )
    its = {"notice": notice, "hung_on": "2026-03-02", "place": "Gate"}
    body = {"kind": KIND, "body": {**its, "documents": [made.json()["hash"]]}}
    path = f"/api/v1/matters/{matter}/events"
    done = client.post(path, json=body, headers={"idempotency-key": "one"})
    assert done.status_code == 201, done.text
    later = {"kind": KIND, "body": {**body["body"], "hung_on": "2026-03-03"}}  # type: ignore[dict-item]
    refused = client.post(path, json=later, headers={"idempotency-key": "two"})
    assert refused.json()["reasons"][0]["code"] == "wugong.day_to_come"


def test_the_sheet_of_a_result_hangs_as_long_from_its_own_day() -> None:
    r = rehearsal(charter(publish_days="7"))
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.until(china("2026-03-09T12:00:00"))
    seq = polls_of(r.matter(matter))[poll].decided_by
    path = f"/m/{matter}/notices/{seq}"
    assert "3月9日张贴，3月17日前不要取下" in seen(browse(r).get(path).text)
    r.until(china("2026-03-10T12:00:00"))
    hung(r, matter, seq, "2026-03-10")
    page = seen(browse(r).get(path).text)
    assert "3月10日张贴，3月18日前不要取下" in page and "3月10日起算" in page
