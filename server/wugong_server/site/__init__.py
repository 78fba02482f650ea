"""The pages of the server itself."""

from __future__ import annotations

from starlette.routing import Route

from wugong_server.attaching import Roomy
from wugong_server.settings import Settings
from wugong_server.site import (
    act,
    admin,
    desk,
    documents,
    duties,
    entry,
    home,
    journal,
    matters,
    notices,
    people,
    procedures,
    rehearsals,
    roster,
    sheets,
    statutes,
)


def routes(settings: Settings) -> list[Route]:
    """Return the routes of all own pages."""
    found = [
        Route("/", entry.index, name="index"),
        Route("/preferences", entry.preferences, name="preferences"),
        Route("/about/{topic}", entry.about, name="about"),
        Route("/procedures", procedures.listed, name="procedures"),
        Route("/procedures/{procedure}", procedures.show, name="procedure"),
        Route("/law", statutes.listed, name="statutes"),
        Route("/law/{statute}", statutes.show, name="statute"),
        Route("/c/{community}", home.show, name="home"),
        Route("/c/{community}/mine", home.mine, name="mine"),
        Route("/c/{community}/matters", matters.listed, name="matters"),
        Route("/c/{community}/notices", notices.board, name="notices"),
        Route("/c/{community}/journal", journal.show, name="journal"),
        Route("/c/{community}/verify", journal.verify, name="verify"),
        Route("/c/{community}/sheet", sheets.find, name="sheet.find"),
        Route("/c/{community}/duties", duties.show, name="duties"),
        Route("/m/{matter}", matters.show, name="matter"),
        Route("/m/{matter}/notices/{seq:int}", notices.sheet, name="notice"),
        Route("/m/{matter}/sheets", sheets.listed, name="sheets"),
        Route("/m/{matter}/sheets/{step}", sheets.show, name="sheet"),
        Route("/m/{matter}/sheets/{step}/notice", sheets.notice, name="sheet.notice"),
        Route("/m/{matter}/records/{seq:int}", matters.show_record, name="record"),
        Route("/m/{matter}/do/{kind}", act.ask, name="act"),
        Route(
            "/m/{matter}/do/{kind}",
            Roomy(act.send, settings.body_limit, settings.pictures_limit),
            methods=["POST"],
            name="act",
            max_body_size=settings.pictures_limit,
        ),
        Route("/c/{community}/documents/{document}", documents.show, name="document"),
        Route("/c/{community}/desk", desk.show, name="desk"),
        Route("/c/{community}/desk/start", desk.start, methods=["POST"], name="desk.start"),
        Route("/c/{community}/desk/stop", desk.stop, methods=["POST"], name="desk.stop"),
        Route("/c/{community}/admin", admin.show, name="admin"),
        Route("/c/{community}/admin/plugins", admin.plugins, name="admin.plugins"),
        Route("/c/{community}/admin/settings", admin.settings, name="admin.settings"),
        Route("/c/{community}/admin/people", people.show, name="admin.people"),
        Route(
            "/c/{community}/admin/accounts", people.account, methods=["POST"], name="admin.account"
        ),
        Route("/c/{community}/admin/roster", roster.ask, name="admin.roster"),
        Route(
            "/c/{community}/admin/roster",
            roster.check,
            methods=["POST"],
            name="admin.roster",
            max_body_size=settings.upload_limit,
        ),
        Route(
            "/c/{community}/admin/roster/template", roster.template, name="admin.roster.template"
        ),
    ]
    found += _rehearsals(settings)
    if settings.local_accounts:
        found += [
            Route("/c/{community}/sign-in", entry.sign_in, name="sign_in"),
            Route("/c/{community}/sign-in", entry.check_in, methods=["POST"], name="sign_in"),
        ]
    found.append(
        Route("/c/{community}/sign-out", entry.sign_out, methods=["POST"], name="sign_out")
    )
    return found


def _rehearsals(settings: Settings) -> list[Route]:
    """Return the pages of 模擬議事: the stories; inside of one, its steps and its sheet."""
    if not settings.rehearsal:
        return [
            Route("/rehearsals", rehearsals.listed, name="rehearsals"),
            Route("/rehearsals", rehearsals.start, methods=["POST"], name="rehearsals"),
        ]
    return [
        Route("/step", rehearsals.step, methods=["POST"], name="rehearsal.step"),
        Route("/sheet", rehearsals.sheet, name="rehearsal.sheet"),
    ]
