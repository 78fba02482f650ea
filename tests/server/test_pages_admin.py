"""Administration: a roster is taken whole or not at all; people get roles and accounts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import wugong_rural
import wugong_urban
from tests.core.shop import SHOP, Asked
from tests.stories.playing import CASES, EVERY
from wugong import (
    PLAN,
    ROSTER,
    Engine,
    MatterOpened,
    MemberEnrolled,
    RoleGranted,
    StageClosed,
    seal,
)
from wugong.cases import engine_for, read_case
from wugong.matter import Standing
from wugong.testing import Rehearsal
from wugong_server.accounts import check_password
from wugong_server.testing import browse

GOOD = "房号,姓名,单元,专有面积,电话\n101,王桂兰,1单元,98.60,\n102,李强,1单元,86.20,\n"
WRONG = "房号,姓名,单元,专有面积,电话\n101,王桂兰,1单元,1.6%,\n102,李强,1单元,-86.20,\n"


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal({}, members={"wang": ("admin",), "li": ()}, community="wutong")


@pytest.fixture
def client(rehearsal: Rehearsal) -> TestClient:
    return browse(rehearsal, "wang")


def check(client: TestClient, content: bytes, **more: str) -> Any:
    data = {"roster": "owners", "measure": "area", **more}
    files = {"file": ("名册.csv", content, "text/csv")}
    return client.post("/c/wutong/admin/roster", data=data, files=files)


def hidden(page: str) -> dict[str, str]:
    form = page.partition('value="import"')[0].rpartition("<form")[2] + 'name="step" value="import"'
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_errors_are_told_by_row_with_what_mends_them(
    client: TestClient, rehearsal: Rehearsal
) -> None:
    before = rehearsal.engine.head("wutong")
    page = check(client, WRONG.encode())
    assert page.status_code == 422
    assert "2行要改。什么都没有保存。" in page.text
    assert "“1.6%”是百分比，要写面积" in page.text and "-86.20小于零" in page.text
    assert rehearsal.engine.head("wutong") == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_good_file_is_previewed_then_imported_whole(
    client: TestClient, rehearsal: Rehearsal, encoding: str
) -> None:
    before = rehearsal.engine.head("wutong")
    preview = check(client, GOOD.encode(encoding))
    assert preview.status_code == 200 and "文件可以导入" in preview.text
    assert re.search(r"<dt>新增</dt><dd>2</dd>", preview.text)
    assert rehearsal.engine.head("wutong") == before

    done = client.post("/c/wutong/admin/roster", data=hidden(preview.text), files={"none": b""})
    assert done.status_code == 303
    edition = rehearsal.matter("wutong").standing.rosters["owners"]
    rows = rehearsal.engine.book(ROSTER, "wutong", prefix=f"{edition}/")
    assert [sum(p[2] for p in row["parts"]) for row in rows.values()] == [9860, 8620]
    assert "王桂兰" in client.get("/c/wutong/admin/people").text
    card = client.get("/c/wutong/admin/roster").text.partition("已导入的名册")[2]
    assert "2个表决权" in card.partition("</section>")[0]


def test_importing_the_same_again_changes_nothing(client: TestClient, rehearsal: Rehearsal) -> None:
    preview = check(client, GOOD.encode())
    client.post("/c/wutong/admin/roster", data=hidden(preview.text), files={"none": b""})
    before = rehearsal.engine.head("wutong")
    again = check(client, GOOD.encode())
    assert "名册没有变化" in again.text and 'value="import"' not in again.text
    assert rehearsal.engine.head("wutong") == before


def test_a_new_owner_is_a_change_of_one_unit(client: TestClient, rehearsal: Rehearsal) -> None:
    preview = check(client, GOOD.encode())
    client.post("/c/wutong/admin/roster", data=hidden(preview.text), files={"none": b""})
    page = check(client, GOOD.replace("李强", "陈立").encode()).text
    assert re.search(r"<dt>有变动</dt><dd>1</dd><dt>没变</dt><dd>1</dd>", page)
    assert re.search(r"<dt>新登记的人</dt><dd>1</dd>", page)


def test_a_file_that_was_not_previewed_here_is_not_imported(
    client: TestClient, rehearsal: Rehearsal
) -> None:
    preview = hidden(check(client, GOOD.encode()).text)
    forged = {**preview, "kept": preview["kept"][:-4] + "AAAA"}
    page = client.post("/c/wutong/admin/roster", data=forged, files={"none": b""})
    assert page.status_code == 422
    assert rehearsal.matter("wutong").standing.rosters == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 not a sheet", "文件读不成表格。"),
        (b"\x00\x01\x02", "文件里的字读不出来。"),
        (b"", "前5行里没有列名。"),
        ("房号\n".encode("utf-16"), "文件里的字读不出来。"),
    ],
)
def test_what_is_no_table_is_said_in_words(client: TestClient, content: bytes, told: str) -> None:
    page = check(client, content)
    assert page.status_code == 422
    assert "1行要改。什么都没有保存。" in page.text and told in page.text


def test_a_template_can_be_downloaded(client: TestClient) -> None:
    sheet = client.get("/c/wutong/admin/roster/template?measure=area&form=xlsx")
    assert sheet.content.startswith(b"PK") and "attachment" in sheet.headers["content-disposition"]
    plain = client.get("/c/wutong/admin/roster/template?measure=heads&form=csv")
    assert plain.content.startswith(b"\xef\xbb\xbf")


ALIKE = [
    pytest.param({}, {}, ["", "m1"], ["", "m2"], id="in nothing else"),
    pytest.param({"group": "1组"}, {"group": "2组"}, ["1组"], ["2组"], id="by the group"),
    pytest.param(
        {"group": "1组", "household": "1-01"},
        {"group": "1组", "household": "1-02"},
        ["1组", "1-01"],
        ["1组", "1-02"],
        id="by the household",
    ),
    pytest.param(
        {"household": "1-01", "contact": seal("13800000001")},
        {"household": "1-01", "contact": seal("13800000002")},
        ["1-01", "13800000001"],
        ["1-01", "13800000002"],
        id="by the telephone",
    ),
]


@pytest.mark.parametrize(("one", "other", "told", "of_other"), ALIKE)
def test_two_of_one_name_are_told_apart(
    client: TestClient,
    rehearsal: Rehearsal,
    one: dict[str, Any],
    other: dict[str, Any],
    told: list[str],
    of_other: list[str],
) -> None:
    rehearsal.enrol("m1", name="王伟", **one)
    rehearsal.enrol("m2", name="王伟", **other)
    rehearsal.enrol("m3", name="赵敏", group="3组", household="3-01")
    page = client.get("/c/wutong/admin/people").text
    choice = page.partition('<select id="f-member"')[2].partition("</select>")[0]
    for listed in (told, of_other):
        small = "，".join(part for part in listed if part)
        assert f'王伟<br><small class="mute">{small}</small>' in page
        assert f">王伟，{small}</option>" in choice
    assert '赵敏<br><small class="mute">3组，3-01</small>' in page
    assert ">赵敏</option>" in choice  # nobody else is called so
    assert "m3" not in re.sub(r"<[^>]+>", "", page)
    form = client.get("/m/wutong/do/wugong.role_granted").text
    assert f">王伟，{'，'.join(part for part in told if part)}</option>" in form


def test_giving_a_role_is_recorded_and_shown(client: TestClient, rehearsal: Rehearsal) -> None:
    page = client.get("/c/wutong/admin/people").text
    address = re.search(r'href="(/m/wutong/do/wugong.role_granted\?member=li)"', page)
    assert address is not None
    form = client.get(address[1]).text
    assert 'value="li" selected' in form and "召集人" in form
    data = {"member": "li", "role": "convenor", "scope": "", "until": "", "key": "k"}
    done = client.post("/m/wutong/do/wugong.role_granted", data=data)
    assert done.status_code == 303
    assert rehearsal.matter("wutong").standing.holders("convenor") == ("li",)
    assert "召集人" in client.get("/c/wutong/admin/people").text


EVERYWHERE = {
    *("admin", "agent", "officer", "convenor", "scrutineer", "supervisor", "professional"),
    *("observer", "contractor", "steward", "treasurer", "designer", "mediator", "evaluator"),
}


@pytest.mark.parametrize(
    ("setting", "only_here"),
    [("urban", set()), ("rural", {"representative", "elder", "party_member"})],
)
def test_only_roles_that_somebody_can_be_given_here_are_offered(
    setting: str, only_here: set[str]
) -> None:
    r = Rehearsal(members={"wang": ("admin",), "li": ()}, setting=setting)
    client = browse(r, "wang")
    offered = options_of(client.get("/m/example/do/wugong.role_granted").text, "role")
    assert offered.keys() - {""} == EVERYWHERE | only_here
    assert "没有人" not in "".join(offered.values())


@pytest.mark.parametrize("name", EVERY)
def test_every_role_of_a_story_could_be_given_on_its_form(name: str) -> None:
    case = read_case(CASES / f"{name}.toml")
    with engine_for(case)[0] as engine:
        standing = Standing(case.community, "", case.setting, case.plugins or ())
        here = engine.registry.grantable(standing)
    given = {one["with"]["role"] for one in case.steps if one.get("do") == "wugong.role_granted"}
    assert given | {role for one in case.members.values() for role in one.get("roles", ())} <= here


def test_only_a_role_that_is_held_can_be_ended(rehearsal: Rehearsal, client: TestClient) -> None:
    rehearsal.act("operator", "wutong", RoleGranted(member="li", role="observer"))
    form = client.get("/m/wutong/do/wugong.role_revoked?member=li&role=observer").text
    offered = re.findall(r'name="role" value="([^"]*)"', form)
    assert offered == ["admin", "observer"]


def test_whoever_enrols_a_member_is_told_what_an_id_is(client: TestClient) -> None:
    form = client.get("/m/wutong/do/wugong.member_enrolled").text
    assert "自己起，如m-12" in form and "不要写姓名" in form


def test_that_an_account_was_saved_is_said_and_cannot_be_made_up(
    client: TestClient, rehearsal: Rehearsal
) -> None:
    form = {"member": "li", "account": "li.ming", "password": "a long password"}
    done = client.post("/c/wutong/admin/accounts", data=form)
    assert done.status_code == 303
    page = client.get(done.headers["location"]).text
    assert "账号li.ming已保存。" in page and "li可以用它登录。" in page
    for other in ("nobody", "<b>"):
        assert "已保存" not in client.get(f"/c/wutong/admin/people?saved={other}").text
    officer = browse(rehearsal, "li")
    rehearsal.act("operator", "wutong", RoleGranted(member="li", role="officer"))
    assert "已保存" not in officer.get(done.headers["location"]).text


def test_the_import_names_the_rosters_that_procedures_ask_for() -> None:
    plugins = {"rural": wugong_rural, "urban": wugong_urban}
    for setting, first, measure in (("urban", "owners", "area"), ("rural", "villagers", "heads")):
        r = Rehearsal(plugins, members={"wang": ("admin",)}, setting=setting)
        page = browse(r, "wang").get("/c/example/admin/roster").text
        asked = page.partition("议事程序要用的名册")[2].partition("</section>")[0]
        assert f"<code>{first}</code>" in asked
        assert ("<code>owners</code>" in asked) is (setting == "urban")
        assert re.search(rf'name="roster"[^>]*value="{first}"', page)
        assert re.search(rf'value="{measure}"[^>]* checked', page)


def test_a_plugin_that_came_later_is_adopted_from_the_page() -> None:
    r = Rehearsal({"shop": SHOP}, members={"wang": ("admin",), "li": ()})
    r.engine.found("later", title="Later", setting="urban", plugins=[])
    for member, role in (("wang", "admin"), ("li", "resident")):
        enrolled = MemberEnrolled(member=member, name=seal(member))
        r.engine.record("later", enrolled, by="operator")
        if role == "admin":
            r.engine.record("later", RoleGranted(member=member, role=role), by="operator")
    client = browse(r, "wang")
    row = client.get("/c/later/admin/plugins").text.partition("<code>shop</code>")[2]
    address = re.search(r'href="(/m/later/do/wugong.plugin_adopted\?plugin=shop)"', row)
    assert address is not None and "这里没有用" in row
    assert 'value="shop"' in client.get(address[1]).text
    data = {"plugin": "shop", "reason": "居民要用", "key": "k"}
    assert client.post("/m/later/do/wugong.plugin_adopted", data=data).status_code == 303
    row = client.get("/c/later/admin/plugins").text.partition("<code>shop</code>")[2]
    assert "在用" in row and "plugin_adopted" not in row
    matter = r.engine.record("later", MatterOpened(title="修长椅"), by="li").matter
    r.engine.record(matter, Asked(question="When?", days=3), by="li")


def test_a_plugin_that_is_not_installed_any_more_can_be_retired(tmp_path: Path) -> None:
    database, keys = f"sqlite:///{tmp_path / 'wugong'}", tmp_path / "keys"
    r = Rehearsal(
        {"shop": SHOP}, members={"wang": ("admin",), "li": ()}, database=database, keys=keys
    )
    r.act("li", matter := r.open("修长椅", by="li"), Asked(question="When?", days=3))
    r.engine.close()
    r.engine = Engine(database, {}, clock=r.clock, keys=keys, writer="inline")
    client = browse(r, "wang")
    page = client.get("/c/example/admin/plugins").text
    row = page.partition("<code>shop</code>")[2].partition("</tr>")[0]
    assert "没有安装" in row and "正在使用" not in row
    address = re.search(r'href="(/m/example/do/wugong.plugin_retired\?plugin=shop)"', row)
    assert address is not None
    assert 'value="shop" checked' in client.get(address[1]).text
    data = {"plugin": "shop", "reason": "没有人用", "key": "k"}
    assert client.post("/m/example/do/wugong.plugin_retired", data=data).status_code == 303
    row = client.get("/c/example/admin/plugins").text.partition("<code>shop</code>")[2]
    assert "已停用" in row and "plugin_retired" not in row
    r.act("operator", matter, StageClosed(stage=PLAN))  # what held its facts can be changed again
    r.engine.close()


def test_a_role_in_one_matter_is_shown_with_its_title(
    client: TestClient, rehearsal: Rehearsal
) -> None:
    matter = rehearsal.open("修长椅", by="li")
    for scope in (matter, "wutong.999"):
        rehearsal.act(
            "wang",
            "wutong",
            "wugong.role_granted",
            {"member": "li", "role": "supervisor", "scope": scope},
        )
    page = client.get("/c/wutong/admin/people").text
    cell = page.partition('<th scope="row">li')[2].partition("</tr>")[0]
    assert "修长椅" in cell
    assert matter not in re.sub(r"<[^>]+>", "", cell)  # its number is nobody's word for it
    assert "wutong.999" in cell  # there is no such matter


def options_of(page: str, name: str) -> dict[str, str]:
    """Return what a field offers to choose from, by value."""
    field = re.search(rf'<select[^>]* name="{name}"[^>]*>(.*?)</select>', page, re.S)
    assert field is not None
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', field[1]))


def test_a_role_is_given_in_a_matter_by_its_title(client: TestClient, rehearsal: Rehearsal) -> None:
    matter = rehearsal.open("修长椅", by="li")
    form = client.get("/m/wutong/do/wugong.role_granted?member=li").text
    assert options_of(form, "scope")[matter] == "修长椅"
    data = {"member": "li", "role": "supervisor", "scope": matter, "until": "", "key": "k"}
    done = client.post("/m/wutong/do/wugong.role_granted", data=data)
    assert done.status_code == 303
    grants = rehearsal.matter("wutong").standing.grants
    assert [g.scope for g in grants if g.role == "supervisor"] == [matter]


def test_a_role_in_a_matter_that_is_not_there_can_be_ended(client: TestClient) -> None:
    form = client.get("/m/wutong/do/wugong.role_revoked?member=li&role=agent&scope=wutong.999").text
    assert options_of(form, "scope")["wutong.999"] == "wutong.999"


def test_an_account_lets_a_member_sign_in(client: TestClient, rehearsal: Rehearsal) -> None:
    form = {"member": "li", "account": "13800000000", "password": "a long enough secret"}
    assert client.post("/c/wutong/admin/accounts", data=form).status_code == 303
    assert check_password(rehearsal.engine, "13800000000", "a long enough secret")
    assert rehearsal.engine.identify("wutong", "local", "13800000000") == "li"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short"}, "至少10个字符"),
        ({"account": "<script>"}, "只能用字母、数字"),
        ({"member": "nobody"}, "请选人"),
    ],
)
def test_a_wrong_account_form_says_what_is_wrong(
    client: TestClient, rehearsal: Rehearsal, changed: dict[str, str], said: str
) -> None:
    form = {"member": "li", "account": "li", "password": "a long enough secret", **changed}
    page = client.post("/c/wutong/admin/accounts", data=form)
    assert page.status_code == 422 and said in page.text
    assert "a long enough secret" not in page.text
    assert rehearsal.engine.accounts.find(form["account"]) is None
