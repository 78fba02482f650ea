"""What the surroundings decide: ``WUGONG_*`` variables and Docker secrets, for the command line."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from wugong import LANGUAGES, Misconfigured
from wugong_server.settings import Settings

DEFAULT_DATABASE = "sqlite:///wugong.sqlite3"
DEFAULT_KEYS = "wugong.keys"
Words = Annotated[tuple[str, ...], NoDecode]


class Environment(BaseSettings):
    """Read once, when a command starts. Options of the command line go before variables.

    Every variable may instead name a file that holds the value: ``WUGONG_SECRET_KEY_FILE``.
    """

    model_config = SettingsConfigDict(env_prefix="WUGONG_", extra="ignore", populate_by_name=True)

    database_url: str = Field(
        default=DEFAULT_DATABASE,
        validation_alias=AliasChoices("WUGONG_DATABASE_URL", "DATABASE_URL"),
    )
    keys: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(
        default=8000, ge=0, le=65535, validation_alias=AliasChoices("WUGONG_PORT", "PORT")
    )
    secret_key: SecretStr | None = None
    base_url: str = ""
    trusted_hosts: Words = ("*",)
    forwarded_allow_ips: Words = ()
    frame_ancestors: Words = ()
    language: str = "zh_Hans"
    zone: str = "Asia/Shanghai"
    templates: Path | None = None
    packs: Path | None = None
    calendar: Path | None = None
    help_line: str = ""
    plugins_disabled: Words = ()

    @field_validator(
        "trusted_hosts", "forwarded_allow_ips", "frame_ancestors", "plugins_disabled", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Take ``a, b`` for two words."""
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("packs", "calendar", mode="before")
    @classmethod
    def _path(cls, value: Any) -> Any:
        """Take an empty variable for no path, not for this folder."""
        return value or None

    @field_validator("language")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("database_url")
    @classmethod
    def _address(cls, value: str) -> str:
        """Take the short forms that hosting services hand out."""
        for short in ("postgres://", "postgresql://"):
            if value.startswith(short):
                return "postgresql+psycopg://" + value.removeprefix(short)
        return value

    @model_validator(mode="after")
    def _place_keys(self) -> Environment:
        """Keep people's keys in a file here where the database is no file to stand beside."""
        if self.keys is None and self.database_url.startswith("postgresql"):
            self.keys = Path(DEFAULT_KEYS)
        return self

    def settings(self, demonstration: bool = False) -> Settings:
        """Return the settings of the pages."""
        secret = self.secret_key.get_secret_value().encode() if self.secret_key else b""
        if secret and len(secret) < 16:
            raise Misconfigured("WUGONG_SECRET_KEY has at least 16 characters")
        return Settings(
            public_origin=self.base_url.rstrip("/"),
            allowed_hosts=self.trusted_hosts,
            secret=secret or secrets.token_bytes(32),
            zone=self.zone,
            language=self.language,
            calendar=self.calendar,
            templates=self.templates,
            frame_ancestors=self.frame_ancestors,
            trusted_proxies=self.forwarded_allow_ips,
            demonstration=demonstration,
            help_line=self.help_line,
            disabled=self.plugins_disabled,
        )


def read_environment(**given: Any) -> Environment:
    """Read the environment; what the command line gives goes first. ``Misconfigured`` says what
    is wrong without showing the value, which may be a secret."""
    _load_files()
    named = {name: value for name, value in given.items() if value is not None}
    try:
        return Environment(**named)
    except ValidationError as error:
        wrong = "; ".join(f"{_variable(e['loc'])}: {e['msg']}" for e in error.errors())
        raise Misconfigured(f"the environment is wrong: {wrong}") from None


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else ""
    return name if name.isupper() else f"WUGONG_{name.upper()}"


def _load_files() -> None:
    """Read ``WUGONG_X_FILE`` into ``WUGONG_X``, as Docker and systemd hand over secrets."""
    for variable, path in sorted(os.environ.items()):
        name = variable.removesuffix("_FILE")
        if variable == name or not name.startswith("WUGONG_") or name in os.environ:
            continue
        try:
            os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{variable}: cannot read {path}: {error.strerror}") from None
