"""``wugong openapi``: the document of the JSON API, for generators of clients."""

from __future__ import annotations

import click

from wugong.plugins import build, installed
from wugong_server import openapi
from wugong_server.api_reading import READING
from wugong_server.commands.console import print_json
from wugong_server.plugins import Pages, installed_pages


@click.command("openapi")
def command() -> None:
    """Print the OpenAPI 3.1 document of the installed plugins."""
    plugins = installed()
    readings = Pages(installed_pages(plugins)).readings()
    print_json(openapi.document(build(plugins), "", READING, readings))
