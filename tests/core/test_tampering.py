"""Every single change of the journal is seen, and the first record that does not fit is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.core.shop import Counted, Given, Noted, Stocked
from wugong import BUILD, PLAN, Engine, Ref, StageClosed, StageOpened, seal
from wugong.journal import TAG, ChainHead, Fault, check_chain, genesis, record_bytes, sm3
from wugong.tables import JournalRow

COLUMNS = JournalRow.__table__.columns  # type: ignore[attr-defined]


@pytest.fixture
def told(engine: Engine, matter: str) -> Engine:
    """Give an engine whose journal holds a short story with every kind of column filled."""
    item = engine.record("wutong", Stocked(title="rice 米", stock=2), by="wang")
    engine.record("wutong", Given(to=("li",), points=3), by="wang")
    noted = Noted(text=seal("dark"), about=(Ref(item.seq),))
    engine.record(matter, noted, by="zhou", principal="li", channel="assisted")
    engine.record(matter, StageClosed(stage=PLAN), by="wang")
    engine.record(matter, StageOpened(stage=BUILD), by="wang")
    engine.record(matter, Counted(number=1), by="li")
    return engine


def journal(engine: Engine) -> str:
    return ("wugong." if engine.storage.is_postgres else "") + "wugong_journal"


@contextmanager
def tampered(engine: Engine, *statements: tuple[str, dict[str, Any]]) -> Iterator[Connection]:
    """Change the journal behind the engine's back, and take the change back at the end."""
    with engine.storage.pool.connect() as connection:
        for statement, values in statements:
            statement = statement.replace("JOURNAL", journal(engine))
            connection.execute(text(statement), values)
        yield connection
        connection.rollback()


def verify(connection: Connection, known: dict[int, str] | None = None) -> Fault | None:
    rows = connection.execute(
        JournalRow.__table__.select()  # type: ignore[attr-defined]
        .where(COLUMNS.community == "wutong")
        .order_by(COLUMNS.seq)
    )
    return check_chain(iter(rows), "wutong", known)[1]


def facts(engine: Engine) -> list[Any]:
    with engine.storage.read() as connection:
        query = JournalRow.__table__.select().order_by(COLUMNS.seq)  # type: ignore[attr-defined]
        return list(connection.execute(query))


def other(value: Any) -> Any:
    """Return a value of the same type that is not ``value``."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1000
        case str():
            return value + "x" if value[:1] != "{" else value.replace("{", '{"x":1,', 1)
    return value


def test_every_column_is_tried(told: Engine) -> None:
    with told.storage.read() as connection:
        schema = "wugong" if told.storage.is_postgres else None
        stored = {c["name"] for c in inspect(connection).get_columns("wugong_journal", schema)}
    assert stored == set(COLUMNS.keys())


def test_a_change_of_any_column_of_any_record_is_named(told: Engine) -> None:
    found = facts(told)
    last = {found[-1].seq: found[-1].digest}
    tried = 0
    for row in found:
        for name in COLUMNS.keys():  # noqa: SIM118
            value = getattr(row, name)
            new = (1 if name == "cause" else "sun") if value is None else other(value)
            update = f'UPDATE JOURNAL SET "{name}" = :new WHERE seq = :seq'
            with tampered(told, (update, {"new": new, "seq": row.seq})) as connection:
                fault = verify(connection, last)
            assert fault is not None, f"{name} of {row.seq}: {value!r} → {new!r} was not seen"
            assert fault.seq == row.seq, f"{name} of {row.seq}: named {fault}"
            tried += 1
    assert tried == len(found) * len(COLUMNS)
    assert told.verify("wutong")[1] is None


def test_a_value_taken_away_is_named(told: Engine) -> None:
    row = next(row for row in facts(told) if row.principal)
    update = "UPDATE JOURNAL SET principal = NULL WHERE seq = :seq"
    with tampered(told, (update, {"seq": row.seq})) as connection:
        assert verify(connection) == Fault(row.seq, "was changed: its digest does not fit")


def test_a_record_taken_out_is_missing(told: Engine) -> None:
    for row in facts(told)[:-1]:
        delete = "DELETE FROM JOURNAL WHERE seq = :seq"
        with tampered(told, (delete, {"seq": row.seq})) as connection:
            assert verify(connection) == Fault(row.seq, f"record {row.seq} is missing")


def test_a_record_put_in_is_named(told: Engine) -> None:
    """Copied from another, with digests that nothing else has."""
    names = ", ".join(f'"{name}"' for name in COLUMNS.keys())  # noqa: SIM118
    for after in (3, told.head("wutong").seq):
        shift = "UPDATE JOURNAL SET seq = -seq - 1 WHERE seq > :after"
        back = "UPDATE JOURNAL SET seq = -seq WHERE seq < 0"
        chosen = names.replace('"seq"', ":new").replace('"digest"', "'d'").replace('"prev"', "'p'")
        copy = f"INSERT INTO JOURNAL ({names}) SELECT {chosen} FROM JOURNAL WHERE seq = 2"
        put = [(shift, {"after": after}), (back, {}), (copy, {"new": after + 1})]
        with tampered(told, *put) as connection:
            fault = verify(connection)
        assert fault == Fault(after + 1, "does not follow the record before it")


def test_two_records_that_changed_places_are_named(told: Engine) -> None:
    swap: list[tuple[str, dict[str, Any]]] = [
        ("UPDATE JOURNAL SET seq = -1 WHERE seq = 5", {}),
        ("UPDATE JOURNAL SET seq = 5 WHERE seq = 6", {}),
        ("UPDATE JOURNAL SET seq = 6 WHERE seq = -1", {}),
    ]
    with tampered(told, *swap) as connection:
        assert verify(connection) == Fault(5, "does not follow the record before it")


def test_a_cut_off_end_shows_only_against_a_head_that_somebody_kept(told: Engine) -> None:
    older = told.head("wutong")
    told.record("wutong", Stocked(title="oil", stock=1), by="wang")
    delete = ("DELETE FROM JOURNAL WHERE seq >= :seq", {"seq": older.seq})
    with tampered(told, delete) as connection:
        assert verify(connection) is None
        assert verify(connection, {older.seq: older.digest}) == Fault(
            older.seq, f"record {older.seq} is missing: the end was cut off"
        )


def rewritten(rows: list[Any], seq: int) -> list[Any]:
    """Change one record and chain everything after it anew, as an operator could."""
    made, head = [], genesis("wutong")
    for row in rows:
        fields = dict(row._mapping)
        if row.seq == seq:
            fields["by"] = "somebody"
        fields["prev"] = head.digest
        data = record_bytes(fields)
        fields["digest"] = hashlib.sha256(TAG + data).hexdigest()
        fields["sm3"] = sm3(TAG + head.sm3.encode() + data)
        head = ChainHead(row.seq, fields["digest"], fields["sm3"], row.at)
        made.append(SimpleNamespace(**fields))
    return made


def test_a_journal_written_anew_shows_against_a_head_that_somebody_kept(told: Engine) -> None:
    found, older = facts(told), told.head("wutong")
    assert rewritten(found, seq=0)[-1].digest == older.digest
    anew = rewritten(found, seq=4)
    assert check_chain(anew, "wutong")[1] is None
    for kept in (found[3], found[-1]):
        known = {kept.seq: kept.digest[:20]}
        assert check_chain(found, "wutong", known)[1] is None
        fault = check_chain(anew, "wutong", known)[1]
        assert fault == Fault(kept.seq, "is not the record whose digest was kept")


def test_the_engine_itself_names_the_record(told: Engine) -> None:
    older = told.head("wutong")
    assert told.verify("wutong") == (older, None)
    assert told.verify("wutong", {older.seq: older.digest}) == (older, None)
    assert told.verify("wutong", {older.seq + 1: older.digest})[1] is not None
    update = f"UPDATE {journal(told)} SET body = :body WHERE seq = 4"
    with told.storage.write() as connection:
        connection.execute(text(update), {"body": "{}"})
    head, fault = told.verify("wutong")
    assert fault == Fault(4, "was changed: its digest does not fit")
    assert head == ChainHead(3, facts(told)[2].digest, facts(told)[2].sm3, head.at)


def test_the_database_itself_refuses_a_fork(told: Engine) -> None:
    names = ", ".join(f'"{name}"' for name in COLUMNS.keys())  # noqa: SIM118
    chosen = names.replace('"seq"', "999").replace('"digest"', "'d'")
    copy = f"INSERT INTO JOURNAL ({names}) SELECT {chosen} FROM JOURNAL WHERE seq = 2"
    with pytest.raises(IntegrityError), tampered(told, (copy, {})):
        pass
