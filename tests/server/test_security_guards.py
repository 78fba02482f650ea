"""Who may post from where, and what every answer tells the browser to refuse."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from wugong.testing import Rehearsal
from wugong_server.limits import Buckets, Rate, network
from wugong_server.security import csrf_token
from wugong_server.testing import browse

SECRET = b"rehearsal"


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal({}, members={"li": (), "wang": ("officer", "admin")})


@pytest.fixture
def client(rehearsal: Rehearsal) -> TestClient:
    made = browse(rehearsal, "li")
    del made.headers["origin"]
    return made


def open_matter(client: TestClient, **headers: str) -> int:
    form = {"title": "Street lights", "audience": "public", "key": "k1"}
    if token := headers.pop("token", ""):
        form["csrf"] = token
    address = "/m/example/do/wugong.matter_opened"
    return client.post(address, data=form, headers=headers).status_code


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        pytest.param({"sec-fetch-site": "same-origin"}, True, id="our own page"),
        pytest.param({"sec-fetch-site": "same-site"}, False, id="a sister portal"),
        pytest.param({"sec-fetch-site": "cross-site"}, False, id="another site"),
        pytest.param({"sec-fetch-site": "none"}, False, id="typed address"),
        pytest.param({"origin": "http://testserver"}, True, id="old browser, our origin"),
        pytest.param({"origin": "https://testserver"}, False, id="another scheme"),
        pytest.param({"origin": "http://testserver:81"}, False, id="another port"),
        pytest.param({"origin": "http://evil.example"}, False, id="another origin"),
        pytest.param({"origin": "null"}, False, id="an origin that hides"),
        pytest.param(
            {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
            False,
            id="the stronger header decides",
        ),
    ],
)
def test_only_our_own_pages_can_post(
    client: TestClient, headers: dict[str, str], passes: bool
) -> None:
    assert open_matter(client, **headers) == (303 if passes else 403)


def test_without_both_headers_a_cookie_needs_the_hidden_token(client: TestClient) -> None:
    client.cookies.set("wg-visitor", "somebody")
    assert open_matter(client) == 403
    assert open_matter(client, token="x" * 32) == 403
    assert open_matter(client, token=csrf_token(SECRET, "another")) == 403
    assert open_matter(client, token=csrf_token(SECRET, "somebody")) == 303


def test_the_token_on_a_form_fits_the_cookie_that_comes_with_it(client: TestClient) -> None:
    page = client.get("/m/example/do/wugong.matter_opened")
    token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.cookies.get("wg-visitor")
    assert open_matter(client, token=token) == 303


def test_any_cookie_counts_as_authority_of_a_browser(client: TestClient) -> None:
    client.cookies.set("host-session", "1")
    assert open_matter(client) == 403


def test_behind_a_proxy_the_configured_origin_counts_not_the_host(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li", public_origin="https://gongshi.example.cn")
    assert open_matter(client, origin="http://testserver") == 403
    assert open_matter(client, origin="https://gongshi.example.cn") == 303


def test_every_answer_forbids_inline_script_and_frames(client: TestClient) -> None:
    for path in ("/c/example", "/nowhere", "/static/wugong.css", "/healthz"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_pages_are_never_kept_and_files_are(client: TestClient) -> None:
    assert client.get("/c/example").headers["cache-control"] == "no-store"
    assert "immutable" in client.get("/static/wugong.css").headers["cache-control"]


def test_a_portal_may_frame_us_only_when_it_is_named(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, frame_ancestors=("https://portal.example.cn",))
    policy = client.get("/c/example").headers["content-security-policy"]
    assert "frame-ancestors https://portal.example.cn" in policy


def test_an_unknown_host_is_refused(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, allowed_hosts=("gongshi.example.cn",))
    assert client.get("/c/example").status_code == 400


def test_a_body_that_is_too_large_is_not_read(client: TestClient) -> None:
    answer = client.post(
        "/m/example/do/wugong.matter_opened",
        content=b"title=" + b"x" * 300_000,
        headers={
            "origin": "http://testserver",
            "content-type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.status_code == 413


def test_a_get_changes_nothing(client: TestClient, rehearsal: Rehearsal) -> None:
    before = rehearsal.engine.head("example")
    client.get("/m/example/do/wugong.matter_opened?title=x&key=1&act-step=checked")
    assert rehearsal.engine.head("example") == before


def test_a_bucket_gives_its_burst_and_then_one_by_one() -> None:
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    rate = Rate(burst=3, per_minute=60)
    assert [buckets.take("li", rate) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert buckets.take("li", rate) == pytest.approx(1.0)
    assert buckets.take("wang", rate) == 0.0
    now[0] = 1.0
    assert buckets.take("li", rate) == 0.0


def test_two_processes_share_a_bucket_but_for_a_block_of_each(rehearsal: Rehearsal) -> None:
    now = [0.0]
    first, second = Buckets(lambda: now[0]), Buckets(lambda: now[0])
    rate = Rate(burst=12, per_minute=60)
    assert rate.block == 2
    allowed = 0
    for _ in range(40):
        for one in (first, second):
            allowed += one.take("acts/li", rate) == 0.0
            one.settle("acts/li", rate, rehearsal.engine.spend)
    assert rate.burst <= allowed <= rate.burst + rate.block
    for one in (first, second):
        assert one.take("acts/li", rate) > 0
        assert one.take("acts/wang", rate) == 0.0
    rehearsal.wait(minutes=1)  # for the database a minute's tokens are there again
    now[0] += 60
    assert first.take("acts/li", rate) == 0.0


def test_a_database_is_asked_once_a_block() -> None:
    asked: list[int] = []

    def spend(_key: str, _burst: int, _per_minute: int, count: int) -> int:
        asked.append(count)
        return 1000

    buckets, rate = Buckets(lambda: 0.0), Rate(burst=30, per_minute=60)
    for _ in range(14):
        buckets.take("acts/li", rate)
        buckets.settle("acts/li", rate, spend)
    assert asked == [5, 5]


def test_too_many_acts_are_told_to_wait(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    client.app.state.settings = client.app.state.settings.__class__(  # type: ignore[attr-defined]
        secret=SECRET
    )
    answers = [open_matter(client, origin="http://testserver") for _ in range(32)]
    assert answers[29] == 303
    assert answers[31] == 429
    refused = client.post("/m/example/do/wugong.matter_opened", data={})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        pytest.param("203.0.113.9", "", "203.0.113.0/24", id="as it comes"),
        pytest.param("203.0.113.9", "198.51.100.1", "203.0.113.0/24", id="a header nobody vouches"),
        pytest.param("10.0.0.1", "198.51.100.7", "198.51.100.0/24", id="from the trusted proxy"),
        pytest.param("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.0/24", id="forged hop first"),
        pytest.param("2001:db8::1", "", "2001:db8::/64", id="IPv6"),
        pytest.param("::ffff:203.0.113.9", "", "203.0.113.0/24", id="IPv4 in IPv6"),
    ],
)
def test_the_network_is_the_peer_unless_a_trusted_proxy_speaks(
    peer: str, forwarded: str, found: str
) -> None:
    scope = {
        "type": "http",
        "client": (peer, 1),
        "headers": [(b"x-forwarded-for", forwarded.encode())] if forwarded else [],
    }
    assert network(Request(scope), ("10.0.0.1",)) == found
