"""Local accounts: argon2 hashes; an unknown name costs as much time as a wrong password."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wugong import Engine, Misconfigured

LEAST = 10  # characters of a password


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("no account has this password")


def set_password(
    engine: Engine, account: str, password: str, members: dict[str, str] | None = None
) -> None:
    """Make an account (``members``: community → member id) or change its password.

    Its sessions end. Raises ``ValueError`` for a password that is too short.
    """
    if len(password) < LEAST:
        raise ValueError(f"a password has at least {LEAST} characters")
    hashed = _hasher().hash(password)
    if engine.accounts.find(account) is None:
        if not members:
            raise Misconfigured(f"account {account}: say which member it is")
        engine.accounts.create(account, hashed, members)
        return
    for community, member in (members or {}).items():
        engine.accounts.link(account, community, member)
    engine.accounts.set_password(account, hashed)
    engine.sessions.end_all(account)


def check_password(engine: Engine, account: str, password: str) -> bool:
    """Tell whether the account exists and this is its password."""
    found = engine.accounts.find(account)
    known = found.password_hash if found and found.password_hash else _nobody()
    try:
        _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    if found is None or not found.password_hash:
        return False
    if _hasher().check_needs_rehash(known):
        engine.accounts.set_password(account, _hasher().hash(password))
    return True
