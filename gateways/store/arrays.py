"""PostgreSQL arrays made in one piece: the binary form of `bigint[]`, `text[]` and `bytea[]`.

psycopg adapts a list element by element in Python; joining the bytes here takes a tenth of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = Struct("!iiiii")
_LENGTH = Struct("!i").pack
_BIGINT = Struct("!iq").pack
_BYTEA_OID, _BIGINT_OID, _TEXT_OID = 17, 20, 25


class BigintArray(bytes):
    """A parameter of type `bigint[]`."""


class TextArray(bytes):
    """A parameter of type `text[]`."""


class ByteaArray(bytes):
    """A parameter of type `bytea[]`."""


def bigints(values: Sequence[int]) -> BigintArray:
    """`bigint[]` of integers."""
    return BigintArray(_array(_BIGINT_OID, [_BIGINT(8, value) for value in values]))


def texts(values: Sequence[str]) -> TextArray:
    """`text[]` of strings; a string with NUL is refused by the server."""
    return TextArray(_array(_TEXT_OID, _sized([value.encode() for value in values])))


def byteas(values: Sequence[bytes]) -> ByteaArray:
    """`bytea[]` of bytes."""
    return ByteaArray(_array(_BYTEA_OID, _sized(values)))


def text_literal(values: Iterable[str]) -> str:
    """`text[]` as the text of one parameter."""
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join([f'"{value}"' for value in escaped]) + "}"


def register(connection: Connection[tuple[object, ...]]) -> None:
    """Lets a connection take these arrays as parameters."""
    for dumper in (_BigintArrayDumper, _TextArrayDumper, _ByteaArrayDumper):
        connection.adapters.register_dumper(dumper.takes, dumper)


def _sized(values: Iterable[bytes]) -> list[bytes]:
    return [_LENGTH(len(value)) + value for value in values]


def _array(oid: int, items: list[bytes]) -> bytes:
    if not items:
        return _HEADER.pack(0, 0, oid, 0, 0)[:12]
    return _HEADER.pack(1, 0, oid, len(items), 1) + b"".join(items)


class _ArrayDumper(Dumper):
    format = Format.BINARY
    takes: type

    def dump(self, obj: bytes) -> Buffer:
        return obj


class _BigintArrayDumper(_ArrayDumper):
    oid, takes = 1016, BigintArray


class _TextArrayDumper(_ArrayDumper):
    oid, takes = 1009, TextArray


class _ByteaArrayDumper(_ArrayDumper):
    oid, takes = 1001, ByteaArray
