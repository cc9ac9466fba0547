"""Deposits of a draw's secrets: sealed for one key and one label, opened by the library alone."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import create_engine, update

from gateways.trust import escrow, foretold

WRAPPING = bytes(range(32))
SECRET = bytes(range(100, 132))
LABEL = b"DRW-1\nhr"


def counting() -> Callable[[int], bytes]:
    """The same bytes in the same order each time it is made."""
    at = iter(range(1, 200))
    return lambda size: bytes([next(at)]) * size


def pair() -> tuple[X25519PrivateKey, str]:
    with create_engine("sqlite://").begin() as connection:
        escrow.METADATA.create_all(connection)
        key, public = escrow.make_key(connection, WRAPPING, counting())
        return escrow.kept_private(connection, WRAPPING, key), public


def test_a_deposit_opens_for_its_key_and_label_and_for_nothing_else() -> None:
    private, public = pair()
    made = escrow.seal(public, LABEL, SECRET)
    assert made != escrow.seal(public, LABEL, SECRET)
    assert escrow.open_sealed(private, LABEL, made) == SECRET
    assert escrow.open_sealed(private, b"DRW-2\nhr", made) is None
    assert escrow.open_sealed(X25519PrivateKey.generate(), LABEL, made) is None
    spoilt = base64.b64encode(b"\x00" + base64.b64decode(made)[1:]).decode()
    for other in (spoilt, made[:40], "", "不是", made + "="):
        assert escrow.open_sealed(private, LABEL, other) is None


def test_a_foretold_deposit_is_the_same_twice_and_the_library_opens_it() -> None:
    private, public = pair()
    made = foretold.seal(public, LABEL, SECRET, counting())
    assert made == foretold.seal(public, LABEL, SECRET, counting())
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    opened = suite.decrypt(base64.b64decode(made), private, info=LABEL)
    assert opened == SECRET == escrow.open_sealed(private, LABEL, made)
    assert escrow.open_sealed(private, b"DRW-2\nhr", made) is None
    assert len(made) == len(escrow.seal(public, LABEL, SECRET))


def test_an_encapsulation_is_that_of_the_standard_s_first_vector() -> None:
    # RFC 9180, Appendix A.1.1: DHKEM(X25519, HKDF-SHA256) in base mode.
    ephemeral = "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"
    recipient = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
    encapsulated, shared = foretold.encapsulate(
        X25519PublicKey.from_public_bytes(bytes.fromhex(recipient)),
        X25519PrivateKey.from_private_bytes(bytes.fromhex(ephemeral)),
    )
    assert encapsulated.hex() == "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
    assert shared.hex() == "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"


def test_a_private_key_that_was_exchanged_or_wrapped_otherwise_is_lost() -> None:
    draw = counting()
    with create_engine("sqlite://").begin() as connection:
        escrow.METADATA.create_all(connection)
        mine, _ = escrow.make_key(connection, WRAPPING, draw)
        other, _ = escrow.make_key(connection, WRAPPING, draw)
        with pytest.raises(escrow.EscrowKeyLost):
            escrow.kept_private(connection, bytes(32), mine)
        with pytest.raises(escrow.EscrowKeyLost):
            escrow.kept_private(connection, WRAPPING, "EK-NONE")
        keys = escrow.KEYS
        connection.execute(update(keys).where(keys.c.key_id == mine).values(key_id="aside"))
        connection.execute(update(keys).where(keys.c.key_id == other).values(key_id=mine))
        with pytest.raises(escrow.EscrowKeyLost):
            escrow.kept_private(connection, WRAPPING, mine)
