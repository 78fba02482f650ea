"""One page being made for one reader: whose words, whose eyes, which matter, what time it is."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.routing import NoMatchFound

from wugong import N_, NOBODY, Engine, Matter, Standing, Viewer, Words
from wugong_server.refusals import ROLES
from wugong_server.security import bindings, csrf_token

if TYPE_CHECKING:
    from wugong_server.settings import Settings

ACT = "act:"  # how a plugin names a route that takes the place of the generic form of a kind


class PageWords(Words):
    """Messages in one language, with those that a kind of community says otherwise."""

    def __init__(self, language: str, packages: Iterable[str], instead: Mapping[str, str]) -> None:
        super().__init__(language, packages)
        self._instead = dict(instead)

    def __call__(self, message: str, /, **details: object) -> str:
        """Translate ``message`` as this kind of community says it: 居民, or 村民."""
        return super().__call__(self._instead.get(message, message), **details)

    def plural(self, one: str, many: str, count: int, /, **details: object) -> str:
        """Translate by number; a kind of community may say each of the two otherwise."""
        if one in self._instead or many in self._instead:
            return self(one if count == 1 else many, count=count, **details)
        return super().plural(one, many, count, **details)


@lru_cache(maxsize=256)
def _words(language: str, packages: tuple[str, ...], instead: frozenset[tuple[str, str]]) -> Words:
    return PageWords(language, packages, dict(instead))


LANGUAGE_TITLES = (
    ("zh-Hans", "zh_Hans", "简体"),
    ("zh-Hant", "zh_Hant", "繁體"),
    ("en", "en", "English"),
)
ELDER_STEPS = {
    "": ("on", N_("Large type")),
    "on": ("max", N_("Larger")),
    "max": ("off", N_("Standard")),
}


@dataclass(slots=True)
class Page:
    """What templates, macros and filters need to know about the request they answer."""

    request: Request
    engine: Engine
    settings: Settings
    language: str
    now: datetime
    viewer: Viewer = NOBODY
    matter: Matter | None = None
    member: str = ""  # who asks; the viewer is the same member with their roles
    token: str = ""  # the id of the token by which the member is known, where it is remembered
    principal: str = ""  # whom the desk acts for
    channel: str = "web"  # "assisted", "paper" or "meeting" while the desk acts for somebody
    session: Any = None
    elder: str = ""  # "", "on" or "max"
    theme: str = ""  # "" follows the device, "light" is the reader's choice
    section: str = ""  # which item of the bar this page belongs to
    visitor: str = ""  # a new cookie for the form token of somebody without a session
    done: Any = None  # what was just recorded, for the banner
    names: dict[str, str] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people read dates."""
        return ZoneInfo(self.settings.zone)

    @property
    def community(self) -> Standing | None:
        """The community whose page this is."""
        return self.matter.standing if self.matter else None

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return self.language.replace("_", "-")

    @property
    def languages(self) -> tuple[tuple[str, str, str], ...]:
        """The languages to choose from: tag, catalogue, own name."""
        return LANGUAGE_TITLES

    @property
    def next_elder(self) -> str:
        """What the button for large type switches to."""
        return ELDER_STEPS[self.elder][0]

    @property
    def next_elder_words(self) -> str:
        """The message id on that button."""
        return ELDER_STEPS[self.elder][1]

    @property
    def words(self) -> Words:
        """The words of the core and of all plugins."""
        return self.words_of("")

    def words_of(self, plugin: str) -> Words:
        """Return the words with a plugin's own catalogue asked first."""
        setting = self.community.setting if self.community else ""
        place = f"words/{self.language}/{setting}/{plugin}"
        if place not in self.known:
            self.known[place] = self._words_of(plugin, setting)
        found: Words = self.known[place]
        return found

    def _words_of(self, plugin: str, setting: str) -> Words:
        registry = self.engine.registry
        first = [registry.packages[plugin]] if plugin in registry.packages else []
        rest = [package for package in registry.packages.values() if package not in first]
        packages = (*first, "wugong_server", "wugong", *rest)
        known = registry.settings.get(setting)
        instead = frozenset(known.words.items()) if known else frozenset()
        return _words(self.language, packages, instead)

    @property
    def places(self) -> dict[str, str]:
        """The names of the places whose statutes are told, by jurisdiction."""
        told = self.engine.registry.statutes.values()
        return {one.jurisdiction: one.place[self.language] for one in told if one.place}

    @property
    def head(self) -> Any:
        """Where the journal of the community stands."""
        if "head" not in self.known and self.community:
            self.known["head"] = self.engine.head(self.community.community)
        return self.known.get("head")

    def standing(self, matter: Matter) -> Matter:
        """Return the standing matter of a matter's community, looked up once a page."""
        place = f"standing/{matter.community}"
        if place not in self.known:
            self.known[place] = self.engine.matter(matter.community)
        found: Matter = self.known[place]
        return found

    @property
    def csrf_token(self) -> str:
        """The token of the forms on this page; who has no cookie of ours gets one with it."""
        if "csrf" not in self.known:
            bound = bindings(self.request.cookies)
            if not bound and not self.visitor:
                self.visitor = secrets.token_urlsafe(16)
            holder = bound[0] if bound else self.visitor
            self.known["csrf"] = csrf_token(self.settings.secret, holder)
        token: str = self.known["csrf"]
        return token

    @property
    def own_name(self) -> str:
        """The name of who is signed in."""
        self.learn_names([self.member])
        return self.names.get(self.member) or self.words("You")

    @property
    def sign_in_address(self) -> str:
        """Where to sign in and come back, or nothing where the host offers no such page."""
        if self.settings.sign_in_url:
            return self.settings.sign_in_url.replace("{next}", quote(self.back))
        if not self.settings.local_accounts or self.community is None:
            return ""
        community = self.community.community
        return url(self.request, "sign_in", community=community, next=self.back)

    @property
    def back(self) -> str:
        """The address of this page, for coming back to it; of its form for an act sent."""
        scope = self.request.scope
        query = scope.get("query_string", b"").decode("latin-1")
        root, path = str(scope.get("root_path", "")), str(scope["path"])
        whole = path if path.startswith(root) else root + path
        return f"{whole}?{query}" if query else whole

    def acting_viewer(self, matter: Matter) -> Viewer:
        """Return as whom this page acts in ``matter``: at the desk, the one who is helped."""
        who = self.principal or self.member
        if not self.principal and self.matter is not None and self.matter.id == matter.id:
            return self.viewer
        helped = bool(self.principal)
        return self.engine.viewer(matter.id, who, helped=helped) if who else NOBODY

    def name(self, member: str) -> str:
        """Return the name of a member as this reader may see it, else a plain word."""
        if member not in self.names:
            self.learn_names([member])
        return self.names.get(member) or plain_name(member, self)

    def learn_names(self, members: Iterable[str]) -> None:
        """Ask for several names in one statement."""
        unknown = sorted({m for m in members if m} - self.names.keys())
        if unknown and self.community:
            self.names |= self.engine.names(self.community.community, unknown, self.viewer)


def plain_name(member: str, page: Page) -> str:
    """Return what stands for somebody whose name is not for this reader."""
    words = page.words
    if not member:
        return words(N_("Nobody"))
    if member == page.member:
        return words(N_("You"))
    if member in ("clock", "operator"):
        return words(ROLES[member])
    if member.startswith("plugin:"):
        return words(ROLES["plugin"])
    if page.community:
        titles = {**ROLES, **page.engine.registry.roles}
        held = [g.role for g in page.community.grants if g.member == member]
        if titled := [titles[role] for role in held if role in titles]:
            return words(titled[0])
    return words(N_("A resident"))


_current: ContextVar[Page] = ContextVar("wugong_page")


def current() -> Page:
    """Return the page that this thread is drawing; for template functions and filters."""
    return _current.get()


def set_current(page: Page) -> None:
    """Say which page the templates of this request belong to."""
    _current.set(page)


def page_of(request: Request) -> Page:
    """Return the page of a request."""
    page: Page = request.state.page
    return page


def url(request: Request, name: str, /, **params: Any) -> str:
    """Return the path of a route under whatever prefix the app is mounted.

    What the route's path does not name becomes the query; ``None`` leaves a parameter out.
    """
    known = request.app.state.route_params.get(name)
    if known is None:
        raise NoMatchFound(name, params)
    inside = {key: value for key, value in params.items() if key in known}
    route = request.app.state.named[name]
    path = request.scope.get("root_path", "") + str(route.url_path_for(name, **inside))
    query = [(k, v) for k, v in params.items() if k not in known and v is not None and v != ""]
    return f"{path}?{urlencode(query)}" if query else path


def has_route(request: Request, name: str) -> bool:
    """Tell whether a page of that name exists in this deployment."""
    return name in request.app.state.route_params


def act_url(request: Request, matter: str, kind: str, /, **preset: Any) -> str:
    """Return where an act is done: a plugin's own page for it, or the generic form.

    A plugin's route named ``act:<kind>`` is taken when ``preset`` has its path parameters.
    """
    params = {"matter": matter, **preset}
    own: frozenset[str] | None = request.app.state.route_params.get(ACT + kind)
    if own is not None and own <= params.keys():
        return url(request, ACT + kind, **params)
    return url(request, "act", kind=kind, **params)
