"""``wugong found``: a community begins its journal."""

from __future__ import annotations

import click

from wugong import JURISDICTION, N_, Unreadable
from wugong.plugins import Registry, closest
from wugong_server.commands.console import (
    as_json,
    in_words,
    opened,
    print_json,
    tell,
    with_database,
)


@click.command("found")
@click.argument("community")
@click.option("--title", required=True, help="Its name as people read it.")
@click.option("--setting", default="urban", show_default=True, help="urban, rural, or your own.")
@click.option(
    "--plugin", "plugins", multiple=True, help="May be repeated; default: those that fit."
)
@click.option(
    "--jurisdiction", default="", help="Where it lies, such as CN-SC: its local law is used."
)
@with_database
@as_json
def command(
    community: str,
    title: str,
    setting: str,
    plugins: tuple[str, ...],
    jurisdiction: str,
    database: str | None,
    keys: str | None,
    in_json: bool,
) -> None:
    """Found COMMUNITY: 2 to 40 small letters, digits and hyphens. `createadmin` comes next."""
    with opened(database, keys) as (engine, _environment):
        registry = engine.registry
        try:
            registry.check_setting(setting)
        except ValueError:
            raise click.BadParameter(_unknown(setting, registry), param_hint="--setting") from None
        chosen = plugins or registry.fitting(setting)
        if jurisdiction and jurisdiction not in registry.places:
            known = in_words(N_("known: {known}"), known=", ".join(sorted(registry.places)))
            raise click.BadParameter(known, param_hint="--jurisdiction")
        try:
            engine.found(
                community,
                title=title,
                setting=setting,
                plugins=chosen,
                jurisdiction=jurisdiction,
            )
        except Unreadable:
            raise  # the title: its own words say what is wrong
        except ValueError:
            shape = in_words(N_("a community's id has 2 to 40 small letters, digits and hyphens"))
            raise click.BadParameter(shape, param_hint="COMMUNITY") from None
        standing = engine.matter(community).standing
    if in_json:
        print_json(
            {
                "community": community,
                "title": standing.title,
                "setting": standing.setting,
                "jurisdiction": standing.settings.get(JURISDICTION),
                "plugins": list(standing.plugins),
            }
        )
    else:
        plugins_named = ", ".join(standing.plugins)
        tell(
            N_("{community} was founded with {plugins}"), community=community, plugins=plugins_named
        )


def _unknown(setting: str, registry: Registry) -> str:
    known = ", ".join(sorted(registry.settings))
    near = closest(setting, registry.settings)
    meant = in_words(N_("; did you mean {near}?"), near=near) if near else ""
    named = in_words(
        N_("no setting {setting} (known: {known})"), setting=repr(setting), known=known
    )
    return named + meant
