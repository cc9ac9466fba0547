"""Personal values are sealed, found again, proved, and destroyed without a trace."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, select, text, update

from domain.terms import PersonRef
from gateways.department.database import Database
from gateways.trust.vault import (
    METADATA,
    PERSONS,
    VALUES,
    DamagedValue,
    Opening,
    PersonErased,
    UnknownPerson,
    Vault,
    WrongMasterKey,
    opens,
    scrub,
)

KEY = bytes(range(32))
ZHANG = {"name": "张虚例", "identity_number": "210103199001010011", "phone": "024-11112222"}
LI = {"name": "李虚例", "phone": "024-33334444"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hr.sqlite"


@pytest.fixture
def sqlite(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    with database.writing() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    url = request.getfixturevalue("postgres_url")
    schema = request.getfixturevalue("postgres_schema")
    database = Database("postgresql+psycopg:" + url.split(":", 1)[1], schema=schema)
    with database.writing() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()


@pytest.fixture
def vault() -> Vault:
    return Vault("hr", KEY)


def sealed(
    database: Database, vault: Vault, value: dict[str, Any], *, now: int = 1, scope: str = "s"
) -> PersonRef:
    with database.writing() as connection:
        return vault.seal(connection, value, draw=os.urandom, now=now, scope=scope)


def whole(file: Path) -> bytes:
    """Every byte of a SQLite database: the file and its logs."""
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")))


def test_a_value_is_opened_by_its_reference(database: Database, vault: Vault) -> None:
    person = sealed(database, vault, ZHANG)
    with database.reading() as connection:
        assert vault.open(connection, person.person) == ZHANG
        with pytest.raises(UnknownPerson):
            vault.open(connection, "VP-0123456789ABCDEFGHJK")


def test_the_same_identity_number_is_the_same_person(database: Database, vault: Vault) -> None:
    first = sealed(database, vault, ZHANG)
    again = sealed(database, vault, ZHANG)
    spaced = sealed(database, vault, ZHANG | {"identity_number": "２１０１０３ 19900101-0011"})
    moved = sealed(database, vault, ZHANG | {"phone": "024-99990000"})
    assert again == first
    assert spaced.person == moved.person == first.person
    assert len({first.commitment, spaced.commitment, moved.commitment}) == 3
    with database.reading() as connection:
        assert vault.open(connection, first.person)["phone"] == "024-99990000"
        assert vault.proof(connection, first.person, first.commitment).value == ZHANG


def test_without_an_identity_number_nobody_is_taken_for_another(
    database: Database, vault: Vault
) -> None:
    assert sealed(database, vault, LI).person != sealed(database, vault, LI).person


def test_two_departments_cannot_compare_their_people(tmp_path: Path) -> None:
    found = []
    for department in ("hr", "samr"):
        database = Database(f"sqlite:///{tmp_path / department}.sqlite")
        with database.writing() as connection:
            METADATA.create_all(connection)
            one = Vault(department, KEY)
            person = one.seal(connection, ZHANG, draw=random.Random(7).randbytes, now=1)
            row = connection.execute(select(PERSONS)).one()
            found.append((bytes(row.blind), bytes(row.wrapped_key), one.digest(b"x")))
            assert one.open(connection, person.person) == ZHANG
        database.close()
    assert all(hr != samr for hr, samr in zip(*found, strict=True))


def test_a_value_is_proved_by_anyone_who_is_given_its_opening(
    database: Database, vault: Vault
) -> None:
    person = sealed(database, vault, ZHANG)
    with database.reading() as connection:
        opening = vault.proof(connection, person.person, person.commitment)
        assert vault.verify(connection, person, ZHANG)
        assert not vault.verify(connection, person, LI)
    assert opens(person.commitment, opening)
    assert not opens(person.commitment, Opening(LI, opening.salt))
    assert not opens(person.commitment, Opening(ZHANG, "00" * 32))


def test_after_erasure_nothing_opens_and_an_opening_given_before_still_proves(
    database: Database, vault: Vault
) -> None:
    person, other = sealed(database, vault, ZHANG), sealed(database, vault, LI)
    with database.reading() as connection:
        opening = vault.proof(connection, person.person)
    with database.writing() as connection:
        vault.erase(connection, person.person)
    with database.writing() as connection:
        vault.erase(connection, person.person)
        with pytest.raises(UnknownPerson):
            vault.erase(connection, "VP-0123456789ABCDEFGHJK")
    with database.reading() as connection:
        with pytest.raises(PersonErased):
            vault.open(connection, person.person)
        with pytest.raises(PersonErased):
            vault.verify(connection, person, ZHANG)
        assert vault.open(connection, other.person) == LI
    assert opens(person.commitment, opening)
    scrub(database.engine)
    assert sealed(database, vault, ZHANG).person != person.person


def test_no_value_stands_in_the_file(file: Path, sqlite: Database, vault: Vault) -> None:
    sealed(sqlite, vault, ZHANG)
    sealed(sqlite, vault, LI)
    bytes_on_disk = whole(file)
    assert b"VP-" in bytes_on_disk
    for value in (*ZHANG.values(), *LI.values()):
        assert value.encode() not in bytes_on_disk


def test_erasure_leaves_no_trace_in_the_file(file: Path, sqlite: Database, vault: Vault) -> None:
    others = [sealed(sqlite, vault, LI | {"name": f"某{n}"}) for n in range(40)]
    person = sealed(sqlite, vault, ZHANG | {"note": "长" * 5000})
    with sqlite.reading() as connection:
        row = connection.execute(select(PERSONS).where(PERSONS.c.person == person.person)).one()
        value = connection.execute(select(VALUES).where(VALUES.c.person == person.person)).one()
    sealed_bytes = bytes(value.sealed)
    traces = [
        bytes(row.wrapped_key),
        bytes(row.wrapped_key)[16:40],
        bytes(row.blind),
        sealed_bytes[:64],
        sealed_bytes[6000:6064],
        sealed_bytes[-64:],
    ]
    assert all(trace in whole(file) for trace in traces)
    with sqlite.writing() as connection:
        vault.erase(connection, person.person)
    scrub(sqlite.engine)
    assert not any(trace in whole(file) for trace in traces)
    with sqlite.reading() as connection:
        assert vault.open(connection, others[0].person)["name"] == "某0"


def test_another_master_key_is_refused_by_name(database: Database, vault: Vault) -> None:
    person = sealed(database, vault, ZHANG)
    other = Vault("hr", bytes(32))
    with database.reading() as connection, pytest.raises(WrongMasterKey):
        other.open(connection, person.person)
    with pytest.raises(WrongMasterKey):
        sealed(database, other, LI)
    with pytest.raises(WrongMasterKey):
        Vault("hr", b"short")


def test_a_moved_key_or_value_does_not_open(database: Database, vault: Vault) -> None:
    one, two = sealed(database, vault, ZHANG), sealed(database, vault, LI)
    with database.writing() as connection:
        vault.open(connection, one.person)
        stolen = connection.execute(
            select(VALUES.c.sealed).where(VALUES.c.person == one.person)
        ).scalar_one()
        connection.execute(
            update(VALUES).where(VALUES.c.person == two.person).values(sealed=stolen)
        )
        with pytest.raises(DamagedValue):
            vault.open(connection, two.person)
        key = connection.execute(
            select(PERSONS.c.wrapped_key).where(PERSONS.c.person == one.person)
        ).scalar_one()
        connection.execute(
            update(PERSONS).where(PERSONS.c.person == two.person).values(wrapped_key=key)
        )
        with pytest.raises(DamagedValue):
            vault.open(connection, two.person)


def test_what_no_recorded_command_names_is_swept(database: Database, vault: Vault) -> None:
    kept = sealed(database, vault, ZHANG, now=10, scope="recorded")
    confirmed = sealed(database, vault, LI, now=10)
    lost = sealed(database, vault, LI, now=10, scope="refused")
    young = sealed(database, vault, LI, now=90, scope="refused")
    with database.writing() as connection:
        vault.confirm(connection, [confirmed])
    for _ in range(2):
        with database.writing() as connection:
            swept = vault.sweep(
                connection, before=50, used=lambda orphan: orphan.scope == "recorded"
            )
        assert swept in ([lost.person], [])
    with database.reading() as connection:
        for person in (kept, confirmed, young):
            vault.open(connection, person.person)
        with pytest.raises(UnknownPerson):
            vault.open(connection, lost.person)
        assert [orphan.person for orphan in vault.orphans(connection, 100)] == [young.person]


def test_the_same_seed_gives_the_same_references(tmp_path: Path) -> None:
    found = []
    for number in range(2):
        database = Database(f"sqlite:///{tmp_path / str(number)}.sqlite")
        draw = random.Random("S2-LN-B").randbytes
        with database.writing() as connection:
            METADATA.create_all(connection)
            vault = Vault("hr", KEY)
            found.append([vault.seal(connection, one, draw=draw, now=1) for one in (ZHANG, LI)])
        database.close()
    assert found[0] == found[1]


def test_a_body_digest_is_keyed(vault: Vault) -> None:
    assert vault.digest(b"body") == Vault("hr", KEY).digest(b"body")
    assert vault.digest(b"body") != Vault("hr", bytes(32)).digest(b"body")
    assert len(vault.digest(b"")) == 64


def test_a_log_that_a_reader_holds_is_said_to_be_held(
    file: Path, sqlite: Database, vault: Vault
) -> None:
    person = sealed(sqlite, vault, ZHANG)
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def impatient(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 50")

    with sqlite.reading() as reader:
        reader.execute(text("SELECT count(*) FROM vault_persons")).scalar_one()
        with sqlite.writing() as connection:
            vault.erase(connection, person.person)
        with pytest.raises(Exception, match="scrub again"):
            scrub(engine)
    scrub(engine)
    engine.dispose()


def values_of(connection: Connection) -> int:
    return len(connection.execute(select(VALUES)).all())


def test_a_refused_transaction_leaves_nothing(database: Database, vault: Vault) -> None:
    with database.reading() as connection:
        vault.seal(connection, LI, draw=os.urandom, now=1)
        connection.rollback()
    with database.reading() as connection:
        assert values_of(connection) == 0
