"""The law behind the decisions, as people read it: from a chip to the article."""

from __future__ import annotations

import re

import wugong_urban
from wugong.statutes import national_statutes
from wugong.testing import Rehearsal
from wugong_server.testing import browse


def community() -> Rehearsal:
    return Rehearsal({"urban": wugong_urban}, members={"li": ()}, community="wutong")


def test_a_chip_opens_the_article_that_it_names() -> None:
    client = browse(community())
    privacy = client.get("/about/privacy").text
    chip = re.search(r'<a class="law" href="(/law/[a-z-]+)#(a\d+)">.*?</a>', privacy, re.S)
    assert chip is not None and "个人信息保护法第47条" in chip[0]
    told = client.get(chip[1]).text
    section = re.search(rf'<section class="sec" id="{chip[2]}".*?</section>', told, re.S)
    assert section is not None
    assert "第47条" in section[0] and "删除" in section[0] and "读自原文" in section[0]


def test_a_statute_says_where_and_since_when_it_binds() -> None:
    page = browse(community()).get("/law/civil-code").text
    assert '<time datetime="2021-01-01">2021年1月1日</time>' in page
    assert "全国" in page and "法律法规，适用范围内人人遵守" in page
    assert "四川省" in browse(community()).get("/law/sichuan-property").text


def test_an_article_names_the_procedures_that_rest_on_it() -> None:
    page = browse(community()).get("/law/civil-code").text
    section = re.search(r'id="a279".*?</section>', page, re.S)
    assert section is not None and "住宅改" in section[0]
    assert "业主大会：特别事项" not in section[0]
    widest = re.search(r'id="a278".*?</section>', page, re.S)
    assert widest is not None and "业主大会：特别事项" in widest[0]


def test_what_nobody_read_is_marked_on_the_page() -> None:
    page = browse(community()).get("/law/levy-2007").text
    assert "凭记忆录入，待核" in page and "未收录" in page


def test_the_list_holds_every_statute_and_a_wrong_address_none() -> None:
    client = browse(community())
    page = client.get("/law").text
    for statute in national_statutes():
        assert f'href="/law/{statute.id}"' in page and statute.title["zh_Hans"] in page
    assert client.get("/law/no-such-law").status_code == 404
