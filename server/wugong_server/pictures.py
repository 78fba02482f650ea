"""What people upload: known by its first bytes, pictures drawn anew without where and when.

A picture is decoded and encoded again: what a camera wrote beside it (place, time, device) and
whatever else hides in the file is left behind.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps

from wugong import Unreadable

MOST_UPLOADED = 10_000_000  # bytes of a picture as a telephone makes it
MOST_PAPER = 5_000_000  # bytes of a PDF
MOST_BYTES = 300_000  # of a picture as it is kept
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONGEST = 2000  # pixels
QUALITIES = (82, 70, 55)
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
JPEG, PDF = "image/jpeg", "application/pdf"
NOT_KNOWN = "must be a JPEG, PNG or WebP picture or a PDF"
NOT_READ = "cannot be read as a picture"
TOO_MANY = "has too many pixels"

_one_at_a_time = threading.Lock()  # a large picture takes some 200 MB while it is decoded


@dataclass(frozen=True, slots=True)
class Upload:
    """What is kept of an uploaded file."""

    data: bytes
    media: str
    width: int = 0
    height: int = 0


def sniff(data: bytes) -> str:
    """Return JPEG, PNG, WEBP or PDF by the first bytes, ``""`` for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return "PDF" if data.startswith(b"%PDF-") else ""


def most_bytes(kind: str) -> int:
    """Return how large an uploaded file of that kind may be."""
    return MOST_PAPER if kind == "PDF" else MOST_UPLOADED


def accept(name: str, data: bytes) -> Upload:
    """Return what is kept of a file; ``Unreadable`` names the field with what is wrong."""
    kind = sniff(data)
    if not kind:
        raise Unreadable([(name, NOT_KNOWN)])
    if len(data) > most_bytes(kind):
        raise Unreadable([(name, f"may have {most_bytes(kind) // 1_000_000} MB at most")])
    if kind == "PDF":
        return Upload(data, PDF)
    with _one_at_a_time:
        return _drawn_anew(name, kind, data)


def _drawn_anew(name: str, kind: str, data: bytes) -> Upload:
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS[kind]:
                raise Unreadable([(name, TOO_MANY)])
            opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded no larger than needed
            turned = ImageOps.exif_transpose(opened)
            drawn = _on_white(turned)
    except Unreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unreadable([(name, TOO_MANY)]) from None
    except Exception:  # whatever a decoder makes of hostile bytes
        raise Unreadable([(name, NOT_READ)]) from None
    drawn.thumbnail((LONGEST, LONGEST))
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            drawn.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= MOST_BYTES:
                return Upload(out.getvalue(), JPEG, drawn.width, drawn.height)
        drawn.thumbnail((drawn.width * 3 // 4, drawn.height * 3 // 4))


def reduced(data: bytes, longest: int) -> bytes:
    """Return a kept picture with ``longest`` pixels at most on its longer side, for lists.

    It is decoded no larger than needed; what cannot be read, or is small already, stays as it is.
    """
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as opened:
            if max(opened.size) <= longest:
                return data
            opened.draft("RGB", (longest, longest))
            drawn = opened.convert("RGB")
    except Exception:  # another program may have kept anything
        return data
    drawn.thumbnail((longest, longest))
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITIES[1], optimize=True)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, on white where they are transparent."""
    clear = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    drawn = Image.new("RGB", clear.size, "white")
    drawn.paste(clear, mask=clear.getchannel("A") if clear.mode == "RGBA" else None)
    return drawn
