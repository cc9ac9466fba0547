"""The vault: personal values of one department, each under its person's own key.

An event carries an opaque reference and a salted commitment; value, salt and key live here.
Erasing destroys the three, and every proof over events stays valid (design G7).

1. A person has a random AES-256-GCM key, wrapped by the department's key with the person's
   reference as associated data; so a row moved to another person does not open.
2. A commitment is SHA-256 over a tag, a random salt of 32 bytes and the canonical bytes of
   the value. The salt is encrypted with the value: without it nobody can try values out.
3. A value belongs to its keeper: the organ of the territory that received it. Within one
   department another organ neither opens it nor learns that it keeps the same person.
4. The same identity number is the same person with one keeper, found by a keyed digest
   (blind index); two keepers give different references and different digests.
5. What was sealed for a command that was never recorded is destroyed by `sweep`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    delete,
    exists,
    insert,
    select,
    text,
    update,
)

from domain.terms import PersonRef
from gateways.contracts import canonical
from gateways.store.inserting import insert_into

METADATA = MetaData()
"""The vault's tables, in the department's database."""

IDENTITY = Table(
    "vault_identity",
    METADATA,
    Column("department", Text, primary_key=True),
    Column("key_check", LargeBinary, nullable=False),
)

PERSONS = Table(
    "vault_persons",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("blind", LargeBinary, nullable=True, unique=True),
    Column("wrapped_key", LargeBinary, nullable=True),
    Column("erased", Boolean, nullable=False),
    Column("keeper_organ", Text, nullable=False, server_default=""),
    Column("keeper_region", Text, nullable=False, server_default=""),
)

VALUES = Table(
    "vault_values",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("commitment", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("sealed_at", BigInteger, nullable=False),
    Column("scope", Text, nullable=True),
    Column("confirmed", Boolean, nullable=False),
    Index("vault_values_unconfirmed", "confirmed", "sealed_at"),
)

Draw = Callable[[int], bytes]
"""Gives that many random bytes: the system's, or a seeded source for a simulated store."""

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 32
COMMITMENT_TAG = b"liandong:commitment:v1\0"


class VaultError(Exception):
    """The vault cannot answer; the class says why."""


class WrongMasterKey(VaultError):
    """The master key is not the one this vault was made with: put the right key file back."""


class UnknownPerson(VaultError):
    """This department's vault holds no such reference."""


class PersonErased(VaultError):
    """Value, salt and key were destroyed; no copy exists."""


class DamagedValue(VaultError):
    """A sealed value does not open with its key: the row was altered or moved."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose a value is: an organ in a territory. Both are empty in values older than keepers."""

    organ: str = ""
    region: str = ""


NOBODY = Keeper()


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: with it anyone can check the value against the event."""

    value: dict[str, Any]
    salt: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """A sealed value that no recorded command has confirmed yet."""

    person: str
    version: int
    commitment: str
    scope: str | None


def commitment_of(value: Mapping[str, Any], salt: bytes) -> str:
    """The commitment that an event carries. Raises NotCanonical for a value without canonical form."""
    plain = dict(value)
    canonical.check(plain)
    return hashlib.sha256(COMMITMENT_TAG + salt + canonical.encode(plain)).hexdigest()


def opens(commitment: str, opening: Opening) -> bool:
    """Whether a value and its salt are what a commitment was made of; needs no vault."""
    found = commitment_of(opening.value, bytes.fromhex(opening.salt))
    return hmac.compare_digest(found, commitment)


def normalise_identity_number(number: str) -> str:
    """An identity number as it is compared: half-width, no spaces or hyphens, capitals."""
    wide = unicodedata.normalize("NFKC", number)
    return "".join(letter for letter in wide if letter.isalnum()).upper()


class Vault:
    """One department's vault. Every call works in the caller's transaction."""

    def __init__(self, department: str, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise WrongMasterKey(f"a master key has {KEY_BYTES} bytes, not {len(master_key)}")
        self.department = department
        self._wrapping = AESGCM(self._derived(master_key, "wrapping"))
        self.escrow_wrapping = self._derived(master_key, "escrow")
        self.webhook_wrapping = self._derived(master_key, "webhooks")
        self._blinding = self._derived(master_key, "blinding")
        self._digesting = self._derived(master_key, "digesting")
        self._key_check = self._derived(master_key, "check")
        self._known_key = False

    def seal(
        self,
        connection: Connection,
        value: Mapping[str, Any],
        *,
        draw: Draw,
        now: int,
        scope: str | None = None,
        keeper: Keeper = NOBODY,
    ) -> PersonRef:
        """Keeps a value for its keeper and gives its reference and commitment.

        The same identity number gives the keeper's same person; the same value of that person gives
        the same commitment. `scope` is the command it was sealed for, so that `sweep` can
        ask whether that command was recorded. Raises NotCanonical, WrongMasterKey.
        """
        self._check_key(connection)
        plain = dict(value)
        canonical.check(plain)
        person, key = self._person(connection, plain.get("identity_number"), draw, keeper)
        versions = connection.execute(
            select(VALUES).where(VALUES.c.person == person).order_by(VALUES.c.version)
        ).all()
        for row in versions:
            # A value that waits for another command may be swept with it: it is not shared.
            mine = row.confirmed or row.scope == scope
            if mine and self._opening(row, key).value == plain:
                this = and_(VALUES.c.person == person, VALUES.c.version == row.version)
                connection.execute(update(VALUES).where(this).values(sealed_at=now))
                return PersonRef(person=person, commitment=row.commitment)
        salt, nonce = draw(SALT_BYTES), draw(NONCE_BYTES)
        commitment = commitment_of(plain, salt)
        sealed = AESGCM(key).encrypt(
            nonce, salt + canonical.encode(plain), f"{person}/{commitment}".encode()
        )
        connection.execute(
            insert(VALUES).values(
                person=person,
                version=versions[-1].version + 1 if versions else 1,
                commitment=commitment,
                sealed=nonce + sealed,
                sealed_at=now,
                scope=scope,
                confirmed=False,
            )
        )
        return PersonRef(person=person, commitment=commitment)

    def recognises(self, connection: Connection) -> bool:
        """Whether the master key is the one this vault was made with; a new vault takes any."""
        mine = IDENTITY.c.department == self.department
        found = connection.execute(select(IDENTITY.c.key_check).where(mine)).scalar_one_or_none()
        return found is None or hmac.compare_digest(bytes(found), self._key_check)

    def confirm(self, connection: Connection, references: Iterable[PersonRef]) -> None:
        """Marks these values as named by a recorded event: `sweep` leaves them."""
        for one in references:
            this = and_(VALUES.c.person == one.person, VALUES.c.commitment == one.commitment)
            connection.execute(update(VALUES).where(this).values(confirmed=True))

    def open(self, connection: Connection, person: str) -> dict[str, Any]:
        """The newest value of a person. Raises UnknownPerson, PersonErased, WrongMasterKey."""
        return self.proof(connection, person).value

    def keeper(self, connection: Connection, person: str) -> Keeper | None:
        """Whose a value is; None for a reference that this department does not hold."""
        row = connection.execute(
            select(PERSONS.c.keeper_organ, PERSONS.c.keeper_region).where(
                PERSONS.c.person == person
            )
        ).first()
        return None if row is None else Keeper(row.keeper_organ, row.keeper_region)

    def proof(self, connection: Connection, person: str, commitment: str | None = None) -> Opening:
        """The value and salt behind a commitment (the newest without one), to be shown as proof.

        Raises UnknownPerson, PersonErased, WrongMasterKey, DamagedValue.
        """
        key = self._key_of(connection, person)
        found = select(VALUES).where(VALUES.c.person == person)
        if commitment is not None:
            found = found.where(VALUES.c.commitment == commitment)
        row = connection.execute(found.order_by(VALUES.c.version.desc()).limit(1)).first()
        if row is None:
            raise UnknownPerson(f"{person} has no value with the commitment {commitment}")
        return self._opening(row, key)

    def verify(self, connection: Connection, person: PersonRef, value: Mapping[str, Any]) -> bool:
        """Whether a value is the one that an event committed to. Raises as `proof` does."""
        opening = self.proof(connection, person.person, person.commitment)
        return opens(person.commitment, Opening(dict(value), opening.salt))

    def erase(self, connection: Connection, person: str) -> None:
        """Destroys value, salt, key and blind index; the reference stays, marked as erased.

        Erasing twice is allowed. Raises UnknownPerson. SQLite overwrites the freed pages in
        this transaction; call `scrub` after the commit for what logs and old pages still hold.
        """
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA secure_delete = ON"))
        found = connection.execute(
            update(PERSONS)
            .where(PERSONS.c.person == person)
            .values(blind=None, wrapped_key=None, erased=True)
        )
        if found.rowcount == 0:
            raise UnknownPerson(f"{self.department} holds no {person}")
        connection.execute(delete(VALUES).where(VALUES.c.person == person))

    def orphans(self, connection: Connection, before: int) -> list[Orphan]:
        """Values sealed before a stamp that no recorded command has confirmed."""
        rows = connection.execute(
            select(VALUES)
            .where(and_(VALUES.c.confirmed.is_(False), VALUES.c.sealed_at < before))
            .order_by(VALUES.c.sealed_at, VALUES.c.person)
        )
        return [Orphan(row.person, row.version, row.commitment, row.scope) for row in rows]

    def sweep(
        self, connection: Connection, *, before: int, used: Callable[[Orphan], bool]
    ) -> list[str]:
        """Confirms the orphans that an event does name and destroys the rest; their persons.

        `used` asks the store. `before` lies well behind the clock, so that no command whose
        value it is still being decided.
        """
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA secure_delete = ON"))
        else:
            # A value that is being sealed for a known person must be seen, or wait.
            connection.execute(text(f"LOCK TABLE {PERSONS.name} IN EXCLUSIVE MODE"))
        destroyed = []
        for orphan in self.orphans(connection, before):
            this = and_(VALUES.c.person == orphan.person, VALUES.c.version == orphan.version)
            if used(orphan):
                connection.execute(update(VALUES).where(this).values(confirmed=True))
                continue
            connection.execute(delete(VALUES).where(this))
            connection.execute(
                delete(PERSONS).where(
                    PERSONS.c.person == orphan.person,
                    PERSONS.c.erased.is_(False),
                    ~exists().where(VALUES.c.person == orphan.person),
                )
            )
            destroyed.append(orphan.person)
        return destroyed

    def digest(self, body: bytes) -> str:
        """A keyed digest of a command's body: equal bodies show, values do not."""
        return hmac.new(self._digesting, body, hashlib.sha256).hexdigest()

    def _derived(self, master_key: bytes, purpose: str) -> bytes:
        label = f"liandong:vault:v1:{self.department}:{purpose}".encode()
        return hmac.new(master_key, label, hashlib.sha256).digest()

    def _check_key(self, connection: Connection) -> None:
        """Raises WrongMasterKey where this vault was made with another key; marks a new one."""
        if self._known_key:
            return
        mine = IDENTITY.c.department == self.department
        found = connection.execute(select(IDENTITY.c.key_check).where(mine)).scalar_one_or_none()
        if found is None:
            _insert_new(connection, IDENTITY, department=self.department, key_check=self._key_check)
            found = connection.execute(select(IDENTITY.c.key_check).where(mine)).scalar_one()
        else:
            self._known_key = hmac.compare_digest(bytes(found), self._key_check)
        if not hmac.compare_digest(bytes(found), self._key_check):
            raise WrongMasterKey(f"the vault of {self.department} was made with another master key")

    def _person(
        self, connection: Connection, identity_number: Any, draw: Draw, keeper: Keeper
    ) -> tuple[str, bytes]:
        """The keeper's person of an identity number and its key; a new one where there is none."""
        blind = None
        if identity_number is not None:
            number = normalise_identity_number(str(identity_number))
            told = f"{keeper.organ}@{keeper.region}/{number}" if keeper.organ else number
            blind = hmac.new(self._blinding, told.encode(), hashlib.sha256).digest()
            known = self._by_blind(connection, blind)
            if known is not None:
                return known, self._key_of(connection, known)
        person = "VP-" + base64.b32encode(draw(16)).decode().rstrip("=")
        key, nonce = draw(KEY_BYTES), draw(NONCE_BYTES)
        _insert_new(
            connection,
            PERSONS,
            person=person,
            blind=blind,
            wrapped_key=nonce + self._wrapping.encrypt(nonce, key, person.encode()),
            erased=False,
            keeper_organ=keeper.organ,
            keeper_region=keeper.region,
        )
        # Another transaction may have sealed the same identity number first: its person counts.
        winner = person if blind is None else self._by_blind(connection, blind)
        if winner is None:
            raise VaultError("the person was erased while it was sealed; try again")
        return winner, self._key_of(connection, winner)

    def _by_blind(self, connection: Connection, blind: bytes) -> str | None:
        found: str | None = connection.execute(
            select(PERSONS.c.person).where(PERSONS.c.blind == blind).with_for_update()
        ).scalar_one_or_none()
        return found

    def _key_of(self, connection: Connection, person: str) -> bytes:
        row = connection.execute(select(PERSONS).where(PERSONS.c.person == person)).first()
        if row is None:
            raise UnknownPerson(f"{self.department} holds no {person}")
        if row.erased:
            raise PersonErased(f"{person} was erased: value, salt and key are destroyed")
        wrapped = bytes(row.wrapped_key)
        try:
            return self._wrapping.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], person.encode()
            )
        except InvalidTag as error:
            self._check_key(connection)
            raise DamagedValue(f"the key of {person} does not open: its row was altered") from error

    def _opening(self, row: Row[Any], key: bytes) -> Opening:
        sealed = bytes(row.sealed)
        try:
            plain = AESGCM(key).decrypt(
                sealed[:NONCE_BYTES],
                sealed[NONCE_BYTES:],
                f"{row.person}/{row.commitment}".encode(),
            )
        except InvalidTag as error:
            raise DamagedValue(f"a value of {row.person} does not open: it was altered") from error
        return Opening(canonical.decode(plain[SALT_BYTES:]), plain[:SALT_BYTES].hex())


def scrub(engine: Engine) -> None:
    """Removes what erased values left in the database's files; outside any transaction.

    SQLite: moves the write-ahead log into the file and empties it; raises VaultError where a
    reader holds it (try again). PostgreSQL: rewrites the vault's tables without dead rows,
    under a short exclusive lock; its own log and backups age out by the operator's rules.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).first()
            if busy is not None and busy[0]:
                raise VaultError("a reader holds the write-ahead log; scrub again")
            return
        for table in (PERSONS, VALUES):
            connection.execute(text(f"VACUUM (FULL) {table.name}"))


def _insert_new(connection: Connection, table: Table, **values: Any) -> None:
    """Inserts a row unless one with the same key stands there already."""
    connection.execute(insert_into(connection, table).values(**values).on_conflict_do_nothing())
