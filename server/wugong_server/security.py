"""The defences that stand before every page: who may post from where, and what a browser may do."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wugong_server.settings import Settings

API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = re.compile(r"(?:__Host-)?wg-(?:sid|visitor)")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
REFUSED = "This form was not sent from our own page. Open the page again and send it from there."


PROOF = 16  # bytes


def csrf_token(secret: bytes, binding: str) -> str:
    """Return a token that proves a form was drawn by us for the holder of that cookie.

    Each is masked anew: pages are compressed, and nobody shall learn it from their lengths.
    """
    pad = secrets.token_bytes(PROOF)
    return (pad + _masked(pad, _proof(secret, binding))).hex()


def is_csrf_token(secret: bytes, binding: str, sent: str) -> bool:
    """Tell whether ``sent`` is a token of ours for the holder of that cookie."""
    try:
        token = bytes.fromhex(sent)
    except ValueError:
        return False
    pad, rest = token[:PROOF], token[PROOF:]
    return len(rest) == PROOF and hmac.compare_digest(_masked(pad, rest), _proof(secret, binding))


def _proof(secret: bytes, binding: str) -> bytes:
    return hmac.new(secret, f"csrf/{binding}".encode(), hashlib.sha256).digest()[:PROOF]


def _masked(pad: bytes, value: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, value, strict=True))


def bindings(cookies: Mapping[str, str]) -> list[str]:
    """Return our cookies that a token may be bound to."""
    return [value for name, value in sorted(cookies.items()) if COOKIE.fullmatch(name) and value]


class CrossSiteGuard:
    """Refuses every unsafe request that another site may have caused.

    Sec-Fetch-Site decides where a browser sends it; else Origin must be ours; else, as some in-app
    browsers send neither, a hidden token must fit a cookie of ours. A request without any cookie
    carries no authority of a browser and passes.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        verdict = self._by_headers(scope, headers)
        if verdict is None:
            verdict, receive = await self._by_token(scope, headers, receive)
        if not verdict:
            response = PlainTextResponse(REFUSED, 403)
            return await response(scope, receive, send)
        await self.app(scope, receive, send)

    def _by_headers(self, scope: Scope, headers: Headers) -> bool | None:
        """Say yes or no from what the browser declares; ``None`` when it declares nothing."""
        cookies = "cookie" in headers
        if not cookies and headers.get("authorization", "").lower().startswith("bearer "):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = headers.get("origin")
        if origin is not None:
            return origin == self.origin(scope, headers)
        return None if cookies else True

    def origin(self, scope: Scope, headers: Headers) -> str:
        """Return the origin that our own pages have."""
        if self.settings.public_origin:
            return self.settings.public_origin.rstrip("/")
        return f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"

    async def _by_token(
        self, scope: Scope, headers: Headers, receive: Receive
    ) -> tuple[bool, Receive]:
        """Look for the token in a header or in the form; give back what was read of the body."""
        bound = bindings(cookie_parser(headers.get("cookie", "")))
        sent = headers.get("x-csrf-token", "")
        if not sent and headers.get("content-type", "").startswith(FORMS):
            body = await Request(scope, receive).body()
            receive = _replay(body)
            form = await Request(scope, receive).form()
            value = form.get("csrf", "")
            sent = value if isinstance(value, str) else ""
            await form.close()
            receive = _replay(body)
        return any(is_csrf_token(self.settings.secret, one, sent) for one in bound), receive


def _replay(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def content_policy(settings: Settings) -> str:
    """Return the Content-Security-Policy: nothing inline, nothing from elsewhere."""
    framing = " ".join(settings.frame_ancestors) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {framing}"
    )


class SecurityHeaders:
    """Adds to every answer what browsers need to protect its reader."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        headers = {
            "content-security-policy": content_policy(settings),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
            # A page may show what is only for its reader; files say themselves how long.
            "cache-control": "no-store",
        }
        if settings.public_origin.startswith("https:"):
            headers["strict-transport-security"] = "max-age=31536000"
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                named = {name for name, _value in given}
                message["headers"] = given + [one for one in self.headers if one[0] not in named]
            await send(message)

        await self.app(scope, receive, with_headers)


def inside(scope: Scope) -> str:
    """Return the path below the prefix that the app is mounted under."""
    root, path = str(scope.get("root_path", "")), str(scope["path"])
    return path.removeprefix(root) if root and path.startswith(root) else path
