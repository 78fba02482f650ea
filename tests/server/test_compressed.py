"""How many bytes a page takes on the way, and what never travels compressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.stories.clicking import template_of
from tests.stories.playing import Told, told
from wugong.testing import Rehearsal
from wugong_server.app import create_app
from wugong_server.compressing import SMALLEST
from wugong_server.plugins import installed_pages
from wugong_server.security import csrf_token, is_csrf_token
from wugong_server.settings import Settings
from wugong_server.testing import Signed, browse

KB = 1024
MOST = {"wugong.css": 7 * KB, "htmx.min.js": 17 * KB, "wugong.js": 1 * KB}
MOST_HTML = 12 * KB
MOST_OF_A_FRAGMENT = 4 * KB
MOST_OF_A_FIRST_VIEW = 40 * KB
OFFICERS = {"urban-elevator": "lin", "rural-lights": "chen"}
LEFT_OUT = ("/preferences", "/template", ".csv", ".json", ".xlsx", "/documents/")


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal({}, members={"li": (), "wang": ("officer", "admin")})


def reader_of(it: Told, member: str) -> TestClient:
    """Return a client that reads a story's pages as ``member``."""
    engine = it.engine
    pages = {**installed_pages(engine.registry.packages), "zz_rehearsal": Signed()}
    settings = Settings(secret=b"rehearsal", rate_limits=False, demonstration=True)
    client = TestClient(create_app(engine, settings, pages), follow_redirects=False)
    client.headers.update({"accept-language": "zh-Hans", "x-rehearsal-member": member})
    return client


def on_the_way(client: TestClient, path: str, **headers: str) -> int:
    """Return how many bytes of a body travel; it must come as one that was compressed."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    assert answer.headers["content-encoding"] == "gzip", path
    return int(answer.headers["content-length"])


def linked(client: TestClient, *starts: str) -> dict[str, Any]:
    """Return one page of each kind that the links of a story lead to."""
    found: dict[str, Any] = {}
    todo, seen = list(starts), set[str]()
    while todo:
        path = todo.pop(0)
        if template_of(path) in seen:
            continue
        seen.add(template_of(path))
        answer = client.get(path)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        found[path] = answer
        links = [link.partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', answer.text)]
        links = [link.replace("&amp;", "&") for link in links if not link.startswith("/static/")]
        todo += [link for link in links if not any(part in link for part in LEFT_OUT)]
    return found


def size(answer: Any) -> int:
    """Return how many bytes of an answer's body travelled."""
    return int(answer.headers["content-length"])


@pytest.fixture(scope="module", params=OFFICERS)
def story(request: pytest.FixtureRequest) -> Iterator[tuple[TestClient, dict[str, Any]]]:
    """Give a main story, told to its end, and its pages, for an officer, who reaches every one."""
    with told(request.param) as it:
        assert it.problems == []
        client = reader_of(it, OFFICERS[request.param])
        starts = f"/c/{it.case.community}", f"/m/{min(it.story.matters.values())}"
        yield client, linked(client, *starts)


def test_every_page_of_a_main_story_fits_into_its_budget(
    story: tuple[TestClient, dict[str, Any]],
) -> None:
    client, pages = story
    assert len(pages) > 30
    assert [path for path, answer in pages.items() if size(answer) > MOST_HTML] == []
    files = sum(on_the_way(client, f"/static/{name}") for name in MOST if name != "wugong.js")
    script = len(client.get("/static/wugong.js").content)
    assert files + script + max(map(size, pages.values())) <= MOST_OF_A_FIRST_VIEW


def test_what_htmx_fetches_fits_into_its_budget(
    story: tuple[TestClient, dict[str, Any]],
) -> None:
    client, pages = story
    named = (re.findall(r'hx-(?:get|post)="([^"]*)"', answer.text) for answer in pages.values())
    asked = {path.replace("&amp;", "&") for paths in named for path in paths}
    got = {path: client.get(path, headers={"hx-request": "true"}) for path in asked}
    fragments = {path: one for path, one in got.items() if "<html" not in one.text}
    assert len(fragments) > 10
    assert [path for path, one in fragments.items() if size(one) > MOST_OF_A_FRAGMENT] == []


@pytest.mark.parametrize("name", MOST)
def test_what_every_page_loads_fits_into_its_budget(rehearsal: Rehearsal, name: str) -> None:
    client = browse(rehearsal)
    assert on_the_way(client, f"/static/{name}") <= MOST[name]


def test_who_asks_for_no_compression_gets_none(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal)
    plain = client.get("/static/wugong.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.headers["vary"] == "Accept-Encoding"
    assert plain.content == client.get("/static/wugong.css").content


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_file_that_is_known_is_not_sent_again(rehearsal: Rehearsal, encoding: str) -> None:
    client = browse(rehearsal)
    headers = {"accept-encoding": encoding}
    first = client.get("/static/htmx.min.js", headers=headers)
    assert "immutable" in first.headers["cache-control"]
    tag = first.headers["etag"]
    assert tag.startswith('W/"')  # the bytes differ with the encoding, the file does not
    again = client.get("/static/htmx.min.js", headers={**headers, "if-none-match": tag})
    assert again.status_code == 304 and again.content == b""
    for name in ("etag", "vary", "cache-control"):
        assert again.headers[name] == first.headers[name]
    other = client.get("/static/htmx.min.js", headers={**headers, "if-none-match": 'W/"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("headers", "compressed"),
    [
        pytest.param({}, True, id="nobody's cookie"),
        pytest.param({"sec-fetch-site": "cross-site"}, True, id="another site, no cookie"),
        pytest.param({"cookie": "a=b"}, True, id="an old browser"),
        pytest.param({"cookie": "a=b", "sec-fetch-site": "same-origin"}, True, id="our own page"),
        pytest.param({"cookie": "a=b", "sec-fetch-site": "none"}, True, id="typed"),
        pytest.param({"cookie": "a=b", "sec-fetch-site": "same-site"}, False, id="a sister site"),
        pytest.param({"cookie": "a=b", "sec-fetch-site": "cross-site"}, False, id="another site"),
    ],
)
def test_no_other_site_learns_from_the_length_of_a_page(
    rehearsal: Rehearsal, headers: dict[str, str], compressed: bool
) -> None:
    answer = browse(rehearsal, "li").get("/c/example", headers=headers)
    assert (answer.headers.get("content-encoding") == "gzip") is compressed


def test_the_json_api_and_what_is_small_travel_as_they_are(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    listed = client.get("/api/v1/communities/example/duties")
    assert len(listed.content) > SMALLEST and "content-encoding" not in listed.headers
    assert "vary" in listed.headers and "Accept-Encoding" not in listed.headers["vary"]
    body = {"kind": "wugong.matter_opened", "body": {"title": "x" * 40, "audience": "public"}}
    path, headers = "/api/v1/matters/example/events", {"idempotency-key": "k"}
    done = client.post(path, json=body, headers=headers)
    assert done.status_code == 201 and "content-encoding" not in done.headers
    small = client.get("/healthz")
    assert len(small.content) < SMALLEST and "content-encoding" not in small.headers


def test_pages_carry_different_tokens_and_each_is_accepted(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    del client.headers["origin"]
    path = "/m/example/do/wugong.matter_opened"
    pages = [client.get(path).text for _ in range(2)]
    tokens = [page.partition('name="csrf" value="')[2].partition('"')[0] for page in pages]
    assert tokens[0] != tokens[1]
    for number, token in enumerate(tokens):
        form = {"title": "x", "audience": "public", "key": str(number), "csrf": token}
        assert client.post(path, data=form).status_code == 303
    for place in range(len(tokens[0])):
        digit = "1" if tokens[0][place] == "0" else "0"
        changed = tokens[0][:place] + digit + tokens[0][place + 1 :]
        form = {"title": "x", "audience": "public", "key": "changed", "csrf": changed}
        assert client.post(path, data=form).status_code == 403


@pytest.mark.parametrize("sent", ["", "zz", "00" * 16, "00" * 32, "00" * 48])
def test_what_is_no_token_is_none(sent: str) -> None:
    assert not is_csrf_token(b"secret", "somebody", sent)


def test_masked_tokens_share_nothing() -> None:
    made = {csrf_token(b"secret", "somebody") for _ in range(100)}
    assert len({one[:32] for one in made}) == len({one[32:] for one in made}) == 100
    assert all(is_csrf_token(b"secret", "somebody", one) for one in made)
    assert not any(is_csrf_token(b"secret", "another", one) for one in made)
