"""Signing in and out: what a session is, when it ends, and what nobody learns."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from wugong import RoleGranted
from wugong.tables import SessionRow
from wugong.testing import Rehearsal
from wugong_server.accounts import check_password, set_password
from wugong_server.testing import browse

PASSWORD = "a long enough secret"


@pytest.fixture
def rehearsal() -> Rehearsal:
    made = Rehearsal({}, members={"li": (), "wang": ("officer", "admin"), "sun": ("agent",)})
    for member in ("li", "wang", "sun"):
        set_password(made.engine, member, PASSWORD, {"example": member})
    return made


@pytest.fixture
def client(rehearsal: Rehearsal) -> TestClient:
    return browse(rehearsal)


def sign_in(client: TestClient, account: str, password: str = PASSWORD, to: str = "") -> int:
    form = {"account": account, "password": password, "next": to}
    answer = client.post("/c/example/sign-in", data=form)
    return answer.status_code


def is_signed_in(client: TestClient) -> bool:
    return "退出登录" in client.get("/c/example").text


def test_the_right_password_begins_a_session_that_script_cannot_read(client: TestClient) -> None:
    form = {"account": "li", "password": PASSWORD, "next": ""}
    answer = client.post("/c/example/sign-in", data=form)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert is_signed_in(client)


def test_over_https_the_cookie_is_bound_to_this_host(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, public_origin="https://gongshi.example.cn")
    client.headers["origin"] = "https://gongshi.example.cn"
    form = {"account": "li", "password": PASSWORD, "next": ""}
    cookie = client.post("/c/example/sign-in", data=form).headers["set-cookie"]
    assert cookie.startswith("__Host-wg-sid=") and "Secure" in cookie and "Domain" not in cookie


@pytest.mark.parametrize(
    ("account", "password"),
    [
        pytest.param("li", "wrong", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown account"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_wrong_password_and_an_unknown_account_look_the_same(
    client: TestClient, account: str, password: str
) -> None:
    form = {"account": account, "password": password, "next": ""}
    answer = client.post("/c/example/sign-in", data=form)
    assert answer.status_code == 422
    assert "账号或密码不对" in answer.text
    assert not is_signed_in(client)
    assert password not in answer.text or not password


def test_the_database_holds_no_token(client: TestClient, rehearsal: Rehearsal) -> None:
    sign_in(client, "li")
    token = client.cookies["wg-sid"]
    assert len(token) >= 43  # 256 bits
    with rehearsal.engine.storage.read() as connection:
        rows = connection.execute(select(SessionRow.id)).scalars().all()  # type: ignore[call-overload]
    assert rows and all(token not in row for row in rows)


def test_signing_in_again_changes_the_id_and_ends_the_old_one(client: TestClient) -> None:
    sign_in(client, "li")
    old = client.cookies["wg-sid"]
    sign_in(client, "li")
    assert client.cookies["wg-sid"] != old
    client.cookies.clear()
    client.cookies.set("wg-sid", old)
    assert not is_signed_in(client)


def test_signing_out_ends_the_session_for_good(client: TestClient) -> None:
    sign_in(client, "li")
    token = client.cookies["wg-sid"]
    assert client.post("/c/example/sign-out").status_code == 303
    client.cookies.clear()
    client.cookies.set("wg-sid", token)
    assert not is_signed_in(client)


def test_a_session_ends_after_30_idle_minutes(client: TestClient, rehearsal: Rehearsal) -> None:
    sign_in(client, "li")
    rehearsal.clock.move(minutes=29)
    assert is_signed_in(client)
    rehearsal.clock.move(minutes=31)
    assert not is_signed_in(client)


def test_a_session_ends_after_12_hours_of_use(client: TestClient, rehearsal: Rehearsal) -> None:
    sign_in(client, "li")
    for _ in range(28):
        rehearsal.clock.move(minutes=25)
        assert is_signed_in(client)
    rehearsal.clock.move(minutes=25)
    assert not is_signed_in(client)


def test_a_new_password_ends_every_session(client: TestClient, rehearsal: Rehearsal) -> None:
    sign_in(client, "li")
    set_password(rehearsal.engine, "li", "another long secret")
    assert not is_signed_in(client)
    assert not check_password(rehearsal.engine, "li", PASSWORD)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "http:evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(client: TestClient, wanted: str) -> None:
    form = {"account": "li", "password": PASSWORD, "next": wanted}
    answer = client.post("/c/example/sign-in", data=form)
    assert answer.headers["location"] == "/c/example"


def test_signing_in_returns_to_the_act(client: TestClient) -> None:
    asked = client.get("/m/example/do/wugong.matter_opened?title=Lights")
    assert asked.status_code == 303
    page = client.get(asked.headers["location"])
    wanted = page.text.partition('name="next" value="')[2].partition('"')[0]
    form = {"account": "li", "password": PASSWORD, "next": wanted.replace("&amp;", "&")}
    answer = client.post("/c/example/sign-in", data=form)
    assert answer.headers["location"] == "/m/example/do/wugong.matter_opened?title=Lights"


def test_guessing_a_password_is_slowed_down(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal)
    client.app.state.settings = client.app.state.settings.__class__(  # type: ignore[attr-defined]
        secret=b"rehearsal"
    )
    answers = [sign_in(client, "li", "wrong") for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert sign_in(client, "li") == 429
    rehearsal.clock.move(minutes=1)
    assert sign_in(client, "li") == 303


def test_an_administrator_cannot_take_over_an_account_of_another_community(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.engine.found("other", title="Other", setting="urban")
    set_password(rehearsal.engine, "mayor", PASSWORD, {"other": "m-mayor"})
    client = browse(rehearsal, "wang")
    form = {"member": "li", "account": "mayor", "password": "taken over now"}
    answer = client.post("/c/example/admin/accounts", data=form)
    assert answer.status_code == 422
    assert check_password(rehearsal.engine, "mayor", PASSWORD)


def test_the_desk_acts_for_a_person_until_it_is_stopped(
    client: TestClient, rehearsal: Rehearsal
) -> None:
    sign_in(client, "sun")
    assert (
        client.post(
            "/c/example/desk/start", data={"member": "li", "channel": "assisted"}
        ).status_code
        == 303
    )
    assert "正在替li办理" in client.get("/c/example").text
    form = {"title": "A bench", "audience": "public", "key": "k1"}
    made = client.post("/m/example/do/wugong.matter_opened", data=form)
    assert made.status_code == 303
    (fact,) = rehearsal.engine.facts("example.8", rehearsal.viewer("example", "wang"))
    assert (fact.by, fact.principal, fact.channel) == ("sun", "li", "assisted")
    client.post("/c/example/desk/stop")
    assert "正在替li办理" not in client.get("/c/example").text


def test_the_desk_lends_no_office(client: TestClient, rehearsal: Rehearsal) -> None:
    rehearsal.engine.record("example", RoleGranted(member="wang", role="admin"), by="operator")
    before = rehearsal.engine.head("example")
    sign_in(client, "sun")
    client.post("/c/example/desk/start", data={"member": "wang", "channel": "assisted"})
    form = {"member": "sun", "role": "admin", "key": "k1"}
    said = client.post("/m/example/do/wugong.role_granted", data=form)
    assert said.status_code == 403
    assert "这件事由管理员、运维人员办。" in said.text
    assert rehearsal.engine.head("example") == before


def test_the_desk_forgets_whom_it_helped_after_15_idle_minutes(
    client: TestClient, rehearsal: Rehearsal
) -> None:
    sign_in(client, "sun")
    client.post("/c/example/desk/start", data={"member": "li", "channel": "assisted"})
    rehearsal.clock.move(minutes=16)
    assert "正在替li办理" not in client.get("/c/example").text


def test_only_agents_act_for_others(client: TestClient) -> None:
    sign_in(client, "li")
    assert (
        client.post(
            "/c/example/desk/start", data={"member": "wang", "channel": "assisted"}
        ).status_code
        == 403
    )


def test_an_officer_enters_what_is_on_paper(client: TestClient, rehearsal: Rehearsal) -> None:
    sign_in(client, "wang")
    assisted = client.post("/c/example/desk/start", data={"member": "li", "channel": "assisted"})
    assert assisted.status_code == 422
    client.post("/c/example/desk/start", data={"member": "li", "channel": "paper"})
    assert "录入纸质件" in client.get("/c/example").text
    form = {"title": "A bench", "audience": "public", "key": "k1"}
    client.post("/m/example/do/wugong.matter_opened", data=form)
    (fact,) = rehearsal.engine.facts("example.8", rehearsal.viewer("example", "wang"))
    assert (fact.by, fact.principal, fact.channel) == ("wang", "li", "paper")
