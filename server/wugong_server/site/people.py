"""Administration of people: who is enrolled, who holds which role, who can sign in."""

from __future__ import annotations

import re
from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import MEMBERS, N_, Grant
from wugong_server.accounts import LEAST, set_password
from wugong_server.forms import Form, read_form
from wugong_server.page import Page, act_url, page_of, url
from wugong_server.responding import paged, respond
from wugong_server.site.desk import require
from wugong_server.telling import role_words, told_apart

ACCOUNT = re.compile(r"[\w.@+-]{2,80}")


def show(request: Request) -> Response:
    """Show the members and their roles."""
    page = page_of(request)
    return _show(page, {})


def _show(page: Page, problems: dict[str, str], account: str = "", member: str = "") -> Response:
    require(page, "admin", "officer")
    page.section = "admin"
    assert page.community is not None
    community = page.community.community
    people = page.engine.directory(community, page.viewer)
    search = page.request.query_params.get("search", "").strip()[:40]
    found = [p for p in people if search in p.name] if search else list(people)
    held: dict[str, list[Grant]] = {}
    for grant in page.community.grants:
        held.setdefault(grant.member, []).append(grant)
    alike = Counter((p.name, p.group, p.household) for p in people)
    apart = told_apart(page, people)
    return respond(
        page.request,
        "admin/people.html",
        status=422 if problems else None,
        listed=paged(found, page.request),
        search=search,
        roles_of=lambda one: [
            (role_words(page, g.role), _where(page, g), _revoke(page, g)) for g in held.get(one, [])
        ],
        # Beside name, group and household: what tells apart who has all three in common.
        further=lambda p: (
            (p.contact or p.member) if alike[p.name, p.group, p.household] > 1 else ""
        ),
        grant_url=lambda one: act_url(page.request, community, "wugong.role_granted", member=one),
        saved=_saved(page, page.request.query_params.get("saved", "")),
        problems=problems,
        account=account,
        member=member,
        everybody=list(apart.items()),
        least=LEAST,
    )


def _saved(page: Page, name: str) -> tuple[str, str] | None:
    """Return account and person that the address says were saved, if they belong together here."""
    assert page.community is not None
    found = page.engine.accounts.find(name) if name and "admin" in page.viewer.roles else None
    member = found.members.get(page.community.community) if found else None
    return (name, page.name(member)) if member else None


def _where(page: Page, grant: Grant) -> str:
    """Return the title of the matter that a role is held in; nothing for the whole community."""
    try:
        return page.engine.matter(grant.scope).title if grant.scope else ""
    except LookupError:  # who gave the role could name anything
        return grant.scope


def _revoke(page: Page, grant: Grant) -> str:
    assert page.community is not None
    return act_url(
        page.request,
        page.community.community,
        "wugong.role_revoked",
        member=grant.member,
        role=grant.role,
        scope=grant.scope,
    )


async def account(request: Request) -> Response:
    """Let a member sign in: make an account, or give it a new password."""
    form = await read_form(request)
    return await run_in_threadpool(_account, page_of(request), form)


def _account(page: Page, form: Form) -> Response:
    require(page, "admin")
    name, password = form.get("account"), str(form.data.get("password", ""))
    community, member = page.request.path_params["community"], form.get("member")
    problems: dict[str, str] = {}
    if not ACCOUNT.fullmatch(name):
        problems["account"] = page.words(N_("Use letters, digits and . @ + - _ only."))
    if len(password) < LEAST:
        problems["password"] = page.words(N_("Use at least {least} characters."), least=LEAST)
    if member not in page.engine.book(MEMBERS, community, [member]):
        problems["member"] = page.words(N_("Choose the person."))
    existing = page.engine.accounts.find(name)
    # One account may serve several communities: no administrator of one may take it over.
    if existing is not None and dict(existing.members) != {community: member}:
        problems["account"] = page.words(N_("This account is another person's."))
    if problems:
        return _show(page, problems, name, member)
    set_password(page.engine, name, password, {community: member})
    to = url(page.request, "admin.people", community=community, saved=name)
    return RedirectResponse(to, 303)
