"""The small server: pages, JSON API and command line. ``docs/pages.md`` names what is public."""

from wugong_server.app import create_app
from wugong_server.formats import area, money
from wugong_server.forms import Form, read_form
from wugong_server.hookspecs import Actor, Notice, Panel, hookimpl
from wugong_server.page import Page, act_url, url
from wugong_server.responding import paged, record, respond
from wugong_server.settings import Settings

__all__ = [
    "Actor",
    "Form",
    "Notice",
    "Page",
    "Panel",
    "Settings",
    "act_url",
    "area",
    "create_app",
    "hookimpl",
    "money",
    "paged",
    "read_form",
    "record",
    "respond",
    "url",
]
