"""Rows of one transaction: loaded once, folded by key, written in bulk."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    Table,
    Text,
    select,
)

from projections.rows import Rows, UnknownColumnType

METADATA = MetaData()
PAIRS = Table(
    "x_pairs",
    METADATA,
    Column("a", Text, primary_key=True),
    Column("b", BigInteger, primary_key=True, autoincrement=False),
    Column("flag", Boolean),
    Column("body", LargeBinary),
)
KEYS = Table("x_keys", METADATA, Column("key", Text, primary_key=True))


@pytest.fixture(autouse=True)
def _tables(engine: Engine) -> None:
    METADATA.create_all(engine)


def pair(a: str, b: int, flag: bool | None = None, body: bytes | None = None) -> dict[str, object]:
    return {"a": a, "b": b, "flag": flag, "body": body}


def everything(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        found = connection.execute(select(PAIRS).order_by(PAIRS.c.a, PAIRS.c.b))
        return [tuple(row) for row in found]


def test_a_row_put_twice_is_written_once_as_it_was_last(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.put(PAIRS, pair("x", 1, True))
        rows.put(PAIRS, pair("x", 1, False, b"\x00\xff"))
        rows.flush()
    assert everything(engine) == [("x", 1, False, b"\x00\xff")]


def test_a_stored_row_is_replaced_whole_and_read_back_as_plain_values(engine: Engine) -> None:
    for row in (pair("x", 1, True, b"1"), pair("x", 1, None)):
        with engine.begin() as connection:
            rows = Rows(connection)
            rows.prefetch(PAIRS, [("x", 1), ("absent", 2)])
            rows.put(PAIRS, row)
            rows.flush()
    with engine.begin() as connection:
        rows = Rows(connection)
        assert rows.get(PAIRS, ("x", 1)) == pair("x", 1)
        assert rows.get(PAIRS, ("absent", 2)) is None


def test_what_is_put_is_read_before_it_is_written(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.put(PAIRS, pair("x", 1, True))
        rows.prefetch(PAIRS, [("x", 1)])
        assert rows.get(PAIRS, ("x", 1)) == pair("x", 1, True)
        rows.delete(PAIRS, ("x", 1))
        assert rows.get(PAIRS, ("x", 1)) is None


def test_a_deleted_row_is_gone_and_an_absent_one_is_no_error(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.append(PAIRS, pair("x", 1))
        rows.append(PAIRS, ("y", 2, True, b"y"))
        rows.flush()
        rows.delete(PAIRS, ("x", 1))
        rows.delete(PAIRS, ("never", 1))
        rows.flush()
    assert everything(engine) == [("y", 2, True, b"y")]


def test_a_table_of_keys_alone_takes_the_same_key_again(engine: Engine) -> None:
    for _ in range(2):
        with engine.begin() as connection:
            rows = Rows(connection)
            rows.put(KEYS, {"key": "中"})
            rows.flush()
            assert rows.get(KEYS, "中") == {"key": "中"}


def test_a_rolled_back_unit_leaves_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = Rows(connection)
        rows.put(PAIRS, pair("x", 1))
        rows.flush()
        connection.rollback()
    assert everything(engine) == []


def test_thousands_of_keys_load_in_one_go(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        for n in range(5000):
            rows.put(PAIRS, pair("k", n, n % 2 == 0))
        rows.flush()
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.prefetch(PAIRS, [("k", n) for n in range(5000)])
        assert rows.get(PAIRS, ("k", 4999)) == pair("k", 4999, False)


def test_a_column_that_cannot_be_written_in_bulk_is_refused_by_name(engine: Engine) -> None:
    table = Table("x_float", MetaData(), Column("k", Text, primary_key=True), Column("f", Float))
    with engine.begin() as connection, pytest.raises(UnknownColumnType, match="f is neither"):
        Rows(connection).put(table, {"k": "1", "f": 0.5})


def test_a_row_looked_for_in_vain_is_added_changed_and_removed_across_flushes(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.prefetch(PAIRS, [("x", 1), ("y", 2), ("z", 3)])
        rows.put(PAIRS, pair("x", 1, True, b"\x00"))
        rows.put(PAIRS, pair("y", 2))
        rows.delete(PAIRS, ("y", 2))
        rows.put(PAIRS, {"a": "z", "b": 3})
        rows.flush()
        rows.put(PAIRS, pair("x", 1, False))
        rows.put(PAIRS, pair("y", 2, True))
        rows.delete(PAIRS, ("z", 3))
        rows.flush()
    assert everything(engine) == [("x", 1, False, None), ("y", 2, True, None)]


def test_a_row_deleted_and_put_again_replaces_what_is_stored(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.put(PAIRS, pair("x", 1, True))
        rows.flush()
    with engine.begin() as connection:
        rows = Rows(connection)
        rows.delete(PAIRS, ("x", 1))
        rows.put(PAIRS, pair("x", 1, False))
        rows.flush()
    assert everything(engine) == [("x", 1, False, None)]


def test_an_added_row_is_read_changed_and_removed_like_any_other(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        for b in range(1, 5):
            rows.add(PAIRS, pair("x", b, True, b"\x00"))
        assert rows.get(PAIRS, ("x", 1)) == pair("x", 1, True, b"\x00")
        rows.put(PAIRS, {"a": "x", "b": 2})
        rows.delete(PAIRS, ("x", 3))
        rows.flush()
        assert rows.get(PAIRS, ("x", 4)) == pair("x", 4, True, b"\x00")
        rows.put(PAIRS, pair("x", 4, False))
        rows.delete(PAIRS, ("x", 1))
        rows.flush()
    assert everything(engine) == [("x", 2, None, None), ("x", 4, False, None)]


def test_a_stored_row_that_was_deleted_may_be_added(engine: Engine) -> None:
    for flag in (True, False):
        with engine.begin() as connection:
            rows = Rows(connection)
            rows.delete(PAIRS, ("x", 1))
            rows.add(PAIRS, pair("x", 1, flag))
            rows.flush()
    assert everything(engine) == [("x", 1, False, None)]


def test_a_row_without_its_whole_key_is_refused(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(KeyError):
        Rows(connection).put(PAIRS, {"a": "x"})
