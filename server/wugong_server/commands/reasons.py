"""Refusals on the terminal, in the words of the pages: local times, money with its unit, titles."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wugong import STAGES, Refusal, Words
from wugong.plugins import Registry
from wugong_server import laws, refusals, speech
from wugong_server.settings import Settings
from wugong_server.telling import STAGE_DETAILS

ZONE = ZoneInfo(Settings().zone)


def reason(registry: Registry, words: Words, refusal: Refusal, now: datetime | None = None) -> str:
    """Say why something is refused, with the article; a code that nobody words stands as it is."""
    message = registry.refusals.get(refusal.code) or refusals.REFUSALS.get(refusal.code)
    chips = laws.chips(words(refusal.source), words) if refusal.source else []
    source = f" [{'; '.join(chip.text for chip in chips)}]" if chips else ""
    if message is None:
        return refusal.code + source
    told = speech.said(refusal.details, now or datetime.now(UTC), ZONE, words)
    for name, value in refusal.details.items():
        if isinstance(value, str) and name in STAGE_DETAILS | {"role", "roles"}:
            titles = _titles(registry, words, name)
            listed = (one.strip() for one in value.split(","))
            told[name] = words(", ").join(titles.get(one, one) for one in listed)
    return words(message, **told) + source


def _titles(registry: Registry, words: Words, name: str) -> dict[str, str]:
    if name in STAGE_DETAILS:
        return {stage.key: words(stage.title) for stage in STAGES}
    return {role: words(title) for role, title in {**refusals.ROLES, **registry.roles}.items()}
