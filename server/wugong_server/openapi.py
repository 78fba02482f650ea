"""The OpenAPI 3.1 document of the JSON API, made from the kinds of event that are registered."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version as installed_version
from typing import Any

from wugong import API_VERSION, STAGES, Kind
from wugong.plugins import Registry
from wugong_server.hookspecs import Reading

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
NUMBER: Json = {"type": "integer", "minimum": 0}
ANYTHING: Json = {}


def maybe(schema: Json) -> Json:
    """Return the schema of a value that may be missing."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Json) -> Json:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


def one(**properties: Json) -> Json:
    """Return the schema of an object that has all these members and may gain more."""
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def ref(name: str) -> Json:
    """Refer to a schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


STAGE: Json = {"type": "string", "enum": [stage.key for stage in STAGES]}
STATUS: Json = {"type": "string", "enum": ["todo", "open", "held", "done", "skipped"]}
ACT = one(kind=TEXT, title=TEXT, schema=TEXT)
REASON = one(code=TEXT, text=TEXT, source=TEXT, remedy=TEXT, details={"type": "object"})
WAITING = one(
    matter=TEXT,
    what=TEXT,
    who=TEXT,
    by=maybe(TIME),
    act=TEXT,
    about=maybe(NUMBER),
    source=TEXT,
    details={"type": "object"},
)
TERM = one(
    term=TEXT,
    procedure=TEXT,
    title=TEXT,
    body=TEXT,
    who=TEXT,
    kind={"type": "string", "enum": ["before", "posted", "within"]},
    since=DAY,
    day=DAY,
    by=TIME,
    article=TEXT,
    confidence={"type": "string", "enum": ["V", "S", "M", "I"]},
    moved={"type": "boolean"},
    unknown_years=many(NUMBER),
    note=TEXT,
    act=TEXT,
    step=TEXT,
)
FACT = one(
    seq=NUMBER,
    matter=TEXT,
    kind=TEXT,
    title=TEXT,
    says=TEXT,
    version=NUMBER,
    by=TEXT,
    principal=maybe(TEXT),
    channel=TEXT,
    at=TIME,
    cause=maybe(NUMBER),
    body={"type": "object"},
)
STAGES_NOW = many(one(stage=STAGE, title=TEXT, status=STATUS, until=maybe(TIME)))
TREE = one(size=NUMBER, root=TEXT)
HEAD = one(seq=NUMBER, sha256=TEXT, sm3=TEXT, at=maybe(TIME), tree=TREE)
NEXT = maybe(TEXT)
REQUIREMENT = one(id=TEXT, measure=TEXT, base=TEXT, op=TEXT, share=TEXT, source=TEXT)
BASIS = one(article=TEXT, text_year=NUMBER, confidence=TEXT)
PROCEDURE: Json = {
    "id": TEXT,
    "title": TEXT,
    "body": TEXT,
    "setting": TEXT,
    "roster": TEXT,
    "quorum": many(REQUIREMENT),
    "consent": many(REQUIREMENT),
    "classes": many(one(id=TEXT, title=TEXT, chair={"type": "boolean"})),
    "notice_days": NUMBER,
    "parent": maybe(TEXT),
    "ancestors": many(TEXT),
    "basis": many(BASIS),
}
ROLE = one(role=TEXT, title=TEXT)

ANSWERS: Mapping[str, Json] = {
    "communities": one(communities=many(one(id=TEXT, title=TEXT, setting=TEXT))),
    "community": one(
        id=TEXT,
        title=TEXT,
        setting=TEXT,
        plugins=many(TEXT),
        retired=many(TEXT),
        rosters=many(one(roster=TEXT, edition=TEXT)),
        settings=many(one(name=TEXT, title=TEXT, value=TEXT, default=TEXT, source=TEXT)),
        head=HEAD,
    ),
    "head": HEAD,
    "growth": one(
        old_size=NUMBER,
        old_root=TEXT,
        size=NUMBER,
        root=TEXT,
        path=many(TEXT),
        digest=TEXT,
        place=many(TEXT),
    ),
    "matters": one(
        matters=many(
            one(
                id=TEXT,
                title=TEXT,
                category=TEXT,
                stages=STAGES_NOW,
                opened=NUMBER,
                last=NUMBER,
                changed=TIME,
            )
        ),
        next=NEXT,
        total=NUMBER,
    ),
    "matter": one(
        id=TEXT,
        community=TEXT,
        title=TEXT,
        summary=TEXT,
        category=TEXT,
        audience=TEXT,
        opened_by=TEXT,
        opened_at=maybe(TIME),
        stages=STAGES_NOW,
        plugins=many(TEXT),
        last=NUMBER,
        acts=many(ACT),
        terms=many(TERM),
    ),
    "acts": {
        **one(acts=many(ACT)),
        "properties": {
            "acts": many(ACT),
            "refused": many(one(kind=TEXT, title=TEXT, reasons=many(REASON))),
        },
    },
    "facts": one(facts=many(FACT), next=NEXT, names={"type": "object"}),
    "fact": {
        **FACT,
        "properties": {
            **FACT["properties"],
            "answers": many(NUMBER),
            "answered_by": many(NUMBER),
        },
    },
    "my_facts": one(facts=many(FACT), next=NEXT),
    "receipt": one(
        seq=NUMBER,
        matter=TEXT,
        kind=TEXT,
        at=TIME,
        channel=TEXT,
        digest=TEXT,
        inclusion=maybe(
            one(box=NUMBER, leaf=TEXT, index=NUMBER, size=NUMBER, root=TEXT, path=many(TEXT))
        ),
    ),
    "tasks": one(waiting=many(WAITING)),
    "me": one(
        member=TEXT,
        name=TEXT,
        roles=many(ROLE),
        entitlements=many(
            one(
                roster=TEXT,
                id=TEXT,
                heads=NUMBER,
                households=NUMBER,
                area_dm2=NUMBER,
                units=many(one(unit=TEXT, group=TEXT, area_dm2=NUMBER)),
            )
        ),
    ),
    "books": one(books=many(one(book=TEXT, shown_to=TEXT))),
    "book": one(values=many(one(key=TEXT, value=ANYTHING)), next=NEXT),
    "views": one(
        views=many(one(view=TEXT, shown_to=TEXT, columns=many(one(name=TEXT, type=TEXT))))
    ),
    "view": one(rows=many(one(key=TEXT, matter=TEXT, seq=NUMBER)), next=NEXT),
    "procedures": one(
        procedures=many(one(**PROCEDURE, offered={"type": "boolean"}, instead=many(TEXT)))
    ),
    "all_procedures": one(procedures=many(one(**PROCEDURE, kind=TEXT, figures=many(TEXT)))),
    "decided": one(
        procedure=TEXT,
        version=TEXT,
        outcome={"type": "string", "enum": ["passed", "rejected", "no_quorum", "void"]},
        tests=many(
            one(id=TEXT, unit=TEXT, base=TEXT, op=TEXT, share=TEXT, met={"type": "boolean"})
        ),
        basis=many(BASIS),
        text=one(zh_Hans=TEXT, zh_Hant=TEXT, en=TEXT),
        needed={"type": "object"},
        flags=many({"type": "object"}),
    ),
    "rules": one(
        rules=many(one(id=TEXT, title=TEXT, source=TEXT, fixed_options=maybe(many(TEXT))))
    ),
    "duties": one(
        duties=many(
            one(
                kind=TEXT,
                title=TEXT,
                may=many(one(role=TEXT, title=TEXT, stages=many(STAGE))),
                not_same_as=many(TEXT),
                shown_to=many(TEXT),
                source=TEXT,
                while_held={"type": "boolean"},
                fields=many(
                    one(name=TEXT, required={"type": "boolean"}, sealed={"type": "boolean"})
                ),
            )
        )
    ),
    "receipt_of_act": one(
        seq=NUMBER, digest=TEXT, receipt=TEXT, matter=TEXT, kind=TEXT, at=TEXT, facts=many(NUMBER)
    ),
    "document": one(hash=TEXT, media=TEXT, size=NUMBER),
    "import": one(
        edition=TEXT,
        entitlements=NUMBER,
        new=NUMBER,
        changed=NUMBER,
        same=NUMBER,
        leaving=NUMBER,
        enrolled=NUMBER,
        notes=many(TEXT),
        written={"type": "boolean"},
        fact=maybe(one(seq=NUMBER, digest=TEXT, receipt=TEXT)),
    ),
    "problem": {
        **one(type=TEXT, title=TEXT, status=NUMBER, instance=TEXT),
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": NUMBER,
            "instance": TEXT,
            "reasons": many(REASON),
            "problems": many(one(place=TEXT, what=TEXT, text=TEXT)),
            "wrong": NUMBER,
        },
    },
}
ANSWERS = {**ANSWERS, "facts_of_matter": ANSWERS["facts"], "waiting": ANSWERS["tasks"]}

QUERIES: Mapping[str, Json] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    "cursor": {"type": "integer", "minimum": 0, "maximum": 10**9, "default": 0},
    "newest": {"type": "boolean", "default": False},
    "all": {"type": "boolean", "default": False},
    "stage": STAGE,
    "kind": {"type": "string", "maxLength": 80, "pattern": "^[ -~]*$"},
    "matter": {"type": "string", "maxLength": 80, "pattern": "^[ -~]*$"},
    "search": {"type": "string", "maxLength": 80, "pattern": "^[ -~]*$"},
    "prefix": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
    "roster": {"type": "string", "pattern": r"^[a-z][a-z0-9_.-]{1,39}$"},
    "measure": {"type": "string", "enum": ["area", "heads", "households"], "default": "area"},
    "dry_run": {"type": "boolean", "default": False},
}
KEY_CURSOR: Json = {"type": "string", "maxLength": 400, "pattern": "^[ -~]*$"}
PATHS: Mapping[str, Json] = {
    "community": {"type": "string", "pattern": "^[a-z0-9-]{2,40}$"},
    "matter": {"type": "string", "pattern": r"^[a-z0-9-]{2,40}(\.[1-9][0-9]{0,14})?$"},
    "seq": {"type": "integer", "minimum": 1, "maximum": 10**14},
    "size": {"type": "integer", "minimum": 1, "maximum": 10**14},
    "document": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "poll": {"type": "integer", "minimum": 1, "maximum": 10**14},
    "code": {"type": "string", "pattern": "^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$"},
    "book": {"type": "string", "pattern": r"^[a-z_.]{3,80}$"},
    "view": {"type": "string", "pattern": r"^[a-z_.]{3,80}$"},
}
NAMED: Json = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,80}$"}  # in a plugin's path
QUERIES_OF: Mapping[str, tuple[str, ...]] = {
    "matters": ("search", "stage", "cursor", "limit"),
    "facts": ("kind", "newest", "cursor", "limit"),
    "facts_of_matter": ("kind", "newest", "cursor", "limit"),
    "my_facts": ("cursor", "limit"),
    "acts": ("all",),
    "book": ("prefix", "cursor", "limit"),
    "view": ("matter", "cursor", "limit"),
}
SHEETS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ROSTER_QUERIES = ("roster", "measure", "dry_run")
PICTURES = ("image/jpeg", "image/png", "image/webp")
PRIVATE = frozenset({"tasks", "me", "my_facts"})


def versions(registry: Registry) -> Json:
    """Return which program this is: its version, the version of API and hooks, the plugins."""
    return {
        "version": installed_version("wugong"),
        "api": 1,
        "hooks": API_VERSION,
        "plugins": dict(sorted(registry.versions.items())),
    }


def document(
    registry: Registry,
    prefix: str,
    reading: Mapping[str, Callable[..., Any]],
    plugins: Iterable[Reading] = (),
) -> Json:
    """Return the document; ``reading`` maps the paths of GET routes to what answers them.

    ``plugins``: what is read of theirs.
    """
    theirs = {re.sub(r"{(\w+):\w+}", r"{\1}", one.path): one for one in plugins}
    kinds = [kind for _, kind in sorted(registry.kinds.items()) if _human(kind)]
    paths = {path: {"get": _get_ours(path, read)} for path, read in reading.items()}
    paths |= {path: {"get": _get_theirs(path, one)} for path, one in theirs.items()}
    record = "/api/v1/matters/{matter}/events"
    paths[record] = {"post": _post(record)}
    paths["/api/v1/decide"] = {"post": _decide()}
    stored = "/api/v1/communities/{community}/documents"
    paths[stored] = {"post": _put_document(stored)}
    rosters = "/api/v1/communities/{community}/rosters"
    paths[rosters] = {"post": _import_roster(rosters)}
    paths[stored + "/{document}"] = {"get": _read_document(stored + "/{document}")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "wugong 五共",
            "version": installed_version("wugong"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": (
                "One route records; the others read. Errors are problem documents (RFC 9457); "
                "a refusal tells all its reasons with their articles."
            ),
        },
        "servers": [{"url": prefix or "/"}],
        "security": [{}, {"bearer": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {
                **dict(_schemas(kinds)),
                **ANSWERS,
                **{f"{one.name}.read": dict(one.answer) for one in theirs.values()},
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "wg-sid-{community}"},
            },
        },
    }


def _human(kind: Kind) -> bool:
    """Whether anybody outside the program may record it; the clock and plugins need no API."""
    inside = ("clock", "plugin", "operator")
    return any(role not in inside and not role.startswith("plugin:") for role in kind.may)


def _schemas(kinds: list[Kind]) -> Iterator[tuple[str, Json]]:
    """Yield one schema a kind: the whole request, told apart by ``kind``; and their union."""
    for kind in kinds:
        request = {
            "kind": {"const": kind.name},
            "body": dict(kind.schema()),
            "principal": {"type": "string", "maxLength": 80},
            "channel": {"type": "string", "enum": ["api", "assisted", "paper", "meeting"]},
        }
        yield (
            kind.name,
            {
                "type": "object",
                "title": kind.title or kind.name,
                "description": kind.about,
                "properties": request,
                "required": ["kind", "body"],
                "additionalProperties": False,
                "x-may": {
                    role: [stage.key for stage in STAGES if stage & allowed]
                    for role, allowed in kind.may.items()
                },
                "x-source": kind.source,
                "x-shown-to": kind.shown_to,
            },
        )
    yield (
        "event",
        {
            "oneOf": [ref(kind.name) for kind in kinds],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {kind.name: ref(kind.name)["$ref"] for kind in kinds},
            },
        },
    )


def _get_ours(path: str, read: Callable[..., Any]) -> Json:
    name = read.__name__
    statuses = (401,) if name in PRIVATE else ()
    return _get(path, name, name, read, _query_parameters(name), statuses)


def _get_theirs(path: str, its: Reading) -> Json:
    queries = ({"name": n, "in": "query", "schema": dict(s)} for n, s in its.queries.items())
    return _get(path, its.name, f"{its.name}.read", its.read, queries, (401, 403))


def _get(
    path: str,
    name: str,
    answer: str,
    read: Callable[..., Any],
    queries: Iterable[Json],
    statuses: tuple[int, ...],
) -> Json:
    return {
        "operationId": name,
        "summary": _first_line(read),
        "parameters": [*_path_parameters(path), *queries],
        "responses": {
            "200": _json("It is read.", ref(answer), {"ETag": {"schema": TEXT}}),
            "304": {"description": "Nothing changed since the ETag in If-None-Match."},
            **_problems(404, 422, 429, 503, *statuses),
        },
    }


def _post(path: str) -> Json:
    return {
        "operationId": "record",
        "summary": "Record one act.",
        "description": "A repeated request with its Idempotency-Key gets the first answer again.",
        "parameters": [
            *_path_parameters(path),
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref("event")}},
        },
        "responses": {
            "201": _json("It is recorded.", ref("receipt_of_act"), {"Location": {"schema": TEXT}}),
            **_problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
    }


def _decide() -> Json:
    return {
        "operationId": "decide",
        "summary": "Say what figures come to under a procedure; nothing is recorded.",
        "description": "Areas are text in m² with two decimals; every test names its article.",
        "parameters": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "responses": {
            "200": _json("It is worked out.", ref("decided"), {}),
            **_problems(400, 413, 415, 422, 429, 503),
        },
    }


def _put_document(path: str) -> Json:
    return {
        "operationId": "put_document",
        "summary": "Store a picture or a PDF for an act that will name it by its hash.",
        "description": (
            "Pictures are made smaller and lose what a camera wrote beside them. Name the kind of "
            "act: without it the document is sealed like a personal text. What no act names within "
            "a day is removed."
        ),
        "parameters": [
            *_path_parameters(path),
            {"name": "kind", "in": "query", "schema": QUERIES["kind"]},
        ],
        "requestBody": {"required": True, "content": _binary(*PICTURES, "application/pdf")},
        "responses": {
            "201": _json("It is stored.", ref("document"), {}),
            **_problems(401, 403, 404, 409, 413, 422, 429, 503),
        },
    }


def _import_roster(path: str) -> Json:
    file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    required = [{**one, "required": one["name"] == "roster"} for one in _queries(*ROSTER_QUERIES)]
    return {
        "operationId": "import_roster",
        "summary": "Import a roster from CSV or XLSX, whole or not at all.",
        "description": (
            "With dry_run=true it only says what would change. Who is not in the directory yet is "
            "enrolled in the same commit; the same file again changes nothing."
        ),
        "parameters": [*_path_parameters(path), *required],
        "requestBody": {
            "required": True,
            "content": {**_binary(*SHEETS), "multipart/form-data": {"schema": file}},
        },
        "responses": {
            "200": _json("It was tried, or there was nothing to change.", ref("import"), {}),
            "201": _json("It is imported.", ref("import"), {}),
            **_problems(400, 401, 403, 404, 409, 413, 422, 429, 503),
        },
    }


def _read_document(path: str) -> Json:
    return {
        "operationId": "read_document",
        "summary": "The bytes of a document, for who may read a fact that names it.",
        "parameters": list(_path_parameters(path)),
        "responses": {
            "200": {
                "description": "It is read.",
                "content": _binary("image/jpeg", "application/pdf"),
            },
            **_problems(404, 422, 429, 503),
        },
    }


def _binary(*media: str) -> Json:
    return {one: {"schema": {"type": "string", "format": "binary"}} for one in media}


def _path_parameters(path: str) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": PATHS.get(name, NAMED)}


def _queries(*names: str) -> Iterator[Json]:
    yield from ({"name": name, "in": "query", "schema": QUERIES[name]} for name in names)


def _query_parameters(operation: str) -> Iterator[Json]:
    for name in QUERIES_OF.get(operation, ()):
        schema = KEY_CURSOR if (operation, name) == ("book", "cursor") else QUERIES[name]
        yield {"name": name, "in": "query", "schema": schema}


def _json(description: str, schema: Json, headers: Json) -> Json:
    return {
        "description": description,
        "headers": headers,
        "content": {"application/json": {"schema": schema}},
    }


def _problems(*statuses: int) -> Json:
    content = {"application/problem+json": {"schema": ref("problem")}}
    return {
        str(s): {"description": "See the problem document.", "content": content} for s in statuses
    }


def _first_line(read: Callable[..., Any]) -> str:
    return (inspect.getdoc(read) or "").partition("\n")[0]
