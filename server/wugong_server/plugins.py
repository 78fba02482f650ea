"""The web halves of the plugins: found, checked, and called one by one."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import Any

import pluggy
from starlette.routing import Route

from wugong import Engine, Matter, Misconfigured, Viewer, Waiting
from wugong_server import hookspecs
from wugong_server.hookspecs import PROJECT, Notice, Panel, Reading, StepSheet, Where
from wugong_server.page import ACT, Page

log = logging.getLogger("wugong.server")
PREFIXES = ("/m/{matter}/", "/c/{community}/")
READ_PREFIXES = ("/api/v1/matters/{matter}/", "/api/v1/communities/{community}/")


class Pages:
    """The pages modules of the plugins in use, in the order of their names."""

    def __init__(self, modules: Mapping[str, Any]) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for name in sorted(modules):
            try:
                self._manager.register(modules[name], name=name)
            except (pluggy.PluginValidationError, ValueError) as error:
                raise Misconfigured(f"pages of plugin {name}: {error}") from error
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise Misconfigured(f"pages: a hook that does not exist: {error}") from error

    def hooks(self, name: str) -> Iterator[tuple[str, Any]]:
        """Yield plugin and a callable for each implementation of a hook."""
        found = getattr(self._manager.hook, name).get_hookimpls()
        for impl in sorted(found, key=lambda one: one.plugin_name):
            yield impl.plugin_name, _caller(impl)

    def has(self, name: str) -> bool:
        """Tell whether anybody implements a hook."""
        return bool(getattr(self._manager.hook, name).get_hookimpls())

    def routes(self) -> list[Route]:
        """Return every page of the plugins; ``Misconfigured`` names what breaks the rules."""
        routes: list[Route] = []
        names: dict[str, str] = {}
        for plugin, hook in self.hooks("register_routes"):
            for route in hook():
                _check_route(plugin, route)
                if names.setdefault(route.name, plugin) != plugin:
                    raise Misconfigured(f"pages of plugin {plugin}: {route.name} exists already")
                routes.append(route)
        return routes

    def readings(self) -> list[Reading]:
        """Return what programs read of plugins; ``Misconfigured`` names what breaks the rules."""
        found: list[Reading] = []
        for plugin, hook in self.hooks("register_readings"):
            for one in hook():
                _check_reading(plugin, one)
                if any(one.name == other.name or one.path == other.path for other in found):
                    raise Misconfigured(f"pages of plugin {plugin}: {one.name} exists already")
                found.append(one)
        return found

    def panels(self, page: Page, where: Where) -> list[Panel]:
        """Return the panels for a page in order; a plugin that fails is left out and logged."""
        found: list[tuple[int, int, Panel]] = []
        for plugin, hook in self.hooks("render_panels"):
            try:
                given = {**_given(page, plugin), "page": where}
                panels = [one for one in hook(**given) or () if isinstance(one, Panel)]
            except Exception:
                log.exception("plugin %s: its panels for %s are left out", plugin, where)
                continue
            found += [(one.order, len(found) + n, one) for n, one in enumerate(panels)]
        return [panel for _, _, panel in sorted(found, key=lambda item: item[:2])]

    def notices(self, page: Page, matter: Matter) -> list[Notice]:
        """Return what is posted in ``matter``, newest first."""
        found: list[Notice] = []
        for plugin, hook in self.hooks("list_notices"):
            try:
                found += hook(**{**_given(page, plugin), "matter": matter}) or ()
            except Exception:
                log.exception("plugin %s: its notices are left out", plugin)
        return sorted(found, key=lambda notice: notice.seq, reverse=True)

    def sheets(self, page: Page, matter: Matter, viewer: Viewer) -> list[StepSheet]:
        """Return the steps of ``matter`` that plugins know, for paper."""
        found: list[StepSheet] = []
        for plugin, hook in self.hooks("list_sheets"):
            given = {**_given(page, plugin), "matter": matter, "viewer": viewer}
            try:
                found += hook(**given) or ()
            except Exception:
                log.exception("plugin %s: its sheets are left out", plugin)
        return found

    def still_waits(self, page: Page, matter: Matter, waiting: Waiting, viewer: Viewer) -> bool:
        """Tell whether no plugin knows that what is awaited of a role is not ``viewer``'s to do."""
        for plugin, hook in self.hooks("still_waits"):
            given = {**_given(page, plugin), "matter": matter, "viewer": viewer}
            try:
                if hook(**given, waiting=waiting) is False:
                    return False
            except Exception:
                log.exception("plugin %s: whether it still waits is not known", plugin)
        return True

    def can_name(self, engine: Engine, matter: Matter, act: str, seq: int, viewer: Viewer) -> bool:
        """Tell whether no plugin knows that an act of that kind comes too late for a fact."""
        for plugin, hook in self.hooks("can_name"):
            try:
                if hook(engine=engine, matter=matter, act=act, seq=seq, viewer=viewer) is False:
                    return False
            except Exception:
                log.exception(
                    "plugin %s: whether %s can name no. %s is not known", plugin, act, seq
                )
        return True

    def receipt_told(self, page: Page, matter: Matter, kind: str, seq: int) -> str:
        """Return what a plugin says of an act whose receipt somebody typed; empty for nothing."""
        for plugin, hook in self.hooks("tell_receipt"):
            given = {**_given(page, plugin), "matter": matter, "kind": kind, "seq": seq}
            try:
                if said := hook(**given):
                    return str(said)
            except Exception:
                log.exception("plugin %s: what became of no. %s is not known", plugin, seq)
        return ""


def _given(page: Page, plugin: str) -> dict[str, Any]:
    return {
        "matter": page.matter,
        "viewer": page.viewer,
        "engine": page.engine,
        "words": page.words_of(plugin),
    }


def _caller(impl: Any) -> Any:
    def call(**given: Any) -> Any:
        return impl.function(**{name: given[name] for name in impl.argnames})

    return call


def _check_route(plugin: str, route: Any) -> None:
    if not isinstance(route, Route):
        raise Misconfigured(f"pages of plugin {plugin}: {route!r} is not a Route")
    if not route.path.startswith(PREFIXES):
        raise Misconfigured(
            f"pages of plugin {plugin}: {route.path} begins with none of {PREFIXES}"
        )
    own = route.name.removeprefix(ACT)
    if own.partition(".")[0] != plugin:
        raise Misconfigured(
            f"pages of plugin {plugin}: route name {route.name!r} is not {plugin}.…"
        )


def _check_reading(plugin: str, one: Any) -> None:
    if not isinstance(one, Reading):
        raise Misconfigured(f"pages of plugin {plugin}: {one!r} is not a Reading")
    if not one.path.startswith(READ_PREFIXES):
        raise Misconfigured(
            f"pages of plugin {plugin}: {one.path} begins with none of {READ_PREFIXES}"
        )
    if one.name.partition(".")[0] != plugin:
        raise Misconfigured(f"pages of plugin {plugin}: {one.name!r} is not called {plugin}.…")


def installed_pages(plugins: Mapping[str, Any]) -> dict[str, Any]:
    """Load the pages of those ``plugins`` that the environment offers pages for."""
    found: dict[str, Any] = {}
    for entry in entry_points(group="wugong.server"):
        if entry.name not in plugins:
            continue
        try:
            found[entry.name] = entry.load()
        except ModuleNotFoundError as error:
            if error.name != entry.value:
                raise Misconfigured(f"pages of plugin {entry.name}: {error}") from error
        except Exception as error:
            raise Misconfigured(f"pages of plugin {entry.name}: {error!r}") from error
    return found
