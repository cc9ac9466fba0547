"""The escrow of draws: secrets sealed for the procuratorate, and its keys.

1. A deposit is sealed with an ephemeral X25519 key: HKDF-SHA256 over the shared secret gives the
   key of one AES-256-GCM message. Draw and department are its associated data, so that a
   deposit opens for no other draw or department.
2. Bytes: the ephemeral public key (32), then the ciphertext with its tag (32 + 16), in base64.
3. A private key is made with the department's randomness, is wrapped by the department's key
   and lies in its database. It is never in a fact.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
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
NONCE_BYTES = 12
_INFO = b"liandong:draw-deposit:v1"
# The key of a deposit serves one message only, so its nonce need not differ.
_NONCE = bytes(NONCE_BYTES)

Draw = Callable[[int], bytes]


class EscrowKeyLost(LookupError):
    """This department keeps no such key, or keeps it under another master key."""


def seal(public_key: str, label: bytes, secret: bytes, draw: Draw) -> str:
    """A deposit of a secret for a public key (DER in base64), bound to its label."""
    recipient = _public(public_key)
    ephemeral = X25519PrivateKey.from_private_bytes(draw(KEY_BYTES))
    sent = ephemeral.public_key().public_bytes_raw()
    key = _derive(ephemeral.exchange(recipient), sent, recipient.public_bytes_raw())
    return base64.b64encode(sent + AESGCM(key).encrypt(_NONCE, secret, label)).decode()


def open_sealed(private: X25519PrivateKey, label: bytes, deposit: str) -> bytes | None:
    """The secret of a deposit; None where key, label or bytes are not those of its making."""
    try:
        body = base64.b64decode(deposit, validate=True)
        sent, sealed = body[:KEY_BYTES], body[KEY_BYTES:]
        shared = private.exchange(X25519PublicKey.from_public_bytes(sent))
        key = _derive(shared, sent, private.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(_NONCE, sealed, label)
    except (ValueError, InvalidTag):
        return None


def make_key(connection: Connection, wrapping: AESGCM, draw: Draw) -> tuple[str, str]:
    """A new pair: its private part is kept, its id and public part (DER in base64) come back."""
    private = X25519PrivateKey.from_private_bytes(draw(KEY_BYTES))
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key_id = f"EK-{base64.b32encode(hashlib.sha256(public).digest()[:10]).decode()}"
    nonce = draw(NONCE_BYTES)
    wrapped = nonce + wrapping.encrypt(nonce, private.private_bytes_raw(), key_id.encode())
    text = base64.b64encode(public).decode()
    connection.execute(insert(KEYS).values(key_id=key_id, public_key=text, wrapped=wrapped))
    return key_id, text


def kept_public(connection: Connection, key_id: str) -> str | None:
    """The public part of a key that is kept here."""
    query = select(KEYS.c.public_key).where(KEYS.c.key_id == key_id)
    return connection.execute(query).scalar_one_or_none()


def kept_private(connection: Connection, wrapping: AESGCM, key_id: str) -> X25519PrivateKey:
    """The private part of a key. Raises EscrowKeyLost."""
    query = select(KEYS.c.wrapped).where(KEYS.c.key_id == key_id)
    wrapped = connection.execute(query).scalar_one_or_none()
    if wrapped is None:
        raise EscrowKeyLost(key_id)
    body = bytes(wrapped)
    try:
        raw = wrapping.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], key_id.encode())
    except InvalidTag:
        raise EscrowKeyLost(key_id) from None
    return X25519PrivateKey.from_private_bytes(raw)


def _public(text: str) -> X25519PublicKey:
    found = serialization.load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(found, X25519PublicKey):
        raise ValueError("an escrow key is an X25519 key")
    return found


def _derive(shared: bytes, sent: bytes, recipient: bytes) -> bytes:
    return HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=_INFO + sent + recipient
    ).derive(shared)
