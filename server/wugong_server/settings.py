"""What an embedder may decide. The library reads no environment; the command line does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the pages behave in one deployment.

    ``public_origin`` is the scheme, host and port that readers see (``https://gongshi.example.cn``);
    without one the address of each request is taken, which only a server without a proxy may do.
    ``secret`` signs tokens: every process of one deployment needs the same; the default changes
    with each start. ``trusted_proxies`` are the peers whose ``X-Forwarded-For`` is believed.
    """

    public_origin: str = ""
    allowed_hosts: tuple[str, ...] = ("*",)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    zone: str = "Asia/Shanghai"
    language: str = "zh_Hans"
    calendar: Path | None = None  # JSON of holidays by year; read again when it changes
    templates: Path | None = None  # the host's own, looked into first
    stylesheet: str = ""  # address of a sheet that overrides the tokens, after ours
    local_accounts: bool = True  # offer our own sign-in
    sign_in_url: str = ""  # where a host signs people in; ``{next}`` is put in
    secure_cookies: bool | None = None  # None: when the address is https
    frame_ancestors: tuple[str, ...] = ()  # who may show us in an iframe; nobody by default
    trusted_proxies: tuple[str, ...] = ()
    body_limit: int = 256 * KIB
    upload_limit: int = 5 * KIB * KIB
    pictures_limit: int = 32 * KIB * KIB  # all files of one form together
    idle_minutes: int = 30  # after which staff must sign in again
    session_hours: int = 12
    demonstration: bool = False  # a banner says that all people and figures are invented
    rehearsal: bool = False  # a story is played here: a frame says so on every page
    help_line: str = ""  # opening hours and telephone of the desk, in every footer
    rate_limits: bool = True
    disabled: tuple[str, ...] = ()  # plugins whose pages are not shown
