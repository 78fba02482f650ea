"""Administration: what keeps a community running, and what its plugins are."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wugong import SettingDefault
from wugong.plugins import describe
from wugong_server.page import Page, act_url, page_of
from wugong_server.responding import respond
from wugong_server.site.desk import require
from wugong_server.telling import plugin_words


def show(request: Request) -> Response:
    """Show the ways into administration and the panels of plugins."""
    page = page_of(request)
    require(page, "admin", "officer")
    page.section = "admin"
    return respond(
        request,
        "admin/index.html",
        communities=page.engine.communities(),
        panels=request.app.state.pages.panels(page, "admin"),
    )


def plugins(request: Request) -> Response:
    """Show what is installed, which version, and whether this community uses it.

    What it uses and is not installed stands there too: that is what can be retired.
    """
    page = page_of(request)
    require(page, "admin", "officer")
    page.section = "admin"
    assert page.community is not None
    found = list(describe(page.engine.registry))
    fitting = page.engine.registry.fitting(page.community.setting)
    gone = set(page.community.plugins).difference(row["name"] for row in found)
    found += [{"name": name, "version": "", "events": ()} for name in gone]
    rows = [
        {
            **row,
            "title": plugin_words(page, row["name"]),
            "used": row["name"] in page.community.plugins,
            "retired": row["name"] in page.community.retired,
            "missing": row["name"] in gone,
            "fits": row["name"] in fitting,
            "adopt": act_url(
                request, page.community.community, "wugong.plugin_adopted", plugin=row["name"]
            ),
            "retire": act_url(
                request, page.community.community, "wugong.plugin_retired", plugin=row["name"]
            ),
        }
        for row in sorted(found, key=itemgetter("name"))
    ]
    return respond(request, "admin/plugins.html", plugins=rows)


def settings(request: Request) -> Response:
    """Show what a community may set, by plugin: what it is now, and by which source."""
    page = page_of(request)
    require(page, "admin", "officer")
    page.section = "admin"
    assert page.community is not None
    declared: dict[str, list[SettingDefault]] = {}
    for name, one in sorted(page.engine.registry.defaults.items()):
        declared.setdefault(name.partition(".")[0], []).append(one)
    groups = [
        {"title": title, "rows": [_setting(page, one) for one in declared[plugin]]}
        for plugin, title in _titles(page).items()
        if plugin in declared
    ]
    return respond(request, "admin/settings.html", groups=groups)


def _titles(page: Page) -> dict[str, str]:
    """Return the titles of a community's plugins, the engine's own settings without one first."""
    assert page.community is not None
    return {"wugong": ""} | {name: plugin_words(page, name) for name in page.community.plugins}


def _setting(page: Page, one: SettingDefault) -> dict[str, Any]:
    assert page.community is not None
    words = page.words_of(one.name.partition(".")[0])
    value = page.community.settings.get(one.name, one.default)
    return {
        "title": words(one.title),
        "name": one.name,
        "value": value,
        "default": one.default,
        "changed": value != one.default,
        "source": one.source,
        "said": words(one.words[value]) if value in one.words else "",
        "href": act_url(
            page.request,
            page.community.community,
            "wugong.setting_changed",
            name=one.name,
            value=value,
            was=value,
        ),
    }
