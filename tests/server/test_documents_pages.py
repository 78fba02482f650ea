"""Pictures and papers on their way in and out: forms, API, limits, audiences."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

import wugong_planning
from wugong import Erased, Unreadable
from wugong.testing import Rehearsal
from wugong_server import pictures
from wugong_server.testing import browse

WHERE = b"GPSCANARY"


def photo(width: int = 640, height: int = 480, kind: str = "JPEG") -> bytes:
    """Return a picture as a telephone makes it: with place, device and a remark."""
    made = Image.effect_noise((width, height), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = WHERE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)
    out = io.BytesIO()
    options: dict[str, Any] = {"comment": WHERE} if kind == "JPEG" else {}
    made.save(out, kind, exif=exif, **options)
    return out.getvalue()


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal(
        {"planning": wugong_planning},
        members={"wang": ("officer",), "li": (), "zhao": ()},
        community="wutong",
    )


@pytest.fixture
def matter(rehearsal: Rehearsal) -> str:
    return rehearsal.open("Street lights", by="li")


def form_of(page: str) -> dict[str, str]:
    """Return the hidden fields and ticked boxes of the first form that records an act."""
    tags = re.findall(r"<input[^>]*>", page[page.index('<div id="act"') :])
    found = {}
    for tag in tags:
        name, value = (re.search(rf'{a}="([^"]*)"', tag) for a in ("name", "value"))
        if name and value and ('type="hidden"' in tag or " checked" in tag):
            found[name[1]] = value[1]
    return found


def asked(client: TestClient, matter: str, kind: str = "planning.need_filed") -> dict[str, str]:
    page = client.get(f"/m/{matter}/do/{kind}")
    assert page.status_code == 200
    return form_of(page.text)


NEED = {"text": "It is dark", "channel": "web"}


def upload(
    client: TestClient,
    matter: str,
    data: bytes,
    name: str = "a.jpg",
    kind: str = "planning.need_filed",
    fields: dict[str, str] | None = None,
) -> Any:
    sent = asked(client, matter, kind) | (NEED if fields is None else fields)
    files = {"documents-files": (name, data, "image/jpeg")}
    return client.post(f"/m/{matter}/do/{kind}", data=sent, files=files)


def recorded(client: TestClient, matter: str, checked: Any) -> Any:
    """Send the summary on, as a browser without script does."""
    assert checked.status_code == 200
    sent = form_of(checked.text) | {"act-step": "checked"}
    return client.post(f"/m/{matter}/do/planning.need_filed", data=sent)


def test_where_a_picture_was_taken_is_gone() -> None:
    data = photo()
    assert WHERE in data
    made = pictures.accept("documents", data)
    assert WHERE not in made.data
    with Image.open(io.BytesIO(made.data)) as again:
        assert (again.format, again.size, dict(again.getexif())) == ("JPEG", (640, 480), {})
        assert not {"exif", "comment", "icc_profile"} & again.info.keys()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_jpeg(kind: str) -> None:
    assert pictures.accept("documents", photo(kind=kind)).media == "image/jpeg"


def test_a_large_picture_becomes_small_enough() -> None:
    made = pictures.accept("documents", photo(4000, 3000))
    assert max(made.width, made.height) <= 2000
    assert len(made.data) <= pictures.MOST_BYTES


@pytest.mark.parametrize(
    ("size", "reduced"),
    [
        pytest.param((240, 180), (240, 180), id="at the limit"),
        pytest.param((241, 180), (240, 179), id="one more"),
        pytest.param((30, 2000), (4, 240), id="upright"),
    ],
)
def test_a_picture_of_a_list_has_few_pixels(
    size: tuple[int, int], reduced: tuple[int, int]
) -> None:
    data = pictures.accept("documents", photo(*size)).data
    made = pictures.reduced(data, 240)
    with Image.open(io.BytesIO(made)) as drawn:
        assert drawn.size == reduced
    assert (made == data) is (size == reduced)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", photo(9, 9, "PNG"), photo()[:300]])
def test_what_cannot_be_read_is_sent_as_it_is(data: bytes) -> None:
    assert pictures.reduced(data, 8) == data


def test_a_picture_lies_as_it_was_held() -> None:
    made = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    made.save(out, "JPEG", exif=exif)
    turned = pictures.accept("documents", out.getvalue())
    assert (turned.width, turned.height) == (20, 40)


@pytest.mark.parametrize(
    ("pixels", "fits"), [((5000, 5000), True), ((5001, 5000), False), ((30000, 30000), False)]
)
def test_a_bomb_of_pixels_is_refused(pixels: tuple[int, int], fits: bool) -> None:
    out = io.BytesIO()
    Image.new("1", pixels).save(out, "PNG")
    assert len(out.getvalue()) < 500_000
    if fits:
        assert pictures.accept("documents", out.getvalue()).width == 2000
        return
    with pytest.raises(Unreadable, match="too many pixels"):
        pictures.accept("documents", out.getvalue())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"GIF89a" + bytes(50), "must be a JPEG", id="gif"),
        pytest.param(b"<svg onload='alert(1)'/>", "must be a JPEG", id="svg"),
        pytest.param(b"", "must be a JPEG", id="empty"),
        pytest.param(b"\xff\xd8\xff" + bytes(50), "cannot be read", id="not really a jpeg"),
        pytest.param(photo()[:4000], "cannot be read", id="cut off"),
    ],
)
def test_only_known_files_are_taken(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        pictures.accept("documents", data)


def test_a_paper_has_five_megabytes_at_most() -> None:
    data = b"%PDF-1.7" + bytes(pictures.MOST_PAPER - 8)
    assert pictures.accept("documents", data).data == data
    with pytest.raises(Unreadable, match="5 MB at most"):
        pictures.accept("documents", data + b"1")


def test_a_picture_is_shown_as_kept_before_it_is_recorded(
    rehearsal: Rehearsal, matter: str
) -> None:
    client = browse(rehearsal, "li", language="en")
    form = client.get(f"/m/{matter}/do/planning.need_filed").text
    assert 'enctype="multipart/form-data"' in form
    assert 'type="file" name="documents-files"' in form
    assert "Read by" in form
    head = rehearsal.engine.head("wutong").seq
    checked = upload(client, matter, photo())
    assert 'src="data:image/jpeg;base64,' in checked.text
    assert rehearsal.engine.head("wutong").seq == head
    done = recorded(client, matter, checked)
    assert done.status_code == 303
    shown = client.get(f"/m/{matter}").text
    [thumbnail] = re.findall(r'<img src="([^"]+)" width="120" height="90" loading="lazy"', shown)
    seq = rehearsal.engine.head("wutong").seq
    assert thumbnail in client.get(f"/m/{matter}/records/{seq}").text
    whole = thumbnail.removesuffix("?size=small")
    assert whole != thumbnail
    assert f'<a href="{whole}">' in shown
    picture = client.get(thumbnail)
    assert len(picture.content) < len(client.get(whole).content) / 2
    with Image.open(io.BytesIO(picture.content)) as drawn:
        assert drawn.size == (240, 180)
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["content-disposition"].startswith("inline; filename=")
    assert picture.headers["cache-control"] == "no-store"
    assert WHERE not in picture.content
    assert browse(rehearsal, "zhao").get(thumbnail).status_code == 200
    assert browse(rehearsal).get(thumbnail).status_code == 404
    assert browse(rehearsal, "stranger").get(thumbnail).status_code == 404
    assert client.get(whole[:-4] + "0000?size=small").status_code == 404
    assert client.get(whole + "?size=large").content == client.get(whole).content
    rehearsal.engine.record("wutong", Erased(member="li", reason="asked"), by="operator")
    assert browse(rehearsal, "zhao").get(thumbnail).status_code == 404
    assert thumbnail not in browse(rehearsal, "zhao").get(f"/m/{matter}").text


def test_what_nobody_recorded_is_shown_to_nobody_else(rehearsal: Rehearsal, matter: str) -> None:
    checked = upload(browse(rehearsal, "li"), matter, photo())
    token = form_of(checked.text)["documents-kept"]
    address = f"/c/wutong/documents/{token.partition('.')[0]}"
    for member in ("li", "zhao", "wang"):
        assert browse(rehearsal, member).get(address).status_code == 404
    other = browse(rehearsal, "zhao")
    sent = asked(other, matter) | NEED | {"documents-kept": token, "act-step": "back"}
    page = other.post(f"/m/{matter}/do/planning.need_filed", data=sent)
    assert "data:image/jpeg" not in page.text
    document = token.partition(".")[0]
    asked_for = f"/m/{matter}/do/planning.need_filed?documents={document}&documents-kept={token}"
    for reader in (other, browse(rehearsal)):
        assert "data:image/jpeg" not in reader.get(asked_for).text
    sent = asked(other, matter) | NEED | {"documents": document, "act-step": "back"}
    page = other.post(f"/m/{matter}/do/planning.need_filed", data=sent)
    assert "data:image/jpeg" not in page.text


def test_a_picture_that_was_chosen_can_be_left_out_again(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal, "li")
    sent = form_of(upload(client, matter, photo()).text)
    back = client.post(f"/m/{matter}/do/planning.need_filed", data=sent | {"act-step": "back"})
    assert "data:image/jpeg" in back.text
    del sent["documents-kept"]
    done = client.post(f"/m/{matter}/do/planning.need_filed", data=sent | {"act-step": "checked"})
    assert done.status_code == 303
    body = list(rehearsal.engine.export("wutong"))[-1]["body"]
    assert body["documents"] == []


def test_a_wrong_file_is_told_at_its_field_and_nothing_is_recorded(
    rehearsal: Rehearsal, matter: str
) -> None:
    client = browse(rehearsal, "li", language="en")
    head = rehearsal.engine.head("wutong").seq
    page = upload(client, matter, b"GIF89a" + bytes(80))
    assert page.status_code == 422
    assert "Only JPEG, PNG and WebP" in page.text
    assert "It is dark" in page.text
    assert rehearsal.engine.head("wutong").seq == head


def test_an_upload_has_room_only_where_an_act_takes_it(rehearsal: Rehearsal, matter: str) -> None:
    large = b"%PDF-1.7" + bytes(400_000)
    client = browse(rehearsal, "li")
    assert upload(client, matter, large, "a.pdf").status_code == 200
    path = f"/m/{matter}/do/wugong.stage_skipped"
    files = {"documents-files": ("a.pdf", large, "application/pdf")}
    assert client.post(path, data={"key": "k"}, files=files).status_code == 413
    path = f"/m/{matter}/do/planning.need_filed"
    assert browse(rehearsal).post(path, data={"key": "k"}, files=files).status_code == 413
    narrow = browse(rehearsal, "li", pictures_limit=300_000)
    assert upload(narrow, matter, large, "a.pdf").status_code == 413


def test_a_program_puts_and_reads_documents(rehearsal: Rehearsal, matter: str) -> None:
    client = browse(rehearsal, "li")
    path = "/api/v1/communities/wutong/documents"
    made = client.post(path, content=photo(), headers={"content-type": "image/jpeg"})
    assert made.status_code == 201, made.text
    document = made.json()["hash"]
    assert made.json()["media"] == "image/jpeg"
    body = {"kind": "planning.need_filed", "body": {"text": "dark", "documents": [document]}}
    done = client.post(
        f"/api/v1/matters/{matter}/events", json=body, headers={"idempotency-key": "one"}
    )
    assert done.status_code == 201, done.text
    assert client.get(f"{path}/{document}").content[:3] == b"\xff\xd8\xff"
    assert browse(rehearsal).get(f"{path}/{document}").status_code == 404
    assert browse(rehearsal).post(path, content=photo()).status_code == 401
    assert client.post(path, content=b"GIF89a").status_code == 422
    unknown = body | {"body": {"text": "dark", "documents": ["0" * 64]}}
    refused = client.post(
        f"/api/v1/matters/{matter}/events", json=unknown, headers={"idempotency-key": "two"}
    )
    assert refused.status_code == 409
    assert refused.json()["reasons"][0]["code"] == "wugong.document_unknown"
