"""Plugins: found, registered and called one by one, each answer checked and each fault named."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any, cast

import pluggy
from pluggy import HookCaller

from wugong import hookspecs
from wugong.audience import can_be_given
from wugong.books import Book
from wugong.contributions import Relation, RoleTitle, Setting, SettingDefault, Texts
from wugong.deadlines import Calendar
from wugong.errors import Misconfigured
from wugong.events import Kind, Reads, kind_of
from wugong.folds import Fold
from wugong.matter import Standing
from wugong.packs import read_folder
from wugong.permission import ACTS_FOR_OTHERS
from wugong.places import JURISDICTION, known_places
from wugong.polls import VotingRule
from wugong.procedures import Procedure
from wugong.schema import Ref, shape
from wugong.stages import Stage
from wugong.statutes import Statute, national_sources, national_statutes
from wugong.views import View
from wugong.vocabulary import CORE_EVENTS
from wugong.words import N_

log = logging.getLogger("wugong.plugins")

GUARD, WAITING, PUBLISHED = "guard_event", "waiting", "published"
STAGE_HOOKS = ("co_plan", "co_build", "co_manage", "co_evaluate", "co_share")
CORE = "wugong"
# Actors and roles of the engine's own; the name of a plugin speaks in an act's "by".
SAID = ("by", "seq")  # what a sentence may name beside the fields: who did it, and its number
RESERVED = frozenset({CORE, "operator", "clock", "plugin", "member", "server"})


@dataclass(frozen=True, slots=True)
class Implementation:
    """One hook of one plugin: the function, the arguments it asks for, the kinds it hears."""

    plugin: str
    hook: str
    function: Any
    arguments: tuple[str, ...]
    hears: frozenset[str]


@dataclass(slots=True)
class Registry:
    """Everything that the installed plugins contribute, by name; filled once, then only read."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    folds: dict[str, tuple[str, Fold[Any]]] = field(default_factory=dict)
    books: dict[str, tuple[str, Book[Any]]] = field(default_factory=dict)
    views: dict[str, tuple[str, View]] = field(default_factory=dict)
    relations: dict[str, tuple[str, Relation]] = field(default_factory=dict)
    reads: dict[tuple[str, str], Reads] = field(default_factory=dict)
    rules: dict[str, VotingRule] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    statutes: dict[str, Statute] = field(default_factory=dict)
    sources: dict[str, Statute] = field(default_factory=dict)  # by every name a source may use
    refusals: dict[str, str] = field(default_factory=dict)
    remedies: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    spoken: dict[str, set[str]] = field(default_factory=dict)  # role → plugins with a title for it
    settings: dict[str, Setting] = field(default_factory=dict)
    defaults: dict[str, SettingDefault] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)  # plugin → package
    versions: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    places: frozenset[str] = frozenset()  # the jurisdictions that any law is known of
    calendar: Callable[[], Calendar] = Calendar  # of the deployment; read again when it changes
    core: frozenset[str] = frozenset()  # kinds of the core vocabulary, whatever their prefix
    hooks: dict[tuple[str, str], list[Implementation]] = field(default_factory=dict)
    plain: dict[str, list[Implementation]] = field(default_factory=dict)

    def days_off(self) -> Calendar:
        """Return the calendar as the deployment has it now."""
        return self.calendar()

    def kind(self, name: str) -> Kind | None:
        """Return the kind called ``name`` now or formerly."""
        return self.kinds.get(self.former.get(name, name))

    def hearing(self, hook: str, kind: str) -> Sequence[Implementation]:
        """Return the implementations of ``hook`` that hear ``kind``, in the order of plugins."""
        return self.hooks.get((hook, kind), ())

    def fitting(self, setting: str) -> list[str]:
        """Return the plugins for a community of that kind: all but the packs of other kinds."""
        others = self.settings.keys() - {setting}
        return [name for name in sorted(self.packages) if name not in others]

    def check_setting(self, setting: str) -> None:
        """Raise ``ValueError`` where plugins bring kinds of community and none is called so.

        Without such a plugin any name will do: nothing is taken from it or left out.
        """
        if self.settings and setting not in self.settings:
            known = ", ".join(sorted(self.settings))
            near = nearest(setting, self.settings)
            raise ValueError(f"no setting {setting[:60]!r}{near} (known: {known})")

    def grantable(self, standing: Standing) -> frozenset[str]:
        """Return the roles that people can be given in a community.

        Those that an act of its plugins asks for or that one of them has a title for; no relation,
        no audience, nobody of the system's own, and nothing of another kind of community.
        """
        own = self.settings.get(standing.setting)
        others = {name for one in self.settings.values() for name in one.plugins}
        here = {CORE, *standing.plugins} - (others - {*own.plugins} if own else set())
        asked = {role for kind in self.kinds.values() if kind.plugin in here for role in kind.may}
        titled = {role for role, speakers in self.spoken.items() if speakers & here}
        return frozenset(filter(can_be_given, {*asked, *titled, *ACTS_FOR_OTHERS.values()}))


def installed() -> dict[str, ModuleType]:
    """Return the plugins that the environment offers under the entry-point group ``wugong``."""
    found: dict[str, ModuleType] = {}
    for entry in sorted(entry_points(group="wugong"), key=lambda e: e.name):
        found[entry.name] = _load(entry)
    return found


def _load(entry: EntryPoint) -> ModuleType:
    try:
        module = entry.load()
    except Exception as error:
        raise Misconfigured(f"plugin {entry.name} cannot be loaded: {error}") from error
    if not isinstance(module, ModuleType):
        raise Misconfigured(f"plugin {entry.name}: its entry point must name a package")
    return module


def build(plugins: Mapping[str, Any], packs: str | Path | None = None) -> Registry:
    """Register ``plugins`` (name → module or object) and check every declaration.

    ``packs`` is a folder of local packs, each stricter than a procedure that is there. The order
    of registration changes nothing: contributions and calls are ordered by plugin name.
    ``Misconfigured`` names the plugin or pack and what is wrong: a misspelt hook, a wrapper, a
    clash, a laxer number.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    registry = Registry()
    for kind in map(kind_of, CORE_EVENTS):
        _add_kind(registry, CORE, kind)
    registry.core = frozenset(registry.kinds)
    registry.statutes.update({statute.id: statute for statute in national_statutes()})
    registry.sources.update(national_sources())
    where = SettingDefault(JURISDICTION, "", N_("The jurisdiction where the community lies"))
    registry.defaults[JURISDICTION] = where
    for name in sorted(plugins):
        if not name.isidentifier() or name in RESERVED:
            raise Misconfigured(f"a plugin cannot be called {name!r}")
        plugin = plugins[name]
        try:
            manager.register(plugin, name=name)
        except (pluggy.PluginValidationError, ValueError) as error:
            raise Misconfigured(f"plugin {name}: {error}") from error
        registry.packages[name] = getattr(plugin, "__package__", None) or name
        registry.versions[name] = str(getattr(plugin, "__version__", ""))
        registry.titles[name] = str(getattr(plugin, "TITLE", ""))
    _check_hooks(manager)
    for name in sorted(plugins):
        _contribute(registry, name, manager)
    _check_reads(registry, set(plugins))
    _collect(registry, manager)
    _check_heard(registry, set(plugins))
    if packs is not None:
        try:
            registry.procedures.update(read_folder(Path(packs), registry.procedures))
        except ValueError as error:
            raise Misconfigured(f"local packs: {error}") from None
    laws = registry.statutes.values()
    registry.places = known_places(registry.procedures.values(), laws)
    return registry


def _check_hooks(manager: pluggy.PluginManager) -> None:
    for name, plugin in manager.list_name_plugin():
        for caller in manager.get_hookcallers(plugin) or ():
            if not caller.has_spec():
                known = [one for one in vars(manager.hook).values() if isinstance(one, HookCaller)]
                near = nearest(caller.name, [one.name for one in known if one.has_spec()])
                raise Misconfigured(f"plugin {name}: there is no hook {caller.name}{near}")
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise Misconfigured(f"a plugin implements a hook that does not exist: {error}") from error
    for name, plugin in manager.list_name_plugin():
        for caller in manager.get_hookcallers(plugin) or ():
            for impl in caller.get_hookimpls():
                opts = (impl.hookwrapper, impl.wrapper, impl.tryfirst, impl.trylast)
                if impl.plugin is plugin and any(opts):
                    raise Misconfigured(
                        f"plugin {name}: {caller.name} must not be a wrapper, tryfirst or trylast"
                    )


def _contribute(registry: Registry, name: str, manager: pluggy.PluginManager) -> None:
    plugin = manager.get_plugin(name)
    impls = [i for i in manager.hook.register.get_hookimpls() if i.plugin is plugin]
    for impl in impls:
        try:
            contributed = list(cast(Iterable[Any], impl.function()))
        except Exception as error:
            raise Misconfigured(f"plugin {name}: register() failed: {error!r}") from error
        for one in contributed:
            _add(registry, name, one)


def _add(registry: Registry, plugin: str, one: Any) -> None:
    if isinstance(one, type):
        try:
            _add_kind(registry, plugin, kind_of(one))
        except TypeError as error:
            raise Misconfigured(f"plugin {plugin}: {error}") from error
        return
    named: dict[type, tuple[dict[str, Any], Any]] = {
        Fold: (registry.folds, (plugin, one)),
        Book: (registry.books, (plugin, one)),
        View: (registry.views, (plugin, one)),
        Relation: (registry.relations, (plugin, one)),
        Setting: (registry.settings, one),
        SettingDefault: (registry.defaults, one),
    }
    if type(one) in named:
        if isinstance(one, Fold | Book | View | Relation) and not one.name.startswith(f"{plugin}."):
            raise Misconfigured(f"plugin {plugin}: its names begin with {plugin}., not {one.name}")
        target, value = named[type(one)]
        _put(target, one.name, value, plugin)
    elif isinstance(one, VotingRule):
        _put(registry.rules, one.id, one, plugin)
    elif isinstance(one, Procedure):
        _put(registry.procedures, one.id, one, plugin)
    elif isinstance(one, Statute):
        _put(registry.statutes, one.id, one, plugin)
        for name in one.aliases:
            _put(registry.sources, name, one, plugin)
    elif isinstance(one, Texts):
        parts: tuple[Any, ...] = (one.refusals, one.remedies)
        if not all(isinstance(part, Mapping) for part in parts):
            raise Misconfigured(f"plugin {plugin}: Texts are mappings, from code to message")
        for code, message in one.refusals.items():
            _put(registry.refusals, code, message, plugin)
        registry.remedies.update(one.remedies)
    elif isinstance(one, RoleTitle):
        registry.roles.setdefault(one.role, one.title)
        registry.spoken.setdefault(one.role, set()).add(plugin)
    elif isinstance(one, Reads):
        registry.reads[plugin, one.kind] = one
    else:
        raise Misconfigured(f"plugin {plugin}: register() returned {one!r}, which is nothing known")


def _put(target: dict[str, Any], name: str, value: Any, plugin: str) -> None:
    if name in target:
        raise Misconfigured(f"plugin {plugin}: {name!r} is contributed twice")
    target[name] = value


def _add_kind(registry: Registry, plugin: str, kind: Kind) -> None:
    if plugin != CORE and kind.plugin != plugin:
        raise Misconfigured(f"plugin {plugin}: its events are called {plugin}.…, not {kind.name}")
    try:
        for name in kind.fields:
            if not name.isascii():
                raise TypeError(f"field {name!r} must be ASCII")
        _check_declaration(kind)
    except TypeError as error:
        raise Misconfigured(f"plugin {plugin}, event {kind.name}: {error}") from error
    _put(registry.kinds, kind.name, kind, plugin)
    for name in kind.formerly:
        _put(registry.former, name, kind.name, plugin)


def _check_declaration(kind: Kind) -> None:
    """Raise ``TypeError`` where a misspelt word would silently take a rule away."""
    may: Mapping[str, Any] = kind.may
    if wrong := [role for role, stages in may.items() if not isinstance(stages, Stage)]:
        raise TypeError(f"may[{wrong[0]!r}] must be a Stage")
    for name in kind.not_same_as:
        its = kind.fields.get(name)
        if "." not in name and (its is None or (its.inner or its).type is not Ref):
            raise TypeError(f"not_same_as names {name!r}, which is no Ref field")
    if kind.sealed_for is not None and kind.sealed_for not in kind.fields:
        raise TypeError(f"sealed_for names {kind.sealed_for!r}, which is no field")
    if not all(kind.shown_to.split("|")):
        raise TypeError("shown_to must name an audience")
    for _text, said, *_format in Formatter().parse(kind.says):
        if said is not None and said not in kind.fields and said not in SAID:
            near = nearest(said, kind.fields)
            raise TypeError(f"says names {{{said}}}, which is no field{near}")


def _check_heard(registry: Registry, present: set[str]) -> None:
    """Refuse what hears a kind that nobody declares: a misspelt guard would never be asked."""
    heard = [(i.plugin, i.hook, i.hears) for impls in registry.plain.values() for i in impls]
    heard += [(i.plugin, i.hook, i.hears) for impls in registry.hooks.values() for i in impls]
    heard += [(p, f.name, f.hears) for p, f in registry.folds.values()]
    heard += [(p, b.name, b.hears) for p, b in registry.books.values()]
    heard += [(p, v.name, v.hears) for p, v in registry.views.values()]
    for plugin, what, kinds in heard:
        for kind in sorted(kinds):
            speaker = kind.partition(".")[0]
            if registry.kind(kind) is None and (speaker == CORE or speaker in present):
                near = nearest(kind, registry.kinds)
                raise Misconfigured(
                    f"plugin {plugin}: {what} hears {kind}, which nobody declares{near}"
                )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the question after the one of ``known`` that was probably meant, or nothing."""
    near = closest(name, known)
    return f"; did you mean {near}?" if near else ""


def closest(name: str, known: Iterable[str]) -> str:
    """Return the one of ``known`` that was probably meant, or nothing."""
    return next(iter(get_close_matches(name, list(known), 1)), "")


def _check_reads(registry: Registry, present: set[str]) -> None:
    for (plugin, kind_name), reads in registry.reads.items():
        kind = registry.kind(kind_name)
        if kind is None:
            if kind_name.partition(".")[0] in present:
                near = nearest(kind_name, registry.kinds)
                raise Misconfigured(
                    f"plugin {plugin} reads {kind_name}, which nobody declares{near}"
                )
            continue
        for name, wanted in reads.fields.items():
            made = kind.fields.get(name)
            if made is None:
                near = nearest(name, kind.fields)
                raise Misconfigured(f"plugin {plugin}: {kind_name} has no field {name}{near}")
            if made.type is not shape(wanted).type:
                raise Misconfigured(f"plugin {plugin} reads {kind_name}.{name} as another type")
    hearing = [(p, f.name, f.hears) for p, f in registry.folds.values()]
    hearing += [(p, b.name, b.hears) for p, b in registry.books.values()]
    hearing += [(p, v.name, v.hears) for p, v in registry.views.values()]
    for plugin, what, kinds in hearing:
        foreign = {k for k in kinds if k not in registry.core and k.partition(".")[0] != plugin}
        if missing := {k for k in foreign if (plugin, k) not in registry.reads}:
            raise Misconfigured(
                f"plugin {plugin}: {what} hears {', '.join(sorted(missing))} without Reads"
            )


def _collect(registry: Registry, manager: pluggy.PluginManager) -> None:
    for name, plugin in sorted(manager.list_name_plugin()):
        for caller in manager.get_hookcallers(plugin) or ():
            if caller.name == "register":
                continue
            for impl in caller.get_hookimpls():
                if impl.plugin is not plugin:
                    continue
                hears: frozenset[str] = getattr(impl.function, "__wugong_hears__", frozenset())
                made = Implementation(name, caller.name, impl.function, impl.argnames, hears)
                if caller.name == GUARD or caller.name in STAGE_HOOKS:
                    if not hears:
                        raise Misconfigured(f"plugin {name}: {caller.name} needs @on(kinds)")
                    for kind in sorted(hears):
                        registry.hooks.setdefault((caller.name, kind), []).append(made)
                else:
                    registry.plain.setdefault(caller.name, []).append(made)


def describe(registry: Registry) -> Iterable[dict[str, Any]]:
    """Describe each plugin for ``wugong plugins``: version, hooks, events, folds, books, views."""
    for name in sorted(registry.packages):
        heard = [i for impls in registry.hooks.values() for i in impls if i.plugin == name]
        plain = [i for impls in registry.plain.values() for i in impls if i.plugin == name]
        yield {
            "name": name,
            "package": registry.packages[name],
            "title": registry.titles[name],
            "version": registry.versions[name],
            "hooks": sorted({i.hook for i in heard + plain}),
            "events": sorted(k for k, kind in registry.kinds.items() if kind.plugin == name),
            "folds": sorted(n for n, (p, _) in registry.folds.items() if p == name),
            "books": sorted(b.table for p, b in registry.books.values() if p == name),
            "views": sorted(n for n, (p, _) in registry.views.items() if p == name),
        }
