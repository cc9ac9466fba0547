"""The escrow of draws: secrets sealed for the procuratorate, and its keys.

1. A deposit is one message of HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256),
   HKDF-SHA256, AES-256-GCM. Draw and department stand in its `info`, so that a deposit opens
   for no other draw or department.
2. Bytes: the encapsulated key (32), then the ciphertext with its tag (32 + 16), in base64.
3. A private key is wrapped (RFC 3394) by the department's key and lies in its database. It is
   never in a fact. A key's id is the hash of its public part, so a row that was exchanged
   does not pass for another.
4. A simulated store seals by `gateways.trust.foretold`, and opens as every store does.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, Text, insert, select

METADATA = MetaData()
"""The escrow's table, in the department's database."""

KEYS = Table(
    "escrow_keys",
    METADATA,
    Column("key_id", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

KEY_BYTES = 32
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

Draw = Callable[[int], bytes]


class EscrowKeyLost(LookupError):
    """This department keeps no such key, or keeps it under another master key."""


def seal(public_key: str, label: bytes, secret: bytes) -> str:
    """A deposit of a secret for a public key (DER in base64), bound to its label."""
    return base64.b64encode(SUITE.encrypt(secret, public_of(public_key), info=label)).decode()


def open_sealed(private: X25519PrivateKey, label: bytes, deposit: str) -> bytes | None:
    """The secret of a deposit; None where key, label or bytes are not those of its making."""
    try:
        return SUITE.decrypt(base64.b64decode(deposit, validate=True), private, info=label)
    except (ValueError, InvalidTag):
        return None


def public_of(text: str) -> X25519PublicKey:
    """A public key from its DER in base64. Raises ValueError."""
    found = serialization.load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(found, X25519PublicKey):
        raise ValueError("an escrow key is an X25519 key")
    return found


def make_key(connection: Connection, wrapping: bytes, draw: Draw) -> tuple[str, str]:
    """A new pair: its private part is kept, its id and public part (DER in base64) come back."""
    private = X25519PrivateKey.from_private_bytes(draw(KEY_BYTES))
    key_id, text = _named(private)
    wrapped = aes_key_wrap(wrapping, private.private_bytes_raw())
    connection.execute(insert(KEYS).values(key_id=key_id, public_key=text, wrapped=wrapped))
    return key_id, text


def kept_public(connection: Connection, key_id: str) -> str | None:
    """The public part of a key that is kept here."""
    query = select(KEYS.c.public_key).where(KEYS.c.key_id == key_id)
    return connection.execute(query).scalar_one_or_none()


def kept_private(connection: Connection, wrapping: bytes, key_id: str) -> X25519PrivateKey:
    """The private part of a key. Raises EscrowKeyLost."""
    query = select(KEYS.c.wrapped).where(KEYS.c.key_id == key_id)
    wrapped = connection.execute(query).scalar_one_or_none()
    if wrapped is None:
        raise EscrowKeyLost(key_id)
    try:
        raw = aes_key_unwrap(wrapping, bytes(wrapped))
    except InvalidUnwrap:
        raise EscrowKeyLost(key_id) from None
    private = X25519PrivateKey.from_private_bytes(raw)
    if _named(private)[0] != key_id:
        raise EscrowKeyLost(key_id)
    return private


def _named(private: X25519PrivateKey) -> tuple[str, str]:
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key_id = f"EK-{base64.b32encode(hashlib.sha256(public).digest()[:10]).decode()}"
    return key_id, base64.b64encode(public).decode()
