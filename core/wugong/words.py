"""The words of the pages: messages marked in the code, looked up in each package's catalogues."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
MOST_FOUND = 4096  # messages that are remembered, in each language

Messages = Mapping[str, str]
"""Translation by message id, in one language."""


def N_(message: str) -> str:
    """Mark ``message`` for translation and return it unchanged."""
    return message


@cache
def catalogue(package: str, language: str) -> gettext.NullTranslations:
    """Return the catalogue of ``package`` (its gettext domain bears its name), or an empty one."""
    try:
        folder = resources.files(package) / "locale"
    except ModuleNotFoundError:
        return gettext.NullTranslations()
    return gettext.translation(package, str(folder), languages=[language], fallback=True)


class Words:
    """Messages in one language, looked up in the catalogues of several packages in turn."""

    def __init__(self, language: str, packages: Iterable[str]) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no catalogue for {language!r}; known: {', '.join(LANGUAGES)}")
        self.language = language
        self._catalogues = [catalogue(package, language) for package in packages]
        self._found = lru_cache(MOST_FOUND)(self._find)  # a page says the same many times

    def __call__(self, message: str, /, **details: object) -> str:
        """Translate ``message`` and put ``details`` into its ``{named}`` places."""
        text = self._found(message)
        return text.format_map(_Gentle(details)) if "{" in text else text

    def _find(self, message: str) -> str:
        if message:
            for known in self._catalogues:
                if (found := known.gettext(message)) != message:
                    return found
        return message

    def plural(self, one: str, many: str, count: int, /, **details: object) -> str:
        """Translate by number; ``{count}`` stands for ``count``."""
        text = one if count == 1 else many
        for known in self._catalogues:
            found = known.ngettext(one, many, count)
            if found not in (one, many):
                text = found
                break
        return text.format_map(_Gentle({"count": count, **details}))


class _Gentle(dict[str, object]):
    """Leaves an unknown place as it stands: a half-known sentence beats a broken page."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
