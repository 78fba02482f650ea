"""The templates: the host's first, ours, and each plugin's under its own name. Always escaped."""

from __future__ import annotations

import importlib.util
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from wugong import N_
from wugong.plugins import Registry
from wugong_server.functions import FILTERS, FUNCTIONS, template_words
from wugong_server.page import Page, current, set_current
from wugong_server.security import inside
from wugong_server.settings import Settings

log = logging.getLogger("wugong.server")


class Compiled(BytecodeCache):
    """What this process has compiled: a second app in it, as tests make many, begins with that."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}  # by file, and by what stands in it

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template; nothing where its text is not the one that was compiled."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def environment(registry: Registry, settings: Settings) -> Environment:
    """Return the Jinja2 environment for these plugins; a host's folder is looked into first."""
    loaders: list[BaseLoader] = []
    if settings.templates is not None:
        loaders.append(FileSystemLoader(settings.templates))
    loaders += [PackageLoader("wugong_server"), PrefixLoader(_plugin_loaders(registry))]
    made = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=COMPILED,
        optimized=False,  # a filter on a constant is no constant: it speaks the reader's language
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(FUNCTIONS)
    made.globals |= {"draw": draw, "key_field_of": key_field}
    made.filters.update(FILTERS)
    made.globals["ui"] = made.get_template("macros.html").module
    return made


def _plugin_loaders(registry: Registry) -> dict[str, BaseLoader]:
    found: dict[str, BaseLoader] = {}
    for plugin, package in registry.packages.items():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).parent / "templates" / plugin
        if folder.is_dir():
            found[plugin] = FileSystemLoader(folder)
    return found


def render(template: str, block: str | None, context: Mapping[str, Any], page: Page) -> str:
    """Draw a template, or one of its blocks, for the reader of ``page``."""
    env: Environment = page.request.app.state.templates
    set_current(page)
    plugin, slash, _ = template.partition("/")
    words = page.words_of(plugin if slash else "")
    token = template_words.set(words)
    try:
        found = env.get_template(template)
        whole = {**shared(page), "words": words, **context}
        if block is None:
            return found.render(whole)
        drawn = found.new_context(whole)
        return "".join(found.blocks[block](drawn))
    finally:
        template_words.reset(token)


def draw(part: Any) -> Markup:
    """Draw a panel or the fragment of a notice; one that fails is left out, logged and named."""
    page, plugin = current(), part.template.partition("/")[0]
    before = template_words.get()
    try:
        return Markup(render(part.template, None, part.context, page))
    except Exception:
        log.exception("%s is left out", part.template)
        template_words.set(before)
        title = page.engine.registry.titles.get(plugin) or plugin
        said = page.words(
            N_("A part of this page is missing: {plugin}."), plugin=page.words_of(plugin)(title)
        )
        return Markup('<p class="mute">{}</p>').format(said)


def shared(page: Page) -> dict[str, Any]:
    """Return what every template finds."""
    return {
        "page": page,
        "request": page.request,
        "matter": page.matter,
        "viewer": page.viewer,
        "now": page.now,
        "here": here(page),
        "csrf_field": CsrfField(page),
        "key_field": key_field(),
        "settings": page.settings,
        "refused": None,
    }


def here(page: Page) -> str:
    """Return the address of this page, without the word of what was just recorded."""
    scope = page.request.scope
    path = str(scope.get("root_path", "")) + inside(scope)
    query = scope.get("query_string", b"").decode("latin-1")
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("done="))
    return f"{path}?{kept}" if kept else path


class CsrfField:
    """The hidden token that old browsers need: they name no origin with a form.

    Made when it is drawn, so that a page without a form sets no cookie.
    """

    def __init__(self, page: Page) -> None:
        self._page = page

    def __html__(self) -> str:
        """Return the field."""
        token = self._page.csrf_token
        return str(Markup('<input type="hidden" name="csrf" value="{}">').format(token))


def key_field(key: str = "") -> Markup:
    """Return a hidden key: the same form sent twice is one act."""
    return Markup('<input type="hidden" name="key" value="{}">').format(
        key or secrets.token_urlsafe(16)
    )
